/** What becomes of a message when its destination, a worker or the configuration misbehaves: the real use-cases on a real store, a scripted Slack. */
import { beforeEach, describe, expect, it } from 'vitest';
import { deliver } from '../../src/app/deliver.ts';
import { collectDigest } from '../../src/app/digest.ts';
import { pollTarget } from '../../src/app/poll-target.ts';
import { reconcile } from '../../src/app/reconcile.ts';
import type { Delivery, FindOutcome, SendOutcome } from '../../src/core/delivery.ts';
import type { Failure } from '../../src/core/errors.ts';
import type { Subscription } from '../../src/core/subscription.ts';
import { MS, msBetween, plusMs } from '../../src/core/time.ts';
import { pglite } from '../support/databases.ts';
import { gate, type Scripted, scripted, tagRow } from '../support/scripted.ts';
import { facts, second, subscription, T0, target, useStore } from '../support/stores.ts';

const RATE_LIMITED: Failure = { code: 'RATE_LIMITED', disposition: 'transient', message: 'slow down', retryAfterMs: 7_000 };
const NO_ANSWER: Failure = { code: 'DESTINATION_UNAVAILABLE', disposition: 'transient', message: 'no answer' };
const NO_SCOPE: Failure = { code: 'DESTINATION_REJECTED', disposition: 'operator', message: 'missing_scope' };
const TOO_LARGE: Failure = { code: 'TOO_LARGE', disposition: 'permanent', message: 'msg_too_long' };

const HADRON = target('hadron');
const TEAM = subscription('team');
const WEEKLY = subscription('team', { cadence: { kind: 'scheduled', name: 'weekly', cron: '0 9 * * 1', timeZone: 'UTC' } });
/** Longer than a week from T0, a Tuesday. */
const AFTER_MONDAY = plusMs(T0, 8 * MS.day);

const store = useStore(pglite);
let world: Scripted;
beforeEach(() => {
  world = scripted(store(), [HADRON]);
});

/** Owes the subscription a message about v4.3.`nth`; gives the delivery's id. */
async function owe(nth = 0, { to = TEAM, revision = 1 }: { to?: Subscription; revision?: number } = {}): Promise<string> {
  const { announcement } = await store().saveAnnouncement(`release:kairos@v4.3.${nth}`, facts(`v4.3.${nth}`), T0);
  const collect = to.cadence.kind === 'scheduled';
  const readers = [{ subscription: to, collect, dueAt: second(nth) }];
  const [owed] = await store().owe({ announcementId: announcement.id, revision, at: T0, readers });
  return owed?.id ?? '';
}

async function deliveryOf(nth = 0): Promise<Delivery | undefined> {
  const announcement = await store().announcement(`release:kairos@v4.3.${nth}`);
  return (await store().deliveriesOf(announcement?.id ?? '')).at(0);
}

const always =
  <T extends SendOutcome | FindOutcome>(outcome: T) =>
  async (): Promise<T> =>
    outcome;

/** Delivers at each moment it is due, until it is owed no longer; gives how long that took. */
async function deliverUntilSettled(id: string): Promise<number> {
  const begun = world.now;
  // The longest pauses there are: fewer steps to the same end.
  const deps = { ...world.deps, random: () => 0.999 };
  for (let due: Delivery | undefined = await deliveryOf(); due?.state === 'owed'; due = await deliveryOf()) {
    if (due.dueAt > world.now) world.now = due.dueAt;
    await deliver(deps, id);
  }
  return msBetween(begun, world.now);
}

describe('a message that may be there already', () => {
  beforeEach(() => store().applyConfiguration([HADRON], [TEAM], T0));

  it('after a found message whose edit is rate-limited, nothing is created again', async () => {
    const id = await owe();
    world.slack.onCreate = always({ kind: 'uncertain', failure: NO_ANSWER });
    await deliver(world.deps, id);
    world.slack.onFind = always({ kind: 'found', externalId: 'C0123/1' });
    world.slack.onUpdate = always({ kind: 'retry', failure: RATE_LIMITED });
    world.now = second(60);
    await deliver(world.deps, id);
    world.slack.onUpdate = always({ kind: 'shown', externalId: 'C0123/1' });
    world.now = second(120);
    await deliver(world.deps, id);
    expect(world.slack.created).toHaveLength(1);
    expect(await deliveryOf()).toMatchObject({ state: 'shown', externalId: 'C0123/1' });
  });

  it('is created again when the destination says it is not there', async () => {
    const id = await owe();
    world.slack.onCreate = always({ kind: 'uncertain', failure: NO_ANSWER });
    await deliver(world.deps, id);
    world.slack.onCreate = always({ kind: 'shown', externalId: 'C0123/2' });
    world.now = second(60);
    await deliver(world.deps, id);
    expect(world.slack.created).toHaveLength(2);
    expect(await deliveryOf()).toMatchObject({ state: 'shown', externalId: 'C0123/2' });
  });

  it('waits while the destination cannot say for the moment', async () => {
    const id = await owe();
    world.slack.onCreate = always({ kind: 'uncertain', failure: NO_ANSWER });
    await deliver(world.deps, id);
    world.slack.onFind = always({ kind: 'unknown', failure: RATE_LIMITED });
    world.now = second(60);
    expect(await deliver(world.deps, id)).toMatchObject({ kind: 'retry' });
    expect(world.slack.created).toHaveLength(1);
  });

  it('is ambiguous, and a matter for a person, when the destination may not be asked', async () => {
    const id = await owe();
    world.slack.onCreate = always({ kind: 'uncertain', failure: NO_ANSWER });
    await deliver(world.deps, id);
    world.slack.onFind = always({ kind: 'unknown', failure: NO_SCOPE });
    world.now = second(60);
    expect(await deliver(world.deps, id)).toEqual({ kind: 'ambiguous', failure: NO_SCOPE });
    world.now = AFTER_MONDAY;
    expect(await deliver(world.deps, id)).toEqual({ kind: 'settled' });
    expect(world.slack.created).toHaveLength(1);
    expect(await store().failingDeliveries(10)).toMatchObject([{ delivery: { id, state: 'ambiguous' } }]);
  });

  it('a late failure of a worker that lost its lease changes nothing', async () => {
    const id = await owe();
    const [lostSend, heldSend] = [gate<SendOutcome>(), gate<SendOutcome>()];
    world.slack.onCreate = lostSend.ask;
    const lost = deliver(world.deps, id);
    await lostSend.reached;
    // Its lease of five minutes runs out, and the next worker, which finds nothing, sends.
    world.now = second(310);
    world.slack.onCreate = heldSend.ask;
    const holder = deliver(world.deps, id);
    await heldSend.reached;

    lostSend.open({ kind: 'retry', failure: RATE_LIMITED });
    await lost;
    world.now = second(320);
    expect(await deliver(world.deps, id)).toMatchObject({ kind: 'waiting' });

    heldSend.open({ kind: 'shown', externalId: 'C0123/2' });
    await holder;
    expect(world.slack.created).toHaveLength(2);
    expect(await deliveryOf()).toMatchObject({ state: 'shown', externalId: 'C0123/2', failure: null });
  });
});

describe('a message that somebody deleted', () => {
  it('is not put back, neither by the edit that finds it gone nor by a later one', async () => {
    await store().applyConfiguration([HADRON], [TEAM], T0);
    const id = await owe();
    await deliver(world.deps, id);
    world.slack.onUpdate = always({ kind: 'gone' });
    for (const revision of [2, 3]) {
      await owe(0, { revision });
      world.now = second(60 * revision);
      await deliver(world.deps, id);
    }
    expect(world.slack.created).toHaveLength(1);
    expect(world.slack.edited).toHaveLength(1);
    expect(await store().deliveryCounts()).toMatchObject({ owed: 0, ambiguous: 0, dead: 0 });
  });
});

describe('a destination that refuses', () => {
  beforeEach(() => store().applyConfiguration([HADRON], [TEAM], T0));

  it('is asked again after the time it named', async () => {
    const id = await owe();
    world.slack.onCreate = always({ kind: 'retry', failure: RATE_LIMITED });
    await deliver(world.deps, id);
    expect(await deliveryOf()).toMatchObject({ state: 'owed', dueAt: second(7) });
  });

  it('is asked again every hour when a person has to do something first', async () => {
    const id = await owe();
    world.slack.onCreate = always({ kind: 'rejected', failure: NO_SCOPE });
    for (const hour of [1, 2, 3]) {
      expect(await deliver(world.deps, id)).toMatchObject({ kind: 'retry' });
      expect(await deliveryOf()).toMatchObject({ dueAt: plusMs(T0, hour * MS.hour) });
      world.now = plusMs(T0, hour * MS.hour);
    }
    world.slack.onCreate = always({ kind: 'shown', externalId: 'C0123/1' });
    expect(await deliver(world.deps, id)).toEqual({ kind: 'shown' });
  });

  it('is not asked again when trying again changes nothing', async () => {
    const id = await owe();
    world.slack.onCreate = always({ kind: 'rejected', failure: TOO_LARGE });
    expect(await deliver(world.deps, id)).toEqual({ kind: 'dead', failure: TOO_LARGE });
    expect(await store().failingDeliveries(10)).toMatchObject([{ delivery: { id, state: 'dead', failure: TOO_LARGE } }]);
  });

  it.each([
    ['dead', 'retry', { kind: 'retry', failure: NO_ANSWER }],
    ['dead', 'a person', { kind: 'rejected', failure: NO_SCOPE }],
    ['ambiguous', 'uncertain', { kind: 'uncertain', failure: NO_ANSWER }],
  ] as const)('is given up after a week: %s (%s)', async (state, _why, outcome) => {
    const id = await owe();
    world.slack.onCreate = always(outcome);
    const took = await deliverUntilSettled(id);
    expect(took).toBeGreaterThanOrEqual(7 * MS.day);
    expect(took).toBeLessThanOrEqual(7 * MS.day + MS.hour);
    expect(await deliveryOf()).toMatchObject({ state, failure: outcome.failure });
  });

  it('for want of credentials is not given up before somebody had a week to set them', async () => {
    const id = await owe();
    const unconnected = { ...world.deps, notifiers: {} };
    expect(await deliver(unconnected, id)).toMatchObject({ kind: 'retry', failure: { code: 'MISSING_SECRET' } });
    expect(await deliveryOf()).toMatchObject({ state: 'owed', dueAt: plusMs(T0, MS.hour) });
  });
});

describe('many messages for one channel', () => {
  it('waiting deliveries do not multiply jobs, and all are sent once, oldest first', async () => {
    await store().applyConfiguration([], [TEAM], T0);
    world = scripted(store(), []);
    const [head = '', ...others] = await Promise.all(Array.from({ length: 20 }, (_, nth) => nth).map((nth) => owe(nth)));
    world.now = second(30);
    const turn = await store().leaseDelivery(head, world.now, 2 * MS.minute);
    if (turn.kind !== 'leased') throw new Error(`expected a lease, got ${turn.kind}`);

    let most = 0;
    for (let at = 30; at < 120; at += 5) {
      world.now = second(at);
      await reconcile(world.deps);
      await world.work();
      most = Math.max(most, world.queue.waiting.size);
    }
    // One that waits for its turn, and one that the reconciliation asked for.
    expect(most).toBeLessThanOrEqual(2 * others.length);
    expect(world.slack.created).toEqual([]);

    await store().recordDelivery(turn.lease.delivery, world.now, { kind: 'shown', revision: 1, externalId: 'C0123/0' });
    world.now = second(180);
    await reconcile(world.deps);
    await world.work();
    expect(world.slack.created).toEqual(others.map((_, index) => expect.stringContaining(`v4.3.${index + 1} `)));
  });
});

describe('a digest', () => {
  it('of a subscription that was made with a command while Herald ran is told without a schedule of its own', async () => {
    await store().applyConfiguration([HADRON], [], T0);
    expect(await store().addSubscription(WEEKLY, second(1))).toBe(true);
    const standing = tagRow('v0.4.0-core-amd64-generic-v4.2.0');
    world.shows('hadron', [standing], { complete: true });
    await pollTarget(world.deps, 'hadron');
    world.now = second(3_600);
    world.shows('hadron', [standing, tagRow('v0.5.1-core-amd64-generic-v4.3.0', { since: second(3_000) })], { complete: true });
    await pollTarget(world.deps, 'hadron');
    world.now = AFTER_MONDAY;
    await reconcile(world.deps);
    await world.work();
    expect(world.slack.created).toHaveLength(1);
    expect(await store().deliveryCounts()).toMatchObject({ owed: 0, collected: 1, shown: 1 });
  });

  it('from weekly to immediate nothing owed is lost', async () => {
    await store().applyConfiguration([HADRON], [WEEKLY], T0);
    await owe(0, { to: WEEKLY });
    await store().applyConfiguration([HADRON], [TEAM], second(10));
    world.now = second(60);
    await reconcile(world.deps);
    await world.work();
    expect(world.slack.created).toEqual([expect.stringContaining('v4.3.0')]);
  });

  it('whose every release was taken back before its day sends nothing', async () => {
    await store().applyConfiguration([HADRON], [WEEKLY], T0);
    const standing = tagRow('v0.4.0-core-amd64-generic-v4.2.0');
    world.shows('hadron', [standing], { complete: true });
    await pollTarget(world.deps, 'hadron');
    world.now = second(3_600);
    world.shows('hadron', [standing, tagRow('v0.5.1-core-amd64-generic-v4.3.0', { since: second(3_000) })], { complete: true });
    await pollTarget(world.deps, 'hadron');
    expect(await store().deliveryCounts()).toMatchObject({ owed: 1 });
    world.now = second(7_200);
    world.shows('hadron', [standing], { complete: true });
    await pollTarget(world.deps, 'hadron');

    world.now = AFTER_MONDAY;
    expect(await collectDigest(world.deps, 'team')).toBeNull();
    await reconcile(world.deps);
    await world.work();
    expect(world.slack.created).toEqual([]);
    expect(await store().deliveryCounts()).toMatchObject({ owed: 0, collected: 1 });
  });
});
