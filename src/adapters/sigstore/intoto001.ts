/**
 * Log entries of kind intoto 0.0.1, which cosign wrote for attestations until 2.1 and the verification library refuses. Such an entry has
 * the hash of the stored envelope and the certificate, so that with the layer at hand everything can be checked: the log's promise, what it
 * is of, and, by the library, time, chain, certificate log and signature.
 */
import type { Bundle } from '@sigstore/bundle';
import { type SignedEntity, type TrustMaterial, Verifier } from '@sigstore/verify';
import { z } from 'zod';
import { Unsound } from './faults.ts';
import { checkEnvelopeHash } from './legacy.ts';
import { readLogBody, verifyPromise } from './log.ts';
import { type Verified, verifyBundle } from './verify.ts';

/** The key or certificate as PEM, in base64. */
const Spec = z.object({ publicKey: z.string() });

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
      checkCertificate(entity, bundle);
    },
  });
}

function checkCertificate({ tlogEntries }: SignedEntity, { verificationMaterial: { content } }: Bundle): void {
  const certificate = content.$case === 'x509CertificateChain' ? content.x509CertificateChain.certificates[0] : undefined;
  for (const { canonicalizedBody } of tlogEntries) {
    const logged = Spec.safeParse(readLogBody(canonicalizedBody).spec).data?.publicKey ?? '';
    const pem = Buffer.from(logged, 'base64').toString('latin1');
    const der = Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
    if (certificate === undefined || !der.equals(certificate.rawBytes)) throw new Unsound('TLOG_BODY_ERROR');
  }
}
