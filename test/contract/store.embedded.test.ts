/** What only the embedded database has to prove: a killed process loses nothing it acknowledged, and two never share a directory. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrateDatabase } from '../../src/adapters/database/migrate.ts';
import { emptyPglite, openTestDatabase, postgres, type TestDatabase, type TestDatabases } from '../support/databases.ts';

const CHILD = fileURLToPath(new URL('../support/append-child.ts', import.meta.url));

interface Appender {
  readonly child: ChildProcessByStdio<null, Readable, null>;
  readonly acknowledged: number[];
}

/** Runs the appending process until it has acknowledged `rows` more rows. */
async function append(dataDir: string, rows: number): Promise<Appender> {
  const child = spawn(process.execPath, [CHILD, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged: number[] = [];
  const enough = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line !== 'open') acknowledged.push(Number(line));
    if (acknowledged.length === rows) enough.resolve();
  });
  child.once('exit', (code) => enough.reject(new Error(`the appending process ended by itself with ${code}`)));
  await enough.promise;
  return { child, acknowledged };
}

async function kill(child: Appender['child']): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

function dataDirOf({ location }: TestDatabase): string {
  if ('dataDir' in location) return location.dataDir;
  throw new Error('not an embedded database');
}

describe('the embedded database', () => {
  let home: TestDatabase;
  beforeEach(async () => {
    home = await emptyPglite.create();
  });
  afterEach(() => home.drop());

  it('has every acknowledged row, and no half of a transaction, after kill -9', async () => {
    const acknowledged: number[] = [];
    for (const rows of [50, 400, 1]) {
      const appender = await append(dataDirOf(home), rows);
      await kill(appender.child);
      acknowledged.push(...appender.acknowledged);
    }
    const database = await openTestDatabase(home);
    const { rows } = await database.pool.query('SELECT n, twin FROM public.appended ORDER BY n');
    await database.close();
    expect(rows.filter(({ n, twin }) => n !== twin)).toEqual([]);
    const found = new Set(rows.map(({ n }) => n));
    expect(acknowledged.filter((n) => !found.has(n))).toEqual([]);
    // At most the row whose acknowledgement the kill cut off, each time.
    expect(found.size - acknowledged.length).toBeLessThanOrEqual(3);
  });

  it('is locked while another process has it, says which, and is free as soon as that one is dead', async () => {
    const { child } = await append(dataDirOf(home), 1);
    const refused = openTestDatabase(home);
    await expect(refused).rejects.toMatchObject({ code: 'STORE_LOCKED', disposition: 'operator' });
    await expect(refused).rejects.toThrow(`process ${child.pid}`);
    await kill(child);
    await (await openTestDatabase(home)).close();
  });

  it('is locked within the process too, and free after it is closed', async () => {
    const first = await openTestDatabase(home);
    await expect(openTestDatabase(home)).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await first.close();
    await (await openTestDatabase(home)).close();
  });

  it('that cannot be opened says so and leaves no lock behind', async () => {
    const blocked = join(dataDirOf(home), 'postgres');
    await writeFile(blocked, 'not a directory');
    await expect(openTestDatabase(home)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(openTestDatabase(home)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

describe('a server that is away', () => {
  it('is reported without the password', async () => {
    const opening = openTestDatabase({
      location: { databaseUrl: 'postgres://herald:hush@127.0.0.1:1/herald' },
      drop: () => Promise.resolve(),
    });
    await expect(opening).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(opening).rejects.not.toThrow(/hush/);
  });
});

function migrationBehaviour(databases: TestDatabases): void {
  describe.runIf(databases.available)(`migrations on ${databases.name}`, () => {
    let home: TestDatabase;
    beforeEach(async () => {
      home = await databases.create();
    });
    afterEach(() => home.drop());

    it('are applied once, also when several processes start together', async () => {
      const database = await openTestDatabase(home);
      const runs = await Promise.all([migrateDatabase(database), migrateDatabase(database), migrateDatabase(database)]);
      const applied = runs.flat();
      expect(applied[0]).toBe('0001-initial');
      expect(new Set(applied).size).toBe(applied.length);
      expect(await migrateDatabase(database)).toEqual([]);
      await database.close();
    });

    it('refuse a database that a newer Herald made', async () => {
      const database = await openTestDatabase(home);
      await migrateDatabase(database);
      await database.pool.query("INSERT INTO herald.kysely_migration (name, timestamp) VALUES ('9999-later', 'now')");
      await expect(migrateDatabase(database)).rejects.toMatchObject({ code: 'STORE_OUTDATED' });
      await database.close();
    });
  });
}

migrationBehaviour(emptyPglite);
migrationBehaviour(await postgres());
