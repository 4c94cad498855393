/** herald diff: what is different between two releases. */
import { Command } from 'commander';
import { releaseSummaries } from '../../app/releases.ts';
import { diffReleases } from '../../core/release-diff.ts';
import { releasesBetween } from '../../core/release-list.ts';
import { narrow } from '../../core/subscription.ts';
import { releaseDiffJson } from '../../render/json-releases.ts';
import { releaseDiffMessage } from '../../render/releases.ts';
import type { CommandContext } from '../command-context.ts';
import { printJson, printMessage } from '../terminal.ts';
import { withStore } from '../with-store.ts';
import { imageFilter, releaseArgument, requireStore } from './release-argument.ts';

export function diffCommand({ terminal }: CommandContext): Command {
  return new Command('diff')
    .description('say what is different between two releases: versions, components, images, sizes')
    .argument('<from>', 'a version such as v4.2.0, or an image of it')
    .argument('<to>', 'the other one')
    .argument('[words...]', 'only such images: flavor, variant, arch, model, k3s or k0s')
    .option('--project <name>', 'releases of a component', 'kairos')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald diff v4.1.2 v4.3.0
  herald diff v4.2.0 v4.3.0 standard amd64 k3s

What is between two images, and whether one may become the other, says "herald compare".`,
    )
    .action(async (from: string, to: string, words: readonly string[], options: { json?: boolean; project: string }) => {
      const { filter } = imageFilter(words);
      const { diff, between } = await withStore(terminal, async (store, settings) => {
        const [older, newer] = [
          await releaseArgument(store, settings, options.project, from),
          await releaseArgument(store, settings, options.project, to),
        ].map((facts) => (filter === null ? facts : narrow(filter, facts)));
        if (older === undefined || newer === undefined) throw new TypeError('two releases were read');
        const all = await releaseSummaries(requireStore(store), settings, options.project);
        return { diff: diffReleases(older, newer), between: releasesBetween(all, older.version, newer.version) };
      });
      if (options.json === true) printJson(terminal, releaseDiffJson(options.project, diff, between));
      else printMessage(terminal, releaseDiffMessage(diff, between, options.project));
    });
}
