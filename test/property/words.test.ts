import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeraldError } from '../../src/core/errors.ts';
import { type FlavorKnowledge, latest, parseQuery, printQuery, type Query } from '../../src/core/query.ts';
import { viewFor } from '../../src/core/reader-view.ts';
import { type Filter, parseFilter, printFilter } from '../../src/core/subscription.ts';
import { instant } from '../../src/core/time.ts';
import { compareVersions, parseVersion } from '../../src/core/version.ts';
import { imageOf, V430 } from '../support/kairos-release.ts';

const FLAVORS = ['hadron', 'ubuntu', 'rockylinux', 'opensuse', 'alpine', 'debian', 'fedora', 'acme-edge'];
const MODELS = ['generic', 'rpi3', 'rpi4', 'rpi5', 'nvidia-jetson-agx-orin', 'nvidia-dgx-spark', 'weird.board_7'];
const RELEASES = ['24.04', '9', 'v0.5.1', 'leap-15.6', 'tumbleweed-latest', '13', 'my-release'];
const minor = fc.integer({ min: 20, max: 120 }).map((number) => `1.${number}`);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const choice = fc.constantFrom('only', 'no', 'any');

/** Filters that can match something; the others are refused. */
const filter: fc.Arbitrary<Filter> = fc
  .record({
    projects: fc.uniqueArray(fc.constantFrom('kairos', 'any', 'acme-edge', 'kairos-init', 'hadron'), { maxLength: 3 }),
    bases: fc.uniqueArray(fc.constantFrom('kairos', 'kairos-init', 'acme-base'), { maxLength: 2 }),
    flavors: fc.uniqueArray(fc.constantFrom(...FLAVORS), { maxLength: 4 }),
    flavorReleases: fc.uniqueArray(fc.constantFrom(...RELEASES), { maxLength: 3 }),
    variants: fc.uniqueArray(fc.constantFrom('core', 'standard')),
    archs: fc.uniqueArray(fc.constantFrom('amd64', 'arm64', 'riscv64')),
    models: fc.uniqueArray(fc.constantFrom(...MODELS), { maxLength: 3 }),
    distro: orNull(fc.constantFrom('k3s', 'k0s')),
    kubernetesMinor: orNull(minor),
    uki: choice,
    raw: choice,
    level: fc.constantFrom('patch', 'minor', 'major'),
    prereleases: fc.boolean(),
  })
  .filter(({ variants, distro, kubernetesMinor }) => variants.join() !== 'core' || (distro ?? kubernetesMinor) === null)
  .filter(({ uki, raw }) => uki !== 'only' || raw !== 'only')
  // Components have no images, so these are refused as soon as an image is asked for.
  .filter(({ projects }) => projects.length === 0 || projects.some((project) => !['kairos-init', 'hadron'].includes(project)));

const query: fc.Arbitrary<Query> = fc
  .record({
    flavor: orNull(fc.constantFrom(...FLAVORS)),
    flavorRelease: orNull(fc.constantFrom(...RELEASES)),
    variant: orNull(fc.constantFrom('core', 'standard')),
    arch: orNull(fc.constantFrom('amd64', 'arm64', 'riscv64')),
    model: orNull(fc.constantFrom(...MODELS)),
    distro: orNull(fc.constantFrom('k3s', 'k0s')),
    kubernetesMinor: orNull(minor),
    uki: fc.boolean(),
    prereleases: fc.boolean(),
  })
  .map((asked) => (asked.distro !== null && asked.variant === null ? { ...asked, variant: 'standard' } : asked));

const text = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.constantFrom('hadron', 'arm64', 'k3s', '1.35', ':', ',', 'level:', 'v0.1.2', '>=minor')).map((words) => words.join(' ')),
);

describe('filter words', () => {
  it('say a filter exactly: parse(print(f)) = f', () => {
    fc.assert(
      fc.property(filter, (of) => {
        expect(parseFilter(printFilter(of))).toEqual(of);
      }),
    );
  });

  it('are understood or refused with INVALID_FILTER, never anything else', () => {
    fc.assert(
      fc.property(text, (words) => {
        try {
          const read = parseFilter(words);
          expect(parseFilter(printFilter(read))).toEqual(read);
        } catch (error) {
          expect(error).toBeInstanceOf(HeraldError);
          expect(error).toMatchObject({ code: 'INVALID_FILTER' });
        }
      }),
    );
  });

  it('only ever narrow: a view holds images of the release, and none that another filter word excludes', () => {
    fc.assert(
      fc.property(filter, (of) => {
        const view = viewFor(of, V430);
        for (const image of view?.images ?? []) expect(V430.images).toContain(image);
        const wider = viewFor({ ...of, archs: [], models: [], kubernetesMinor: null }, V430);
        if (view !== null) expect(wider?.images).toEqual(expect.arrayContaining([...view.images]));
      }),
    );
  });
});

describe('questions', () => {
  it('say a query exactly, in any order of their words', () => {
    fc.assert(
      fc.property(query, fc.infiniteStream(fc.nat()), (of, order) => {
        const words = printQuery(of).split(' ');
        const shuffled = words.map((word) => [order.next().value, word] as const).sort(([a], [b]) => a - b);
        expect(
          parseQuery(
            shuffled.map(([, word]) => word),
            FLAVORS,
          ),
        ).toEqual({ kind: 'query', query: of });
      }),
    );
  });

  it('never throw', () => {
    fc.assert(
      fc.property(text, (words) => {
        expect(['query', 'problem']).toContain(parseQuery(words.split(' '), FLAVORS).kind);
      }),
    );
  });
});

describe('latest', () => {
  const versions = ['v4.3.0', 'v4.2.0', 'v4.10.0', 'v4.4.0-rc1', 'v4.4.0-beta11', 'v3.7.2'];
  const tag = fc
    .record({
      variant: fc.constantFrom('core', 'standard'),
      arch: fc.constantFrom('amd64', 'arm64'),
      model: fc.constantFrom('generic', 'rpi4'),
      version: fc.constantFrom(...versions),
      kubernetes: fc.constantFrom('-k3s-v1.36.4-k3s1', '-k0s-v1.35.8-k0s.0'),
      suffix: fc.constantFrom('', '', '-uki', '-img'),
    })
    .map(({ variant, arch, model, version, kubernetes, suffix }) => {
      return `v0.5.1-${variant}-${arch}-${model}-${version}${variant === 'standard' ? kubernetes : ''}${suffix}`;
    });
  const knowledge = fc.uniqueArray(tag, { maxLength: 30 }).map(
    (tags): FlavorKnowledge => ({
      flavor: 'hadron',
      project: 'kairos',
      builtOn: [],
      targetId: 'hadron',
      repository: 'quay.io/kairos/hadron',
      lifecycle: { state: 'active' },
      images: tags.map((of) => imageOf(`quay.io/kairos/hadron:${of}`)),
      calledPrereleases: new Set(),
      retracted: [],
      newestRelease: null,
      lastSuccessAt: instant('2026-11-23T08:00:00Z'),
      failingSince: null,
      failure: null,
    }),
  );

  it('has images of one version, or says what is missing; and no fitting image is newer', () => {
    fc.assert(
      fc.property(query, knowledge, (asked, known) => {
        const [answer] = latest({ ...asked, flavor: 'hadron' }, [known]).flavors;
        expect(answer?.version === null).toBe(answer?.missing !== null);
        expect(answer?.images.length === 0).toBe(answer?.version === null);
        const found = answer?.version == null ? null : parseVersion(answer.version);
        if (found === null) return;
        for (const version of versions.map(parseVersion)) {
          if (version === null || compareVersions(version, found) <= 0) continue;
          const only = { ...known, images: known.images.filter(({ reference }) => reference.includes(`-${version.text}`)) };
          expect(latest({ ...asked, flavor: 'hadron' }, [only]).flavors[0]?.version).toBeNull();
        }
      }),
    );
  });

  it('names as neighbours only what answers when asked', () => {
    fc.assert(
      fc.property(query, knowledge, (asked, known) => {
        const missing = latest({ ...asked, flavor: 'hadron' }, [known]).flavors[0]?.missing;
        for (const words of missing?.kind === 'no-such-combination' ? missing.nearest : []) {
          const parsed = parseQuery(words.split(' '), FLAVORS);
          expect(parsed.kind === 'query' && latest(parsed.query, [known]).flavors[0]?.version).toBeTruthy();
        }
      }),
    );
  });
});
