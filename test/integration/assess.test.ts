/** Verdicts on the way from an image to its readers: what they are told, when, and what raises an alarm. On a real store. */
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { check } from '../../src/app/check.ts';
import { createJobHandlers } from '../../src/app/jobs.ts';
import { pollTarget } from '../../src/app/poll-target.ts';
import { reconcile } from '../../src/app/reconcile.ts';
import { HeraldError } from '../../src/core/errors.ts';
import { parseFilter, type Subscription } from '../../src/core/subscription.ts';
import { type Instant, MS, plusMs } from '../../src/core/time.ts';
import { pglite } from '../support/databases.ts';
import { type Scripted, scripted, tagRow } from '../support/scripted.ts';
import { type ScriptedEvidence, type Signing, scriptedEvidence } from '../support/scripted-evidence.ts';
import { subscription, T0, target, useStore } from '../support/stores.ts';

const HADRON = target('hadron');
const TEAM = subscription('team');
const OPERATORS = subscription('operators', { topic: 'operations', destination: { kind: 'slack', channel: 'C0OPS' } });

const OLD = 'v0.5.1-core-amd64-generic-v4.2.0';
const AMD64 = 'v0.5.1-core-amd64-generic-v4.3.0';
const ARM64 = 'v0.5.1-core-arm64-generic-v4.3.0';
const digestOf = (tag: string, build = 1): string => `sha256:${createHash('sha256').update(`${tag} ${build}`).digest('hex')}`;

const AT = plusMs(T0, MS.hour);
const later = (ms: number): Instant => plusMs(AT, ms);
const BY_KAIROS: Signing = { by: 'kairos', version: 'v4.3.0' };

const store = useStore(pglite);
let world: Scripted;
let evidence: ScriptedEvidence;

async function begin(...subscriptions: readonly Subscription[]): Promise<void> {
  evidence = scriptedEvidence();
  world = scripted(store(), [HADRON], {}, evidence);
  await store().applyConfiguration([HADRON], subscriptions, T0);
  world.shows('hadron', [tagRow(OLD, { digest: digestOf(OLD) })], { complete: true });
  await pollTarget(world.deps, 'hadron');
}

/** At this moment the registry has these tags, each pushed so many times; whatever is due is done. */
async function look(at: Instant, tags: readonly (readonly [tag: string, build?: number])[]): Promise<void> {
  world.now = at;
  const rows = tags.map(([tag, build = 1]) => tagRow(tag, { digest: digestOf(tag, build), since: plusMs(AT, (build - 1) * MS.hour) }));
  world.shows('hadron', [...rows, tagRow(OLD, { digest: digestOf(OLD) })], { complete: true });
  await world.queue.enqueue('poll-target', { targetId: 'hadron' });
  await world.work();
}

async function wait(until: Instant): Promise<void> {
  world.now = until;
  await reconcile(world.deps);
  await world.work();
}

const states = async (version = 'v4.3.0') => {
  const { images } = await store().releaseContents(`kairos@${version}`);
  return images.map(({ reference, verdict }) => [reference.slice(reference.indexOf(':') + 1), verdict?.state ?? null]);
};
const told = () => world.slack.created.map((text) => text.split('\n')[0]);

describe('a new release', () => {
  beforeEach(() => begin(TEAM, OPERATORS));

  it('is told at once, and edited once when all its images were looked at', async () => {
    evidence.signed.set(digestOf(AMD64), BY_KAIROS).set(digestOf(ARM64), BY_KAIROS);
    await look(AT, [[AMD64], [ARM64]]);
    expect(await states()).toEqual([
      [AMD64, 'verified'],
      [ARM64, 'verified'],
    ]);
    expect([world.slack.created.length, world.slack.edited.length]).toEqual([1, 1]);
  });

  it('is not looked at again before its time, however often it is polled', async () => {
    evidence.signed.set(digestOf(AMD64), BY_KAIROS);
    await look(AT, [[AMD64]]);
    await look(later(MS.hour), [[AMD64]]);
    await wait(later(2 * MS.day));
    expect(evidence.looks.filter((digest) => digest === digestOf(AMD64))).toHaveLength(1);
    await wait(later(7 * MS.day + MS.minute));
    expect(evidence.looks.filter((digest) => digest === digestOf(AMD64))).toHaveLength(2);
    expect(world.slack.edited).toHaveLength(1);
  });

  it('without a signature is looked at again soon: images are signed after they are pushed', async () => {
    await look(AT, [[AMD64]]);
    expect(await states()).toEqual([[AMD64, 'unsigned']]);
    evidence.signed.set(digestOf(AMD64), BY_KAIROS);
    await wait(later(9 * MS.minute));
    expect(await states()).toEqual([[AMD64, 'unsigned']]);
    await wait(later(11 * MS.minute));
    expect(await states()).toEqual([[AMD64, 'verified']]);
  });

  it('whose images are the same bytes under two tags is looked at once for both', async () => {
    const twin = 'v0.5.1-core-amd64-generic-v4.3.0-uki';
    evidence.signed.set(digestOf(AMD64), BY_KAIROS);
    world.now = AT;
    world.shows(
      'hadron',
      [AMD64, twin].map((tag) => tagRow(tag, { digest: digestOf(AMD64) })),
    );
    await world.queue.enqueue('poll-target', { targetId: 'hadron' });
    await world.work();
    expect(await states()).toEqual([
      [AMD64, 'verified'],
      [twin, 'verified'],
    ]);
    expect(evidence.looks.filter((digest) => digest === digestOf(AMD64))).toHaveLength(1);
  });

  it('found by a first look is looked at where it is the newest, and nothing is announced', async () => {
    await wait(later(0));
    expect(evidence.looks).toEqual([digestOf(OLD)]);
    expect(await states('v4.2.0')).toEqual([[OLD, 'unsigned']]);
    expect(world.slack.created).toHaveLength(0);
  });
});

describe('an image that could not be looked at (row 60)', () => {
  beforeEach(() => begin(TEAM, OPERATORS));
  const TIMEOUT = new HeraldError('TIMEOUT', 'quay.io did not answer in time.');

  it('is unknown and never unsigned, raises no alarm, and is looked at again', async () => {
    evidence.signed.set(digestOf(AMD64), TIMEOUT);
    world.now = AT;
    world.shows('hadron', [tagRow(AMD64, { digest: digestOf(AMD64), since: AT })]);
    await pollTarget(world.deps, 'hadron');
    await check(world.deps);
    expect(await states()).toEqual([[AMD64, 'unknown']]);
    expect(told()).toHaveLength(1);
    evidence.signed.set(digestOf(AMD64), BY_KAIROS);
    await wait(later(31 * MS.minute));
    expect(await states()).toEqual([[AMD64, 'verified']]);
  });

  it('is thrown on to the queue, which tries again soon', async () => {
    evidence.signed.set(digestOf(AMD64), TIMEOUT);
    world.now = AT;
    world.shows('hadron', [tagRow(AMD64, { digest: digestOf(AMD64), since: AT })]);
    await pollTarget(world.deps, 'hadron');
    const { parse, handle } = createJobHandlers(world.deps)['assess-image'];
    const context = { jobId: 'one', attempt: 1, lastAttempt: false };
    await expect(handle(parse({ targetId: 'hadron', tag: AMD64 }), context)).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('keeps the verdict it had, and its messages stay as they are', async () => {
    evidence.signed.set(digestOf(AMD64), BY_KAIROS);
    await look(AT, [[AMD64]]);
    evidence.signed.set(digestOf(AMD64), TIMEOUT);
    await check({ ...world.deps, clock: { now: () => later(8 * MS.day) } });
    expect(evidence.looks.filter((digest) => digest === digestOf(AMD64))).toHaveLength(2);
    expect(await states()).toEqual([[AMD64, 'verified']]);
    expect(world.slack.edited).toHaveLength(1);
  });
});

describe('a signature that is wrong (row 61)', () => {
  const WEEKLY = subscription('weekly', { cadence: { kind: 'scheduled', name: 'weekly', cron: '0 9 * * 1', timeZone: 'UTC' } });
  const ARM = subscription('arm', { filter: parseFilter('arm64') });

  beforeEach(() => begin(WEEKLY, ARM, OPERATORS));

  it('is told at once to whom it concerns, past every digest, and to the operators', async () => {
    evidence.signed.set(digestOf(AMD64), { by: 'stranger' }).set(digestOf(ARM64), BY_KAIROS);
    await look(AT, [[AMD64], [ARM64]]);
    expect(await states()).toEqual([
      [AMD64, 'rejected'],
      [ARM64, 'verified'],
    ]);
    const alert = await store().announcement('alert:signatures:kairos@v4.3.0');
    const readers = (await store().deliveriesOf(alert?.id ?? '')).map(({ subscriptionId, state }) => [subscriptionId, state]);
    expect(readers).toEqual([
      ['operators', 'shown'],
      ['weekly', 'shown'],
    ]);
    expect(told().filter((text) => text?.includes('Do not use: 1 image of Kairos v4.3.0'))).toHaveLength(2);
  });

  it('is one alert, edited as more of them are found, and taken back when the images are in order', async () => {
    evidence.signed.set(digestOf(AMD64), { by: 'stranger' });
    await look(AT, [[AMD64]]);
    evidence.signed.set(digestOf(ARM64), { by: 'stranger' });
    await look(later(MS.hour), [[AMD64], [ARM64]]);
    evidence.signed.set(digestOf(AMD64, 2), BY_KAIROS).set(digestOf(ARM64, 2), BY_KAIROS);
    await look(later(2 * MS.hour), [
      [AMD64, 2],
      [ARM64, 2],
    ]);
    const alert = await store().announcement('alert:signatures:kairos@v4.3.0');
    expect(alert).toMatchObject({ revision: 3, facts: { images: [] } });
    expect(told().filter((text) => text?.includes('Do not use'))).toHaveLength(3);
    expect(world.slack.edited.filter((text) => text.includes('in order again'))).toHaveLength(3);
  });

  it('is never carried over to what is pushed under the same tag (row 56)', async () => {
    evidence.signed.set(digestOf(AMD64), BY_KAIROS).set(digestOf(AMD64, 2), { by: 'stranger' });
    await look(AT, [[AMD64]]);
    await look(later(2 * MS.hour), [[AMD64, 2]]);
    expect(await states()).toEqual([[AMD64, 'rejected']]);
  });

  it('is one for another release, although the signer is the right one', async () => {
    evidence.signed.set(digestOf(AMD64), { by: 'kairos', version: 'v4.2.0' });
    await look(AT, [[AMD64]]);
    expect(await states()).toEqual([[AMD64, 'rejected']]);
  });
});

describe('a signature that was there and is gone (row 53)', () => {
  it('is an alert, although nothing that is there is wrong', async () => {
    await begin(TEAM, OPERATORS);
    evidence.signed.set(digestOf(AMD64), BY_KAIROS);
    await look(AT, [[AMD64]]);
    evidence.signed.set(digestOf(AMD64), { by: 'nobody' });
    await wait(later(8 * MS.day));
    expect(await store().announcement('alert:signatures:kairos@v4.3.0')).toMatchObject({
      facts: { images: [{ verdict: { state: 'unsigned', cautions: [{ kind: 'evidence-gone' }] } }] },
    });
  });
});

describe('a subscription that wants everything verified', () => {
  const STRICT = subscription('strict', { requireVerifiedMs: 12 * MS.hour });
  beforeEach(() => begin(STRICT));

  it('is told when everything is', async () => {
    evidence.signed.set(digestOf(AMD64), BY_KAIROS);
    await look(AT, [[AMD64], [ARM64]]);
    expect(world.slack.created).toHaveLength(0);
    evidence.signed.set(digestOf(ARM64), BY_KAIROS);
    await wait(later(20 * MS.minute));
    expect(world.slack.created).toHaveLength(1);
    expect(world.slack.edited).toHaveLength(0);
  });

  it('is told at the end of its patience that it is not', async () => {
    await look(AT, [[AMD64]]);
    await wait(later(11 * MS.hour));
    expect(world.slack.created).toHaveLength(0);
    await wait(later(12 * MS.hour + MS.minute));
    expect(world.slack.created).toHaveLength(1);
  });

  it('is told of a wrong signature at once', async () => {
    evidence.signed.set(digestOf(AMD64), { by: 'stranger' });
    await look(AT, [[AMD64]]);
    expect(told()).toEqual([expect.stringContaining('Do not use')]);
  });

  it('does not wait for images that are none of its business', async () => {
    await begin({ ...STRICT, filter: parseFilter('amd64') });
    evidence.signed.set(digestOf(AMD64), BY_KAIROS);
    await look(AT, [[AMD64], [ARM64]]);
    expect(world.slack.created).toHaveLength(1);
  });
});

describe('another trust root', () => {
  it('has every image looked at again', async () => {
    await begin(TEAM);
    evidence.signed.set(digestOf(AMD64), BY_KAIROS);
    await look(AT, [[AMD64]]);
    evidence.trustRoot = 'rotated';
    await wait(later(2 * MS.hour));
    expect(evidence.looks.filter((digest) => digest === digestOf(AMD64))).toHaveLength(2);
    await wait(later(4 * MS.hour));
    expect(evidence.looks.filter((digest) => digest === digestOf(AMD64))).toHaveLength(2);
  });
});

describe('with verification switched off', () => {
  it('nothing is looked at, and the message says that nothing was', async () => {
    await begin(TEAM);
    world = scripted(store(), [HADRON]);
    await look(AT, [[AMD64]]);
    await wait(later(MS.day));
    expect(await states()).toEqual([[AMD64, null]]);
    expect(evidence.looks).toEqual([]);
  });
});
