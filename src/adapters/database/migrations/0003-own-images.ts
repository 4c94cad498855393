/**
 * Images with a naming of their own, and filters that name projects. A filter stored before heard of every project when it
 * asked for no image; it hears of Kairos alone now, as one without words does that is read today.
 */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE image ADD COLUMN reads text`.execute(db);
  await sql`UPDATE subscription SET filter = '{"projects": [], "bases": []}'::jsonb || filter`.execute(db);
}
