/** What differs between two inventories, and when that is not said. */
import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../../src/core/sbom.ts';
import { readCycloneDx } from '../../../src/core/sbom-cyclonedx.ts';
import { diffInventories, type Incomparable, type InventoryDiff, type SbomCoordinates } from '../../../src/core/sbom-diff.ts';
import { readSpdx } from '../../../src/core/sbom-spdx.ts';
import { cycloneDxDocument } from '../../support/cyclonedx-document.ts';
import type { SbomPackage } from '../../support/sbom-packages.ts';
import { spdxDocument } from '../../support/sigstore/spdx-document.ts';

const NOWHERE = { from: null, to: null };

const deb = (name: string, version: string, more: Partial<SbomPackage> = {}): SbomPackage => ({
  type: 'deb',
  namespace: 'ubuntu',
  name,
  version,
  arch: 'amd64',
  licence: null,
  distro: 'ubuntu-24.04',
  ...more,
});
const go = (path: string, version: string): SbomPackage => {
  const [host = '', owner = '', ...rest] = path.split('/');
  return { type: 'golang', namespace: `${host}/${owner}`, name: rest.join('/'), version, arch: '', licence: null };
};

function inventory(
  packages: readonly SbomPackage[],
  creators: readonly string[] = ['Tool: syft-v1.29.0', 'Tool: buildkit-v0.23.2'],
): Inventory {
  const read = readSpdx(spdxDocument({ packages, creators }));
  if (read === null) throw new Error('it was not read');
  return read;
}

type Compared = Extract<InventoryDiff, { kind: 'compared' }>;

function compared(from: readonly SbomPackage[], to: readonly SbomPackage[]): Compared {
  const diff = diffInventories(inventory(from), inventory(to), NOWHERE);
  if (diff.kind === 'suppressed') throw new Error('it was suppressed');
  return diff;
}

describe('a difference', () => {
  it('says what came, what went, what changed and how much did not', () => {
    const diff = compared([deb('gone', '1'), deb('kept', '1'), deb('moved', '1')], [deb('moved', '2'), deb('kept', '1'), deb('new', '1')]);
    expect(diff).toMatchObject({
      added: [{ name: 'new', from: [], to: ['1'] }],
      removed: [{ name: 'gone', from: ['1'], to: [] }],
      changed: [{ name: 'moved', from: ['1'], to: ['2'] }],
      unchanged: 1,
      distro: null,
    });
  });

  it('keeps the versions of a module together', () => {
    const diff = compared(
      [go('golang.org/x/net', 'v0.1.0'), go('golang.org/x/net', 'v0.2.0'), go('golang.org/x/text', 'v0.1.0')],
      [
        go('golang.org/x/net', 'v0.3.0'),
        go('golang.org/x/net', 'v0.2.0'),
        go('golang.org/x/text', 'v0.1.0'),
        go('golang.org/x/text', 'v0.9.0'),
      ],
    );
    expect(diff.changed).toMatchObject([
      { name: 'net', from: ['v0.1.0', 'v0.2.0'], to: ['v0.2.0', 'v0.3.0'] },
      { name: 'text', from: ['v0.1.0'], to: ['v0.1.0', 'v0.9.0'] },
    ]);
    expect([...diff.added, ...diff.removed]).toEqual([]);
  });

  it('takes an old version that comes back for a change like any other', () => {
    expect(compared([deb('a', '2')], [deb('a', '1')]).changed).toMatchObject([{ from: ['2'], to: ['1'] }]);
  });

  it('knows one architecture from another', () => {
    const diff = compared([deb('a', '1')], [deb('a', '1'), deb('a', '1', { arch: 'i386' })]);
    expect(diff).toMatchObject({ added: [{ name: 'a', arch: 'i386' }], unchanged: 1 });
  });

  it('has highlights first, then the distribution, then modules', () => {
    const diff = compared(
      [],
      [go('example.org/x/aaa', 'v1'), deb('bash', '5'), go('github.com/k3s-io/k3s', 'v1'), deb('openssl', '3'), deb('zlib', '1')],
    );
    expect(diff.added.map(({ name, weight }) => [name, weight])).toEqual([
      ['k3s', 'highlight'],
      ['openssl', 'highlight'],
      ['bash', 'system'],
      ['zlib', 'system'],
      ['aaa', 'other'],
    ]);
  });

  it('finds the kernel again, whose package has another name in every version', () => {
    const diff = compared([deb('linux-image-6.8.0-45-generic', '6.8.0-45.45')], [deb('linux-image-6.8.0-47-generic', '6.8.0-47.47')]);
    expect(diff.highlights).toEqual([{ name: 'Linux kernel', from: ['6.8.0-45.45'], to: ['6.8.0-47.47'] }]);
    expect(diff).toMatchObject({ added: [{ to: ['6.8.0-47.47'] }], removed: [{ from: ['6.8.0-45.45'] }] });
  });

  it('says other licences only where both say one', () => {
    const licensed = (name: string, licence: string | null) => deb(name, '1', { licence });
    const diff = compared(
      [licensed('same', 'MIT'), licensed('other', 'MIT'), licensed('lost', 'MIT'), licensed('found', null)],
      [licensed('same', 'MIT'), licensed('other', 'BUSL-1.1'), licensed('lost', null), licensed('found', 'MIT')],
    );
    expect(diff.licences).toMatchObject([{ name: 'other', from: 'MIT', to: 'BUSL-1.1' }]);
    expect(diff.unchanged).toBe(4);
  });

  it('says another distribution', () => {
    const diff = compared([deb('a', '1', { distro: 'ubuntu-22.04' })], [deb('a', '1')]);
    expect(diff.distro).toEqual({ from: 'ubuntu-22.04', to: 'ubuntu-24.04' });
  });

  it('says how much of each could not be read', () => {
    const from = { ...inventory([]), unreadable: 3 };
    expect(diffInventories(from, inventory([]), NOWHERE)).toMatchObject({ unreadable: { from: 3, to: 0 } });
  });
});

describe('a difference is not told', () => {
  const IMAGE: SbomCoordinates = { flavor: 'ubuntu', variant: 'standard', arch: 'amd64', model: 'generic' };
  const reasons = (from: Inventory, to: Inventory, images: Parameters<typeof diffInventories>[2] = NOWHERE): readonly Incomparable[] => {
    const diff = diffInventories(from, to, images);
    return diff.kind === 'suppressed' ? diff.reasons : [];
  };
  const by = (...creators: readonly string[]) => inventory([], creators);

  it('of different images', () => {
    const other: SbomCoordinates = { ...IMAGE, arch: 'arm64', model: 'rpi4' };
    expect(reasons(by(), by(), { from: IMAGE, to: other })).toEqual([{ kind: 'coordinates', differ: ['arch', 'model'] }]);
    expect(reasons(by(), by(), { from: IMAGE, to: { ...IMAGE } })).toEqual([]);
    expect(reasons(by(), by(), { from: IMAGE, to: null })).toEqual([]);
  });

  it('of different formats', () => {
    const cyclonedx = readCycloneDx(cycloneDxDocument());
    if (cyclonedx === null) throw new Error('it was not read');
    const spdx = by('Tool: syft-1.29.0');
    expect(reasons(spdx, cyclonedx)).toEqual([{ kind: 'format', from: 'spdx', to: 'cyclonedx' }]);
  });

  it.each<[from: readonly string[], to: readonly string[], told: boolean]>([
    [['Tool: syft-v1.18.0'], ['Tool: syft-1.29.0'], true],
    [['Tool: Syft-1.18.0'], ['Tool: syft-1.29.0', 'Organization: Anchore, Inc'], true],
    [['Tool: syft-v1.18.0', 'Tool: buildkit-v0.19.0'], ['Tool: buildkit-v1.0.0', 'Tool: syft-v1.29.0'], true],
    [['Tool: syft-0.99.0'], ['Tool: syft-v1.29.0'], false],
    [['Tool: syft-v1.29.0'], ['Tool: syft-v1.29.0', 'Tool: buildkit-v0.23.2'], false],
    [['Tool: syft-v1.29.0'], ['Tool: trivy-0.50.0'], false],
    [['Tool: syft-v1.29.0'], ['Tool: syft-[not provided]'], false],
    [['Tool: syft-v1.29.0'], [], false],
    [[], [], true],
  ])('of what different tools made: %j, %j → %s', (from, to, told) => {
    expect(reasons(by(...from), by(...to)).map(({ kind }) => kind)).toEqual(told ? [] : ['generator']);
  });

  it('names the tools', () => {
    expect(reasons(by('Tool: syft-0.99.0'), by('Tool: buildkit-v0.23.2', 'Tool: syft-v1.29.0'))).toEqual([
      { kind: 'generator', from: 'syft 0.99.0', to: 'syft 1.29.0 and buildkit 0.23.2' },
    ]);
    expect(reasons(by(), by('Tool: syft-1.2.3'))).toEqual([{ kind: 'generator', from: null, to: 'syft 1.2.3' }]);
  });

  it('of what is not whole', () => {
    expect(reasons({ ...by(), omitted: 7 }, by())).toEqual([{ kind: 'incomplete', from: 7, to: 0 }]);
  });
});
