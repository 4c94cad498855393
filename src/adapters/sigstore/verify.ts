/**
 * The cryptography of a bundle: signature, certificate chain and its log, transparency log, time. The library does it, without any policy:
 * whom it names is a fact to be judged elsewhere (core/trust.ts). Pure.
 */
import type { KeyObject } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import type { RFC3161Timestamp } from '@sigstore/core';
import { type SignedEntity, type TrustMaterial, toSignedEntity, VerificationError, Verifier } from '@sigstore/verify';
import { HeraldError } from '../../core/errors.ts';
import type { Fault, SignerFacts } from '../../core/evidence.ts';
import { type Instant, instant } from '../../core/time.ts';
import { certificateFacts, parseCertificate } from './certificate.ts';
import { Unsound } from './faults.ts';
import { checkLogPeriod, placeOf, promisedTime, readLogBody } from './log.ts';
import { withKey } from './trust-root.ts';

/** What holds of a bundle. */
export interface Verified {
  readonly signer: SignerFacts;
  /** The earliest moment that a log or a timestamp authority vouches for: by then it was signed. */
  readonly signedAt: Instant;
  readonly logEntry: string;
}

/** How the pieces of the library are put together for one layout. */
export interface Recipe {
  /** Made ready for the library; by default as it comes. */
  readonly prepare?: (entity: SignedEntity) => SignedEntity;
  /** The file that a bundle over a file signs. */
  readonly artifact?: Buffer;
  /** Whose signature it has to be when it is not one by a certificate. */
  readonly key?: KeyObject;
  /** Runs the library; by default with its own thresholds, one of each. */
  readonly run?: (entity: SignedEntity, material: TrustMaterial) => void;
}

/** Throws Unsound with the fault that was met first. */
export function verifyBundle(bundle: Bundle, trust: TrustMaterial, recipe: Recipe = {}): Verified {
  const { key, artifact, prepare = asIs, run = runVerifier } = recipe;
  const signer = signerOf(bundle, key);
  const entity = prepare(entityOf(bundle, artifact));
  const { tlogEntries } = entity;
  for (const entry of tlogEntries) readLogBody(entry.canonicalizedBody);
  const stamped = stampedTimes(entity);
  guarded(() => run(entity, key === undefined ? trust : withKey(trust, key)));

  const times = [...stamped, ...tlogEntries.flatMap((entry) => promisedTime(entry) ?? [])];
  for (const entry of tlogEntries) checkLogPeriod(entry, times, trust.tlogs);
  const [entry] = tlogEntries;
  const [first] = times.toSorted((a, b) => a.getTime() - b.getTime());
  if (entry === undefined) throw new Unsound('TLOG');
  if (first === undefined) throw new Unsound('TIMESTAMP_ERROR');
  return { signer, signedAt: instant(first), logEntry: placeOf(entry) };
}

const asIs = (entity: SignedEntity): SignedEntity => entity;

function runVerifier(entity: SignedEntity, material: TrustMaterial): void {
  // Never with a policy: the library takes a name for a regular expression that may match anywhere.
  new Verifier(material).verify(entity);
}

/** A key is no better than who says so: it is asked for, or it is nobody's. Asked for it is the key and no certificate. */
function signerOf({ verificationMaterial: { content } }: Bundle, key: KeyObject | undefined): SignerFacts {
  if (content.$case === 'publicKey') {
    if (key === undefined) throw new Unsound('NO_CERTIFICATE');
    return { kind: 'key' };
  }
  if (key !== undefined) throw new Unsound('POLICY', 'it is signed with a certificate, not with the key that was asked for');
  // What else is in a chain is not read: whom to trust is in the trusted root.
  const leaf = content.$case === 'certificate' ? content.certificate : content.x509CertificateChain.certificates[0];
  return { kind: 'certificate', certificate: certificateFacts(parseCertificate(leaf?.rawBytes ?? Buffer.of())) };
}

/** The certificate was read before: what cannot be read now is a timestamp. */
function entityOf(bundle: Bundle, artifact: Buffer | undefined): SignedEntity {
  try {
    return toSignedEntity(bundle, artifact);
  } catch (cause) {
    throw new Unsound('TIMESTAMP_ERROR', 'its timestamp cannot be read', { cause });
  }
}

function stampedTimes({ timestamps }: SignedEntity): readonly Date[] {
  return timestamps.flatMap((each) => (each.$case === 'timestamp-authority' ? [timeOf(each.timestamp)] : []));
}

function timeOf(timestamp: RFC3161Timestamp): Date {
  try {
    const time = timestamp.signingTime;
    if (!Number.isNaN(time.getTime())) return time;
  } catch {
    // Told below.
  }
  throw new Unsound('TIMESTAMP_ERROR', 'its timestamp cannot be read');
}

const FAULTS: Readonly<Record<VerificationError['code'], Fault>> = {
  NOT_IMPLEMENTED_ERROR: 'BUNDLE',
  TLOG_ERROR: 'TLOG',
  TLOG_MISSING_INCLUSION_ERROR: 'TLOG',
  TLOG_BODY_ERROR: 'TLOG_BODY_ERROR',
  TLOG_INCLUSION_PROMISE_ERROR: 'TLOG_INCLUSION_PROMISE_ERROR',
  TLOG_INCLUSION_PROOF_ERROR: 'TLOG_INCLUSION_PROOF_ERROR',
  CERTIFICATE_ERROR: 'CERTIFICATE_ERROR',
  PUBLIC_KEY_ERROR: 'SIGNATURE_ERROR',
  SIGNATURE_ERROR: 'SIGNATURE_ERROR',
  TIMESTAMP_ERROR: 'TIMESTAMP_ERROR',
};

/** The library's errors repeat what the evidence says, and at broken input it throws what JavaScript throws: neither leaves here. */
function guarded(verify: () => void): void {
  try {
    verify();
  } catch (cause) {
    if (cause instanceof Unsound || cause instanceof HeraldError) throw cause;
    throw new Unsound(cause instanceof VerificationError ? FAULTS[cause.code] : 'MALFORMED', undefined, { cause });
  }
}
