/** A process that opens the embedded database of the directory it is given and appends rows until it is killed, printing each one that was acknowledged. */
import { openDatabase } from '../../src/adapters/database/open.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const log = { debug: print, info: print, warn: print, error: print };

const { pool, share } = await openDatabase({ dataDir: process.argv[2] ?? '' }, log);
await share();
await pool.query('CREATE TABLE IF NOT EXISTS public.appended (n int PRIMARY KEY, twin int NOT NULL)');
const { rows } = await pool.query('SELECT coalesce(max(n), 0) AS last FROM public.appended');
print('open');
for (let n = rows[0].last + 1; ; n += 1) {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query('INSERT INTO public.appended VALUES ($1, 0)', [n]);
  await client.query('UPDATE public.appended SET twin = n WHERE n = $1', [n]);
  await client.query('COMMIT');
  client.release();
  print(String(n));
}
