/** herald releases: the releases that are known, newest first. */
import { Command } from 'commander';
import { releaseSummaries, standingsOf } from '../../app/releases.ts';
import { HeraldError } from '../../core/errors.ts';
import { chosenReleases } from '../../core/release-list.ts';
import { type Instant, instant } from '../../core/time.ts';
import { releaseListJson } from '../../render/json-releases.ts';
import { releaseListMessage } from '../../render/releases.ts';
import type { CommandContext } from '../command-context.ts';
import { printJson, printMessage } from '../terminal.ts';
import { withStore } from '../with-store.ts';
import { imageFilter, requireStore } from './release-argument.ts';

interface Options {
  readonly json?: boolean;
  readonly project: string;
  readonly since?: string;
  readonly pre?: boolean;
  readonly limit: string;
}

export function releasesCommand({ terminal }: CommandContext): Command {
  return new Command('releases')
    .description('list the releases that are known, newest first')
    .argument('[words...]', 'only releases with such an image: flavor, variant, arch, model, k3s or k0s')
    .option('--project <name>', 'the releases of a component', 'kairos')
    .option('--since <day>', 'published on or after this day, such as 2026-06-01')
    .option('--pre', 'prereleases too')
    .option('--limit <number>', 'how many at most', '20')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald releases
  herald releases hadron arm64 rpi4
  herald releases --project kairos-init --since 2026-06-01 --pre`,
    )
    .action(async (words: readonly string[], options: Options) => {
      const { filter, prereleases } = imageFilter(words);
      const choice = { filter, prereleases: prereleases || options.pre === true, since: sinceOption(options.since) };
      const limit = limitOption(options.limit);
      const { chosen, standings } = await withStore(terminal, async (maybe, settings) => {
        const store = requireStore(maybe);
        const all = await releaseSummaries(store, settings, options.project);
        return { chosen: chosenReleases(all, choice), standings: await standingsOf(store, settings, options.project) };
      });
      const shown = chosen.slice(0, limit);
      if (options.json === true) printJson(terminal, releaseListJson(options.project, shown, chosen.length, standings));
      else printMessage(terminal, releaseListMessage(options.project, shown, chosen.length, standings));
    });
}

function sinceOption(text: string | undefined): Instant | null {
  if (text === undefined) return null;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return instant(text);
  throw new HeraldError('INVALID_QUERY', `"${text}" is no day.`, { hint: 'Write it as 2026-06-01.' });
}

function limitOption(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new HeraldError('INVALID_QUERY', `"${text}" is no number of releases.`, { hint: 'Write a number from 1 to 99999.' });
}
