/**
 * Handing a delivery to exactly one worker. Two rules hold a destination in order: one message at a time, and of those
 * that are due the oldest first. One that waits for its retry is not due, so it never holds the others back.
 */
import { type Kysely, type Selectable, sql } from 'kysely';
import { type Instant, MS, plusMs } from '../../core/time.ts';
import type { LeaseOutcome, StoreWriter } from '../../ports.ts';
import { announcementOf } from './announcements.ts';
import { deliveryOf } from './deliveries.ts';
import type { Schema } from './schema.ts';
import { subscriptionOf } from './subscriptions.ts';
import { atomically } from './transaction.ts';

type DeliveryRow = Selectable<Schema['delivery']>;

/** Chat services take about one message a second and channel. */
const TURN_MS = MS.second;
const LONGEST_WAIT_MS = MS.minute;

export function leaseMethods(db: Kysely<Schema>): Pick<StoreWriter, 'leaseDelivery'> {
  return { leaseDelivery: (deliveryId, now, leaseMs) => atomically(db, (trx) => lease(trx, deliveryId, now, leaseMs)) };
}

async function lease(trx: Kysely<Schema>, deliveryId: string, now: Instant, leaseMs: number): Promise<LeaseOutcome> {
  const key = await destinationOf(trx, deliveryId);
  if (key === null) return { kind: 'settled' };
  await takeTurns(trx, key);

  const row = await trx.selectFrom('delivery').selectAll().where('id', '=', deliveryId).forUpdate().executeTakeFirstOrThrow();
  const subscription = await trx.selectFrom('subscription').selectAll().where('id', '=', row.subscription_id).executeTakeFirstOrThrow();
  if (row.collect || !subscription.active || (row.state !== 'owed' && row.state !== 'sending')) return { kind: 'settled' };

  const wait = await waitFor(trx, row, now);
  if (wait !== null) return { kind: 'wait', until: wait };

  // A lease that ran out: its holder may have died after the send was accepted.
  const unresolved = row.unresolved || row.state === 'sending';
  const leased = await trx
    .updateTable('delivery')
    .set({
      state: 'sending',
      lease_until: plusMs(now, leaseMs),
      attempt: row.attempt + 1,
      first_attempt_at: row.first_attempt_at ?? now,
      unresolved,
      updated_at: now,
    })
    .where('id', '=', deliveryId)
    .returningAll()
    .executeTakeFirstOrThrow();
  const announcement = await trx.selectFrom('announcement').selectAll().where('id', '=', row.announcement_id).executeTakeFirstOrThrow();
  return {
    kind: 'leased',
    lease: {
      delivery: deliveryOf(leased),
      announcement: announcementOf(announcement),
      // Where its message is, should the subscription have been pointed elsewhere since.
      subscription: { ...subscriptionOf(subscription), destination: row.destination },
      firstAttemptAt: row.first_attempt_at,
      unresolved,
      parent: announcement.reply_to === null ? null : await parentMessage(trx, announcement.reply_to, row),
    },
  };
}

/** Where the message is that this one belongs under, if it is at the same destination. */
async function parentMessage(trx: Kysely<Schema>, announcementId: string, row: DeliveryRow): Promise<string | null> {
  const parent = await trx
    .selectFrom('delivery')
    .select('external_id')
    .where('announcement_id', '=', announcementId)
    .where('subscription_id', '=', row.subscription_id)
    .where('destination_key', '=', row.destination_key)
    .executeTakeFirst();
  return parent?.external_id ?? null;
}

async function destinationOf(trx: Kysely<Schema>, deliveryId: string): Promise<string | null> {
  const row = await trx.selectFrom('delivery').select('destination_key').where('id', '=', deliveryId).executeTakeFirst();
  return row?.destination_key ?? null;
}

/** Two workers that look at one destination at once would each see it free; the lock ends with the transaction. */
async function takeTurns(trx: Kysely<Schema>, key: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`herald destination ${key}`}, 0))`.execute(trx);
}

/** When to ask again; null when it is this delivery's turn. */
async function waitFor(trx: Kysely<Schema>, row: DeliveryRow, now: Instant): Promise<Instant | null> {
  if (row.lease_until !== null && row.lease_until > now) return row.lease_until;
  if (row.due_at > now) return row.due_at;
  const ahead = await countAhead(trx, row, now);
  return ahead === 0 ? null : plusMs(now, Math.min(ahead * TURN_MS, LONGEST_WAIT_MS));
}

/** Deliveries of the same destination that are being sent, or are due and older. */
async function countAhead(trx: Kysely<Schema>, row: DeliveryRow, now: Instant): Promise<number> {
  const { count } = await trx
    .selectFrom('delivery')
    .innerJoin('subscription', 'subscription.id', 'delivery.subscription_id')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('subscription.active', '=', true)
    .where('delivery.destination_key', '=', row.destination_key)
    .where('delivery.state', 'in', ['owed', 'sending'])
    .where('delivery.collect', '=', false)
    .where('delivery.id', '<>', row.id)
    .where((where) =>
      where.or([
        where('delivery.lease_until', '>', now),
        // Older than one that is due is due as well.
        sql<boolean>`(delivery.due_at, delivery.seq) < (${row.due_at}::timestamptz, ${row.seq}::bigint)`,
      ]),
    )
    .executeTakeFirstOrThrow();
  return count;
}
