/** What an upgrade costs to pull and which components move: two releases, or two images, in figures. */
import { combinationOf, printCombination } from './combination.ts';
import { compareArtifacts, versionText } from './comparison.ts';
import type { Artifact } from './image.ts';
import { type PartChange, partChanges } from './parts.ts';
import { artifactOf, type Project, type PublishedImage, type ReleaseFacts } from './release.ts';
import { diffReleases, type VersionChange } from './release-diff.ts';
import { distroOf } from './version.ts';

/** Compressed bytes of one combination; null where the registry does not tell. */
export interface SizeDelta {
  readonly combination: string;
  readonly from: number | null;
  readonly to: number | null;
}

/** All combinations together whose size is known before and after. */
export interface TotalSize {
  readonly from: number;
  readonly to: number;
  readonly combinations: number;
}

/** Something inside with a version before and after; null where it is not there, or nobody wrote it down. */
export type ComponentDelta = PartChange;

export interface Deltas {
  readonly from: string;
  readonly to: string;
  /** Combinations that both have, in the order of their names. */
  readonly sizes: readonly SizeDelta[];
  /** Null where no size is known of both. */
  readonly total: TotalSize | null;
  /** Kairos itself, the base and Kubernetes under the names they have there: `kairos`, `base`, `k3s`, `k0s`. */
  readonly versions: readonly VersionChange[];
  readonly components: readonly ComponentDelta[];
}

/**
 * Two releases of one project, each as its reader sees it. A combination comes with several Kubernetes versions: its largest image counts.
 * `inside`: what an SBOM says besides (kernel, openssl); where it names a component that is recorded, the SBOM is believed.
 */
export function releaseDeltas(from: ReleaseFacts, to: ReleaseFacts, inside: readonly ComponentDelta[] = []): Deltas {
  const { versions, parts } = diffReleases(from, to);
  const [before, after] = [sizesOf(from.images), sizesOf(to.images)];
  const both = [...after.keys()].filter((combination) => before.has(combination)).sort();
  const sizes = both.map((combination) => ({ combination, from: before.get(combination) ?? null, to: after.get(combination) ?? null }));
  return { from: from.version, to: to.version, sizes, total: totalOf(sizes), versions, components: joined(parts, inside) };
}

/** Two images; null where one carries no OS. `project`: whose they are, because only Kairos' own are made of Kairos' components. */
export function imageDeltas(
  project: Project,
  from: PublishedImage,
  to: PublishedImage,
  inside: readonly ComponentDelta[] = [],
): Deltas | null {
  const [older, newer] = [artifactOf(from), artifactOf(to)];
  if (older === null || newer === null) return null;
  const [before, after] = [versionText(older), versionText(newer)];
  const sizes = [{ combination: printCombination(combinationOf(newer)), from: from.size, to: to.size }];
  const parts = project === 'kairos' ? partChanges(before, after) : [];
  return {
    from: before,
    to: after,
    sizes,
    total: totalOf(sizes),
    versions: versionsBetween(older, newer),
    components: joined(parts, inside),
  };
}

/** The largest size of each combination's live images. One that is not told could be the largest, so it makes the size unknown. */
function sizesOf(images: readonly PublishedImage[]): ReadonlyMap<string, number | null> {
  const sizes = new Map<string, number | null>();
  for (const image of images) {
    const artifact = artifactOf(image);
    if (artifact === null || image.removedAt !== null) continue;
    const name = printCombination(combinationOf(artifact));
    const known = sizes.has(name) ? (sizes.get(name) ?? null) : 0;
    sizes.set(name, known === null || image.size === null ? null : Math.max(known, image.size));
  }
  return sizes;
}

function totalOf(sizes: readonly SizeDelta[]): TotalSize | null {
  const known = sizes.flatMap(({ from, to }) => (from === null || to === null ? [] : [{ from, to }]));
  if (known.length === 0) return null;
  const sum = (side: 'from' | 'to') => known.reduce((total, size) => total + size[side], 0);
  return { from: sum('from'), to: sum('to'), combinations: known.length };
}

function versionsBetween(from: Artifact, to: Artifact): readonly VersionChange[] {
  return compareArtifacts(from, to).components.flatMap(({ component, from: before, to: after, bump }): readonly VersionChange[] => {
    const name = component === 'kubernetes' ? (distroOf(after ?? before ?? '') ?? to.kubernetes?.distro ?? null) : component;
    if (name === null || (before === null && after === null)) return [];
    return [{ name, from: before, to: after, bump: before === null || after === null ? null : bump }];
  });
}

function joined(parts: readonly ComponentDelta[], inside: readonly ComponentDelta[]): readonly ComponentDelta[] {
  const told = new Set(inside.map(({ name }) => name));
  return [...parts.filter(({ name }) => !told.has(name)), ...inside];
}
