/** Patch, minor or major: of each component and overall, with the reasons as data. */
import type { Classification, Project } from './release.ts';
import type { Instant } from './time.ts';
import type { Distro } from './version.ts';

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
  /** Images whose digest changed after they were first announced. */
  readonly rebuilt: number;
}

/** Jumps that look like a major but are a renumbering: kairos-init went from its own line v0.17.3 to Kairos' v4.3.0. */
export interface Renumbering {
  readonly project: Project;
  readonly from: string;
  readonly to: string;
}

/**
 * Classifies `release` among the `known` releases of its project (itself may be among them).
 * Compared with the newest stable release of the same minor line before it, else with the newest stable below it.
 */
export function classify(
  _release: ReleaseOutline,
  _known: readonly ReleaseOutline[],
  _renumberings?: readonly Renumbering[],
): Classification {
  throw new Error('pending');
}
