/** Subscriptions that people make with a command stand beside those of the configuration, which does not take them away. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`ALTER TABLE subscription ADD COLUMN origin text NOT NULL DEFAULT 'config' CHECK (origin IN ('config', 'command'))`)
    .execute(db);
}
