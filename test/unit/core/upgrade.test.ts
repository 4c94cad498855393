import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../../src/core/image.ts';
import { type Comparison, type Coordinate, candidates, compareArtifacts, type Track, type Warning } from '../../../src/core/upgrade.ts';
import { image, images } from '../../support/artifacts.ts';

const k3s = (base: string, version: string, kubernetes: string) =>
  image(`hadron:${base}-standard-amd64-generic-${version}-k3s-${kubernetes}-k3s1`);
const core = (base: string, version: string) => image(`hadron:${base}-core-amd64-generic-${version}`);

describe('comparing two images', () => {
  it.each<[from: string, to: string, crosses: Coordinate[]]>([
    ['hadron:v0.5.1-core-amd64-generic-v4.2.0', 'hadron:v0.5.1-core-amd64-generic-v4.3.0', []],
    ['ubuntu:24.04-core-amd64-generic-v3.7.2', 'hadron:v0.0.3-core-amd64-generic-v4.0.0', ['flavor']],
    ['hadron:v0.5.1-core-amd64-generic-v4.2.0', 'hadron:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1', ['variant']],
    ['hadron:v0.5.1-core-amd64-generic-v4.2.0', 'hadron:v0.5.1-core-arm64-generic-v4.3.0', ['arch']],
    ['hadron:v0.5.1-core-arm64-rpi3-v4.2.0', 'hadron:v0.5.1-core-arm64-rpi4-v4.3.0', ['model']],
    ['hadron:v0.5.1-core-amd64-generic-v4.2.0', 'hadron:v0.5.1-core-amd64-generic-v4.3.0-uki', ['boot-mode']],
    ['ubuntu:24.04-core-arm64-rpi4-v3.7.1', 'ubuntu:24.04-core-arm64-rpi4-v3.7.2-img', ['image-form']],
    [
      'hadron:v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.36.3-k3s1',
      'hadron:v0.5.1-standard-amd64-generic-v4.3.0-k0s-v1.36.4-k0s.0',
      ['kubernetes-distro'],
    ],
    ['hadron:v0.5.1-core-amd64-generic-v4.2.0', 'registry.example.org/edge/hadron:v0.5.1-core-amd64-generic-v4.3.0', ['registry']],
    [
      'alpine:3.21-core-arm64-rpi4-v3.7.2',
      'ubuntu:24.04-standard-amd64-generic-v3.7.2-uki',
      ['flavor', 'variant', 'arch', 'model', 'boot-mode'],
    ],
  ])('%s to %s crosses %j', (from, to, crosses) => {
    const comparison = compareArtifacts(image(from), image(to));
    expect(comparison.crosses).toEqual(crosses);
    expect(comparison.relation).toBe(crosses.length === 0 ? 'upgrade' : 'incompatible');
  });

  it.each<[what: string, from: Artifact, to: Artifact, relation: Comparison['relation'], warnings: Warning[]]>([
    ['the very same', core('v0.5.1', 'v4.2.0'), core('v0.5.1', 'v4.2.0'), 'same', []],
    [
      'older',
      core('v0.5.1', 'v4.3.0'),
      core('v0.5.1', 'v4.2.0'),
      'downgrade',
      [{ kind: 'downgrade', component: 'kairos', from: 'v4.3.0', to: 'v4.2.0' }],
    ],
    [
      'an older base below a newer Kairos',
      core('v0.5.2', 'v4.2.0'),
      core('v0.5.1', 'v4.3.0'),
      'downgrade',
      [{ kind: 'downgrade', component: 'base', from: 'v0.5.2', to: 'v0.5.1' }],
    ],
    [
      'a Kubernetes downgrade hidden in an upgrade',
      k3s('v0.4.0', 'v4.1.2', 'v1.36.1'),
      k3s('v0.5.1', 'v4.2.0', 'v1.35.7'),
      'downgrade',
      [{ kind: 'downgrade', component: 'kubernetes', from: 'v1.36.1+k3s1', to: 'v1.35.7+k3s1' }],
    ],
    [
      'one Kubernetes minor',
      k3s('v0.4.0', 'v4.1.2', 'v1.34.8'),
      k3s('v0.5.1', 'v4.2.0', 'v1.35.7'),
      'upgrade',
      [{ kind: 'kubernetes-step', from: 'v1.34.8+k3s1', to: 'v1.35.7+k3s1' }],
    ],
    [
      'two Kubernetes minors',
      k3s('v0.4.0', 'v4.1.2', 'v1.34.8'),
      k3s('v0.5.1', 'v4.2.0', 'v1.36.3'),
      'upgrade',
      [{ kind: 'kubernetes-skips-minor', from: 'v1.34.8+k3s1', to: 'v1.36.3+k3s1' }],
    ],
    ['a prerelease', core('v0.4.0', 'v4.1.2'), core('v0.5.1', 'v4.2.0-rc4'), 'upgrade', [{ kind: 'prerelease' }]],
    ['a candidate and its final', core('v0.5.1', 'v4.2.0-rc4'), core('v0.5.1', 'v4.2.0'), 'upgrade', []],
    [
      'a newer flavor release',
      image('ubuntu:22.04-core-amd64-generic-v3.7.2'),
      image('ubuntu:24.04-core-amd64-generic-v3.7.2'),
      'upgrade',
      [{ kind: 'os-change', from: 'ubuntu 22.04', to: 'ubuntu 24.04' }],
    ],
    [
      'an older flavor release',
      image('alpine:3.21-core-amd64-generic-v3.7.1'),
      image('alpine:3.19-core-amd64-generic-v3.7.2'),
      'downgrade',
      [{ kind: 'os-change', from: 'alpine 3.21', to: 'alpine 3.19' }],
    ],
    [
      'another line of the distribution',
      image('opensuse:leap-15.5-core-amd64-generic-v3.0.0'),
      image('opensuse:tumbleweed-core-amd64-generic-v3.1.0'),
      'incompatible',
      [
        { kind: 'os-change', from: 'opensuse leap-15.5', to: 'opensuse tumbleweed' },
        { kind: 'unordered', reason: 'opensuse leap-15.5 and opensuse tumbleweed are different systems' },
      ],
    ],
    [
      'a build of a commit',
      core('v0.5.1', 'v4.2.0'),
      core('v0.5.1', 'master'),
      'incompatible',
      [{ kind: 'unordered', reason: 'master has no place in the order of releases' }],
    ],
    [
      'a Kubernetes the tag keeps quiet about',
      image('hadron:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1'),
      image('hadron:v0.5.1-standard-amd64-generic-v4.5.0-k3s'),
      'incompatible',
      [{ kind: 'kubernetes-unknown' }],
    ],
  ])('%s', (_what, from, to, relation, warnings) => {
    expect(compareArtifacts(from, to)).toMatchObject({ relation, warnings });
  });

  it('names what moves in each component, and the largest of it', () => {
    expect(compareArtifacts(k3s('v0.4.0', 'v4.1.2', 'v1.36.1'), k3s('v0.5.1', 'v4.2.0', 'v1.36.3'))).toEqual({
      relation: 'upgrade',
      bump: 'minor',
      components: [
        { component: 'kairos', from: 'v4.1.2', to: 'v4.2.0', bump: 'minor' },
        { component: 'base', from: 'v0.4.0', to: 'v0.5.1', bump: 'minor' },
        { component: 'kubernetes', from: 'v1.36.1+k3s1', to: 'v1.36.3+k3s1', bump: 'patch' },
      ],
      crosses: [],
      warnings: [],
    });
  });

  it('calls one tag with two digests the same version, built again', () => {
    const tag = 'quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.2.0';
    const [old, again] = ['a', 'b'].map((sign) => image(`${tag}@sha256:${sign.repeat(64)}`));
    if (old === undefined || again === undefined) throw new Error('no images');
    expect(compareArtifacts(old, again)).toMatchObject({ relation: 'same', bump: 'rebuild' });
    expect(compareArtifacts(old, old)).toMatchObject({ relation: 'same', bump: 'none' });
    expect(compareArtifacts(image(tag), again)).toMatchObject({ relation: 'same', bump: 'none' });
  });

  it('names no Kubernetes move between distributions, which count their builds apart', () => {
    const comparison = compareArtifacts(
      image('hadron:v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.34.10-k3s1'),
      image('hadron:v0.5.1-standard-amd64-generic-v4.3.0-k0s-v1.36.4-k0s.0'),
    );
    expect(comparison).toMatchObject({ relation: 'incompatible', bump: 'minor', crosses: ['kubernetes-distro'], warnings: [] });
    expect(comparison.components.map(({ component }) => component)).toEqual(['kairos', 'base']);
  });

  it('reads the base from tags that come without their repository', () => {
    const [from, to] = [image('v0.4.0-core-amd64-generic-v4.1.2'), image('v0.5.1-core-amd64-generic-v4.2.0')];
    expect(compareArtifacts(from, to)).toMatchObject({ relation: 'upgrade', warnings: [] });
    expect(candidates(from, [to]).offers.map(({ artifact }) => artifact.tag)).toEqual([to.tag]);
  });
});

interface Situation {
  readonly running: string;
  readonly published: readonly string[];
  readonly track?: Track;
  readonly prereleases?: boolean;
  readonly offers: readonly string[];
  readonly warnings?: readonly Warning[];
  readonly reason?: unknown;
}

const std = (rest: string) => `v0.5.1-standard-amd64-generic-${rest}`;

describe('upgrade candidates', () => {
  it.each<[what: string, situation: Situation]>([
    [
      'stay on the Kubernetes minor, at its newest patch and build',
      {
        running: std('v4.2.0-k3s-v1.34.9-k3s1'),
        published: [
          std('v4.3.0-k3s-v1.34.11-k3s2'),
          std('v4.3.0-k3s-v1.34.11-k3s10'),
          std('v4.3.0-k3s-v1.34.9-k3s1'),
          std('v4.3.0-k3s-v1.35.8-k3s1'),
        ],
        offers: [std('v4.3.0-k3s-v1.34.11-k3s10')],
        warnings: [],
      },
    ],
    [
      'take the next minor when the newest version no longer has the running one',
      {
        running: std('v4.1.2-k3s-v1.33.9-k3s1'),
        published: [std('v4.2.0-k3s-v1.33.9-k3s1'), std('v4.3.0-k3s-v1.34.11-k3s1'), std('v4.3.0-k3s-v1.35.8-k3s1')],
        offers: [std('v4.3.0-k3s-v1.34.11-k3s1')],
        warnings: [{ kind: 'kubernetes-step', from: 'v1.33.9+k3s1', to: 'v1.34.11+k3s1' }],
      },
    ],
    [
      'take the next minor rather than a lower patch of the running one',
      {
        running: std('v4.2.0-k3s-v1.34.12-k3s1'),
        published: [std('v4.3.0-k3s-v1.34.11-k3s1'), std('v4.3.0-k3s-v1.35.8-k3s1')],
        offers: [std('v4.3.0-k3s-v1.35.8-k3s1')],
        warnings: [{ kind: 'kubernetes-step', from: 'v1.34.12+k3s1', to: 'v1.35.8+k3s1' }],
      },
    ],
    [
      'count a newer build of the running version',
      {
        running: std('v4.3.0-k3s-v1.34.11-k3s1'),
        published: [std('v4.3.0-k3s-v1.34.11-k3s1'), std('v4.3.0-k3s-v1.34.11-k3s3'), std('v4.3.0-k3s-v1.35.8-k3s1')],
        offers: [std('v4.3.0-k3s-v1.34.11-k3s3')],
      },
    ],
    [
      'do not move Kubernetes alone on track os',
      {
        running: std('v4.3.0-k3s-v1.34.11-k3s1'),
        published: [std('v4.3.0-k3s-v1.34.11-k3s1'), std('v4.3.0-k3s-v1.35.8-k3s1')],
        offers: [],
        reason: 'v4.3.0 is already the newest published image of hadron standard amd64 generic k3s.',
      },
    ],
    [
      'move Kubernetes alone on its own track, by one minor',
      {
        running: std('v4.3.0-k3s-v1.34.11-k3s1'),
        published: [
          std('v4.3.0-k3s-v1.34.12-k3s1'),
          std('v4.3.0-k3s-v1.35.7-k3s1'),
          std('v4.3.0-k3s-v1.35.8-k3s1'),
          std('v4.3.0-k3s-v1.36.4-k3s1'),
          std('v4.4.0-k3s-v1.35.9-k3s1'),
        ],
        track: 'kubernetes',
        offers: [std('v4.3.0-k3s-v1.35.8-k3s1')],
      },
    ],
    [
      'say that there is no Kubernetes step',
      {
        running: std('v4.3.0-k3s-v1.36.4-k3s1'),
        published: [std('v4.4.0-k3s-v1.37.0-k3s1')],
        track: 'kubernetes',
        offers: [],
        reason: 'No published image of hadron standard amd64 generic k3s v4.3.0 has Kubernetes v1.37, the next minor version.',
      },
    ],
    [
      'say that a core image has no Kubernetes',
      {
        running: 'v0.5.1-core-amd64-generic-v4.2.0',
        published: ['v0.5.1-core-amd64-generic-v4.3.0'],
        track: 'kubernetes',
        offers: [],
        reason: 'hadron core amd64 generic carries no Kubernetes, so there is no Kubernetes step to take.',
      },
    ],
    [
      'take the highest Kubernetes within reach on track both',
      {
        running: std('v4.2.0-k3s-v1.34.10-k3s1'),
        published: [std('v4.3.0-k3s-v1.34.11-k3s1'), std('v4.3.0-k3s-v1.35.8-k3s1'), std('v4.3.0-k3s-v1.36.4-k3s1')],
        track: 'both',
        offers: [std('v4.3.0-k3s-v1.35.8-k3s1')],
      },
    ],
    [
      'offer a stepping stone when every newer version would skip a minor',
      {
        running: std('v4.0.0-k3s-v1.32.9-k3s1'),
        published: [
          std('v4.0.0-k3s-v1.32.10-k3s1'),
          std('v4.0.0-k3s-v1.33.5-k3s1'),
          std('v4.2.0-k3s-v1.34.10-k3s1'),
          std('v4.3.0-k3s-v1.34.11-k3s1'),
        ],
        offers: [std('v4.0.0-k3s-v1.33.5-k3s1')],
        warnings: [
          { kind: 'kubernetes-step', from: 'v1.32.9+k3s1', to: 'v1.33.5+k3s1' },
          { kind: 'stepping-stone', towards: 'v4.3.0' },
        ],
      },
    ],
    [
      'say so when the version in between is a stepping stone',
      {
        running: std('v4.0.0-k3s-v1.32.9-k3s1'),
        published: [std('v4.1.2-k3s-v1.33.8-k3s1'), std('v4.3.0-k3s-v1.34.11-k3s1')],
        offers: [std('v4.1.2-k3s-v1.33.8-k3s1')],
        warnings: [
          { kind: 'kubernetes-step', from: 'v1.32.9+k3s1', to: 'v1.33.8+k3s1' },
          { kind: 'stepping-stone', towards: 'v4.3.0' },
        ],
      },
    ],
    [
      'say so when there is no stepping stone either',
      {
        running: std('v4.0.0-k3s-v1.32.9-k3s1'),
        published: [std('v4.3.0-k3s-v1.34.11-k3s1')],
        offers: [],
        reason:
          'Every newer image of hadron standard amd64 generic k3s would skip a Kubernetes minor version, and no image of v4.0.0 with the next one is published.',
      },
    ],
    [
      'never take the base back',
      {
        running: 'v0.6.0-core-amd64-generic-v4.2.0',
        published: ['v0.5.1-core-amd64-generic-v4.3.0'],
        offers: [],
        reason: 'Every newer image of hadron core amd64 generic would take a component below what v0.6.0-core-amd64-generic-v4.2.0 has.',
      },
    ],
    [
      'take a newer base of the running version, and the newest of two',
      {
        running: 'v0.5.1-core-amd64-generic-v4.3.0',
        published: ['v0.5.2-core-amd64-generic-v4.3.0', 'v0.5.10-core-amd64-generic-v4.3.0'],
        offers: ['v0.5.10-core-amd64-generic-v4.3.0'],
      },
    ],
    [
      'leave prereleases alone',
      {
        running: 'v0.5.1-core-amd64-generic-v4.3.0',
        published: ['v0.5.1-core-amd64-generic-v4.4.0-rc1'],
        offers: [],
        reason: 'Only prereleases of hadron core amd64 generic are newer than v4.3.0.',
      },
    ],
    [
      'offer prereleases to those who ask',
      {
        running: 'v0.5.1-core-amd64-generic-v4.3.0',
        published: ['v0.5.1-core-amd64-generic-v4.4.0-rc2', 'v0.5.1-core-amd64-generic-v4.4.0-rc10'],
        prereleases: true,
        offers: ['v0.5.1-core-amd64-generic-v4.4.0-rc10'],
        warnings: [{ kind: 'prerelease' }],
      },
    ],
    [
      'follow the line a prerelease node is on, and no other',
      {
        running: 'v0.5.1-core-amd64-generic-v4.4.0-beta2',
        published: [
          'v0.5.1-core-amd64-generic-v4.4.0-beta11',
          'v0.5.1-core-amd64-generic-v4.4.1-rc1',
          'v0.5.1-core-amd64-generic-v4.5.0-alpha1',
        ],
        offers: ['v0.5.1-core-amd64-generic-v4.4.0-beta11'],
      },
    ],
    [
      'bring a prerelease node back to finals',
      {
        running: 'v0.5.1-core-amd64-generic-v4.4.0-rc2',
        published: ['v0.5.1-core-amd64-generic-v4.4.0-rc3', 'v0.5.1-core-amd64-generic-v4.4.0', 'v0.5.1-core-amd64-generic-v4.5.0'],
        offers: ['v0.5.1-core-amd64-generic-v4.5.0'],
      },
    ],
    [
      'leave Kubernetes candidates alone',
      {
        running: std('v4.2.0-k3s-v1.36.3-k3s1'),
        published: [std('v4.3.0-k3s-v1.36.5-rc1-k3s1'), std('v4.3.0-k3s-v1.36.4-k3s1')],
        offers: [std('v4.3.0-k3s-v1.36.4-k3s1')],
      },
    ],
    [
      'do not offer a Kubernetes nobody names to a node that knows its own',
      {
        running: std('v4.3.0-k0s-v1.36.4-k0s.0'),
        published: [std('v4.5.0-k0s')],
        offers: [],
        reason:
          'Newer images of hadron standard amd64 generic k0s exist, but not every tag says which Kubernetes is inside, so a downgrade or a skipped minor version cannot be ruled out.',
      },
    ],
    [
      'are none where neither side names its Kubernetes: a skipped minor cannot be ruled out',
      {
        running: std('v4.5.0-k0s'),
        published: [std('v4.6.0-k0s')],
        offers: [],
        reason:
          'Newer images of hadron standard amd64 generic k0s exist, but not every tag says which Kubernetes is inside, so a downgrade or a skipped minor version cannot be ruled out.',
      },
    ],
    [
      'are none for a node that does not say its Kubernetes, among images that do',
      {
        running: std('v4.5.0-k0s'),
        published: [std('v4.6.0-k0s-v1.37.0-k0s.0')],
        offers: [],
        reason: expect.stringContaining('not every tag says'),
      },
    ],
    [
      'have no answer for a build of a branch',
      {
        running: 'v0.5.1-core-amd64-generic-master',
        published: ['v0.5.1-core-amd64-generic-v4.3.0'],
        offers: [],
        reason: 'master was built from a branch or a commit. Such images have no order among releases, so nothing can be called newer.',
      },
    ],
    [
      'are never builds of a branch',
      {
        running: 'v0.5.1-core-amd64-generic-v4.3.0',
        published: [
          'v0.5.1-core-amd64-generic-master',
          'v0.5.1-core-amd64-generic-43dabf5',
          'v0.5.1-core-amd64-generic-v4.3.0-96-g83cf366',
        ],
        offers: [],
        reason: 'No published image of hadron core amd64 generic is newer than v4.3.0.',
      },
    ],
  ])('%s', (_what, { running, published, track, prereleases, offers, warnings, reason }) => {
    const found = candidates(image(`hadron:${running}`), images('hadron', published), {
      ...(track === undefined ? {} : { track }),
      ...(prereleases === undefined ? {} : { prereleases }),
    });
    expect(found.offers.map(({ artifact, recommended }) => ({ tag: artifact.tag, recommended }))).toEqual(
      offers.map((tag) => ({ tag, recommended: true })),
    );
    if (warnings !== undefined) expect(found.offers[0]?.warnings).toEqual(warnings);
    expect(found.reason).toEqual(reason ?? null);
  });

  it('never cross to trusted boot or to a raw disk, nor out of them', () => {
    const published = images('ubuntu', [
      '24.04-core-arm64-rpi4-v3.7.2',
      '24.04-core-arm64-rpi4-v3.7.2-img',
      '24.04-core-amd64-generic-v3.7.2',
      '24.04-core-amd64-generic-v3.7.2-uki',
    ]);
    const offered = (running: string) => candidates(image(`ubuntu:${running}`), published).offers.map(({ artifact }) => artifact.tag);
    expect(offered('24.04-core-arm64-rpi4-v3.7.1')).toEqual(['24.04-core-arm64-rpi4-v3.7.2']);
    expect(offered('24.04-core-amd64-generic-v3.7.1-uki')).toEqual(['24.04-core-amd64-generic-v3.7.2-uki']);
  });

  it('are none of a standard trusted boot image of v3.4 to v3.7: its tag hides the Kubernetes, so a skipped minor cannot be ruled out', () => {
    const running = image('ubuntu:24.04-standard-amd64-generic-v3.7.1-uki');
    expect(candidates(running, images('ubuntu', ['24.04-standard-amd64-generic-v3.7.2-uki']))).toMatchObject({
      offers: [],
      reason: expect.stringContaining('not every tag says which Kubernetes is inside'),
    });
  });

  it.each([
    ['ubuntu:24.04-core-arm64-rpi4-v3.7.1-img', 'quay.io/kairos/ubuntu:24.04-core-arm64-rpi4-v3.7.1'],
    ['core-ubuntu-arm-rpi-img:v2.0.0.img', 'quay.io/kairos/core-ubuntu-arm-rpi:v2.0.0'],
  ])('of the raw disk %s are asked for with the image it was made from: a disk is written, not upgraded to', (raw, made) => {
    const running = image(raw);
    const found = candidates(running, [running, image('ubuntu:24.04-core-arm64-rpi4-v3.7.2-img')]);
    expect(found.offers).toEqual([]);
    expect(found.reason).toContain(`Ask with ${made} instead.`);
  });

  it('stay in the repository the node runs from', () => {
    const running = image('registry.example.org/edge/hadron:v0.5.1-core-amd64-generic-v4.2.0');
    expect(candidates(running, images('hadron', ['v0.5.1-core-amd64-generic-v4.3.0']))).toMatchObject({
      offers: [],
      reason: 'No published image of hadron core amd64 generic is newer than v4.2.0.',
    });
  });

  it('choose the same of two spellings of one image, whichever is listed first', () => {
    const running = image('ubuntu:24.04-standard-amd64-generic-v3.6.0-k3s-v1.33.5-k3s1');
    const two = images('ubuntu', [
      '24.04-standard-amd64-generic-v3.7.2-k3s-v1.33.7-k3s3',
      '24.04-standard-amd64-generic-v3.7.2-k3sv1.33.7-k3s3',
    ]);
    const [offer] = candidates(running, two).offers;
    expect(offer).toBeDefined();
    expect(candidates(running, two.toReversed()).offers).toEqual([offer]);
  });

  it('list a newer flavor release apart, nearest first: an operating system is a person’s decision', () => {
    const found = candidates(
      image('ubuntu:22.04-core-amd64-generic-v3.6.0'),
      images('ubuntu', [
        '25.10-core-amd64-generic-v3.7.2',
        '24.04-core-amd64-generic-v3.7.1',
        '24.04-core-amd64-generic-v3.7.2',
        '22.04-core-amd64-generic-v3.7.2',
        '20.04-core-amd64-generic-v3.7.2',
        '24.04-core-amd64-generic-v3.5.0',
      ]),
    );
    expect(found.offers.map(({ artifact }) => artifact.tag)).toEqual(['22.04-core-amd64-generic-v3.7.2']);
    expect(found.osChanges.map(({ artifact, recommended }) => [artifact.tag, recommended])).toEqual([
      ['24.04-core-amd64-generic-v3.7.2', false],
      ['25.10-core-amd64-generic-v3.7.2', false],
    ]);
    expect(found.osChanges[0]?.warnings).toEqual([{ kind: 'os-change', from: 'ubuntu 22.04', to: 'ubuntu 24.04' }]);
  });

  it('list the same version on a newer flavor release too', () => {
    const found = candidates(image('ubuntu:22.04-core-amd64-generic-v3.7.2'), images('ubuntu', ['24.04-core-amd64-generic-v3.7.2']));
    expect(found.offers).toEqual([]);
    expect(found.osChanges.map(({ artifact }) => artifact.tag)).toEqual(['24.04-core-amd64-generic-v3.7.2']);
    expect(found.reason).toBe('No published image of ubuntu 22.04 core amd64 generic is newer than v3.7.2.');
  });
});
