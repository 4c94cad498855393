/** One piece of evidence, whatever its layout: form, then cryptography, then what it says. Nothing is read into a claim that nobody signed. */
import type { KeyObject } from 'node:crypto';
import type { TrustMaterial } from '@sigstore/verify';
import { unreachable } from '../../core/errors.ts';
import type { Claim } from '../../core/evidence.ts';
import { type BundleLimits, readBundle } from './bundle.ts';
import { simpleSigningClaim, statementClaim } from './claim.ts';
import { Unsound } from './faults.ts';
import { type Artifact, verifyFileSignature } from './file-signature.ts';
import { isIntoto001, verifyIntoto001 } from './intoto001.ts';
import { attestationBundle, type CosignLayer, checkEnvelopeHash, signatureBundle } from './legacy.ts';
import { type Verified, verifyBundle } from './verify.ts';

export type Layout =
  | ({ readonly kind: 'cosign-signature' | 'cosign-attestation' } & CosignLayer)
  | { readonly kind: 'bundle'; readonly bytes: Uint8Array };

/** What a piece is held against. */
export interface Reading {
  readonly trust: TrustMaterial;
  readonly limits: BundleLimits;
  /** Whose signature it has to be; without one a certificate has to be there. */
  readonly key?: KeyObject;
  /** The file that a bundle may sign; without one it has to state something. */
  readonly artifact?: Artifact;
}

export type Sound = Verified & { readonly claim: Claim };

/** Throws Unsound with the first fault that is met. */
export function readPiece(piece: Layout, reading: Reading): Sound {
  switch (piece.kind) {
    case 'cosign-signature':
      return readSignature(piece, reading);
    case 'cosign-attestation':
      return readAttestation(piece, reading);
    case 'bundle':
      return readAnyBundle(piece.bytes, reading);
    default:
      return unreachable(piece);
  }
}

function readSignature(layer: CosignLayer, { trust, limits, key }: Reading): Sound {
  const bundle = signatureBundle(layer, limits, key !== undefined);
  const verified = verifyBundle(bundle, trust, { ...(key && { key }), artifact: Buffer.from(layer.bytes) });
  return { ...verified, claim: simpleSigningClaim(layer.bytes, limits) };
}

function readAttestation(layer: CosignLayer, { trust, limits, key }: Reading): Sound {
  const bundle = attestationBundle(layer, limits, key !== undefined);
  const verified = isIntoto001(bundle) ? verifyIntoto001(bundle, layer.bytes, trust) : verifyBundle(bundle, trust, { ...(key && { key }) });
  checkEnvelopeHash(bundle, layer.bytes);
  return { ...verified, claim: statementClaim(bundle, limits) };
}

function readAnyBundle(bytes: Uint8Array, { trust, limits, key, artifact }: Reading): Sound {
  const bundle = readBundle(bytes, limits);
  if (bundle.content.$case === 'dsseEnvelope') {
    return { ...verifyBundle(bundle, trust, { ...(key && { key }) }), claim: statementClaim(bundle, limits) };
  }
  if (artifact === undefined) throw new Unsound('STATEMENT', 'it signs a file, and says nothing about an image');
  const verified = verifyFileSignature(bundle, artifact, trust, key);
  return { ...verified, claim: { kind: 'signature', subjects: [`sha256:${artifact.sha256}`] } };
}
