/**
 * What differs between two inventories. It says old → new and never up or down: which of two versions is newer each kind of package decides
 * in its own way. Where the two cannot be compared it says why, and nothing else: a difference of two scanners is none of two images.
 */
import type { Combination } from './combination.ts';
import {
  type Inventory,
  identityOf,
  inOrder,
  isSystemPackage,
  licenceOf,
  type PackageIdentity,
  type PackageRow,
  type SbomFormat,
} from './sbom.ts';
import { byRule, highlightOf, highlightsOf } from './sbom-highlights.ts';
import { printTools, schemeOf } from './sbom-tools.ts';

/** What an image is, as far as two SBOMs have to agree on it. */
export type SbomCoordinates = Pick<Combination, 'flavor' | 'variant' | 'arch' | 'model'>;

/** How much people want to see of it: highlights, then what the package manager installed, then modules of programs. */
export type Weight = 'highlight' | 'system' | 'other';

export interface PackageChange extends PackageIdentity {
  readonly weight: Weight;
  /** All versions there were and are; empty where the package was not there, or is there no more. A version that is not said is empty. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export interface LicenceChange extends PackageIdentity {
  readonly from: string;
  readonly to: string;
}

/** Of a highlight: the kernel of Debian has another package name in every version, and is one thing all the same. */
export interface HighlightChange {
  readonly name: string;
  /** Empty where there was, or is, none. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Why two inventories cannot be compared. */
export type Incomparable =
  | { readonly kind: 'coordinates'; readonly differ: readonly (keyof SbomCoordinates)[] }
  | { readonly kind: 'format'; readonly from: SbomFormat; readonly to: SbomFormat }
  /** Made by something that catalogues otherwise; null where an SBOM does not say by what. */
  | { readonly kind: 'generator'; readonly from: string | null; readonly to: string | null }
  /** Packages are missing of at least one because there are too many of them. */
  | { readonly kind: 'incomplete'; readonly from: number; readonly to: number };

export type InventoryDiff =
  | {
      readonly kind: 'compared';
      /** All lists: by weight, then by name. */
      readonly added: readonly PackageChange[];
      readonly removed: readonly PackageChange[];
      readonly changed: readonly PackageChange[];
      readonly unchanged: number;
      /** Of packages that are in both and say a licence in both. */
      readonly licences: readonly LicenceChange[];
      readonly highlights: readonly HighlightChange[];
      readonly distro: { readonly from: string | null; readonly to: string | null } | null;
      /** Entries of each that could not be read: a package that seems to have come or gone may be among them. */
      readonly unreadable: { readonly from: number; readonly to: number };
    }
  | { readonly kind: 'suppressed'; readonly reasons: readonly Incomparable[] };

/** `images` are null where nobody knows of which images they are, as with files: then that is not asked. */
export function diffInventories(
  from: Inventory,
  to: Inventory,
  images: { readonly from: SbomCoordinates | null; readonly to: SbomCoordinates | null },
): InventoryDiff {
  const reasons = incomparable(from, to, images);
  if (reasons.length > 0) return { kind: 'suppressed', reasons };
  const [before, after] = [rowsOf(from), rowsOf(to)];
  const added: PackageChange[] = [];
  const removed: PackageChange[] = [];
  const changed: PackageChange[] = [];
  const licences: LicenceChange[] = [];
  let unchanged = 0;
  for (const [key, row] of after) {
    const old = before.get(key);
    if (old === undefined) {
      added.push(change(key, [], row[1]));
      continue;
    }
    if (sameTexts(old[1], row[1])) unchanged += 1;
    else changed.push(change(key, old[1], row[1]));
    const [was, is] = [licenceOf(from, old), licenceOf(to, row)];
    if (was !== null && is !== null && was !== is) licences.push({ ...identityOf(key), from: was, to: is });
  }
  for (const [key, row] of before) if (!after.has(key)) removed.push(change(key, row[1], []));
  return {
    kind: 'compared',
    added: added.sort(byWeight),
    removed: removed.sort(byWeight),
    changed: changed.sort(byWeight),
    unchanged,
    licences,
    highlights: highlightChanges(from, to),
    distro: from.distro === to.distro ? null : { from: from.distro, to: to.distro },
    unreadable: { from: from.unreadable, to: to.unreadable },
  };
}

const COORDINATES = ['flavor', 'variant', 'arch', 'model'] as const;

function incomparable(from: Inventory, to: Inventory, images: Parameters<typeof diffInventories>[2]): readonly Incomparable[] {
  const [a, b] = [images.from, images.to];
  const differ = a === null || b === null ? [] : COORDINATES.filter((name) => a[name] !== b[name]);
  const reasons: readonly (Incomparable | false)[] = [
    differ.length > 0 && { kind: 'coordinates', differ },
    from.format !== to.format && { kind: 'format', from: from.format, to: to.format },
    schemeOf(from.tools) !== schemeOf(to.tools) && { kind: 'generator', from: printTools(from.tools), to: printTools(to.tools) },
    from.omitted + to.omitted > 0 && { kind: 'incomplete', from: from.omitted, to: to.omitted },
  ];
  return reasons.filter((reason) => reason !== false);
}

function rowsOf({ packages }: Inventory): ReadonlyMap<string, PackageRow> {
  return new Map(packages.map((row) => [row[0], row]));
}

function change(key: string, from: readonly string[], to: readonly string[]): PackageChange {
  const identity = identityOf(key);
  return { ...identity, weight: weightOf(identity), from, to };
}

function weightOf(identity: PackageIdentity): Weight {
  if (highlightOf(identity) !== null) return 'highlight';
  return isSystemPackage(identity) ? 'system' : 'other';
}

const WEIGHTS: readonly Weight[] = ['highlight', 'system', 'other'];

function byWeight(a: PackageChange, b: PackageChange): number {
  const weight = WEIGHTS.indexOf(a.weight) - WEIGHTS.indexOf(b.weight);
  return weight || inOrder(a.name, b.name) || inOrder(a.namespace, b.namespace) || inOrder(a.arch, b.arch) || inOrder(a.type, b.type);
}

/** Both are in order. */
function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

function highlightChanges(from: Inventory, to: Inventory): readonly HighlightChange[] {
  const [before, after] = [highlightsOf(from), highlightsOf(to)];
  const versions = (list: typeof before, name: string): readonly string[] => list.find((each) => each.name === name)?.versions ?? [];
  const names = new Set([...after, ...before].map(({ name }) => name));
  return [...names]
    .map((name) => ({ name, from: versions(before, name), to: versions(after, name) }))
    .filter((each) => !sameTexts(each.from, each.to))
    .sort(byRule);
}
