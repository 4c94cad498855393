/** The request budget, counted on the recorded upstream over a simulated day at real cadences: one request a routine poll, however many read. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/adapters/observe/log.ts';
import { instant } from '../../src/core/time.ts';
import { type OpenedStore, openStore } from '../../src/entry/open-store.ts';
import { migratedDataDir } from '../support/databases.ts';
import { startUpstream, type Upstream } from '../world/upstream.ts';
import { pollForDays, type TargetCost } from '../world/week.ts';

const LOG = createLog('silent');

let upstream: Upstream;
let opened: OpenedStore;

async function dayWith(subscriptions: number): Promise<ReadonlyMap<string, TargetCost>> {
  const costs = await pollForDays({ upstream, store: opened.store, log: LOG, days: 1, subscriptions });
  return new Map(costs.map((cost) => [cost.targetId, cost]));
}

beforeEach(async () => {
  // The day v4.2.0 came out: pages, images and notes arrive while it is watched.
  upstream = await startUpstream({ now: instant('2026-08-18T00:00:00Z') });
  opened = await openStore({ dataDir: await migratedDataDir() }, LOG);
});

afterEach(async () => {
  await opened.close();
  await upstream.close();
});

describe('a day of polls', () => {
  it('costs one request a poll of Quay and of a release page, and one full reading', async () => {
    const costs = await dayWith(1);
    expect(costs.get('hadron')).toMatchObject({ polls: 72, larger: 1 });
    expect(costs.get('kairos-releases')).toMatchObject({ polls: 72, requests: 72, larger: 0 });
    expect(costs.get('rockylinux')).toMatchObject({ polls: 1, requests: 1 });
  });

  it('costs the same whether one reads it or two hundred', async () => {
    const requests = (costs: ReadonlyMap<string, TargetCost>) =>
      [...costs.values()].reduce((sum, cost) => sum + cost.firstRequests + cost.requests, 0);
    const one = requests(await dayWith(1));
    await opened.close();
    await upstream.close();
    upstream = await startUpstream({ now: instant('2026-08-18T00:00:00Z') });
    opened = await openStore({ dataDir: await migratedDataDir() }, LOG);
    expect(requests(await dayWith(200))).toBe(one);
  });
});
