/** One piece of evidence about one artifact, asked for by hand: `herald verify-bundle`. */
import type { KeyObject } from 'node:crypto';
import { HeraldError } from '../../core/errors.ts';
import type { Fault } from '../../core/evidence.ts';
import { frameLimits } from './bundle.ts';
import { faultOf, LIMITS } from './check.ts';
import { Unsound } from './faults.ts';
import type { Artifact } from './file-signature.ts';
import { type CosignLayer, hasSignature } from './legacy.ts';
import { type Layout, readPiece, type Sound } from './piece.ts';
import { parseJsonBytes } from './strict-json.ts';
import { readTrustRoot } from './trust-root.ts';

/** A bundle, or a layer of a cosign tag of either kind. */
export type SingleEvidence = { readonly kind: 'bundle'; readonly bytes: Uint8Array } | ({ readonly kind: 'layer' } & CosignLayer);

export interface SingleQuestion {
  readonly evidence: SingleEvidence;
  readonly artifact: Artifact;
  readonly trustRoot: Uint8Array;
  /** Whose signature it has to be; null when it has to be one by a certificate. */
  readonly key: KeyObject | null;
}

export type SingleAnswer =
  /** It holds and is about the artifact; by whom it is remains to be judged. */
  | ({ readonly kind: 'sound' } & Sound)
  | { readonly kind: 'broken'; readonly fault: Fault; readonly message: string }
  /** There is no signature in it. */
  | { readonly kind: 'unsigned' };

/** Throws HeraldError TRUST_ROOT, and INVALID_QUERY where the digest of a file is not enough. */
export function checkSingle({ evidence, artifact, trustRoot, key }: SingleQuestion): SingleAnswer {
  const trust = readTrustRoot(trustRoot).material;
  try {
    const layout = layoutOf(evidence);
    if (layout === null) return { kind: 'unsigned' };
    const sound = readPiece(layout, { trust, limits: LIMITS, artifact, ...(key === null ? {} : { key }) });
    if (!sound.claim.subjects.includes(`sha256:${artifact.sha256}`)) throw new Unsound('SUBJECT');
    return { kind: 'sound', ...sound };
  } catch (error) {
    if (error instanceof HeraldError) throw error;
    return { kind: 'broken', ...faultOf(error) };
  }
}

/** Which tag a layer is of shows in it: an envelope carries its signature itself, a claim has it beside itself, or has none. */
function layoutOf(evidence: SingleEvidence): Layout | null {
  if (evidence.kind === 'bundle') return evidence;
  const { bytes, annotations } = evidence;
  if (hasSignature(evidence)) return { kind: 'cosign-signature', bytes, annotations };
  const { value } = parseJsonBytes(bytes, frameLimits(LIMITS));
  const isClaim = typeof value === 'object' && value !== null && 'critical' in value;
  return isClaim ? null : { kind: 'cosign-attestation', bytes, annotations };
}
