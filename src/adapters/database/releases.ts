/** Releases and their pages. */
import type { Kysely, Selectable } from 'kysely';
import type { ReleasePage } from '../../core/release.ts';
import type { ReleaseRecord, StoreWriter } from '../../ports.ts';
import { imageOf } from './images.ts';
import type { Schema } from './schema.ts';
import { json, text } from './values.ts';

type ReleaseMethods = Pick<StoreWriter, 'release' | 'releaseContents' | 'outlines' | 'lockRelease' | 'saveRelease' | 'upsertPage'>;

export function releaseMethods(db: Kysely<Schema>): ReleaseMethods {
  return {
    release: async (key) => {
      const row = await db.selectFrom('release').selectAll().where('key', '=', key).executeTakeFirst();
      return row === undefined ? null : recordOf(row);
    },

    releaseContents: async (key) => {
      const images = await db.selectFrom('image').selectAll().where('release_key', '=', key).orderBy('repository').orderBy('tag').execute();
      const page = await db
        .selectFrom('page')
        .selectAll()
        .where('release_key', '=', key)
        .orderBy('target_id')
        .orderBy('tag')
        .limit(1)
        .executeTakeFirst();
      return { images: images.map(imageOf), page: page === undefined ? null : pageOf(page) };
    },

    outlines: async (project) => {
      const rows = await db.selectFrom('release').select('outline').where('project', '=', project).orderBy('version').execute();
      return rows.map(({ outline }) => outline);
    },

    // Inserting first and locking then: a second target that meets the release at the same moment waits here for the first.
    lockRelease: async ({ outline, ...record }) => {
      const inserted = await db
        .insertInto('release')
        .values({ ...record, outline: json(outline) })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .returning('key')
        .executeTakeFirst();
      if (inserted !== undefined) return null;
      return recordOf(await db.selectFrom('release').selectAll().where('key', '=', record.key).forUpdate().executeTakeFirstOrThrow());
    },

    saveRelease: async ({ key, channel, outline }) => {
      await db
        .updateTable('release')
        .set({ channel, outline: json(outline) })
        .where('key', '=', key)
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
