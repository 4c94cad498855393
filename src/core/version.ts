/**
 * Versions: Kairos (and component) versions and Kubernetes versions, their parsing and their total order.
 * The `semver` package reads the numbers; the order of prereleases is ours, because SemVer puts `beta11` before `beta2`
 * and `RC1` before `alpha1`, and the git tags of kairos-io spell `rc1`, `RC1`, `beta4`, `beta11` and `beta.1`.
 */
import { parse as parseSemver } from 'semver';

/** How finished a version is. `dev` is anything built from a branch or a commit. */
export type Channel = 'stable' | 'rc' | 'beta' | 'alpha' | 'dev';

/** A published version, `v4.3.0`, `v4.0.0-RC1`, `v0.2.0-beta.1`. */
export interface Version {
  /** As published, with the leading v. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly prerelease: { readonly channel: 'alpha' | 'beta' | 'rc'; readonly number: number } | null;
}

export type Distro = 'k3s' | 'k0s';

/** A Kubernetes version with its distribution's build stamp, `v1.36.4+k3s1`, `v1.34.8+k0s.0`. */
export interface KubernetesVersion {
  /** The real spelling, with `+` where the stamp begins. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** `-rc2` of `v1.32.1-rc2+k3s1`; null for a final one. */
  readonly rc: number | null;
  /** The number of the build stamp: 1 of `+k3s1`, 0 of `+k0s.0`; null where the tag has none. */
  readonly build: number | null;
}

/** What moved between two versions. `rebuild`: same version, other bytes. */
export type Bump = 'major' | 'minor' | 'patch' | 'prerelease' | 'rebuild' | 'none';

type Prerelease = NonNullable<Version['prerelease']>;

const RANK = { alpha: 0, beta: 1, rc: 2 } as const satisfies Record<Prerelease['channel'], number>;
const FINAL_RANK = 3;

/** First and last characters a version may have; semver itself would trim blanks around it. */
const EDGES = /^v?\d[^\s]*$/;
const PRERELEASE = /^(alpha|beta|rc)\.?(0|[1-9]\d{0,8})$/i;
const KUBERNETES =
  /^v?(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-rc\.?(0|[1-9]\d{0,8}))?(?:\+(?:k3s|k0s\.)(0|[1-9]\d{0,8}))?$/;

/**
 * The project was called c3os from July 2021 to July 2022 and tagged itself with Kubernetes versions: 111 git tags from
 * `v1.20.4` to `v1.24.3-56`. Most end in a build number and fail on form, but `v1.20.4`, `v1.21.4` and `v1.22.2` do not,
 * and would outrank v1.0.0 … v1.6.0. Kairos itself never had these minors: line 1 ended with v1.6.
 */
function isC3osTag(major: number, minor: number): boolean {
  return major === 1 && minor >= 20 && minor <= 24;
}

/** Parses a version with or without its leading v; null when it is none (a branch, a sha, a `git describe` text, a c3os-era tag like `v1.24.3-56`). */
export function parseVersion(text: string): Version | null {
  const read = EDGES.test(text) ? parseSemver(text) : null;
  if (read === null || read.build.length > 0 || isC3osTag(read.major, read.minor)) return null;
  const prerelease = read.prerelease.length === 0 ? null : parsePrerelease(read.prerelease.join('.'));
  if (prerelease === undefined) return null;
  return {
    text: text.startsWith('v') ? text : `v${text}`,
    major: read.major,
    minor: read.minor,
    patch: read.patch,
    prerelease,
  };
}

/** Undefined for what SemVer calls a prerelease and Kairos does not: `-1`, `-kcrypt-fix`, `-rc5-rc4`, `-96-g83cf366`. */
function parsePrerelease(text: string): Prerelease | undefined {
  const match = PRERELEASE.exec(text);
  if (match === null) return undefined;
  const channel = match[1]?.toLowerCase();
  if (channel !== 'alpha' && channel !== 'beta' && channel !== 'rc') return undefined;
  return { channel, number: Number(match[2]) };
}

interface Numbers {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

function compareNumbers(a: Numbers, b: Numbers): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** The most significant number that differs, null when all three are equal. */
function numbersBump(a: Numbers, b: Numbers): 'major' | 'minor' | 'patch' | null {
  if (a.major !== b.major) return 'major';
  if (a.minor !== b.minor) return 'minor';
  return a.patch === b.patch ? null : 'patch';
}

/** Total order over versions: numbers, then alpha < beta < rc < final, then the prerelease number. Negative, zero or positive. Equal versions of different spelling (`-rc1`, `-RC1`) compare 0. */
export function compareVersions(a: Version, b: Version): number {
  return compareNumbers(a, b) || comparePrereleases(a.prerelease, b.prerelease);
}

function comparePrereleases(a: Prerelease | null, b: Prerelease | null): number {
  const rank = (a === null ? FINAL_RANK : RANK[a.channel]) - (b === null ? FINAL_RANK : RANK[b.channel]);
  return rank || (a?.number ?? 0) - (b?.number ?? 0);
}

/** The channel of a version. */
export function channelOf(version: Version): Channel {
  return version.prerelease === null ? 'stable' : version.prerelease.channel;
}

/** What moved from `from` to `to`: the first number that differs, `prerelease` when only the prerelease part does (an rc of the same numbers, or its final), `none` when equal. Direction is not its business. */
export function bumpBetween(from: Version, to: Version): Bump {
  return numbersBump(from, to) ?? (comparePrereleases(from.prerelease, to.prerelease) === 0 ? 'none' : 'prerelease');
}

/** Parses the real spelling `v1.36.4+k3s1` (leading v optional); null when it is none. */
export function parseKubernetesVersion(text: string): KubernetesVersion | null {
  const match = KUBERNETES.exec(text);
  if (match === null) return null;
  const [, major, minor, patch, rc, build] = match;
  return {
    text: text.startsWith('v') ? text : `v${text}`,
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    rc: rc === undefined ? null : Number(rc),
    build: build === undefined ? null : Number(build),
  };
}

/** The distribution a Kubernetes version was built for, by its stamp; null where it has none (arm64 images of v3.3.1 to v3.3.6). */
export function distroOf(version: string): Distro | null {
  const [, distro] = /\+(k3s|k0s)/.exec(version) ?? [];
  return distro === 'k3s' || distro === 'k0s' ? distro : null;
}

/** Total order over Kubernetes versions, build stamp included and numeric (`+k3s10` > `+k3s2`); no stamp is lowest. */
export function compareKubernetesVersions(a: KubernetesVersion, b: KubernetesVersion): number {
  return compareNumbers(a, b) || compareCandidates(a.rc, b.rc) || (a.build ?? -1) - (b.build ?? -1);
}

/** A final version (null) is above all its release candidates. */
function compareCandidates(a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  return b === null ? -1 : a - b;
}

/** What moved between Kubernetes versions; a stamp that differs alone is `rebuild`. */
export function kubernetesBump(from: KubernetesVersion, to: KubernetesVersion): Bump {
  const numbers = numbersBump(from, to);
  if (numbers !== null) return numbers;
  if (from.rc !== to.rc) return 'prerelease';
  return from.build === to.build ? 'none' : 'rebuild';
}
