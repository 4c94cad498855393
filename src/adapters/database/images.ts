/** Tags of a target: what was seen, what it pointed at before, and what is gone. */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { PublishedImage } from '../../core/release.ts';
import { imageVerdict, type Verdict } from '../../core/verdict.ts';
import type { ImageRecord, StoreWriter } from '../../ports.ts';
import type { Schema } from './schema.ts';
import { chunks, json, text } from './values.ts';

/** Earlier digests of one tag that are kept. */
const MAX_REPLACED = 50;

type ImageMethods = Pick<StoreWriter, 'knownTags' | 'imagesOf' | 'storedImage' | 'tagCounts' | 'addImages' | 'moveImage' | 'setRemoved'>;

export function imageMethods(db: Kysely<Schema>): ImageMethods {
  return {
    knownTags: async (targetId) => {
      const rows = await db
        .selectFrom('image')
        .select(['tag', 'kind', 'reads', 'release_key', 'digest', 'removed_at'])
        .where('target_id', '=', targetId)
        .orderBy('tag')
        .execute();
      return new Map(
        rows.map(({ tag, kind, reads, release_key, digest, removed_at }) => [
          tag,
          { tag, unrecognised: kind === 'unrecognised', reads, releaseKey: release_key, digest, removedAt: removed_at },
        ]),
      );
    },

    imagesOf: async (targetId) => {
      const rows = await imagesWithVerdicts(db)
        .where('target_id', '=', targetId)
        .where('kind', 'in', ['os-image', 'raw-image'])
        .orderBy('tag')
        .execute();
      return rows.map(imageOf);
    },

    storedImage: async (targetId, tag) => {
      const row = await imagesWithVerdicts(db).where('target_id', '=', targetId).where('tag', '=', text(tag)).executeTakeFirst();
      return row === undefined ? null : { image: imageOf(row), kind: row.kind, reason: row.reason, releaseKey: row.release_key };
    },

    tagCounts: async (targetId) => ({ byKind: await countKinds(db, targetId), unrecognised: await countFormats(db, targetId) }),

    // A tag that is stored already keeps its digest, dates, history and verdict; only the grammar's reading of it is renewed.
    addImages: async (images) => {
      // One statement may not touch a row twice, and foreign text may become equal on its way in.
      const byTag = new Map(images.map((image) => [`${image.targetId} ${text(image.tag)}`, image]));
      for (const chunk of chunks([...byTag.values()])) {
        await db
          .insertInto('image')
          .values(chunk.map(rowOf))
          .onConflict((conflict) =>
            conflict.columns(['target_id', 'tag']).doUpdateSet((row) => ({
              kind: row.ref('excluded.kind'),
              reason: row.ref('excluded.reason'),
              format: row.ref('excluded.format'),
              reads: row.ref('excluded.reads'),
              release_key: row.ref('excluded.release_key'),
            })),
          )
          .execute();
      }
    },

    moveImage: async (targetId, tag, to) => {
      await db
        .updateTable('image')
        .set({
          digest: to.digest,
          size: to.size,
          pushed_at: to.pushedAt,
          removed_at: null,
          // What was said of the bytes that were there says nothing of these.
          verdict_key: null,
          assess_at: null,
          // A digest that was never known leaves no trace in the history; of a tag that is moved every night the last ones are enough.
          replaced: sql`CASE WHEN digest IS NULL THEN replaced
            ELSE CASE WHEN jsonb_array_length(replaced) >= ${MAX_REPLACED}::int THEN replaced - 0 ELSE replaced END || jsonb_build_array(jsonb_build_object('digest', digest, 'until', ${to.at}::text)) END`,
        })
        .where('target_id', '=', targetId)
        .where('tag', '=', tag)
        .where('digest', 'is distinct from', to.digest)
        .execute();
    },

    setRemoved: async (targetId, tags) => {
      for (const chunk of chunks(tags)) {
        await sql`UPDATE image SET removed_at = told.removed_at
          FROM unnest(${chunk.map(({ tag }) => tag)}::text[], ${chunk.map(({ removedAt }) => removedAt)}::timestamptz[]) AS told (tag, removed_at)
          WHERE image.target_id = ${targetId} AND image.tag = told.tag`.execute(db);
      }
    },
  };
}

/** Images, each with the verdict on what it points at now. */
export function imagesWithVerdicts(db: Kysely<Schema>) {
  return db.selectFrom('image').leftJoin('verdict', 'verdict.key', 'image.verdict_key').selectAll('image').select('verdict.verdict');
}

export type ImageRow = Selectable<Schema['image']> & { readonly verdict: Verdict | null };

export function imageOf(row: ImageRow): PublishedImage {
  return {
    reference: `${row.repository}:${row.tag}`,
    digest: row.digest,
    size: row.size === null ? null : Number(row.size),
    pushedAt: row.pushed_at,
    firstSeenAt: row.first_seen_at,
    removedAt: row.removed_at,
    replaced: row.replaced,
    // Left out where there is nothing to say: facts that were stored before there was such a thing stay equal.
    ...(row.reads === null ? {} : { reads: row.reads }),
    ...(row.verdict === null ? {} : { verdict: imageVerdict(row.verdict) }),
  };
}

function rowOf(image: ImageRecord) {
  return {
    target_id: image.targetId,
    repository: image.repository,
    tag: text(image.tag),
    kind: image.kind,
    reason: image.reason === null ? null : text(image.reason),
    format: image.format === null ? null : text(image.format),
    reads: image.reads,
    release_key: image.releaseKey,
    digest: image.digest,
    size: image.size,
    pushed_at: image.pushedAt,
    first_seen_at: image.firstSeenAt,
    replaced: json(image.replaced),
  };
}

async function countKinds(db: Kysely<Schema>, targetId: string): Promise<Readonly<Record<string, number>>> {
  const rows = await db
    .selectFrom('image')
    .select(['kind', sql<number>`count(*)::int`.as('count')])
    .where('target_id', '=', targetId)
    .where('removed_at', 'is', null)
    .groupBy('kind')
    .orderBy('kind')
    .execute();
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
}

/** The most frequent format first. */
async function countFormats(db: Kysely<Schema>, targetId: string) {
  return db
    .selectFrom('image')
    .select([
      sql<string>`coalesce(format, '')`.as('format'),
      sql<string>`coalesce(min(reason), '')`.as('reason'),
      sql<number>`count(*)::int`.as('count'),
      sql<string>`min(tag)`.as('example'),
    ])
    .where('target_id', '=', targetId)
    .where('kind', '=', 'unrecognised')
    .where('removed_at', 'is', null)
    .groupBy('format')
    .orderBy('count', 'desc')
    .orderBy('format')
    .execute();
}
