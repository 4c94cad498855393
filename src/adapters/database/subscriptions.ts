/** Subscriptions: those of the configuration, and those that people made with a command. */
import { type Kysely, type Selectable, sql } from 'kysely';
import { destinationKey, type Subscription } from '../../core/subscription.ts';
import type { Instant } from '../../core/time.ts';
import type { StoreWriter } from '../../ports.ts';
import type { Schema } from './schema.ts';
import { atomically } from './transaction.ts';
import { json } from './values.ts';

type SubscriptionMethods = Pick<StoreWriter, 'subscriptions' | 'listedSubscriptions' | 'addSubscription' | 'removeSubscription'>;

export function subscriptionMethods(db: Kysely<Schema>): SubscriptionMethods {
  return {
    subscriptions: async () => {
      const rows = await db.selectFrom('subscription').selectAll().where('active', '=', true).orderBy('id').execute();
      return rows.map(subscriptionOf);
    },

    listedSubscriptions: async () => {
      const rows = await db
        .selectFrom('subscription')
        .leftJoin('delivery', 'delivery.subscription_id', 'subscription.id')
        .selectAll('subscription')
        .select([
          sql<Instant | null>`max(delivery.updated_at) FILTER (WHERE delivery.state IN ('shown', 'collected'))`.as('told_at'),
          sql<number>`count(*) FILTER (WHERE delivery.state IN ('dead', 'ambiguous'))::int`.as('stuck'),
        ])
        .where('subscription.active', '=', true)
        .groupBy('subscription.id')
        .orderBy('subscription.id')
        .execute();
      return rows.map((row) => ({ subscription: subscriptionOf(row), origin: row.origin, toldAt: row.told_at, stuck: row.stuck }));
    },

    addSubscription: (subscription, at) =>
      atomically(db, async (trx) => {
        const existing = await trx
          .selectFrom('subscription')
          .select(['active'])
          .where('id', '=', subscription.id)
          .forUpdate()
          .executeTakeFirst();
        if (existing?.active === true) return false;
        await upsertSubscription(trx, subscription, 'command', at);
        return true;
      }),

    removeSubscription: async (id) => {
      const { numUpdatedRows } = await db
        .updateTable('subscription')
        .set({ active: false })
        .where('id', '=', id)
        .where('origin', '=', 'command')
        .where('active', '=', true)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}

export function subscriptionOf(row: Selectable<Schema['subscription']>): Subscription {
  const { id, topic, destination, filter, cadence, bypass, owner } = row;
  const requireVerifiedMs = row.require_verified_ms === null ? null : Number(row.require_verified_ms);
  return { id, topic, destination, filter, cadence, bypass, owner, holdMs: Number(row.hold_ms), requireVerifiedMs };
}

/** Makes the subscriptions of the configuration exactly these; those that people made stay as they are, unless the configuration has their name. */
export async function applySubscriptions(trx: Kysely<Schema>, subscriptions: readonly Subscription[], at: Instant): Promise<void> {
  for (const subscription of subscriptions) await upsertSubscription(trx, subscription, 'config', at);
  const ids = subscriptions.map(({ id }) => id);
  await trx
    .updateTable('subscription')
    .set({ active: false })
    .where('active', '=', true)
    .where('origin', '=', 'config')
    .where('id', '<>', sql<string>`all(${ids})`)
    .execute();
}

async function upsertSubscription(
  trx: Kysely<Schema>,
  subscription: Subscription,
  origin: 'config' | 'command',
  at: Instant,
): Promise<void> {
  const { id, topic, owner, destination } = subscription;
  const columns = {
    topic,
    destination: json(destination),
    filter: json(subscription.filter),
    cadence: json(subscription.cadence),
    bypass: json(subscription.bypass),
    hold_ms: subscription.holdMs,
    require_verified_ms: subscription.requireVerifiedMs,
    owner,
    origin,
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
