/** herald notes: what release pages say, put in order; of one release, or of all on the way to it. */
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { componentNotes } from '../../app/component-notes.ts';
import { lookAtPages, withPages } from '../../app/look.ts';
import { releaseHistory } from '../../app/releases.ts';
import type { PageRow } from '../../core/discover.ts';
import { HeraldError } from '../../core/errors.ts';
import { compareTexts, factsIn, type KnownRelease } from '../../core/history.ts';
import { aggregate, type VersionedNotes } from '../../core/notes-aggregate.ts';
import { partChanges } from '../../core/parts.ts';
import { notesIn, readReleaseNotes, withComponents } from '../../core/release-notes.ts';
import { notesOnTheWay } from '../../core/releases.ts';
import { renderNotes } from '../../render/notes.ts';
import type { CommandContext } from '../command-context.ts';
import type { Settings } from '../config.ts';
import { nameOf, textNamed } from '../named-file.ts';
import { systemClock } from '../open-store.ts';
import { readSecrets } from '../secrets.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { withStore } from '../with-store.ts';
import { namedRelease, watchedProject } from './release-argument.ts';

interface Options {
  readonly project: string;
  readonly live?: boolean;
  readonly json?: boolean;
}

/** Notes to print, newest first. */
interface Found {
  readonly notes: readonly VersionedNotes[];
  readonly page: string | null;
  /** Of a text that nobody knows the release of. */
  readonly title?: string;
}

export function notesCommand({ terminal }: CommandContext): Command {
  return new Command('notes')
    .description('say what the notes of a release say, what matters first; of two releases, of all on the way')
    .argument('<release>', 'a version such as v4.3.0, the version you come from, a Markdown file, or - for standard input')
    .argument('[to]', 'the version you go to: the notes of all after the first one, each thing once')
    .option('--project <name>', 'notes of a component', 'kairos')
    .option('--live', 'ask for the release pages now instead of the store; nothing is stored')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald notes v4.3.0
  herald notes v4.1.2 v4.3.0
  herald notes --project auroraboot v0.27.1
  herald notes - < body.md`,
    )
    .action(async (from: string, to: string | undefined, options: Options) => {
      const { notes, page, title } = isText(from)
        ? await notesInText(terminal, from, options)
        : await notesStored(terminal, from, to, options);
      const together = aggregate(notes);
      if (options.json === true) printJson(terminal, { project: options.project, page, ...together });
      else
        terminal.out(
          renderNotes(options.project, together, { page, ...(title === undefined ? {} : { title }), ...terminal.style }).trimEnd(),
        );
    });
}

function isText(argument: string): boolean {
  return argument === '-' || existsSync(argument);
}

async function notesInText(terminal: Terminal, named: string, { project }: Options): Promise<Found> {
  const notes = readReleaseNotes(project, 'this release', await textNamed(terminal, named));
  if (notes === null)
    throw new HeraldError('NOT_FOUND', 'Nothing is written there.', { hint: 'Give the body of a release page, as Markdown.' });
  return { notes: [notes], page: null, title: `Release notes in ${nameOf(named)}` };
}

function notesStored(terminal: Terminal, from: string, to: string | undefined, options: Options): Promise<Found> {
  return withStore(terminal, async (store, settings) => {
    const project = watchedProject(options.project, settings);
    const remembered = await releaseHistory(store, settings, project, systemClock.now());
    const history =
      options.live === true ? withPages(remembered, await pagesNow(terminal, settings, project), systemClock.now()) : remembered;
    const first = namedRelease(history, from);
    const last = to === undefined ? first : namedRelease(history, to);
    if (to !== undefined) checkForward(first, last);
    const own = to === undefined ? notesIn(project, [first]) : notesOnTheWay(history, first, last);
    const before = to === undefined ? factsIn(history, first).classification.previous : first.version;
    const parts = project !== 'kairos' || before === null ? [] : partChanges(before, last.version);
    const notes = store === null ? own : withComponents(own, await componentNotes(store, parts));
    if (notes.length > 0) return { notes, page: last.page?.url ?? null };
    throw new HeraldError('NOT_FOUND', `Nothing that was written about ${last.version} is known here.`, {
      hint: `Watch the release pages of ${project} as a target, or give the notes themselves: herald notes - < body.md`,
    });
  });
}

async function pagesNow(terminal: Terminal, settings: Settings, project: string): Promise<readonly PageRow[]> {
  const target = settings.targets.find((each) => each.kind === 'github-releases' && each.project === project);
  if (target === undefined) {
    throw new HeraldError('NOT_FOUND', `No release pages of ${project} are watched, so none can be asked.`, {
      hint: 'Add them to the targets of your configuration, or give the notes themselves: herald notes - < body.md',
    });
  }
  const { createSourcesAlone } = await import('../compose.ts');
  if (terminal.interactive) terminal.err(`Asking for the release pages of ${target.repository} …`);
  return lookAtPages({ sources: createSourcesAlone(settings, readSecrets(terminal.env, settings.registries), systemClock) }, target);
}

/** Throws HeraldError INVALID_QUERY for going back. */
function checkForward(first: KnownRelease, last: KnownRelease): void {
  if (compareTexts(first.version, last.version) < 0) return;
  throw new HeraldError('INVALID_QUERY', `${last.version} does not come after ${first.version}.`, {
    hint: 'Give the version you come from first; of one release, give only that.',
  });
}
