/** What signed evidence says of an image, once its signature holds. */
import type { Bundle } from '@sigstore/bundle';
import { z } from 'zod';
import type { Claim } from '../../core/evidence.ts';
import { frameLimits } from './bundle.ts';
import { Unsound } from './faults.ts';
import { IN_TOTO_PAYLOAD, isSha256, readStatement } from './statement.ts';
import { type JsonLimits, parseJsonBytes } from './strict-json.ts';

/** What `cosign sign` states since version 3, with nothing in it but the subject. */
const COSIGN_SIGNATURE = 'https://sigstore.dev/cosign/sign/v1';

/** https://github.com/containers/image/blob/main/docs/containers-signature.5.md */
const SimpleSigning = z.object({
  critical: z.object({
    type: z.literal('cosign container image signature'),
    image: z.object({ 'docker-manifest-digest': z.string() }),
  }),
});

/** The claim of a layer of a `.sig` tag. Throws Unsound. */
export function simpleSigningClaim(bytes: Uint8Array, limits: JsonLimits): Claim {
  const claim = SimpleSigning.safeParse(parseJsonBytes(bytes, frameLimits(limits)).value);
  if (!claim.success) throw new Unsound('STATEMENT', "it is not cosign's claim about an image");
  const [algorithm, hex, ...more] = claim.data.critical.image['docker-manifest-digest'].split(':');
  const isDigest = algorithm === 'sha256' && isSha256(hex) && more.length === 0;
  return { kind: 'signature', subjects: isDigest ? [`sha256:${hex}`] : [] };
}

/** The claim of a DSSE envelope. Throws Unsound. */
export function statementClaim({ content }: Bundle, limits: JsonLimits): Claim {
  if (content.$case !== 'dsseEnvelope') throw new Unsound('BUNDLE');
  const { payload, payloadType } = content.dsseEnvelope;
  if (payloadType !== IN_TOTO_PAYLOAD) throw new Unsound('PAYLOAD_TYPE');
  const { predicateType, subjects, sbom } = readStatement(payload, limits);
  return predicateType === COSIGN_SIGNATURE ? { kind: 'signature', subjects } : { kind: 'attestation', predicateType, subjects, sbom };
}
