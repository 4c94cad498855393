/** Opens the database: a PostgreSQL server, or PGlite in a directory of this process's own. */
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PostgresDialect } from 'kysely';
import { HeraldError } from '../../core/errors.ts';
import type { Log } from '../../ports.ts';
import { lockDirectory } from './lock.ts';
import { createPglitePool } from './pglite-pool.ts';
import { openServerPool, type Pool } from './pool.ts';
import type { Schema } from './schema.ts';

/** Where the database is: a connection string of a server, or a directory. */
export type DatabaseLocation = { readonly databaseUrl: string } | { readonly dataDir: string };

export interface Database {
  /** For the queue, which keeps its own tables in the same database. */
  readonly pool: Pool;
  readonly db: Kysely<Schema>;
  /** After every user of the pool has stopped. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens it; tables are made by migrateDatabase. The log hears of idle connections that broke, which the pool replaces.
 * Throws HeraldError STORE_UNAVAILABLE or, for a directory another process uses, STORE_LOCKED.
 */
export async function openDatabase(location: DatabaseLocation, log: Log): Promise<Database> {
  const { pool, release } = 'databaseUrl' in location ? await openServer(location.databaseUrl) : await openEmbedded(location.dataDir);
  pool.on('error', (error) => log.warn('a database connection broke; the pool replaces it', { reason: error.message }));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  let closing: Promise<void> | undefined;
  return {
    pool,
    db,
    close: () => {
      closing ??= pool.end().then(release);
      return closing;
    },
  };
}

interface Opened {
  readonly pool: Pool;
  /** What is left to let go of after the pool has ended. */
  readonly release: () => Promise<void>;
}

async function openServer(databaseUrl: string): Promise<Opened> {
  return { pool: await openServerPool(databaseUrl), release: () => Promise.resolve() };
}

async function openEmbedded(dataDir: string): Promise<Opened> {
  const lock = lockDirectory(dataDir);
  try {
    const pglite = await PGlite.create(join(dataDir, 'postgres'));
    return {
      pool: createPglitePool(pglite),
      release: async () => {
        await pglite.close();
        lock.release();
      },
    };
  } catch (cause) {
    lock.release();
    throw new HeraldError('STORE_UNAVAILABLE', `the embedded database in ${dataDir} does not open: ${String(cause)}`, {
      cause,
      hint: 'If the disk is full or the directory was copied while Herald ran, restore it from a backup; an empty directory starts afresh.',
    });
  }
}
