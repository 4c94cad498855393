/** How many requests a week of polling takes, for one subscription and for many: the same. Counted, not timed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../src/adapters/observe/log.ts';
import { instant } from '../src/core/time.ts';
import { openStore } from '../src/entry/open-store.ts';
import { startUpstream } from '../test/world/upstream.ts';
import { pollForDays, type TargetCost } from '../test/world/week.ts';

/** The week in which v4.2.0 came out. */
const FROM = instant('2026-08-16T00:00:00Z');
/** The day of it: images and notes arrive while it is polled. */
const DAY = instant('2026-08-18T12:00:00Z');

/** The simulated week with one subscription. */
export function benchWeek(): Promise<readonly TargetCost[]> {
  return polled(FROM, 7, 1);
}

/** The requests of half a release day with so many subscriptions. */
export async function benchReaders(subscriptions: number): Promise<number> {
  const costs = await polled(DAY, 0.25, subscriptions);
  return costs.reduce((sum, { requests, firstRequests }) => sum + requests + firstRequests, 0);
}

async function polled(from: typeof FROM, days: number, subscriptions: number): Promise<readonly TargetCost[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'herald-bench-'));
  const log = createLog('error');
  const upstream = await startUpstream({ now: from });
  const { store, close } = await openStore({ dataDir }, log);
  try {
    return await pollForDays({ upstream, store, log, days, subscriptions });
  } finally {
    await close();
    await upstream.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}
