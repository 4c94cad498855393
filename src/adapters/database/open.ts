/** Opens the database: a PostgreSQL server, PGlite in a directory of this process's own, or another process's PGlite through its door. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PostgresDialect } from 'kysely';
import { HeraldError } from '../../core/errors.ts';
import { MS } from '../../core/time.ts';
import type { Log } from '../../ports.ts';
import { type Door, doorOf, openDoor } from './door.ts';
import { lockDirectory } from './lock.ts';
import { createPglitePool } from './pglite-pool.ts';
import { openDoorPool, openServerPool, type Pool } from './pool.ts';
import type { Schema } from './schema.ts';
import { shareSession } from './session.ts';

/** Where the database is: a connection string of a server, or a directory. */
export type DatabaseLocation = { readonly databaseUrl: string } | { readonly dataDir: string };

/** What to do about a directory that another process has: give up, or use its store through its door. */
export type Sharing = 'never' | 'join';

export interface Database {
  /** For the queue, which keeps its own tables in the same database. */
  readonly pool: Pool;
  readonly db: Kysely<Schema>;
  /** Another process has the directory: its tables are not ours to change. */
  readonly joined: boolean;
  /** Lets other processes in, once the tables are up to date. A server needs no door of ours, a joined store has one. */
  share(): Promise<void>;
  /** After every user of the pool has stopped. Idempotent. */
  close(): Promise<void>;
}

/** How long to wait for a door: a process that has just taken the lock opens it when its tables are up to date, one that ends gives the lock back. */
const DOOR_PATIENCE_MS = 5 * MS.second;
const DOOR_PAUSE_MS = 50;

/**
 * Opens it; tables are made by migrateDatabase. The log hears of idle connections that broke, which the pool replaces.
 * Throws HeraldError STORE_UNAVAILABLE or, for a directory another process uses, STORE_LOCKED.
 */
export async function openDatabase(location: DatabaseLocation, log: Log, sharing: Sharing = 'never'): Promise<Database> {
  const opened = 'databaseUrl' in location ? await openServer(location.databaseUrl) : await openDirectory(location.dataDir, log, sharing);
  const { pool, release } = opened;
  pool.on('error', (error) => log.warn('a database connection broke; the pool replaces it', { reason: error.message }));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  let door: Door | undefined;
  let closing: Promise<void> | undefined;
  return {
    pool,
    db,
    joined: opened.joined,
    share: async () => {
      door ??= await opened.openDoor();
    },
    close: () => {
      closing ??= Promise.resolve(door?.close())
        .then(() => pool.end())
        .then(release);
      return closing;
    },
  };
}

interface Opened {
  readonly pool: Pool;
  readonly joined: boolean;
  readonly openDoor: () => Promise<Door>;
  /** What is left to let go of after the pool has ended. */
  readonly release: () => Promise<void>;
}

const NO_DOOR: Door = { close: () => Promise.resolve() };

function withoutDoor(pool: Pool, joined: boolean): Opened {
  return { pool, joined, openDoor: () => Promise.resolve(NO_DOOR), release: () => Promise.resolve() };
}

async function openServer(databaseUrl: string): Promise<Opened> {
  return withoutDoor(await openServerPool(databaseUrl), false);
}

async function openDirectory(dataDir: string, log: Log, sharing: Sharing): Promise<Opened> {
  const deadline = performance.now() + DOOR_PATIENCE_MS;
  for (;;) {
    try {
      return await openEmbedded(dataDir, log);
    } catch (error) {
      if (!(error instanceof HeraldError) || error.code !== 'STORE_LOCKED' || sharing === 'never') throw error;
      const directory = doorOf(dataDir);
      const pool = directory === null ? null : await openDoorPool(directory);
      if (pool !== null) return withoutDoor(pool, true);
      if (performance.now() >= deadline) throw error;
      await sleep(DOOR_PAUSE_MS);
    }
  }
}

async function openEmbedded(dataDir: string, log: Log): Promise<Opened> {
  // V8 ends the whole process now and then when it frees replaced code of WebAssembly in the background (nodejs/node#64500).
  setFlagsFromString('--no-wasm-code-gc');
  const lock = lockDirectory(dataDir);
  try {
    const pglite = await PGlite.create(join(dataDir, 'postgres'));
    const session = shareSession(pglite);
    return {
      pool: createPglitePool(pglite, session),
      joined: false,
      openDoor: async () => {
        try {
          return await openDoor(dataDir, pglite, session, log);
        } catch (error) {
          // A file system without sockets, for example: everything works, in one process.
          log.warn('other commands cannot use the store while this one runs', { reason: String(error) });
          return NO_DOOR;
        }
      },
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
