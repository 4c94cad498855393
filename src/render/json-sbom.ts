/** SBOMs for programs: the stable shapes behind `--json`. Foreign text is passed on as it is; JSON escapes it. */
import { type Inventory, identityOf, licenceOf, type PackageIdentity, type Tool } from '../core/sbom.ts';
import type { HighlightChange, Incomparable, InventoryDiff, LicenceChange, PackageChange } from '../core/sbom-diff.ts';
import type { InventorySummary } from '../core/sbom-summary.ts';
import type { SbomState } from '../core/verdict.ts';
import type { SbomComparison, SbomSubject } from './sbom.ts';

export interface SbomJson extends Omit<InventorySummary, 'packages'> {
  readonly name: string;
  /** What vouches for it. */
  readonly sbom: SbomState;
  readonly count: number;
  readonly packages: readonly PackageJson[];
}

export interface PackageJson extends PackageIdentity {
  readonly versions: readonly string[];
  readonly licence: string | null;
  /** The source package, where it has another name. */
  readonly source: string | null;
}

export function sbomJson({ name, state, summary: { packages: count, ...summary } }: SbomSubject, inventory: Inventory): SbomJson {
  const packages = inventory.packages.map((row) => {
    const [key, versions, , source = null] = row;
    return { ...identityOf(key), versions, licence: licenceOf(inventory, row), source };
  });
  return { name, sbom: state, count, ...summary, packages };
}

interface SideJson {
  readonly name: string;
  readonly sbom: SbomState;
  readonly packages: number;
  readonly tools: readonly Tool[];
  readonly created: string | null;
}

/** `comparable` tells which of the two it is; without a comparison there are reasons and no lists. */
export type SbomDiffJson = { readonly from: SideJson; readonly to: SideJson } & (
  | {
      readonly comparable: true;
      readonly changed: readonly PackageChange[];
      readonly added: readonly PackageChange[];
      readonly removed: readonly PackageChange[];
      readonly unchanged: number;
      readonly licences: readonly LicenceChange[];
      readonly highlights: readonly HighlightChange[];
      readonly distro: { readonly from: string | null; readonly to: string | null } | null;
      readonly unreadable: { readonly from: number; readonly to: number };
    }
  | { readonly comparable: false; readonly reasons: readonly Incomparable[] }
);

export function sbomDiffJson({ from, to, diff }: SbomComparison): SbomDiffJson {
  return { from: sideJson(from), to: sideJson(to), ...differenceJson(diff) };
}

function sideJson({ name, state, summary: { packages, tools, created } }: SbomSubject): SideJson {
  return { name, sbom: state, packages, tools, created };
}

function differenceJson(diff: InventoryDiff) {
  if (diff.kind === 'suppressed') return { comparable: false, reasons: diff.reasons } as const;
  const { kind: _, ...lists } = diff;
  return { comparable: true, ...lists } as const;
}
