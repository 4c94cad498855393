/**
 * Whom to trust, as Sigstore writes it down (dev.sigstore.trustroot.v1.TrustedRoot). Read once, strictly, before anything is checked: the
 * verification library takes a missing beginning for "since 1970", and a list that is empty for one that nobody asked for.
 */
import { createHash, type KeyObject } from 'node:crypto';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type TrustMaterial, toTrustMaterial } from '@sigstore/verify';
import { z } from 'zod';
import { HeraldError } from '../../core/errors.ts';
import { type Instant, instant } from '../../core/time.ts';
import { Unsound } from './faults.ts';
import { bytesAsBase64, maybe } from './protobuf.ts';
import { parseJsonBytes } from './strict-json.ts';

export interface TrustRoot {
  readonly material: TrustMaterial;
  /** SHA-256 of the file, in hexadecimal: what verdicts rest on. */
  readonly sha256: string;
  readonly members: TrustRootMembers;
}

/** A log, an authority: who it is, and from when until when it is trusted (both inclusive). */
export interface TrustRootMember {
  /** Its address, or its name where it has none. */
  readonly uri: string;
  /** SHA-256 of its key, or of its certificates: two of the same uri are told apart by it. */
  readonly id: string;
  readonly from: Instant;
  readonly until: Instant | null;
}

type List = 'tlogs' | 'ctlogs' | 'certificateAuthorities' | 'timestampAuthorities';

export type TrustRootMembers = Readonly<Record<List, readonly TrustRootMember[]>>;

/** The production root has 7 KB and some hundred values. */
const LIMITS = { maxBytes: 1024 * 1024, maxValues: 100_000 };

const Bytes = bytesAsBase64(65_536);
const Period = z
  .object({ start: z.iso.datetime(), end: maybe(z.iso.datetime()) })
  .refine(({ start, end }) => end === undefined || Date.parse(start) <= Date.parse(end), 'ends before it begins');
const KeyId = z.object({ keyId: Bytes });

const Log = z.object({
  baseUrl: z.string().min(1),
  // The library knows trees of SHA-256 only.
  hashAlgorithm: z.literal('SHA2_256'),
  publicKey: z.object({ rawBytes: Bytes, keyDetails: z.string(), validFor: Period }),
  logId: KeyId,
  checkpointKeyId: maybe(KeyId),
});
const Authority = z.object({
  subject: maybe(z.object({ commonName: z.string().default('') })),
  uri: z.string().default(''),
  certChain: z.object({ certificates: z.array(z.object({ rawBytes: Bytes })).min(1) }),
  validFor: Period,
});

/** Timestamp authorities may be missing: Rekor version 1 tells the time itself. */
const Root = z.object({
  mediaType: z.enum([
    'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    'application/vnd.dev.sigstore.trustedroot.v0.1+json',
    'application/vnd.dev.sigstore.trustedroot.v0.2+json',
  ]),
  tlogs: z.array(Log).min(1),
  ctlogs: z.array(Log).min(1),
  certificateAuthorities: z.array(Authority).min(1),
  timestampAuthorities: maybe(z.array(Authority)),
});

/** Throws HeraldError TRUST_ROOT, which is for the operator: nothing can be checked by half a root. */
export function readTrustRoot(bytes: Uint8Array): TrustRoot {
  const root = Root.safeParse(parseRoot(bytes));
  if (!root.success) {
    const [issue] = root.error.issues;
    throw unusable(issue === undefined ? 'it is of another form' : `${issue.path.join('.')}: ${issue.message}`);
  }
  try {
    const material = toTrustMaterial(TrustedRoot.fromJSON(root.data));
    return { material, sha256: sha256(bytes), members: membersOf(root.data) };
  } catch (error) {
    throw unusable('it has a key or a certificate that cannot be read', error);
  }
}

/** The same material for what is signed with this key, whenever that was. */
export function withKey(material: TrustMaterial, key: KeyObject): TrustMaterial {
  return { ...material, publicKey: () => ({ publicKey: key, validFor: () => true }) };
}

function parseRoot(bytes: Uint8Array): unknown {
  try {
    return parseJsonBytes(bytes, LIMITS).value;
  } catch (error) {
    throw error instanceof Unsound ? unusable(error.message, error) : error;
  }
}

function membersOf(root: z.infer<typeof Root>): TrustRootMembers {
  const log = ({ baseUrl, publicKey: { rawBytes, validFor } }: z.infer<typeof Log>) => memberOf(baseUrl, [rawBytes], validFor);
  const authority = ({ subject, uri, certChain, validFor }: z.infer<typeof Authority>) =>
    memberOf(
      uri || (subject?.commonName ?? ''),
      certChain.certificates.map(({ rawBytes }) => rawBytes),
      validFor,
    );
  return {
    tlogs: root.tlogs.map(log),
    ctlogs: root.ctlogs.map(log),
    certificateAuthorities: root.certificateAuthorities.map(authority),
    timestampAuthorities: (root.timestampAuthorities ?? []).map(authority),
  };
}

function memberOf(uri: string, rawBytes: readonly string[], { start, end }: z.infer<typeof Period>): TrustRootMember {
  const id = sha256(Buffer.concat(rawBytes.map((raw) => Buffer.from(raw, 'base64'))));
  return { uri, id, from: instant(start), until: end === undefined ? null : instant(end) };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function unusable(why: string, cause?: unknown): HeraldError {
  return new HeraldError('TRUST_ROOT', `The trusted root of Sigstore cannot be used: ${why}.`, {
    ...(cause === undefined ? {} : { cause }),
    hint: 'Take config/trusted_root.json of this release of Herald, or fetch it again.',
  });
}
