/**
 * The first tables. Text that is a key or is sorted collates as bytes ("C"), so that lists have one order on every server.
 * Names that come from the configuration stay after they are removed from it: `active` is false then.
 */
import { type Kysely, sql } from 'kysely';

/** `db` is untyped on purpose: a migration sees the tables of its own time, not those of today. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `CREATE TABLE target (
     id text COLLATE "C" PRIMARY KEY,
     kind text NOT NULL,
     repository text NOT NULL,
     endpoint text,
     project text NOT NULL,
     cadence jsonb NOT NULL,
     lifecycle jsonb NOT NULL,
     active boolean NOT NULL,
     configured_at timestamptz NOT NULL,
     watermark jsonb,
     baseline_at timestamptz,
     last_attempt_at timestamptz,
     last_success_at timestamptz,
     failing_since timestamptz,
     failures integer NOT NULL DEFAULT 0,
     failure jsonb
   )`,
  `CREATE TABLE image (
     target_id text COLLATE "C" NOT NULL REFERENCES target (id),
     tag text COLLATE "C" NOT NULL,
     repository text COLLATE "C" NOT NULL,
     kind text COLLATE "C" NOT NULL,
     reason text,
     format text COLLATE "C",
     release_key text COLLATE "C",
     digest text,
     size bigint,
     pushed_at timestamptz,
     first_seen_at timestamptz NOT NULL,
     removed_at timestamptz,
     replaced jsonb NOT NULL DEFAULT '[]',
     PRIMARY KEY (target_id, tag)
   )`,
  'CREATE INDEX image_release ON image (release_key) WHERE release_key IS NOT NULL',
  `CREATE TABLE release (
     key text COLLATE "C" PRIMARY KEY,
     project text COLLATE "C" NOT NULL,
     version text COLLATE "C" NOT NULL,
     channel text NOT NULL,
     outline jsonb NOT NULL,
     baseline boolean NOT NULL
   )`,
  'CREATE INDEX release_project ON release (project)',
  `CREATE TABLE page (
     target_id text COLLATE "C" NOT NULL REFERENCES target (id),
     tag text COLLATE "C" NOT NULL,
     release_key text COLLATE "C" NOT NULL,
     url text NOT NULL,
     title text NOT NULL,
     body text NOT NULL,
     published_at timestamptz,
     prerelease boolean NOT NULL,
     assets integer NOT NULL,
     PRIMARY KEY (target_id, tag)
   )`,
  'CREATE INDEX page_release ON page (release_key)',
  `CREATE TABLE announcement (
     id text COLLATE "C" PRIMARY KEY DEFAULT gen_random_uuid()::text,
     subject text COLLATE "C" NOT NULL UNIQUE,
     revision integer NOT NULL,
     facts jsonb NOT NULL,
     created_at timestamptz NOT NULL,
     updated_at timestamptz NOT NULL
   )`,
  `CREATE TABLE subscription (
     id text COLLATE "C" PRIMARY KEY,
     topic text NOT NULL,
     destination jsonb NOT NULL,
     filter jsonb NOT NULL,
     cadence jsonb NOT NULL,
     bypass jsonb NOT NULL,
     owner text NOT NULL,
     active boolean NOT NULL,
     configured_at timestamptz NOT NULL
   )`,
  // One row a (announcement, subscription), for ever: this constraint is the promise never to repeat a message.
  // `destination` is where its message is; a subscription may be pointed elsewhere later, a message that was sent stays.
  `CREATE TABLE delivery (
     id text COLLATE "C" PRIMARY KEY DEFAULT gen_random_uuid()::text,
     seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
     announcement_id text COLLATE "C" NOT NULL REFERENCES announcement (id),
     subscription_id text COLLATE "C" NOT NULL REFERENCES subscription (id),
     destination jsonb NOT NULL,
     destination_key text COLLATE "C" NOT NULL,
     state text COLLATE "C" NOT NULL CHECK (state IN ('owed', 'sending', 'shown', 'collected', 'ambiguous', 'dead')),
     collect boolean NOT NULL,
     owed_revision integer NOT NULL,
     shown_revision integer,
     external_id text,
     attempt integer NOT NULL DEFAULT 0,
     due_at timestamptz NOT NULL,
     lease_until timestamptz,
     first_attempt_at timestamptz,
     unresolved boolean NOT NULL DEFAULT false,
     failure jsonb,
     collected_by text COLLATE "C" REFERENCES delivery (id),
     created_at timestamptz NOT NULL,
     updated_at timestamptz NOT NULL,
     UNIQUE (announcement_id, subscription_id)
   )`,
  `CREATE INDEX delivery_moving ON delivery (destination_key, due_at, seq) WHERE state IN ('owed', 'sending')`,
  `CREATE INDEX delivery_due ON delivery (due_at, seq) WHERE state IN ('owed', 'sending')`,
];
