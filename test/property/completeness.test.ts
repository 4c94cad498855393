/** What holds of completeness whatever is there. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCombination, printCombination } from '../../src/core/combination.ts';
import { completenessOf, gapsOf } from '../../src/core/completeness.ts';
import { instant } from '../../src/core/time.ts';
import { imageOf, V430_TAGS } from '../support/kairos-release.ts';

const AT = instant('2026-09-08T12:00:00Z');
const HISTORY = [
  {
    combinations: {
      'hadron core amd64 generic': 1,
      'hadron core arm64 rpi4': 1,
      'hadron standard amd64 generic k3s': 3,
      'hadron standard arm64 generic k0s': 2,
    },
    sameLine: true,
    tookMs: 1,
  },
];
const tags = fc.subarray([...V430_TAGS], { minLength: 1 });

function judged(given: readonly string[]) {
  const completeness = completenessOf({
    version: 'v4.3.0',
    images: given.map((tag) => imageOf(`quay.io/kairos/hadron:${tag}`)),
    files: [],
    earlier: HISTORY,
    endedFlavors: new Set(),
    said: null,
    publishedAt: AT,
    now: AT,
  });
  if (completeness === null) throw new Error('there is a history to expect by');
  return completeness;
}

describe('completeness', () => {
  it('never gets worse by an image that arrives', () => {
    fc.assert(
      fc.property(tags, fc.constantFrom(...V430_TAGS), (given, late) => {
        expect(gapsOf(judged([...new Set([...given, late])])).length).toBeLessThanOrEqual(gapsOf(judged(given)).length);
      }),
    );
  });

  it('does not depend on the order of the images', () => {
    fc.assert(
      fc.property(tags, fc.infiniteStream(fc.nat()), (given, order) => {
        const shuffled = given
          .map((tag) => ({ tag, key: order.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ tag }) => tag);
        expect(judged(shuffled)).toEqual(judged(given));
      }),
    );
  });

  it('prints every combination so that it can be read again', () => {
    for (const { combination } of judged([...V430_TAGS]).images) {
      expect(parseCombination(printCombination(combination))).toEqual(combination);
    }
  });
});
