/** Checking in a thread of its own: the main one stays free, and memory and time are bounded. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEvidenceChecker, type EvidenceCheckerOptions } from '../../src/adapters/sigstore/checker.ts';
import type { CollectedEvidence, EvidencePiece } from '../../src/core/evidence.ts';
import { attestation, bundle, evidenceOf, rootFile, signature } from '../support/checked-pieces.ts';
import { kairosIdentity } from '../support/sigstore/kairos.ts';
import { createPrivateSigstore } from '../support/sigstore/private-sigstore.ts';
import { spdxStatement } from '../support/sigstore/statements.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const SIGNED = { at: new Date('2024-02-12T10:11:12Z'), identity: kairosIdentity('v2.4.3', 'B') };
const MB = 1_000_000;

const sigstore = createPrivateSigstore();
const trustRoot = rootFile(sigstore);
const checkerWith = (options: Partial<EvidenceCheckerOptions> = {}) => createEvidenceChecker({ trustRoot, ...options });

const image = (): EvidencePiece => signature(sigstore.signImage(DIGEST, 'quay.io/kairos/ubuntu', SIGNED));
const small = (): CollectedEvidence => evidenceOf([image()]);

let large: Buffer;

beforeAll(() => {
  large = sigstore.bundle(spdxStatement({ digest: DIGEST, bytes: 20 * MB }), SIGNED);
});

/** A copy each time: what is checked is used up. */
const largeEvidence = (): CollectedEvidence => evidenceOf([bundle(new Uint8Array(large))]);

describe('a check', () => {
  it('answers what a check on this thread would', async () => {
    const broken = { ...bundle(Buffer.from('{}')), name: 'a broken one' };
    const statements = [{ digest: DIGEST, about: DIGEST, predicateType: 'https://spdx.dev/Document', bytes: Buffer.from('{}') }];
    const refused = { kind: 'broken', id: 'x', name: 'a layer', beside: DIGEST, fault: 'TOO_MANY', message: 'it is one too many' } as const;
    const answer = await checkerWith().check({
      ...evidenceOf([image(), broken], { statements, broken: [refused] }),
      form: 'index',
      platforms: [DIGEST],
    });
    expect(answer).toMatchObject({
      form: 'index',
      platforms: [DIGEST],
      pieces: [{ kind: 'sound', claim: { subjects: [DIGEST] } }, { kind: 'broken', name: 'a broken one', fault: 'BUNDLE' }, refused],
      statements: [{ kind: 'unreadable', fault: 'STATEMENT' }],
    });
  });

  it('rests on the trust root and on the verifier, and says so', () => {
    const { basis } = checkerWith();
    expect(basis).toEqual({
      trustRoot: expect.stringMatching(/^[0-9a-f]{64}$/),
      verifier: expect.stringMatching(/^herald-\d+\+sigstore-verify-\d+\.\d+\.\d+$/),
    });
    expect(createEvidenceChecker({ trustRoot: rootFile(createPrivateSigstore()) }).basis.trustRoot).not.toBe(basis.trustRoot);
  });

  it('takes the bytes with it, but for those that lie in memory of others', async () => {
    const whole = new Uint8Array(large);
    const shared = Buffer.concat([large]).subarray(0, 10);
    await checkerWith().check(evidenceOf([bundle(whole), bundle(shared)]));
    expect([whole.byteLength, shared.byteLength]).toEqual([0, 10]);
  });

  it('may have the same bytes twice', async () => {
    const { bytes, annotations } = sigstore.attest(spdxStatement({ digest: DIGEST }), SIGNED);
    const piece = attestation({ bytes: Buffer.from(new Uint8Array(bytes).buffer), annotations });
    expect((await checkerWith().check(evidenceOf([piece, piece]))).pieces.map(({ kind }) => kind)).toEqual(['sound', 'sound']);
  });

  it('leaves the main thread free while an SBOM of 20 MB is read', { timeout: 60_000 }, async () => {
    const checker = checkerWith();
    const evidence = largeEvidence();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    await sleep(20);
    delay.enable();
    const answer = await checker.check(evidence);
    delay.disable();
    console.log(`main thread: at most ${(delay.max / 1e6).toFixed(1)} ms late while 20 MB were checked`);
    expect(answer.pieces).toMatchObject([{ kind: 'sound', claim: { sbom: { supported: true, inventory: { format: 'spdx' } } } }]);
    // Reading it here takes several hundred.
    expect(delay.percentile(99) / 1e6).toBeLessThan(50);
  });
});

describe('a check that does not come to an end', () => {
  it('is too large when it does not fit into its memory, and the next one is checked', { timeout: 60_000 }, async () => {
    const checker = checkerWith({ heapMb: 32 });
    await expect(checker.check(largeEvidence())).rejects.toMatchObject({ code: 'TOO_LARGE', disposition: 'permanent' });
    expect((await checker.check(small())).pieces).toMatchObject([{ kind: 'sound' }]);
  });

  it('is none for a document of millions of nothings, which is refused alone', { timeout: 60_000 }, async () => {
    const nothings = bundle(Buffer.from(`[${'[],'.repeat(10_000_000)}0]`));
    const answer = await checkerWith({ heapMb: 64 }).check(evidenceOf([nothings, image()]));
    expect(answer.pieces).toMatchObject([{ kind: 'broken', fault: 'TOO_MANY' }, { kind: 'sound' }]);
  });

  it('is out of time when it takes too long, and the next one is checked', { timeout: 60_000 }, async () => {
    const checker = checkerWith({ timeoutMs: 1 });
    await expect(checker.check(largeEvidence())).rejects.toMatchObject({ code: 'TIMEOUT', disposition: 'transient' });
    await expect(checker.check(small())).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('keeps nobody from asking for others meanwhile', { timeout: 60_000 }, async () => {
    const checker = checkerWith();
    const answers = await Promise.all([checker.check(small()), checker.check(largeEvidence()), checker.check(small())]);
    expect(answers.map(({ pieces }) => pieces.map(({ kind }) => kind))).toEqual([['sound'], ['sound'], ['sound']]);
  });
});
