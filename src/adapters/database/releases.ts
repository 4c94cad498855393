/** Releases and their pages. */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Completeness, ReleasePage } from '../../core/release.ts';
import type { ReleaseContents, ReleaseRecord, StoreWriter } from '../../ports.ts';
import { type ImageRow, imageOf, imagesWithVerdicts } from './images.ts';
import type { Schema } from './schema.ts';
import { json, text } from './values.ts';

type ReleaseMethods = Pick<
  StoreWriter,
  | 'release'
  | 'releaseContents'
  | 'releases'
  | 'outlines'
  | 'page'
  | 'releasesToReview'
  | 'scheduleReview'
  | 'lockProject'
  | 'saveRelease'
  | 'upsertPage'
  | 'removePagesExcept'
>;

export function releaseMethods(db: Kysely<Schema>): ReleaseMethods {
  return {
    release: async (key) => {
      const row = await db.selectFrom('release').selectAll().where('key', '=', key).executeTakeFirst();
      return row === undefined ? null : recordOf(row);
    },

    releaseContents: async (key) => {
      const images = await imagesWithVerdicts(db).where('release_key', '=', key).orderBy('image.repository').orderBy('tag').execute();
      const page = await pagesThereFirst(db).where('release_key', '=', key).limit(1).executeTakeFirst();
      return contentsOf(images, page);
    },

    page: async (targetId, tag) => {
      const row = await db.selectFrom('page').selectAll().where('target_id', '=', targetId).where('tag', '=', text(tag)).executeTakeFirst();
      if (row === undefined) return null;
      return { ...pageOf(row), targetId, tag, releaseKey: row.release_key, body: row.body, files: row.files };
    },

    releasesToReview: (now, limit) =>
      db.selectFrom('release').select(['key', 'project']).where('review_at', '<=', now).orderBy('review_at').limit(limit).execute(),

    scheduleReview: async (key, at) => {
      await db.updateTable('release').set({ review_at: at }).where('key', '=', key).execute();
    },

    releases: async (project) => {
      const rows = await db
        .selectFrom('release')
        .leftJoin('announcement', (join) => join.on('announcement.subject', '=', sql<string>`'release:' || release.key`))
        .selectAll('release')
        .select(sql<Completeness | null>`announcement.facts -> 'completeness'`.as('said'))
        .where('project', '=', project)
        .execute();
      const ofProject = db.selectFrom('release').select('key').where('project', '=', project);
      const images = await imagesWithVerdicts(db)
        .where('release_key', 'in', ofProject)
        .orderBy('image.repository')
        .orderBy('tag')
        .execute();
      const pages = await pagesThereFirst(db).where('release_key', 'in', ofProject).execute();
      const imagesOf = Map.groupBy(images, ({ release_key }) => release_key);
      const pagesOf = Map.groupBy(pages, ({ release_key }) => release_key);
      return rows.map((row) => ({
        ...recordOf(row),
        ...contentsOf(imagesOf.get(row.key) ?? [], pagesOf.get(row.key)?.[0]),
        said: row.said,
      }));
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

    removePagesExcept: async (targetId, tags, at) => {
      const rows = await db
        .updateTable('page')
        .set({ removed_at: at })
        .where('target_id', '=', targetId)
        .where('removed_at', 'is', null)
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
        files: json(page.files),
        changed_files: json(page.changedFiles ?? []),
        promoted_at: page.promotedAt ?? null,
        removed_at: null,
      };
      await db
        .insertInto('page')
        .values({ target_id: page.targetId, tag: text(page.tag), ...columns })
        .onConflict((conflict) => conflict.columns(['target_id', 'tag']).doUpdateSet(columns))
        .execute();
    },
  };
}

/** Pages in the order in which one speaks for its release: one that is there before one that is gone. */
function pagesThereFirst(db: Kysely<Schema>) {
  return db.selectFrom('page').selectAll().orderBy(sql`removed_at IS NOT NULL`).orderBy('target_id').orderBy('tag');
}

function contentsOf(images: readonly ImageRow[], page: Selectable<Schema['page']> | undefined): ReleaseContents {
  return {
    images: images.map(imageOf),
    page: page === undefined ? null : pageOf(page),
    files: page?.files.map(({ name }) => name) ?? [],
    // A page that was taken down says nothing any more.
    body: page === undefined || page.removed_at !== null ? '' : page.body,
  };
}

function recordOf({ key, project, version, channel, outline, baseline }: Selectable<Schema['release']>): ReleaseRecord {
  return { key, project, version, channel, outline, baseline };
}

function pageOf(row: Selectable<Schema['page']>): ReleasePage {
  const {
    url,
    title,
    published_at: publishedAt,
    prerelease,
    assets,
    removed_at: removedAt,
    promoted_at: promotedAt,
    changed_files: changedFiles,
  } = row;
  return {
    url,
    title,
    publishedAt,
    prerelease,
    assets,
    // Left out where there is nothing to say, so that a release's facts stay as they were stored.
    ...(removedAt === null ? {} : { removedAt }),
    ...(promotedAt === null ? {} : { promotedAt }),
    ...(changedFiles.length === 0 ? {} : { changedFiles }),
  };
}
