/** One pass over everything, as cron runs it every hour. */
import { beforeEach, describe, expect, it } from 'vitest';
import { check } from '../../src/app/check.ts';
import { HeraldError } from '../../src/core/errors.ts';
import type { Target } from '../../src/core/target.ts';
import { MS, plusMs } from '../../src/core/time.ts';
import { pglite } from '../support/databases.ts';
import { type Scripted, scripted, tagRow } from '../support/scripted.ts';
import { T0, target, useStore } from '../support/stores.ts';

const MONTHLY: Target['cadence'] = { kind: 'scheduled', name: 'monthly', cron: '0 9 1 * *', timeZone: 'UTC' };
const HADRON = target('hadron');
const ROCKY = target('rockylinux', {
  cadence: MONTHLY,
  lifecycle: { state: 'frozen', since: '2026-02-05', lastVersion: 'v3.7.2', advice: 'Move to hadron.', lastTags: [] },
});

const store = useStore(pglite);
let world: Scripted;
beforeEach(async () => {
  world = scripted(store(), [HADRON, ROCKY]);
  await store().applyConfiguration([HADRON, ROCKY], [], T0);
});

const looked = async (all = false) => {
  const { polls, resting } = await check(world.deps, { all });
  return { polled: polls.map(({ targetId }) => targetId).sort(), resting };
};

describe('a place that is no longer published to', () => {
  it('is looked at in the first pass, then once in its own period, however often the passes come', async () => {
    expect(await looked()).toEqual({ polled: ['hadron', 'rockylinux'], resting: 0 });
    world.now = plusMs(T0, MS.hour);
    expect(await looked()).toEqual({ polled: ['hadron'], resting: 1 });
    world.now = plusMs(T0, 24 * MS.day);
    expect(await looked()).toEqual({ polled: ['hadron', 'rockylinux'], resting: 0 });
  });

  it('is looked at all the same when a person asks for everything', async () => {
    await looked();
    expect(await looked(true)).toEqual({ polled: ['hadron', 'rockylinux'], resting: 0 });
  });

  it('is looked at again in the next pass after it could not be read', async () => {
    world.answers('rockylinux', () => Promise.reject(new HeraldError('NETWORK', 'quay.io could not be read.')));
    await looked();
    world.shows('rockylinux', [tagRow('9-core-amd64-generic-v3.7.2')]);
    expect(await looked()).toEqual({ polled: ['hadron', 'rockylinux'], resting: 0 });
    expect(await looked()).toEqual({ polled: ['hadron'], resting: 1 });
  });
});

describe('a server that stalls', () => {
  it('does not keep the pass from the others', async () => {
    const own = target('own', { repository: 'registry.example.com/edge/ubuntu', kind: 'quay' });
    world = scripted(store(), [own, HADRON]);
    await store().applyConfiguration([own, HADRON], [], T0);
    const stalled = Promise.withResolvers<never>();
    world.answers('own', () => stalled.promise);
    const seen: string[] = [];
    const told = Promise.withResolvers<void>();
    const pass = check(world.deps, {
      progress: ({ targetId }) => {
        seen.push(targetId);
        told.resolve();
      },
    });
    await told.promise;
    expect(seen).toEqual(['hadron']);
    stalled.reject(new HeraldError('TIMEOUT', 'registry.example.com did not answer in time.'));
    expect((await pass).polls.map(({ kind }) => kind).sort()).toEqual(['failed', 'polled']);
  });
});
