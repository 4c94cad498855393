/** `herald releases`: which releases there were, and which lie between two of them. */
import { compareTexts, factsIn, hasImage, highestFirst, type KnownRelease, type ReleaseHistory } from './history.ts';
import type { ReleaseNotes } from './news.ts';
import { outlineOf } from './outline.ts';
import { narrow } from './reader-view.ts';
import type { ReleaseFacts } from './release.ts';
import { notesIn } from './release-notes.ts';
import type { Filter } from './subscription.ts';
import type { Instant } from './time.ts';
import type { Distro } from './version.ts';

export interface ReleasesQuestion {
  /** Only releases that have an image like this, and of them only such images; null: all. */
  readonly filter: Filter | null;
  readonly prereleases: boolean;
  /** Only what came out from this moment on; null: from the beginning. */
  readonly since: Instant | null;
  /** How many at most; null: all. */
  readonly limit: number | null;
}

/** A release as a list shows it. */
export interface ListedRelease {
  readonly facts: ReleaseFacts;
  readonly publishedAt: Instant;
  readonly held: boolean;
  /** Live images, of those that were asked for. */
  readonly images: number;
  readonly base: string | null;
  /** The newest of each distribution. */
  readonly kubernetes: Readonly<Partial<Record<Distro, string>>>;
}

export interface ReleaseList {
  /** Highest version first. */
  readonly releases: readonly ListedRelease[];
  /** How many there are without the limit. */
  readonly total: number;
}

/** The releases that were asked for. */
export function listReleases(history: ReleaseHistory, { filter, prereleases, since, limit }: ReleasesQuestion): ReleaseList {
  const asked = highestFirst(history.releases).filter(
    (release) =>
      (release.channel === 'stable' || (prereleases && release.channel !== 'dev')) &&
      (since === null || release.outline.publishedAt >= since) &&
      (filter === null || hasImage(release, filter)),
  );
  return { releases: asked.slice(0, limit ?? asked.length).map((release) => listed(history, release, filter)), total: asked.length };
}

/** Stable releases between two, in the order one goes through them; those without such an image are nobody's stop on the way. */
export function releasesBetween(history: ReleaseHistory, from: string, to: string, filter: Filter | null): readonly ListedRelease[] {
  const back = compareTexts(from, to) > 0;
  const [low, high] = back ? [to, from] : [from, to];
  const between = highestFirst(history.releases).filter(
    (release) =>
      release.channel === 'stable' &&
      !history.held.has(release.key) &&
      compareTexts(release.version, low) > 0 &&
      compareTexts(release.version, high) < 0 &&
      (filter === null || hasImage(release, filter)),
  );
  return (back ? between : between.toReversed()).map((release) => listed(history, release, filter));
}

/** What is written about the releases from after the first up to the last, newest first: what one reads who goes from one to the other. */
export function notesOnTheWay(history: ReleaseHistory, first: KnownRelease, last: KnownRelease): readonly ReleaseNotes[] {
  const between = highestFirst(history.releases).filter(
    ({ key, channel, version }) =>
      channel === 'stable' && !history.held.has(key) && compareTexts(version, first.version) > 0 && compareTexts(version, last.version) < 0,
  );
  return notesIn(history.project, [last, ...between]);
}

function listed(history: ReleaseHistory, release: KnownRelease, filter: Filter | null): ListedRelease {
  const all = factsIn(history, release);
  const facts = filter === null ? all : narrow(filter, all);
  const { images, base, kubernetes } = outlineOf(history.project, release.version, facts.images, facts.page, history.now);
  return { facts, publishedAt: release.outline.publishedAt, held: history.held.has(release.key), images, base, kubernetes };
}
