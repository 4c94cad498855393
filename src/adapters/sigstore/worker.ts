/** The other side of checker.ts: one check in a thread of its own, with its own heap. Started with what to do, answers once, ends. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CollectedEvidence } from '../../core/evidence.ts';
import { checkEvidence } from './check.ts';
import { readTrustRoot } from './trust-root.ts';

export interface CheckTask {
  readonly trustRoot: Uint8Array;
  readonly evidence: CollectedEvidence;
}

// Only checker.ts starts this file.
const { trustRoot, evidence } = workerData as CheckTask;

parentPort?.postMessage(checkEvidence(evidence, readTrustRoot(trustRoot).material));
