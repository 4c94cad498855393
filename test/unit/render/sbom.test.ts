/** SBOMs in words: what vouches for a figure stands beside it, what matters comes first, and foreign text stays text. */
import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../../src/core/sbom.ts';
import { diffInventories } from '../../../src/core/sbom-diff.ts';
import { readSpdx } from '../../../src/core/sbom-spdx.ts';
import { summarise } from '../../../src/core/sbom-summary.ts';
import type { SbomState } from '../../../src/core/verdict.ts';
import { sbomDiffJson, sbomJson } from '../../../src/render/json-sbom.ts';
import { type SbomComparison, type SbomSubject, sbomDiffMessage, sbomMessage } from '../../../src/render/sbom.ts';
import { renderSlack } from '../../../src/render/slack.ts';
import { PLAIN, renderText } from '../../../src/render/text.ts';
import type { SbomPackage } from '../../support/sbom-packages.ts';
import { spdxDocument } from '../../support/sigstore/spdx-document.ts';

const deb = (name: string, version: string, more: Partial<SbomPackage> = {}): SbomPackage => ({
  type: 'deb',
  namespace: 'ubuntu',
  name,
  version,
  arch: 'amd64',
  licence: 'MIT',
  distro: 'ubuntu-24.04',
  ...more,
});
const go = (owner: string, name: string, version: string): SbomPackage => ({
  type: 'golang',
  namespace: `github.com/${owner}`,
  name,
  version,
  arch: '',
  licence: null,
});

const CREATORS = ['Organization: Anchore, Inc', 'Tool: syft-v1.29.0', 'Tool: buildkit-v0.23.2'];

function inventory(packages: readonly SbomPackage[], creators: readonly string[] = CREATORS): Inventory {
  const read = readSpdx(spdxDocument({ packages, creators }));
  if (read === null) throw new Error('it was not read');
  return read;
}

const BEFORE = [
  deb('linux-image-6.8.0-45-generic', '6.8.0-45.45'),
  deb('openssl', '3.0.13-0ubuntu3.4'),
  deb('bash', '5.2'),
  deb('gone', '1'),
  go('kairos-io', 'kairos-agent/v2', 'v2.20.0'),
  go('example', 'module', 'v0.1.0'),
  go('example', 'module', 'v0.2.0'),
];
const AFTER = [
  deb('linux-image-6.8.0-47-generic', '6.8.0-47.47'),
  deb('openssl', '3.0.13-0ubuntu3.5', { licence: 'Apache-2.0' }),
  deb('bash', '5.2'),
  deb('new', '1'),
  deb('new', '1', { arch: 'i386' }),
  go('kairos-io', 'kairos-agent/v2', 'v2.21.0'),
  go('example', 'module', 'v0.3.0'),
  { ...go('', '', ''), type: null, namespace: '', name: 'nameless' },
];

const subject = (name: string, state: SbomState, of: Inventory): SbomSubject => ({ name, state, summary: summarise(of) });

function comparison(from: Inventory, to: Inventory, states: readonly [SbomState, SbomState] = ['attested', 'attested']): SbomComparison {
  const diff = diffInventories(from, to, { from: null, to: null });
  return { from: subject('v4.1.2', states[0], from), to: subject('v4.3.0', states[1], to), diff };
}

const shown = (message: Parameters<typeof renderText>[0], width = 100): string => renderText(message, { width, palette: PLAIN });

describe('an SBOM', () => {
  it('reads as a few figures', () => {
    expect(
      shown(sbomMessage(subject('ubuntu:24.04-standard-amd64-generic-v4.3.0', 'in-signed-index', inventory(AFTER)))),
    ).toMatchInlineSnapshot(`
      "• SBOM of ubuntu:24.04-standard-amd64-generic-v4.3.0
        8 packages, by an SBOM that is in the signed index.

        SBOM      in the signed index · SPDX-2.3
        Made      2026-01-01 00:00 UTC by syft 1.29.0 and buildkit 0.23.2
        System    ubuntu-24.04 (in the signed index)
        Packages  8 · 5 deb · 2 Go modules · 1 without a package URL (in the signed index)
        Licences  2 declared (in the signed index)

        Highlights (in the signed index)
        Package       Version
        kairos-agent  v2.21.0
        Linux kernel  6.8.0-47.47
        OpenSSL       3.0.13-0ubuntu3.5
      "
    `);
  });

  it('says what of it is missing', () => {
    const missing = { ...inventory([deb('a', '1')]), unreadable: 3, omitted: 12, created: null, tools: [], distro: null };
    const text = shown(sbomMessage(subject('a file', 'unsigned', missing)), 200);
    expect(text).toContain('Left out  3 entries could not be read · 12 packages beyond what Herald keeps of one SBOM (unsigned)');
    expect(text).toContain('by a tool that it does not name');
  });

  it.each<[SbomState, string]>([
    ['attested', '(attested)'],
    ['in-signed-index', '(in the signed index)'],
    ['unsigned', '(unsigned)'],
  ])('that is %s says so beside every figure', (state, words) => {
    const lines = shown(sbomMessage(subject('v4.3.0', state, inventory(AFTER)))).split('\n');
    for (const label of ['Packages', 'Licences', 'System', 'Highlights']) {
      expect(lines.filter((line) => line.includes(`${label} `)).every((line) => line.includes(words))).toBe(true);
    }
  });

  it('is whole in JSON', () => {
    const of = inventory([deb('libssl3', '3', { upstream: 'openssl' })]);
    expect(sbomJson(subject('v4.3.0', 'attested', of), of)).toEqual({
      name: 'v4.3.0',
      sbom: 'attested',
      format: 'spdx',
      specVersion: 'SPDX-2.3',
      created: '2026-01-01T00:00:00.000Z',
      tools: [
        { name: 'buildkit', version: '0.23.2' },
        { name: 'syft', version: '1.29.0' },
      ],
      distro: 'ubuntu-24.04',
      count: 1,
      ecosystems: [{ type: 'deb', packages: 1 }],
      withoutPurl: 0,
      unreadable: 0,
      omitted: 0,
      licences: 1,
      highlights: [{ name: 'OpenSSL', versions: ['3'] }],
      packages: [{ type: 'deb', namespace: 'ubuntu', name: 'libssl3', arch: 'amd64', versions: ['3'], licence: 'MIT', source: 'openssl' }],
    });
  });
});

describe('a difference', () => {
  it('reads from what matters to what does not', () => {
    expect(shown(sbomDiffMessage(comparison(inventory(BEFORE), inventory(AFTER), ['attested', 'unsigned'])))).toMatchInlineSnapshot(`
      "• SBOM of v4.1.2 → v4.3.0
        3 changed, 4 added, 2 removed, 1 unchanged (attested → unsigned).

        Highlights (attested → unsigned)
        Package       From               To
        kairos-agent  v2.20.0            v2.21.0
        Linux kernel  6.8.0-45.45        6.8.0-47.47
        OpenSSL       3.0.13-0ubuntu3.4  3.0.13-0ubuntu3.5

        Changed (3), attested → unsigned
        - github.com/kairos-io/kairos-agent/v2 v2.20.0 → v2.21.0
        - openssl 3.0.13-0ubuntu3.4 → 3.0.13-0ubuntu3.5
        - github.com/example/module v0.1.0, v0.2.0 → v0.3.0

        Added (4), attested → unsigned
        - linux-image-6.8.0-47-generic 6.8.0-47.47
        - new (amd64) 1
        - new (i386) 1
        - nameless version not said

        Removed (2), attested → unsigned
        - linux-image-6.8.0-45-generic 6.8.0-45.45
        - gone 1

        Other licences (1), attested → unsigned
        - openssl MIT → Apache-2.0

        Unchanged      1 package (attested → unsigned)
        SBOMs made by  syft 1.29.0 and buildkit 0.23.2
      "
    `);
  });

  it('is cut, and says how much', () => {
    const many = (version: string) => Array.from({ length: 50 }, (_, n) => deb(`package-${n}`, version));
    const text = shown(sbomDiffMessage(comparison(inventory(many('1')), inventory(many('2'))), 5));
    expect(text).toContain('Changed (50), attested');
    expect(text.match(/- package-/g)).toHaveLength(5);
    expect(text).toContain('- 45 more');
  });

  it('of many versions names the first', () => {
    const versions = (from: number) => Array.from({ length: 7 }, (_, n) => go('example', 'module', `v${from + n}.0.0`));
    expect(shown(sbomDiffMessage(comparison(inventory(versions(1)), inventory(versions(2)))), 200)).toContain(
      'v1.0.0, v2.0.0, v3.0.0, v4.0.0 and 3 more → v2.0.0, v3.0.0, v4.0.0, v5.0.0 and 3 more',
    );
  });

  it('that is not told says why', () => {
    const message = sbomDiffMessage(comparison(inventory(BEFORE, ['Tool: syft-0.99.0']), inventory(AFTER)));
    expect(shown(message)).toMatchInlineSnapshot(`
      "▲ SBOM of v4.1.2 → v4.3.0
        The two SBOMs cannot be compared.

        No difference of the two SBOMs is shown
        - They were made by tools that list packages differently: syft 0.99.0, then syft 1.29.0 and
          buildkit 0.23.2.
      "
    `);
    const images = { flavor: 'ubuntu', variant: 'core', arch: 'amd64', model: 'generic' } as const;
    const diff = diffInventories(
      { ...inventory([]), omitted: 2 },
      { ...inventory([]), format: 'cyclonedx' },
      { from: images, to: { ...images, arch: 'arm64', model: 'rpi4' } },
    );
    const text = shown(sbomDiffMessage({ ...comparison(inventory([]), inventory([])), diff }));
    expect(text).toContain('The images are different ones: another architecture and model.');
    expect(text).toContain('One is SPDX, the other CycloneDX.');
    expect(text).toContain('Not all packages could be kept: 2 are missing before, 0 after.');
  });

  it('says what could not be read', () => {
    const text = shown(sbomDiffMessage(comparison({ ...inventory([]), unreadable: 2 }, inventory([]))));
    expect(text).toContain('entries that could not be read: 2 before, 0 after');
  });

  it('in JSON is lists, or reasons', () => {
    const [from, to] = [inventory([deb('a', '1')]), inventory([deb('a', '2')])];
    expect(sbomDiffJson(comparison(from, to))).toMatchObject({
      comparable: true,
      from: { name: 'v4.1.2', sbom: 'attested', packages: 1, created: '2026-01-01T00:00:00.000Z' },
      changed: [{ name: 'a', weight: 'system', from: ['1'], to: ['2'] }],
      unchanged: 0,
    });
    expect(sbomDiffJson(comparison(from, inventory([], [])))).toMatchObject({
      comparable: false,
      reasons: [{ kind: 'generator', to: null }],
    });
  });

  it('is text and nothing else where packages have hostile names', () => {
    const hostile = ['<!channel>', '`*_~|@here', '\u001b[31mred', '<https://evil.example|click>', 'https://evil.example', '\u202eabc'];
    const packages = hostile.map((name) => ({ ...deb(name, name), type: null, licence: name }));
    const message = sbomDiffMessage(comparison(inventory([]), inventory([...packages, go('kairos-io', '<!here>', 'v1')])));
    for (const each of [message, sbomMessage(subject('a file', 'attested', inventory(packages)))]) {
      for (const sign of ['\u001b', '\u202e']) expect(shown(each)).not.toContain(sign);
      expect(JSON.stringify(renderSlack(each))).not.toMatch(/<!|<https/);
    }
  });
});
