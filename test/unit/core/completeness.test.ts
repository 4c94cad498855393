import { describe, expect, it } from 'vitest';
import { printCombination } from '../../../src/core/combination.ts';
import { allowanceMs, type CompletenessInput, completenessOf, type EarlierRelease, gapsOf } from '../../../src/core/completeness.ts';
import { percentile } from '../../../src/core/percentile.ts';
import { instant, MS, plusMs } from '../../../src/core/time.ts';
import { imageOf, V430_TAGS } from '../../support/kairos-release.ts';

const PUSHED = instant('2026-09-08T10:00:00Z');
const SOON = plusMs(PUSHED, MS.hour);
const MUCH_LATER = plusMs(PUSHED, 30 * MS.day);

/** The eleven installers of v4.3.0, as its page names them. */
const FILES = V430_TAGS.map(
  (tag) =>
    `kairos-hadron-${tag
      .replace('-k3s-v', '-k3sv')
      .replace('-k0s-v', '-k0sv')
      .replace(/-(k3s\d|k0s\.\d)$/, '+$1')}.iso`,
);
const hadron = (tag: string) => imageOf(`quay.io/kairos/hadron:${tag}`);
const earlier = (combinations: readonly string[], changes: Partial<EarlierRelease> = {}): EarlierRelease => ({
  combinations: Object.fromEntries(combinations.map((text) => [text, 1])),
  sameLine: false,
  tookMs: null,
  ...changes,
});
const CORE = ['hadron core amd64 generic', 'hadron core arm64 generic'];
const WITH_RPI = [...CORE, 'hadron core arm64 rpi4'];

function judge(tags: readonly string[], changes: Partial<CompletenessInput> = {}) {
  const images = tags.map(hadron);
  return completenessOf({
    version: 'v4.3.0',
    images,
    files: FILES,
    earlier: [],
    endedFlavors: new Set(),
    said: null,
    publishedAt: PUSHED,
    now: SOON,
    ...changes,
  });
}

const gaps = (tags: readonly string[], changes: Partial<CompletenessInput> = {}) => {
  const completeness = judge(tags, changes);
  return (completeness === null ? [] : gapsOf(completeness)).map(({ combination, kubernetes, status, expectedBy }) =>
    [printCombination(combination), kubernetes, status, expectedBy].filter((part) => part !== null).join(' '),
  );
};

describe('a release whose page lists its installers', () => {
  it('is complete when each has its image', () => {
    expect(judge(V430_TAGS)?.images).toHaveLength(11);
    expect(gaps(V430_TAGS)).toEqual([]);
  });

  it('is short of exactly the image that is not there, by its Kubernetes version', () => {
    const withheld = 'v0.5.1-standard-amd64-generic-v4.3.0-k0s-v1.35.8-k0s.0';
    expect(gaps(V430_TAGS.filter((tag) => tag !== withheld))).toEqual(['hadron standard amd64 generic k0s v1.35.8+k0s.0 late page']);
  });

  it('calls it missing when releases have never taken so long', () => {
    expect(gaps(V430_TAGS.slice(1), { now: MUCH_LATER })).toEqual(['hadron core amd64 generic missing page']);
  });

  it('counts an image that was removed as not there', () => {
    const images = V430_TAGS.map(hadron).map((image, index) => (index === 0 ? { ...image, removedAt: SOON } : image));
    expect(gapsOf(judge([], { images }) ?? { images: [], mislabelled: [], deadline: SOON })).toHaveLength(1);
  });

  it('takes nothing from files that are of another release or are no installers', () => {
    const files = [
      'checksums.txt',
      'kairos-hadron-v0.5.1-core-amd64-generic-v4.2.0.iso',
      'kairos-hadron-v0.5.1-core-amd64-generic-v4.3.0.iso.sha256',
    ];
    expect(judge(V430_TAGS, { files })).toBeNull();
  });

  it('finds Rocky Linux by the name its files have', () => {
    const completeness = judge([], { version: 'v3.5.3', files: ['kairos-rocky-9.6-core-amd64-generic-v3.5.3.iso'] });
    expect(completeness?.images.map(({ combination }) => combination.flavor)).toEqual(['rockylinux']);
  });
});

describe('a release without a list of its own', () => {
  it('is measured by the release before it in its line', () => {
    const before = [earlier(WITH_RPI, { sameLine: true }), earlier(CORE)];
    expect(gaps(['v0.5.1-core-amd64-generic-v4.3.0', 'v0.5.1-core-arm64-generic-v4.3.0'], { files: [], earlier: before })).toEqual([
      'hadron core arm64 rpi4 late history',
    ]);
  });

  it('is short of Kubernetes versions when every release lately had more of them', () => {
    const k3s = 'hadron standard amd64 generic k3s';
    const with3 = earlier([], { combinations: { [k3s]: 3 }, sameLine: true });
    const with2 = earlier([], { combinations: { [k3s]: 2 } });
    const one = 'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1';
    const two = 'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.35.8-k3s1';
    expect(gaps([one], { files: [], earlier: [with3, with2] })).toEqual([`${k3s} late history`]);
    expect(gaps([one, two], { files: [], earlier: [with3, with2] })).toEqual([]);
    expect(gaps([one, two], { files: [], earlier: [with3] })).toEqual([`${k3s} late history`]);
  });

  it('is not held to what only one of the last three releases had', () => {
    const before = [earlier(CORE), earlier(WITH_RPI), earlier(CORE)];
    expect(gaps(['v0.5.1-core-amd64-generic-v4.3.0', 'v0.5.1-core-arm64-generic-v4.3.0'], { files: [], earlier: before })).toEqual([]);
  });

  it('expects nothing of a flavor that is no longer published', () => {
    const before = [earlier([...CORE, 'ubuntu core amd64 generic']), earlier([...CORE, 'ubuntu core amd64 generic'])];
    expect(gaps(V430_TAGS, { files: [], earlier: before, endedFlavors: new Set(['ubuntu']) })).toEqual([]);
  });

  it('cannot be called incomplete when nothing is known before it', () => {
    expect(judge(V430_TAGS, { files: [] })).toBeNull();
  });
});

describe('a release whose time is over', () => {
  const before = [earlier(WITH_RPI, { sameLine: true })];
  const said = judge(V430_TAGS, { files: [], earlier: before, now: SOON });

  it('takes the list of its own page all the same, when that was seen only after it: Herald may have been down', () => {
    const withoutList = judge(V430_TAGS.slice(1), { files: [], earlier: before, now: MUCH_LATER });
    expect(gaps(V430_TAGS.slice(1), { earlier: before, said: withoutList, now: MUCH_LATER })).toContain(
      'hadron core amd64 generic missing page',
    );
  });

  it('is measured by what was expected of it then, whatever comes out or is deleted later', () => {
    const changed = { files: [], earlier: [earlier([...WITH_RPI, 'hadron core arm64 rpi3'], { sameLine: true })], said };
    expect(gaps(V430_TAGS, { ...changed, now: SOON })).toEqual([
      'hadron core arm64 rpi3 late history',
      'hadron core arm64 rpi4 late history',
    ]);
    expect(gaps(V430_TAGS, { ...changed, now: MUCH_LATER })).toEqual(['hadron core arm64 rpi4 missing history']);
    expect(gaps(V430_TAGS, { earlier: [], said, files: [], now: MUCH_LATER })).toEqual(['hadron core arm64 rpi4 missing history']);
  });

  it('is complete when the last image comes after all', () => {
    expect(gaps([...V430_TAGS, 'v0.5.1-core-arm64-rpi4-v4.3.0'], { files: [], earlier: before, said, now: MUCH_LATER })).toEqual([]);
  });
});

describe('how long a release may take', () => {
  it('is a day until five releases were measured, then the 95th percentile, within six hours and a week', () => {
    expect(allowanceMs([])).toBe(MS.day);
    expect(allowanceMs([1, 1, 1, 1])).toBe(MS.day);
    expect(allowanceMs([MS.hour, MS.hour, MS.hour, MS.hour, MS.hour])).toBe(6 * MS.hour);
    expect(allowanceMs([MS.hour, MS.hour, MS.hour, MS.hour, 2 * MS.day])).toBe(2 * MS.day);
    expect(allowanceMs([MS.hour, MS.hour, MS.hour, MS.hour, 90 * MS.day])).toBe(7 * MS.day);
  });

  it('is a value that was measured', () => {
    expect(percentile([3, 1, 2], 50)).toBe(2);
    expect(percentile([3, 1, 2], 95)).toBe(3);
    expect(percentile([], 95)).toBeNull();
  });
});

describe('names that cannot be right', () => {
  it('notices a standard image without Kubernetes among siblings that have one: v3.3.0 on arm64', () => {
    const images = ['alpine:3.19-standard-arm64-rpi4-v3.3.0', 'alpine:3.19-standard-amd64-generic-v3.3.0-k3sv1.32.0-k3s1'].map((name) =>
      imageOf(`quay.io/kairos/${name}`),
    );
    const completeness = judge([], {
      version: 'v3.3.0',
      images,
      files: ['kairos-alpine-3.19-standard-amd64-generic-v3.3.0-k3sv1.32.0+k3s1.iso'],
    });
    expect(completeness?.mislabelled).toEqual([
      { reference: 'quay.io/kairos/alpine:3.19-standard-arm64-rpi4-v3.3.0', reason: 'no-kubernetes' },
    ]);
  });

  it('suspects an image that was pushed twice while another board never came: v3.6.0-rc3 pushed rpi4 as generic', () => {
    const twice = imageOf('quay.io/kairos/alpine:3.21-standard-arm64-generic-v3.6.0-k3s-v1.32.9-k3s1', {
      replaced: [{ digest: 'sha256:aa', until: PUSHED }],
    });
    const before = [earlier(['alpine standard arm64 generic k3s', 'alpine standard arm64 rpi4 k3s'], { sameLine: true })];
    const completeness = judge([], { version: 'v3.6.0', images: [twice], files: [], earlier: before });
    expect(completeness?.mislabelled).toEqual([{ reference: twice.reference, reason: 'pushed-twice' }]);
  });
});
