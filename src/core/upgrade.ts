/** Which images a running one may be upgraded to (DESIGN "Upgrade candidates"), and how two images relate. */
import type { Artifact } from './image.ts';
import type { Component } from './release.ts';
import type { Bump } from './version.ts';

export type Track = 'os' | 'kubernetes' | 'both';

/** The coordinates an upgrade never crosses. */
export type Coordinate = 'flavor' | 'variant' | 'arch' | 'model' | 'boot-mode' | 'image-form' | 'kubernetes-distro' | 'registry';

export type Warning =
  | { readonly kind: 'kubernetes-step'; readonly from: string; readonly to: string }
  | { readonly kind: 'kubernetes-skips-minor'; readonly from: string; readonly to: string }
  | { readonly kind: 'downgrade'; readonly component: Component; readonly from: string; readonly to: string }
  | { readonly kind: 'os-change'; readonly from: string; readonly to: string }
  | { readonly kind: 'stepping-stone'; readonly towards: string }
  | { readonly kind: 'prerelease' }
  | { readonly kind: 'kubernetes-unknown' }
  | { readonly kind: 'unordered'; readonly reason: string };

export interface ComponentChange {
  readonly component: Component;
  readonly from: string | null;
  readonly to: string | null;
  readonly bump: Bump;
}

export interface Comparison {
  readonly relation: 'upgrade' | 'downgrade' | 'same' | 'incompatible';
  readonly bump: Bump;
  readonly components: readonly ComponentChange[];
  readonly crosses: readonly Coordinate[];
  readonly warnings: readonly Warning[];
}

export interface Offer {
  readonly artifact: Artifact;
  readonly bump: Bump;
  readonly components: readonly ComponentChange[];
  readonly recommended: boolean;
  readonly warnings: readonly Warning[];
}

export interface Candidates {
  readonly running: Artifact;
  readonly offers: readonly Offer[];
  /** The same image of a newer flavor release (ubuntu 22.04 to 24.04): an OS change a person decides on. */
  readonly osChanges: readonly Offer[];
  /** Why there are no offers, for people; null when there are some. */
  readonly reason: string | null;
}

/** How two images relate, and what an upgrade between them would cross. */
export function compareArtifacts(_from: Artifact, _to: Artifact): Comparison {
  throw new Error('pending');
}

/**
 * Upgrade offers for a running image among the known artifacts: never across coordinates, never a downgrade of any
 * component, never over a Kubernetes minor. The first offer is the recommended one.
 */
export function candidates(
  _running: Artifact,
  _known: readonly Artifact[],
  _options?: { readonly track?: Track; readonly prereleases?: boolean },
): Candidates {
  throw new Error('pending');
}
