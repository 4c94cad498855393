/** Bundles that sign a file instead of stating something. Herald meets them on release pages; beside an image they say nothing. */
import { createHash, type KeyObject } from 'node:crypto';
import type { Bundle, MessageSignature } from '@sigstore/bundle';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import type { SignedEntity, TrustMaterial } from '@sigstore/verify';
import { HeraldError } from '../../core/errors.ts';
import { Unsound } from './faults.ts';
import { isPrehashable, verifyDigest } from './prehashed.ts';
import { type Verified, verifyBundle } from './verify.ts';

/** What evidence has to be about. */
export interface Artifact {
  /** In hexadecimal. */
  readonly sha256: string;
  /** Null when only the digest is known. */
  readonly bytes: Buffer | null;
}

/** Throws Unsound, and HeraldError INVALID_QUERY where the digest is not enough. */
export function verifyFileSignature(bundle: Bundle, artifact: Artifact, trust: TrustMaterial, key?: KeyObject): Verified {
  if (bundle.content.$case !== 'messageSignature') throw new Unsound('BUNDLE');
  checkDigest(bundle.content.messageSignature, artifact);
  const asked = key === undefined ? {} : { key };
  if (artifact.bytes !== null) return verifyBundle(bundle, trust, { ...asked, artifact: artifact.bytes });
  const digest = Buffer.from(artifact.sha256, 'hex');
  return verifyBundle(bundle, trust, { ...asked, prepare: (entity) => ({ ...entity, signature: overDigest(entity.signature, digest) }) });
}

/** The bundle says the digest of its file, which is only there to be compared: another one is of another file. */
function checkDigest({ messageDigest: { algorithm, digest } }: MessageSignature, { sha256, bytes }: Artifact): void {
  const name = HASHES.get(algorithm);
  if (name === undefined) throw new Unsound('BUNDLE', 'it has a digest of a kind that is not known');
  if (name !== 'sha256' && bytes === null) throw notEnough();
  const own =
    name === 'sha256'
      ? Buffer.from(sha256, 'hex')
      : createHash(name)
          .update(bytes ?? '')
          .digest();
  if (!own.equals(digest)) throw new Unsound('SUBJECT', 'it signs another file');
}

const HASHES: ReadonlyMap<HashAlgorithm, string> = new Map([
  [HashAlgorithm.SHA2_256, 'sha256'],
  [HashAlgorithm.SHA2_384, 'sha384'],
  [HashAlgorithm.SHA2_512, 'sha512'],
]);

/** The signature of a file of which only the digest is known. */
function overDigest(content: SignedEntity['signature'], digest: Buffer): SignedEntity['signature'] {
  return {
    signature: content.signature,
    compareSignature: (signature) => content.compareSignature(signature),
    compareDigest: (other) => digest.equals(other),
    compareSignedDigest: (other) => digest.equals(other),
    verifySignature: (key) => {
      if (!isPrehashable(key)) throw notEnough();
      return verifyDigest(digest, key, content.signature);
    },
  };
}

function notEnough(): HeraldError {
  return new HeraldError('INVALID_QUERY', 'This signature is of a kind that cannot be verified with a SHA-256 digest alone.', {
    hint: 'Give the file itself.',
  });
}
