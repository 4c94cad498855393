/**
 * Versions: Kairos (and component) versions and Kubernetes versions, their parsing and their total order.
 * Source of the rules: DESIGN "Versions"; npm semver misorders `rc10`, `beta11` and `RC1`, so prereleases have an order of their own here.
 */

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

/** Parses a version with or without its leading v; null when it is none (a branch, a sha, a `git describe` text, a c3os-era tag like `v1.24.3-56`). */
export function parseVersion(_text: string): Version | null {
  throw new Error('pending');
}

/** Total order over versions: numbers, then alpha < beta < rc < final, then the prerelease number. Negative, zero or positive. Equal versions of different spelling (`-rc1`, `-RC1`) compare 0. */
export function compareVersions(_a: Version, _b: Version): number {
  throw new Error('pending');
}

/** The channel of a version. */
export function channelOf(version: Version): Channel {
  return version.prerelease === null ? 'stable' : version.prerelease.channel;
}

/** What moved from `from` to `to`: the first number that differs, `prerelease` when only the prerelease part does (an rc of the same numbers, or its final), `none` when equal. Direction is not its business. */
export function bumpBetween(_from: Version, _to: Version): Bump {
  throw new Error('pending');
}

/** Parses the real spelling `v1.36.4+k3s1` (leading v optional); null when it is none. */
export function parseKubernetesVersion(_text: string): KubernetesVersion | null {
  throw new Error('pending');
}

/** Total order over Kubernetes versions, build stamp included and numeric (`+k3s10` > `+k3s2`); no stamp is lowest. */
export function compareKubernetesVersions(_a: KubernetesVersion, _b: KubernetesVersion): number {
  throw new Error('pending');
}

/** What moved between Kubernetes versions; a stamp that differs alone is `rebuild`. */
export function kubernetesBump(_from: KubernetesVersion, _to: KubernetesVersion): Bump {
  throw new Error('pending');
}
