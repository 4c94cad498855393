/** What changes after a release came out: the files of its page, pages that are gone, and facts that change by time alone. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `ALTER TABLE page ADD COLUMN files jsonb NOT NULL DEFAULT '[]'`,
  `ALTER TABLE page ADD COLUMN replaced_files jsonb NOT NULL DEFAULT '[]'`,
  'ALTER TABLE page ADD COLUMN removed_at timestamptz',
  'ALTER TABLE subscription ADD COLUMN hold_ms bigint NOT NULL DEFAULT 0',
  'ALTER TABLE release ADD COLUMN review_at timestamptz',
  'CREATE INDEX release_review ON release (review_at) WHERE review_at IS NOT NULL',
];
