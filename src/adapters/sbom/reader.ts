/**
 * Reads the SBOM in a file: plain, or in an in-toto statement as BuildKit writes it. It was written by strangers and may have tens of
 * megabytes, so it is read in a thread with a heap of its own, which is ended when it does not come to an end.
 */
import { Worker } from 'node:worker_threads';
import { HeraldError } from '../../core/errors.ts';
import type { Inventory } from '../../core/sbom.ts';
import type { Answer, ThreadData } from './worker.ts';

export interface ReadOptions {
  /** Default 512: an SBOM of 40 MB needs about 200. */
  readonly heapMb?: number;
  /** Default 60 seconds. */
  readonly timeoutMs?: number;
}

const MIB = 1024 * 1024;
/** As for an attested one: BuildKit refuses to make any above 40 MiB. */
const MAX_BYTES = 64 * MIB;

/**
 * Throws HeraldError TOO_LARGE, TOO_MANY, TIMEOUT, BAD_ENCODING or SCHEMA_MISMATCH. Uses the bytes up: they are handed over to the thread,
 * not copied, unless they share their memory with others.
 */
export async function readSbomFile(bytes: Uint8Array, { heapMb = 512, timeoutMs = 60_000 }: ReadOptions = {}): Promise<Inventory> {
  if (bytes.byteLength > MAX_BYTES) {
    throw new HeraldError(
      'TOO_LARGE',
      `It has ${Math.ceil(bytes.byteLength / MIB)} MiB, and Herald reads SBOMs of up to ${MAX_BYTES / MIB}.`,
    );
  }
  const own = ownMemory(bytes);
  const workerData: ThreadData = { bytes: own };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData,
    transferList: [own.buffer],
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
    // Nothing of the environment is needed there, and nothing of it is to be had.
    env: {},
  });
  try {
    return inventoryOf(await answerOf(worker, timeoutMs));
  } catch (error) {
    throw isOutOfMemory(error)
      ? new HeraldError('TOO_LARGE', `It does not fit into the ${heapMb} MB that are set apart for reading it.`, { cause: error })
      : error;
  } finally {
    void worker.terminate();
  }
}

/** Moved where it fills its memory, copied where it lies in memory of others. */
function ownMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength ? new Uint8Array(buffer) : new Uint8Array(bytes);
}

async function answerOf(worker: Worker, timeoutMs: number): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => reject(new HeraldError('TIMEOUT', `It was not read within ${timeoutMs / 1000} s.`)), timeoutMs);
  // `exit` comes after the answer, and then says nothing any more.
  worker.on('message', resolve).on('error', reject);
  worker.on('exit', (code) => reject(new Error(`the thread that reads an SBOM ended with ${code} and no answer`)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

function inventoryOf(answer: Answer): Inventory {
  if (answer.kind === 'read') return answer.inventory;
  const { code, message, hint } = answer;
  throw new HeraldError(code, message, hint === null ? {} : { hint });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
