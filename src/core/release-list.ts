/** Releases in short: lists of them, the lines they form, and which of them a question is about. */
import type { ReleaseOutline } from './classify.ts';
import { parseCombination } from './combination.ts';
import type { Classification, ReleaseKey } from './release.ts';
import { type Filter, matchesCombination } from './subscription.ts';
import type { Instant } from './time.ts';
import { type Channel, compareVersions, parseVersion } from './version.ts';

export interface ReleaseSummary {
  readonly key: ReleaseKey;
  readonly outline: ReleaseOutline;
  readonly channel: Channel;
  readonly classification: Classification;
  /** It was there at the first look. */
  readonly baseline: boolean;
  /** Not announced because nobody should believe its version at once. */
  readonly held: boolean;
}

export interface ReleaseChoice {
  /** Only releases that have an image like this; null: all. */
  readonly filter: Filter | null;
  readonly prereleases: boolean;
  readonly since: Instant | null;
}

/** The releases that are asked for, newest version first. */
export function chosenReleases(all: readonly ReleaseSummary[], { filter, prereleases, since }: ReleaseChoice): readonly ReleaseSummary[] {
  return all
    .filter(({ channel }) => channel === 'stable' || (prereleases && channel !== 'dev'))
    .filter(({ outline }) => since === null || outline.publishedAt >= since)
    .filter(({ outline }) => filter === null || hasImage(outline, filter))
    .sort((a, b) => byVersion(b.outline.version, a.outline.version));
}

function hasImage({ combinations = {} }: ReleaseOutline, filter: Filter): boolean {
  return Object.keys(combinations).some((text) => {
    const combination = parseCombination(text);
    return combination !== null && matchesCombination(filter, combination, null);
  });
}

/** A minor line of a project: its newest stable release, and how many there were. */
export interface ReleaseLine {
  /** `v4.3`. */
  readonly line: string;
  readonly releases: number;
  readonly firstAt: Instant;
  readonly newest: string;
  readonly newestAt: Instant;
}

/** The minor lines of the stable releases, newest first. Held ones form no line. */
export function linesOf(all: readonly ReleaseSummary[]): readonly ReleaseLine[] {
  const stable = chosenReleases(all, { filter: null, prereleases: false, since: null }).filter(({ held }) => !held);
  const lines = Map.groupBy(stable, ({ outline }) => lineOf(outline.version));
  return [...lines].flatMap(([line, releases]) => {
    const [newest] = releases;
    if (newest === undefined) return [];
    const firstAt =
      releases
        .map(({ outline }) => outline.publishedAt)
        .sort()
        .at(0) ?? newest.outline.publishedAt;
    return [{ line, releases: releases.length, firstAt, newest: newest.outline.version, newestAt: newest.outline.publishedAt }];
  });
}

/** Stable releases strictly above `from` and strictly below `to`, oldest first. */
export function releasesBetween(all: readonly ReleaseSummary[], from: string, to: string): readonly ReleaseSummary[] {
  const [low, high] = byVersion(from, to) <= 0 ? [from, to] : [to, from];
  return chosenReleases(all, { filter: null, prereleases: false, since: null })
    .filter(({ outline, held }) => !held && byVersion(outline.version, low) > 0 && byVersion(outline.version, high) < 0)
    .toReversed();
}

function lineOf(version: string): string {
  const parsed = parseVersion(version);
  return parsed === null ? version : `v${parsed.major}.${parsed.minor}`;
}

function byVersion(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (left === null || right === null) return Number(left !== null) - Number(right !== null) || (a < b ? -1 : Number(a > b));
  return compareVersions(left, right);
}
