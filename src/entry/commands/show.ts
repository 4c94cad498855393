/** herald show: one release in full. */
import { Command } from 'commander';
import { standingsOf } from '../../app/releases.ts';
import { narrow } from '../../core/subscription.ts';
import { releaseDetailJson } from '../../render/json-releases.ts';
import { releaseDetailMessage } from '../../render/releases.ts';
import type { CommandContext } from '../command-context.ts';
import { printJson, printMessage } from '../terminal.ts';
import { withStore } from '../with-store.ts';
import { imageFilter, releaseArgument, requireStore } from './release-argument.ts';

export function showCommand({ terminal }: CommandContext): Command {
  return new Command('show')
    .description('show one release: what moved, its images, what is missing, what was changed after it came out, its components')
    .argument('<release>', 'a version such as v4.3.0, or an image of it')
    .argument('[words...]', 'only such images: flavor, variant, arch, model, k3s or k0s')
    .option('--project <name>', 'a release of a component', 'kairos')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald show v4.3.0
  herald show 4.3.0 arm64 k3s
  herald show --project kairos-init v4.3.0`,
    )
    .action(async (release: string, words: readonly string[], options: { json?: boolean; project: string }) => {
      const { filter } = imageFilter(words);
      const { facts, standings } = await withStore(terminal, async (store, settings) => {
        const all = await releaseArgument(store, settings, options.project, release);
        return {
          facts: filter === null ? all : narrow(filter, all),
          standings: await standingsOf(requireStore(store), settings, options.project),
        };
      });
      if (options.json === true) printJson(terminal, releaseDetailJson(facts, standings));
      else printMessage(terminal, releaseDetailMessage(facts, standings));
    });
}
