/** Queue backends for tests; each has a prefix of its own, so that nothing of another test is ever touched. */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Database } from '../../src/adapters/database/open.ts';
import { postgresBackend, type QueueBackend, redisBackend } from '../../src/adapters/queue/backend.ts';
import type { QueueServer } from '../contract/queue.behaviour.ts';
import { openTestDatabase, type TestDatabase, type TestDatabases } from './databases.ts';
import { serviceOrSkip } from './services.ts';

export const REDIS_URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

const freshPrefix = (): string => `herald-test-${randomBytes(6).toString('hex')}`;

/** The queue in a database. */
export function queueOn(databases: TestDatabases): QueueServer {
  let opened: { readonly home: TestDatabase; readonly database: Database } | undefined;
  return {
    name: databases.name,
    available: databases.available,
    open: async () => {
      const home = await databases.create();
      opened = { home, database: await openTestDatabase(home) };
    },
    backend: () => {
      if (opened === undefined) throw new Error('the server is not open');
      return postgresBackend(opened.database.pool, freshPrefix());
    },
    close: async () => {
      await opened?.database.close();
      await opened?.home.drop();
    },
  };
}

/** The queue on Redis, when one answers; what the tests put there is removed by its prefix. */
export async function queueOnRedis(): Promise<QueueServer & { backendAt(url: string): Promise<QueueBackend> }> {
  const prefixes: string[] = [];
  const backendAt = (url: string): Promise<QueueBackend> => {
    const prefix = freshPrefix();
    prefixes.push(prefix);
    return redisBackend(url, prefix);
  };
  return {
    name: 'Redis',
    available: await serviceOrSkip('Redis', () => onRedis((redis) => redis.ping())),
    open: () => Promise.resolve(),
    backend: () => backendAt(REDIS_URL),
    backendAt,
    close: () => onRedis((redis) => removeKeys(redis, prefixes)),
  };
}

async function removeKeys(redis: Redis, prefixes: readonly string[]): Promise<void> {
  for (const prefix of prefixes) {
    const keys = await redis.keys(`bull:${prefix}-*`);
    if (keys.length > 0) await redis.del(keys);
  }
}

async function onRedis<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(REDIS_URL, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null });
  redis.on('error', () => undefined);
  await redis.connect();
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
