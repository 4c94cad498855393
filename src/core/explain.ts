/** Why somebody was told of an image, or was not: the filter's own decision (core/subscription.ts), taken apart. */
import type { Delivery } from './delivery.ts';
import type { Artifact, Reference } from './image.ts';
import { narrow, viewFor } from './reader-view.ts';
import type { ExpectedImage, PublishedImage, ReleaseFacts, ReleaseKey } from './release.ts';
import { type Filter, hearsOf, imagesAskedFor, isRelease, minorOf } from './subscription.ts';
import type { Target, TargetHealth } from './target.ts';
import type { Bump, Channel } from './version.ts';

/** One thing in a filter that keeps an image, or its whole release, from a reader. */
export type Exclusion =
  | { readonly kind: 'dev' }
  /** The filter is about other projects. */
  | { readonly kind: 'project'; readonly asked: string; readonly actual: string }
  | { readonly kind: 'prerelease'; readonly channel: Channel }
  /** The change is smaller than what this reader calls news. */
  | { readonly kind: 'level'; readonly bump: Bump; readonly level: Filter['level'] }
  /** The image is of another kind than the filter asks for. */
  | { readonly kind: 'word'; readonly field: ExcludingField; readonly asked: string; readonly actual: string }
  /** No image of the release that passes the filter is live. */
  | { readonly kind: 'no-image' };

export type ExcludingField = 'flavor' | 'release' | 'variant' | 'arch' | 'model' | 'distro' | 'kubernetes' | 'uki' | 'raw';

/** What became of one subscription. */
export type Decision =
  /** The release was told, or will be; `exclusions` keep this image out of what this reader sees of it. */
  | { readonly kind: 'delivery'; readonly delivery: Delivery; readonly exclusions: readonly Exclusion[] }
  | { readonly kind: 'excluded'; readonly exclusions: readonly Exclusion[] }
  /** Herald's own notices only. */
  | { readonly kind: 'topic' }
  /** It was there at the first look, which announces nothing. */
  | { readonly kind: 'baseline' }
  /** Its version jumps beyond belief, and nobody has accepted it yet. */
  | { readonly kind: 'held' }
  /** It would be told, and was announced before this subscription was made, or has no image yet that it wants. */
  | { readonly kind: 'not-begun' };

/** A tag as it is stored, whatever kind it is of. */
export interface StoredImage {
  readonly image: PublishedImage;
  readonly kind: string;
  /** Why it is unrecognised. */
  readonly reason: string | null;
  readonly releaseKey: ReleaseKey | null;
}

/** A known tag that an unrecognised one is like, and where the two part. */
export interface Resemblance {
  readonly tag: string;
  /** Characters they share at the beginning. */
  readonly shared: number;
}

export interface Explanation {
  readonly reference: Reference;
  /** No repository was given: the one it was read as a tag of. */
  readonly assumed: string | null;
  /** Of an unrecognised tag: what it is like, where there is anything. */
  readonly resembles: Resemblance | null;
  /** The configured target the reference belongs to; null when its repository is not watched. */
  readonly target: Target | null;
  readonly health: TargetHealth | null;
  readonly stored: StoredImage | null;
  readonly release: {
    readonly facts: ReleaseFacts;
    readonly baseline: boolean;
    readonly held: boolean;
    /** What the release was expected to have of this kind of image; empty where nothing was. */
    readonly expected: readonly ExpectedImage[];
  } | null;
  readonly subscriptions: readonly { readonly id: string; readonly destination: string; readonly decision: Decision }[];
}

/**
 * Everything that keeps this release from a reader with this filter; with an artifact, everything that keeps that image
 * from him. Empty exactly when viewFor shows it.
 */
export function exclusionsOf(filter: Filter, facts: ReleaseFacts, artifact: Artifact | null): readonly Exclusion[] {
  return [...ofRelease(filter, facts), ...(artifact === null ? [] : ofImage(imagesAskedFor(filter, facts.project), artifact))];
}

function ofRelease(filter: Filter, facts: ReleaseFacts): readonly Exclusion[] {
  if (viewFor(filter, facts) !== null) return [];
  if (!hearsOf(filter, facts.project)) return [{ kind: 'project', asked: filter.projects.join(' or ') || 'kairos', actual: facts.project }];
  if (facts.channel === 'dev') return [{ kind: 'dev' }];
  const bump = smaller(facts.classification.bump, narrow(filter, facts).classification.bump);
  const reasons: readonly Exclusion[] = [
    ...(facts.channel !== 'stable' && !filter.prereleases ? [{ kind: 'prerelease', channel: facts.channel } as const] : []),
    ...(LEVELS[bump] < LEVELS[filter.level] ? [{ kind: 'level', bump, level: filter.level } as const] : []),
  ];
  return reasons.length > 0 ? reasons : [{ kind: 'no-image' }];
}

const LEVELS: Readonly<Record<Bump, number>> = { none: 1, rebuild: 1, prerelease: 1, patch: 1, minor: 2, major: 3 };

function smaller(a: Bump, b: Bump): Bump {
  return LEVELS[a] <= LEVELS[b] ? a : b;
}

function ofImage(filter: Filter, artifact: Artifact): readonly Exclusion[] {
  const { flavor, flavorRelease, variant, arch, model, kubernetes, uki, kind } = artifact;
  const word = (
    field: ExcludingField,
    asked: readonly string[] | string | null,
    actual: string | null,
    passes: boolean,
  ): readonly Exclusion[] =>
    passes
      ? []
      : [{ kind: 'word', field, asked: typeof asked === 'string' ? asked : (asked ?? []).join(' or '), actual: actual ?? 'none' }];
  const listed = (field: ExcludingField, asked: readonly string[], actual: string) =>
    word(field, asked, actual, asked.length === 0 || asked.includes(actual));
  const chosen = (field: 'uki' | 'raw', is: boolean) =>
    word(field, filter[field], is ? 'yes' : 'no', filter[field] === 'any' || (filter[field] === 'only') === is);
  return [
    ...listed('flavor', filter.flavors, flavor),
    ...word(
      'release',
      filter.flavorReleases,
      flavorRelease,
      filter.flavorReleases.length === 0 || filter.flavorReleases.some((asked) => isRelease(asked, flavorRelease)),
    ),
    ...listed('variant', filter.variants, variant),
    ...listed('arch', filter.archs, arch),
    ...listed('model', filter.models, model),
    ...word('distro', filter.distro, kubernetes?.distro ?? null, filter.distro === null || kubernetes?.distro === filter.distro),
    ...word(
      'kubernetes',
      filter.kubernetesMinor,
      minorOf(artifact),
      filter.kubernetesMinor === null || minorOf(artifact) === filter.kubernetesMinor,
    ),
    ...chosen('uki', uki),
    ...chosen('raw', kind === 'raw-image'),
  ];
}

/** So much of a tag must be found in another, or it is no resemblance. */
const MIN_SHARED = 0.5;

/**
 * The known tag that holds most of this one's words (`v0.5.1`, `core`, `amd64`): what changes between grammars is how words
 * are joined, and in which order. Null when none holds half of them. Of several the one with the fewest others, then the
 * first in the order of the texts.
 */
export function resemblance(tag: string, known: Iterable<string>): Resemblance | null {
  const words = new Set(wordsOf(tag));
  let best: { readonly tag: string; readonly score: number } | null = null;
  for (const other of [...known].sort()) {
    const others = wordsOf(other);
    const found = new Set(others.filter((word) => words.has(word))).size;
    if (found === 0 || found < words.size * MIN_SHARED) continue;
    const score = found - (others.length - found) / 100;
    if (best === null || score > best.score) best = { tag: other, score };
  }
  return best === null ? null : { tag: best.tag, shared: sharedStart(tag, best.tag) };
}

function wordsOf(tag: string): readonly string[] {
  return tag.split(/[-_+]/).filter((word) => word !== '');
}

function sharedStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
