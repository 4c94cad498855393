/** Key pairs as the members of a Sigstore use them. */
import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { oid, sequence } from './der.ts';

export interface SigningKey {
  /** SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  readonly pem: string;
  /** SHA-256 over `spki`: what a log or a certificate is found by. */
  readonly id: Buffer;
  /** The AlgorithmIdentifier of its signatures. */
  readonly algorithm: Buffer;
  /** How Sigstore's protobuf calls it. */
  readonly details: string;
  sign(data: Uint8Array): Buffer;
}

const KINDS = {
  'P-256': { curve: 'P-256', hash: 'sha256', oid: '1.2.840.10045.4.3.2', details: 'PKIX_ECDSA_P256_SHA_256' },
  'P-384': { curve: 'P-384', hash: 'sha384', oid: '1.2.840.10045.4.3.3', details: 'PKIX_ECDSA_P384_SHA_384' },
  Ed25519: { curve: null, hash: null, oid: '1.3.101.112', details: 'PKIX_ED25519' },
} as const;

export function createKey(kind: keyof typeof KINDS): SigningKey {
  const { curve, hash, details, ...algorithm } = KINDS[kind];
  const { privateKey } = curve === null ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: curve });
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return {
    spki,
    pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    id: sha256(spki),
    algorithm: sequence(oid(algorithm.oid)),
    details,
    sign: (data) => sign(hash, data, privateKey),
  };
}

export function sha256(...parts: readonly (Uint8Array | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function pemOf(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
