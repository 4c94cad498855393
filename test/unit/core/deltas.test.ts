import { describe, expect, it } from 'vitest';
import { type Deltas, imageDeltas, releaseDeltas } from '../../../src/core/deltas.ts';
import type { ReleaseFacts } from '../../../src/core/release.ts';
import { deltaSections } from '../../../src/render/deltas.ts';
import { PLAIN, renderText } from '../../../src/render/text.ts';
import { imageOf, V430 } from '../../support/kairos-release.ts';
import { messageWith } from '../../support/messages.ts';

const MB = 1_000_000;
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
const text = (deltas: Deltas): string =>
  renderText(messageWith(...deltaSections(deltas).map(({ section }) => section)), { width: 120, palette: PLAIN });

describe('the sizes of two releases', () => {
  const deltas = releaseDeltas(OLD, NEW);

  it('are told of what both have, by the largest image of each kind; what is not known stays so', () => {
    expect(deltas.sizes).toEqual([
      { combination: 'hadron core amd64 generic', from: 500 * MB, to: 512 * MB },
      { combination: 'hadron core arm64 generic', from: 400 * MB, to: null },
      { combination: 'hadron standard amd64 generic k3s', from: 820 * MB, to: 806 * MB },
    ]);
  });

  it('are added up where both are known', () => {
    expect(deltas.total).toEqual({ from: 1320 * MB, to: 1318 * MB, combinations: 2 });
  });

  it('are not known when one of several images of a kind does not tell its own: it could be the largest', () => {
    const half = release('v4.3.0', {
      [`v0.5.1-${K3S}-v4.3.0-k3s-v1.36.4-k3s1`]: 1,
      [`v0.5.1-${K3S}-v4.3.0-k3s-v1.35.8-k3s1`]: null,
    });
    expect(releaseDeltas(OLD, half)).toMatchObject({ sizes: [{ to: null }], total: null });
    expect(text(releaseDeltas(OLD, half))).toContain('Sizes: not known before and after.');
  });

  it('are said with their change', () => {
    expect(text(deltas)).toMatch(/hadron core amd64 generic +500 MB +512 MB +\+12\.0 MB \(\+2\.4 %\)/);
    expect(text(deltas)).toMatch(/all 2 together +1\.32 GB +1\.32 GB +−2\.0 MB \(−0\.2 %\)/);
    expect(text(deltas)).toContain('of 1 image the size is not known before and after');
  });
});

describe('the components of two releases', () => {
  it('are those on record, and what an SBOM says besides; only what moved is listed', () => {
    const kernel = { name: 'kernel', from: '6.12.1', to: '6.18.2', bump: null };
    const deltas = releaseDeltas(OLD, NEW, [kernel, { name: 'immucore', from: 'v0.20.4', to: 'v0.20.4', bump: 'none' }]);
    expect(deltas.components).toContainEqual(kernel);
    expect(deltas.components.filter(({ name }) => name === 'immucore')).toHaveLength(1);
    expect(text(deltas)).toMatch(/kernel +6\.12\.1 +6\.18\.2/);
    expect(text(deltas)).toMatch(/provider-kairos +v2\.16\.4 +v4\.3\.0/);
    expect(text(deltas)).not.toMatch(/immucore/);
  });
});

describe('two images', () => {
  const pair = [`v0.4.0-${K3S}-v4.1.2-k3s-v1.34.8-k3s1`, `v0.5.1-${K3S}-v4.2.0-k3s-v1.35.3-k3s1`].map((tag, index) =>
    imageOf(`quay.io/kairos/hadron:${tag}`, { size: (700 + index) * MB }),
  );
  const [from = imageOf(''), to = imageOf('')] = pair;

  it('differ in size, versions and components', () => {
    const deltas = imageDeltas('kairos', from, to);
    expect(deltas).toMatchObject({
      from: 'v4.1.2',
      to: 'v4.2.0',
      total: { from: 700 * MB, to: 701 * MB, combinations: 1 },
      versions: [
        { name: 'kairos', from: 'v4.1.2', to: 'v4.2.0', bump: 'minor' },
        { name: 'base', from: 'v0.4.0', to: 'v0.5.1', bump: 'minor' },
        { name: 'k3s', from: 'v1.34.8+k3s1', to: 'v1.35.3+k3s1', bump: 'minor' },
      ],
    });
    expect(deltas?.components.map(({ name }) => name)).toContain('kairos-init');
  });

  it("of somebody's own are not taken for Kairos of that version", () => {
    expect(imageDeltas('edge-ubuntu', from, to)?.components).toEqual([]);
  });

  it('that carry no system are not compared', () => {
    expect(imageDeltas('kairos', imageOf('quay.io/kairos/auroraboot:v0.28.0'), to)).toBeNull();
  });
});
