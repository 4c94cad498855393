/** What the store knows of every configured flavor, for questions. */
import { flavorKnowledge } from '../app/knowledge.ts';
import type { FlavorKnowledge } from '../core/query.ts';
import type { Terminal } from './terminal.ts';
import { withStore } from './with-store.ts';

/** Knowledge of every configured flavor; of a Herald that never ran, only what the configuration says of them. */
export function readKnowledge(terminal: Terminal): Promise<readonly FlavorKnowledge[]> {
  return withStore(terminal, flavorKnowledge);
}
