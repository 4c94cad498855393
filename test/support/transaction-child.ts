/** A process that comes in through the door of the data directory it is given, begins a transaction, says so, and stays in it until it is killed. */
import { openDatabase } from '../../src/adapters/database/open.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const log = { debug: print, info: print, warn: print, error: print };

const { pool } = await openDatabase({ dataDir: process.argv[2] ?? '' }, log, 'join');
const client = await pool.connect();
await client.query('BEGIN');
await client.query('INSERT INTO public.appended VALUES (1, 1)');
print('inside');
setInterval(() => undefined, 60_000);
