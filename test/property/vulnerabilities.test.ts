import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type InventoryEntry,
  idsToDescribe,
  questionsFor,
  type VulnerabilityRecord,
  vulnerabilityReport,
} from '../../src/core/vulnerabilities.ts';
import { NOW } from '../support/sources.ts';

const versions = fc.uniqueArray(fc.constantFrom('v1', 'v2', 'v3'), { minLength: 1 });
const inventories = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), versions), { selector: ([name]) => name })
  .map((entries) => entries.map(([name, of]): InventoryEntry => ({ purl: `pkg:golang/${name}`, versions: of })));
const IDS = ['GO-1', 'GO-2', 'GHSA-1', 'GHSA-2', 'DSA-1'];
/** What affects what, and which names are one: drawn, and told to the code under test as a database would. */
const database = fc.record({
  affects: fc.dictionary(
    fc.constantFrom(...['a', 'b', 'c', 'd'].flatMap((name) => ['v1', 'v2', 'v3'].map((version) => `${name} ${version}`))),
    fc.uniqueArray(fc.constantFrom(...IDS)),
  ),
  cve: fc.tuple(...IDS.map(() => fc.integer({ min: 1, max: 4 }))),
});

describe('the vulnerabilities of an upgrade, whatever changes', () => {
  it('are those of each side that the other does not have, by whatever name', () => {
    fc.assert(
      fc.property(inventories, inventories, database, (before, after, { affects, cve }) => {
        const cveOf = (id: string) => `CVE-${cve[IDS.indexOf(id)]}`;
        const asked = questionsFor(before, after);
        const answers = asked.questions.map(({ name, version }) => affects[`${name} ${version}`] ?? []);
        const records = idsToDescribe(asked, answers).map(
          (id): VulnerabilityRecord => ({ id, aliases: [cveOf(id)], summary: null, severity: 'unknown', withdrawn: false }),
        );
        const report = vulnerabilityReport(asked, answers, records, { source: 'OSV', askedAt: NOW });

        const same = (purl: string) => {
          const [older, newer] = [before, after].map((side) =>
            side
              .find((entry) => entry.purl === purl)
              ?.versions.toSorted()
              .join(),
          );
          return older === newer;
        };
        const cvesOf = (side: readonly InventoryEntry[]) =>
          new Set(
            side
              .filter(({ purl }) => !same(purl))
              .flatMap(({ purl, versions: of }) =>
                of.flatMap((version) => affects[`${purl.slice('pkg:golang/'.length)} ${version}`] ?? []).map(cveOf),
              ),
          );
        const [older, newer] = [cvesOf(before), cvesOf(after)];
        expect(report.fixed.map(({ name }) => name).sort()).toEqual([...older].filter((name) => !newer.has(name)).sort());
        expect(report.introduced.map(({ name }) => name).sort()).toEqual([...newer].filter((name) => !older.has(name)).sort());
        expect(report.unchanged).toBe([...older].filter((name) => newer.has(name)).length);
        expect(asked.questions.filter(({ name }) => same(`pkg:golang/${name}`))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
