/** Targets and the health of their polls; subscriptions; both as the configuration has them. */
import { type Kysely, type Selectable, sql } from 'kysely';
import { HeraldError } from '../../core/errors.ts';
import { destinationKey, type Subscription } from '../../core/subscription.ts';
import type { Target, TargetHealth } from '../../core/target.ts';
import type { Instant } from '../../core/time.ts';
import type { StoreWriter } from '../../ports.ts';
import type { Schema } from './schema.ts';
import { atomically } from './transaction.ts';
import { json } from './values.ts';

type TargetMethods = Pick<
  StoreWriter,
  'targetHealth' | 'lockTarget' | 'recordPollSuccess' | 'recordPollFailure' | 'applyConfiguration' | 'subscriptions'
>;

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

    recordPollSuccess: async (targetId, at, watermark) => {
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
        for (const subscription of subscriptions) await upsertSubscription(trx, subscription, at);
        await deactivateOthers(trx, 'target', targets);
        await deactivateOthers(trx, 'subscription', subscriptions);
      }),

    subscriptions: async () => {
      const rows = await db.selectFrom('subscription').selectAll().where('active', '=', true).orderBy('id').execute();
      return rows.map(subscriptionOf);
    },
  };
}

export function subscriptionOf(row: Selectable<Schema['subscription']>): Subscription {
  const { id, topic, destination, filter, cadence, bypass, owner } = row;
  return { id, topic, destination, filter, cadence, bypass, owner, holdMs: Number(row.hold_ms) };
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

async function upsertSubscription(trx: Kysely<Schema>, subscription: Subscription, at: Instant): Promise<void> {
  const { id, topic, owner, destination } = subscription;
  const columns = {
    topic,
    destination: json(destination),
    filter: json(subscription.filter),
    cadence: json(subscription.cadence),
    bypass: json(subscription.bypass),
    hold_ms: subscription.holdMs,
    owner,
    active: true,
    configured_at: at,
  };
  await trx
    .insertInto('subscription')
    .values({ id, ...columns })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
    .execute();
  // What certainly was never sent follows the subscription to its new destination; what may have been sent is looked for at the old one.
  await trx
    .updateTable('delivery')
    .set({ destination: json(destination), destination_key: destinationKey(destination) })
    .where('subscription_id', '=', id)
    .where('state', '=', 'owed')
    .where('external_id', 'is', null)
    .where('unresolved', '=', false)
    .execute();
  if (subscription.cadence.kind === 'scheduled') return;
  // There is no digest any more that would collect these.
  await trx
    .updateTable('delivery')
    .set({ collect: false, due_at: at })
    .where('subscription_id', '=', id)
    .where('state', '=', 'owed')
    .where('collect', '=', true)
    .execute();
}

async function deactivateOthers(trx: Kysely<Schema>, table: 'target' | 'subscription', kept: readonly { readonly id: string }[]) {
  const ids = kept.map(({ id }) => id);
  await trx.updateTable(table).set({ active: false }).where('active', '=', true).where('id', '<>', sql<string>`all(${ids})`).execute();
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
  };
}

function unknownTarget(targetId: string): never {
  throw new HeraldError('INVALID_CONFIG', `the target ${targetId} is not in the store`, {
    hint: 'It is stored when the configuration is applied at start.',
  });
}
