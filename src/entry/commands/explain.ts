/** herald explain: the whole decision about one tag. */
import { Command } from 'commander';
import { explain } from '../../app/explain.ts';
import { explanationMessage } from '../../render/explain.ts';
import { explanationJson } from '../../render/json-releases.ts';
import type { CommandContext } from '../command-context.ts';
import { systemClock } from '../open-store.ts';
import { printJson, printMessage } from '../terminal.ts';
import { withStore } from '../with-store.ts';

export function explainCommand({ terminal }: CommandContext): Command {
  return new Command('explain')
    .description('say how a tag is read, which release it belongs to, and who was told of it or why not')
    .argument('<reference>', 'an image reference, or flavor:tag')
    .option('--subscription <id>', 'only for this subscription')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald explain hadron:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1
  herald explain --subscription platform-team quay.io/kairos/hadron:latest`,
    )
    .action(async (reference: string, options: { json?: boolean; subscription?: string }) => {
      const explanation = await withStore(terminal, (store, settings) =>
        explain(store, settings, reference, systemClock.now(), options.subscription ?? null),
      );
      if (options.json === true) printJson(terminal, explanationJson(explanation));
      else printMessage(terminal, explanationMessage(explanation));
    });
}
