/** The taken-apart decision is the decision itself, for every filter and every image. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exclusionsOf, resemblance } from '../../src/core/explain.ts';
import { viewFor } from '../../src/core/reader-view.ts';
import { artifactOf } from '../../src/core/release.ts';
import { ANY, type Filter } from '../../src/core/subscription.ts';
import { V430 } from '../support/kairos-release.ts';

const choice = fc.constantFrom('only', 'no', 'any');
const filters: fc.Arbitrary<Filter> = fc.record({
  projects: fc.constantFrom<readonly string[]>([], ['kairos'], ['hadron'], ['any']),
  bases: fc.constantFrom<readonly string[]>([], ['kairos']),
  flavors: fc.constantFrom<readonly string[]>([], ['hadron'], ['ubuntu']),
  flavorReleases: fc.constantFrom<readonly string[]>([], ['0.5'], ['24.04']),
  variants: fc.constantFrom<Filter['variants']>([], ['core'], ['standard']),
  archs: fc.constantFrom<Filter['archs']>([], ['amd64'], ['arm64']),
  models: fc.constantFrom<readonly string[]>([], ['generic'], ['rpi4']),
  distro: fc.constantFrom('k3s', 'k0s', null),
  kubernetesMinor: fc.constantFrom('1.36', '1.30', null),
  uki: choice,
  raw: choice,
  level: fc.constantFrom('patch', 'minor', 'major'),
  prereleases: fc.boolean(),
});
const releases = fc
  .record({ channel: fc.constantFrom('stable', 'rc', 'dev'), bump: fc.constantFrom('patch', 'minor', 'major') })
  .map(({ channel, bump }) => ({ ...V430, channel, classification: { ...V430.classification, bump, reasons: [] } }) as typeof V430);

describe('what keeps an image from a reader', () => {
  it('is nothing exactly when his view of the release shows it', () => {
    fc.assert(
      fc.property(filters, releases, fc.constantFrom(...V430.images), (filter, facts, image) => {
        const shown = viewFor(filter, facts)?.images.some(({ reference }) => reference === image.reference) ?? false;
        expect(exclusionsOf(filter, facts, artifactOf(image)).length === 0).toBe(shown);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is nothing for the release as a whole exactly when there is a view of it', () => {
    fc.assert(
      fc.property(filters, releases, (filter, facts) => {
        expect(exclusionsOf(filter, facts, null).length === 0).toBe(viewFor(filter, facts) !== null);
      }),
    );
  });

  it('resembles what has most of its words, however they are joined', () => {
    const known = ['v0.5.1-core-amd64-generic-v4.3.0', 'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1', 'latest'];
    expect(resemblance('v0.5.1_standard-amd64-generic_v4.3.0', known)).toEqual({ tag: known[1], shared: 6 });
    expect(resemblance('v0.5.1-core-amd64-generic-v4.3.0-k3z', known)).toEqual({ tag: known[0], shared: 32 });
    expect(resemblance('nightly', known)).toBeNull();
    expect(resemblance('', known)).toBeNull();
  });

  it('names the word and what it is instead', () => {
    const [image] = V430.images;
    if (image === undefined) throw new Error('no image');
    expect(exclusionsOf({ ...ANY, archs: ['arm64'], level: 'major' }, V430, artifactOf(image))).toEqual([
      { kind: 'level', bump: 'minor', level: 'major' },
      { kind: 'word', field: 'arch', asked: 'arm64', actual: 'amd64' },
    ]);
  });
});
