/** The trust root kept up to date: what is different is told, what cannot be fetched is not, until it is too long. On a real store. */
import { beforeEach, describe, expect, it } from 'vitest';
import { refreshTrustRoot } from '../../src/app/trust-root.ts';
import { HeraldError } from '../../src/core/errors.ts';
import { type Instant, MS, plusMs } from '../../src/core/time.ts';
import type { StoredTrustRoot, TrustRootSource } from '../../src/ports.ts';
import { pglite } from '../support/databases.ts';
import { type Scripted, scripted } from '../support/scripted.ts';
import { scriptedEvidence } from '../support/scripted-evidence.ts';
import { subscription, T0, target, useStore } from '../support/stores.ts';

const HADRON = target('hadron');
const OPERATORS = subscription('operators', { topic: 'operations' });
const PINNED: StoredTrustRoot = { hash: 'pinned', document: 'one log', confirmedAt: T0 };

const store = useStore(pglite);
let world: Scripted;
let upstream: () => Promise<{ readonly hash: string; readonly document: string }>;

beforeEach(async () => {
  const roots: TrustRootSource = {
    fetch: () => upstream(),
    inForce: async () => (await store().trustRoot()) ?? PINNED,
    changes: (from, to) => (from === to ? [] : [`${from} → ${to}`]),
  };
  world = scripted(store(), [HADRON], {}, { ...scriptedEvidence(), trustRoots: roots });
  await store().applyConfiguration([HADRON], [OPERATORS], T0);
});

async function refresh(at: Instant): Promise<void> {
  world.now = at;
  await world.queue.enqueue('refresh-trust-root', {});
  await world.work();
}

describe('a trust root', () => {
  it('that is still the current one is confirmed, and nobody is told', async () => {
    upstream = async () => ({ hash: PINNED.hash, document: PINNED.document });
    await refresh(plusMs(T0, MS.day));
    expect(await store().trustRoot()).toEqual({ ...PINNED, confirmedAt: plusMs(T0, MS.day) });
    expect(world.slack.created).toHaveLength(0);
  });

  it('that has changed is in force from then on, and the operators read what is different, once', async () => {
    upstream = async () => ({ hash: 'rotated', document: 'two logs' });
    await refresh(plusMs(T0, MS.day));
    await refresh(plusMs(T0, 8 * MS.day));
    expect(await store().trustRoot()).toMatchObject({ hash: 'rotated', confirmedAt: plusMs(T0, 8 * MS.day) });
    expect(world.slack.created).toEqual([expect.stringContaining('The trust root that signatures are checked against has changed')]);
  });

  it('that could not be fetched stays in force; whoever asked hears of it', async () => {
    upstream = () => Promise.reject(new HeraldError('NETWORK', 'the repository of trust roots could not be read'));
    world.now = plusMs(T0, 89 * MS.day);
    await expect(refreshTrustRoot(world.deps)).rejects.toMatchObject({ code: 'NETWORK' });
    expect(await store().trustRoot()).toBeNull();
  });

  it('that nobody could confirm for ninety days is told to the operators, once', async () => {
    upstream = () => Promise.reject(new HeraldError('NETWORK', 'the repository of trust roots could not be read'));
    await refresh(plusMs(T0, 91 * MS.day));
    await refresh(plusMs(T0, 98 * MS.day));
    expect(world.slack.created).toEqual([expect.stringContaining('could not be confirmed since')]);
  });
});
