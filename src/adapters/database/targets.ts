/** Targets as the configuration has them, and the health of their polls. */
import { type Kysely, type Selectable, sql } from 'kysely';
import { HeraldError } from '../../core/errors.ts';
import type { Target, TargetHealth } from '../../core/target.ts';
import type { Instant } from '../../core/time.ts';
import type { StoreWriter } from '../../ports.ts';
import type { Schema } from './schema.ts';
import { applySubscriptions } from './subscriptions.ts';
import { atomically } from './transaction.ts';
import { json } from './values.ts';

type TargetMethods = Pick<StoreWriter, 'targetHealth' | 'lockTarget' | 'recordPollSuccess' | 'recordPollFailure' | 'applyConfiguration'>;

export function targetMethods(db: Kysely<Schema>): TargetMethods {
  return {
    // A target that was never stored was never polled; that is its health.
    targetHealth: async (targetId) => {
      const row = await db.selectFrom('target').selectAll().where('id', '=', targetId).executeTakeFirst();
      return row === undefined ? neverPolled(targetId) : healthOf(row);
    },

    lockTarget: async (targetId) => {
      const row = await db.selectFrom('target').selectAll().where('id', '=', targetId).forUpdate().executeTakeFirst();
      return row === undefined ? unknownTarget(targetId) : healthOf(row);
    },

    recordPollSuccess: async (targetId, at, watermark, requests) => {
      const updated = await db
        .updateTable('target')
        .set({
          watermark: json(watermark),
          baseline_at: sql<Instant>`coalesce(baseline_at, ${at}::timestamptz)`,
          last_attempt_at: at,
          last_success_at: at,
          failing_since: null,
          failures: 0,
          failure: null,
          polls: sql<number>`polls + 1`,
          requests: sql<number>`requests + ${requests}`,
        })
        .where('id', '=', targetId)
        .executeTakeFirst();
      if (updated.numUpdatedRows === 0n) unknownTarget(targetId);
    },

    recordPollFailure: async (targetId, at, failure) => {
      const row = await db
        .updateTable('target')
        .set({
          last_attempt_at: at,
          failing_since: sql<Instant>`coalesce(failing_since, ${at}::timestamptz)`,
          failures: sql<number>`failures + 1`,
          failure: json(failure),
        })
        .where('id', '=', targetId)
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? unknownTarget(targetId) : healthOf(row);
    },

    applyConfiguration: (targets, subscriptions, at) =>
      atomically(db, async (trx) => {
        await forgetMovedTargets(trx, targets);
        for (const target of targets) await upsertTarget(trx, target, at);
        await deactivateOtherTargets(trx, targets);
        await applySubscriptions(trx, subscriptions, at);
      }),
  };
}

/** A target that now names another repository begins anew: what was seen of the old one says nothing about the new. */
async function forgetMovedTargets(trx: Kysely<Schema>, targets: readonly Target[]): Promise<void> {
  for (const target of targets) {
    const moved = await trx
      .updateTable('target')
      .set({
        watermark: null,
        baseline_at: null,
        last_attempt_at: null,
        last_success_at: null,
        failing_since: null,
        failures: 0,
        failure: null,
        polls: 0,
        requests: 0,
      })
      .where('id', '=', target.id)
      .where((where) => where.or([where('repository', '<>', target.repository), where('kind', '<>', target.kind)]))
      .executeTakeFirst();
    if (moved.numUpdatedRows === 0n) continue;
    await trx.deleteFrom('image').where('target_id', '=', target.id).execute();
    await trx.deleteFrom('page').where('target_id', '=', target.id).execute();
  }
}

async function upsertTarget(trx: Kysely<Schema>, target: Target, at: Instant): Promise<void> {
  const { id, kind, repository, endpoint, project } = target;
  const columns = {
    kind,
    repository,
    endpoint,
    project,
    cadence: json(target.cadence),
    lifecycle: json(target.lifecycle),
    active: true,
    configured_at: at,
  };
  await trx
    .insertInto('target')
    .values({ id, ...columns })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
    .execute();
}

async function deactivateOtherTargets(trx: Kysely<Schema>, kept: readonly Target[]): Promise<void> {
  const ids = kept.map(({ id }) => id);
  await trx.updateTable('target').set({ active: false }).where('active', '=', true).where('id', '<>', sql<string>`all(${ids})`).execute();
}

function healthOf(row: Selectable<Schema['target']>): TargetHealth {
  return {
    targetId: row.id,
    watermark: row.watermark,
    baselineAt: row.baseline_at,
    lastAttemptAt: row.last_attempt_at,
    lastSuccessAt: row.last_success_at,
    failingSince: row.failing_since,
    failures: row.failures,
    failure: row.failure,
    polls: row.polls,
    requests: row.requests,
  };
}

function neverPolled(targetId: string): TargetHealth {
  return {
    targetId,
    watermark: null,
    baselineAt: null,
    lastAttemptAt: null,
    lastSuccessAt: null,
    failingSince: null,
    failures: 0,
    failure: null,
    polls: 0,
    requests: 0,
  };
}

function unknownTarget(targetId: string): never {
  throw new HeraldError('INVALID_CONFIG', `the target ${targetId} is not in the store`, {
    hint: 'It is stored when the configuration is applied at start.',
  });
}
