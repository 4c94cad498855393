/** What only the door of an embedded store has to prove: who may come in, and that no guest stops the owner. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrateDatabase, requireMigrated } from '../../src/adapters/database/migrate.ts';
import { type Database, openDatabase } from '../../src/adapters/database/open.ts';
import { migratedDataDir, openTestDatabase, pglite, type TestDatabase } from '../support/databases.ts';

const TRANSACTION = fileURLToPath(new URL('../support/transaction-child.ts', import.meta.url));
const APPEND = fileURLToPath(new URL('../support/append-child.ts', import.meta.url));

describe('the door of an embedded store', () => {
  let home: TestDatabase;
  let dataDir: string;
  let open: Database[];
  beforeEach(async () => {
    home = await pglite.create();
    dataDir = 'dataDir' in home.location ? home.location.dataDir : '';
    open = [];
  });
  afterEach(async () => {
    for (const database of open.reverse()) await database.close();
    await home.drop();
  });

  const keep = async (opening: Promise<Database>): Promise<Database> => {
    const database = await opening;
    open.push(database);
    return database;
  };
  const own = async (): Promise<Database> => {
    const owner = await keep(openTestDatabase(home));
    await owner.share();
    return owner;
  };
  const enter = (): Promise<Database> => keep(openTestDatabase({ ...home, sharing: 'join' }));

  it('shows a guest what the owner wrote, and the owner what the guest wrote', async () => {
    const owner = await own();
    const guest = await enter();
    expect([owner.joined, guest.joined]).toEqual([false, true]);
    await owner.pool.query('CREATE TABLE herald.word (text text)');
    // Without a schema: the guest finds our tables as the owner does.
    await guest.pool.query("INSERT INTO word VALUES ('from the guest')");
    expect((await owner.pool.query('SELECT text FROM word')).rows).toEqual([{ text: 'from the guest' }]);
  });

  it('is for the owner of the files alone', async () => {
    await own();
    expect((await stat(join(dataDir, '.s.PGSQL.5432'))).mode & 0o777).toBe(0o600);
  });

  it('lets nobody in who would run the store a second time', async () => {
    await own();
    await expect(openTestDatabase(home)).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  });

  it('undoes the transaction of a guest that was killed in it, and the owner goes on', async () => {
    const owner = await own();
    await owner.pool.query('CREATE TABLE public.appended (n int PRIMARY KEY, twin int NOT NULL)');
    const child = spawn(process.execPath, [TRANSACTION, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(createInterface({ input: child.stdout }), 'line');
    const waiting = owner.pool.query('SELECT count(*)::int AS rows FROM public.appended');
    child.kill('SIGKILL');
    expect((await waiting).rows).toEqual([{ rows: 0 }]);
  });

  it('is not stopped by one that speaks no PostgreSQL, or leaves in the middle of a word', async () => {
    const owner = await own();
    for (const nonsense of ['GET / HTTP/1.1\r\n\r\n', '\x00\x00', '\x7f\xff\xff\xff\x00\x03\x00\x00']) {
      const socket = connect(join(dataDir, '.s.PGSQL.5432'));
      socket.on('error', () => undefined);
      socket.write(nonsense);
      socket.end();
      await once(socket, 'close');
    }
    expect((await owner.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('answers again after an error inside a transaction and after one without', async () => {
    await own();
    const { pool } = await enter();
    await expect(pool.query('SELECT nonsense')).rejects.toMatchObject({ code: '42703' });
    const client = await pool.connect();
    await client.query('BEGIN');
    await expect(client.query('SELECT $1::int', ['no number'])).rejects.toMatchObject({ code: '22P02' });
    await client.query('ROLLBACK');
    client.release();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('is made anew where a killed owner left one, and a guest that finds nobody behind it becomes the owner', async () => {
    const child = spawn(process.execPath, [APPEND, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(createInterface({ input: child.stdout }), 'line');
    child.kill('SIGKILL');
    await once(child, 'close');
    const first = await enter();
    expect(first.joined).toBe(false);
    await first.share();
    expect((await enter()).joined).toBe(true);
  });

  it('is elsewhere where the path of the directory is too long for a socket', async () => {
    const deep = await migratedDataDir(join(dataDir, 'a'.repeat(90), 'b'.repeat(40)));
    const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    const owner = await keep(openDatabase({ dataDir: deep }, quiet));
    await owner.share();
    const guest = await keep(openDatabase({ dataDir: deep }, quiet, 'join'));
    expect(guest.joined).toBe(true);
  });

  it('is waited for while the owner still brings its tables up to date', async () => {
    const owner = await keep(openTestDatabase(home));
    const guest = enter();
    await migrateDatabase(owner);
    await owner.share();
    expect((await guest).joined).toBe(true);
  });

  it('is of no use to another version of Herald, which changes nothing', async () => {
    await own();
    const guest = await enter();
    await expect(requireMigrated(guest)).resolves.toBeUndefined();
    await guest.pool.query("INSERT INTO herald.kysely_migration (name, timestamp) VALUES ('9999-later', 'now')");
    await expect(requireMigrated(guest)).rejects.toMatchObject({ code: 'STORE_OUTDATED' });
  });
});
