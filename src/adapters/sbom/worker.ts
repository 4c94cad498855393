/** The other side of reader.ts: reads one file in a thread of its own, with its own heap, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { type ErrorCode, HeraldError } from '../../core/errors.ts';
import type { Inventory } from '../../core/sbom.ts';
import { inventoryIn } from './document.ts';

/** What the thread is started with. */
export interface ThreadData {
  readonly bytes: Uint8Array;
}

/** Classes do not survive the way between threads. */
export type Answer =
  | { readonly kind: 'read'; readonly inventory: Inventory }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string; readonly hint: string | null };

function answer(bytes: Uint8Array): Answer {
  try {
    return { kind: 'read', inventory: inventoryIn(bytes) };
  } catch (error) {
    if (!(error instanceof HeraldError)) throw error;
    return { kind: 'refused', code: error.code, message: error.message, hint: error.hint ?? null };
  }
}

// Only reader.ts starts this file.
parentPort?.postMessage(answer((workerData as ThreadData).bytes));
