/** How many image references are read in a second on one core. Budget: 300,000. */
import { readFileSync } from 'node:fs';
import { parseReference } from '../src/core/image.ts';

/** The figures of one benchmark: `count` operations, and how many of them fit into a second. */
export interface BenchResult {
  readonly name: string;
  readonly count: number;
  readonly perSecond: number;
}

const ROUNDS = 100;
const PASSES = 20;

/** Parses every reference of the fixture, over and over. The best pass counts: the others shared the core with somebody. */
export function benchParse(): BenchResult {
  const references = readFileSync(new URL('../test/fixtures/references.tsv', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t', 1)[0] ?? '');
  const passes = Array.from({ length: PASSES }, () => parseAll(references));
  const count = references.length * ROUNDS;
  return { name: 'parse references', count: count * PASSES, perSecond: Math.round(count / Math.min(...passes)) };
}

/** Seconds it takes to parse them all. */
function parseAll(references: readonly string[]): number {
  const started = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const reference of references) parseReference(reference);
  }
  return (performance.now() - started) / 1_000;
}
