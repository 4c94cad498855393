/**
 * Checks evidence off the main thread: an SBOM may have tens of megabytes, and what is in it was written by strangers. One thread, one check
 * at a time: its memory is bounded, and one that does not come to an end is ended. Starting a thread takes longer than most checks, so it is
 * kept for the next one, unless it had much to read: what that left on its heap would stay.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { HeraldError } from '../../core/errors.ts';
import type { CheckedEvidence, CollectedEvidence } from '../../core/evidence.ts';
import type { EvidenceChecker } from '../../ports.ts';
import { readTrustRoot } from './trust-root.ts';
import type { ThreadData } from './worker.ts';

export interface EvidenceCheckerOptions {
  /** The file, byte by byte: its hash is part of what verdicts rest on. */
  readonly trustRoot: Uint8Array;
  /** Default 320, half as much again as an SBOM of 40 MB needs. */
  readonly heapMb?: number;
  /** From the start of a check to its answer. Default 60 seconds. */
  readonly timeoutMs?: number;
}

/** Counts up whenever the same evidence may read differently than before: verdicts that rest on an older one are made anew. */
const REVISION = 2;

/**
 * Throws HeraldError TRUST_ROOT, at once. `check` uses the evidence up: its bytes are handed over to the thread, not copied, and are gone
 * afterwards.
 */
export function createEvidenceChecker({ trustRoot, heapMb = 320, timeoutMs = 60_000 }: EvidenceCheckerOptions): EvidenceChecker {
  const { sha256 } = readTrustRoot(trustRoot);
  let last: Promise<unknown> = Promise.resolve();
  let kept: Worker | null = null;

  async function checkInThread(collected: CollectedEvidence): Promise<CheckedEvidence> {
    const worker: Worker =
      kept ??
      startThread({ trustRoot }, heapMb, () => {
        if (kept === worker) kept = null;
      });
    kept = null;
    const { evidence, transferList } = transferable(collected);
    const size = transferList.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const checked = await answerOf(worker, evidence, transferList, timeoutMs).catch((error: unknown) => {
      void worker.terminate();
      throw isOutOfMemory(error) ? tooLarge(evidence, heapMb, error) : error;
    });
    if (size > KEPT_AFTER_BYTES) void worker.terminate();
    else kept = worker;
    return checked;
  }

  return {
    basis: { trustRoot: sha256, verifier: `herald-${REVISION}+sigstore-verify-${libraryVersion()}` },
    check(evidence) {
      const next = last.then(() => checkInThread(evidence));
      last = next.catch(() => undefined);
      return next;
    },
  };
}

/** A thread that read more than this is not kept. */
const KEPT_AFTER_BYTES = 4 * 1024 * 1024;

/** `onEnd`: it is gone, whether it was told to or not. */
function startThread(workerData: ThreadData, heapMb: number, onEnd: () => void): Worker {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
    // Nothing of the environment is needed there, and nothing of it is to be had.
    env: {},
  });
  // Whoever waits for an answer hears of errors too; without any listener one would end the process.
  return worker.on('error', onEnd).on('exit', onEnd);
}

/** Sends and waits. While it waits for work a thread keeps no process alive. */
async function answerOf(
  worker: Worker,
  evidence: CollectedEvidence,
  transferList: ArrayBuffer[],
  timeoutMs: number,
): Promise<CheckedEvidence> {
  const { promise, resolve, reject } = Promise.withResolvers<CheckedEvidence>();
  const ended = (code: number): void => reject(new Error(`the thread that checks evidence ended with ${code} and no answer`));
  const timer = setTimeout(() => {
    reject(new HeraldError('TIMEOUT', `The evidence of ${evidence.digest} was not checked within ${timeoutMs / 1000} s.`));
  }, timeoutMs);
  worker.ref();
  worker.once('message', resolve).once('error', reject).once('exit', ended);
  worker.postMessage(evidence, transferList);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    worker.off('message', resolve).off('error', reject).off('exit', ended);
    worker.unref();
  }
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
