/** The promises of docs/delivery.md as the store keeps them: one delivery each, one worker each, in order, nothing forgotten. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Failure } from '../../src/core/errors.ts';
import type { Subscription } from '../../src/core/subscription.ts';
import type { Instant } from '../../src/core/time.ts';
import type { DeliveryResult, LeasedDelivery } from '../../src/ports.ts';
import type { TestDatabases } from '../support/databases.ts';
import { facts, second, subscription, T0, useStore } from '../support/stores.ts';

const FAILURE: Failure = { code: 'DESTINATION_UNAVAILABLE', message: 'no answer', disposition: 'transient' };
const LEASE_MS = 60_000;

const ALERTS = subscription('alerts');
const EDGE = subscription('edge', {
  cadence: { kind: 'scheduled', name: 'weekly', cron: '0 9 * * 1', timeZone: 'UTC' },
});
const OTHER = subscription('other', { destination: { kind: 'github', repository: 'acme/infra' } });
const ALL = [ALERTS, EDGE, OTHER];

export function deliveryBehaviour(databases: TestDatabases): void {
  describe.runIf(databases.available)(`deliveries on ${databases.name}`, () => {
    const store = useStore(databases);
    beforeEach(() => store().applyConfiguration([], ALL, T0));

    /** Which announcement a delivery made by owe() is of. */
    const announcements = new Map<string, string>();

    interface Owing {
      readonly to?: Subscription;
      readonly revision?: number;
      readonly dueAt?: Instant;
      readonly collect?: boolean;
    }

    async function owe(version: string, { to = ALERTS, revision = 1, dueAt = T0, collect = false }: Owing = {}) {
      const { announcement } = await store().saveAnnouncement(`release:kairos@${version}`, facts(version), T0);
      const readers = [{ subscription: to, collect, dueAt }];
      const [delivery] = await store().owe({ announcementId: announcement.id, revision, at: T0, readers });
      if (delivery === undefined) throw new Error('nothing is owed');
      announcements.set(delivery.id, announcement.id);
      return delivery;
    }

    const lease = (id: string, now = T0) => store().leaseDelivery(id, now, LEASE_MS);

    async function leased(id: string, now = T0): Promise<LeasedDelivery> {
      const outcome = await lease(id, now);
      if (outcome.kind !== 'leased') throw new Error(`expected a lease, got ${JSON.stringify(outcome)}`);
      held.set(id, outcome.lease.delivery);
      return outcome.lease;
    }

    /** Each delivery as it was last leased. */
    const held = new Map<string, Delivery>();
    const record = (id: string, result: DeliveryResult, at = second(1)) =>
      store().recordDelivery(held.get(id) ?? { id, leaseUntil: null }, at, result);
    const shown = (revision = 1): DeliveryResult => ({ kind: 'shown', revision, externalId: 'C0123/1.2' });
    const retry = (at: Instant, unresolved = false): DeliveryResult => ({ kind: 'retry', at, failure: FAILURE, unresolved });

    async function stored(id: string) {
      const all = await store().deliveriesOf(announcements.get(id) ?? '');
      return all.find((delivery) => delivery.id === id);
    }

    describe('a reply', () => {
      /** A delivery of an announcement that is told under that of v1. */
      async function oweReply(to: Subscription = ALERTS) {
        const { announcement } = await store().saveAnnouncement('release:kairos@v1', facts('v1'), T0);
        const reply = await store().saveAnnouncement('reply', { kind: 'notice', notice: 'test', subscription: 'x' }, T0, announcement.id);
        const readers = [{ subscription: to, collect: false, dueAt: T0 }];
        const [delivery] = await store().owe({ announcementId: reply.announcement.id, revision: 1, at: T0, readers });
        if (delivery === undefined) throw new Error('nothing is owed');
        return delivery;
      }

      it('goes under the message it answers', async () => {
        const { id } = await owe('v1');
        await leased(id);
        await record(id, shown());
        expect(await leased((await oweReply()).id, second(5))).toMatchObject({ parent: 'C0123/1.2' });
      });

      it('stands by itself where that message is not there', async () => {
        expect(await leased((await oweReply()).id, second(5))).toMatchObject({ parent: null });
      });

      it('is nothing that other messages are', async () => {
        const { id } = await owe('v1');
        expect(await leased(id)).toMatchObject({ parent: null });
      });
    });

    describe('owing', () => {
      it('makes one row, due when it was first said', async () => {
        expect(await owe('v1', { dueAt: second(30) })).toMatchObject({
          subscriptionId: 'alerts',
          destinationKey: 'slack:C0123',
          state: 'owed',
          collect: false,
          owedRevision: 1,
          shownRevision: null,
          externalId: null,
          attempt: 0,
          dueAt: second(30),
          leaseUntil: null,
          failure: null,
        });
        expect(await owe('v1', { revision: 3, dueAt: second(90), collect: true })).toMatchObject({
          owedRevision: 3,
          dueAt: second(30),
          collect: false,
        });
        expect(await owe('v1', { revision: 2 })).toMatchObject({ owedRevision: 3 });
      });

      it('makes one row however many do it at once', async () => {
        const { announcement } = await store().saveAnnouncement('release:kairos@v1', facts('v1'), T0);
        const input = { announcementId: announcement.id, readers: [{ subscription: ALERTS, collect: false, dueAt: T0 }], at: T0 };
        const rows = await Promise.all(Array.from({ length: 20 }, (_, n) => store().owe({ ...input, revision: n + 1 })));
        expect(new Set(rows.flat().map(({ id }) => id)).size).toBe(1);
        expect(await store().deliveriesOf(announcement.id)).toMatchObject([{ owedRevision: 20 }]);
      });

      it('of a newer revision sends a shown message again, as an edit', async () => {
        const { id } = await owe('v1');
        await leased(id);
        await record(id, shown(1));
        expect(await owe('v1', { revision: 1, dueAt: second(5) })).toMatchObject({ state: 'shown', dueAt: T0 });
        expect(await owe('v1', { revision: 2, dueAt: second(9) })).toMatchObject({ state: 'owed', dueAt: second(9), attempt: 0 });
        expect(await leased(id, second(9))).toMatchObject({
          delivery: { externalId: 'C0123/1.2', shownRevision: 1, owedRevision: 2 },
          unresolved: false,
        });
      });

      it.each([
        ['dead', { kind: 'dead', failure: FAILURE }],
        ['ambiguous', { kind: 'ambiguous', failure: FAILURE }],
      ] as const)('of a newer revision leaves a %s delivery to a person, who will send the newest', async (state, result) => {
        const { id } = await owe('v1');
        await leased(id);
        await record(id, result);
        expect(await owe('v1', { revision: 2 })).toMatchObject({ state, owedRevision: 2 });
        expect(await lease(id)).toEqual({ kind: 'settled' });
      });

      it('of a newer revision does not put back a message that somebody deleted', async () => {
        const { id } = await owe('v1');
        await leased(id);
        await record(id, shown(1));
        await owe('v1', { revision: 2 });
        await leased(id, second(2));
        await record(id, { kind: 'gone' });
        expect(await stored(id)).toMatchObject({ state: 'shown', shownRevision: 2, externalId: null });
        expect(await owe('v1', { revision: 3 })).toMatchObject({ state: 'shown' });
      });
    });

    describe('leasing', () => {
      it('gives what is needed to render and send', async () => {
        const { id } = await owe('v1');
        const lease = await leased(id, second(3));
        expect(lease).toMatchObject({
          delivery: { id, state: 'sending', attempt: 1, leaseUntil: second(63) },
          announcement: { subject: 'release:kairos@v1', facts: facts('v1') },
          subscription: ALERTS,
          firstAttemptAt: null,
          unresolved: false,
        });
      });

      it('gives a delivery to exactly one of many that ask at once', async () => {
        const { id } = await owe('v1');
        const outcomes = await Promise.all(Array.from({ length: 12 }, () => lease(id)));
        expect(outcomes.filter(({ kind }) => kind === 'leased')).toHaveLength(1);
        expect(outcomes.filter(({ kind }) => kind === 'wait')).toHaveLength(11);
      });

      it('sends one message at a time to a destination, also for several subscriptions of it', async () => {
        const ids = [await owe('v1'), await owe('v1', { to: EDGE }), await owe('v2'), await owe('v2', { to: EDGE })].map(({ id }) => id);
        const outcomes = await Promise.all(ids.map((id) => lease(id)));
        expect(outcomes.map(({ kind }) => kind)).toEqual(['leased', 'wait', 'wait', 'wait']);
      });

      it('sends one message at a time also when an older one becomes due in the same moment', async () => {
        for (let round = 1; round <= 15; round += 1) {
          const [older, younger] = [await owe(`a${round}`), await owe(`b${round}`, { dueAt: second(5) })];
          await leased(older.id);
          await record(older.id, shown());
          const overtake = async () => {
            await owe(`a${round}`, { revision: 2, dueAt: second(1) });
            return lease(older.id, second(6));
          };
          const outcomes = await Promise.all([lease(younger.id, second(6)), overtake()]);
          expect(outcomes.filter(({ kind }) => kind === 'leased')).toHaveLength(1);
          const [first, last] = outcomes[0].kind === 'leased' ? [younger, older] : [older, younger];
          await record(first.id, shown(2));
          await leased(last.id, second(6));
          await record(last.id, shown(2));
        }
      });

      it('lets other destinations go on meanwhile', async () => {
        const [slack, github] = [await owe('v1'), await owe('v1', { to: OTHER })];
        await leased(slack.id);
        await leased(github.id);
      });

      it('sends the oldest that is due first', async () => {
        const younger = await owe('v2', { dueAt: second(10) });
        const older = await owe('v1', { dueAt: second(5) });
        expect(await lease(younger.id, second(20))).toEqual({ kind: 'wait', until: second(21) });
        await leased(older.id, second(20));
        await record(older.id, shown(), second(21));
        await leased(younger.id, second(21));
      });

      it('lets a younger one pass an older one that waits for its retry', async () => {
        const [older, younger] = [await owe('v1'), await owe('v2')];
        await leased(older.id);
        await record(older.id, retry(second(600)));
        await leased(younger.id, second(2));
      });

      it('is not blocked by a digest that collects, a dead one, an ambiguous one or a removed subscription', async () => {
        await owe('v1', { to: EDGE, collect: true });
        const [dead, ambiguous] = [await owe('v1'), await owe('v2')];
        await leased(dead.id);
        await record(dead.id, { kind: 'dead', failure: FAILURE });
        await leased(ambiguous.id);
        await record(ambiguous.id, { kind: 'ambiguous', failure: FAILURE });
        await owe('v2', { to: EDGE });
        const last = await owe('v3');
        await store().applyConfiguration([], [ALERTS, OTHER], T0);
        await leased(last.id);
      });

      it('waits until it is due', async () => {
        const { id } = await owe('v1', { dueAt: second(30) });
        expect(await lease(id, second(29))).toEqual({ kind: 'wait', until: second(30) });
        await leased(id, second(30));
      });

      it('waits while another worker has it', async () => {
        const { id } = await owe('v1');
        await leased(id);
        expect(await lease(id, second(10))).toEqual({ kind: 'wait', until: second(60) });
      });

      it('takes over from a worker that died, and says that its send may have been accepted', async () => {
        const { id } = await owe('v1');
        await leased(id, second(1));
        expect(await leased(id, second(61))).toMatchObject({ delivery: { attempt: 2 }, firstAttemptAt: second(1), unresolved: true });
        // Still so when the one that took over could not find out.
        await record(id, retry(second(70), true));
        expect(await leased(id, second(70))).toMatchObject({ delivery: { attempt: 3 }, firstAttemptAt: second(1), unresolved: true });
      });

      it.each([
        ['shown', shown()],
        ['deleted at its destination', { kind: 'gone' } as const],
        ['dead', { kind: 'dead', failure: FAILURE } as const],
      ])('has nothing to do once it is %s', async (_name, result) => {
        const { id } = await owe('v1');
        await leased(id);
        await record(id, result);
        expect(await lease(id, second(100))).toEqual({ kind: 'settled' });
      });

      it('has nothing to do for a delivery that a digest tells, a removed subscription or an unknown id', async () => {
        const collected = await owe('v1', { to: EDGE, collect: true });
        const removed = await owe('v1');
        await store().applyConfiguration([], [EDGE], T0);
        for (const id of [collected.id, removed.id, 'no-such-delivery']) expect(await lease(id)).toEqual({ kind: 'settled' });
      });

      it('follows a subscription to its new destination, except with a message that is or may be at the old one', async () => {
        const [sent, maybe, fresh] = [await owe('v1'), await owe('v2'), await owe('v3', { dueAt: second(5) })];
        await leased(sent.id);
        await record(sent.id, shown());
        await leased(maybe.id, second(1));
        await record(maybe.id, retry(second(2), true));
        const moved = { ...ALERTS, destination: { kind: 'slack', channel: 'C0999' } as const };
        await store().applyConfiguration([], [moved, EDGE, OTHER], T0);
        await owe('v1', { revision: 2, to: moved, dueAt: second(9) });
        expect((await leased(maybe.id, second(8))).subscription.destination).toEqual(ALERTS.destination);
        await record(maybe.id, shown());
        expect((await leased(sent.id, second(9))).subscription.destination).toEqual(ALERTS.destination);
        expect((await leased(fresh.id, second(9))).subscription.destination).toEqual(moved.destination);
      });
    });

    describe('recording', () => {
      it('of a success forgets the failures before it', async () => {
        const { id } = await owe('v1');
        await leased(id);
        await record(id, retry(second(5)));
        expect(await stored(id)).toMatchObject({ state: 'owed', dueAt: second(5), failure: FAILURE, attempt: 1, leaseUntil: null });
        await leased(id, second(5));
        await record(id, shown(1));
        expect(await stored(id)).toMatchObject({
          state: 'shown',
          shownRevision: 1,
          externalId: 'C0123/1.2',
          failure: null,
          attempt: 0,
          leaseUntil: null,
        });
      });

      it('of a success owes the rest at once when the facts changed meanwhile', async () => {
        const { id } = await owe('v1');
        await leased(id);
        expect(await owe('v1', { revision: 2 })).toMatchObject({ state: 'sending', owedRevision: 2 });
        await record(id, shown(1), second(4));
        expect(await stored(id)).toMatchObject({ state: 'owed', shownRevision: 1, dueAt: second(4) });
        expect(await leased(id, second(4))).toMatchObject({ delivery: { externalId: 'C0123/1.2' }, unresolved: false });
      });

      it('of a failure by a worker that lost its lease does not undo what the next one has shown', async () => {
        const { id } = await owe('v1');
        await leased(id);
        await leased(id, second(61));
        await record(id, shown(1), second(62));
        await record(id, retry(second(100)), second(63));
        expect(await stored(id)).toMatchObject({ state: 'shown', externalId: 'C0123/1.2' });
      });
    });

    describe('a replay', () => {
      const end = async (version: string, result: DeliveryResult) => {
        const { id } = await owe(version);
        await leased(id);
        await record(id, result);
        return id;
      };
      const replay = async (id: string, how: Partial<Parameters<ReturnType<typeof store>['replay']>[1]> = {}) => {
        const changed = await store().replay([id], { assume: null, again: false, ...how }, second(100));
        return changed.map(({ state }) => state);
      };

      it('gives a dead message another chance, from its first attempt on', async () => {
        const id = await end('v1', { kind: 'dead', failure: FAILURE });
        expect(await replay(id)).toEqual(['owed']);
        expect(await leased(id, second(100))).toMatchObject({
          firstAttemptAt: null,
          unresolved: false,
          delivery: { attempt: 1, failure: null },
        });
      });

      it('looks for an ambiguous message before it is sent again, unless it is said that it was not sent', async () => {
        const [unsaid, notSent] = [
          await end('v1', { kind: 'ambiguous', failure: FAILURE }),
          await end('v2', { kind: 'ambiguous', failure: FAILURE }),
        ];
        await replay(unsaid);
        expect(await leased(unsaid, second(100))).toMatchObject({ unresolved: true });
        await record(unsaid, shown(), second(101));
        await replay(notSent, { assume: 'not-sent' });
        expect(await leased(notSent, second(200))).toMatchObject({ unresolved: false });
      });

      it('settles an ambiguous message that was sent: nothing is owed for it', async () => {
        const id = await end('v1', { kind: 'ambiguous', failure: FAILURE });
        expect(await replay(id, { assume: 'sent' })).toEqual(['shown']);
        expect(await lease(id, second(100))).toEqual({ kind: 'settled' });
      });

      it('edits a message that is there, and never sends a second one', async () => {
        const id = await end('v1', shown());
        expect(await replay(id)).toEqual(['owed']);
        expect((await leased(id, second(100))).delivery).toMatchObject({ externalId: 'C0123/1.2', shownRevision: 1 });
      });

      it('leaves a deleted message deleted, unless it is wanted again', async () => {
        const id = await end('v1', { kind: 'gone' });
        expect(await replay(id)).toEqual([]);
        expect(await replay(id, { again: true })).toEqual(['owed']);
      });

      it('does not wait for the hour of a destination that refused', async () => {
        const id = await end('v1', retry(second(3600)));
        expect(await replay(id)).toEqual(['owed']);
        expect((await lease(id, second(100))).kind).toBe('leased');
      });

      it('finds what it may be about: by state, subscription and age', async () => {
        const dead = await end('v1', { kind: 'dead', failure: FAILURE });
        await owe('v2', { to: OTHER });
        const found = async (...args: Parameters<ReturnType<typeof store>['deliveriesIn']>) =>
          (await store().deliveriesIn(...args)).map(({ subject }) => subject);
        expect(await found(['dead'], null, null)).toEqual(['release:kairos@v1']);
        expect(await found(['owed', 'dead'], 'other', null)).toEqual(['release:kairos@v2']);
        expect(await found(['owed', 'dead'], null, second(1))).toEqual([]);
        expect(dead).not.toBe('');
      });
    });

    describe('a digest', () => {
      it('collects what is due and to be collected, oldest first, and nothing twice', async () => {
        const late = await owe('v2', { collect: true, dueAt: second(20) });
        const early = await owe('v1', { collect: true, dueAt: second(10) });
        await owe('v3', { collect: true, dueAt: second(300) });
        await owe('v1', { to: EDGE, collect: true });
        const digest = await owe('v3', { to: EDGE });
        await store().transaction(async (writer) => {
          const found = await writer.collectable('alerts', second(20));
          expect(found.map(({ delivery, announcement }) => [delivery.id, announcement.subject])).toEqual([
            [early.id, 'release:kairos@v1'],
            [late.id, 'release:kairos@v2'],
          ]);
          await writer.markCollected([early.id, late.id], digest.id, second(20));
        });
        expect(await store().collectable('alerts', second(20))).toEqual([]);
        expect(await owe('v1', { revision: 2 })).toMatchObject({ state: 'collected', owedRevision: 2 });
        await store().markCollected([], digest.id, second(20));
      });

      it('that is collected twice at once is told once', async () => {
        await owe('v1', { collect: true });
        const digest = await owe('v3', { to: EDGE });
        const collect = () =>
          store().transaction(async (writer) => {
            const found = await writer.collectable('alerts', T0);
            await writer.markCollected(
              found.map(({ delivery }) => delivery.id),
              digest.id,
              T0,
            );
            return found.length;
          });
        expect((await Promise.all([collect(), collect(), collect()])).toSorted()).toEqual([0, 0, 1]);
      });
    });

    describe('what is not moving', () => {
      it('is what is owed and due or was left by a dead worker, oldest first, and nothing else', async () => {
        const lost = await owe('v1', { dueAt: second(2) });
        await leased(lost.id, second(2));
        const due = await owe('v2', { dueAt: second(1), to: OTHER });
        const digest = await owe('v2', { to: EDGE, collect: true, dueAt: second(3) });
        await owe('v3', { dueAt: second(1_000) });
        const done = await owe('v1', { to: OTHER });
        await leased(done.id);
        await record(done.id, shown());
        const ids = async (now: Instant, limit = 10) => (await store().overdueDeliveries(now, limit)).map(({ id }) => id);
        expect(await ids(second(30))).toEqual([due.id, digest.id]);
        expect(await ids(second(62))).toEqual([due.id, lost.id, digest.id]);
        expect(await ids(second(62), 1)).toEqual([due.id]);
        await store().applyConfiguration([], [ALERTS], T0);
        expect(await ids(second(62))).toEqual([lost.id]);
      });

      it('is counted, and what failed or needs a person is listed with its subject', async () => {
        const [dead, ambiguous] = [await owe('v1'), await owe('v2')];
        const refused = await owe('v3', { to: OTHER });
        await owe('v4', { to: OTHER });
        await leased(refused.id);
        await record(refused.id, retry(second(3600)), second(3));
        await leased(dead.id);
        await record(dead.id, { kind: 'dead', failure: FAILURE }, second(2));
        await leased(ambiguous.id);
        await record(ambiguous.id, { kind: 'ambiguous', failure: FAILURE }, second(1));
        expect(await store().deliveryCounts()).toEqual({ owed: 2, sending: 0, shown: 0, collected: 0, ambiguous: 1, dead: 1 });
        expect(await store().failingDeliveries(10)).toMatchObject([
          { subject: 'release:kairos@v2', delivery: { id: ambiguous.id, state: 'ambiguous', failure: FAILURE } },
          { subject: 'release:kairos@v1', delivery: { id: dead.id, state: 'dead', failure: FAILURE } },
          { subject: 'release:kairos@v3', delivery: { id: refused.id, state: 'owed', failure: FAILURE } },
        ]);
        expect(await store().failingDeliveries(1)).toHaveLength(1);
      });
    });
  });
}
