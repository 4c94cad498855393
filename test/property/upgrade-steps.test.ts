import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { upgradeSteps } from '../../src/core/upgrade-steps.ts';
import { upgradeSnippet } from '../../src/render/upgrade-snippet.ts';
import { image } from '../support/artifacts.ts';
import { digestOf } from '../support/kairos-release.ts';

const RUNNING = image('hadron:v0.5.1-core-amd64-generic-v4.2.0');
const GOOD = image(`quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0@${digestOf('good')}`);
const noise = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom("a'b", '*', '!x', '- a', '{', '#', 'y', 'null', '1e3', '~'),
);
const parts = fc.record({
  repository: fc.oneof(
    fc.constant(GOOD.repository),
    noise,
    noise.map((text) => `${GOOD.repository}${text}`),
  ),
  tag: fc.oneof(
    fc.constant(GOOD.tag),
    fc.constantFrom('null', '1e3', '0x10', 'yes', 'N', 'off', 'e3', 'E1.5', '_', '1.10', 'v1.2-'),
    noise,
    noise.map((text) => `${GOOD.tag}${text}`),
  ),
  digest: fc.oneof(
    fc.constant(GOOD.digest),
    noise,
    noise.map((text) => `${GOOD.digest}${text}`),
  ),
});

describe('text to apply, whatever a reference is made of', () => {
  it('is YAML that says what it should, and shell in which nothing means anything', () => {
    fc.assert(
      fc.property(parts, (fields) => {
        const steps = upgradeSteps(RUNNING, [{ ...GOOD, ...fields }]);
        for (const [way, wanted] of [
          ['operator', steps.operator],
          ['controller', steps.plans],
        ] as const) {
          for (const version of ['1.1', '1.2'] as const) {
            const documents = parseAllDocuments(upgradeSnippet(steps, way), { version });
            expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
            expect(documents.map((document) => document.toJS())).toEqual(wanted);
          }
        }
        for (const { active, recovery } of steps.nodes) expect(`${active} ${recovery}`).toMatch(/^[A-Za-z0-9 ._:@/-]+$/);
        expect(steps.nodes.length + steps.refused.length).toBe(1);
      }),
      { numRuns: 1_000 },
    );
  });
});
