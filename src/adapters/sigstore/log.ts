/** What the verification library leaves open about entries of a transparency log. */
import type { TransparencyLogEntry } from '@sigstore/bundle';
import { crypto, json } from '@sigstore/core';
import type { TrustMaterial } from '@sigstore/verify';
import { z } from 'zod';
import { Unsound } from './faults.ts';
import { parseJsonBytes } from './strict-json.ts';

type Log = TrustMaterial['tlogs'][number];

/** Bodies hold hashes, a signature and a certificate: a few kilobytes. This is as they are written in base64. */
export const MAX_BODY_TEXT = 1024 * 1024;
const BODY_LIMITS = { maxBytes: MAX_BODY_TEXT, maxValues: 1_000 };
const Body = z.object({ kind: z.string(), apiVersion: z.string(), spec: z.unknown().optional() });
type Body = z.infer<typeof Body>;

/** Throws Unsound. */
export function readLogBody(bytes: Uint8Array): Body {
  const body = Body.safeParse(parseJsonBytes(bytes, BODY_LIMITS).value);
  if (!body.success) throw new Unsound('TLOG_BODY_ERROR', 'its entry in the transparency log is of no known form');
  return body.data;
}

/** When the log says it took the entry in; null where it does not promise any time. */
export function promisedTime({ inclusionPromise, integratedTime }: TransparencyLogEntry): Date | null {
  return inclusionPromise === undefined ? null : new Date(Number(integratedTime) * 1000);
}

/** `<log id>:<index>`. Where nothing is promised it is the proof that says at which index. */
export function placeOf({ logId, logIndex, inclusionPromise, inclusionProof }: TransparencyLogEntry): string {
  const index = inclusionPromise === undefined && inclusionProof !== undefined ? inclusionProof.logIndex : logIndex;
  return `${logId.keyId.toString('hex')}:${index}`;
}

/**
 * A key of a log that had retired before something was signed must not vouch for it. The library holds promises against the period of
 * their key, and forgets to where there is only a proof (Rekor version 2). Throws Unsound TLOG.
 */
export function checkLogPeriod(entry: TransparencyLogEntry, times: readonly Date[], logs: readonly Log[]): void {
  if (entry.inclusionPromise !== undefined) return;
  const inUse = logs.some((log) => isLogOf(entry, log) && times.every((time) => isWithin(log, time)));
  if (!inUse) throw new Unsound('TLOG', 'its transparency log was not in use when it was signed');
}

/** The promise of Rekor version 1: its signature over the entry, its index and its time. Throws Unsound TLOG_INCLUSION_PROMISE_ERROR. */
export function verifyPromise(entry: TransparencyLogEntry, logs: readonly Log[]): void {
  const { inclusionPromise, integratedTime, logIndex, logId, canonicalizedBody } = entry;
  const signed = json.canonicalize({
    body: canonicalizedBody.toString('base64'),
    integratedTime: Number(integratedTime),
    logIndex: Number(logIndex),
    logID: logId.keyId.toString('hex'),
  });
  const time = promisedTime(entry);
  const signature = inclusionPromise?.signedEntryTimestamp;
  const holds = logs.some(
    (log) =>
      signature !== undefined &&
      time !== null &&
      isLogOf(entry, log) &&
      isWithin(log, time) &&
      crypto.verify(Buffer.from(signed), log.publicKey, signature),
  );
  if (!holds) throw new Unsound('TLOG_INCLUSION_PROMISE_ERROR');
}

function isLogOf({ logId }: TransparencyLogEntry, { logID }: Log): boolean {
  return logID.equals(logId.keyId);
}

function isWithin({ validFor: { start, end } }: Log, time: Date): boolean {
  return start <= time && time <= end;
}
