/** The releases of one project as the store knows them, put in order for questions. */
import type { ReleaseOutline, Renumbering } from './classify.ts';
import { nearest } from './nearest.ts';
import { factsOf } from './outline.ts';
import type { Standing } from './query.ts';
import {
  artifactOf,
  type Completeness,
  type Project,
  type PublishedImage,
  type ReleaseFacts,
  type ReleaseKey,
  type ReleasePage,
} from './release.ts';
import { type Filter, matchesArtifact } from './subscription.ts';
import type { SourceKind } from './target.ts';
import type { Instant } from './time.ts';
import { type Channel, compareVersions, parseVersion } from './version.ts';

/** A release with everything that is stored of it. */
export interface KnownRelease {
  readonly key: ReleaseKey;
  readonly project: Project;
  readonly version: string;
  readonly channel: Channel;
  readonly outline: ReleaseOutline;
  /** It was there at the first look: recorded, never announced by itself. */
  readonly baseline: boolean;
  readonly images: readonly PublishedImage[];
  readonly page: ReleasePage | null;
  /** Names of the files on its page. */
  readonly files: readonly string[];
  /** The notes on its page, Markdown; empty where there are none. */
  readonly body: string;
  /** What was said of its completeness, when it was announced. */
  readonly said: Completeness | null;
}

export interface ReleaseHistory {
  readonly project: Project;
  readonly releases: readonly KnownRelease[];
  /** Releases nobody should believe before a person accepts them, see core/outlier.ts. */
  readonly held: ReadonlySet<ReleaseKey>;
  readonly renumberings: readonly Renumbering[];
  /** Flavors that are no longer published. */
  readonly endedFlavors: ReadonlySet<string>;
  readonly now: Instant;
}

/** A watched place, and how far what is known of it can be trusted. */
export interface Place extends Standing {
  readonly targetId: string;
  readonly kind: SourceKind;
  readonly project: Project;
}

/** What is to be said of a release of the history, made afresh: what was there at the first look was never announced and has no stored facts. */
export function factsIn(history: ReleaseHistory, { key, outline, images, page, files, said }: KnownRelease): ReleaseFacts {
  const { releases, held, renumberings, endedFlavors, now } = history;
  const known = releases.filter((other) => !held.has(other.key)).map((other) => other.outline);
  return factsOf({ key, outline, images, page, files, known, renumberings, endedFlavors, said, now });
}

/** The releases, highest version first; what is no version comes last. */
export function highestFirst(releases: readonly KnownRelease[]): readonly KnownRelease[] {
  return [...releases].sort((a, b) => compareTexts(b.version, a.version));
}

export type Found =
  | { readonly kind: 'found'; readonly release: KnownRelease }
  /** No such release; the version that was probably meant, or null when none is known at all. */
  | { readonly kind: 'unknown'; readonly suggestion: string | null };

/** The release a person named: `v4.3.0`, `4.3.0`. */
export function findRelease({ releases }: Pick<ReleaseHistory, 'releases'>, asked: string): Found {
  const text = parseVersion(asked)?.text ?? asked;
  const release = releases.find(({ version }) => version === text);
  return release === undefined ? { kind: 'unknown', suggestion: nearestVersion(releases, text) } : { kind: 'found', release };
}

/** `v4.3` begins a version; otherwise a slip of the finger, else the nearest version below, else the lowest. */
function nearestVersion(releases: readonly KnownRelease[], asked: string): string | null {
  const versions = highestFirst(releases).map(({ version }) => version);
  const text = asked.startsWith('v') ? asked : `v${asked}`;
  const begun = versions.find((version) => version.startsWith(`${text}.`)) ?? versions.find((version) => version.startsWith(`${text}-`));
  const below = versions.find((version) => compareTexts(version, text) < 0);
  const isVersion = parseVersion(text) !== null;
  return (
    begun ??
    (isVersion ? sameLineOf(versions, text) : nearest(text, versions)) ??
    (isVersion ? below : undefined) ??
    versions.at(-1) ??
    null
  );
}

/** The highest version of the same minor line. */
function sameLineOf(versions: readonly string[], text: string): string | undefined {
  const line = lineOf(text);
  return versions.find((version) => lineOf(version) === line && parseVersion(version)?.prerelease === null);
}

/** `4.3` of v4.3.0; null of what is no version. */
export function lineOf(version: string): string | null {
  const parsed = parseVersion(version);
  return parsed === null ? null : `${parsed.major}.${parsed.minor}`;
}

/** Whether a live image of the release passes the filter; null: whether it has one at all. */
export function hasImage({ images }: Pick<KnownRelease, 'images'>, filter: Filter | null): boolean {
  return images.some((image) => {
    const artifact = image.removedAt === null ? artifactOf(image) : null;
    return artifact !== null && (filter === null || matchesArtifact(filter, artifact));
  });
}

/** True when nothing in the history is an image of an operating system: a component's own releases. */
export function isOfComponent({ project, releases }: Pick<ReleaseHistory, 'project' | 'releases'>): boolean {
  return project !== 'kairos' && !releases.some((release) => hasImage(release, null));
}

/** The order of versions; what is no version is below all that are. */
export function compareTexts(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (left === null || right === null) return Number(right === null) - Number(left === null) || (a < b ? -1 : Number(a > b));
  return compareVersions(left, right);
}
