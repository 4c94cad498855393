import { describe, expect, it } from 'vitest';
import { type FlavorKnowledge, latest, parseQuery, printQuery, type Query } from '../../../src/core/query.ts';
import { instant } from '../../../src/core/time.ts';
import { imageOf, V430_TAGS } from '../../support/kairos-release.ts';

const FLAVORS = ['hadron', 'rockylinux', 'ubuntu', 'acme'];
const CHECKED = instant('2026-11-23T08:00:00Z');

function ask(words: string): Query {
  const parsed = parseQuery(words.split(' '), FLAVORS);
  if (parsed.kind === 'problem') throw new Error(JSON.stringify(parsed.problems));
  return parsed.query;
}

function knowledge(flavor: string, tags: readonly string[], changes: Partial<FlavorKnowledge> = {}): FlavorKnowledge {
  const repository = `quay.io/kairos/${flavor}`;
  return {
    flavor,
    project: 'kairos',
    builtOn: [],
    targetId: flavor,
    repository,
    lifecycle: { state: 'active' },
    images: tags.map((tag) => imageOf(`${repository}:${tag}`)),
    calledPrereleases: new Set(),
    retracted: [],
    newestRelease: null,
    lastSuccessAt: CHECKED,
    failingSince: null,
    failure: null,
    ...changes,
  };
}

const ROCKY = knowledge('rockylinux', [], {
  lastSuccessAt: null,
  lifecycle: {
    state: 'frozen',
    since: '2026-02-05',
    lastVersion: 'v3.7.2',
    advice: 'Take a Hadron image, or build your own with kairos-init.',
    lastTags: [
      '9-core-amd64-generic-v3.7.2',
      '9-standard-amd64-generic-v3.7.2-k3s-v1.33.7-k3s3',
      '9-standard-amd64-generic-v3.7.2-k3s-v1.35.0-k3s3',
      '9-standard-amd64-generic-v3.7.2-k0s-v1.34.3-k0s.0',
    ],
  },
});

describe('parseQuery', () => {
  it.each([
    ['rocky standard', 'rockylinux standard'],
    ['standard rocky', 'rockylinux standard'],
    ['ARM64 core Hadron rpi4', 'hadron core arm64 rpi4'],
    ['hadron k3s 1.35', 'hadron standard k3s 1.35'],
    ['ubuntu 24.04 core', 'ubuntu 24.04 core'],
    ['board:rpi4 aarch64 hadron', 'hadron arm64 rpi4'],
    ['agx-orin ubuntu', 'ubuntu nvidia-jetson-agx-orin'],
    ['acme', 'flavor:acme'],
    ['hadron uki pre', 'hadron uki pre'],
    ['stable linux kubernetes k8s x64', 'amd64'],
    ['hadron 0.5 arm', 'hadron 0.5 arm64'],
    ['hadron 0.5.1', 'hadron 0.5.1'],
    ['', ''],
  ])('reads "%s" as "%s"', (words, canonical) => {
    expect(printQuery(ask(words))).toBe(canonical);
  });

  it.each([
    [
      'rokcy standrad',
      [
        { word: 'rokcy', suggestion: 'rocky', why: 'unknown' },
        { word: 'standrad', suggestion: 'standard', why: 'unknown' },
      ],
    ],
    ['hadron acem', [{ word: 'acem', suggestion: 'acme', why: 'unknown' }]],
    ['hadron quantum', [{ word: 'quantum', suggestion: null, why: 'unknown' }]],
    ['hadron ubuntu', [{ word: 'ubuntu', suggestion: null, why: 'conflict' }]],
    ['hadron level:minor', [{ word: 'level:minor', suggestion: null, why: 'no-question' }]],
    ['jetson', [{ word: 'jetson', suggestion: 'jetson-agx-orin or jetson-orin-nx or jetson-thor', why: 'unknown' }]],
  ])('does not understand all of "%s"', (words, problems) => {
    expect(parseQuery(words.split(' '), FLAVORS)).toEqual({ kind: 'problem', problems });
  });
});

describe('latest', () => {
  const hadron = knowledge('hadron', [
    ...V430_TAGS,
    'v0.5.1-core-amd64-generic-v4.2.0',
    'v0.5.1-core-amd64-generic-v4.2.0-uki',
    'v0.5.1-standard-arm64-rpi4-v4.2.0-k3s-v1.36.3-k3s1',
    'v0.5.1-standard-arm64-rpi4-v4.2.0-k3s-v1.36.3-k3s1-img',
    'v0.5.1-core-amd64-generic-v4.4.0-rc1',
    'v0.5.1-core-amd64-generic-master',
    'latest',
  ]);

  function answer(words: string, of: readonly FlavorKnowledge[] = [hadron]) {
    const [first] = latest(ask(words), of).flavors;
    if (first === undefined) throw new Error('no flavor answered');
    return { ...first, tags: first.images.map(({ reference }) => reference.split(':')[1]) };
  }

  it.each([
    ['hadron', 'v4.3.0', 11],
    ['hadron core amd64', 'v4.3.0', 1],
    ['hadron rpi4', 'v4.2.0', 1],
    ['hadron uki', 'v4.2.0', 1],
    ['hadron core amd64 pre', 'v4.4.0-rc1', 1],
  ])('of "%s" is %s', (words, version, images) => {
    const { version: found, images: of, missing } = answer(words);
    expect([found, of.length, missing]).toEqual([version, images, null]);
  });

  it('lists the newest Kubernetes first', () => {
    expect(answer('hadron k3s arm64').tags).toEqual([
      'v0.5.1-standard-arm64-generic-v4.3.0-k3s-v1.36.4-k3s1',
      'v0.5.1-standard-arm64-generic-v4.3.0-k3s-v1.35.8-k3s1',
      'v0.5.1-standard-arm64-generic-v4.3.0-k3s-v1.34.11-k3s1',
    ]);
  });

  it.each([
    ['hadron 0.5 core amd64', 'v4.3.0'],
    ['hadron 0.5.1 core amd64', 'v4.3.0'],
    ['hadron 0.4 core amd64', null],
  ])('finds hadron by its own version: "%s" is %s', (words, version) => {
    expect(answer(words).version).toBe(version);
  });

  it('says beside a combination that was left behind which version the flavor has meanwhile', () => {
    expect(answer('hadron rpi4')).toMatchObject({ version: 'v4.2.0', newest: 'v4.3.0' });
    expect(answer('hadron core')).toMatchObject({ version: 'v4.3.0', newest: 'v4.3.0' });
    expect(answer('hadron core amd64 pre')).toMatchObject({ version: 'v4.4.0-rc1', newest: 'v4.3.0' });
  });

  it('is answered by flavors that ended when only they ever had what was asked', () => {
    const flavors = (words: string) => latest(ask(words), [hadron, ROCKY]).flavors.map(({ flavor }) => flavor);
    expect(flavors('9 core')).toEqual(['rockylinux']);
    expect(flavors('core')).toEqual(['hadron']);
    expect(flavors('leap')).toEqual(['hadron']);
  });

  it('does not count images that were removed', () => {
    const images = hadron.images.map((image) => (image.reference.includes('v4.3.0') ? { ...image, removedAt: CHECKED } : image));
    expect(answer('hadron core amd64', [{ ...hadron, images }]).version).toBe('v4.2.0');
  });

  it('is no version that its release page calls a prerelease, unless those are asked for', () => {
    const versions = ['v4.2.0', 'v4.3.0'].map((version) => `v0.5.1-core-amd64-generic-${version}`);
    const known = [knowledge('hadron', versions, { calledPrereleases: new Set(['v4.3.0']) })];
    expect(answer('hadron', known)).toMatchObject({ version: 'v4.2.0', newest: 'v4.2.0' });
    expect(answer('hadron pre', known)).toMatchObject({ version: 'v4.3.0' });
  });

  it('says that the combination of the newest release has not arrived, and only to those who ask for it', () => {
    const late = 'v0.5.1-standard-amd64-generic-v4.3.0-k0s-v1.35.8-k0s.0';
    const combination = {
      flavor: 'hadron',
      variant: 'standard',
      arch: 'amd64',
      model: 'generic',
      distro: 'k0s',
      uki: false,
      raw: false,
    } as const;
    const image = { combination, kubernetes: 'v1.35.8+k0s.0', expectedBy: 'page', status: 'late' } as const;
    const completeness = { images: [image], mislabelled: [], deadline: CHECKED };
    const tags = [...V430_TAGS.filter((tag) => tag !== late), 'v0.5.1-standard-amd64-generic-v4.2.0-k0s-v1.35.4-k0s.0'];
    const known = [knowledge('hadron', tags, { newestRelease: { version: 'v4.3.0', completeness } })];
    const awaited = { version: 'v4.3.0', status: 'late', deadline: CHECKED };
    expect(answer('hadron k0s 1.35', known)).toMatchObject({ version: 'v4.2.0', newest: 'v4.3.0', awaited });
    expect(answer('hadron k0s 1.36', known)).toMatchObject({ version: 'v4.3.0', awaited: null });
    expect(answer('hadron k3s 1.35', known)).toMatchObject({ version: 'v4.3.0', awaited: null });
  });

  it('takes the highest version, not the one pushed last: a backport is not the latest', () => {
    expect(answer('ubuntu', [knowledge('ubuntu', ['24.04-core-amd64-generic-v3.6.0', '24.04-core-amd64-generic-v3.5.10'])]).version).toBe(
      'v3.6.0',
    );
  });

  it('of a frozen flavor is its last image, from the recorded list until the registry was asked', () => {
    const found = answer('rocky standard', [hadron, ROCKY]);
    expect(found).toMatchObject({ flavor: 'rockylinux', version: 'v3.7.2', origin: 'recorded', lastSuccessAt: null, missing: null });
    expect(found.tags).toEqual([
      '9-standard-amd64-generic-v3.7.2-k3s-v1.35.0-k3s3',
      '9-standard-amd64-generic-v3.7.2-k0s-v1.34.3-k0s.0',
      '9-standard-amd64-generic-v3.7.2-k3s-v1.33.7-k3s3',
    ]);
    expect(found.lifecycle).toMatchObject({ state: 'frozen', since: '2026-02-05' });
  });

  it('of a frozen flavor comes from the registry once it was asked', () => {
    const polled = { ...ROCKY, lastSuccessAt: CHECKED, images: [imageOf('quay.io/kairos/rockylinux:9-core-amd64-generic-v3.7.2')] };
    expect(answer('rocky core', [polled])).toMatchObject({ version: 'v3.7.2', origin: 'store' });
  });

  it('says "never checked" where nobody looked, and nothing else', () => {
    const unseen = knowledge('hadron', [], { lastSuccessAt: null });
    expect(answer('hadron', [unseen])).toMatchObject({ version: null, images: [], missing: { kind: 'never-checked' } });
  });

  it('keeps the trouble of a source beside the answer', () => {
    const failure = { code: 'TIMEOUT', message: 'quay.io did not answer', disposition: 'transient' } as const;
    expect(answer('hadron', [{ ...hadron, failingSince: CHECKED, failure }])).toMatchObject({
      version: 'v4.3.0',
      failingSince: CHECKED,
      failure,
    });
  });

  it.each([
    ['hadron core arm64 rpi4', ['hadron standard arm64 rpi4 k3s', 'hadron core arm64 generic']],
    ['hadron k0s arm64', ['hadron standard amd64 generic k0s', 'hadron standard arm64 generic k3s']],
    ['hadron uki arm64', ['hadron core arm64 generic']],
    ['hadron k3s 1.29', ['hadron standard amd64 generic k3s 1.34']],
    ['hadron v0.4.0 core', ['hadron v0.5.1 core amd64 generic']],
  ])('"%s" does not exist; the nearest that do are named first', (words, nearest) => {
    const { version, missing } = answer(words);
    expect(version).toBeNull();
    expect(missing).toMatchObject({ kind: 'no-such-combination' });
    expect(missing?.kind === 'no-such-combination' ? missing.nearest : []).toEqual(expect.arrayContaining(nearest));
  });

  it('names only combinations that answer when asked', () => {
    const { missing } = answer('hadron core arm64 rpi4 uki');
    if (missing?.kind !== 'no-such-combination') throw new Error('expected neighbours');
    expect(missing.nearest).toHaveLength(3);
    for (const words of missing.nearest) expect(answer(words).version, words).not.toBeNull();
  });

  it('answers for every flavor that is still published when none is named', () => {
    expect(latest(ask('core'), [hadron, ROCKY, knowledge('acme', [])]).flavors.map(({ flavor }) => flavor)).toEqual(['hadron', 'acme']);
  });

  it('answers for nothing where the flavor is not watched', () => {
    expect(latest(ask('ubuntu'), [hadron]).flavors).toEqual([]);
  });
});
