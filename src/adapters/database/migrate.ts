/** Brings the tables up to date. Forward only: a released migration is never edited, a mistake gets a migration of its own. */
import { type Migration, Migrator } from 'kysely/migration';
import { HeraldError } from '../../core/errors.ts';
import * as initial from './migrations/0001-initial.ts';
import * as afterTheFact from './migrations/0002-after-the-fact.ts';
import * as ownImages from './migrations/0003-own-images.ts';
import * as changedFiles from './migrations/0004-changed-files.ts';
import * as subscriptionOrigin from './migrations/0005-subscription-origin.ts';
import * as requestTotals from './migrations/0006-request-totals.ts';
import * as verification from './migrations/0007-verification.ts';
import * as replies from './migrations/0008-replies.ts';
import * as inventories from './migrations/0009-inventories.ts';
import type { Database } from './open.ts';

const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-initial': initial,
  '0002-after-the-fact': afterTheFact,
  '0003-own-images': ownImages,
  '0004-changed-files': changedFiles,
  '0005-subscription-origin': subscriptionOrigin,
  '0006-request-totals': requestTotals,
  '0007-verification': verification,
  '0008-replies': replies,
  '0009-inventories': inventories,
};

/**
 * Applies what is missing, all or nothing, and gives the names of what was applied; several processes may call it at once.
 * Throws HeraldError STORE_OUTDATED when the database was made by a newer Herald.
 */
export async function migrateDatabase(database: Pick<Database, 'db'>): Promise<readonly string[]> {
  const { db } = database;
  await refuseNewer(database);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) }, migrationTableSchema: 'herald' });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.map((result) => result.migrationName);
}

/**
 * For a store that another process has: its tables are as that process wants them, and are left alone.
 * Throws HeraldError STORE_OUTDATED when they are not those of this Herald.
 */
export async function requireMigrated({ db }: Pick<Database, 'db'>): Promise<void> {
  const applied = await db.selectFrom('kysely_migration').select('name').execute();
  const names = new Set(applied.map(({ name }) => name));
  if (names.size === Object.keys(MIGRATIONS).length && Object.keys(MIGRATIONS).every((name) => names.has(name))) return;
  throw new HeraldError('STORE_OUTDATED', 'the process that has the data directory is another version of Herald than this one', {
    hint: 'Run the version of Herald that runs there, or restart that one with this version.',
  });
}

async function refuseNewer({ db }: Pick<Database, 'db'>): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.schema === 'herald' && table.name === 'kysely_migration')) return;
  const applied = await db.selectFrom('kysely_migration').select('name').orderBy('name').execute();
  const unknown = applied.map(({ name }) => name).filter((name) => !(name in MIGRATIONS));
  if (unknown.length === 0) return;
  throw new HeraldError('STORE_OUTDATED', `the database was made by a newer Herald: it has ${unknown.join(', ')}`, {
    hint: 'Run the version of Herald that made it, or a later one.',
  });
}
