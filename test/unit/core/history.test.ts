import { describe, expect, it } from 'vitest';
import { findRelease } from '../../../src/core/history.ts';
import { listReleases, releasesBetween } from '../../../src/core/releases.ts';
import { parseFilter } from '../../../src/core/subscription.ts';
import { history, release } from '../../support/history.ts';

const tags = (version: string, ...kinds: string[]): readonly string[] => kinds.map((kind) => `v0.5.1-${kind}-${version}`);

const KAIROS = history([
  release('v4.0.3', '2026-03-20', tags('v4.0.3', 'core-amd64-generic')),
  release('v4.2.0', '2026-08-18', tags('v4.2.0', 'core-amd64-generic', 'core-arm64-rpi4')),
  release('v4.1.2', '2026-06-17', tags('v4.1.2', 'core-amd64-generic')),
  release('v4.1.3', '2026-08-20', tags('v4.1.3', 'core-amd64-generic')),
  release('v4.3.0-rc1', '2026-09-01', tags('v4.3.0-rc1', 'core-amd64-generic')),
  release('v4.3.0', '2026-09-08', tags('v4.3.0', 'core-amd64-generic', 'core-arm64-rpi4')),
]);

const versions = (question: Partial<Parameters<typeof listReleases>[1]>): readonly string[] =>
  listReleases(KAIROS, { filter: null, prereleases: false, since: null, limit: null, ...question }).releases.map(
    ({ facts }) => facts.version,
  );

describe('the releases that are listed', () => {
  it('are the stable ones, highest version first, with what a reader should know of each', () => {
    const { releases } = listReleases(KAIROS, { filter: null, prereleases: false, since: null, limit: 3 });
    expect(releases.map(({ facts }) => facts.version)).toEqual(['v4.3.0', 'v4.2.0', 'v4.1.3']);
    expect(releases[0]).toMatchObject({ images: 2, base: 'v0.5.1', facts: { classification: { latest: true } } });
    expect(releases[2]).toMatchObject({ facts: { classification: { backport: true } } });
  });

  it('are narrowed by words, to the images of them too', () => {
    const { releases, total } = listReleases(KAIROS, { filter: parseFilter('rpi4'), prereleases: false, since: null, limit: 1 });
    expect([releases.map(({ images }) => images), total]).toEqual([[1], 2]);
  });

  it('may be prereleases too, or of a period', () => {
    expect(versions({ prereleases: true })[1]).toBe('v4.3.0-rc1');
    expect(versions({ since: KAIROS.now })).toEqual([]);
  });
});

describe('a release that is named', () => {
  it.each([
    ['4.3.0', 'v4.3.0'],
    ['v4.3.0-RC1', null],
  ])('%s', (text, version) => {
    const found = findRelease(KAIROS, text);
    expect(found.kind === 'found' ? found.release.version : null).toBe(version);
  });

  it.each([
    ['v4.3', 'v4.3.0'],
    ['4.1.9', 'v4.1.3'],
    ['v4.4.0', 'v4.3.0'],
    ['v1.0.0', 'v4.0.3'],
    ['v4.3.0x', 'v4.3.0'],
  ])('%s is not known; %s probably was meant', (text, suggestion) => {
    expect(findRelease(KAIROS, text)).toEqual({ kind: 'unknown', suggestion });
  });

  it('of nothing known suggests nothing', () => {
    expect(findRelease(history([]), 'v4.3.0')).toEqual({ kind: 'unknown', suggestion: null });
  });
});

describe('the releases between two', () => {
  const between = (from: string, to: string) => releasesBetween(KAIROS, from, to, null).map(({ facts }) => facts.version);

  it('come in the order one goes through them, in either direction, without prereleases', () => {
    expect(between('v4.0.3', 'v4.3.0')).toEqual(['v4.1.2', 'v4.1.3', 'v4.2.0']);
    expect(between('v4.3.0', 'v4.1.2')).toEqual(['v4.2.0', 'v4.1.3']);
    expect(between('v4.3.0', 'v4.3.0')).toEqual([]);
  });

  it('are only those that have the image that is asked for', () => {
    expect(releasesBetween(KAIROS, 'v4.0.3', 'v4.3.0', parseFilter('rpi4')).map(({ facts }) => facts.version)).toEqual(['v4.2.0']);
  });
});
