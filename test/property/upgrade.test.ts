import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Artifact, baseVersionOf } from '../../src/core/image.ts';
import { candidates, compareArtifacts, type Offer, type Track } from '../../src/core/upgrade.ts';
import { compareKubernetesVersions, compareVersions, type KubernetesVersion, type Version } from '../../src/core/version.ts';
import { coordinatesOf, image } from '../support/artifacts.ts';
import { conformanceSuite } from '../support/conformance.ts';

/** Few values of each field, so that sets are full of near misses; `-k3sv1…` is the older spelling of `-k3s-v1…`. */
const kairos = fc.constantFrom('v4.1.2', 'v4.2.0-rc9', 'v4.2.0-rc10', 'v4.2.0', 'v4.3.0', 'master');
const kubernetes = fc
  .tuple(fc.constantFrom('k3s-', 'k0s-', 'k3s'), fc.integer({ min: 33, max: 37 }), fc.constantFrom(2, 10), fc.constantFrom(1, 3))
  .map(([distro, minor, patch, build]) => `-${distro}v1.${minor}.${patch}-${distro === 'k0s-' ? 'k0s.' : 'k3s'}${build}`);
const variant = fc.oneof(
  { weight: 1, arbitrary: fc.constant(['core', ''] as const) },
  { weight: 4, arbitrary: kubernetes.map((part) => ['standard', part] as const) },
  { weight: 1, arbitrary: fc.constantFrom(['standard', ''] as const, ['standard', '-k3s'] as const) },
);
const system = fc.constantFrom('hadron:v0.4.0', 'hadron:v0.5.1', 'ubuntu:22.04', 'ubuntu:24.04', 'quay.io/mirror/hadron:v0.5.1');
const artifacts = fc
  .tuple(
    system,
    variant,
    fc.constantFrom('amd64-generic', 'amd64-generic', 'arm64-rpi4'),
    kairos,
    fc.constantFrom('', '', '', '-uki', '-img'),
  )
  .map(([flavor, [kind, part], board, version, form]) => image(`${flavor}-${kind}-${board}-${version}${part}${form}`));
const sets = fc.array(artifacts, { maxLength: 60 });
const tracks = fc.constantFrom<Track>('os', 'kubernetes', 'both');
const options = fc.record({ track: tracks, prereleases: fc.boolean() });

const published = (artifact: Artifact): Version | null => (artifact.version.kind === 'release' ? artifact.version.version : null);
const inside = (artifact: Artifact): KubernetesVersion | null => artifact.kubernetes?.version ?? null;

function forEveryOffer(check: (running: Artifact, offer: Offer, known: readonly Artifact[]) => void): void {
  fc.assert(
    fc.property(artifacts, sets, options, (running, known, choice) => {
      const { offers, osChanges } = candidates(running, known, choice);
      for (const offer of [...offers, ...osChanges]) check(running, offer, known);
    }),
    { numRuns: 2_000 },
  );
}

describe('upgrade candidates, for whatever is published', () => {
  it('never cross a coordinate or leave the repository', () => {
    forEveryOffer((running, { artifact }) => {
      expect(coordinatesOf(artifact)).toBe(coordinatesOf(running));
      expect(artifact.repository).toBe(running.repository);
      expect(compareArtifacts(running, artifact).crosses).toEqual([]);
    });
  });

  it('never take a component back', () => {
    forEveryOffer((running, { artifact, components }) => {
      const [from, to] = [published(running), published(artifact)];
      expect(from !== null && to !== null && compareVersions(to, from) >= 0).toBe(true);
      const [base, newBase] = [baseVersionOf(running), baseVersionOf(artifact)];
      if (base !== null) expect(newBase !== null && compareVersions(newBase, base) >= 0).toBe(true);
      const [own, next] = [inside(running), inside(artifact)];
      expect(own === null).toBe(next === null);
      if (running.variant === 'standard') expect(next).not.toBeNull();
      if (own !== null && next !== null) expect(compareKubernetesVersions(next, own)).toBeGreaterThanOrEqual(0);
      expect(components.map(({ component }) => component)).toContain('kairos');
    });
  });

  it('never skip a Kubernetes minor, and say when they take one', () => {
    forEveryOffer((running, { artifact, warnings }) => {
      const step = (inside(artifact)?.minor ?? 0) - (inside(running)?.minor ?? 0);
      expect([0, 1]).toContain(step);
      expect(warnings.some(({ kind }) => kind === 'kubernetes-step')).toBe(step === 1);
    });
  });

  it('are images that are published', () => {
    forEveryOffer((_running, { artifact }, known) => expect(known).toContain(artifact));
  });

  it('change the operating system only apart, and only to a newer one', () => {
    fc.assert(
      fc.property(artifacts, sets, options, (running, known, choice) => {
        const { offers, osChanges } = candidates(running, known, choice);
        if (running.flavor === 'hadron') expect(osChanges).toEqual([]);
        else for (const { artifact } of offers) expect(artifact.flavorRelease).toBe(running.flavorRelease);
        for (const { artifact } of osChanges) expect([running.flavorRelease, artifact.flavorRelease]).toEqual(['22.04', '24.04']);
      }),
    );
  });

  it('are recommended once, first, or there is a reason', () => {
    fc.assert(
      fc.property(artifacts, sets, options, (running, known, choice) => {
        const { offers, osChanges, reason } = candidates(running, known, choice);
        expect(offers.map(({ recommended }) => recommended)).toEqual(offers.map((_, index) => index === 0));
        expect(osChanges.some(({ recommended }) => recommended)).toBe(false);
        expect(reason === null).toBe(offers.length > 0);
        if (reason !== null) expect(reason).toMatch(/^[^\n]{20,}\.$/);
      }),
    );
  });

  it('do not depend on the order of what is published, nor on repetition', () => {
    const shuffled = sets.chain((known) =>
      fc.tuple(fc.constant(known), fc.shuffledSubarray([...known, ...known], { minLength: known.length * 2 })),
    );
    fc.assert(
      fc.property(artifacts, shuffled, options, (running, [known, again], choice) => {
        expect(candidates(running, again, choice)).toEqual(candidates(running, known, choice));
      }),
    );
  });

  it('offer prereleases only when asked, or on the line of a running prerelease', () => {
    fc.assert(
      fc.property(artifacts, sets, tracks, (running, known, track) => {
        for (const { artifact } of candidates(running, known, { track }).offers) {
          const [from, to] = [published(running), published(artifact)];
          if (to?.prerelease != null) expect([from?.prerelease === null, from?.minor]).toEqual([false, to.minor]);
        }
      }),
    );
  });

  it('lead somewhere: whoever follows them arrives, in at most as many steps as there are images', () => {
    fc.assert(
      fc.property(artifacts, sets, options, (running, known, choice) => {
        let node = running;
        for (let steps = 0; steps <= known.length; steps++) {
          const [offer] = candidates(node, known, choice).offers;
          if (offer === undefined) return;
          node = offer.artifact;
        }
        throw new Error('the offers go round in circles');
      }),
    );
  });

  it('bring every node of the 90-tag list to v4.2.0 of its own kind on track os', () => {
    const known = (conformanceSuite().lists['hadron-90'] ?? []).map((tag) => image(`hadron:${tag}`));
    for (const running of known) {
      const arrived = candidates(running, known).offers.at(0)?.artifact ?? running;
      expect(published(arrived)?.text).toBe('v4.2.0');
      expect(inside(arrived)?.minor).toBe(inside(running)?.minor);
    }
  });
});
