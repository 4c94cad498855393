/** What is said of an image after its evidence was judged: plain data, stored and rendered. The judging is in trust.ts. */
import type { ErrorCode, Failure } from './errors.ts';
import type { Fault } from './evidence.ts';
import type { Instant } from './time.ts';

/** `unknown`: could not be checked, or nobody said who should have signed. Never shown as `unsigned`, and `unsigned` never as `verified`. */
export type VerdictState = 'verified' | 'rejected' | 'unsigned' | 'unknown';

/**
 * `attested`: a signed attestation over this image; `in-signed-index`: unsigned by itself, inside an index that is signed;
 * `unsigned`: there is one and nothing vouches for it; `none`: there is none.
 */
export type SbomState = 'attested' | 'in-signed-index' | 'unsigned' | 'none' | 'unknown';

/** Who signed, in the words of the certificate. */
export interface Signer {
  /** The subject alternative name. */
  readonly identity: string;
  readonly issuer: string;
  /** `https://github.com/kairos-io/kairos` and `refs/tags/v4.3.0`; null where the certificate does not say. */
  readonly repository: string | null;
  readonly ref: string | null;
  /** The commit it was built from. */
  readonly commit: string | null;
  /** The workflow run, where it is an address at the issuer's own host. */
  readonly runUrl: string | null;
  readonly signedAt: Instant;
}

/** What a reader should know of an image that is verified all the same. */
export type Caution =
  /** Built by a commit of the factory that is not on the list, for the right repository and ref. */
  | { readonly kind: 'unknown-builder'; readonly builder: string }
  /** Further evidence beside the accepted one proves nothing. */
  | { readonly kind: 'other-evidence'; readonly name: string; readonly fault: Fault; readonly message: string }
  /** Two attested SBOMs of the same image differ. */
  | { readonly kind: 'conflicting-sboms'; readonly signedAt: readonly Instant[] }
  /** The SBOM beside the image names another one. */
  | { readonly kind: 'sbom-of-another'; readonly digest: string }
  /** The SBOM could not be read: too large, or broken. */
  | { readonly kind: 'sbom-unreadable'; readonly fault: Fault }
  /** Evidence that was here at an earlier look is here no more. */
  | { readonly kind: 'evidence-gone'; readonly logEntry: string | null; readonly signedAt: Instant }
  /** It is there, in a format Herald does not summarise. */
  | { readonly kind: 'sbom-unsupported'; readonly format: string };

/** A piece of evidence that proves nothing, and why. */
export interface Refusal {
  readonly name: string;
  readonly fault: Fault;
  readonly message: string;
}

/** What was there at a look, so that a later one can tell that it is gone. */
export interface EvidenceMark {
  readonly id: string;
  readonly logEntry: string | null;
  readonly signedAt: Instant;
}

export interface Verdict {
  readonly state: VerdictState;
  /** What was checked. */
  readonly digest: string;
  /** What the accepted evidence speaks of: the digest the tag resolves to, or the image inside its index; null without any. */
  readonly over: 'index' | 'image' | 'platform' | null;
  readonly sbom: SbomState;
  /** The document that `sbom` is said of (SbomDocument.digest); null when there is none that was read. */
  readonly sbomDigest: string | null;
  readonly signer: Signer | null;
  /** How many pieces of accepted evidence there are; of several the newest is shown. */
  readonly accepted: number;
  /** The rule of the identity policy that it meets; null when it meets none. */
  readonly rule: string | null;
  readonly cautions: readonly Caution[];
  /** Evidence that was refused: why the image is `rejected`. */
  readonly refusals: readonly Refusal[];
  /** Why it is `unknown`. `no-policy`: it is signed, and nobody said by whom it should be. */
  readonly unknown: { readonly kind: 'failed'; readonly failure: Failure } | { readonly kind: 'no-policy' } | null;
  /** Sound evidence over this image, accepted or not. */
  readonly marks: readonly EvidenceMark[];
}

/**
 * What of a verdict a release's facts hold: nothing that changes from look to look when the image does not, because each change of the
 * facts edits messages.
 */
export interface ImageVerdict extends Pick<Verdict, 'state' | 'over' | 'sbom' | 'signer' | 'rule' | 'cautions' | 'refusals'> {
  /** Why it is `unknown`: the code of the failure, or that nobody said who should have signed. */
  readonly unknown: ErrorCode | 'no-policy' | null;
}

/** The part of a verdict that is told. */
export function imageVerdict({ state, over, sbom, signer, rule, cautions, refusals, unknown }: Verdict): ImageVerdict {
  const why = unknown === null ? null : unknown.kind === 'failed' ? unknown.failure.code : unknown.kind;
  return { state, over, sbom, signer, rule, cautions, refusals, unknown: why };
}
