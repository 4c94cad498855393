import { describe, expect, it } from 'vitest';
import {
  type Bump,
  bumpBetween,
  channelOf,
  compareKubernetesVersions,
  compareVersions,
  type KubernetesVersion,
  kubernetesBump,
  parseKubernetesVersion,
  parseVersion,
  type Version,
} from '../../../src/core/version.ts';

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (parsed === null) throw new Error(`${text} is no version`);
  return parsed;
}

function kubernetes(text: string): KubernetesVersion {
  const parsed = parseKubernetesVersion(text);
  if (parsed === null) throw new Error(`${text} is no Kubernetes version`);
  return parsed;
}

describe('a version', () => {
  it.each([
    ['v4.3.0', 'v4.3.0', null],
    ['2.8.0', 'v2.8.0', null],
    ['v0.57.0-alpha1', 'v0.57.0-alpha1', { channel: 'alpha', number: 1 }],
    ['v4.0.0-RC1', 'v4.0.0-RC1', { channel: 'rc', number: 1 }],
    ['v0.2.0-beta.1', 'v0.2.0-beta.1', { channel: 'beta', number: 1 }],
    ['v0.7.0-beta11', 'v0.7.0-beta11', { channel: 'beta', number: 11 }],
  ])('%s is read as %s', (text, kept, prerelease) => {
    expect(parseVersion(text)).toMatchObject({ text: kept, prerelease });
  });

  it.each([
    ['v1.20.4', 'a Kubernetes version that was a git tag of c3os'],
    ['v1.21.4', 'c3os'],
    ['v1.22.2', 'c3os'],
    ['v1.24.3-56', 'c3os with its build number'],
    ['v1.21.4-33-1', 'c3os with two'],
    ['v0.1.17-1', 'a package revision'],
    ['v2.13.10-kcrypt-fix', 'a branch build of provider-kairos'],
    ['v0.0.1-rc5-rc4', 'a slip of kairos-operator'],
    ['v3.0.4-96-g83cf366', 'git describe'],
    ['v3.3.1-rc2-2-g53b68481', 'git describe of a prerelease'],
    ['v0.1', 'two numbers'],
    ['v2', 'one number'],
    ['master', 'a branch'],
    ['43dabf5', 'a commit'],
    ['v1.2.3-rc', 'a prerelease without a number'],
    ['v1.2.3+k3s1', 'a Kubernetes version'],
    ['v01.2.3', 'a leading zero'],
    [' v1.2.3', 'a blank'],
    ['v1.2.3\n', 'a line end'],
    ['=v1.2.3', 'a range'],
    ['', 'nothing'],
  ])('%j is none: %s', (text) => {
    expect(parseVersion(text)).toBeNull();
  });

  it('has the channel of its prerelease', () => {
    expect(['v1.0.0', 'v1.0.0-RC1', 'v1.0.0-beta2', 'v1.0.0-alpha3'].map((text) => channelOf(version(text)))).toEqual([
      'stable',
      'rc',
      'beta',
      'alpha',
    ]);
  });
});

describe('the order of versions', () => {
  it('is numeric and ends a line with its final, where SemVer puts beta11 before beta2 and RC1 before alpha1', () => {
    const ascending = [
      'v0.57.0',
      'v1.6.0',
      'v3.4.0-alpha1',
      'v3.4.0-beta2',
      'v3.4.0-beta4',
      'v3.4.0-beta11',
      'v3.4.0-RC1',
      'v3.4.0-rc9',
      'v3.4.0-rc10',
      'v3.4.0',
      'v3.4.2',
      'v3.4.10',
      'v3.10.0',
      'v4.0.0',
    ];
    const shuffled = ascending.toSorted().map(version);
    expect(shuffled.toSorted(compareVersions).map(({ text }) => text)).toEqual(ascending);
  });

  it.each([
    ['v4.0.0-RC1', 'v4.0.0-rc1'],
    ['v3.5.1-beta.3', 'v3.5.1-beta3'],
    ['2.8.0', 'v2.8.0'],
  ])('%s equals %s', (a, b) => {
    expect(compareVersions(version(a), version(b))).toBe(0);
  });

  it.each<[string, string, Bump]>([
    ['v3.7.2', 'v4.0.0', 'major'],
    ['v4.2.0', 'v4.3.0', 'minor'],
    ['v4.1.1', 'v4.1.2', 'patch'],
    ['v4.2.0-rc3', 'v4.2.0-rc4', 'prerelease'],
    ['v4.2.0-rc4', 'v4.2.0', 'prerelease'],
    ['v4.1.2', 'v4.2.0-rc1', 'minor'],
    ['v4.0.0-RC1', 'v4.0.0-rc1', 'none'],
    ['v4.3.0', 'v4.2.0', 'minor'],
  ])('%s to %s moves the %s', (from, to, bump) => {
    expect(bumpBetween(version(from), version(to))).toBe(bump);
  });
});

describe('a Kubernetes version', () => {
  it.each([
    ['v1.36.4+k3s1', { major: 1, minor: 36, patch: 4, rc: null, build: 1 }],
    ['v1.34.8+k0s.0', { minor: 34, patch: 8, rc: null, build: 0 }],
    ['v1.32.1-rc2+k3s1', { minor: 32, patch: 1, rc: 2, build: 1 }],
    ['1.32.2', { text: 'v1.32.2', minor: 32, patch: 2, build: null }],
  ])('%s is read', (text, expected) => {
    expect(parseKubernetesVersion(text)).toMatchObject(expected);
  });

  it.each(['v1.36', 'v1.36.4-k3s1', 'v1.36.4+k0s1', 'v1.36.4+rke2r1', 'latest', ''])('%j is none', (text) => {
    expect(parseKubernetesVersion(text)).toBeNull();
  });

  it('is ordered by its numbers, then its candidate, then the number of its build', () => {
    const ascending = ['v1.9.12+k3s1', 'v1.32.1-rc2+k3s1', 'v1.32.1', 'v1.32.1+k3s1', 'v1.32.1+k3s2', 'v1.32.1+k3s10', 'v1.33.0+k3s1'];
    expect(
      ascending
        .toSorted()
        .map(kubernetes)
        .toSorted(compareKubernetesVersions)
        .map(({ text }) => text),
    ).toEqual(ascending);
    expect(compareKubernetesVersions(kubernetes('v1.34.3+k0s.10'), kubernetes('v1.34.3+k0s.2'))).toBeGreaterThan(0);
  });

  it.each<[string, string, Bump]>([
    ['v1.35.8+k3s1', 'v1.36.4+k3s1', 'minor'],
    ['v1.36.3+k3s1', 'v1.36.4+k3s1', 'patch'],
    ['v1.35.0+k3s1', 'v1.35.0+k3s3', 'rebuild'],
    ['v1.32.1-rc2+k3s1', 'v1.32.1+k3s1', 'prerelease'],
    ['v1.36.4+k3s1', 'v1.36.4+k3s1', 'none'],
  ])('%s to %s moves the %s', (from, to, bump) => {
    expect(kubernetesBump(kubernetes(from), kubernetes(to))).toBe(bump);
  });
});
