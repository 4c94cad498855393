import { describe, expect, it } from 'vitest';
import type { ReleaseFacts } from '../../../src/core/release.ts';
import { sizesBetween, totalOf } from '../../../src/core/sizes.ts';
import { sizeSections } from '../../../src/render/sizes.ts';
import { PLAIN, renderText } from '../../../src/render/text.ts';
import { imageOf, V430 } from '../../support/kairos-release.ts';
import { messageWith } from '../../support/messages.ts';

const MB = 1_000_000;
const between = (from: ReleaseFacts, to: ReleaseFacts) => sizesBetween(from.images, to.images);
const release = (version: string, sizes: Readonly<Record<string, number | null>>): ReleaseFacts => ({
  ...V430,
  version,
  key: `kairos@${version}`,
  images: Object.entries(sizes).map(([tag, size]) => imageOf(`quay.io/kairos/hadron:${tag}`, { size })),
});
const CORE = 'core-amd64-generic';
const K3S = 'standard-amd64-generic';
const OLD = release('v4.2.0', {
  [`v0.5.1-${CORE}-v4.2.0`]: 500 * MB,
  [`v0.5.1-${K3S}-v4.2.0-k3s-v1.35.3-k3s1`]: 800 * MB,
  [`v0.5.1-${K3S}-v4.2.0-k3s-v1.36.3-k3s1`]: 820 * MB,
  'v0.5.1-core-arm64-generic-v4.2.0': 400 * MB,
});
const NEW = release('v4.3.0', {
  [`v0.5.1-${CORE}-v4.3.0`]: 512 * MB,
  [`v0.5.1-${K3S}-v4.3.0-k3s-v1.36.4-k3s1`]: 806 * MB,
  'v0.5.1-core-arm64-generic-v4.3.0': null,
  'v0.5.1-core-arm64-rpi4-v4.3.0': 1,
});
const text = (sizes: ReturnType<typeof between>): string =>
  renderText(messageWith(...sizeSections(sizes).map(({ section }) => section)), { width: 120, palette: PLAIN });

describe('the sizes of two releases', () => {
  const sizes = between(OLD, NEW);

  it('are told of what both have, by the largest image of each kind; what is not known stays so', () => {
    expect(sizes).toEqual([
      { combination: 'hadron core amd64 generic', from: 500 * MB, to: 512 * MB },
      { combination: 'hadron core arm64 generic', from: 400 * MB, to: null },
      { combination: 'hadron standard amd64 generic k3s', from: 820 * MB, to: 806 * MB },
    ]);
  });

  it('are added up where both are known', () => {
    expect(totalOf(sizes)).toEqual({ from: 1320 * MB, to: 1318 * MB, combinations: 2 });
  });

  it('are not known when one of several images of a kind does not tell its own: it could be the largest', () => {
    const half = release('v4.3.0', {
      [`v0.5.1-${K3S}-v4.3.0-k3s-v1.36.4-k3s1`]: 1,
      [`v0.5.1-${K3S}-v4.3.0-k3s-v1.35.8-k3s1`]: null,
    });
    expect(between(OLD, half)).toMatchObject([{ to: null }]);
    expect(totalOf(between(OLD, half))).toBeNull();
    expect(text(between(OLD, half))).toContain('Sizes: not known before and after.');
  });

  it('are said with their change', () => {
    expect(text(sizes)).toMatch(/hadron core amd64 generic +500 MB +512 MB +\+12\.0 MB \(\+2\.4 %\)/);
    expect(text(sizes)).toMatch(/all 2 together +1\.32 GB +1\.32 GB +−2\.0 MB \(−0\.2 %\)/);
    expect(text(sizes)).toContain('of 1 image the size is not known before and after');
  });
});
