/** Releases and their pages. */
import type { Kysely, Selectable } from 'kysely';
import type { ReleasePage } from '../../core/release.ts';
import type { ReleaseRecord, StoreWriter } from '../../ports.ts';
import { imageOf } from './images.ts';
import type { Schema } from './schema.ts';
import { json, text } from './values.ts';

type ReleaseMethods = Pick<StoreWriter, 'release' | 'outlines' | 'upsertRelease' | 'upsertPage'>;

export function releaseMethods(db: Kysely<Schema>): ReleaseMethods {
  return {
    release: async (key) => {
      const record = await db.selectFrom('release').selectAll().where('key', '=', key).executeTakeFirst();
      if (record === undefined) return null;
      const images = await db.selectFrom('image').selectAll().where('release_key', '=', key).orderBy('repository').orderBy('tag').execute();
      const page = await db
        .selectFrom('page')
        .selectAll()
        .where('release_key', '=', key)
        .orderBy('target_id')
        .orderBy('tag')
        .limit(1)
        .executeTakeFirst();
      return { record: recordOf(record), images: images.map(imageOf), page: page === undefined ? null : pageOf(page) };
    },

    outlines: async (project) => {
      const rows = await db.selectFrom('release').select('outline').where('project', '=', project).orderBy('version').execute();
      return rows.map(({ outline }) => outline);
    },

    // Whether a release is baseline is decided when it is first stored: a second target meeting it later, or for the first time, changes nothing.
    upsertRelease: async ({ key, project, version, channel, outline, baseline }) => {
      const columns = { project, version, channel, outline: json(outline) };
      await db
        .insertInto('release')
        .values({ key, ...columns, baseline })
        .onConflict((conflict) => conflict.column('key').doUpdateSet(columns))
        .execute();
    },

    upsertPage: async (page) => {
      const columns = {
        release_key: page.releaseKey,
        url: text(page.url),
        title: text(page.title),
        body: text(page.body),
        published_at: page.publishedAt,
        prerelease: page.prerelease,
        assets: page.assets,
      };
      await db
        .insertInto('page')
        .values({ target_id: page.targetId, tag: text(page.tag), ...columns })
        .onConflict((conflict) => conflict.columns(['target_id', 'tag']).doUpdateSet(columns))
        .execute();
    },
  };
}

function recordOf({ key, project, version, channel, outline, baseline }: Selectable<Schema['release']>): ReleaseRecord {
  return { key, project, version, channel, outline, baseline };
}

function pageOf(row: Selectable<Schema['page']>): ReleasePage {
  return { url: row.url, title: row.title, publishedAt: row.published_at, prerelease: row.prerelease, assets: row.assets };
}
