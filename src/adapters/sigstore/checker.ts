/**
 * Checks evidence off the main thread: an SBOM may have tens of megabytes, and what is in it was written by strangers. A thread a check, one
 * at a time: its memory is bounded and is gone with it, and one that does not come to an end is ended.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { HeraldError } from '../../core/errors.ts';
import type { CheckedEvidence, CollectedEvidence } from '../../core/evidence.ts';
import type { EvidenceChecker } from '../../ports.ts';
import { readTrustRoot } from './trust-root.ts';
import type { CheckTask } from './worker.ts';

export interface EvidenceCheckerOptions {
  /** The file, byte by byte: its hash is part of what verdicts rest on. */
  readonly trustRoot: Uint8Array;
  /** Default 320, half as much again as an SBOM of 40 MB needs. */
  readonly heapMb?: number;
  /** From the start of a check to its answer. Default 60 seconds. */
  readonly timeoutMs?: number;
}

/** Counts up whenever the same evidence may read differently than before: verdicts that rest on an older one are made anew. */
const REVISION = 1;

/**
 * Throws HeraldError TRUST_ROOT, at once. `check` uses the evidence up: its bytes are handed over to the thread, not copied, and are gone
 * afterwards.
 */
export function createEvidenceChecker({ trustRoot, heapMb = 320, timeoutMs = 60_000 }: EvidenceCheckerOptions): EvidenceChecker {
  const { sha256 } = readTrustRoot(trustRoot);
  let last: Promise<unknown> = Promise.resolve();
  return {
    basis: { trustRoot: sha256, verifier: `herald-${REVISION}+sigstore-verify-${libraryVersion()}` },
    check(evidence) {
      const next = last.then(() => checkInThread({ trustRoot, evidence }, heapMb, timeoutMs));
      last = next.catch(() => undefined);
      return next;
    },
  };
}

function checkInThread(task: CheckTask, heapMb: number, timeoutMs: number): Promise<CheckedEvidence> {
  const { evidence, transferList } = transferable(task.evidence);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { ...task, evidence } satisfies CheckTask,
    transferList,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
    // Nothing of the environment is needed there, and nothing of it is to be had.
    env: {},
  });
  const { promise, resolve, reject } = Promise.withResolvers<CheckedEvidence>();
  const timer = setTimeout(() => {
    reject(new HeraldError('TIMEOUT', `The evidence of ${evidence.digest} was not checked within ${timeoutMs / 1000} s.`));
    void worker.terminate();
  }, timeoutMs);
  worker.once('message', resolve);
  worker.once('error', (error) => reject(isOutOfMemory(error) ? tooLarge(evidence, heapMb, error) : error));
  // An answer or an error comes before; without either there will be none.
  worker.once('exit', (code) => reject(new Error(`the thread that checks evidence ended with ${code} and no answer`)));
  return promise.finally(() => clearTimeout(timer));
}

/** Buffers that fill their memory are moved; one that shares it with others is copied into its own. */
function transferable(evidence: CollectedEvidence): { readonly evidence: CollectedEvidence; readonly transferList: ArrayBuffer[] } {
  const transferList: ArrayBuffer[] = [];
  const own = (bytes: Uint8Array): Uint8Array => {
    const { buffer } = bytes;
    const moved = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength ? new Uint8Array(buffer) : new Uint8Array(bytes);
    if (!transferList.includes(moved.buffer)) transferList.push(moved.buffer);
    return moved;
  };
  return {
    evidence: {
      ...evidence,
      pieces: evidence.pieces.map((piece) => ({ ...piece, bytes: own(piece.bytes) })),
      statements: evidence.statements.map((statement) => ({ ...statement, bytes: statement.bytes === null ? null : own(statement.bytes) })),
    },
    transferList,
  };
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function tooLarge({ digest }: CollectedEvidence, heapMb: number, cause: unknown): HeraldError {
  return new HeraldError('TOO_LARGE', `The evidence of ${digest} does not fit into the ${heapMb} MB that are set apart for checking it.`, {
    cause,
  });
}

const Manifest = z.object({ version: z.string() });

function libraryVersion(): string {
  return Manifest.parse(createRequire(import.meta.url)('@sigstore/verify/package.json')).version;
}
