/** Whose notes a reader is told, and what of an edit. */
import { describe, expect, it } from 'vitest';
import type { ReleaseOutline } from '../../../src/core/classify.ts';
import { outlineOf } from '../../../src/core/outline.ts';
import type { ReleaseFacts } from '../../../src/core/release.ts';
import { editOf, isRetracted, notesIn, readReleaseNotes, skippedReleases, withComponents } from '../../../src/core/release-notes.ts';
import { instant } from '../../../src/core/time.ts';
import { V430 } from '../../support/kairos-release.ts';

const RETRACTED = '> [!CAUTION]\n> Do not upgrade to this release.\n\n* fix: mounts come in order in #9\n';

const known = (...versions: readonly string[]): readonly ReleaseOutline[] =>
  versions.map((version) => outlineOf('kairos', version, [], null, instant('2026-09-01')));
const after = (previous: string, kairos: 'patch' | 'minor' | 'major') => ({ ...V430.classification, previous, components: { kairos } });

describe('the releases that a reader of larger changes skipped', () => {
  const KNOWN = known('v4.0.0', 'v4.1.0', 'v4.1.1', 'v4.1.2', 'v4.2.0');

  it('are the patches of the line before, newest first', () => {
    expect(skippedReleases(KNOWN, 'v4.2.0', after('v4.1.2', 'minor'))).toEqual(['v4.1.2', 'v4.1.1']);
  });

  it('are all of the major before but the one that began it', () => {
    expect(skippedReleases(KNOWN, 'v5.0.0', after('v4.2.0', 'major'))).toEqual(['v4.2.0', 'v4.1.2', 'v4.1.1', 'v4.1.0']);
  });

  it('are none for a patch, and never prereleases', () => {
    expect(skippedReleases(KNOWN, 'v4.1.2', after('v4.1.1', 'patch'))).toEqual([]);
    expect(skippedReleases(known('v4.1.0', 'v4.1.1-rc1', 'v4.1.1'), 'v4.2.0', after('v4.1.1', 'minor'))).toEqual(['v4.1.1']);
  });
});

describe('an edit', () => {
  const facts = (body: string): ReleaseFacts => ({ ...V430, notes: notesIn('kairos', [{ version: V430.version, body }]) });
  const BREAKING = '## Breaking changes\n\n* the recovery partition has another name\n';

  it('is told when it adds what nobody may miss, also to notes that were not written before', () => {
    for (const before of ['', 'Release v4.3.0', '* fix: a typo\n']) {
      expect(editOf(facts(before), facts(before + BREAKING))?.breaking, before).toHaveLength(1);
    }
  });

  it('is not told when it takes something away, or says the same', () => {
    expect(editOf(facts(BREAKING), facts(''))).toBeNull();
    expect(editOf(facts(BREAKING), facts(BREAKING))).toBeNull();
  });

  it('is not told when nobody knows what was there before', () => {
    expect(editOf(V430, facts(BREAKING))).toBeNull();
  });
});

it('a page that says not to take its release retracts it', () => {
  expect(isRetracted('kairos', 'v4.3.0', '> [!CAUTION]\n> Do not upgrade to this release.\n')).toBe(true);
  expect(isRetracted('kairos', 'v4.3.0', '* fix: do not upgrade twice in #12\n')).toBe(false);
  expect(isRetracted('kairos', 'v4.3.0', '')).toBe(false);
});

it('numbers in the notes of a component lead into its own repository', () => {
  const [item] = readReleaseNotes('auroraboot', 'v0.27.1', '* fix: a disk is found again in #7\n')?.notes.sections.fixes ?? [];
  expect(item?.references).toMatchObject([{ id: '7', url: 'https://github.com/kairos-io/AuroraBoot/issues/7' }]);
});

describe('the notes of components inside', () => {
  const own = notesIn('kairos', [
    { version: 'v4.2.0', body: '* fix: one in #1\n' },
    { version: 'v4.1.2', body: '* fix: two in #2\n' },
  ]);
  const component = { name: 'immucore', notes: notesIn('immucore', [{ version: 'v0.20.4', body: RETRACTED }]) };

  it('stand beside those of the newest release, each with its version; whether one was taken back is not told of Kairos', () => {
    const [newest, older] = withComponents(own, [component]);
    expect(newest?.notes.sections.fixes.map((item) => item.component)).toEqual([null, 'immucore v0.20.4']);
    expect(newest?.notes.sections.retraction).toEqual([]);
    expect(older).toEqual(own[1]);
  });
});
