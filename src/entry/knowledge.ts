/** What a question on the command line is answered from: the store, if there is one. A question never creates a store. */
import { existsSync } from 'node:fs';
import { flavorKnowledge } from '../app/knowledge.ts';
import type { FlavorKnowledge } from '../core/query.ts';
import { loadSettings } from './config.ts';
import { createProcessLog, databaseLocation, openStore } from './open-store.ts';
import { readSecrets } from './secrets.ts';
import type { Terminal } from './terminal.ts';

/** Knowledge of every configured flavor; of a Herald that never ran, only what the configuration says of them. */
export async function readKnowledge(terminal: Terminal): Promise<readonly FlavorKnowledge[]> {
  const settings = loadSettings(terminal.env);
  const location = databaseLocation(terminal.env, readSecrets(terminal.env));
  if ('dataDir' in location && !existsSync(location.dataDir)) return flavorKnowledge(null, settings.targets);
  const { store, close } = await openStore(location, createProcessLog(terminal.env, 'warn'));
  try {
    return await flavorKnowledge(store, settings.targets);
  } finally {
    await close();
  }
}
