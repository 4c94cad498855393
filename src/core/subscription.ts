/** Who wants to hear what, where and when; and the words people say it with. */
import type { Cadence } from './cadence.ts';
import type { Arch, Artifact, Variant } from './image.ts';
import type { ReleaseFacts } from './release.ts';
import type { Distro } from './version.ts';

export type Destination =
  | { readonly kind: 'console' }
  | { readonly kind: 'slack'; readonly channel: string }
  | { readonly kind: 'github'; readonly repository: string };

/** What a subscription is interested in. A list that is empty, or a null, means "any". */
export interface Filter {
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

/** The filter nobody has narrowed: stable OS images of any flavor, patch or larger; no trusted boot, no raw images. */
export const ANY: Filter = {
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

export type Bypass = 'security' | 'major';

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
  }
}

/** Whether one image passes the filter's artifact part (everything but level and prereleases). */
export function matchesArtifact(_filter: Filter, _artifact: Artifact): boolean {
  throw new Error('pending');
}

/**
 * What of a release concerns this filter: the artifacts that pass, or null when the release is not news for it
 * (level below, a prerelease not asked for, no artifact passes).
 */
export function viewFor(_filter: Filter, _facts: ReleaseFacts): ReleaseFacts | null {
  throw new Error('pending');
}

/** Filter words to a filter: `rocky standard arm64 rpi4 k3s 1.35 level:minor pre:yes uki:only`. Throws HeraldError INVALID_FILTER naming the word and the nearest known one. */
export function parseFilter(_words: string): Filter {
  throw new Error('pending');
}

/** The filter as canonical words; parseFilter(printFilter(f)) equals f. */
export function printFilter(_filter: Filter): string {
  throw new Error('pending');
}
