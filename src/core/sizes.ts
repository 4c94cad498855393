/** What an upgrade costs to pull: the compressed sizes of two releases' images. */
import { combinationOf, printCombination } from './combination.ts';
import { artifactOf, type PublishedImage } from './release.ts';

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

/** Of the combinations that both have, in the order of their names. One comes with several Kubernetes versions: its largest image counts. */
export function sizesBetween(from: readonly PublishedImage[], to: readonly PublishedImage[]): readonly SizeDelta[] {
  const [before, after] = [sizesOf(from), sizesOf(to)];
  const both = [...after.keys()].filter((combination) => before.has(combination)).sort();
  return both.map((combination) => ({ combination, from: before.get(combination) ?? null, to: after.get(combination) ?? null }));
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

/** Null where no size is known of both. */
export function totalOf(sizes: readonly SizeDelta[]): TotalSize | null {
  const known = sizes.flatMap(({ from, to }) => (from === null || to === null ? [] : [{ from, to }]));
  if (known.length === 0) return null;
  const sum = (side: 'from' | 'to') => known.reduce((total, size) => total + size[side], 0);
  return { from: sum('from'), to: sum('to'), combinations: known.length };
}
