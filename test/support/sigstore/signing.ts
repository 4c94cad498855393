/** One act of signing: certificate, signature, log entry and timestamp, with the defects a test asked for. */
import { type Content, envelopeBytes, envelopeContent, messageContent } from './content.ts';
import { createKey, pemOf, type SigningKey } from './keys.ts';
import { logBody, type Signed, type Verifier } from './log-body.ts';
import type { Members } from './members.ts';
import type { EntryKind, SigningOptions } from './options.ts';
import { createRekorV1, createRekorV2, type InclusionProof, type Log, type LogEntry } from './rekor.ts';

/** A log entry as it is shown: parts of it may be left out. */
export interface ShownEntry extends Omit<LogEntry, 'proof'> {
  readonly kind: string;
  readonly version: string;
  readonly proof: InclusionProof | null;
}

/** Everything that a bundle or a cosign layer is made of. */
export interface Material extends Signed {
  readonly chain: readonly Buffer[];
  readonly entries: readonly ShownEntry[];
  readonly timestamp: Buffer | null;
}

/** Who takes part. The stranger has the same names and other keys. */
export interface Stage {
  readonly members: Members;
  readonly stranger: () => Members;
  readonly key: SigningKey;
}

/** What is signed, how it is logged, and what is stamped: cosign's layers have the whole envelope stamped, bundles the signature. */
export interface Task {
  readonly content: Content;
  readonly entry: EntryKind;
  readonly stamps: 'signature' | 'envelope';
}

export function signContent(stage: Stage, { content, entry, stamps }: Task, options: SigningOptions): Material {
  const { verifier, chain } = certified(stage, options);
  const signing = options.signedWith === 'another-key' ? createKey('P-256') : verifier.key;
  const sign = (what: Content): Signed => ({ content: what, signatures: signaturesOver(what, signing, options), verifier });
  const signed = sign(content);
  const entries = logged(stage, options, entry, signed, () => sign(anotherThan(content)));
  const stamped = stamps === 'signature' ? (signed.signatures[0] ?? Buffer.of()) : envelopeBytes(content, signed.signatures);
  const timestamp = timestampOver(stage, options, stamped);
  const shown = { ...signed, chain, entries, timestamp };
  if (options.tampered === 'payload') return { ...shown, content: anotherThan(content) };
  if (options.tampered === 'signature') return { ...shown, signatures: signaturesOver(content, signing, options) };
  if (options.tampered === 'certificate') return { ...shown, verifier: certified(stage, options).verifier };
  return shown;
}

function certified(
  { members, stranger, key: longLived }: Stage,
  options: SigningOptions,
): { verifier: Verifier; chain: readonly Buffer[] } {
  if (options.signer === 'key') return { verifier: { key: longLived, certificate: null, pem: longLived.pem }, chain: [] };
  const key = createKey('P-256');
  const { fulcio } = options.chain === 'stranger' ? stranger() : members;
  const start = new Date(Math.floor(options.at.getTime() / 1000) * 1000 - 5000);
  const { certificateLog } = options.sct === 'unknown-log' ? stranger() : members;
  const log = options.sct === 'missing' ? null : certificateLog;
  const certificate = fulcio.issue({ identity: options.identity, spki: key.spki, start, log });
  return { verifier: { key, certificate, pem: pemOf('CERTIFICATE', certificate) }, chain: fulcio.chain };
}

function signaturesOver({ signed }: Content, key: SigningKey, { signatures = 1 }: SigningOptions): Buffer[] {
  return Array.from({ length: signatures }, () => key.sign(signed));
}

/** The same with a space behind it: for a JSON reader nothing has changed. */
function anotherThan({ signed, envelope }: Content): Content {
  const longer = (bytes: Buffer) => Buffer.concat([bytes, Buffer.from(' ')]);
  return envelope === null ? messageContent(longer(signed)) : envelopeContent(longer(envelope.payload), envelope.payloadType);
}

function logged(stage: Stage, options: SigningOptions, entry: EntryKind, signed: Signed, another: () => Signed): readonly ShownEntry[] {
  const log = logFor(stage, options);
  if (log === null) return [];
  const at = options.loggedAt ?? options.at;
  const added = log.add(logBody(entry, options.entryOf === 'another' ? another() : signed), at);
  const proof = options.proofOf === 'another' ? log.add(logBody(entry, another()), at).proof : added.proof;
  const [kind = '', version = ''] = entry.split('-');
  const shown: ShownEntry = {
    ...added,
    kind,
    version,
    ...options.kindVersion,
    integratedTime: options.claimedTime === undefined ? added.integratedTime : Math.floor(options.claimedTime.getTime() / 1000),
    promise: options.promise === 'missing' ? null : added.promise,
    proof: options.proof === 'missing' ? null : { ...proof, ...(options.checkpoint === 'missing' ? { checkpoint: '' } : {}) },
  };
  return options.entries === 'twice' ? [shown, shown] : [shown];
}

function logFor({ members, stranger }: Stage, { log = 'rekor-v1', rekor }: SigningOptions): Log | null {
  if (log === 'none') return null;
  const trusted = members.rekor[log];
  if (rekor === 'unknown') return stranger().rekor[log];
  if (rekor === 'impostor') return log === 'rekor-v1' ? createRekorV1(trusted.id) : createRekorV2(trusted.id);
  return trusted;
}

function timestampOver({ members, stranger }: Stage, options: SigningOptions, data: Buffer): Buffer | null {
  const at = options.loggedAt ?? options.at;
  switch (options.timestamp ?? (options.log === 'rekor-v2' ? 'tsa' : 'none')) {
    case 'none':
      return null;
    case 'tsa':
      return members.tsa.stamp(data, at);
    case 'unknown-tsa':
      return stranger().tsa.stamp(data, at);
    case 'other-data':
      return members.tsa.stamp(Buffer.from('other data'), at);
  }
}
