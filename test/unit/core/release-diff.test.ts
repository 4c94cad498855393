import { describe, expect, it } from 'vitest';
import type { ReleaseFacts } from '../../../src/core/release.ts';
import { diffReleases } from '../../../src/core/release-diff.ts';
import { imageOf, V430 } from '../../support/kairos-release.ts';

const release = (version: string, tags: readonly string[], sizes: readonly number[] = []): ReleaseFacts => ({
  ...V430,
  version,
  key: `kairos@${version}`,
  images: tags.map((tag, index) =>
    imageOf(`quay.io/kairos/hadron:${tag}-${version}`.replace(/(-k[03]s-.*)-(v4.*)$/, '-$2$1'), { size: sizes[index] ?? 1 }),
  ),
});

const OLD = release(
  'v4.1.2',
  ['v0.4.0-core-amd64-generic', 'v0.4.0-core-amd64-rpi4', 'v0.4.0-standard-amd64-generic-k3s-v1.34.8-k3s1'],
  [500_000_000, 1, 1],
);
const NEW = release(
  'v4.3.0',
  ['v0.5.1-core-amd64-generic', 'v0.5.1-standard-amd64-generic-k3s-v1.36.4-k3s1', 'v0.5.1-standard-amd64-generic-k0s-v1.36.4-k0s.0'],
  [512_000_000, 1, 1],
);

describe('two releases side by side', () => {
  const diff = diffReleases(OLD, NEW);

  it('differ in each version by its own measure', () => {
    expect(diff.direction).toBe('forward');
    expect(diff.versions).toEqual([
      { name: 'kairos', from: 'v4.1.2', to: 'v4.3.0', bump: 'minor' },
      { name: 'base', from: 'v0.4.0', to: 'v0.5.1', bump: 'minor' },
      { name: 'k3s', from: 'v1.34.8+k3s1', to: 'v1.36.4+k3s1', bump: 'minor' },
      { name: 'k0s', from: null, to: 'v1.36.4+k0s.0', bump: null },
    ]);
  });

  it('differ in what they were built for, and in the Kubernetes minors a node could run', () => {
    expect(diff.added).toEqual(['hadron standard amd64 generic k0s']);
    expect(diff.gone).toEqual(['hadron core amd64 rpi4']);
    expect([diff.minorsAdded, diff.minorsGone]).toEqual([['k0s 1.36', 'k3s 1.36'], ['k3s 1.34']]);
  });

  it('differ in what there is to pull', () => {
    expect(diff.sizes).toContainEqual({ combination: 'hadron core amd64 generic', from: 500_000_000, to: 512_000_000 });
  });

  it('can be looked at backwards, which is said', () => {
    expect(diffReleases(NEW, OLD)).toMatchObject({ direction: 'back', added: diff.gone, gone: diff.added });
    expect(diffReleases(NEW, NEW)).toMatchObject({ direction: 'same', added: [], gone: [] });
  });

  it('warn of a Kubernetes minor that is skipped, of a step, and of what goes back', () => {
    const k3s = (version: string, ...minors: string[]) =>
      release(
        version,
        minors.map((minor) => `v0.5.1-standard-amd64-generic-k3s-v1.${minor}.1-k3s1`),
      );
    const steps = diffReleases(k3s('v4.1.2', '33', '34', '35'), k3s('v4.3.0', '35', '36')).warnings;
    expect(steps).toEqual([
      { kind: 'kubernetes-skips-minor', from: 'v1.33.1+k3s1', to: 'v1.35.1+k3s1' },
      { kind: 'kubernetes-step', from: 'v1.34.1+k3s1', to: 'v1.35.1+k3s1' },
    ]);
    expect(diffReleases(k3s('v4.3.0', '36'), k3s('v4.1.2', '35')).warnings).toEqual([
      { kind: 'downgrade', component: 'kairos', from: 'v4.3.0', to: 'v4.1.2' },
      { kind: 'downgrade', component: 'kubernetes', from: 'v1.36.1+k3s1', to: 'v1.35.1+k3s1' },
    ]);
  });

  it('say nothing of the size of a renumbering, in either direction', () => {
    const init = (from: ReleaseFacts, to: ReleaseFacts) => diffReleases(from, to).parts.find(({ name }) => name === 'kairos-init');
    expect(init(OLD, NEW)).toEqual({ name: 'kairos-init', from: 'v0.14.6', to: 'v4.3.0', bump: null });
    expect(init(NEW, OLD)).toMatchObject({ bump: null });
  });
});
