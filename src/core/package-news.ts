/**
 * What moved inside the images of a release since the one before, from their SBOMs: one comparison a combination, because an rpi4 image
 * and an amd64 one have other packages. Small: what is told of it, not the inventories.
 */
import { combinationOf, printCombination } from './combination.ts';
import type { Artifact } from './image.ts';
import type { PackageNews } from './news.ts';
import { artifactOf, type PublishedImage } from './release.ts';
import type { Inventory } from './sbom.ts';
import { diffInventories } from './sbom-diff.ts';
import { isAlarming } from './signature-alert.ts';
import { compareKubernetesVersions } from './version.ts';

/** Two images of one combination, of a release and of the one before. */
export interface ImagePair {
  readonly combination: string;
  readonly from: PublishedImage;
  readonly to: PublishedImage;
}

/** How many combinations are compared, and how many packages are named of each. */
const MAX_PAIRS = 8;
const MAX_NAMED = 8;

/**
 * Of each combination that both releases have, the images with the newest Kubernetes; trusted boot and raw disks have no SBOM of their own to
 * tell of. What a stranger put in place of an image is no part of the release: nothing is told of its inside.
 */
export function imagePairs(before: readonly PublishedImage[], now: readonly PublishedImage[]): readonly ImagePair[] {
  const older = newestOfEach(before);
  return [...newestOfEach(now)]
    .flatMap(([combination, to]) => {
      const from = older.get(combination);
      return from === undefined ? [] : [{ combination, from, to }];
    })
    .slice(0, MAX_PAIRS);
}

function newestOfEach(images: readonly PublishedImage[]): ReadonlyMap<string, PublishedImage> {
  const newest = new Map<string, { image: PublishedImage; artifact: Artifact }>();
  for (const image of images) {
    const artifact = artifactOf(image);
    if (artifact === null || image.removedAt !== null || isAlarming(image) || artifact.kind === 'raw-image' || artifact.uki) continue;
    const name = printCombination(combinationOf(artifact));
    const best = newest.get(name);
    if (best === undefined || isNewer(artifact, best.artifact)) newest.set(name, { image, artifact });
  }
  return new Map([...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { image }]) => [name, image]));
}

function isNewer(a: Artifact, b: Artifact): boolean {
  const [left, right] = [a.kubernetes?.version ?? null, b.kubernetes?.version ?? null];
  return left !== null && right !== null && compareKubernetesVersions(left, right) > 0;
}

/** The news of a pair, from the inventories of both. */
export function packageNews({ combination, from, to }: ImagePair, before: Inventory, now: Inventory): PackageNews {
  const [older, newer] = [artifactOf(from), artifactOf(to)];
  const diff = diffInventories(before, now, { from: older, to: newer });
  return {
    combination,
    from: from.reference,
    to: to.reference,
    sbom: { from: from.verdict?.sbom ?? 'unknown', to: to.verdict?.sbom ?? 'unknown' },
    difference:
      diff.kind === 'suppressed'
        ? diff
        : {
            kind: 'compared',
            added: diff.added.length,
            removed: diff.removed.length,
            changed: diff.changed.length,
            unchanged: diff.unchanged,
            highlights: diff.highlights,
            first: diff.changed.slice(0, MAX_NAMED),
          },
  };
}
