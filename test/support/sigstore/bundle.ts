/** Sigstore bundles: one JSON document with the signature and everything that proves it. */
import { envelopeJson } from './content.ts';
import { sha256 } from './keys.ts';
import type { Material, ShownEntry } from './signing.ts';

export type BundleVersion = '0.1' | '0.2' | '0.3';

export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

const MEDIA_TYPES: Readonly<Record<BundleVersion, string>> = {
  '0.1': 'application/vnd.dev.sigstore.bundle+json;version=0.1',
  '0.2': 'application/vnd.dev.sigstore.bundle+json;version=0.2',
  '0.3': BUNDLE_TYPE,
};

const base64 = (bytes: Buffer): string => bytes.toString('base64');

export function bundleOf(material: Material, version: BundleVersion): Buffer {
  const { entries, timestamp } = material;
  const verificationMaterial = {
    ...signerOf(material, version),
    tlogEntries: entries.map(entryJson),
    ...(timestamp === null ? {} : { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: base64(timestamp) }] } }),
  };
  return Buffer.from(JSON.stringify({ mediaType: MEDIA_TYPES[version], verificationMaterial, ...contentOf(material) }));
}

/** From version 0.3 on the leaf stands alone. */
function signerOf({ verifier: { certificate, key }, chain }: Material, version: BundleVersion) {
  if (certificate === null) return { publicKey: { hint: base64(key.id) } };
  if (version === '0.3') return { certificate: { rawBytes: base64(certificate) } };
  const certificates = [certificate, ...chain.slice(0, 1)].map((der) => ({ rawBytes: base64(der) }));
  return { x509CertificateChain: { certificates } };
}

function contentOf({ content, signatures }: Material) {
  if (content.envelope !== null) return { dsseEnvelope: envelopeJson(content, signatures) };
  const messageDigest = { algorithm: 'SHA2_256', digest: base64(sha256(content.signed)) };
  return { messageSignature: { messageDigest, signature: base64(signatures[0] ?? Buffer.of()) } };
}

/** Numbers are text here, as protobuf writes those of 64 bits. */
function entryJson({ logId, index, kind, version, integratedTime, promise, proof, body }: ShownEntry) {
  return {
    logIndex: String(index),
    logId: { keyId: base64(logId) },
    kindVersion: { kind, version },
    ...(integratedTime === null ? {} : { integratedTime: String(integratedTime) }),
    ...(promise === null ? {} : { inclusionPromise: { signedEntryTimestamp: base64(promise) } }),
    ...(proof === null
      ? {}
      : {
          inclusionProof: {
            logIndex: String(proof.index),
            rootHash: base64(proof.root),
            treeSize: String(proof.size),
            hashes: proof.path.map(base64),
            ...(proof.checkpoint === '' ? {} : { checkpoint: { envelope: proof.checkpoint } }),
          },
        }),
    canonicalizedBody: base64(body),
  };
}
