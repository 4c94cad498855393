/** What is new inside a release, as its facts hold it: plain data. Read by release-notes.ts and package-news.ts. */
import type { Notes } from './notes-model.ts';
import type { HighlightChange, Incomparable, PackageChange } from './sbom-diff.ts';
import type { SbomState } from './verdict.ts';

/** What a release's page says. */
export interface ReleaseNotes {
  readonly version: string;
  readonly notes: Notes;
}

/** What is different between the packages of an image and of its kind in the release before. */
export interface PackageNews {
  /** `hadron standard amd64 generic k3s`. */
  readonly combination: string;
  /** References of what was compared. */
  readonly from: string;
  readonly to: string;
  /** What vouches for the two SBOMs: it stands beside every figure. */
  readonly sbom: { readonly from: SbomState; readonly to: SbomState };
  readonly difference: BriefDifference;
}

/** A difference of inventories in figures and the most important of its packages. */
export type BriefDifference =
  | {
      readonly kind: 'compared';
      readonly added: number;
      readonly removed: number;
      readonly changed: number;
      readonly unchanged: number;
      readonly highlights: readonly HighlightChange[];
      /** The first of the changed packages, the important ones first. */
      readonly first: readonly PackageChange[];
    }
  | { readonly kind: 'suppressed'; readonly reasons: readonly Incomparable[] };
