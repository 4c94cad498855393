/** What a transparency log keeps of a signature, in the form of each kind of entry. */
import { type Content, envelopeBytes } from './content.ts';
import { type SigningKey, sha256 } from './keys.ts';
import type { EntryKind } from './options.ts';

/** Whom a log names as the signer. */
export interface Verifier {
  readonly key: SigningKey;
  readonly certificate: Buffer | null;
  /** Of the certificate, or of the key when there is none. */
  readonly pem: string;
}

export interface Signed {
  readonly content: Content;
  readonly signatures: readonly Buffer[];
  readonly verifier: Verifier;
}

export function logBody(entry: EntryKind, signed: Signed): Buffer {
  const [kind, apiVersion] = entry.split('-');
  return Buffer.from(JSON.stringify({ apiVersion, kind, spec: SPECS[entry](signed) }));
}

const base64 = (text: Buffer | string): string => Buffer.from(text).toString('base64');
const hexHash = (bytes: Buffer) => ({ algorithm: 'sha256', value: sha256(bytes).toString('hex') });
const envelopeHash = ({ content, signatures }: Signed) => hexHash(envelopeBytes(content, signatures));
const payloadOf = ({ content }: Signed): Buffer => content.envelope?.payload ?? content.signed;

/** The signer in Rekor version 2. */
function verifierOf({ verifier: { certificate, key } }: Signed) {
  const holder =
    certificate === null ? { publicKey: { rawBytes: base64(key.spki) } } : { x509Certificate: { rawBytes: base64(certificate) } };
  return { ...holder, keyDetails: key.details };
}

const SPECS: Readonly<Record<EntryKind, (signed: Signed) => object>> = {
  'hashedrekord-0.0.1': ({ content, signatures: [signature = Buffer.of()], verifier }) => ({
    data: { hash: hexHash(content.signed) },
    signature: { content: base64(signature), publicKey: { content: base64(verifier.pem) } },
  }),
  'hashedrekord-0.0.2': (signed) => ({
    hashedRekordV002: {
      data: { algorithm: 'SHA2_256', digest: base64(sha256(signed.content.signed)) },
      signature: { content: base64(signed.signatures[0] ?? ''), verifier: verifierOf(signed) },
    },
  }),
  'dsse-0.0.1': (signed) => ({
    envelopeHash: envelopeHash(signed),
    payloadHash: hexHash(payloadOf(signed)),
    signatures: signed.signatures.map((signature) => ({ signature: base64(signature), verifier: base64(signed.verifier.pem) })),
  }),
  'dsse-0.0.2': (signed) => ({
    dsseV002: {
      payloadHash: { algorithm: 'SHA2_256', digest: base64(sha256(payloadOf(signed))) },
      signatures: signed.signatures.map((signature) => ({ content: base64(signature), verifier: verifierOf(signed) })),
    },
  }),
  'intoto-0.0.1': (signed) => ({
    content: { hash: envelopeHash(signed), payloadHash: hexHash(payloadOf(signed)) },
    publicKey: base64(signed.verifier.pem),
  }),
  'intoto-0.0.2': (signed) => ({
    content: {
      envelope: {
        payloadType: signed.content.envelope?.payloadType,
        // Base64 of base64: Rekor takes the text of the envelope for bytes.
        signatures: signed.signatures.map((signature) => ({ publicKey: base64(signed.verifier.pem), sig: base64(base64(signature)) })),
      },
      hash: envelopeHash(signed),
      payloadHash: hexHash(payloadOf(signed)),
    },
  }),
};
