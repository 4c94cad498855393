/**
 * What lies beside an image to prove where it comes from: as it was fetched, and as it reads once its form and its cryptography were
 * checked. Who signed is a fact here; whether that is who should have signed is decided in trust.ts.
 */
import type { Inventory } from './sbom.ts';
import type { Instant } from './time.ts';

/** Why a piece of evidence proves nothing. Stable: stored, printed and documented in docs/verification.md. */
export type Fault =
  // Its form.
  | 'MALFORMED'
  | 'DUPLICATE_KEY'
  | 'TOO_DEEP'
  | 'TOO_LARGE'
  | 'TOO_MANY'
  | 'MEDIA_TYPE'
  | 'BUNDLE'
  | 'SIG_COUNT'
  | 'NO_CERTIFICATE'
  | 'NO_TLOG'
  // Its cryptography.
  | 'SIGNATURE_ERROR'
  | 'CERTIFICATE_ERROR'
  | 'TLOG'
  | 'TLOG_BODY_ERROR'
  | 'TLOG_INCLUSION_PROMISE_ERROR'
  | 'TLOG_INCLUSION_PROOF_ERROR'
  | 'TIMESTAMP_ERROR'
  // What it says.
  | 'PAYLOAD_TYPE'
  | 'STATEMENT'
  | 'PREDICATE_TYPE'
  | 'SUBJECT'
  // Who says it.
  | 'POLICY';

/** Where a piece of evidence was found. */
export interface PieceOrigin {
  /** Digest over everything the piece consists of: the same piece has the same id wherever and whenever it is found. */
  readonly id: string;
  /** For people: `sha256-ab12….sig, layer 1`. */
  readonly name: string;
  /** The digest it was found beside. What it speaks of is what it says itself. */
  readonly beside: string;
}

/** One piece of evidence as it was fetched; nothing in it is checked but that its bytes have the digest their descriptor says. */
export type EvidencePiece = PieceOrigin &
  (
    | {
        /** A layer of a cosign `.sig` tag: `bytes` are the simple-signing claim, everything else is in the annotations. */
        readonly kind: 'cosign-signature';
        readonly bytes: Uint8Array;
        readonly annotations: Readonly<Record<string, string>>;
      }
    | {
        /** A layer of a cosign `.att` tag: `bytes` are the DSSE envelope. */
        readonly kind: 'cosign-attestation';
        readonly bytes: Uint8Array;
        readonly annotations: Readonly<Record<string, string>>;
      }
    /** A Sigstore bundle, found through the referrers of the image. */
    | { readonly kind: 'bundle'; readonly bytes: Uint8Array }
  );

/** A statement that BuildKit put into the index beside the image: unsigned by itself, covered by a signature over the index. */
export interface IndexStatement {
  /** `sha256:…` of its bytes, as a layer of the attestation manifest names it. */
  readonly digest: string;
  /** The manifest of the index that its attestation manifest says it is about. */
  readonly about: string;
  readonly predicateType: string;
  /** Null when it is too large to be read. */
  readonly bytes: Uint8Array | null;
}

/** Evidence that is there and cannot be used. */
export interface BrokenEvidence extends PieceOrigin {
  readonly kind: 'broken';
  readonly fault: Fault;
  /** One sentence for people, without what the evidence itself says in it. */
  readonly message: string;
}

/**
 * Everything found beside one image, in a complete look: what could not be looked at is an error, never a gap. Beside the images of an index
 * is looked only when there is nothing beside the index itself that could be used.
 */
export interface CollectedEvidence {
  /** What the tag resolved to, the digest everything was asked for by. */
  readonly digest: string;
  readonly form: 'index' | 'image';
  /** The manifests of an index that hold an image, in its order; none for a single image. */
  readonly platforms: readonly string[];
  readonly pieces: readonly EvidencePiece[];
  readonly broken: readonly BrokenEvidence[];
  readonly statements: readonly IndexStatement[];
  /** An SBOM lies beside it as a tag of its own (`.sbom`), which nothing signs. Looked for only where the index holds none. */
  readonly attachedSbom: boolean;
  /** HTTP requests it took. */
  readonly requests: number;
}

/** The names a certificate was issued for, and the extensions of Fulcio (1.3.6.1.4.1.57264.1.N) by their N. */
export interface CertificateFacts {
  readonly names: readonly { readonly type: 'uri' | 'email' | 'other'; readonly value: string }[];
  readonly extensions: Readonly<Record<number, string>>;
}

export type SignerFacts = { readonly kind: 'certificate'; readonly certificate: CertificateFacts } | { readonly kind: 'key' };

/** An SBOM: what a verdict needs of it, and what is in it. */
export interface SbomDocument {
  readonly format: 'spdx' | 'cyclonedx' | 'unknown';
  /** `SPDX-2.3`, `1.6`; null where it does not say one that can be read. */
  readonly version: string | null;
  /** False for what Herald cannot summarise (tag-value, SPDX 3): shown, not read. */
  readonly supported: boolean;
  /** Over the document as it was attested: two that differ are two. */
  readonly digest: string;
  /** Null where it is not supported. Verdicts do not depend on it. */
  readonly inventory: Inventory | null;
}

/** What a signed piece says. */
export type Claim =
  /** "This is the image": a simple-signing claim, or the statement of cosign 3. */
  | { readonly kind: 'signature'; readonly subjects: readonly string[] }
  /** An in-toto statement about it. `sbom` is null for anything else. */
  | {
      readonly kind: 'attestation';
      readonly predicateType: string;
      readonly subjects: readonly string[];
      readonly sbom: SbomDocument | null;
    };

/** A piece whose form is right and whose signature, certificate and log entries hold; by whom and of what it is, is not judged yet. */
export interface SoundEvidence extends PieceOrigin {
  readonly kind: 'sound';
  /** `sha256:…` in lower case; what names no such digest names nothing. */
  readonly claim: Claim;
  readonly signer: SignerFacts;
  /** When it was signed, by the log or the timestamp authority. */
  readonly signedAt: Instant;
  /** Its place in the transparency log: `<log id in hex>:<index>`. */
  readonly logEntry: string | null;
}

/** An IndexStatement that was read. `subjects` as in a claim. */
export type CheckedStatement = Pick<IndexStatement, 'digest' | 'about' | 'predicateType'> &
  (
    | { readonly kind: 'read'; readonly subjects: readonly string[]; readonly sbom: SbomDocument | null }
    | { readonly kind: 'unreadable'; readonly fault: Fault; readonly message: string }
  );

/** All evidence of one image after its form and cryptography were checked: what trust.ts decides on. */
export interface CheckedEvidence extends Pick<CollectedEvidence, 'digest' | 'form' | 'platforms' | 'attachedSbom'> {
  readonly pieces: readonly (SoundEvidence | BrokenEvidence)[];
  readonly statements: readonly CheckedStatement[];
}
