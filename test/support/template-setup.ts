/**
 * Once a test run: a data directory with every table in it. A fresh embedded database takes seconds to make, a copy of
 * this one takes a fraction of that; see migratedDataDir in databases.ts.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createLog } from '../../src/adapters/observe/log.ts';
import { postgresBackend } from '../../src/adapters/queue/backend.ts';
import { openStore } from '../../src/entry/open-store.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The data directory to copy; nobody opens it. */
    templateDataDir: string;
  }
}

/** Several projects of one run ask for it, one after the other; the first makes it. */
const MADE_BY = 'HERALD_TEST_TEMPLATE';

export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const made = process.env[MADE_BY];
  if (made !== undefined) {
    project.provide('templateDataDir', made);
    return undefined;
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'herald-template-'));
  const opened = await openStore({ dataDir }, createLog('silent'));
  await (await postgresBackend(opened.database.pool)).close();
  await opened.close();
  process.env[MADE_BY] = dataDir;
  project.provide('templateDataDir', dataDir);
  return async () => {
    delete process.env[MADE_BY];
    await rm(dataDir, { recursive: true, force: true });
  };
}
