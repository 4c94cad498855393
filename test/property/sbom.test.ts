/** SBOMs of any content: nothing in one is lost, nothing in one makes reading fall over, and a difference is the same from both sides. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../src/core/sbom.ts';
import { readCycloneDx } from '../../src/core/sbom-cyclonedx.ts';
import { diffInventories, type InventoryDiff, type PackageChange } from '../../src/core/sbom-diff.ts';
import { purlsOf, readPurl } from '../../src/core/sbom-purl.ts';
import { readSpdx } from '../../src/core/sbom-spdx.ts';
import { summarise } from '../../src/core/sbom-summary.ts';
import { type CycloneDxOptions, cycloneDxDocument } from '../support/cyclonedx-document.ts';
import { type SbomPackage, truthOf } from '../support/sbom-packages.ts';
import { spdxDocument } from '../support/sigstore/spdx-document.ts';

/** Names from a few, so that documents share packages, and any others that a package manager might take. */
const name = fc.oneof(fc.constantFrom('a', 'b', 'openssl', 'systemd', 'linux-lts'), fc.stringMatching(/^[a-z][a-z0-9+._~|%-]{0,20}$/));
const version = fc.oneof(fc.constantFrom('1', '2', ''), fc.stringMatching(/^[0-9][a-z0-9.+~:-]{0,15}$/));
const licence = fc.constantFrom('MIT', 'GPL-2.0-only', 'MIT OR Apache-2.0', null);
const common = { version, licence };
const anyPackage: fc.Arbitrary<SbomPackage> = fc.oneof(
  fc.record({
    ...common,
    name,
    type: fc.constantFrom('rpm', 'deb', 'apk'),
    namespace: fc.constantFrom('fedora', 'ubuntu', 'alpine'),
    arch: fc.constantFrom('amd64', 'noarch', ''),
    distro: fc.constantFrom('ubuntu-24.04', 'alpine-3.21'),
    // Of the package of that name as of any other.
    upstream: fc.constantFrom('a', 'glibc', 'gcc-12@12.2.0-14'),
  }),
  fc.record({
    ...common,
    type: fc.constant('golang' as const),
    namespace: fc.constantFrom('github.com/kairos-io', 'k8s.io', ''),
    name: fc.tuple(fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,12}$/), fc.constantFrom('', '/v2', '/service/s3')).map(([a, b]) => a + b),
    arch: fc.constant(''),
  }),
  fc.record({
    ...common,
    name,
    type: fc.constantFrom('generic' as const, null),
    namespace: fc.constant(''),
    arch: fc.constant(''),
  }),
);
const packages = fc.array(anyPackage, { maxLength: 30 });
/** Two documents that have something in common. */
const twoLists = fc.tuple(packages, packages, packages).map(([shared, a, b]): readonly [SbomPackage[], SbomPackage[]] => [
  [...shared, ...a],
  [...shared, ...b],
]);

function read(inventory: Inventory | null): Inventory {
  if (inventory === null) throw new Error('it was not read');
  return inventory;
}
const spdx = (list: readonly SbomPackage[]): Inventory => read(readSpdx(spdxDocument({ packages: list })));
const cyclonedx = (list: readonly SbomPackage[], more: CycloneDxOptions = {}): Inventory =>
  read(readCycloneDx(cycloneDxDocument({ packages: list, ...more })));
const contents = ({ packages: rows }: Inventory) => new Map(rows.map(([key, versions]) => [key, new Set(versions)]));

type Compared = Extract<InventoryDiff, { kind: 'compared' }>;

function difference(from: Inventory, to: Inventory): Compared {
  const diff = diffInventories(from, to, { from: null, to: null });
  if (diff.kind === 'suppressed') throw new Error('it was suppressed');
  return diff;
}

const shuffled = <T>(list: readonly T[]): fc.Arbitrary<T[]> => fc.shuffledSubarray([...list], { minLength: list.length });

describe('an inventory', () => {
  it('holds every package of the document and no other', () => {
    fc.assert(
      fc.property(packages, (list) => {
        const truth = new Map(truthOf(list));
        expect(contents(spdx(list))).toEqual(truth);
        expect(contents(cyclonedx(list))).toEqual(truth);
        expect(contents(cyclonedx(list, { nested: true }))).toEqual(truth);
      }),
    );
  });

  it('is the same whatever the order of the document, and after it was stored', () => {
    const cases = packages.chain((list) => fc.tuple(fc.constant(list), shuffled(list)));
    fc.assert(
      fc.property(cases, ([list, other]) => {
        const inventory = spdx(list);
        expect(spdx(other)).toEqual(inventory);
        expect(JSON.parse(JSON.stringify(inventory))).toEqual(inventory);
      }),
    );
  });

  it('counts what it holds', () => {
    fc.assert(
      fc.property(packages, (list) => {
        const inventory = spdx(list);
        const held = inventory.packages.reduce((sum, [, versions]) => sum + versions.length, 0);
        expect(summarise(inventory).packages).toBe(held);
        expect(Object.values(inventory.ecosystems).reduce((sum, count) => sum + count, inventory.withoutPurl)).toBe(held);
      }),
    );
  });

  it('says the same packages in package URLs', () => {
    fc.assert(
      fc.property(packages, (list) => {
        const inventory = spdx(list);
        const again = purlsOf(inventory).map(({ purl }) => readPurl(purl));
        const typed = inventory.packages.filter(([key]) => !key.startsWith('|'));
        expect(again.map((purl) => [purl?.type, purl?.arch])).toEqual(typed.map(([key]) => [key.split('|')[0], key.split('|')[3]]));
        expect(again).not.toContain(null);
      }),
    );
  });
});

describe('a difference', () => {
  it('of one with itself is none', () => {
    fc.assert(
      fc.property(packages, (list) => {
        const inventory = spdx(list);
        const { added, removed, changed, licences, highlights, distro, unchanged } = difference(inventory, spdx(list));
        expect([added, removed, changed, licences, highlights, distro]).toEqual([[], [], [], [], [], null]);
        expect(unchanged).toBe(inventory.packages.length);
      }),
    );
  });

  it('does not depend on the order of either document', () => {
    const cases = twoLists.chain(([a, b]) => fc.tuple(fc.constant([a, b] as const), shuffled(a), shuffled(b)));
    fc.assert(
      fc.property(cases, ([[a, b], otherA, otherB]) => {
        expect(difference(spdx(otherA), spdx(otherB))).toEqual(difference(spdx(a), spdx(b)));
      }),
    );
  });

  it('is the other way round from the other side', () => {
    const swapped = <T extends { readonly from: unknown; readonly to: unknown }>({ from, to, ...rest }: T) => ({
      ...rest,
      from: to,
      to: from,
    });
    fc.assert(
      fc.property(twoLists, ([a, b]) => {
        const [there, back] = [difference(spdx(a), spdx(b)), difference(spdx(b), spdx(a))];
        expect(back.added.map(swapped)).toEqual(there.removed);
        expect(back.removed.map(swapped)).toEqual(there.added);
        expect(back.changed.map(swapped)).toEqual(there.changed);
        expect(back.licences.map(swapped)).toEqual(there.licences);
        expect(back.highlights.map(swapped)).toEqual(there.highlights);
        expect(back.unchanged).toBe(there.unchanged);
      }),
    );
  });

  it('is all there is between the two', () => {
    const keyOf = ({ type, namespace, name: of, arch }: PackageChange) => JSON.stringify([type, namespace, of, arch]);
    fc.assert(
      fc.property(twoLists, ([a, b]) => {
        const { added, removed, changed, unchanged } = difference(spdx(a), spdx(b));
        const [before, after] = [truthOf(a), truthOf(b)];
        expect(added.length + changed.length + unchanged).toBe(after.size);
        expect(removed.length + changed.length + unchanged).toBe(before.size);
        const told = [...added, ...removed, ...changed].map(keyOf);
        expect(new Set(told).size).toBe(told.length);
      }),
    );
  });
});

describe('hostile JSON', () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>('__proto__', 'constructor', 'x'.repeat(3_000), -0, 1e300, '\ud800', 'a\0', '\udc00b', { __proto__: null }, [
      [],
    ]),
    fc.constantFrom(
      'pkg:deb/%',
      'pkg:constructor/a@1?distro=__proto__',
      'pkg:a/__proto__',
      'pkg:golang/toString',
      'pkg:deb/%00@1',
      'pkg:rpm/a@1?distro=%00&arch=x',
      'pkg:apk/a@\ud800',
    ),
  );
  const keys = fc.constantFrom(
    ...['SPDXID', 'name', 'versionInfo', 'externalRefs', 'referenceType', 'referenceLocator', 'licenseDeclared', 'primaryPackagePurpose'],
    ...['type', 'group', 'version', 'purl', 'licenses', 'license', 'id', 'expression', 'components', 'metadata', 'tools', 'creationInfo'],
    ...['creators', 'created', 'timestamp', '__proto__', 'toString', 'length'],
  );
  const record = fc.dictionary(keys, fc.oneof(value, fc.array(fc.dictionary(keys, value, { maxKeys: 4 }), { maxLength: 3 })), {
    maxKeys: 6,
  });

  it('never throws, and what is read is whole', () => {
    const document = fc.record({ packages: fc.oneof(value, fc.array(fc.oneof(value, record))), creationInfo: fc.oneof(value, record) });
    fc.assert(
      fc.property(document, ({ packages: list, creationInfo }) => {
        const read_ = [
          readSpdx({ spdxVersion: 'SPDX-2.3', packages: list, creationInfo }),
          readCycloneDx({ bomFormat: 'CycloneDX', specVersion: '1.5', components: list, metadata: creationInfo }),
        ];
        for (const inventory of read_) {
          const stored = read(inventory);
          expect(JSON.parse(JSON.stringify(stored))).toEqual(stored);
          JSON.stringify(stored, (key, part: unknown) => {
            // What the database of the store refuses.
            for (const text of [key, part]) if (typeof text === 'string') expect(text.isWellFormed() && !text.includes('\0')).toBe(true);
            return part;
          });
          expect(difference(stored, stored).unchanged).toBe(stored.packages.length);
          expect(JSON.stringify(summarise(stored))).toBeTypeOf('string');
          expect(purlsOf(stored).length).toBeLessThanOrEqual(stored.packages.length);
        }
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(value, (any) => {
        readSpdx(any);
        readCycloneDx(any);
      }),
    );
  });
});
