/** What checking evidence costs: against plainly parsing and hashing the same bytes, and in memory for the largest SBOM. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { checkEvidence } from '../src/adapters/sigstore/check.ts';
import { readTrustRoot } from '../src/adapters/sigstore/trust-root.ts';
import type { CollectedEvidence } from '../src/core/evidence.ts';
import { kairosIdentity } from '../test/support/sigstore/kairos.ts';
import { createPrivateSigstore } from '../test/support/sigstore/private-sigstore.ts';
import { spdxStatement } from '../test/support/sigstore/statements.ts';

const MB = 1_000_000;
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const SIGNED = { at: new Date('2024-02-12T10:11:12Z'), identity: kairosIdentity('v2.4.3', 'B') };
const sigstore = createPrivateSigstore();

export interface VerifyCost {
  readonly megabytes: number;
  readonly plainMs: number;
  readonly checkedMs: number;
}

/** The median of some runs of each, in turn, so that both meet the machine as it is. */
export function benchVerify(megabytes: number, runs = 7): VerifyCost {
  const trust = readTrustRoot(Buffer.from(JSON.stringify(sigstore.trustedRoot))).material;
  const bytes = attestedSbom(megabytes);
  const plain: number[] = [];
  const checked: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    plain.push(timed(() => parseAndHash(bytes)));
    checked.push(
      timed(() => {
        const [piece] = checkEvidence(evidenceOf(bytes), trust).pieces;
        if (piece?.kind !== 'sound') throw new Error('the evidence of the benchmark does not stand');
      }),
    );
  }
  return { megabytes, plainMs: median(plain), checkedMs: median(checked) };
}

/** The largest resident size of a process that has an SBOM of this size checked in a thread, in MB. */
export async function benchVerifyMemory(megabytes: number): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'herald-bench-'));
  try {
    const [bundle, root] = [join(directory, 'bundle.json'), join(directory, 'trusted_root.json')];
    await writeFile(bundle, attestedSbom(megabytes));
    await writeFile(root, JSON.stringify(sigstore.trustedRoot));
    const child = join(import.meta.dirname, 'verify-child.ts');
    return Number(execFileSync(process.execPath, [child, bundle, root], { encoding: 'utf8' })) / 1_000;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** As large as an image has it, and not more than fit: with its CPEs a package takes more than a kilobyte, in real documents up to four. */
const MAX_PACKAGES = 1_500;
const PACKAGES_PER_MB = 500;

/** A bundle that attests a document of about this size. */
function attestedSbom(megabytes: number): Buffer {
  const packages = Math.min(MAX_PACKAGES, PACKAGES_PER_MB * megabytes);
  return sigstore.bundle(spdxStatement({ digest: DIGEST, packages, bytes: megabytes * MB }), SIGNED);
}

/** One bundle beside the image it is about. */
function evidenceOf(bytes: Uint8Array): CollectedEvidence {
  const piece = { kind: 'bundle', id: 'bench', name: 'bench', beside: DIGEST, bytes } as const;
  return { digest: DIGEST, form: 'image', platforms: [], pieces: [piece], broken: [], statements: [], attachedSbom: false, requests: 0 };
}

const Envelope = z.object({ dsseEnvelope: z.object({ payload: z.string() }) });

/** What reading the same bytes takes when nobody doubts them. */
function parseAndHash(bytes: Uint8Array): void {
  const payload = Buffer.from(Envelope.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).dsseEnvelope.payload, 'base64');
  JSON.parse(payload.toString('utf8'));
  createHash('sha256').update(bytes).digest();
  createHash('sha256').update(payload).digest();
}

function timed(work: () => void): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
