import { describe, expect, it } from 'vitest';
import { HeraldError } from '../../../src/core/errors.ts';
import { viewFor } from '../../../src/core/reader-view.ts';
import type { PublishedImage, ReleaseFacts } from '../../../src/core/release.ts';
import { ANY, type Filter, parseFilter, printFilter } from '../../../src/core/subscription.ts';
import { plusMs } from '../../../src/core/time.ts';
import type { Bump } from '../../../src/core/version.ts';
import { imageOf, V430 } from '../../support/kairos-release.ts';

function view(words: string, facts: ReleaseFacts = V430): readonly string[] | null {
  return viewFor(parseFilter(words), facts)?.images.map(({ reference }) => reference.replace('quay.io/kairos/', '')) ?? null;
}

function with_(changes: Partial<ReleaseFacts>): ReleaseFacts {
  return { ...V430, ...changes };
}

describe('parseFilter', () => {
  const rows: readonly (readonly [string, Partial<Filter>])[] = [
    ['', {}],
    ['any', {}],
    ['rocky standard', { flavors: ['rockylinux'], variants: ['standard'] }],
    ['Hadron SUSE', { flavors: ['hadron', 'opensuse'] }],
    ['flavor:hadron,ubuntu', { flavors: ['hadron', 'ubuntu'] }],
    ['x86_64, aarch64', { archs: ['amd64', 'arm64'] }],
    ['arm64 rpi4', { archs: ['arm64'], models: ['rpi4'] }],
    ['agx-orin', { models: ['nvidia-jetson-agx-orin'] }],
    ['jetson-orin-nx board:rpi3 device:generic', { models: ['nvidia-jetson-orin-nx', 'rpi3', 'generic'] }],
    ['model:rpi5', { models: ['rpi5'] }],
    ['flavor:acme-os', { flavors: ['acme-os'] }],
    ['release:24.04 22.04', { flavorReleases: ['24.04', '22.04'] }],
    ['suse leap-15.6', { flavors: ['opensuse'], flavorReleases: ['leap-15.6'] }],
    ['k3s 1.35', { distro: 'k3s', kubernetesMinor: '1.35' }],
    ['k8s:k0s k8s-minor:1.36', { distro: 'k0s', kubernetesMinor: '1.36' }],
    ['k8s:1.36', { kubernetesMinor: '1.36' }],
    ['level:minor', { level: 'minor' }],
    ['level:>=minor', { level: 'minor' }],
    ['major', { level: 'major' }],
    ['pre:yes', { prereleases: true }],
    ['pre:no', { prereleases: false }],
    ['uki', { uki: 'only' }],
    ['uki:any raw:only', { uki: 'any', raw: 'only' }],
    ['hadron hadron hadron', { flavors: ['hadron'] }],
    ['project:kairos-init,auroraboot', { projects: ['kairos-init', 'auroraboot'] }],
    ['component:hadron project:any', { projects: ['hadron', 'any'] }],
    ['project:edge-ubuntu standard base:kairos-init', { projects: ['edge-ubuntu'], bases: ['kairos-init'], variants: ['standard'] }],
  ];
  it.each(rows)('reads "%s"', (words, expected) => {
    expect(parseFilter(words)).toEqual({ ...ANY, ...expected });
  });

  const slips: readonly (readonly [string, string, string | null])[] = [
    ['hadorn', 'hadorn', 'hadron'],
    ['rokcy standard', 'rokcy', 'rocky'],
    ['standrad', 'standrad', 'standard'],
    ['flavor:hadorn', 'flavor:hadorn', 'flavor:hadron'],
    ['model:gneric', 'model:gneric', 'model:generic'],
    ['arch:amd46', 'arch:amd46', 'arch:amd64'],
    ['levle:minor', 'levle:minor', 'level:minor'],
    ['level:mnior', 'level:mnior', 'level:minor'],
    ['1.35.8', '1.35.8', '1.35'],
    ['uki:yes', 'uki:yes', null],
    ['v4.2', 'v4.2', null],
    ['quantum', 'quantum', null],
    ['flavor:', 'flavor:', null],
    ['age:3d', 'age:3d', null],
    ['project:kairos-inti', 'project:kairos-inti', 'project:kairos-init'],
    ['base:yes', 'base:yes', null],
    ['k3s k0s', 'k0s', null],
    ['1.35 1.36', '1.36', null],
    ['uki:only uki:no', 'uki:no', null],
    ['raw raw:any', 'raw:any', null],
    ['level:minor level:major', 'level:major', null],
    ['pre pre:no', 'pre:no', null],
    ['jetson', 'jetson', 'jetson-agx-orin or jetson-orin-nx or jetson-thor'],
  ];
  it.each(slips)('refuses "%s", naming the word and what is near', (words, word, suggestion) => {
    const error = refusal(words);
    expect(error.code).toBe('INVALID_FILTER');
    expect(error.message).toContain(`"${word}"`);
    if (suggestion === null) expect(error.message).not.toContain('Did you mean');
    else expect(error.message).toContain(`Did you mean "${suggestion}"?`);
  });

  it.each([
    ['core k3s', 'core images carry no Kubernetes'],
    ['core 1.35', 'core images carry no Kubernetes'],
    ['uki:only raw:only', 'trusted boot images are not published as raw disks'],
    ['project:hadron rpi4', 'releases of hadron have no images of these kinds'],
  ])('refuses "%s", which no image can ever match', (words, why) => {
    const error = refusal(words);
    expect(error.code).toBe('INVALID_FILTER');
    expect(error.message).toContain(`"${words}" can never match: ${why}`);
  });

  it('knows the names of the configuration: flavors stand alone, projects are no slips, and base:yes says what is built with what', () => {
    const names = { flavors: ['edgeos'], projects: ['hadrom'], builtWith: new Map([['hadrom', ['kairos-init', 'hadron']]]) };
    const filter = parseFilter('project:hadrom edgeos base:yes', names);
    expect(filter).toEqual({ ...ANY, projects: ['hadrom'], flavors: ['edgeos'], bases: ['kairos-init', 'hadron'] });
    expect(printFilter(filter)).toBe('project:hadrom base:kairos-init base:hadron flavor:edgeos');
    expect(() => parseFilter('base:yes', names)).toThrow('name your own project too');
    expect(() => parseFilter('project:kairos base:yes', names)).toThrow('has builtWith');
  });

  it('takes a word said twice, and core beside standard with Kubernetes', () => {
    expect(parseFilter('level:minor minor k3s k3s core standard')).toMatchObject({ level: 'minor', distro: 'k3s' });
  });

  it('keeps the error short when somebody pastes a page', () => {
    expect(refusal('x'.repeat(100_000)).message.length).toBeLessThan(500);
  });
});

function refusal(words: string): HeraldError {
  try {
    parseFilter(words);
  } catch (error) {
    if (error instanceof HeraldError) return error;
  }
  throw new Error(`"${words}" was not refused`);
}

describe('printFilter', () => {
  it.each([
    ['', ''],
    ['minor arm64 rocky', 'rockylinux arm64 level:minor'],
    ['model:rpi5 k8s:1.35 uki raw:any pre', 'model:rpi5 1.35 uki:only raw:any pre:yes'],
  ])('says "%s" in canonical words', (words, expected) => {
    expect(printFilter(parseFilter(words))).toBe(expected);
  });
});

describe('viewFor', () => {
  it('says nothing of an image that was pushed again and that the reader does not get', () => {
    const again = (image: PublishedImage) => ({ ...image, replaced: [{ digest: 'sha256:old', until: plusMs(image.firstSeenAt, 1) }] });
    const core = V430.images.findIndex(({ reference }) => reference.includes('-core-amd64-'));
    const images = V430.images.map((image, index) => (index === core ? again(image) : image));
    const reasons = [...V430.classification.reasons, { kind: 'rebuilt', images: 1 } as const];
    const facts = with_({ images, classification: { ...V430.classification, reasons } });
    expect(viewFor(parseFilter('standard'), facts)).toEqual(viewFor(parseFilter('standard'), V430));
    expect(viewFor(parseFilter('core'), facts)?.classification.reasons).toContainEqual({ kind: 'rebuilt', images: 1 });
  });

  /** Ubuntu and Hadron images of one release in which Kairos and Hadron got a patch and k3s a minor. */
  const mixed = with_({
    images: [
      'ubuntu:24.04-core-amd64-generic-v4.3.1',
      'ubuntu:24.04-standard-amd64-generic-v4.3.1-k3s-v1.37.0-k3s1',
      'ubuntu:24.04-standard-amd64-generic-v4.3.1-k0s-v1.36.4-k0s.1',
      'hadron:v0.5.2-core-amd64-generic-v4.3.1',
    ].map((tag) => imageOf(`quay.io/kairos/${tag}`)),
    classification: {
      ...V430.classification,
      bump: 'minor',
      components: { kairos: 'patch', base: 'patch', kubernetes: 'minor' },
      reasons: [
        { kind: 'compared', component: 'kairos', from: 'v4.3.0', to: 'v4.3.1', bump: 'patch' },
        { kind: 'compared', component: 'base', from: 'v0.5.1', to: 'v0.5.2', bump: 'patch' },
        { kind: 'compared', component: 'kubernetes', from: 'v1.36.4+k3s1', to: 'v1.37.0+k3s1', bump: 'minor' },
        { kind: 'compared', component: 'kubernetes', from: 'v1.36.4+k0s.0', to: 'v1.36.4+k0s.1', bump: 'rebuild' },
        { kind: 'promoted', from: 'v4.3.1-rc1' },
      ],
    },
  });
  it.each([
    ['ubuntu core', 'patch', { kairos: 'patch' }],
    ['hadron', 'patch', { kairos: 'patch', base: 'patch' }],
    ['k0s', 'patch', { kairos: 'patch', kubernetes: 'rebuild' }],
    ['k3s', 'minor', { kairos: 'patch', kubernetes: 'minor' }],
    ['', 'minor', { kairos: 'patch', base: 'patch', kubernetes: 'minor' }],
  ])('is as large for a reader of "%s" as what he gets of it: %s', (words, bump, components) => {
    expect(viewFor(parseFilter(words), mixed)?.classification).toMatchObject({ bump, components });
  });

  it.each([
    ['ubuntu core level:minor', null],
    ['k0s level:minor', null],
    ['k3s level:minor', ['ubuntu:24.04-standard-amd64-generic-v4.3.1-k3s-v1.37.0-k3s1']],
  ])('tells "%s" of a release only when it is that large in what he gets', (words, expected) => {
    expect(view(words, mixed)).toEqual(expected);
  });

  it('keeps a Kubernetes comparison whose version names no distribution, as on arm64 of v3.3.1 to v3.3.6', () => {
    const kubernetes = { kind: 'compared', component: 'kubernetes', from: 'v1.31.4', to: 'v1.32.2', bump: 'minor' } as const;
    const arm = with_({
      images: [imageOf('quay.io/kairos/opensuse:leap-15.6-standard-arm64-rpi4-v3.3.4-k3s1.32.2')],
      classification: { ...V430.classification, reasons: [kubernetes] },
    });
    expect(viewFor(parseFilter('k3s'), arm)?.classification.reasons).toEqual([kubernetes]);
  });

  it('keeps the size of a first release, which is compared with nothing', () => {
    const first = with_({ classification: { ...V430.classification, bump: 'major', reasons: [{ kind: 'first-release' }] } });
    expect(viewFor(parseFilter('core level:major'), first)?.classification.bump).toBe('major');
  });

  it('shows everything to a filter nobody narrowed', () => {
    expect(view('')).toHaveLength(11);
  });

  it.each([
    ['hadron core arm64', ['hadron:v0.5.1-core-arm64-generic-v4.3.0']],
    ['k0s 1.35', ['hadron:v0.5.1-standard-amd64-generic-v4.3.0-k0s-v1.35.8-k0s.0']],
    ['release:0.5 arm64 1.36', ['hadron:v0.5.1-standard-arm64-generic-v4.3.0-k3s-v1.36.4-k3s1']],
    ['release:0.5.1 arm64 1.36', ['hadron:v0.5.1-standard-arm64-generic-v4.3.0-k3s-v1.36.4-k3s1']],
  ])('narrows to "%s"', (words, expected) => {
    expect(view(words)).toEqual(expected);
  });

  it.each(['rocky', 'rpi4', 'k0s arm64', 'uki', 'raw', 'level:major', 'release:v0.4', 'release:0.5.0'])('is no news for "%s"', (words) => {
    expect(view(words)).toBeNull();
  });

  const raw = with_({
    images: ['v0.5.1-core-amd64-generic-v4.3.0-uki', 'v0.5.1-standard-arm64-rpi4-v4.3.0-k3s-v1.36.4-k3s1-img'].map((tag) =>
      imageOf(`quay.io/kairos/hadron:${tag}`),
    ),
  });
  it.each([
    ['', null],
    ['uki:any', ['hadron:v0.5.1-core-amd64-generic-v4.3.0-uki']],
    ['uki:only raw:any', ['hadron:v0.5.1-core-amd64-generic-v4.3.0-uki']],
    ['raw:only', ['hadron:v0.5.1-standard-arm64-rpi4-v4.3.0-k3s-v1.36.4-k3s1-img']],
  ])('treats trusted boot and raw images as asked: "%s"', (words, expected) => {
    expect(view(words, raw)).toEqual(expected);
  });

  const bumps = ['none', 'rebuild', 'prerelease', 'patch', 'minor', 'major'] as const;
  it.each([
    ['level:patch', ['none', 'rebuild', 'prerelease', 'patch', 'minor', 'major']],
    ['level:minor', ['minor', 'major']],
    ['level:major', ['major']],
  ] as const)('%s lets pass %s', (words, expected) => {
    const of = (bump: Bump) => [{ kind: 'compared', component: 'kairos', from: 'v4.2.0', to: 'v4.3.0', bump } as const];
    const passing = bumps.filter(
      (bump) => view(words, with_({ classification: { ...V430.classification, bump, reasons: of(bump) } })) !== null,
    );
    expect(passing).toEqual(expected);
  });

  it.each(['rc', 'beta', 'alpha'] as const)('tells a %s only to those who asked for prereleases', (channel) => {
    expect(view('', with_({ channel }))).toBeNull();
    expect(view('pre:yes', with_({ channel }))).toHaveLength(11);
  });

  it('never tells development builds', () => {
    expect(view('pre:yes', with_({ channel: 'dev' }))).toBeNull();
  });

  it('is no news when all that passes has been removed, and keeps removed images beside live ones', () => {
    const removedAt = V430.images[0]?.pushedAt ?? null;
    const removed = with_({ images: V430.images.map((image) => (image.reference.includes('-core-') ? { ...image, removedAt } : image)) });
    expect(view('core', removed)).toBeNull();
    expect(view('amd64 core standard', removed)).toHaveLength(7);
  });

  const init = with_({ project: 'kairos-init', images: [imageOf('quay.io/kairos/kairos-init:v4.3.0')] });
  it.each([
    ['', false],
    ['level:minor pre:yes', false],
    ['hadron', false],
    ['project:kairos', false],
    ['project:kairos-init', true],
    ['project:any', true],
    ['project:kairos,kairos-init level:minor', true],
    ['project:kairos-init level:major', false],
    ['project:any hadron', false],
    ['base:kairos-init', true],
    ['project:edge-ubuntu standard arm64 base:kairos-init', true],
    ['hadron base:kairos-init', true],
  ])('tells of a component only whom names it and asks for no particular image: "%s" %s', (words, told) => {
    expect(viewFor(parseFilter(words), init)).toEqual(told ? init : null);
  });

  /** Somebody's own image, whose tag is read by the configuration. */
  const own = with_({
    project: 'edge-ubuntu',
    key: 'edge-ubuntu@v0.0.1',
    version: 'v0.0.1',
    images: [
      imageOf('registry.example.com/edge:noble-v0.0.1', { reads: 'ubuntu:24.04-standard-arm64-rpi4-v0.0.1-k3s-v1.36.4-k3s1' }),
      imageOf('registry.example.com/edge:noble-v0.0.1-pc', { reads: 'ubuntu:24.04-core-amd64-generic-v0.0.1' }),
    ],
  });
  it.each([
    ['', null],
    ['ubuntu', null],
    ['project:edge-ubuntu', 2],
    ['project:edge-ubuntu standard arm64 1.36', 1],
    ['project:any ubuntu release:24.04 core', 1],
    ['project:edge-ubuntu hadron', null],
  ])('narrows images of other projects that are named: "%s"', (words, images) => {
    expect(viewFor(parseFilter(words), own)?.images.length ?? null).toBe(images);
  });

  it('hears of a base as a whole, once its images are there', () => {
    const filter = parseFilter('project:edge-ubuntu ubuntu arm64 rpi4 base:kairos');
    expect(viewFor(filter, V430)?.images).toHaveLength(11);
    expect(viewFor(filter, with_({ images: [] }))).toBeNull();
  });

  it('is no news for a Kairos release whose images have not arrived', () => {
    expect(view('', with_({ images: [] }))).toBeNull();
  });
});
