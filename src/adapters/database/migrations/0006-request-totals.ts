/** What watching a place costs its host, added up: an operator can see it, and so can whoever runs the registry. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw('ALTER TABLE target ADD COLUMN polls integer NOT NULL DEFAULT 0, ADD COLUMN requests integer NOT NULL DEFAULT 0')
    .execute(db);
}
