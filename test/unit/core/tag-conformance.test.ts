/**
 * The tag conformance suite: what an update checker must answer to people who run Kairos. Tools that take a tag for one
 * version fail nearly all of it: they offer another variant, board or boot mode, a prerelease, or nothing at all.
 */
import { describe, expect, it } from 'vitest';
import { candidates, type Track } from '../../../src/core/upgrade.ts';
import { HADRON_TAGS, image, images } from '../../support/artifacts.ts';

function offered(
  flavor: string,
  running: string,
  published: readonly string[],
  options: { track?: Track; prereleases?: boolean } = {},
): string[] {
  return candidates(image(`${flavor}:${running}`), images(flavor, published), options).offers.map(({ artifact }) => artifact.tag);
}

describe('five nodes and the 90 tags of three Hadron releases', () => {
  it('has 90 different tags to choose from', () => {
    expect(new Set(HADRON_TAGS).size).toBe(90);
  });

  it.each<[running: string, track: Track, expected: string | null, why: string]>([
    ['v0.4.0-core-amd64-generic-v4.1.2', 'os', 'v0.5.1-core-amd64-generic-v4.2.0', 'the base moves along, the rc is not offered'],
    ['v0.5.1-core-amd64-generic-v4.2.0', 'os', null, 'it is the newest; trusted boot is another boot mode'],
    ['v0.4.0-core-arm64-rpi3-v4.1.2', 'os', 'v0.5.1-core-arm64-rpi3-v4.2.0', 'a board is no number to count up'],
    [
      'v0.4.0-standard-amd64-generic-v4.1.2-k3s-v1.34.9-k3s1',
      'os',
      'v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.34.10-k3s1',
      'the operating system moves and Kubernetes stays on its minor',
    ],
    [
      'v0.4.0-standard-amd64-generic-v4.1.2-k3s-v1.34.9-k3s1',
      'both',
      'v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.35.7-k3s1',
      'one Kubernetes minor, never two',
    ],
    ['v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.36.3-k3s1', 'both', null, 'nothing is newer'],
  ])('%s on track %s: %s (%s)', (running, track, expected) => {
    expect(offered('hadron', running, HADRON_TAGS, { track })).toEqual(expected === null ? [] : [expected]);
  });
});

describe('ten transitions through the naming eras', () => {
  it.each<[flavor: string, running: string, expected: string, published: string[]]>([
    ['core-opensuse', 'v1.1.7', 'v2.3.2', ['v1.1.7', 'v1.1.7.img', 'v2.3.2', 'v2.4.0-rc1']],
    [
      'kairos-ubuntu-22-lts',
      'v2.3.0-k3sv1.26.4-k3s1',
      'v2.3.2-k3sv1.26.6-k3s1',
      ['v2.3.0-k3sv1.26.4-k3s1', 'v2.3.2-k3sv1.25.11-k3s1', 'v2.3.2-k3sv1.26.6-k3s1', 'v2.3.2-k3sv1.27.3-k3s1'],
    ],
    [
      'opensuse',
      'leap-15.5-standard-arm64-rpi4-v2.4.2-k3sv1.27.6-k3s1',
      'leap-15.5-standard-arm64-rpi4-v2.4.3-k3sv1.27.8-k3s1',
      [
        'leap-15.5-standard-arm64-rpi4-v2.4.3-k3sv1.26.11-k3s1',
        'leap-15.5-standard-arm64-rpi4-v2.4.3-k3sv1.27.8-k3s1',
        'leap-15.5-standard-arm64-rpi4-v2.4.3-k3sv1.27.8-k3s1-img',
        'leap-15.5-standard-arm64-generic-v2.4.3-k3sv1.27.8-k3s1',
        'tumbleweed-standard-arm64-rpi4-v2.5.0-k3sv1.27.8-k3s1',
      ],
    ],
    [
      'ubuntu',
      '24.04-standard-amd64-generic-v3.3.6-k3sv1.31.7-k3s1',
      '24.04-standard-amd64-generic-v3.4.1-k3s1.31.8-k3s1',
      ['24.04-standard-amd64-generic-v3.4.1-k3s1.31.8-k3s1', '24.04-standard-amd64-generic-v3.4.1-k3s1.32.4-k3s1'],
    ],
    [
      'ubuntu',
      '24.04-standard-amd64-generic-v3.4.2-k3sv1.32.3-k3s1',
      '24.04-standard-amd64-generic-v3.5.0-k3s-v1.32.6-k3s1',
      [
        '24.04-standard-amd64-generic-v3.5.0-k0s-v1.32.6-k0s.0',
        '24.04-standard-amd64-generic-v3.5.0-k3s-v1.33.2-k3s1',
        '24.04-standard-amd64-generic-v3.5.0-k3s-v1.32.6-k3s1',
      ],
    ],
    [
      'rockylinux',
      '9-core-amd64-generic-v3.4.1',
      '9-core-amd64-generic-v3.7.2',
      ['9-core-amd64-generic-v3.4.2', '9-core-amd64-generic-v3.7.2', '9-core-amd64-generic-v3.7.2-uki', '9-core-amd64-generic-master'],
    ],
    [
      'alpine',
      '3.21-core-arm64-rpi3-v3.5.0',
      '3.21-core-arm64-rpi3-v3.7.2',
      ['3.21-core-arm64-rpi3-v3.7.2', '3.21-core-arm64-rpi4-v3.7.2', '3.21-core-arm64-rpi3-v3.7.2-img', '3.21-core-amd64-generic-v3.7.2'],
    ],
    [
      'hadron',
      'v0.5.1-core-amd64-generic-v4.4.0-rc9',
      'v0.5.1-core-amd64-generic-v4.4.0-rc10',
      ['v0.5.1-core-amd64-generic-v4.4.0-rc9', 'v0.5.1-core-amd64-generic-v4.4.0-rc10', 'v0.5.1-core-amd64-generic-v4.3.0'],
    ],
    [
      'hadron',
      'v0.0.3-core-amd64-generic-v4.0.0-beta4',
      'v0.0.3-core-amd64-generic-v4.0.0-RC1',
      ['v0.0.3-core-amd64-generic-v4.0.0-beta4', 'v0.0.3-core-amd64-generic-v4.0.0-RC1', 'v0.0.3-core-amd64-generic-v4.0.1-RC1'],
    ],
    [
      'hadron',
      'v0.5.1-core-amd64-generic-v4.2.0-rc4',
      'v0.5.1-core-amd64-generic-v4.2.0',
      ['v0.5.1-core-amd64-generic-v4.2.0-rc4', 'v0.5.1-core-amd64-generic-v4.2.0'],
    ],
  ])('%s:%s goes to %s', (flavor, running, expected, published) => {
    expect(offered(flavor, running, published)).toEqual([expected]);
  });
});

/**
 * What kairos-sdk's versioneer answers (executed at 14f57550; the same rules run in `kairos-agent upgrade list-releases`),
 * and what is right.
 */
describe('where versioneer is wrong', () => {
  const UBUNTU = [
    '24.04-standard-amd64-generic-v3.3.6-k3sv1.31.4-k3s1',
    '24.04-standard-amd64-generic-v3.4.2-k3sv1.32.3-k3s1',
    '24.04-standard-amd64-generic-v3.5.0-k3s-v1.33.2-k3s1',
    '24.04-standard-amd64-generic-v3.6.0-rc5-k3s-v1.32.9-k3s1',
    '24.04-standard-amd64-generic-v3.6.0-k3s-v1.33.5-k3s1',
    '24.04-standard-amd64-generic-v3.7.2-k3s-v1.33.7-k3s3',
    '24.04-standard-amd64-generic-v3.7.2-k3s-v1.34.3-k3s3',
    '24.04-standard-amd64-generic-v3.7.2-k3s-v1.35.0-k3s3',
    '24.04-standard-amd64-generic-v3.7.2-k0s-v1.34.3-k0s.0',
    '24.04-standard-amd64-generic-v3.7.2-uki',
    '24.04-core-amd64-generic-v3.7.2',
    '24.04-standard-arm64-generic-v3.7.2-k3s-v1.35.0-k3s3',
  ];
  const HADRON = [
    'v0.2.0-standard-amd64-generic-v4.1.0-k3s-v1.35.4-k3s1',
    'v0.4.0-standard-amd64-generic-v4.1.2-k3s-v1.36.1-k3s1',
    'v0.4.0-standard-amd64-generic-v4.1.2-k3s-v1.34.8-k3s1',
    'v0.4.0-standard-amd64-generic-v4.1.2-k0s-v1.34.8-k0s.0',
    'v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.36.3-k3s1',
    'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1',
    'v0.5.1-core-amd64-generic-v4.2.0',
    'v0.5.1-core-amd64-generic-v4.3.0',
    'v0.4.0-core-amd64-generic-v4.1.2',
  ];

  it.each<[what: string, flavor: string, running: string, published: string[], track: Track, expected: string[]]>([
    [
      'says "no newer releases" where the same version has newer Kubernetes: since v3.5.0 it reads "-v1.33.7-k3s3", which is no version',
      'ubuntu',
      '24.04-standard-amd64-generic-v3.7.2-k3s-v1.33.7-k3s3',
      UBUNTU,
      'kubernetes',
      ['24.04-standard-amd64-generic-v3.7.2-k3s-v1.34.3-k3s3'],
    ],
    [
      'lists three Kubernetes minors of v3.7.2 in no order, one of them skipping a minor',
      'ubuntu',
      '24.04-standard-amd64-generic-v3.6.0-k3s-v1.33.5-k3s1',
      UBUNTU,
      'os',
      ['24.04-standard-amd64-generic-v3.7.2-k3s-v1.33.7-k3s3'],
    ],
    [
      'offers a Hadron node nothing, because the flavor release is part of its match',
      'hadron',
      'v0.4.0-standard-amd64-generic-v4.1.2-k3s-v1.36.1-k3s1',
      HADRON,
      'os',
      ['v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1'],
    ],
    [
      'offers v4.3.0 to v4.2.0 only because both use hadron v0.5.1; so do we, for the right reason',
      'hadron',
      'v0.5.1-core-amd64-generic-v4.2.0',
      HADRON,
      'os',
      ['v0.5.1-core-amd64-generic-v4.3.0'],
    ],
    [
      'gives a k0s image to a k3s node among its other versions: it takes "v3.7.2-k0s-v1.34.3-k0s.0" for one version',
      'ubuntu',
      '24.04-standard-amd64-generic-v3.7.2-k3s-v1.33.7-k3s3',
      UBUNTU.filter((tag) => !tag.includes('v1.34.3-k3s3')),
      'both',
      [],
    ],
    [
      'gives k3s images to a k0s node',
      'ubuntu',
      '24.04-standard-amd64-generic-v3.7.1-k0s-v1.34.2-k0s.0',
      UBUNTU,
      'os',
      ['24.04-standard-amd64-generic-v3.7.2-k0s-v1.34.3-k0s.0'],
    ],
    [
      'lists Kubernetes downgrades: v2.4.2-rc2 with 1.26.9 to a node that runs 1.27.6 (kairos-io/kairos issue 3382)',
      'opensuse',
      'leap-15.5-standard-amd64-generic-v2.4.2-rc1-k3sv1.27.6-k3s1',
      ['leap-15.5-standard-amd64-generic-v2.4.2-rc2-k3sv1.26.9-k3s1', 'leap-15.5-standard-amd64-generic-v2.4.2-k3sv1.26.9-k3s1'],
      'both',
      [],
    ],
    ['lists the running image itself as another one', 'hadron', 'v0.5.1-core-amd64-generic-v4.3.0', HADRON, 'both', []],
  ])('it %s', (_what, flavor, running, published, track, expected) => {
    expect(offered(flavor, running, published, { track })).toEqual(expected);
  });

  it('it prints a "current image" that no registry has; what we offer is always a tag we were given', () => {
    for (const running of UBUNTU) {
      for (const track of ['os', 'kubernetes', 'both'] as const) {
        for (const tag of offered('ubuntu', running, UBUNTU, { track })) expect(UBUNTU).toContain(tag);
      }
    }
  });
});
