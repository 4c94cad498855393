import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bumpBetween,
  compareKubernetesVersions,
  compareVersions,
  type KubernetesVersion,
  kubernetesBump,
  parseKubernetesVersion,
  parseVersion,
  type Version,
} from '../../../src/core/version.ts';
import { kubernetesText, versionText } from '../../support/arbitraries.ts';

function orFail<T>(parsed: T | null): T {
  if (parsed === null) throw new Error('not parsed');
  return parsed;
}

const version = versionText.map((text): Version => orFail(parseVersion(text)));
const kubernetes = kubernetesText.map((text): KubernetesVersion => orFail(parseKubernetesVersion(text)));

function isTotalOrder<T>(arbitrary: fc.Arbitrary<T>, compare: (a: T, b: T) => number): void {
  fc.assert(
    fc.property(arbitrary, arbitrary, arbitrary, (a, b, c) => {
      expect(compare(a, a)).toBe(0);
      expect(Math.sign(compare(a, b)) + Math.sign(compare(b, a))).toBe(0);
      const [low, middle, high] = [a, b, c].toSorted(compare);
      if (low === undefined || middle === undefined || high === undefined) throw new Error('lost one');
      expect(compare(low, middle)).toBeLessThanOrEqual(0);
      expect(compare(middle, high)).toBeLessThanOrEqual(0);
      expect(compare(low, high)).toBeLessThanOrEqual(0);
      if (compare(a, b) === 0) expect(Math.sign(compare(a, c))).toBe(Math.sign(compare(b, c)));
    }),
    { numRuns: 2_000 },
  );
}

describe('versions', () => {
  it('are totally ordered', () => isTotalOrder(version, compareVersions));

  it('keep their text, and no text makes parsing throw', () => {
    fc.assert(fc.property(versionText, (text) => parseVersion(text)?.text === text));
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => parseVersion(text) === null || /^v?\d/.test(text)));
  });

  it('move something exactly when they differ, the same in both directions', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(bumpBetween(a, b) === 'none').toBe(compareVersions(a, b) === 0);
        expect(bumpBetween(a, b)).toBe(bumpBetween(b, a));
      }),
    );
  });
});

describe('Kubernetes versions', () => {
  it('are totally ordered', () => isTotalOrder(kubernetes, compareKubernetesVersions));

  it('keep their text, and no text makes parsing throw', () => {
    fc.assert(fc.property(kubernetesText, (text) => parseKubernetesVersion(text)?.text === text));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => parseKubernetesVersion(text) === null || /^v?\d/.test(text)),
    );
  });

  it('move something exactly when they differ', () => {
    fc.assert(
      fc.property(kubernetes, kubernetes, (a, b) => {
        expect(kubernetesBump(a, b) === 'none').toBe(compareKubernetesVersions(a, b) === 0);
      }),
    );
  });
});
