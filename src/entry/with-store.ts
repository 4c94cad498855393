/** What a question on the command line is answered from: the store, if there is one. A question never creates a store. */
import { existsSync } from 'node:fs';
import type { StoreReader } from '../ports.ts';
import { loadSettings, type Settings } from './config.ts';
import { createProcessLog, databaseLocation, openStore } from './open-store.ts';
import { readSecrets } from './secrets.ts';
import type { Terminal } from './terminal.ts';

/** Runs `work` on the store, or on null where Herald never ran; closes the store again. */
export async function withStore<T>(terminal: Terminal, work: (store: StoreReader | null, settings: Settings) => Promise<T>): Promise<T> {
  const settings = loadSettings(terminal.env);
  const location = databaseLocation(terminal.env, readSecrets(terminal.env));
  if ('dataDir' in location && !existsSync(location.dataDir)) return work(null, settings);
  const { store, close } = await openStore(location, createProcessLog(terminal.env, 'warn'), 'join');
  try {
    return await work(store, settings);
  } finally {
    await close();
  }
}
