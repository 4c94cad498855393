/** What is read of an SBOM, in both formats. */
import { describe, expect, it } from 'vitest';
import { type Inventory, identityOf, licenceOf, packageKey } from '../../../src/core/sbom.ts';
import { readCycloneDx } from '../../../src/core/sbom-cyclonedx.ts';
import { purlsOf, readPurl } from '../../../src/core/sbom-purl.ts';
import { readSpdx } from '../../../src/core/sbom-spdx.ts';
import { printTools } from '../../../src/core/sbom-tools.ts';
import { cycloneDxDocument } from '../../support/cyclonedx-document.ts';
import { imagePackages, type SbomPackage } from '../../support/sbom-packages.ts';
import { spdxDocument } from '../../support/sigstore/spdx-document.ts';

const GO: SbomPackage = { type: 'golang', namespace: 'github.com/k3s-io', name: 'k3s', version: 'v1.36.4', arch: '', licence: null };
const DEB: SbomPackage = {
  type: 'deb',
  namespace: 'ubuntu',
  name: 'libssl3t64',
  version: '3.0.13-0ubuntu3.5',
  arch: 'amd64',
  licence: 'Apache-2.0',
  upstream: 'openssl',
  distro: 'ubuntu-24.04',
};
const RPM: SbomPackage = {
  ...DEB,
  type: 'rpm',
  namespace: 'fedora',
  name: 'openssl-libs',
  version: '1:3.2.4-1.fc41',
  arch: 'x86_64',
  upstream: 'openssl-3.2.4-1.fc41.src.rpm',
  distro: 'fedora-41',
};

function spdx(packages: readonly SbomPackage[], more: object = {}): Inventory {
  return read(readSpdx({ ...spdxDocument({ packages }), ...more }));
}

function read(inventory: Inventory | null): Inventory {
  if (inventory === null) throw new Error('it was not read');
  return inventory;
}

/** Key and versions, less the rest. */
const listed = ({ packages }: Inventory) => packages.map(([key, versions]) => [key, versions]);
const bare = (packages: readonly object[], more: object = {}) => read(readSpdx({ spdxVersion: 'SPDX-2.3', packages, ...more }));
const withPurl = (purl: string, more: object = {}) => ({
  name: 'a name',
  externalRefs: [{ referenceType: 'purl', referenceLocator: purl }],
  ...more,
});

describe('an inventory', () => {
  it('holds packages of the distribution with architecture, licence and source', () => {
    const inventory = spdx([DEB]);
    expect(inventory).toMatchObject({ distro: 'ubuntu-24.04', ecosystems: { deb: 1 }, licences: ['Apache-2.0'] });
    expect(inventory.packages).toEqual([['deb|ubuntu|libssl3t64|amd64', ['3.0.13-0ubuntu3.5'], 0, 'openssl']]);
  });

  it('has the epoch of an rpm in its version, and the name alone of its source', () => {
    expect(spdx([RPM]).packages).toEqual([['rpm|fedora|openssl-libs|x86_64', ['1:3.2.4-1.fc41'], 0, 'openssl']]);
  });

  it('keeps all versions of a Go module, each once, and whole paths', () => {
    const module = (name: string, version: string): SbomPackage => ({ ...GO, namespace: 'github.com/aws', name, version });
    const inventory = spdx([
      module('aws-sdk-go-v2/service/s3', 'v1.2.0'),
      module('aws-sdk-go-v2', 'v1.9.0'),
      module('aws-sdk-go-v2', 'v1.10.0'),
      module('aws-sdk-go-v2', 'v1.9.0'),
      module('aws-sdk-go-v2/v2', 'v2.0.0'),
    ]);
    expect(listed(inventory)).toEqual([
      ['golang|github.com/aws|aws-sdk-go-v2/service/s3|', ['v1.2.0']],
      ['golang|github.com/aws|aws-sdk-go-v2/v2|', ['v2.0.0']],
      ['golang|github.com/aws|aws-sdk-go-v2|', ['v1.10.0', 'v1.9.0']],
    ]);
    expect(inventory.ecosystems).toEqual({ golang: 4 });
  });

  it('counts packages without a package URL, and those whose URL is none', () => {
    const inventory = bare([{ name: 'a', versionInfo: '1' }, withPurl('pkg:'), withPurl('pkg:npm/%zz'), withPurl('cpe:2.3:a')]);
    expect(inventory).toMatchObject({ ecosystems: {}, withoutPurl: 2, unreadable: 0 });
    expect(listed(inventory)).toEqual([
      ['||a name|', ['']],
      ['||a|', ['1']],
    ]);
  });

  it('is about the image, which is none of its packages', () => {
    const image = { name: 'kairos', versionInfo: `sha256:${'ab'.repeat(32)}` };
    const roots = [
      { ...image, SPDXID: 'SPDXRef-DocumentRoot-Directory-sbom', primaryPackagePurpose: 'FILE' },
      { ...image, SPDXID: 'SPDXRef-ContainerImage-1', primaryPackagePurpose: 'CONTAINER' },
    ];
    expect(bare(roots)).toMatchObject({ packages: [], withoutPurl: 0, unreadable: 0 });
  });

  it('knows the distribution from most package URLs, otherwise from an entry for the system', () => {
    const odd = { ...DEB, name: 'odd', distro: 'debian-12' };
    expect(spdx([odd, DEB, { ...DEB, name: 'other' }]).distro).toBe('ubuntu-24.04');
    expect(spdx([odd, DEB]).distro).toBe('debian-12');
    expect(spdx([GO]).distro).toBeNull();
    const system = { name: 'debian', versionInfo: '12.5', primaryPackagePurpose: 'OPERATING-SYSTEM' };
    expect(bare([system])).toMatchObject({ distro: 'debian-12.5', packages: [] });
    expect(bare([withPurl('pkg:generic/linux-kernel@6.6', { primaryPackagePurpose: 'OPERATING-SYSTEM' })]).ecosystems).toEqual({
      generic: 1,
    });
  });

  it.each([
    [['Tool: syft-v1.29.0', 'Tool: buildkit-v0.23.2', 'Organization: Anchore, Inc'], 'syft 1.29.0 and buildkit 0.23.2'],
    [['Tool: syft-0.99.0'], 'syft 0.99.0'],
    [['Tool: syft-[not provided]'], 'syft'],
    [['Tool: buildkit-syft-scanner'], 'buildkit-syft-scanner'],
    [['Tool: buildkit-0.11.0-dev'], 'buildkit 0.11.0-dev'],
    [['Person: somebody'], null],
    ['Tool: syft-1', null],
  ])('was made by %j', (creators, printed) => {
    expect(printTools(bare([], { creationInfo: { creators } }).tools)).toBe(printed);
  });

  it.each([
    ['2026-01-01T10:00:00Z', '2026-01-01T10:00:00.000Z'],
    ['2026-01-01T10:00:00+02:00', '2026-01-01T08:00:00.000Z'],
    ['2026-13-41T10:00:00Z', null],
    ['yesterday', null],
    [5, null],
  ])('was made at %j', (created, at) => {
    expect(bare([], { creationInfo: { created } }).created).toBe(at);
  });

  it('says licences that are declared, all where versions differ in them, and cuts very long ones', () => {
    const long = `LicenseRef-${'x'.repeat(500)}`;
    const inventory = spdx([
      { ...GO, licence: 'MIT' },
      { ...GO, version: 'v2', licence: 'Apache-2.0' },
      { ...DEB, licence: long },
      { ...RPM, licence: null },
    ]);
    const licences = inventory.packages.map((row) => licenceOf(inventory, row));
    expect(licences).toEqual([`${long.slice(0, 199)}…`, 'Apache-2.0 / MIT', null]);
  });

  it.each<[string, unknown, object]>([
    ['an entry that is none', [null, 5, 'text', []], { unreadable: 4 }],
    ['an entry without a name', [{}, { name: '' }, { name: 5 }], { unreadable: 3 }],
    ['a name that is too long', [{ name: 'x'.repeat(257) }, withPurl(`pkg:npm/${'x'.repeat(257)}`)], { unreadable: 2 }],
    ['a version that is too long', [{ name: 'a', versionInfo: 'x'.repeat(201) }], { unreadable: 1 }],
    ['a list that is none', { name: 'a' }, { unreadable: 1 }],
    ['references that are none', [{ name: 'a', externalRefs: [null, 5, { referenceType: 'purl' }] }], { withoutPurl: 1 }],
    ['a version that is not known', [{ name: 'a', versionInfo: 'NOASSERTION' }], { packages: [['||a|', ['']]] }],
  ])('counts %s', (_, packages, expected) => {
    expect(readSpdx({ spdxVersion: 'SPDX-2.3', packages })).toMatchObject(expected);
  });

  it('keeps so many packages, and counts the others', () => {
    const inventory = bare(Array.from({ length: 20_100 }, (_, n) => ({ name: `package-${n}` })));
    expect(inventory).toMatchObject({ withoutPurl: 20_000, omitted: 100 });
    expect(inventory.packages).toHaveLength(20_000);
    const fat = Array.from({ length: 12_000 }, (_, n) => ({ name: `${n}-${'x'.repeat(240)}`, versionInfo: 'y'.repeat(190) }));
    expect(JSON.stringify(bare(fat)).length).toBeLessThan(4_000_000);
    expect(bare(fat).omitted).toBeGreaterThan(0);
  });

  it('keeps so many versions of one package', () => {
    const inventory = bare(Array.from({ length: 300 }, (_, n) => ({ name: 'a', versionInfo: String(n) })));
    expect(inventory).toMatchObject({ withoutPurl: 200, omitted: 100 });
  });

  it('looks at packages and at nothing else', () => {
    const untouched = (): unknown[] => [
      Object.defineProperty({}, 'SPDXID', {
        get: () => {
          throw new Error('it was looked at');
        },
      }),
    ];
    expect(spdx([GO], { files: untouched(), relationships: untouched() }).ecosystems).toEqual({ golang: 1 });
  });

  it('takes less than 150 KB for 2,000 packages', () => {
    expect(JSON.stringify(spdx(imagePackages(2_000))).length).toBeLessThan(150_000);
    const distinct = imagePackages(2_000).map((each, n) => ({ ...each, name: `${each.name}-x${n}` }));
    const inventory = spdx(distinct);
    expect(inventory.packages).toHaveLength(2_000);
    console.log(`2,000 packages, no two the same: ${JSON.stringify(inventory).length} bytes`);
    expect(JSON.stringify(inventory).length).toBeLessThan(150_000);
  });

  it.each<unknown>([null, undefined, 5, 'SPDX-2.3', [], {}, { spdxVersion: 'SPDX-2.1' }, { spdxVersion: 'SPDX-3.0' }, { spdxVersion: {} }])(
    'is none for %j',
    (value) => {
      expect(readSpdx(value)).toBeNull();
    },
  );
});

describe('CycloneDX', () => {
  const cyclonedx = (components: readonly unknown[], more: object = {}) =>
    read(readCycloneDx({ bomFormat: 'CycloneDX', specVersion: '1.6', components, ...more }));

  it.each(['1.4', '1.5', '1.6'] as const)('%s says the same as SPDX of the same packages', (specVersion) => {
    const packages = imagePackages(300);
    const inventory = read(readCycloneDx(cycloneDxDocument({ packages, specVersion })));
    expect({ ...inventory, format: 'spdx' }).toEqual({
      ...spdx(packages),
      specVersion,
      tools: [{ name: 'syft', version: '1.29.0' }],
    });
  });

  it('finds what lies inside another component', () => {
    const packages = imagePackages(101);
    expect(read(readCycloneDx(cycloneDxDocument({ packages, nested: true })))).toEqual(
      read(readCycloneDx(cycloneDxDocument({ packages }))),
    );
    let deep: object = { name: 'innermost' };
    for (let depth = 0; depth < 20_000; depth += 1) deep = { name: 'a', components: [deep] };
    expect(listed(cyclonedx([deep])).map(([key]) => key)).toEqual(['||a|', '||innermost|']);
  });

  it('knows files from packages, and the system from both', () => {
    const inventory = cyclonedx([
      { type: 'file', name: '/etc/passwd' },
      { type: 'operating-system', name: 'alpine', version: '3.21.3' },
      { type: 'library', group: 'a group', name: 'a name' },
      5,
    ]);
    expect(inventory).toMatchObject({ distro: 'alpine-3.21.3', packages: [['|a group|a name|', ['']]], unreadable: 1 });
  });

  it.each<[string, unknown, string | null]>([
    ['an id', [{ license: { id: 'MIT' } }], 'MIT'],
    ['a name', [{ license: { name: 'BSD-like' } }], 'BSD-like'],
    ['an expression', [{ expression: 'MIT OR Apache-2.0' }], 'MIT OR Apache-2.0'],
    ['several', [{ license: { id: 'MIT' } }, { license: { id: 'Apache-2.0' } }], 'Apache-2.0 AND MIT'],
    ['what somebody concluded', [{ license: { id: 'MIT', acknowledgement: 'concluded' } }], null],
    ['what was declared', [{ license: { id: 'MIT', acknowledgement: 'declared' } }], 'MIT'],
    ['nothing', [5, {}, { license: 5 }], null],
  ])('reads licences: %s', (_, licenses, expected) => {
    const inventory = cyclonedx([{ name: 'a', licenses }]);
    expect(inventory.packages.map((row) => licenceOf(inventory, row))).toEqual([expected]);
  });

  it.each<unknown>([null, [], { bomFormat: 'CycloneDX' }, { bomFormat: 'CycloneDX', specVersion: '1.3' }, { specVersion: '1.6' }])(
    'is not %j',
    (value) => {
      expect(readCycloneDx(value)).toBeNull();
    },
  );
});

describe('a key', () => {
  it.each([
    { type: 'deb', namespace: 'ubuntu', name: 'libstdc++6', arch: 'amd64' },
    { type: '', namespace: '', name: 'a|b%7C|', arch: '%' },
  ])('%j is read back', (identity) => {
    expect(identityOf(packageKey(identity))).toEqual(identity);
  });
});

describe('a package URL', () => {
  it.each([
    ['pkg:golang/stdlib@1.24.4', { type: 'golang', namespace: '', name: 'stdlib', version: '1.24.4' }],
    ['pkg:golang/github.com/a/b@v1#v2', { namespace: 'github.com/a', name: 'b/v2', version: 'v1' }],
    ['pkg:deb/debian/GCC-12-Base@12.2.0-14?upstream=gcc-12%4012.2.0-14&ARCH=amd64', { name: 'gcc-12-base', source: 'gcc-12@12.2.0-14' }],
    ['pkg:deb/debian/libstdc%2B%2B6@12%2Bb1', { name: 'libstdc++6', version: '12+b1' }],
    ['pkg:rpm/Fedora/NetworkManager@1.2?epoch=1', { namespace: 'fedora', name: 'NetworkManager', version: '1:1.2' }],
    ['pkg:npm/@scope/name', { namespace: '@scope', name: 'name', version: '' }],
    ['pkg://generic/openssl@1.1.10g', { type: 'generic', name: 'openssl' }],
  ])('%s', (text, expected) => {
    expect(readPurl(text)).toMatchObject(expected);
  });

  it.each(['', 'pkg:', 'pkg:npm', 'pkg:/npm/', 'pkg:n pm/a', 'pkg:npm/%', 'http://npm/a', `pkg:npm/${'a'.repeat(2_000)}`])(
    'is none: %s',
    (text) => {
      expect(readPurl(text)).toBeNull();
    },
  );

  it('is made again of an inventory, without a version and with what a database of vulnerabilities needs', () => {
    expect(purlsOf(spdx([DEB, RPM, { ...GO, name: 'k3s/v2' }, { ...GO, type: null, name: 'nameless' }]))).toEqual([
      { purl: 'pkg:deb/ubuntu/libssl3t64?arch=amd64&distro=fedora-41&upstream=openssl', versions: [DEB.version] },
      { purl: 'pkg:golang/github.com/k3s-io/k3s/v2', versions: [GO.version] },
      { purl: 'pkg:rpm/fedora/openssl-libs?arch=x86_64&distro=fedora-41&upstream=openssl', versions: [RPM.version] },
    ]);
  });
});
