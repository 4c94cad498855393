/** herald show: one release in full, or one image. */
import { Command } from 'commander';
import { explain, locateTag } from '../../app/explain.ts';
import { type Look, look, withLook } from '../../app/look.ts';
import { releaseNews } from '../../app/release-news.ts';
import { placesBehind, placesOf, releaseHistory, withNews } from '../../app/releases.ts';
import { HeraldError } from '../../core/errors.ts';
import type { Explanation } from '../../core/explain.ts';
import { factsIn, findRelease, hasImage } from '../../core/history.ts';
import { isArtifact, parseReference } from '../../core/image.ts';
import { FLAVORS } from '../../core/image-repository.ts';
import { narrow } from '../../core/reader-view.ts';
import type { Target } from '../../core/target.ts';
import { parseVersion } from '../../core/version.ts';
import type { StoreReader } from '../../ports.ts';
import { explanationMessage } from '../../render/explain.ts';
import { imageJson, releaseDetailJson } from '../../render/json-releases.ts';
import { type ReleaseDetail, releaseDetailMessage } from '../../render/releases.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import type { Settings } from '../config.ts';
import { systemClock } from '../open-store.ts';
import { readSecrets } from '../secrets.ts';
import { printJson, printMessage, type Terminal } from '../terminal.ts';
import { withStore } from '../with-store.ts';
import { checkWordsApply, imageWords, namedRelease, noSuchImage, watchedProject } from './release-argument.ts';

interface Options {
  readonly json?: boolean;
  readonly project?: string;
  readonly live?: boolean;
}

export function showCommand(context: CommandContext): Command {
  const { terminal } = context;
  return new Command('show')
    .description(
      'show one release or one image: what moved, its images, what is missing, what was changed after it came out, its components',
    )
    .argument('<release>', 'a version such as v4.3.0, or an image reference')
    .argument('[words...]', 'only such images: flavor, variant, arch, model, k3s or k0s, a Kubernetes minor')
    .option('--project <name>', 'a release of a component (default: kairos)')
    .option('--live', 'ask the registry now instead of the store; nothing is stored')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald show v4.3.0
  herald show 4.3.0 arm64 k3s
  herald show hadron v0.5.1
  herald show --live hadron:v0.5.1-core-amd64-generic-v4.3.0

Exit code 1 when no such release or image is known.`,
    )
    .action(async (first: string, rest: readonly string[], options: Options) => {
      await withStore(terminal, async (store, settings) => {
        const given = [first, ...rest];
        if (namesImage(first)) return showImage(context, store, settings, first, options);
        return showRelease(context, store, settings, given, options);
      });
    });
}

/** A reference has a slash or a tag; a key such as arch:amd64 never comes first. */
function namesImage(text: string): boolean {
  return /[/:@]/.test(text) || isArtifact(parseReference(text));
}

async function showImage(
  context: CommandContext,
  store: StoreReader | null,
  settings: Settings,
  text: string,
  options: Options,
): Promise<void> {
  const { terminal } = context;
  const located = await locateTag(store, settings, text);
  const seen =
    options.live === true ? await lookNow(terminal, store, settings, liveTarget(located.target, located.reference.repository)) : null;
  const explanation: Explanation = {
    ...(await explain({ store, rules: settings, located, now: systemClock.now(), subscription: null, look: seen })),
    subscriptions: [],
  };
  // A script must not take "never seen" for "there".
  if (explanation.stored === null) context.exitCode = EXIT.failed;
  if (options.json === true) printJson(terminal, imageJson(explanation));
  else printMessage(terminal, explanationMessage(explanation, seen?.at ?? null));
}

async function showRelease(
  { terminal }: CommandContext,
  store: StoreReader | null,
  settings: Settings,
  given: readonly string[],
  options: Options,
): Promise<void> {
  const version = versionAmong(given);
  const words = given.filter((word) => word !== version);
  const { project, left } = await projectMeant(store, settings, version, words, options.project);
  const asked = imageWords(left, settings);
  const own = settings.targets.filter((target) => target.project === project);
  const remembered = await releaseHistory(store, settings, project, systemClock.now());
  const seen = options.live === true ? await lookNow(terminal, store, settings, liveRepository(own, asked.filter?.flavors ?? [])) : null;
  const history = seen === null ? remembered : withLook(remembered, seen);
  checkWordsApply(history, asked);
  const release = namedRelease(history, version);
  if (asked.filter !== null && !hasImage(release, asked.filter)) throw noSuchImage(release, asked);
  const bare = factsIn(history, release);
  const known = history.releases.filter(({ key }) => !history.held.has(key)).map(({ outline }) => outline);
  const news = store === null ? null : await releaseNews(store, known, bare, release.body);
  // Who asks for one release reads of that one; "herald diff" and "herald notes" tell of those on the way.
  const facts = news === null ? bare : withNews(bare, { ...news, notes: news.notes.slice(0, 1) });
  const detail: ReleaseDetail = {
    facts: asked.filter === null ? facts : narrow(asked.filter, facts),
    held: history.held.has(release.key),
    baseline: release.baseline,
    asked: seen === null ? null : { repository: seen.target.repository, at: seen.at },
  };
  const places = placesBehind(await placesOf(store, own), [release]);
  if (options.json === true) printJson(terminal, releaseDetailJson(detail, places));
  else printMessage(terminal, releaseDetailMessage(detail, places));
}

/** The first word that is a version, or begins as one. Throws HeraldError INVALID_QUERY when none does. */
function versionAmong(words: readonly string[]): string {
  const version = words.find((word) => parseVersion(word) !== null) ?? words.find((word) => /^v?\d/.test(word));
  if (version !== undefined) return version;
  throw new HeraldError('INVALID_QUERY', `"${words.join(' ').slice(0, 200)}" names no release.`, {
    hint: 'Write a version such as v4.3.0, or an image of it; "herald releases" lists what is known.',
  });
}

/** `hadron v0.5.1` is a release of the project, `hadron v4.3.0` one of Kairos: the word is a project where that has the version, and a flavor otherwise. */
async function projectMeant(
  store: StoreReader | null,
  settings: Settings,
  version: string,
  words: readonly string[],
  option: string | undefined,
): Promise<{ readonly project: string; readonly left: readonly string[] }> {
  if (option !== undefined) return { project: watchedProject(option, settings), left: words };
  const projects = new Set(settings.targets.map(({ project }) => project));
  const named = words.find((word) => projects.has(word.toLowerCase()))?.toLowerCase();
  const left = words.filter((word) => word.toLowerCase() !== named);
  if (named === undefined) return { project: 'kairos', left: words };
  if (!FLAVORS.includes(named)) return { project: named, left };
  const own = findRelease(await releaseHistory(store, settings, named, systemClock.now()), version);
  return own.kind === 'found' ? { project: named, left } : { project: 'kairos', left: words };
}

function liveTarget(target: Target | null, repository: string): Target {
  if (target !== null) return target;
  throw new HeraldError('NOT_FOUND', `${repository || 'This repository'} is not watched, so it cannot be asked.`, {
    hint: 'Add it to the targets of your configuration.',
  });
}

/** The one repository a live question about a release goes to. */
function liveRepository(own: readonly Target[], flavors: readonly string[]): Target {
  const repositories = own.filter(({ kind }) => kind !== 'github-releases');
  const asked = repositories.find(({ repository }) => flavors.includes(repository.slice(repository.lastIndexOf('/') + 1)));
  const target = asked ?? repositories.find(({ lifecycle }) => lifecycle.state === 'active') ?? repositories[0];
  if (target !== undefined) return target;
  throw new HeraldError('NOT_FOUND', 'No image repository of this project is watched, so none can be asked.', {
    hint: 'Ask without --live.',
  });
}

async function lookNow(terminal: Terminal, store: StoreReader | null, settings: Settings, target: Target): Promise<Look> {
  const { createSourcesAlone } = await import('../compose.ts');
  if (terminal.interactive) terminal.err(`Asking ${target.repository} …`);
  return look(
    { sources: createSourcesAlone(settings, readSecrets(terminal.env, settings.registries), systemClock), clock: systemClock },
    store,
    target,
  );
}
