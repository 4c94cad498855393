/** Opens what every command that asks or changes the store needs: its database, its tables, the log and the clock of this process. */
import { migrateDatabase, requireMigrated } from '../adapters/database/migrate.ts';
import { type Database, type DatabaseLocation, openDatabase, type Sharing } from '../adapters/database/open.ts';
import { createStore } from '../adapters/database/store.ts';
import { createLog, type LogLevel } from '../adapters/observe/log.ts';
import { HeraldError } from '../core/errors.ts';
import { instant } from '../core/time.ts';
import type { Clock, Log, Store } from '../ports.ts';
import type { Secrets } from './secrets.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The clock of the machine. */
export const systemClock: Clock = { now: () => instant(Date.now()) };

const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** The log of this process: HERALD_LOG_LEVEL, or `fallback`. Throws HeraldError INVALID_CONFIG on an unknown level. */
export function createProcessLog(env: Env, fallback: LogLevel): Log {
  const asked = env.HERALD_LOG_LEVEL;
  const level = asked === undefined || asked === '' ? fallback : LOG_LEVELS.find((known) => known === asked);
  if (level !== undefined) return createLog(level, process.stderr.isTTY);
  throw new HeraldError('INVALID_CONFIG', `HERALD_LOG_LEVEL is "${asked}"; it may be ${LOG_LEVELS.join(', ')}.`);
}

/** A server when DATABASE_URL is set, otherwise a directory. */
export function databaseLocation(env: Env, secrets: Secrets): DatabaseLocation {
  return secrets.databaseUrl === null ? { dataDir: env.HERALD_DATA_DIR ?? './data' } : { databaseUrl: secrets.databaseUrl };
}

export interface OpenedStore {
  readonly database: Database;
  readonly store: Store;
  /** Migrations that were applied just now. */
  readonly applied: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens the store and brings its tables up to date. With `join`, a store that another process has is used through that
 * process, which has done so already. Throws STORE_LOCKED, STORE_UNAVAILABLE or STORE_OUTDATED.
 */
export async function openStore(location: DatabaseLocation, log: Log, sharing: Sharing = 'never'): Promise<OpenedStore> {
  const database = await openDatabase(location, log, sharing);
  try {
    const applied = database.joined ? await requireMigrated(database).then(() => []) : await migrateDatabase(database);
    await database.share();
    const store = createStore(database);
    return {
      database,
      store,
      applied,
      close: async () => {
        await store.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
