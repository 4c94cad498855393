import { describe, expect, it } from 'vitest';
import { HeraldError } from '../../../src/core/errors.ts';
import { isDigest, isTag, mirrored, registryOrigin, splitRepository } from '../../../src/core/repository.ts';

describe('a repository name', () => {
  it.each([
    ['quay.io/kairos/hadron', 'quay.io', 'kairos/hadron'],
    ['localhost:5000/a/b/c', 'localhost:5000', 'a/b/c'],
    ['ghcr.io/kairos-io/charts__x/a--b.c_d', 'ghcr.io', 'kairos-io/charts__x/a--b.c_d'],
  ])('%s is split into host and path', (text, host, path) => {
    expect(splitRepository(text)).toEqual({ host, path });
  });

  it.each([
    '',
    'hadron',
    'quay.io/',
    '/kairos/hadron',
    'quay.io/../v2/secret',
    'quay.io/kairos/..',
    'quay.io/kairos//hadron',
    'quay.io/Kairos/hadron',
    'quay.io/kairos/hadron:v1',
    'quay.io/kairos/hadron?x=1',
    'quay.io/kairos/hadron#x',
    'quay.io/kairos/%2e%2e',
    'quay.io/kairos/had ron',
    'quay.io/kairos/a___b',
    'quay.io/kairos/a._b',
    'quay.io/kairos/-a',
    'quay.io@evil.example/kairos/hadron',
    'http://quay.io/kairos/hadron',
    `quay.io/${'a/'.repeat(200)}a`,
  ])('%s is refused before anything is asked', (text) => {
    expect(() => splitRepository(text)).toThrow(expect.objectContaining({ code: 'INVALID_REFERENCE' }));
    expect(() => splitRepository(text)).toThrow(HeraldError);
  });
});

describe('a tag and a digest', () => {
  it.each([
    ['v4.3.0', true],
    ['_x', true],
    ['a'.repeat(128), true],
    ['a'.repeat(129), false],
    ['../v1', false],
    ['a/b', false],
    ['-v1', false],
    ['.v1', false],
    ['', false],
    ['v1+k3s1', false],
    ['v1\n', false],
  ])('tag %j: %s', (text, expected) => {
    expect(isTag(text)).toBe(expected);
  });

  it.each([
    [`sha256:${'a'.repeat(64)}`, true],
    [`sha256:${'A'.repeat(64)}`, false],
    [`sha256:${'a'.repeat(63)}`, false],
    [`sha512:${'a'.repeat(128)}`, false],
    [`sha256:${'a'.repeat(64)}/..`, false],
  ])('digest %s: %s', (text, expected) => {
    expect(isDigest(text)).toBe(expected);
  });
});

describe('a mirror', () => {
  const MIRRORS = [
    { of: 'quay.io', at: 'harbor.example/quay' },
    { of: 'quay.io/kairos', at: 'harbor.example:8443/proxy/kairos' },
    { of: 'ghcr.io/kairos-io', at: 'zot.example' },
  ];

  it.each([
    ['quay.io/kairos/hadron', 'harbor.example:8443/proxy/kairos/hadron'],
    ['quay.io/c3os/packages', 'harbor.example/quay/c3os/packages'],
    ['quay.io/kairos-ci/hadron', 'harbor.example/quay/kairos-ci/hadron'],
    ['ghcr.io/kairos-io/kairos/hadron', 'zot.example/kairos/hadron'],
    ['quay.io.evil.example/kairos/hadron', null],
    ['docker.io/library/alpine', null],
  ])('of the longest name that fits holds %s at %s', (repository, expected) => {
    expect(mirrored(repository, MIRRORS)).toBe(expected);
  });
});

describe('the API of a registry', () => {
  it.each([
    ['quay.io', false, 'https://quay.io'],
    ['registry.internal:5000', true, 'http://registry.internal:5000'],
    ['harbor.example:443', false, 'https://harbor.example'],
    ['docker.io', false, 'https://registry-1.docker.io'],
  ])('of %s (plain http: %s) is at %s', (host, plainHttp, origin) => {
    expect(registryOrigin(host, plainHttp)).toBe(origin);
  });
});
