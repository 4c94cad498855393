/** herald explain: the whole decision about one tag. */
import { Command } from 'commander';
import { explain, locateTag } from '../../app/explain.ts';
import { HeraldError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import type { StoreReader } from '../../ports.ts';
import { explanationMessage } from '../../render/explain.ts';
import { explanationJson } from '../../render/json-releases.ts';
import type { CommandContext } from '../command-context.ts';
import type { Settings } from '../config.ts';
import { systemClock } from '../open-store.ts';
import { printJson, printMessage } from '../terminal.ts';
import { withStore } from '../with-store.ts';

export function explainCommand({ terminal }: CommandContext): Command {
  return new Command('explain')
    .description('say how a tag is read, which release it belongs to, and who was told of it or why not')
    .argument('<reference>', 'an image reference, flavor:tag, or a tag alone')
    .option('--subscription <id>', 'only for this subscription')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald explain hadron:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1
  herald explain v0.5.1-core-amd64-generic-v4.3.0
  herald explain --subscription platform-team quay.io/kairos/hadron:latest`,
    )
    .action(async (reference: string, options: { json?: boolean; subscription?: string }) => {
      const explanation = await withStore(terminal, async (store, settings) => {
        const only = options.subscription === undefined ? null : await knownSubscription(store, settings, options.subscription);
        const located = await locateTag(store, settings, reference);
        return explain({ store, rules: settings, located, now: systemClock.now(), subscription: only, look: null });
      });
      if (options.json === true) printJson(terminal, explanationJson(explanation));
      else printMessage(terminal, explanationMessage(explanation));
    });
}

/** Throws HeraldError INVALID_QUERY with the nearest. A subscription counts from the moment it is applied to the store; without a store, as configured. */
async function knownSubscription(store: StoreReader | null, settings: Settings, asked: string): Promise<string> {
  const ids = (store === null ? settings.subscriptions : await store.subscriptions()).map(({ id }) => id);
  if (ids.includes(asked)) return asked;
  const near = nearest(asked, ids);
  throw new HeraldError(
    'INVALID_QUERY',
    `There is no subscription "${asked.slice(0, 80)}"${near === null ? '.' : `; did you mean "${near}"?`}`,
    {
      hint: `There are: ${ids.join(', ') || 'none'}.`,
    },
  );
}
