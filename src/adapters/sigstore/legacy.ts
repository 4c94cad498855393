/**
 * What cosign 1 and 2 store beside an image: layers of the tags `.sig` and `.att`, with the proofs in their annotations
 * (https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md). Put into the form of a bundle, so that there is one way in.
 */
import { createHash } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { z } from 'zod';
import { BUNDLE_V01, type BundleLimits, frameLimits, toBundle } from './bundle.ts';
import { Unsound } from './faults.ts';
import { MAX_BODY_TEXT, readLogBody } from './log.ts';
import { bytesAsBase64 } from './protobuf.ts';
import { parseJsonBytes, parseJsonText } from './strict-json.ts';

/** A layer and what is written beside it. */
export interface CosignLayer {
  readonly bytes: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The chain beside the certificate (`…/chain`) is not read: whom to trust is in the trusted root. */
const ANNOTATION = {
  signature: 'dev.cosignproject.cosign/signature',
  certificate: 'dev.sigstore.cosign/certificate',
  logEntry: 'dev.sigstore.cosign/bundle',
} as const;

const ANNOTATION_LIMITS = { maxBytes: 2 * MAX_BODY_TEXT, maxValues: 100 };

/** Rekor's answer to an upload. */
const LogEntry = z.object({
  SignedEntryTimestamp: z.string().min(1),
  Payload: z.object({
    body: bytesAsBase64(MAX_BODY_TEXT),
    integratedTime: z.int().min(0),
    logIndex: z.int().min(0),
    logID: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});

const Envelope = z.object({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z.array(z.object({ sig: z.string() })),
});

/** Whether a layer of a `.sig` tag has a signature at all. */
export function hasSignature({ annotations }: Pick<CosignLayer, 'annotations'>): boolean {
  return (annotations[ANNOTATION.signature] ?? '') !== '';
}

/** A layer of a `.sig` tag: the signed bytes are the layer. `byKey`: signed with a key that is known, without a certificate. */
export function signatureBundle(layer: CosignLayer, limits: BundleLimits, byKey: boolean): Bundle {
  const signature = layer.annotations[ANNOTATION.signature] ?? '';
  if (signature === '') throw new Unsound('MALFORMED', 'it comes without a signature');
  const messageDigest = { algorithm: 'SHA2_256', digest: sha256(layer.bytes).toString('base64') };
  return bundleOf(layer, { messageSignature: { messageDigest, signature } }, limits, byKey);
}

/** A layer of an `.att` tag: a DSSE envelope. */
export function attestationBundle(layer: CosignLayer, limits: BundleLimits, byKey: boolean): Bundle {
  const envelope = Envelope.safeParse(parseJsonBytes(layer.bytes, frameLimits(limits)).value);
  if (!envelope.success) throw new Unsound('MALFORMED', 'it is not a DSSE envelope');
  return bundleOf(layer, { dsseEnvelope: envelope.data }, limits, byKey);
}

const EnvelopeHash = z.object({ algorithm: z.literal('sha256'), value: z.string() });
const DsseSpec = z.object({ envelopeHash: EnvelopeHash });
const IntotoSpec = z.object({ content: z.object({ hash: EnvelopeHash }) });

/**
 * The entries of cosign's attestations have the hash of the very envelope that is stored: one that is written differently, or has something
 * added, was not logged. The library does not look. Throws Unsound TLOG_BODY_ERROR.
 */
export function checkEnvelopeHash({ verificationMaterial }: Bundle, stored: Uint8Array): void {
  for (const { canonicalizedBody } of verificationMaterial.tlogEntries) {
    const { kind, apiVersion, spec } = readLogBody(canonicalizedBody);
    const logged =
      kind === 'dsse' ? DsseSpec.safeParse(spec).data?.envelopeHash.value : IntotoSpec.safeParse(spec).data?.content.hash.value;
    const isBound = (kind === 'dsse' || kind === 'intoto') && apiVersion === '0.0.1';
    if (isBound && logged !== sha256(stored).toString('hex')) throw new Unsound('TLOG_BODY_ERROR');
  }
}

function bundleOf({ annotations }: CosignLayer, content: object, limits: BundleLimits, byKey: boolean): Bundle {
  const pem = annotations[ANNOTATION.certificate] ?? '';
  if (pem === '' && !byKey) throw new Unsound('NO_CERTIFICATE');
  const signer = pem === '' ? { publicKey: {} } : { x509CertificateChain: { certificates: [{ rawBytes: certificateOf(pem) }] } };
  // The timestamps beside a layer are over the envelope, in a bundle over the signature: left out. The log tells the time.
  const verificationMaterial = { ...signer, tlogEntries: [logEntryOf(annotations[ANNOTATION.logEntry] ?? '')] };
  return toBundle({ mediaType: BUNDLE_V01, verificationMaterial, ...content }, limits);
}

/** Exactly one certificate: of several, one reader takes the first and another one the last. */
const PEM = /^-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----\s*$/;
const MAX_PEM = 16_384;

function certificateOf(pem: string): string {
  const body = pem.length > MAX_PEM ? undefined : PEM.exec(pem)?.[1];
  if (body === undefined) throw new Unsound('MALFORMED', 'its certificate is not exactly one');
  return body.replaceAll(/[\r\n]/g, '');
}

function logEntryOf(text: string): object {
  if (text === '') throw new Unsound('NO_TLOG');
  const entry = LogEntry.safeParse(parseJsonText(text, ANNOTATION_LIMITS).value);
  if (!entry.success) throw new Unsound('MALFORMED', 'the log entry beside it is of no known form');
  const { SignedEntryTimestamp, Payload } = entry.data;
  const { kind, apiVersion } = readLogBody(Buffer.from(Payload.body, 'base64'));
  return {
    logIndex: String(Payload.logIndex),
    logId: { keyId: Buffer.from(Payload.logID, 'hex').toString('base64') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(Payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
    canonicalizedBody: Payload.body,
  };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
