/** Releases and their pages. */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { ReleasePage } from '../../core/release.ts';
import type { ReleaseRecord, StoreWriter } from '../../ports.ts';
import { imageOf } from './images.ts';
import type { Schema } from './schema.ts';
import { json, text } from './values.ts';

type ReleaseMethods = Pick<
  StoreWriter,
  'release' | 'releaseContents' | 'outlines' | 'lockProject' | 'saveRelease' | 'upsertPage' | 'removePagesExcept'
>;

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

    lockProject: async (project) => {
      await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`herald project ${project}`}, 0))`.execute(db);
    },

    saveRelease: async ({ key, project, version, channel, outline, baseline }) => {
      const columns = { project, version, channel, outline: json(outline) };
      await db
        .insertInto('release')
        .values({ key, ...columns, baseline })
        .onConflict((conflict) => conflict.column('key').doUpdateSet(columns))
        .execute();
    },

    removePagesExcept: async (targetId, tags) => {
      const rows = await db
        .deleteFrom('page')
        .where('target_id', '=', targetId)
        .where('tag', '<>', sql<string>`all(${tags.map(text)}::text[])`)
        .returning(['release_key', 'tag'])
        .execute();
      return rows.map(({ release_key, tag }) => ({ key: release_key, tag }));
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
