/** Patch, minor or major: of each component and overall, with the reasons as data. */
import type { Builds } from './combination.ts';
import { type Classification, type Component, largestBump, type Project, type Reason } from './release.ts';
import type { Instant } from './time.ts';
import {
  type Bump,
  bumpBetween,
  channelOf,
  compareVersions,
  type Distro,
  kubernetesBump,
  parseKubernetesVersion,
  parseVersion,
  type Version,
} from './version.ts';

/** What classification needs to know of a release. */
export interface ReleaseOutline {
  readonly project: Project;
  readonly version: string;
  /** When it was first seen published: the earliest push or page date. */
  readonly publishedAt: Instant;
  /** Hadron's version, where the release has one. */
  readonly base: string | null;
  /** The newest Kubernetes version of each distribution in it. */
  readonly kubernetes: Readonly<Partial<Record<Distro, string>>>;
  /** It has a release page. */
  readonly page: boolean;
  /** Its page calls it a prerelease, whatever the version says; people set that by hand. */
  readonly prerelease?: boolean;
  /** Its notes say not to upgrade to it. Absent where they do not. */
  readonly retracted?: boolean;
  /** Its page called it a prerelease once and does so no more. */
  readonly promoted?: boolean;
  /** Live images of it. A release that has only a page so far is not out for anybody. */
  readonly images: number;
  /** Images whose digest changed after they were first announced. */
  readonly rebuilt: number;
  /** What its images are (core/combination.ts): the next release is measured by it. Absent in what an older Herald stored. */
  readonly combinations?: Builds;
  /** Milliseconds from its first image to its last; null where the registry does not tell when images were pushed. */
  readonly tookMs?: number | null;
}

/** A jump that looks like a major and is a renumbering; configured. kairos-init went from its own line, v0.17.3, to Kairos' v4.3.0. */
export interface Renumbering {
  readonly project: Project;
  readonly from: string;
  readonly to: string;
}

/** An outline with its version read. */
interface Known {
  readonly outline: ReleaseOutline;
  readonly version: Version;
}

type Compared = Extract<Reason, { kind: 'compared' }>;

/**
 * Classifies `release` among the `known` releases of its project (itself may be among them).
 *
 * Compared with the highest stable version below it that was out when it appeared: the one before it of its own minor
 * line, a backport's too, or the newest of the lines below. Releases that came later do not change the comparison, so a
 * stored classification can be made again. Each component is compared by itself, because they move at their own pace:
 * v4.1.2 is a patch of Kairos and a minor of Hadron. A first release is measured by its own numbers (x.0.0, x.y.0, x.y.z).
 * Re-pushed images are a reason and change no bump. What is no version (a branch) is not ordered: no bump, no reasons.
 */
export function classify(
  release: ReleaseOutline,
  known: readonly ReleaseOutline[],
  renumberings: readonly Renumbering[] = [],
): Classification {
  const version = parseVersion(release.version);
  if (version === null) return { bump: 'none', components: {}, previous: null, backport: false, latest: false, reasons: [] };

  const others = othersOf(release, version, known);
  const stable = others.filter(isStable);
  const out = stable.filter(({ outline }) => outline.publishedAt <= release.publishedAt);
  const previous = highest(out.filter((other) => compareVersions(other.version, version) < 0));
  const newest = highest(out.filter(({ outline }) => outline.publishedAt < release.publishedAt));
  const backport = newest !== null && compareVersions(newest.version, version) > 0;

  const renumbering =
    previous === null ? undefined : renumberings.find((jump) => crosses(jump, release.project, previous.version, version));
  const comparisons = previous === null ? [] : compareReleases(previous, { outline: release, version }, renumbering !== undefined);
  const components = previous === null ? { kairos: bumpOfFirst(version) } : bumpsOf(comparisons);
  const stands = isStable({ outline: release, version });
  const candidate = stands ? highest(others.filter((other) => isCandidateOf(other, release, version))) : null;

  const reasons: Reason[] = [...comparisons];
  if (previous === null) reasons.push({ kind: 'first-release' });
  else if (renumbering !== undefined) reasons.push({ kind: 'renumbered', from: previous.version.text, to: version.text });
  if (backport) reasons.push({ kind: 'backport', newest: newest.version.text });
  if (channelOf(version) !== 'stable') reasons.push({ kind: 'prerelease-of', version: finalOf(version) });
  else if (!stands) reasons.push({ kind: 'called-prerelease' });
  if (candidate !== null) reasons.push({ kind: 'promoted', from: candidate.version.text });
  else if (stands && release.promoted === true) reasons.push({ kind: 'promoted', from: null });
  if (release.rebuilt > 0) reasons.push({ kind: 'rebuilt', images: release.rebuilt });

  return {
    bump: largestBump(Object.values(components)),
    components,
    previous: previous?.version.text ?? null,
    backport,
    latest: stands && stable.every((other) => compareVersions(other.version, version) < 0),
    reasons,
  };
}

function othersOf(release: ReleaseOutline, version: Version, known: readonly ReleaseOutline[]): readonly Known[] {
  return known
    .filter((outline) => outline.project === release.project)
    .flatMap((outline) => {
      const other = versionOf(outline);
      return other === null || compareVersions(other, version) === 0 ? [] : [{ outline, version: other }];
    });
}

/** The first look at a project classifies every release among all the others: each version is read once, not once a pair. */
const versions = new WeakMap<ReleaseOutline, Version | null>();

function versionOf(outline: ReleaseOutline): Version | null {
  const read = versions.get(outline);
  if (read !== undefined) return read;
  const version = parseVersion(outline.version);
  versions.set(outline, version);
  return version;
}

/** A renumbering says nothing about how much changed; minor is told to everybody who hears of features. */
const RENUMBERED: Bump = 'minor';

/** What moved between two versions of a project, over however many releases. */
export function bumpOfStep(project: Project, from: Version, to: Version, renumberings: readonly Renumbering[]): Bump {
  return renumberings.some((jump) => crosses(jump, project, from, to)) ? RENUMBERED : bumpBetween(from, to);
}

/** One comparison a component both releases have; Kubernetes once a distribution. */
function compareReleases(from: Known, to: Known, renumbered: boolean): readonly Compared[] {
  const kairos: Compared = {
    kind: 'compared',
    component: 'kairos',
    from: from.version.text,
    to: to.version.text,
    bump: renumbered ? RENUMBERED : bumpBetween(from.version, to.version),
  };
  const base = compareComponent('base', from.outline.base, to.outline.base, parseVersion, bumpBetween);
  const kubernetes = (['k3s', 'k0s'] as const).flatMap((distro) =>
    compareComponent('kubernetes', from.outline.kubernetes[distro], to.outline.kubernetes[distro], parseKubernetesVersion, kubernetesBump),
  );
  return [kairos, ...base, ...kubernetes];
}

/** A component that one of the releases does not have, or whose version cannot be read, is not compared. */
function compareComponent<V extends { readonly text: string }>(
  component: Component,
  from: string | null | undefined,
  to: string | null | undefined,
  parse: (text: string) => V | null,
  bump: (from: V, to: V) => Bump,
): readonly Compared[] {
  const [older, newer] = [parse(from ?? ''), parse(to ?? '')];
  if (older === null || newer === null) return [];
  return [{ kind: 'compared', component, from: older.text, to: newer.text, bump: bump(older, newer) }];
}

export function bumpsOf(comparisons: readonly Compared[]): Partial<Record<Component, Bump>> {
  const bumps: Partial<Record<Component, Bump>> = {};
  for (const { component, bump } of comparisons) bumps[component] = largestBump([bump, bumps[component] ?? 'none']);
  return bumps;
}

function bumpOfFirst({ minor, patch }: Version): Bump {
  if (patch > 0) return 'patch';
  return minor > 0 ? 'minor' : 'major';
}

/** The jump lies between the two versions; prereleases of the first new number are beyond it already. */
function crosses(jump: Renumbering, project: Project, previous: Version, version: Version): boolean {
  const [from, to] = [parseVersion(jump.from), parseVersion(jump.to)];
  if (jump.project !== project || from === null || to === null) return false;
  return compareVersions(previous, from) <= 0 && compareVersions({ ...version, prerelease: null }, to) >= 0;
}

/** A prerelease of this very version that was out when the version appeared (often the same commit). */
function isCandidateOf(other: Known, release: ReleaseOutline, version: Version): boolean {
  return bumpBetween(other.version, version) === 'prerelease' && other.outline.publishedAt <= release.publishedAt;
}

function highest(releases: readonly Known[]): Known | null {
  return releases.reduce<Known | null>(
    (best, other) => (best === null || compareVersions(other.version, best.version) > 0 ? other : best),
    null,
  );
}

/** Neither the version nor the page says otherwise. */
function isStable({ outline, version }: Known): boolean {
  return channelOf(version) === 'stable' && outline.prerelease !== true;
}

function finalOf({ major, minor, patch }: Version): string {
  return `v${major}.${minor}.${patch}`;
}
