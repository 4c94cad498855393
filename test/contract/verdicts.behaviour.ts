/** What the store promises of verdicts: which images are looked at, by whom, and what is remembered of it. */
import { describe, expect, it } from 'vitest';
import { imageVerdict, type Verdict } from '../../src/core/verdict.ts';
import type { VerdictKey } from '../../src/ports.ts';
import type { TestDatabases } from '../support/databases.ts';
import { image, second, T0, target, useStore } from '../support/stores.ts';

const KEY = 'kairos@v4.3.0';
const REPOSITORY = 'quay.io/kairos/hadron';
const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;
const [A, B] = [digestOf('a'), digestOf('b')];

const VERIFIED: Verdict = {
  state: 'verified',
  digest: A,
  over: 'index',
  sbom: 'none',
  sbomDigest: null,
  signer: null,
  accepted: 1,
  rule: 'release',
  cautions: [],
  refusals: [],
  unknown: null,
  marks: [{ id: 'piece', logEntry: 'log:1', signedAt: T0 }],
};
const keyOf = (changes: Partial<VerdictKey> = {}): VerdictKey => ({
  repository: REPOSITORY,
  digest: A,
  policy: null,
  basis: 'root',
  ...changes,
});

export function verdictBehaviour(databases: TestDatabases): void {
  describe.runIf(databases.available)(`verdicts on ${databases.name}`, () => {
    const store = useStore(databases);

    /** A release with these images. */
    async function released(...tags: readonly string[]): Promise<void> {
      await store().applyConfiguration([target('hadron')], [], T0);
      const outline = {
        project: 'kairos',
        version: 'v4.3.0',
        publishedAt: T0,
        base: null,
        kubernetes: {},
        page: false,
        images: 1,
        rebuilt: 0,
      };
      await store().saveRelease({ key: KEY, project: 'kairos', version: 'v4.3.0', channel: 'stable', outline, baseline: false });
      await store().addImages(tags.map((tag) => image(tag, { digest: A })));
    }

    const due = async (at = second(100), limit = 10) => (await store().claimAssessments(at, second(1_000), limit)).map(({ tag }) => tag);
    const save = (tag: string, changes: Partial<Parameters<ReturnType<typeof store>['saveVerdict']>[0]> = {}) =>
      store().saveVerdict({ targetId: 'hadron', tag, key: keyOf(), verdict: VERIFIED, at: second(100), nextAt: null, ...changes });
    const verdictIn = async (tag: string) =>
      (await store().releaseContents(KEY)).images.find(({ reference }) => reference.endsWith(`:${tag}`))?.verdict;

    it('are asked for by release, once an image', async () => {
      await released('one', 'two');
      expect(await due()).toEqual([]);
      await store().assessImagesOf(KEY, second(50));
      await store().assessImagesOf(KEY, second(60));
      expect(await due(second(49))).toEqual([]);
      expect(await due()).toEqual(['one', 'two']);
    });

    it('say of an image where it is and which release it is of', async () => {
      await released('one');
      expect(await store().assessment('hadron', 'one')).toEqual({
        targetId: 'hadron',
        repository: REPOSITORY,
        tag: 'one',
        digest: A,
        publishedAt: T0,
        releaseKey: KEY,
        project: 'kairos',
        version: 'v4.3.0',
      });
      expect(await store().assessment('hadron', 'nope')).toBeNull();
    });

    it('are worked on by one at a time, and by another when the first does not come back', async () => {
      await released('one', 'two', 'three');
      await store().assessImagesOf(KEY, second(50));
      const claims = await Promise.all([due(second(100), 2), due(second(100), 2)]);
      expect(claims.flat().toSorted()).toEqual(['one', 'three', 'two']);
      expect(await due(second(101))).toEqual([]);
      expect(await due(second(1_000))).toEqual(['one', 'three', 'two']);
    });

    it('are shown with the image they are on, and nothing more is asked', async () => {
      await released('one');
      await store().assessImagesOf(KEY, second(50));
      await save('one');
      expect(await verdictIn('one')).toEqual(imageVerdict(VERIFIED));
      expect((await store().storedImage('hadron', 'one'))?.image.verdict?.state).toBe('verified');
      expect((await store().imagesOf('hadron'))[0]?.verdict?.state).toBe('verified');
      await store().assessImagesOf(KEY, second(200));
      expect(await due(second(500))).toEqual([]);
    });

    it('are asked for again when their time has come', async () => {
      await released('one');
      await save('one', { nextAt: second(300) });
      expect(await due(second(299))).toEqual([]);
      expect(await due(second(300))).toEqual(['one']);
    });

    it('do not outlive the bytes they are on', async () => {
      await released('one');
      await save('one');
      await store().moveImage('hadron', 'one', { digest: B, size: null, pushedAt: second(200), at: second(200) });
      expect(await verdictIn('one')).toBeUndefined();
      await store().assessImagesOf(KEY, second(200));
      // A look that began before the push ends after it.
      await save('one');
      expect(await verdictIn('one')).toBeUndefined();
      expect(await due(second(200))).toEqual(['one']);
    });

    it('tell the digest of an image whose registry did not', async () => {
      await released();
      await store().addImages([image('untold', { digest: null })]);
      await save('untold');
      expect((await store().storedImage('hadron', 'untold'))?.image).toMatchObject({ digest: A, verdict: { state: 'verified' } });
    });

    it('that could not be reached do not make up a digest', async () => {
      await released();
      await store().addImages([image('untold', { digest: null })]);
      const failure = { code: 'TIMEOUT', message: 'no answer', disposition: 'transient' } as const;
      const verdict: Verdict = { ...VERIFIED, state: 'unknown', digest: 'unresolved', unknown: { kind: 'failed', failure } };
      await save('untold', { key: keyOf({ digest: 'unresolved' }), verdict });
      expect((await store().storedImage('hadron', 'untold'))?.image).toMatchObject({
        digest: null,
        verdict: { state: 'unknown', unknown: 'TIMEOUT' },
      });
    });

    it('are kept by everything they rest on (row 63: never by the tag)', async () => {
      await released('one');
      await save('one');
      expect(await store().verdict(keyOf())).toEqual({ verdict: VERIFIED, checkedAt: second(100) });
      const policy = [{ id: 'r', issuer: 'i', names: [], source: null, trigger: null, runner: null }];
      for (const other of [{ digest: B }, { policy }, { basis: 'another root' }, { repository: 'quay.io/kairos/other' }]) {
        expect(await store().verdict(keyOf(other))).toBeNull();
      }
    });

    it('are asked for anew where they rest on something else, but for what is being looked at', async () => {
      await released('old', 'new', 'busy', 'gone');
      await save('old', { nextAt: second(900_000) });
      await save('new', { key: keyOf({ basis: 'new root' }) });
      await save('busy', { nextAt: second(500) });
      await save('gone');
      await store().setRemoved('hadron', [{ tag: 'gone', removedAt: second(100) }]);
      expect(await store().assessAgain('new root', second(200))).toBe(1);
      expect(await due(second(200))).toEqual(['old']);
    });

    it('leave what was seen beside a digest behind, whatever is found later', async () => {
      await released('one');
      await save('one');
      await save('one', { key: keyOf({ basis: 'new root' }), verdict: { ...VERIFIED, state: 'unsigned', marks: [] } });
      await save('one', { verdict: { ...VERIFIED, marks: [{ id: 'second', logEntry: null, signedAt: second(5) }] } });
      expect(await store().seenEvidence(REPOSITORY, A)).toEqual([
        { id: 'piece', logEntry: 'log:1', signedAt: T0 },
        { id: 'second', logEntry: null, signedAt: second(5) },
      ]);
      expect(await store().seenEvidence(REPOSITORY, B)).toEqual([]);
    });

    it('have a trust root that is the one confirmed last', async () => {
      await released();
      expect(await store().trustRoot()).toBeNull();
      await store().saveTrustRoot({ hash: 'one', document: '{"one":1}', confirmedAt: second(1) });
      await store().saveTrustRoot({ hash: 'two', document: '{"two":2}', confirmedAt: second(2) });
      expect(await store().trustRoot()).toEqual({ hash: 'two', document: '{"two":2}', confirmedAt: second(2) });
      await store().saveTrustRoot({ hash: 'one', document: '{"one":1}', confirmedAt: second(3) });
      expect(await store().trustRoot()).toMatchObject({ hash: 'one', confirmedAt: second(3) });
    });
  });
}
