/** What an SBOM costs beyond parsing its JSON: reading it into an inventory, summing it up, comparing it with another. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Inventory } from '../src/core/sbom.ts';
import { diffInventories } from '../src/core/sbom-diff.ts';
import { readSpdx } from '../src/core/sbom-spdx.ts';
import { summarise } from '../src/core/sbom-summary.ts';
import { imagePackages } from '../test/support/sbom-packages.ts';
import { spdxDocument } from '../test/support/sigstore/spdx-document.ts';

const MB = 1_000_000;
/** As in verify.ts: what an image has, and not more than fit. */
const MAX_PACKAGES = 1_500;
const PACKAGES_PER_MB = 500;

export interface SbomCost {
  readonly megabytes: number;
  readonly packages: number;
  /** JSON.parse alone. */
  readonly parseMs: number;
  /** All of it: parse, read, sum up, compare. */
  readonly totalMs: number;
  /** What is kept, as JSON. */
  readonly storedBytes: number;
}

/** The median of some runs of each, in turn, so that both meet the machine as it is. */
export function benchSbom(megabytes: number, runs = 9): SbomCost {
  const packages = Math.min(MAX_PACKAGES, PACKAGES_PER_MB * megabytes);
  const text = JSON.stringify(spdxDocument({ packages, bytes: megabytes * MB }));
  const other = inventoryOf(spdxDocument({ packages: imagePackages(packages).map(changed) }));
  const parse: number[] = [];
  const total: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    parse.push(timed(() => JSON.parse(text)));
    total.push(timed(() => readAll(text, other)));
  }
  return {
    megabytes,
    packages,
    parseMs: median(parse),
    totalMs: median(total),
    storedBytes: JSON.stringify(inventoryOf(JSON.parse(text))).length,
  };
}

/** The largest resident size of a process that reads an SBOM of this size from a file in a thread, in MB. */
export async function benchSbomMemory(megabytes: number): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'herald-bench-'));
  try {
    const file = join(directory, 'sbom.spdx.json');
    await writeFile(file, JSON.stringify(spdxDocument({ packages: MAX_PACKAGES, bytes: megabytes * MB })));
    const child = join(import.meta.dirname, 'sbom-child.ts');
    return Number(execFileSync(process.execPath, [child, file], { encoding: 'utf8' })) / 1_000;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A tenth of the packages in another version. */
function changed<T extends { readonly version: string }>(each: T, index: number): T {
  return index % 10 === 0 ? { ...each, version: `${each.version}1` } : each;
}

function readAll(text: string, other: Inventory): void {
  const inventory = inventoryOf(JSON.parse(text));
  summarise(inventory);
  if (diffInventories(other, inventory, { from: null, to: null }).kind === 'suppressed')
    throw new Error('the SBOMs of the benchmark do not compare');
}

function inventoryOf(value: unknown): Inventory {
  const inventory = readSpdx(value);
  if (inventory === null) throw new Error('the SBOM of the benchmark was not read');
  return inventory;
}

function timed(work: () => void): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
