/** Databases for tests, one of its own a test: a directory for PGlite, a created and dropped database on a server. */
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, type DatabaseLocation, openDatabase, type Sharing } from '../../src/adapters/database/open.ts';
import { serviceOrSkip } from './services.ts';

/** Where tests may create databases: the one database that every server has. */
const SERVER_URL = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export interface TestDatabase {
  readonly location: DatabaseLocation;
  readonly sharing?: Sharing;
  /** Removes every trace; call it after the database is closed. */
  drop(): Promise<void>;
}

export interface TestDatabases {
  readonly name: string;
  readonly available: boolean;
  create(): Promise<TestDatabase>;
}

/** With every table in it, as a copy of the one directory that this test run made. */
export const pglite: TestDatabases = { name: 'PGlite', available: true, create: async () => inDirectory(await migratedDataDir()) };

/** With nothing in it, as Herald meets it on its first start. */
export const emptyPglite: TestDatabases = { name: 'PGlite', available: true, create: async () => inDirectory(await temporaryDirectory()) };

/** A data directory with every table in it, in a new directory or as the one that is named. Making one afresh takes seconds. */
export async function migratedDataDir(dataDir?: string): Promise<string> {
  const copy = dataDir ?? (await temporaryDirectory());
  await cp(inject('templateDataDir'), copy, { recursive: true });
  return copy;
}

/** The same, which this process has open already: tests come in through the door, as another process does. */
export const joinedPglite: TestDatabases = {
  name: 'PGlite through its door',
  available: true,
  create: async () => {
    const home = await pglite.create();
    const owner = await openTestDatabase(home);
    await owner.share();
    return { ...home, sharing: 'join', drop: () => owner.close().then(home.drop) };
  },
};

function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'herald-test-'));
}

function inDirectory(dataDir: string): TestDatabase {
  return { location: { dataDir }, drop: () => rm(dataDir, { recursive: true, force: true }) };
}

/** PostgreSQL, when a server answers. */
export async function postgres(): Promise<TestDatabases> {
  return {
    name: 'PostgreSQL',
    available: await serviceOrSkip('PostgreSQL', () => onServer('SELECT 1')),
    create: async () => {
      const name = `herald_test_${randomBytes(6).toString('hex')}`;
      await onServer(`CREATE DATABASE ${name}`);
      const url = new URL(SERVER_URL);
      url.pathname = `/${name}`;
      return { location: { databaseUrl: url.href }, drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
    },
  };
}

/** Opens a test database; warnings of the pool fail nothing and are not shown. */
export function openTestDatabase(database: TestDatabase): Promise<Database> {
  return openDatabase(database.location, QUIET, database.sharing);
}

const nothing = (): void => undefined;
const QUIET = { debug: nothing, info: nothing, warn: nothing, error: nothing };

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER_URL, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
