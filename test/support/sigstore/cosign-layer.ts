/** What cosign 1 and 2 store beside an image: a layer with the signed bytes, and everything that proves them in its annotations. */
import { envelopeBytes, envelopeJson } from './content.ts';
import { pemOf } from './keys.ts';
import type { SigningOptions } from './options.ts';
import type { Material } from './signing.ts';

/** A layer of a `.sig` or `.att` tag. */
export interface CosignLayer {
  readonly bytes: Buffer;
  readonly annotations: Record<string, string>;
}

/** The claim "this digest is the image", which is the layer of a `.sig` tag. */
export function simpleSigning(digest: string, repository: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': repository },
        image: { 'docker-manifest-digest': digest },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );
}

export function signatureLayer(material: Material, options: SigningOptions): CosignLayer {
  const signature = (material.signatures[0] ?? Buffer.of()).toString('base64');
  return { bytes: material.content.signed, annotations: annotationsOf(material, options, signature) };
}

export function attestationLayer(material: Material, options: SigningOptions, predicateType: string | null): CosignLayer {
  const hint = predicateType === null ? {} : { predicateType };
  return { bytes: storedBytes(material, options), annotations: { ...annotationsOf(material, options, ''), ...hint } };
}

function storedBytes({ content, signatures }: Material, { envelope: defect }: SigningOptions): Buffer {
  if (defect === undefined) return envelopeBytes(content, signatures);
  const envelope = envelopeJson(content, signatures);
  return Buffer.from(defect === 'reencoded' ? JSON.stringify(envelope, null, 2) : JSON.stringify({ ...envelope, extra: true }));
}

function annotationsOf(
  { verifier, chain, entries, timestamp }: Material,
  options: SigningOptions,
  signature: string,
): Record<string, string> {
  const [entry] = entries;
  const chainPem = chain.map((der) => pemOf('CERTIFICATE', der));
  const second = options.certificates === 2 ? (chainPem[0] ?? '') : '';
  return {
    'dev.cosignproject.cosign/signature': signature,
    ...(verifier.certificate === null
      ? {}
      : { 'dev.sigstore.cosign/certificate': verifier.pem + second, 'dev.sigstore.cosign/chain': chainPem.join('') }),
    ...(entry === undefined
      ? {}
      : {
          'dev.sigstore.cosign/bundle': JSON.stringify({
            SignedEntryTimestamp: entry.promise?.toString('base64') ?? '',
            Payload: {
              body: entry.body.toString('base64'),
              integratedTime: entry.integratedTime,
              logIndex: entry.index,
              logID: entry.logId.toString('hex'),
            },
          }),
        }),
    ...(timestamp === null
      ? {}
      : { 'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({ SignedRFC3161Timestamp: timestamp.toString('base64') }) }),
  };
}
