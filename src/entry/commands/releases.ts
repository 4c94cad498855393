/** herald releases: the releases that are known, newest first. */
import { Command } from 'commander';
import { placesOf, releaseHistory } from '../../app/releases.ts';
import { HeraldError } from '../../core/errors.ts';
import { listReleases } from '../../core/releases.ts';
import { type Instant, instant } from '../../core/time.ts';
import { releaseListJson } from '../../render/json-releases.ts';
import { releaseListMessage } from '../../render/releases.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { systemClock } from '../open-store.ts';
import { printJson, printMessage } from '../terminal.ts';
import { withStore } from '../with-store.ts';
import { checkWordsApply, imageWords, watchedProject } from './release-argument.ts';

interface Options {
  readonly json?: boolean;
  readonly project: string;
  readonly since?: string;
  readonly pre?: boolean;
  readonly limit: string;
  readonly all?: boolean;
}

export function releasesCommand(context: CommandContext): Command {
  const { terminal } = context;
  return new Command('releases')
    .description('list the releases that are known, newest first')
    .argument(
      '[words...]',
      'only releases with such an image: flavor, variant, arch, model, k3s or k0s, a Kubernetes minor; pre for prereleases too',
    )
    .option('--project <name>', 'the releases of a component', 'kairos')
    .option('--since <day>', 'published on or after this day, such as 2026-06-01')
    .option('--pre', 'prereleases too')
    .option('--limit <number>', 'how many at most', '20')
    .option('--all', 'all of them, however many')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald releases
  herald releases hadron standard arm64 k3s 1.35
  herald releases pre --since 2026-06-01
  herald releases --project kairos-init --all

Exit code 1 when nothing was ever checked, so that no release can be known.`,
    )
    .action(async (words: readonly string[], options: Options) => {
      const since = sinceOption(options.since);
      const limit = options.all === true ? null : limitOption(options.limit);
      const { subject, list, places } = await withStore(terminal, async (store, settings) => {
        const project = watchedProject(options.project, settings);
        const asked = imageWords(words, settings);
        const history = await releaseHistory(store, settings, project, systemClock.now());
        checkWordsApply(history, asked);
        const prereleases = asked.prereleases || options.pre === true;
        return {
          subject: { project, words: asked.text },
          list: listReleases(history, { filter: asked.filter, prereleases, since, limit }),
          places: await placesOf(
            store,
            settings.targets.filter((target) => target.project === project),
          ),
        };
      });
      // A script must not take "never looked" for "there are none".
      if (places.every(({ lastSuccessAt }) => lastSuccessAt === null)) context.exitCode = EXIT.failed;
      if (options.json === true) printJson(terminal, releaseListJson(subject, list, places));
      else printMessage(terminal, releaseListMessage(subject, list, places), limit === null ? { maxItems: list.total } : {});
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
