/** Verdicts on images, what they were found on, and which images are to be looked at next. */
import { createHash } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import { isDigest } from '../../core/repository.ts';
import { MS, plusMs } from '../../core/time.ts';
import type { VerdictState } from '../../core/verdict.ts';
import type { StoreWriter, VerdictKey } from '../../ports.ts';
import type { Schema } from './schema.ts';
import { chunks, json, text } from './values.ts';

type VerdictMethods = Pick<
  StoreWriter,
  | 'assessImagesOf'
  | 'claimAssessments'
  | 'assessment'
  | 'verdict'
  | 'verdictCounts'
  | 'seenEvidence'
  | 'saveVerdict'
  | 'assessAt'
  | 'assessAgain'
  | 'trustRoot'
  | 'saveTrustRoot'
>;

export function verdictMethods(db: Kysely<Schema>): VerdictMethods {
  return {
    assessImagesOf: async (key, at) => {
      await db
        .updateTable('image')
        .set({ assess_at: at })
        .where('release_key', '=', key)
        .where('verdict_key', 'is', null)
        .where('assess_at', 'is', null)
        .where('removed_at', 'is', null)
        .execute();
    },

    claimAssessments: async (now, until, limit) => {
      // Nobody else takes the same ones: what is being claimed elsewhere is passed over, and what was claimed is due again later.
      const due = sql`SELECT target_id, tag FROM image
        WHERE assess_at <= ${now} AND removed_at IS NULL ORDER BY assess_at, target_id, tag LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
      const { rows } = await sql<{ target_id: string; tag: string }>`UPDATE image SET assess_at = ${until}
        WHERE (target_id, tag) IN (${due}) RETURNING target_id, tag`.execute(db);
      const claimed = new Set(rows.map(({ target_id, tag }) => `${target_id} ${tag}`));
      if (claimed.size === 0) return [];
      const assessments = await assessmentsOf(db).where('image.assess_at', '=', until).execute();
      return assessments.map(assessmentOf).filter(({ targetId, tag }) => claimed.has(`${targetId} ${tag}`));
    },

    assessment: async (targetId, tag) => {
      const row = await assessmentsOf(db).where('image.target_id', '=', targetId).where('image.tag', '=', text(tag)).executeTakeFirst();
      return row === undefined ? null : assessmentOf(row);
    },

    verdict: async (key) => {
      const row = await db.selectFrom('verdict').select(['verdict', 'checked_at']).where('key', '=', hashOf(key)).executeTakeFirst();
      return row === undefined ? null : { verdict: row.verdict, checkedAt: row.checked_at };
    },

    verdictCounts: async () => {
      const rows = await db
        .selectFrom('image')
        .innerJoin('verdict', 'verdict.key', 'image.verdict_key')
        .select([sql<VerdictState>`verdict.verdict ->> 'state'`.as('state'), sql<number>`count(*)::int`.as('count')])
        .where('image.removed_at', 'is', null)
        .groupBy('state')
        .execute();
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    },

    seenEvidence: async (repository, digest) => {
      const rows = await db
        .selectFrom('evidence')
        .selectAll()
        .where('repository', '=', repository)
        .where('digest', '=', digest)
        .orderBy('signed_at')
        .orderBy('id')
        .execute();
      return rows.map(({ id, log_entry, signed_at }) => ({ id, logEntry: log_entry, signedAt: signed_at }));
    },

    saveVerdict: async ({ targetId, tag, key, verdict, at, nextAt }) => {
      const { repository, digest } = key;
      const hash = hashOf(key);
      const columns = { verdict: json(verdict), checked_at: at };
      await db
        .insertInto('verdict')
        .values({ key: hash, repository, digest, basis: key.basis, ...columns })
        .onConflict((conflict) => conflict.column('key').doUpdateSet(columns))
        .execute();
      for (const marks of chunks(verdict.marks)) {
        await db
          .insertInto('evidence')
          .values(marks.map(({ id, logEntry, signedAt }) => ({ repository, digest, id, log_entry: logEntry, signed_at: signedAt })))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
      // A tag that points elsewhere by now keeps waiting for a verdict on what it points at. One whose registry does not tell digests
      // pointed here when it was looked at, which is told now.
      await db
        .updateTable('image')
        .set({ verdict_key: hash, assess_at: nextAt, ...(isDigest(digest) ? { digest } : {}) })
        .where('target_id', '=', targetId)
        .where('tag', '=', text(tag))
        .where((where) => where.or([where('digest', 'is', null), where('digest', '=', digest)]))
        .execute();
    },

    assessAt: async (targetId, tag, at) => {
      await db.updateTable('image').set({ assess_at: at }).where('target_id', '=', targetId).where('tag', '=', text(tag)).execute();
    },

    assessAgain: async (basis, at) => {
      const { numUpdatedRows } = await db
        .updateTable('image')
        .set({ assess_at: at })
        .where('removed_at', 'is', null)
        // What is being looked at, or will be within the hour, is left alone.
        .where((where) => where.or([where('assess_at', 'is', null), where('assess_at', '>', plusMs(at, MS.hour))]))
        .where('verdict_key', 'in', db.selectFrom('verdict').select('key').where('basis', '<>', basis))
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },

    trustRoot: async () => {
      const row = await db.selectFrom('trust_root').selectAll().orderBy('confirmed_at', 'desc').limit(1).executeTakeFirst();
      return row === undefined ? null : { hash: row.hash, document: row.document, confirmedAt: row.confirmed_at };
    },

    saveTrustRoot: async ({ hash, document, confirmedAt }) => {
      await db
        .insertInto('trust_root')
        .values({ hash, document, confirmed_at: confirmedAt })
        .onConflict((conflict) => conflict.column('hash').doUpdateSet({ confirmed_at: confirmedAt }))
        .execute();
    },
  };
}

/** Equal exactly where everything is equal that a verdict rests on. */
function hashOf({ repository, digest, policy, basis }: VerdictKey): string {
  return createHash('sha256')
    .update(JSON.stringify([repository, digest, policy, basis]))
    .digest('hex');
}

/** Images of releases, with what has to be known to look at one. */
function assessmentsOf(db: Kysely<Schema>) {
  return db
    .selectFrom('image')
    .innerJoin('release', 'release.key', 'image.release_key')
    .select(['image.target_id', 'image.repository', 'image.tag', 'image.digest', 'image.pushed_at', 'image.first_seen_at'])
    .select(['release.key', 'release.project', 'release.version'])
    .orderBy('image.target_id')
    .orderBy('image.tag');
}

type AssessmentRow = Pick<Selectable<Schema['image']>, 'target_id' | 'repository' | 'tag' | 'digest' | 'pushed_at' | 'first_seen_at'> &
  Pick<Selectable<Schema['release']>, 'key' | 'project' | 'version'>;

function assessmentOf({ target_id, repository, tag, digest, pushed_at, first_seen_at, key, project, version }: AssessmentRow) {
  return { targetId: target_id, repository, tag, digest, publishedAt: pushed_at ?? first_seen_at, releaseKey: key, project, version };
}
