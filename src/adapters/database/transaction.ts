/** A transaction of its own, or the one we are in already. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

export function atomically<T>(db: Kysely<Schema>, work: (trx: Kysely<Schema>) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}
