/**
 * The tag conformance suite: what an update checker must answer to people who run Kairos. Tools that take a tag for one
 * version fail nearly all of it: they offer another variant, board or boot mode, a prerelease, or nothing at all.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseReference } from '../../../src/core/image.ts';
import { availableTo, conformanceSuite, heraldAnswers } from '../../support/conformance.ts';
import { conformancePage } from '../../support/conformance-page.ts';

const suite = conformanceSuite();

describe('the suite', () => {
  it('has a name of its own for each case, and every list it names', () => {
    expect(new Set(suite.cases.map(({ id }) => id)).size).toBe(suite.cases.length);
    for (const asked of suite.cases) expect(availableTo(suite, asked).length).toBeGreaterThan(0);
  });

  it('has 90 different tags of three Hadron releases to choose from', () => {
    expect(new Set(suite.lists['hadron-90']).size).toBe(90);
  });

  it('never counts an answer as right that was not available', () => {
    for (const asked of suite.cases) {
      for (const tag of [...asked.answer, ...(asked.osChanges ?? [])]) expect(availableTo(suite, asked)).toContain(tag);
    }
  });

  it('has images that the grammar reads on both sides of every answer', () => {
    for (const { id, repository, running, answer } of suite.cases) {
      for (const tag of [running, ...answer]) {
        expect({ id, kind: parseReference(`${repository}:${tag}`).kind }).toMatchObject({
          kind: expect.stringMatching(/^(os|raw)-image$/),
        });
      }
    }
  });

  it('is what docs/tag-conformance.md shows (npm run conformance)', () => {
    expect(readFileSync('docs/tag-conformance.md', 'utf8')).toBe(conformancePage(suite));
  });
});

describe.each([...Map.groupBy(suite.cases, ({ group }) => group)])('%s', (_group, cases) => {
  it.each(cases)('$id: $why', (asked) => {
    const { offers, osChanges } = heraldAnswers(suite, asked);
    expect(offers).toEqual(asked.answer);
    if (asked.osChanges !== undefined) expect(osChanges).toEqual(asked.osChanges);
  });
});
