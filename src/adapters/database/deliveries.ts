/** What each subscription is owed and has been shown. Taking a delivery in hand is in lease.ts. */
import { type Kysely, type Selectable, sql, type UpdateObject } from 'kysely';
import type { Delivery } from '../../core/delivery.ts';
import { unreachable } from '../../core/errors.ts';
import { destinationKey } from '../../core/subscription.ts';
import type { Instant } from '../../core/time.ts';
import type { DeliveryResult, StoreWriter } from '../../ports.ts';
import { announcementOf } from './announcements.ts';
import type { Schema } from './schema.ts';
import { chunks, json } from './values.ts';

type DeliveryMethods = Pick<
  StoreWriter,
  | 'deliveriesOf'
  | 'overdueDeliveries'
  | 'nextDelivery'
  | 'deliveryCounts'
  | 'failingDeliveries'
  | 'deliveriesIn'
  | 'replay'
  | 'owe'
  | 'collectable'
  | 'markCollected'
  | 'recordDelivery'
>;

export function deliveryMethods(db: Kysely<Schema>): DeliveryMethods {
  return {
    deliveriesOf: async (announcementId) => {
      const rows = await db
        .selectFrom('delivery')
        .selectAll()
        .where('announcement_id', '=', announcementId)
        .orderBy('subscription_id')
        .execute();
      return rows.map(deliveryOf);
    },

    overdueDeliveries: async (now, limit) => {
      const rows = await active(db)
        .selectAll('delivery')
        .where('delivery.state', 'in', ['owed', 'sending'])
        .where('delivery.due_at', '<=', now)
        .where((where) => where.or([where('delivery.lease_until', 'is', null), where('delivery.lease_until', '<=', now)]))
        .orderBy('delivery.due_at')
        .orderBy('delivery.seq')
        .limit(limit)
        .execute();
      return rows.map(deliveryOf);
    },

    nextDelivery: async (destinationKey, now) => {
      const row = await active(db)
        .selectAll('delivery')
        .where('delivery.destination_key', '=', destinationKey)
        .where('delivery.state', '=', 'owed')
        .where('delivery.collect', '=', false)
        .where('delivery.due_at', '<=', now)
        .orderBy('delivery.due_at')
        .orderBy('delivery.seq')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : deliveryOf(row);
    },

    deliveryCounts: async () => {
      const rows = await active(db)
        .select(['delivery.state', sql<number>`count(*)::int`.as('count')])
        .groupBy('delivery.state')
        .execute();
      const counts = { owed: 0, sending: 0, shown: 0, collected: 0, ambiguous: 0, dead: 0 };
      for (const { state, count } of rows) counts[state] = count;
      return counts;
    },

    failingDeliveries: async (limit) => {
      const rows = await active(db)
        .innerJoin('announcement', 'announcement.id', 'delivery.announcement_id')
        .selectAll('delivery')
        .select('announcement.subject')
        .where((where) =>
          where.or([
            where('delivery.state', 'in', ['ambiguous', 'dead']),
            where.and([where('delivery.state', '=', 'owed'), where('delivery.failure', 'is not', null)]),
          ]),
        )
        .orderBy('delivery.updated_at')
        .orderBy('delivery.seq')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ delivery: deliveryOf(row), subject: row.subject }));
    },

    deliveriesIn: async (states, subscriptionId, since) => {
      const all = active(db)
        .innerJoin('announcement', 'announcement.id', 'delivery.announcement_id')
        .selectAll('delivery')
        .select('announcement.subject')
        .where('delivery.state', 'in', states)
        .orderBy('delivery.created_at')
        .orderBy('delivery.seq');
      const own = subscriptionId === null ? all : all.where('delivery.subscription_id', '=', subscriptionId);
      const rows = await (since === null ? own : own.where('delivery.created_at', '>=', since)).execute();
      return rows.map((row) => ({ delivery: deliveryOf(row), subject: row.subject }));
    },

    replay: async (deliveryIds, { assume, again }, at) => {
      if (deliveryIds.length === 0) return [];
      const owedAgain = { state: 'owed', due_at: at, attempt: 0, first_attempt_at: null, failure: null, updated_at: at } as const;
      const among = () => db.updateTable('delivery').where('id', 'in', deliveryIds);
      const queries = [
        among().set(owedAgain).where('state', '=', 'dead'),
        assume === 'sent'
          ? among()
              .set({ ...GONE, state: 'shown', updated_at: at })
              .where('state', '=', 'ambiguous')
          : among()
              // Without a word about it the message is looked for again before it is sent.
              .set({ ...owedAgain, unresolved: assume === null })
              .where('state', '=', 'ambiguous'),
        // One that waits for its next try is tried now.
        among().set({ due_at: at, updated_at: at }).where('state', '=', 'owed').where('collect', '=', false),
        among().set(owedAgain).where('state', '=', 'shown').where('external_id', 'is not', null),
        ...(again
          ? [
              among()
                .set({ ...owedAgain, shown_revision: null, unresolved: false })
                .where('state', '=', 'shown')
                .where('external_id', 'is', null),
            ]
          : []),
      ];
      const changed: Delivery[] = [];
      for (const query of queries) {
        const done = changed.map(({ id }) => id);
        const rows = await query.where('id', '<>', sql<string>`all(${done}::text[])`).returningAll().execute();
        changed.push(...rows.map(deliveryOf));
      }
      return changed;
    },

    owe: async ({ announcementId, revision, at, readers }) => {
      // Shown and behind: owed again. A message that somebody deleted (shown, no external id) is not put back; one that a
      // digest told stays told; a dead or ambiguous one waits for a person, who will then send what is newest.
      const behind = sql<boolean>`(delivery.state = 'shown' AND delivery.external_id IS NOT NULL
        AND delivery.shown_revision < excluded.owed_revision)`;
      // A message that waits for the rest of its release and was never tried goes as soon as there is nothing left to wait for.
      const held = sql<boolean>`(delivery.state = 'owed' AND NOT delivery.collect AND delivery.shown_revision IS NULL
        AND delivery.first_attempt_at IS NULL)`;
      const owed = new Map<string, Delivery>();
      for (const chunk of chunks(readers)) {
        const rows = await db
          .insertInto('delivery')
          .values(
            chunk.map(({ subscription, collect, dueAt }) => ({
              announcement_id: announcementId,
              subscription_id: subscription.id,
              destination: json(subscription.destination),
              destination_key: destinationKey(subscription.destination),
              state: 'owed' as const,
              collect,
              owed_revision: revision,
              due_at: dueAt,
              created_at: at,
              updated_at: at,
            })),
          )
          .onConflict((conflict) =>
            conflict.columns(['announcement_id', 'subscription_id']).doUpdateSet({
              owed_revision: sql<number>`greatest(delivery.owed_revision, excluded.owed_revision)`,
              state: sql`CASE WHEN ${behind} THEN 'owed' ELSE delivery.state END`,
              due_at: sql<Instant>`CASE WHEN ${behind} THEN excluded.due_at
                WHEN ${held} THEN least(delivery.due_at, excluded.due_at) ELSE delivery.due_at END`,
              updated_at: at,
            }),
          )
          .returningAll()
          .execute();
        for (const row of rows) owed.set(row.subscription_id, deliveryOf(row));
      }
      return readers.flatMap(({ subscription }) => owed.get(subscription.id) ?? []);
    },

    collectable: async (subscriptionId, now) => {
      const rows = await db
        .selectFrom('delivery')
        .selectAll()
        .where('subscription_id', '=', subscriptionId)
        .where('collect', '=', true)
        .where('state', '=', 'owed')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .orderBy('seq')
        .forUpdate()
        .execute();
      if (rows.length === 0) return [];
      const announcements = await db
        .selectFrom('announcement')
        .selectAll()
        .where(
          'id',
          'in',
          rows.map((row) => row.announcement_id),
        )
        .execute();
      const byId = new Map(announcements.map((row) => [row.id, announcementOf(row)]));
      return rows.flatMap((row) => {
        const announcement = byId.get(row.announcement_id);
        return announcement === undefined ? [] : [{ delivery: deliveryOf(row), announcement }];
      });
    },

    markCollected: async (deliveryIds, digestDeliveryId, at) => {
      if (deliveryIds.length === 0) return;
      await db
        .updateTable('delivery')
        .set({ state: 'collected', collected_by: digestDeliveryId, updated_at: at })
        .where('id', 'in', deliveryIds)
        .execute();
    },

    recordDelivery: async ({ id, leaseUntil }, at, result) => {
      await db
        .updateTable('delivery')
        .set({ ...changesFor(result, at), lease_until: null, updated_at: at })
        .where('id', '=', id)
        // A failure that comes late, from a worker whose lease ran out, must undo neither what the next worker does nor what it has shown.
        .$if(result.kind !== 'shown', (query) => query.where('lease_until', '=', leaseUntil))
        .execute();
    },
  };
}

/** Its message is not there any more, or nobody knows where it is: nothing is owed for it. */
const GONE = { shown_revision: sql<number>`owed_revision`, external_id: null, attempt: 0, unresolved: false, failure: null } as const;

/** Deliveries whose subscription is still configured; those of a removed one rest until it comes back. */
function active(db: Kysely<Schema>) {
  return db
    .selectFrom('delivery')
    .innerJoin('subscription', 'subscription.id', 'delivery.subscription_id')
    .where('subscription.active', '=', true);
}

function changesFor(result: DeliveryResult, at: Instant): UpdateObject<Schema, 'delivery'> {
  switch (result.kind) {
    case 'shown': {
      // The facts may have changed while it was sent: then it is owed again, at once.
      const outdated = sql<boolean>`(owed_revision > ${result.revision}::int)`;
      return {
        state: sql`CASE WHEN ${outdated} THEN 'owed' ELSE 'shown' END`,
        due_at: sql<Instant>`CASE WHEN ${outdated} THEN ${at}::timestamptz ELSE due_at END`,
        shown_revision: result.revision,
        external_id: result.externalId,
        attempt: 0,
        first_attempt_at: null,
        unresolved: false,
        failure: null,
      };
    }
    case 'retry':
      return { state: 'owed', due_at: result.at, failure: json(result.failure), unresolved: result.unresolved };
    case 'ambiguous':
      return { state: 'ambiguous', failure: json(result.failure), unresolved: true };
    case 'dead':
      return { state: 'dead', failure: json(result.failure) };
    case 'gone':
      return { ...GONE, state: 'shown' };
    default:
      return unreachable(result);
  }
}

export function deliveryOf(row: Selectable<Schema['delivery']>): Delivery {
  return {
    id: row.id,
    announcementId: row.announcement_id,
    subscriptionId: row.subscription_id,
    destinationKey: row.destination_key,
    state: row.state,
    collect: row.collect,
    owedRevision: row.owed_revision,
    shownRevision: row.shown_revision,
    externalId: row.external_id,
    attempt: row.attempt,
    dueAt: row.due_at,
    leaseUntil: row.lease_until,
    failure: row.failure,
  };
}
