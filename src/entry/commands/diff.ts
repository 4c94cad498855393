/** herald diff: what is different between two releases. */
import { Command } from 'commander';
import { componentNotes } from '../../app/component-notes.ts';
import { packagesBetween } from '../../app/release-news.ts';
import { placesBehind, placesOf, releaseHistory } from '../../app/releases.ts';
import { combinationOf } from '../../core/combination.ts';
import { type Comparison, compareArtifacts } from '../../core/comparison.ts';
import { factsIn, hasImage, type KnownRelease, type ReleaseHistory } from '../../core/history.ts';
import { type Artifact, isArtifact, parseReference } from '../../core/image.ts';
import { readImage, watching } from '../../core/naming.ts';
import { type AggregatedNotes, aggregate } from '../../core/notes-aggregate.ts';
import type { PartChange } from '../../core/parts.ts';
import { narrow } from '../../core/reader-view.ts';
import type { ReleaseFacts } from '../../core/release.ts';
import { diffReleases } from '../../core/release-diff.ts';
import { withComponents } from '../../core/release-notes.ts';
import { notesOnTheWay, releasesBetween } from '../../core/releases.ts';
import { ANY, type Filter } from '../../core/subscription.ts';
import type { StoreReader } from '../../ports.ts';
import { releaseDiffJson } from '../../render/json-releases.ts';
import { type DiffAnswer, releaseDiffMessage } from '../../render/release-diff.ts';
import type { CommandContext } from '../command-context.ts';
import type { Settings } from '../config.ts';
import { systemClock } from '../open-store.ts';
import { printJson, printMessage } from '../terminal.ts';
import { withStore } from '../with-store.ts';
import { checkWordsApply, type ImageWords, imageWords, namedRelease, noSuchImage, watchedProject } from './release-argument.ts';

export function diffCommand({ terminal }: CommandContext): Command {
  return new Command('diff')
    .description('say what is different between two releases or two images: versions, components, images, sizes, and what to mind')
    .argument('<from>', 'a version such as v4.2.0, or an image')
    .argument('<to>', 'the other one; it may be the older')
    .argument('[words...]', 'only such images: flavor, variant, arch, model, k3s or k0s, a Kubernetes minor')
    .option('--project <name>', 'releases of a component', 'kairos')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald diff v4.1.2 v4.3.0
  herald diff v4.2.0 v4.3.0 standard amd64 k3s
  herald diff hadron:v0.4.0-core-amd64-generic-v4.1.2 hadron:v0.5.1-core-amd64-generic-v4.3.0

Of two images, "herald compare" says the same without a store and without their releases.`,
    )
    .action(async (from: string, to: string, words: readonly string[], options: { json?: boolean; project: string }) => {
      const { answer, places } = await withStore(terminal, async (store, settings) => {
        const project = watchedProject(options.project, settings);
        const asked = imageWords(words, settings);
        const history = await releaseHistory(store, settings, project, systemClock.now());
        checkWordsApply(history, asked);
        const own = settings.targets.filter((target) => target.project === project);
        const [older, newer] = [sideNamed(history, settings, from), sideNamed(history, settings, to)];
        const releases = [older.release, newer.release];
        const compared = diffed(history, older, newer, asked);
        const packages = store === null ? [] : await packagesBetween(store, compared.from.images, compared.to.facts.images);
        const back = compared.diff.direction === 'back';
        const notes = store === null || back ? null : await writtenOnTheWay(store, history, older, newer, compared.diff.parts);
        const answer: DiffAnswer = { ...compared, packages, notes };
        return { answer, places: placesBehind(await placesOf(store, own), releases) };
      });
      if (options.json === true) printJson(terminal, releaseDiffJson(answer, places));
      else printMessage(terminal, releaseDiffMessage(answer, places));
    });
}

/** A release, and the image it was named by. */
interface Side {
  readonly release: KnownRelease;
  readonly image: Artifact | null;
}

function sideNamed(history: ReleaseHistory, { targets }: Pick<Settings, 'targets'>, text: string): Side {
  const { reference } = readImage(text, watching(targets, parseReference(text).repository)?.naming);
  if (!isArtifact(reference)) return { release: namedRelease(history, text), image: null };
  return { release: namedRelease(history, versionOf(reference)), image: reference };
}

function diffed(
  history: ReleaseHistory,
  { release: older, image: a }: Side,
  { release: newer, image: b }: Side,
  asked: ImageWords,
): Omit<DiffAnswer, 'packages' | 'notes'> & { readonly from: ReleaseFacts } {
  const comparison = a === null || b === null ? null : compareArtifacts(a, b);
  const filter = asked.filter ?? (a === null || comparison === null ? null : likeBoth(a, comparison));
  const view = (release: KnownRelease) => {
    if (filter !== null && asked.filter !== null && !hasImage(release, filter)) throw noSuchImage(release, asked);
    const facts = factsIn(history, release);
    return filter === null ? facts : narrow(filter, facts);
  };
  const from = view(older);
  const diff = diffReleases(from, view(newer));
  const between = releasesBetween(history, older.version, newer.version, filter);
  return {
    project: history.project,
    from,
    diff,
    between,
    to: { facts: view(newer), held: history.held.has(newer.key) },
    comparison,
  };
}

/** Null where nothing is written. */
async function writtenOnTheWay(
  store: StoreReader,
  history: ReleaseHistory,
  { release: older }: Side,
  { release: newer }: Side,
  parts: readonly PartChange[],
): Promise<AggregatedNotes | null> {
  const notes = withComponents(notesOnTheWay(history, older, newer), await componentNotes(store, parts));
  return notes.length === 0 ? null : aggregate(notes);
}

function versionOf({ version }: Artifact): string {
  return version.kind === 'release' ? version.version.text : version.text;
}

/** Of two images of one kind, only that kind concerns who asked; of two kinds, nothing can be left out. */
function likeBoth(image: Artifact, { crosses }: Comparison): Filter | null {
  if (crosses.length > 0) return null;
  const { flavor, variant, arch, model, distro, uki, raw } = combinationOf(image);
  const only = (is: boolean) => (is ? 'only' : 'no');
  return { ...ANY, flavors: [flavor], variants: [variant], archs: [arch], models: [model], distro, uki: only(uki), raw: only(raw) };
}
