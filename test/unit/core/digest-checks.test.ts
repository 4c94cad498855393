import { describe, expect, it } from 'vitest';
import { MAX_DIGEST_CHECKS, planDigestChecks } from '../../../src/core/digest-checks.ts';
import { parseReference } from '../../../src/core/image.ts';

const KUBERNETES = ['v1.34.1-k3s1', 'v1.34.2-k3s1', 'v1.35.0-k3s1', 'v1.35.1-k3s1', 'v1.36.0-k3s1'];
const image = (version: string, kubernetes: string) => `v0.5.1-standard-amd64-generic-${version}-k3s-${kubernetes}`;
const release = (version: string) => KUBERNETES.map((kubernetes) => image(version, kubernetes));
const VERSIONS = Array.from({ length: 12 }, (_, minor) => `v4.${minor}.0`);
const ALL = VERSIONS.flatMap(release);
const NOISE = ['latest', 'master', `sha256-${'a'.repeat(64)}.sig`, 'what-is-this', 'v0.5.1-core-amd64-generic-master'];

const plan = (listed: readonly string[], digests: Readonly<Record<string, string | null>>, checked: string | null = null) =>
  planDigestChecks(
    (tag) => parseReference(`registry.example/kairos/hadron:${tag}`),
    listed,
    new Map(Object.entries(digests).map(([tag, digest]) => [tag, { digest }])),
    checked,
  );
const having = (tags: readonly string[], digest: string | null) => Object.fromEntries(tags.map((tag) => [tag, digest]));

describe('the digests a poll asks for', () => {
  it('are those of the newest tags at the first look, and no more than the limit', () => {
    const { tags } = plan(ALL, {});
    expect(tags).toHaveLength(MAX_DIGEST_CHECKS);
    expect(new Set(tags)).toEqual(new Set(['v4.11.0', 'v4.10.0', 'v4.9.0', 'v4.8.0'].flatMap(release)));
  });

  it('are never those of signatures, branches and what is not known', () => {
    expect(plan(NOISE, {}).tags).toEqual([]);
    expect(plan(NOISE, having(NOISE, null)).tags).toEqual([]);
  });

  it('are first those of new tags', () => {
    const fresh = image('v4.12.0', 'v1.36.0-k3s1');
    expect(plan([...ALL, fresh], having(ALL, 'x')).tags[0]).toBe(fresh);
  });

  it('are shared between tags that have none yet and a look at the releases people run', () => {
    const old = VERSIONS.slice(0, 8).flatMap(release);
    const recent = VERSIONS.slice(8).flatMap(release);
    const { tags } = plan(ALL, { ...having(old, null), ...having(recent, 'x') });
    expect(tags.filter((tag) => old.includes(tag))).toHaveLength(MAX_DIGEST_CHECKS / 2);
    expect(tags.filter((tag) => recent.includes(tag))).toHaveLength(MAX_DIGEST_CHECKS / 2);
  });

  it('go round the images of the three newest stable releases, and reach each of them', () => {
    const watched = VERSIONS.slice(-3).flatMap((version) => [
      ...release(version),
      ...release(version).map((tag) => tag.replace('amd64', 'arm64')),
    ]);
    const listed = [...VERSIONS.slice(0, -3).flatMap(release), ...release('v4.12.0-rc1'), ...watched];
    const first = plan(listed, having(listed, 'x'));
    const second = plan(listed, having(listed, 'x'), first.checked);
    expect(first.tags).toHaveLength(MAX_DIGEST_CHECKS);
    expect(new Set([...first.tags, ...second.tags])).toEqual(new Set(watched));
    // The round goes on where it stood although that tag is gone.
    const without = listed.filter((tag) => tag !== first.checked);
    expect(plan(without, having(without, 'x'), first.checked).tags[0]).toBe(second.tags[0]);
  });

  it('of a small repository are all of them, each once', () => {
    const tags = release('v4.3.0');
    expect(plan(tags, having(tags, 'x')).tags.toSorted()).toEqual(tags.toSorted());
    expect(plan(tags, having(tags, 'x'), tags.at(-1)).tags.toSorted()).toEqual(tags.toSorted());
  });
});
