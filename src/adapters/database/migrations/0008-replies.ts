/** Announcements that are told under the message of another: in its thread, as a comment on its issue. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('ALTER TABLE announcement ADD COLUMN reply_to text COLLATE "C" REFERENCES announcement (id)').execute(db);
}
