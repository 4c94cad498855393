/**
 * Sigstore bundles (dev.sigstore.bundle.v1.Bundle), strictly: known versions only, one way to read each field, bounded lists. The library
 * takes any version for the newest one, skips junk in base64, and prefers one of two alternatives without a word.
 */
import { type Bundle, bundleFromJSON, ValidationError } from '@sigstore/bundle';
import { z } from 'zod';
import { isBase64Of } from './base64.ts';
import { Unsound } from './faults.ts';
import { MAX_BODY_TEXT } from './log.ts';
import { bytesAsBase64, Int64, maybe, NOT_BASE64 } from './protobuf.ts';
import { type JsonLimits, parseJsonBytes } from './strict-json.ts';

export const BUNDLE_V01 = 'application/vnd.dev.sigstore.bundle+json;version=0.1';

/** https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto */
const MEDIA_TYPES = [
  BUNDLE_V01,
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
] as const;

/** Far above what is real (one or two entries, one timestamp, four certificates, proofs of some thirty hashes). */
const MAX = { entries: 8, timestamps: 8, certificates: 8, hashes: 64, base64: 16_384, text: 65_536 } as const;

const Small = bytesAsBase64(MAX.base64);
const Certificate = z.object({ rawBytes: Small });

const Entry = z.object({
  logIndex: Int64.default('0'),
  logId: z.object({ keyId: Small }),
  kindVersion: z.object({ kind: z.string().max(64), version: z.string().max(64) }),
  integratedTime: maybe(Int64),
  inclusionPromise: maybe(z.object({ signedEntryTimestamp: Small })),
  inclusionProof: maybe(
    z.object({
      logIndex: Int64.default('0'),
      hashes: z.array(Small).max(MAX.hashes).default([]),
      checkpoint: maybe(z.object({ envelope: z.string().max(MAX.text) })),
    }),
  ),
  canonicalizedBody: bytesAsBase64(MAX_BODY_TEXT),
});

const Timestamps = z.object({
  rfc3161Timestamps: z
    .array(z.object({ signedTimestamp: Small }))
    .max(MAX.timestamps)
    .default([]),
});
/** The payload's base64 is looked at once it is decoded: it may have tens of megabytes. */
const Envelope = z.object({
  payload: z.string(),
  payloadType: z.string().max(MAX.text),
  signatures: z.array(z.object({ sig: Small })).min(1),
});
const Message = z.object({ messageDigest: z.object({ algorithm: z.string(), digest: Small }), signature: Small });

const exactlyOne = (...alternatives: readonly unknown[]): boolean => alternatives.filter((each) => each !== undefined).length === 1;

const BundleBody = z
  .object({
    mediaType: z.enum(MEDIA_TYPES),
    verificationMaterial: z
      .object({
        certificate: maybe(Certificate),
        x509CertificateChain: maybe(z.object({ certificates: z.array(Certificate).min(1).max(MAX.certificates) })),
        publicKey: maybe(z.object({ hint: z.string().max(MAX.text).default('') })),
        tlogEntries: z.array(Entry).max(MAX.entries).default([]),
        timestampVerificationData: maybe(Timestamps),
      })
      .refine((material) => exactlyOne(material.certificate, material.x509CertificateChain, material.publicKey)),
    dsseEnvelope: maybe(Envelope),
    messageSignature: maybe(Message),
  })
  .refine(({ dsseEnvelope, messageSignature }) => exactlyOne(dsseEnvelope, messageSignature));

/** How much of evidence is read. The values are those of what is signed: what is around it is bounded by `frameLimits`. */
export interface BundleLimits extends JsonLimits {
  /** Bytes of a payload once it is decoded. */
  readonly maxPayloadBytes: number;
}

/** For a bundle, an envelope or a claim, which have one large text at most. */
export function frameLimits({ maxBytes }: JsonLimits): JsonLimits {
  return { maxBytes, maxValues: 10_000 };
}

/** Throws Unsound for whatever is wrong with its form. Nothing in it is verified. */
export function readBundle(bytes: Uint8Array, limits: BundleLimits): Bundle {
  return toBundle(parseJsonBytes(bytes, frameLimits(limits)).value, limits);
}

/** The same for a bundle that was put together from something else. */
export function toBundle(json: unknown, { maxPayloadBytes }: BundleLimits): Bundle {
  const checked = BundleBody.safeParse(json);
  if (!checked.success) {
    const junk = checked.error.issues.some(({ message }) => message === NOT_BASE64);
    throw junk ? new Unsound('MALFORMED', 'its base64 is not canonical') : new Unsound('BUNDLE', undefined, { cause: checked.error });
  }
  const { dsseEnvelope, verificationMaterial } = checked.data;
  if (dsseEnvelope !== undefined && dsseEnvelope.signatures.length !== 1) throw new Unsound('SIG_COUNT');
  if (dsseEnvelope !== undefined && (dsseEnvelope.payload.length / 4) * 3 > maxPayloadBytes + 2) throw new Unsound('TOO_LARGE');
  refuseDoubleEntries(verificationMaterial.tlogEntries);
  const bundle = libraryBundle(checked.data);
  if (bundle.content.$case === 'dsseEnvelope' && !isBase64Of(dsseEnvelope?.payload ?? '', bundle.content.dsseEnvelope.payload)) {
    throw new Unsound('MALFORMED', 'its base64 is not canonical');
  }
  return bundle;
}

/** The same entry twice is one proof, not two. */
function refuseDoubleEntries(entries: readonly z.infer<typeof Entry>[]): void {
  if (entries.length === 0) throw new Unsound('TLOG', 'it does not come with an entry of the transparency log');
  const distinct = new Set(entries.map(({ logId, canonicalizedBody }) => `${logId.keyId} ${canonicalizedBody}`));
  if (distinct.size < entries.length) throw new Unsound('TLOG', 'it comes with the same entry of the transparency log twice');
}

/** The library knows what each version has to have: a promise, or a proof with its checkpoint. */
function libraryBundle(json: z.infer<typeof BundleBody>): Bundle {
  const { verificationMaterial } = json;
  const tlogEntries = verificationMaterial.tlogEntries.map(withoutLooseProof);
  try {
    return bundleFromJSON({ ...json, verificationMaterial: { ...verificationMaterial, tlogEntries } });
  } catch (cause) {
    throw new Unsound('BUNDLE', cause instanceof ValidationError ? undefined : 'it has values of an unknown kind', { cause });
  }
}

/**
 * A proof without a checkpoint leads to a root that nobody signed: it is left out, as less evidence can only be refused. Version 0.1 rests on
 * the promise of the log; the later ones have to have a proof.
 */
function withoutLooseProof(entry: z.infer<typeof Entry>): z.infer<typeof Entry> {
  return entry.inclusionProof?.checkpoint === undefined ? { ...entry, inclusionProof: undefined } : entry;
}
