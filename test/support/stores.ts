/** A migrated store for tests, emptied before each, and small examples of what goes into it. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { migrateDatabase } from '../../src/adapters/database/migrate.ts';
import type { Database } from '../../src/adapters/database/open.ts';
import { createStore } from '../../src/adapters/database/store.ts';
import type { ReleaseFacts } from '../../src/core/release.ts';
import { ANY, type Subscription } from '../../src/core/subscription.ts';
import type { Target } from '../../src/core/target.ts';
import { type Instant, instant, plusMs } from '../../src/core/time.ts';
import type { ImageRecord, Store } from '../../src/ports.ts';
import { openTestDatabase, type TestDatabase, type TestDatabases } from './databases.ts';

/** For use inside describe: gives the store of the running test. */
export function useStore(databases: TestDatabases): () => Store {
  let home: TestDatabase;
  let database: Database;
  let store: Store;
  beforeAll(async () => {
    home = await databases.create();
    database = await openTestDatabase(home);
    await migrateDatabase(database);
    store = createStore(database);
  });
  beforeEach(async () => {
    await database.pool.query(
      'TRUNCATE target, image, release, page, announcement, subscription, delivery, verdict, evidence, trust_root, inventory RESTART IDENTITY CASCADE',
    );
  });
  afterAll(async () => {
    await store.close();
    await home.drop();
  });
  return () => store;
}

export const T0: Instant = instant('2026-09-08T07:00:00.000Z');

/** So many seconds after T0. */
export const second = (seconds: number): Instant => plusMs(T0, seconds * 1_000);

export function target(id: string, changes: Partial<Target> = {}): Target {
  return {
    id,
    kind: 'quay',
    repository: `quay.io/kairos/${id}`,
    endpoint: null,
    via: null,
    project: 'kairos',
    cadence: { kind: 'scheduled', name: 'daily', cron: '0 9 * * *', timeZone: 'Europe/Berlin' },
    lifecycle: { state: 'active' },
    ...changes,
  };
}

export function subscription(id: string, changes: Partial<Subscription> = {}): Subscription {
  return {
    id,
    topic: 'releases',
    destination: { kind: 'slack', channel: 'C0123' },
    filter: ANY,
    cadence: { kind: 'immediate' },
    bypass: [],
    holdMs: 0,
    requireVerifiedMs: null,
    owner: 'infra',
    ...changes,
  };
}

export function image(tag: string, changes: Partial<ImageRecord> = {}): ImageRecord {
  return {
    targetId: 'hadron',
    repository: 'quay.io/kairos/hadron',
    tag,
    kind: 'os-image',
    reason: null,
    format: null,
    reads: null,
    releaseKey: 'kairos@v4.3.0',
    digest: 'sha256:aaa',
    size: 700_000_000,
    pushedAt: T0,
    firstSeenAt: second(60),
    replaced: [],
    ...changes,
  };
}

export function facts(version: string, changes: Partial<ReleaseFacts> = {}): ReleaseFacts {
  return {
    kind: 'release',
    key: `kairos@${version}`,
    project: 'kairos',
    version,
    channel: 'stable',
    classification: { bump: 'minor', components: { kairos: 'minor' }, previous: null, backport: false, latest: true, reasons: [] },
    images: [],
    page: null,
    supersededBy: null,
    ...changes,
  };
}
