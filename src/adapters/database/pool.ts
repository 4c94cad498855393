/** A pool of connections to a real PostgreSQL server, and the settings that both kinds of pool share. */
import pg from 'pg';
import { HeraldError } from '../../core/errors.ts';
import { instant } from '../../core/time.ts';

/** What everything above sees, whether a server or PGlite is behind it. */
export type Pool = pg.Pool;

/**
 * Each worker keeps one connection for LISTEN, a transaction keeps one while it lasts; the rest is for short queries.
 * PostgreSQL's default limit is 100 for all processes together.
 */
const MAX_CONNECTIONS = 20;

/** Our tables first; BullMQ's commands name its own tables without a schema and find them in `bullmq`. */
const SEARCH_PATH = 'herald, bullmq';

const readDate = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ);

/** Timestamps come back as Instants; everything else as pg reads it (int8 as text, jsonb parsed). */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.TIMESTAMPTZ && format !== 'binary'
      ? (text: string) => instant(readDate(text))
      : pg.types.getTypeParser(oid, format),
};

/** Settings of every pool. */
export const SHARED_SETTINGS = {
  types: TYPES,
  onConnect: async (client: pg.ClientBase): Promise<void> => {
    // After connecting, because a connection string's own `options` would replace ours.
    await client.query(`SET search_path TO ${SEARCH_PATH}`);
  },
} satisfies pg.PoolConfig;

/** Opens a pool on a server. Throws HeraldError STORE_UNAVAILABLE, without the connection string's secret, when it does not answer. */
export async function openServerPool(databaseUrl: string): Promise<Pool> {
  const pool = new pg.Pool({
    ...SHARED_SETTINGS,
    connectionString: databaseUrl,
    application_name: 'kairos-herald',
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  try {
    await pool.query('SELECT 1');
  } catch (cause) {
    await pool.end();
    throw new HeraldError('STORE_UNAVAILABLE', `PostgreSQL does not answer: ${reasonOf(cause)}`, {
      cause,
      hint: 'Check DATABASE_URL and that the server accepts connections from here.',
    });
  }
  return pool;
}

/** A command does one thing after the other. */
const MAX_DOOR_CONNECTIONS = 5;

/** Opens a pool through the door of another process (door.ts), given as the directory of its socket; null when nobody answers there. */
export async function openDoorPool(directory: string): Promise<Pool | null> {
  const pool = new pg.Pool({
    ...SHARED_SETTINGS,
    host: directory,
    port: 5432,
    user: 'herald',
    database: 'postgres',
    password: '',
    ssl: false,
    max: MAX_DOOR_CONNECTIONS,
    connectionTimeoutMillis: 10_000,
  });
  try {
    await pool.query('SELECT 1');
    return pool;
  } catch {
    // A socket without a listener is what a killed owner leaves behind.
    await pool.end();
    return null;
  }
}

/** A refused connection to a name with several addresses is an AggregateError with an empty message. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}
