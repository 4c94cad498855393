/** The other side of checker.ts: checks what it is sent in a thread of its own, with its own heap. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CollectedEvidence } from '../../core/evidence.ts';
import { checkEvidence } from './check.ts';
import { readTrustRoot } from './trust-root.ts';

/** What the thread is started with. */
export interface ThreadData {
  readonly trustRoot: Uint8Array;
}

// Only checker.ts starts this file.
const { trustRoot } = workerData as ThreadData;
const { material } = readTrustRoot(trustRoot);

parentPort?.on('message', (evidence: CollectedEvidence) => parentPort?.postMessage(checkEvidence(evidence, material)));
