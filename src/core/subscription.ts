/** Who wants to hear what, where and when; and the words people say it with. */
import type { Cadence } from './cadence.ts';
import type { Combination } from './combination.ts';
import { HeraldError } from './errors.ts';
import type { Arch, Artifact, Variant } from './image.ts';
import { COMPONENT_PROJECTS, type KnownNames, NO_NAMES } from './projects.ts';
import type { Project } from './release.ts';
import { sameData } from './same.ts';
import { type Distro, parseKubernetesVersion } from './version.ts';
import { EVERY_PROJECT, type Meaning, meansAlone, OWN_BASE, readWord, splitWords, type WordProblem } from './vocabulary.ts';

export type Destination =
  | { readonly kind: 'console' }
  | { readonly kind: 'slack'; readonly channel: string }
  | { readonly kind: 'github'; readonly repository: string }
  /** A web address of the configuration, by its name there. */
  | { readonly kind: 'webhook'; readonly endpoint: string };

/** What a subscription is interested in. A list that is empty, or a null, means "any". */
export interface Filter {
  /** Whose releases: none named means `kairos` alone, `any` means all there are. */
  readonly projects: readonly Project[];
  /** What the reader's own images are built with: every release of these, whatever image the other words ask for. */
  readonly bases: readonly Project[];
  readonly flavors: readonly string[];
  readonly flavorReleases: readonly string[];
  readonly variants: readonly Variant[];
  readonly archs: readonly Arch[];
  readonly models: readonly string[];
  readonly distro: Distro | null;
  /** `1.35`. */
  readonly kubernetesMinor: string | null;
  /** Trusted boot images: only those, none of those, or both. */
  readonly uki: 'only' | 'no' | 'any';
  /** Raw disk images (`-img`): the same choice. */
  readonly raw: 'only' | 'no' | 'any';
  /** The smallest change that is news. */
  readonly level: 'patch' | 'minor' | 'major';
  readonly prereleases: boolean;
}

/** The filter nobody has narrowed: stable OS images of Kairos of any flavor, patch or larger; no trusted boot, no raw images. */
export const ANY: Filter = {
  projects: [],
  bases: [],
  flavors: [],
  flavorReleases: [],
  variants: [],
  archs: [],
  models: [],
  distro: null,
  kubernetesMinor: null,
  uki: 'no',
  raw: 'no',
  level: 'patch',
  prereleases: false,
};

export type Bypass = 'major';

export interface Subscription {
  /** Stable and chosen by the owner: `infra-hadron`. */
  readonly id: string;
  /** `releases`: Kairos releases that pass the filter. `operations`: Herald's own notices (unrecognised formats, blind sources). */
  readonly topic: 'releases' | 'operations';
  readonly destination: Destination;
  readonly filter: Filter;
  readonly cadence: Cadence;
  /** What is told at once even to a digest subscription. */
  readonly bypass: readonly Bypass[];
  /** How long its first message of a release waits for the images it expects, in milliseconds from the first of them; 0: it does not. */
  readonly holdMs: number;
  /** It is told of a release once all images it asks for are verified, or this many milliseconds after the first of them; null: at once. */
  readonly requireVerifiedMs: number | null;
  readonly owner: string;
}

/** One text a destination, for ordering and single flight: `slack:C0123`, `github:acme/infra`, `console`. */
export function destinationKey(destination: Destination): string {
  switch (destination.kind) {
    case 'console':
      return 'console';
    case 'slack':
      return `slack:${destination.channel}`;
    case 'github':
      return `github:${destination.repository.toLowerCase()}`;
    case 'webhook':
      return `webhook:${destination.endpoint}`;
  }
}

/** Whether one image passes the filter's artifact part (everything but level and prereleases). */
export function matchesArtifact(filter: Filter, artifact: Artifact): boolean {
  return (
    oneOf(filter.flavors, artifact.flavor) &&
    (filter.flavorReleases.length === 0 || filter.flavorReleases.some((asked) => isRelease(asked, artifact.flavorRelease))) &&
    oneOf(filter.variants, artifact.variant) &&
    oneOf(filter.archs, artifact.arch) &&
    oneOf(filter.models, artifact.model) &&
    (filter.distro === null || artifact.kubernetes?.distro === filter.distro) &&
    (filter.kubernetesMinor === null || minorOf(artifact) === filter.kubernetesMinor) &&
    chosen(filter.uki, artifact.uki) &&
    chosen(filter.raw, artifact.kind === 'raw-image')
  );
}

/** Whether an image of this combination may pass the filter, as far as it is known what it would be. `kubernetes`: `v1.36.4+k3s1`, null for any. */
export function matchesCombination(filter: Filter, combination: Combination, kubernetes: string | null): boolean {
  const { flavor, variant, arch, model, distro, uki, raw } = combination;
  return (
    oneOf(filter.flavors, flavor) &&
    oneOf(filter.variants, variant) &&
    oneOf(filter.archs, arch) &&
    oneOf(filter.models, model) &&
    (filter.distro === null || distro === filter.distro) &&
    (filter.kubernetesMinor === null || (distro !== null && (kubernetes === null || isOfMinor(kubernetes, filter.kubernetesMinor)))) &&
    chosen(filter.uki, uki) &&
    chosen(filter.raw, raw)
  );
}

function isOfMinor(kubernetes: string, minor: string): boolean {
  const version = parseKubernetesVersion(kubernetes);
  return version !== null && `${version.major}.${version.minor}` === minor;
}

/** Whether releases of this project concern the filter at all. */
export function hearsOf({ projects, bases }: Filter, project: Project): boolean {
  if (bases.includes(project)) return true;
  return projects.length === 0 ? project === 'kairos' : projects.includes(project) || projects.includes(EVERY_PROJECT);
}

/** The filter whose words for images go for this project: a base is heard of whole. */
export function imagesAskedFor(filter: Filter, project: Project): Filter {
  return filter.bases.includes(project) ? ANY : filter;
}

/**
 * Filter words to a filter: `rocky standard arm64 rpi4 k3s 1.35 level:minor pre:yes uki:only`. `names` are those of the
 * configuration; `base:yes` needs them, because only they say what the images of a project are built with.
 * Throws HeraldError INVALID_FILTER naming the word and the nearest known one, and for words that no image can ever satisfy together.
 */
export function parseFilter(words: string, names: KnownNames = NO_NAMES): Filter {
  let filter = ANY;
  const said = new Map<Meaning['field'], string>();
  for (const word of splitWords(words)) {
    const read = readWord(word, names);
    if (read.kind === 'problem') throw invalid(read.problem);
    const next = withMeaning(filter, read.meaning);
    const before = said.get(read.meaning.field);
    // Lists grow; of the rest a filter has room for one, and a second would silently replace the first.
    if (before !== undefined && !LISTS.has(read.meaning.field) && !sameData(filter, next)) throw contradiction(word, before);
    said.set(read.meaning.field, word);
    filter = next;
  }
  filter = withOwnBases(filter, names);
  const reason = neverMatches(filter);
  if (reason !== null) {
    throw new HeraldError('INVALID_FILTER', `The filter "${words.trim().slice(0, 200)}" can never match: ${reason}.`, {
      hint: FILTER_HINT,
    });
  }
  return filter;
}

const LISTS: ReadonlySet<Meaning['field']> = new Set(['project', 'base', 'flavor', 'flavorRelease', 'variant', 'arch', 'model', 'nothing']);

/** `base:yes` with the projects it stands for. What the words mean must not change when the configuration does, so it is said once and for all. */
function withOwnBases(filter: Filter, { builtWith }: KnownNames): Filter {
  if (!filter.bases.includes(OWN_BASE)) return filter;
  const own = filter.projects.flatMap((project) => builtWith.get(project) ?? []);
  if (own.length === 0) {
    const whose =
      filter.projects.length === 0 ? 'name your own project too, as in project:edge-ubuntu' : 'no target of these projects has builtWith';
    throw invalid({ word: `base:${OWN_BASE}`, suggestion: null, explanation: `${whose}, or name the projects, as in base:kairos-init` });
  }
  return { ...filter, bases: [...new Set([...filter.bases.filter((base) => base !== OWN_BASE), ...own])] };
}

/** Why nothing there can be passes a filter; null when something may. */
function neverMatches(filter: Filter): string | null {
  const { projects, bases, variants, distro, kubernetesMinor, uki, raw } = filter;
  const components = projects.length > 0 && projects.every((project) => COMPONENT_PROJECTS.includes(project));
  if (components && bases.length === 0 && asksForImages(filter))
    return `releases of ${projects.join(' and ')} have no images of these kinds`;
  const coreOnly = variants.length > 0 && variants.every((variant) => variant === 'core');
  if (coreOnly && (distro !== null || kubernetesMinor !== null)) return 'core images carry no Kubernetes, only standard ones do';
  return uki === 'only' && raw === 'only' ? 'trusted boot images are not published as raw disks' : null;
}

/** The filter as canonical words; parseFilter(printFilter(f)) equals f for every filter parseFilter gives. The filter ANY is the empty text. */
export function printFilter(filter: Filter): string {
  return [
    ...filter.projects.map((value) => `project:${value}`),
    ...filter.bases.map((value) => `base:${value}`),
    ...filter.flavors.map((value) => (meansAlone(value, 'flavor') ? value : `flavor:${value}`)),
    ...filter.flavorReleases.map((value) => `release:${value}`),
    ...filter.variants,
    ...filter.archs,
    ...filter.models.map((value) => (meansAlone(value, 'model') ? value : `model:${value}`)),
    ...(filter.distro === null ? [] : [filter.distro]),
    ...(filter.kubernetesMinor === null ? [] : [filter.kubernetesMinor]),
    ...(filter.uki === ANY.uki ? [] : [`uki:${filter.uki}`]),
    ...(filter.raw === ANY.raw ? [] : [`raw:${filter.raw}`]),
    ...(filter.level === ANY.level ? [] : [`level:${filter.level}`]),
    ...(filter.prereleases ? ['pre:yes'] : []),
  ].join(' ');
}

/** Whether an image's flavor release is the one asked for: `15.6` is said for `leap-15.6`, `0.5.1` for `v0.5.1`, `0.5` for all of hadron's v0.5, `tumbleweed` for `tumbleweed-latest`. */
export function isRelease(asked: string, actual: string | null): boolean {
  if (actual === null) return false;
  const version = asked.startsWith('v') ? asked : `v${asked}`;
  return (
    actual === asked ||
    actual === version ||
    actual.endsWith(`-${asked}`) ||
    (/^[a-z]+$/.test(asked) && actual.startsWith(`${asked}-`)) ||
    (/^v0\.\d+$/.test(version) && actual.startsWith(`${version}.`))
  );
}

/** `1.35` of an image with Kubernetes 1.35; null without Kubernetes, or where the tag names only the distribution. */
export function minorOf(artifact: Artifact): string | null {
  const version = artifact.kubernetes?.version ?? null;
  return version === null ? null : `${version.major}.${version.minor}`;
}

/** Whether it asks for particular images. */
export function asksForImages(filter: Filter): boolean {
  const { flavors, flavorReleases, variants, archs, models } = filter;
  return (
    [flavors, flavorReleases, variants, archs, models].some((asked) => asked.length > 0) ||
    filter.distro !== null ||
    filter.kubernetesMinor !== null ||
    filter.uki === 'only' ||
    filter.raw === 'only'
  );
}

function oneOf(asked: readonly string[], actual: string): boolean {
  return asked.length === 0 || asked.includes(actual);
}

function chosen(choice: Filter['uki'], is: boolean): boolean {
  return choice === 'any' || (choice === 'only') === is;
}

function withMeaning(filter: Filter, meaning: Meaning): Filter {
  switch (meaning.field) {
    case 'project':
      return { ...filter, projects: added(filter.projects, meaning.value) };
    case 'base':
      return { ...filter, bases: added(filter.bases, meaning.value) };
    case 'flavor':
      return { ...filter, flavors: added(filter.flavors, meaning.value) };
    case 'flavorRelease':
      return { ...filter, flavorReleases: added(filter.flavorReleases, meaning.value) };
    case 'variant':
      return { ...filter, variants: added(filter.variants, meaning.value) };
    case 'arch':
      return { ...filter, archs: added(filter.archs, meaning.value) };
    case 'model':
      return { ...filter, models: added(filter.models, meaning.value) };
    case 'distro':
      return { ...filter, distro: meaning.value };
    case 'kubernetesMinor':
      return { ...filter, kubernetesMinor: meaning.value };
    case 'uki':
      return { ...filter, uki: meaning.value };
    case 'raw':
      return { ...filter, raw: meaning.value };
    case 'level':
      return { ...filter, level: meaning.value };
    case 'prereleases':
      return { ...filter, prereleases: meaning.value };
    case 'nothing':
      return filter;
  }
}

function added<V>(list: readonly V[], value: V): readonly V[] {
  return list.includes(value) ? list : [...list, value];
}

function contradiction(word: string, before: string): HeraldError {
  return invalid({ word, suggestion: null, explanation: `the filter already says "${before}"; make two subscriptions` });
}

const FILTER_HINT = 'A filter is words such as: hadron standard arm64 rpi4 k3s 1.35 level:minor pre:yes uki:only';

function invalid({ word, suggestion, explanation }: WordProblem): HeraldError {
  const didYouMean = suggestion === null ? '' : ` Did you mean "${suggestion}"?`;
  return new HeraldError('INVALID_FILTER', `The filter word "${word}" is not understood: ${explanation}.${didYouMean}`, {
    hint: FILTER_HINT,
  });
}
