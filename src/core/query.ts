/** Questions in people's words, and the one definition of "latest". */
import type { BaseStanding } from './base.ts';
import type { Failure } from './errors.ts';
import type { Arch, Artifact, Variant } from './image.ts';
import { artifactOf, type Completeness, type ExpectedImage, type Project, type PublishedImage } from './release.ts';
import { ANY, type Filter, isRelease, matchesArtifact, matchesCombination, minorOf } from './subscription.ts';
import type { Lifecycle } from './target.ts';
import { type Instant, instant } from './time.ts';
import { compareKubernetesVersions, compareVersions, type Distro, parseVersion, type Version } from './version.ts';
import { type Meaning, meansAlone, readWord, splitWords } from './vocabulary.ts';

/** `rocky standard`, `hadron core arm64 rpi4`, `hadron k3s 1.35`: null means "not said". */
export interface Query {
  readonly flavor: string | null;
  readonly flavorRelease: string | null;
  readonly variant: Variant | null;
  readonly arch: Arch | null;
  readonly model: string | null;
  readonly distro: Distro | null;
  readonly kubernetesMinor: string | null;
  readonly uki: boolean;
  readonly prereleases: boolean;
}

/** `unknown`: no such word. `conflict`: it contradicts an earlier word. `no-question`: a filter's word that has no meaning in a question. */
export interface QueryProblem {
  readonly word: string;
  readonly suggestion: string | null;
  readonly why: 'unknown' | 'conflict' | 'no-question';
}

export type ParsedQuery =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'problem'; readonly problems: readonly QueryProblem[] };

/**
 * Reads a question in any word order, with aliases (`rocky` rockylinux, `suse` opensuse, `k3s` a standard image of that
 * distribution, `device`/`board` spellings of models). `flavors` are the flavors that exist; unknown words come back with the nearest known one.
 */
export function parseQuery(words: readonly string[], flavors: readonly string[]): ParsedQuery {
  const problems: QueryProblem[] = [];
  let query = NOTHING_SAID;
  for (const word of splitWords(words.join(' '))) {
    const read = readWord(word, { flavors, projects: [] });
    if (read.kind === 'problem') {
      problems.push({ word: read.problem.word, suggestion: read.problem.suggestion, why: 'unknown' });
      continue;
    }
    const next = withMeaning(query, read.meaning);
    if (next === null) problems.push({ word, suggestion: null, why: ONLY_IN_FILTERS.has(read.meaning.field) ? 'no-question' : 'conflict' });
    else query = next;
  }
  if (problems.length > 0) return { kind: 'problem', problems };
  // Only standard images carry Kubernetes, so naming a distribution says the variant too.
  return { kind: 'query', query: query.distro !== null && query.variant === null ? { ...query, variant: 'standard' } : query };
}

/** The query in canonical words. */
export function printQuery(query: Query): string {
  const { flavor, flavorRelease, variant, arch, model, distro, kubernetesMinor } = query;
  return [
    ...(flavor === null ? [] : [meansAlone(flavor, 'flavor') ? flavor : `flavor:${flavor}`]),
    ...(flavorRelease === null ? [] : [meansAlone(flavorRelease, 'flavorRelease') ? flavorRelease : `release:${flavorRelease}`]),
    ...[variant, arch].filter((word) => word !== null),
    ...(model === null ? [] : [meansAlone(model, 'model') ? model : `model:${model}`]),
    ...[distro, kubernetesMinor].filter((word) => word !== null),
    ...(query.uki ? ['uki'] : []),
    ...(query.prereleases ? ['pre'] : []),
  ].join(' ');
}

/** A question has one answer: `level`, `raw` and projects choose among news. */
const ONLY_IN_FILTERS: ReadonlySet<string> = new Set(['level', 'raw', 'uki', 'project', 'base']);

const NOTHING_SAID: Query = {
  flavor: null,
  flavorRelease: null,
  variant: null,
  arch: null,
  model: null,
  distro: null,
  kubernetesMinor: null,
  uki: false,
  prereleases: false,
};

/** The query with one more word; null when the word contradicts an earlier one or makes no sense in a question. */
function withMeaning(query: Query, meaning: Meaning): Query | null {
  switch (meaning.field) {
    case 'flavor':
    case 'flavorRelease':
    case 'variant':
    case 'arch':
    case 'model':
    case 'distro':
    case 'kubernetesMinor': {
      const before = query[meaning.field];
      return before === null || before === meaning.value ? { ...query, [meaning.field]: meaning.value } : null;
    }
    case 'uki':
      return meaning.value === 'any' ? null : { ...query, uki: meaning.value === 'only' };
    case 'prereleases':
      return { ...query, prereleases: meaning.value };
    case 'raw':
      return meaning.value === 'no' ? query : null;
    case 'level':
    case 'project':
    case 'base':
      return null;
    case 'nothing':
      return query;
  }
}

/** How far an answer about a repository can be trusted: whether news are to be expected there, and when it was last looked at. */
export type Standing = Pick<FlavorKnowledge, 'flavor' | 'repository' | 'lifecycle' | 'lastSuccessAt' | 'failingSince' | 'failure'>;

/** Everything the store can say about a flavor when it is asked for "latest". */
export interface FlavorKnowledge {
  readonly flavor: string;
  /** `kairos`, or somebody's own project. */
  readonly project: Project;
  readonly targetId: string;
  readonly repository: string;
  readonly lifecycle: Lifecycle;
  /** Of releases that may be believed: those that are held are not among them. */
  readonly images: readonly PublishedImage[];
  /** Versions that only their release page calls a prerelease. */
  readonly calledPrereleases: ReadonlySet<string>;
  /** Versions whose notes say not to upgrade to them, newest first: their images are not among `images`. */
  readonly retracted: readonly string[];
  /** What is there of the newest release, where that was said. */
  readonly newestRelease: { readonly version: string; readonly completeness: Completeness } | null;
  readonly lastSuccessAt: Instant | null;
  readonly failingSince: Instant | null;
  readonly failure: Failure | null;
  /** What its images are built with; empty where the configuration does not say. */
  readonly builtOn: readonly BaseStanding[];
}

/** The newest release should have the combination that was asked for and does not, or not yet. */
export interface Awaited {
  readonly version: string;
  readonly status: Exclude<ExpectedImage['status'], 'present'>;
  /** Until when it counts as late. */
  readonly deadline: Instant;
}

export interface LatestFlavorAnswer {
  readonly flavor: string;
  readonly project: Project;
  readonly repository: string;
  readonly lifecycle: Lifecycle;
  /** Null when nothing known fits. */
  readonly version: string | null;
  /** The highest stable version of the flavor in any combination; above `version` where this combination was left behind. */
  readonly newest: string | null;
  readonly awaited: Awaited | null;
  /** Newer versions whose own notes say not to upgrade to them, newest first. */
  readonly retracted: readonly string[];
  /** The images of that version that fit, newest Kubernetes first. */
  readonly images: readonly PublishedImage[];
  /** `store`: seen in the registry. `recorded`: from the list shipped with Herald, not looked up yet. */
  readonly origin: 'store' | 'recorded';
  readonly lastSuccessAt: Instant | null;
  readonly failingSince: Instant | null;
  readonly failure: Failure | null;
  readonly builtOn: readonly BaseStanding[];
  /** What is missing for an answer, where the version is null: `never-checked` or `no-such-combination` (with combinations that exist). */
  readonly missing:
    | { readonly kind: 'never-checked' }
    | { readonly kind: 'no-such-combination'; readonly nearest: readonly string[] }
    | null;
}

/** "Latest" is defined once: the highest stable version whose images for the asked combination exist. */
export interface LatestAnswer {
  readonly query: Query;
  /** The flavor asked for, or every active flavor when none was named. */
  readonly flavors: readonly LatestFlavorAnswer[];
}

/** Answers "latest" for the flavors the query is about. */
export function latest(query: Query, knowledge: readonly FlavorKnowledge[]): LatestAnswer {
  const answers = (flavors: readonly FlavorKnowledge[]) => flavors.map((known) => latestOf(query, known));
  if (query.flavor !== null) return { query, flavors: answers(knowledge.filter((known) => isCalled(known, query.flavor))) };
  const active = answers(knowledge.filter(({ lifecycle }) => lifecycle.state === 'active'));
  if (active.some(({ version }) => version !== null)) return { query, flavors: active };
  // `leap`, `24.04` and `agx-orin` name things only flavors have that are no longer published.
  const ended = answers(knowledge.filter(({ lifecycle }) => lifecycle.state !== 'active')).filter(({ version }) => version !== null);
  return { query, flavors: ended.length > 0 ? ended : active };
}

/** The words a question may name images by: flavors, and people's own projects. */
export function namesIn(knowledge: readonly FlavorKnowledge[]): readonly string[] {
  return [...new Set(knowledge.flatMap(({ flavor, project }) => (project === 'kairos' ? [flavor] : [flavor, project])))];
}

/** People ask for their own images by what they are or by whose they are. */
function isCalled({ flavor, project }: FlavorKnowledge, asked: string | null): boolean {
  return flavor === asked || (project !== 'kairos' && project === asked);
}

function latestOf(query: Query, known: FlavorKnowledge): LatestFlavorAnswer {
  const recorded = known.images.length === 0 && known.lastSuccessAt === null ? recordedImages(known) : [];
  const origin = recorded.length > 0 ? 'recorded' : 'store';
  const live = releasedImages(origin === 'recorded' ? recorded : known.images);
  const filter = filterOf(query);
  const stable = live.filter(({ version }) => version.prerelease === null && !known.calledPrereleases.has(version.text));
  const fitting = (query.prereleases ? live : stable).filter(({ artifact }) => matchesArtifact(filter, artifact));
  const newest = newestOf(fitting);
  const images = fitting.filter(({ version }) => newest !== null && compareVersions(version, newest) === 0).sort(newestKubernetesFirst);
  const neverChecked = origin === 'store' && known.images.length === 0 && known.lastSuccessAt === null;
  return {
    flavor: known.flavor,
    project: known.project,
    repository: known.repository,
    lifecycle: known.lifecycle,
    version: newest?.text ?? null,
    newest: newestOf(stable)?.text ?? null,
    awaited: awaitedIn(known, filter, newest),
    retracted: known.retracted.filter((text) => isAbove(text, newest)),
    images: images.map(({ image }) => image),
    origin,
    lastSuccessAt: known.lastSuccessAt,
    failingSince: known.failingSince,
    failure: known.failure,
    builtOn: known.builtOn,
    missing:
      newest !== null
        ? null
        : neverChecked
          ? { kind: 'never-checked' }
          : { kind: 'no-such-combination', nearest: nearestCombinations(query, known.flavor, live) },
  };
}

function isAbove(text: string, newest: Version | null): boolean {
  const version = parseVersion(text);
  return version !== null && newest !== null && compareVersions(version, newest) > 0;
}

/** An answer of an older version says whether the newest release may still get the combination. */
function awaitedIn({ newestRelease }: FlavorKnowledge, filter: Filter, newest: Version | null): Awaited | null {
  if (newestRelease === null || newest?.text === newestRelease.version) return null;
  const { version, completeness } = newestRelease;
  const gap = completeness.images.find(
    ({ combination, kubernetes, status }) => status !== 'present' && matchesCombination(filter, combination, kubernetes),
  );
  return gap === undefined || gap.status === 'present' ? null : { version, status: gap.status, deadline: completeness.deadline };
}

function newestOf(images: readonly ReleasedImage[]): Version | null {
  return images.reduce<Version | null>((best, { version }) => (best === null || compareVersions(version, best) > 0 ? version : best), null);
}

/** What a frozen flavor is known to have ended with, as images nobody has looked up yet. */
function recordedImages({ lifecycle, repository }: FlavorKnowledge): readonly PublishedImage[] {
  if (lifecycle.state !== 'frozen') return [];
  return lifecycle.lastTags.map((tag) => ({
    reference: `${repository}:${tag}`,
    digest: null,
    size: null,
    pushedAt: null,
    firstSeenAt: instant(lifecycle.since),
    removedAt: null,
    replaced: [],
  }));
}

interface ReleasedImage {
  readonly image: PublishedImage;
  readonly artifact: Artifact;
  readonly version: Version;
}

/** Live images of published versions; what was built from a branch is nobody's latest. */
function releasedImages(images: readonly PublishedImage[]): readonly ReleasedImage[] {
  return images.flatMap((image) => {
    if (image.removedAt !== null) return [];
    const artifact = artifactOf(image);
    if (artifact?.version.kind !== 'release' || artifact.channel === 'dev') return [];
    return [{ image, artifact, version: artifact.version.version }];
  });
}

/** A question as a filter: trusted boot only when asked for, raw disk images never. */
function filterOf(query: Query): Filter {
  const { flavorRelease, variant, arch, model, distro, kubernetesMinor, uki } = query;
  return {
    ...ANY,
    flavorReleases: listOf(flavorRelease),
    variants: listOf(variant),
    archs: listOf(arch),
    models: listOf(model),
    distro,
    kubernetesMinor,
    uki: uki ? 'only' : 'no',
  };
}

function listOf<V>(value: V | null): readonly V[] {
  return value === null ? [] : [value];
}

/** Newest Kubernetes first; then by reference, so that an answer does not depend on the order of the store. */
function newestKubernetesFirst(a: ReleasedImage, b: ReleasedImage): number {
  const [left, right] = [a.artifact.kubernetes?.version ?? null, b.artifact.kubernetes?.version ?? null];
  const order = left === null || right === null ? Number(left === null) - Number(right === null) : compareKubernetesVersions(right, left);
  if (order !== 0) return order;
  return a.image.reference < b.image.reference ? -1 : Number(a.image.reference > b.image.reference);
}

/** How many neighbours are worth reading. */
const MAX_NEAREST = 3;

/** Combinations that do exist, as words to ask with: those that differ in the fewest points from what was asked first, then the newest. */
function nearestCombinations(query: Query, flavor: string, images: readonly ReleasedImage[]): readonly string[] {
  const found = new Map<string, { readonly distance: number; readonly version: Version }>();
  for (const { artifact, version } of images) {
    if (artifact.kind === 'raw-image') continue;
    const combination = combinationOf(query, flavor, artifact, version);
    const words = printQuery(combination);
    const before = found.get(words);
    if (before === undefined || compareVersions(version, before.version) > 0)
      found.set(words, { distance: distance(query, combination), version });
  }
  return [...found]
    .sort(([a, x], [b, y]) => x.distance - y.distance || compareVersions(y.version, x.version) || (a < b ? -1 : 1))
    .slice(0, MAX_NEAREST)
    .map(([words]) => words);
}

/** What one would have to ask to get this image. Flavor release and Kubernetes minor are named only when the question named one. */
function combinationOf(query: Query, flavor: string, artifact: Artifact, version: Version): Query {
  const asked = query.flavorRelease;
  return {
    flavor,
    flavorRelease:
      asked === null || artifact.flavorRelease === null ? null : isRelease(asked, artifact.flavorRelease) ? asked : artifact.flavorRelease,
    variant: artifact.variant,
    arch: artifact.arch,
    model: artifact.model,
    distro: artifact.kubernetes?.distro ?? null,
    kubernetesMinor: query.kubernetesMinor === null ? null : minorOf(artifact),
    uki: artifact.uki,
    prereleases: version.prerelease !== null,
  };
}

/** In how many points a combination differs from what was asked; what was not asked cannot differ. */
function distance(query: Query, combination: Query): number {
  const asked = ['flavorRelease', 'variant', 'arch', 'model', 'distro', 'kubernetesMinor'] as const;
  return (
    asked.filter((field) => query[field] !== null && query[field] !== combination[field]).length +
    Number(query.uki !== combination.uki) +
    Number(combination.prereleases && !query.prereleases)
  );
}
