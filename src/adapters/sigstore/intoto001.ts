/**
 * Log entries of kind intoto 0.0.1, which cosign wrote for attestations until 2.1 and the verification library refuses. Such an entry has
 * the hash of the stored envelope, so that with the layer at hand everything can be checked: the log's promise and what it is of, and, by the
 * library, time, chain, certificate log and signature.
 */
import type { Bundle } from '@sigstore/bundle';
import { type TrustMaterial, Verifier } from '@sigstore/verify';
import { checkEnvelopeHash } from './legacy.ts';
import { verifyPromise } from './log.ts';
import { type Verified, verifyBundle } from './verify.ts';

export function isIntoto001({ verificationMaterial: { tlogEntries } }: Bundle): boolean {
  return tlogEntries.some(({ kindVersion }) => kindVersion?.kind === 'intoto' && kindVersion.version === '0.0.1');
}

/** Throws Unsound. `stored`: the layer as it lies in the registry. */
export function verifyIntoto001(bundle: Bundle, stored: Uint8Array, trust: TrustMaterial): Verified {
  return verifyBundle(bundle, trust, {
    run: (entity, material) => {
      for (const entry of entity.tlogEntries) verifyPromise(entry, material.tlogs);
      checkEnvelopeHash(bundle, stored);
      // The entries are dealt with; the time of their promise still is the one the certificate is held against.
      new Verifier(material, { tlogThreshold: 0 }).verify({ ...entity, tlogEntries: [] });
    },
  });
}
