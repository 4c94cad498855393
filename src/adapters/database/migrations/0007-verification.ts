/**
 * Verdicts on images, kept by everything they rest on; what a look at an image found before, so that it is noticed when it is gone; when
 * each image is to be looked at; and trust roots that were fetched after the one that comes with Herald.
 */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `CREATE TABLE verdict (
     key text COLLATE "C" PRIMARY KEY,
     repository text COLLATE "C" NOT NULL,
     digest text COLLATE "C" NOT NULL,
     basis text COLLATE "C" NOT NULL,
     verdict jsonb NOT NULL,
     checked_at timestamptz NOT NULL
   )`,
  // Its own table and not a part of the verdict: what was seen stays seen when policy or trust root change.
  `CREATE TABLE evidence (
     repository text COLLATE "C" NOT NULL,
     digest text COLLATE "C" NOT NULL,
     id text COLLATE "C" NOT NULL,
     log_entry text,
     signed_at timestamptz NOT NULL,
     PRIMARY KEY (repository, digest, id)
   )`,
  `CREATE TABLE trust_root (
     hash text COLLATE "C" PRIMARY KEY,
     document text NOT NULL,
     confirmed_at timestamptz NOT NULL
   )`,
  'ALTER TABLE image ADD COLUMN verdict_key text COLLATE "C" REFERENCES verdict (key)',
  'ALTER TABLE image ADD COLUMN assess_at timestamptz',
  'CREATE INDEX image_assess ON image (assess_at) WHERE assess_at IS NOT NULL',
  'ALTER TABLE subscription ADD COLUMN require_verified_ms bigint',
];
