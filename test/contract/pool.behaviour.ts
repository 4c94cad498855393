/** What everything above the pool relies on, the same on a server and on PGlite. */
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/adapters/database/open.ts';
import type { Pool } from '../../src/adapters/database/pool.ts';
import { openTestDatabase, type TestDatabase, type TestDatabases } from '../support/databases.ts';

export function poolBehaviour(databases: TestDatabases): void {
  describe.runIf(databases.available)(`the pool on ${databases.name}`, () => {
    let home: TestDatabase;
    let database: Database;
    let pool: Pool;

    beforeAll(async () => {
      home = await databases.create();
      database = await openTestDatabase(home);
      pool = database.pool;
    });

    beforeEach(async () => {
      await pool.query('DROP TABLE IF EXISTS public.entry; CREATE TABLE public.entry (id serial PRIMARY KEY, name text UNIQUE)');
    });

    afterAll(async () => {
      await database.close();
      await home.drop();
    });

    const names = async (): Promise<unknown[]> =>
      (await pool.query('SELECT name FROM public.entry ORDER BY id')).rows.map((row) => row.name);
    const add = (name: string) => pool.query('INSERT INTO public.entry (name) VALUES ($1)', [name]);

    describe('values', () => {
      it.each([
        ['an int8 as text, because it may not fit a number', "SELECT '9223372036854775807'::int8 AS v", '9223372036854775807'],
        ['a count as text', 'SELECT count(*) AS v FROM public.entry', '0'],
        ['an int4 as a number', 'SELECT 7::int4 AS v', 7],
        ['a numeric as text', 'SELECT 1.10::numeric AS v', '1.10'],
        ['a boolean', 'SELECT true AS v', true],
        ['a null', 'SELECT null::text AS v', null],
        ['jsonb parsed', `SELECT '{"a":[1,null,"x"]}'::jsonb AS v`, { a: [1, null, 'x'] }],
        ['a text array', "SELECT array['a','b,c']::text[] AS v", ['a', 'b,c']],
        ['an int array', 'SELECT array[1,2] AS v', [1, 2]],
        ['an int8 array as texts', 'SELECT array[1,2]::int8[] AS v', ['1', '2']],
        ['a timestamp as an instant in UTC', "SELECT '2026-09-08 09:00:00.5+02'::timestamptz AS v", '2026-09-08T07:00:00.500Z'],
        ['a timestamp of another century', "SELECT '1999-12-31 23:59:59+00'::timestamptz AS v", '1999-12-31T23:59:59.000Z'],
      ])('reads %s', async (_name, statement, expected) => {
        expect((await pool.query(statement)).rows).toEqual([{ v: expected }]);
      });

      it('reads a timestamp as the same instant whatever the zone of the session', async () => {
        const client = await pool.connect();
        try {
          await client.query("SET TIME ZONE 'Asia/Kolkata'");
          expect((await client.query("SELECT '2026-09-08T07:00:00Z'::timestamptz AS v")).rows).toEqual([{ v: '2026-09-08T07:00:00.000Z' }]);
          await client.query('RESET TIME ZONE');
        } finally {
          client.release();
        }
      });

      it('takes parameters of every kind that is used here', async () => {
        const { rows } = await pool.query(
          'SELECT $1::text a, $2::int8 b, $3::jsonb c, $4::text[] d, $5::timestamptz e, $6::boolean f, $7::text g',
          ["O'Hara; DROP TABLE entry", 5, JSON.stringify([{ x: 1 }]), ['p', 'q"r'], '2026-09-08T07:00:00.123Z', false, null],
        );
        expect(rows).toEqual([
          { a: "O'Hara; DROP TABLE entry", b: '5', c: [{ x: 1 }], d: ['p', 'q"r'], e: '2026-09-08T07:00:00.123Z', f: false, g: null },
        ]);
      });
    });

    describe('statements', () => {
      it.each([
        ["INSERT INTO public.entry (name) VALUES ('a'), ('b')", 'INSERT', 2],
        ['SELECT generate_series(1, 3)', 'SELECT', 3],
        ['DELETE FROM public.entry', 'DELETE', 0],
      ])('%s says %s and %i rows', async (statement, command, rowCount) => {
        expect(await pool.query(statement)).toMatchObject({ command, rowCount });
      });

      it('runs several statements of one text, comments and all', async () => {
        await pool.query(
          "-- first a comment; with a semicolon\nINSERT INTO public.entry (name) VALUES ('a');\n/* BEGIN */ INSERT INTO public.entry (name) VALUES ('b');",
        );
        expect(await names()).toEqual(['a', 'b']);
      });

      it.each([
        ['an unknown column', 'SELECT nope FROM public.entry', [], '42703'],
        ['a parameter of the wrong type', 'SELECT $1::int', ['x'], '22P02'],
        ['an unknown function', 'SELECT nope($1)', ['x'], '42883'],
        ['a syntax error', 'SELEKT', [], '42601'],
      ])('reports %s by its SQLSTATE and stays usable', async (_name, statement, values, code) => {
        await expect(pool.query(statement, values)).rejects.toMatchObject({ code });
        expect((await pool.query('SELECT 1 AS v')).rows).toEqual([{ v: 1 }]);
      });

      it('reports a broken unique constraint with its name', async () => {
        await add('a');
        await expect(add('a')).rejects.toMatchObject({ code: '23505', constraint: 'entry_name_key' });
      });

      it('answers many queries at once, each with its own rows', async () => {
        const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => pool.query('SELECT $1::int AS n', [n])));
        expect(answers.map((answer) => answer.rows[0])).toEqual(Array.from({ length: 200 }, (_, n) => ({ n })));
      });
    });

    describe('transactions', () => {
      it('keeps what is committed and forgets what is rolled back', async () => {
        const client = await pool.connect();
        await client.query('BEGIN');
        await client.query("INSERT INTO public.entry (name) VALUES ('kept')");
        await client.query('COMMIT');
        await client.query('-- a comment before it\nBEGIN');
        await client.query("INSERT INTO public.entry (name) VALUES ('forgotten')");
        await client.query('ROLLBACK');
        client.release();
        expect(await names()).toEqual(['kept']);
      });

      it('shows nobody else what is not committed', async () => {
        const client = await pool.connect();
        await client.query('BEGIN');
        await client.query("INSERT INTO public.entry (name) VALUES ('a')");
        const seen = names();
        // A server answers at once with nothing; one session waits and then answers with everything. Never a half.
        await client.query("INSERT INTO public.entry (name) VALUES ('b')");
        await client.query('COMMIT');
        client.release();
        expect([[], ['a', 'b']]).toContainEqual(await seen);
        expect(await names()).toEqual(['a', 'b']);
      });

      it('refuses everything after an error until the rollback', async () => {
        const client = await pool.connect();
        await client.query('BEGIN');
        await expect(client.query('SELECT nope')).rejects.toMatchObject({ code: '42703' });
        await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
        await client.query('ROLLBACK');
        expect((await client.query('SELECT 1 AS v')).rows).toEqual([{ v: 1 }]);
        client.release();
      });

      it('runs fifty read-modify-write transactions at once without losing one', async () => {
        await pool.query('CREATE TABLE public.counter (n int)');
        await pool.query('INSERT INTO public.counter VALUES (0)');
        const increment = async (): Promise<void> => {
          const client = await pool.connect();
          await client.query('BEGIN');
          const { rows } = await client.query('SELECT n FROM public.counter FOR UPDATE');
          await client.query('UPDATE public.counter SET n = $1', [rows[0].n + 1]);
          await client.query('COMMIT');
          client.release();
        };
        await Promise.all(Array.from({ length: 50 }, increment));
        expect((await pool.query('SELECT n FROM public.counter')).rows).toEqual([{ n: 50 }]);
      });

      it('undoes the transaction of a client that is thrown away, and lets the others in', async () => {
        const client = await pool.connect();
        await client.query('BEGIN');
        await client.query("INSERT INTO public.entry (name) VALUES ('lost')");
        client.release(true);
        await add('next');
        expect(await names()).toEqual(['next']);
      });
    });

    describe('notifications', () => {
      it('reach a listening client from another one', async () => {
        const client = await pool.connect();
        await client.query('-- a comment before it\nLISTEN jobs');
        const heard = once(client, 'notification');
        await pool.query("SELECT pg_notify('jobs', 'one')");
        expect((await heard)[0]).toMatchObject({ channel: 'jobs', payload: 'one' });
        client.release(true);
      });

      it('come when the transaction that sent them commits, and not when it is rolled back', async () => {
        const listener = await pool.connect();
        const heard: (string | undefined)[] = [];
        listener.on('notification', (message) => heard.push(message.payload));
        await listener.query('LISTEN jobs');
        const sender = await pool.connect();
        await sender.query('BEGIN');
        await sender.query("NOTIFY jobs, 'undone'");
        await sender.query('ROLLBACK');
        await sender.query('BEGIN');
        await sender.query("NOTIFY jobs, 'done'");
        await sender.query('COMMIT');
        sender.release();
        await expect.poll(() => heard).toEqual(['done']);
        listener.release(true);
      });

      it('do not reach a client that never listened', async () => {
        const deaf = await pool.connect();
        const listener = await pool.connect();
        const heard: unknown[] = [];
        deaf.on('notification', (message) => heard.push(message));
        await listener.query('LISTEN jobs');
        const arrived = once(listener, 'notification');
        await deaf.query("NOTIFY jobs, 'x'");
        await arrived;
        await deaf.query('SELECT 1');
        expect(heard).toEqual([]);
        deaf.release();
        listener.release(true);
      });
    });

    it('is closed once, however often it is asked', async () => {
      const other = await databases.create();
      const closing = await openTestDatabase(other);
      await Promise.all([closing.close(), closing.close()]);
      await closing.close();
      await expect(closing.pool.query('SELECT 1')).rejects.toThrow();
      await other.drop();
    });
  });
}
