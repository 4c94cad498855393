/** Files that were removed from a release page are kept beside those that were replaced; and that a page was a prerelease's once. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  'ALTER TABLE page RENAME COLUMN replaced_files TO changed_files',
  'ALTER TABLE page ADD COLUMN promoted_at timestamptz',
];
