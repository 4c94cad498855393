/** What the command line says of the inside of images and releases, on the recorded world: SBOMs, their differences, notes, what to apply. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { instant } from '../../src/core/time.ts';
import { runCli } from '../../src/entry/cli.ts';
import { PLAIN } from '../../src/render/text.ts';
import { migratedDataDir } from '../support/databases.ts';
import { imagePackages } from '../support/sbom-packages.ts';
import { spdxDocument } from '../support/sigstore/spdx-document.ts';
import { UNHURRIED } from '../support/sources.ts';
import { startUpstream, type Upstream } from '../world/upstream.ts';

const HADRON = 'quay.io/kairos/hadron';
const OLD = `${HADRON}:v0.4.0-core-amd64-generic-v4.1.2`;
const NEW = `${HADRON}:v0.5.1-core-amd64-generic-v4.3.0`;

let directory: string;
let upstream: Upstream;
let env: Record<string, string>;

async function herald(args: readonly string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const write = (to: string[]) => (text: string) => void to.push(text);
  const style = { width: 100, palette: PLAIN };
  const code = await runCli(args, { out: write(out), err: write(err), style, interactive: false, env, readInput: async () => input });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'herald-inside-'));
  upstream = await startUpstream({ now: instant('2026-09-09T00:00:00Z') });
  await writeFile(join(directory, 'trusted_root.json'), upstream.trustRoot);
  const hadron = { id: 'hadron', source: 'quay', repository: HADRON, project: 'kairos', every: 'hourly', endpoint: upstream.origin };
  const pages = {
    id: 'kairos-releases',
    source: 'github-releases',
    repository: 'kairos-io/kairos',
    project: 'kairos',
    every: 'hourly',
    endpoint: upstream.origin,
  };
  const subscription = { id: 'team', to: 'console', filter: 'hadron', owner: 'team' };
  const verification = { trustRoot: 'trusted_root.json' };
  const config = {
    defaultTargets: false,
    targets: [hadron, pages],
    subscriptions: [subscription],
    network: { limits: UNHURRIED },
    verification,
  };
  await writeFile(join(directory, 'herald.yaml'), stringify(config));
  const dataDir = await migratedDataDir(join(directory, 'data'));
  env = { HERALD_CONFIG: join(directory, 'herald.yaml'), HERALD_DATA_DIR: dataDir, HERALD_LOG_LEVEL: 'error' };
  await herald(['check']);
});

afterAll(async () => {
  await upstream.close().catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
});

describe('herald sbom', () => {
  it('counts what is inside an image and says beside every figure what vouches for it', async () => {
    const { code, out } = await herald(['sbom', NEW]);
    expect(code).toBe(0);
    expect(out).toContain('10 packages, by an SBOM that is in the signed index.');
    expect(out).toMatch(/Packages +10 · 6 generic · 4 Go modules \(in the signed index\)/);
    expect(out).toMatch(/Linux kernel +6\.12\.56\n/);
  });

  it('gives programs every package', async () => {
    const { out } = await herald(['sbom', '--json', NEW]);
    expect(JSON.parse(out)).toMatchObject({
      name: NEW,
      sbom: 'in-signed-index',
      count: 10,
      packages: expect.arrayContaining([expect.objectContaining({ type: 'golang', name: 'stdlib', versions: ['v1.26.3'] })]),
    });
  });

  it('reads a file and standard input, for which nothing vouches', async () => {
    const text = JSON.stringify(spdxDocument({ packages: 40 }));
    const file = join(directory, 'image.spdx.json');
    await writeFile(file, text);
    for (const [args, input] of [[['sbom', file], ''] as const, [['sbom', '-'], text] as const]) {
      expect((await herald(args, input)).out).toContain('40 packages, by an SBOM that is unsigned.');
    }
  });

  it.each([
    ['-', 'neither this nor that', 'The SBOM in standard input cannot be read. It is not JSON.'],
    [`${HADRON}:v0.4.0-core-amd64-generic-v4.1.2`, '', '--live'],
    ['no/such.json', '', 'is no file, and no image that was seen here'],
  ])('says of %s what is the matter and what to do; exit code 1', async (named, input, sentence) => {
    expect(await herald(['sbom', named], input)).toMatchObject({ code: 1, err: expect.stringContaining(sentence) });
  });
});

describe('herald sbom-diff', () => {
  it('says what moved from one image to another, asked now', async () => {
    const { code, out } = await herald(['sbom-diff', '--live', OLD, NEW]);
    expect(code).toBe(0);
    expect(out).toContain('6 changed, 0 added, 0 removed, 4 unchanged (in the signed index).');
    expect(out).toMatch(/kairos-agent +v2\.27\.0 +v2\.31\.4\n/);
  });

  it('compares no images of two kinds, and says so', async () => {
    const { out } = await herald(['sbom-diff', `${HADRON}:v0.5.1-core-arm64-generic-v4.3.0`, NEW]);
    expect(out).toContain('The images are different ones: another architecture.');
    expect(out).not.toContain('changed,');
  });

  it('names only some packages, and all when asked to', async () => {
    const [before, after] = [join(directory, 'before.json'), join(directory, 'after.json')];
    const packages = imagePackages(90);
    await writeFile(before, JSON.stringify(spdxDocument({ packages })));
    await writeFile(after, JSON.stringify(spdxDocument({ packages: packages.map((each) => ({ ...each, version: `${each.version}.9` })) })));
    expect((await herald(['sbom-diff', before, after])).out).toMatch(/- \d+ more/);
    expect((await herald(['sbom-diff', '--all', before, after])).out).not.toMatch(/- \d+ more/);
    expect(JSON.parse((await herald(['sbom-diff', '--json', before, after])).out)).toMatchObject({
      comparable: true,
      added: [],
      removed: [],
    });
  });
});

describe('herald candidates --apply', () => {
  it('prints objects for a file, one an architecture, pinned by digest', async () => {
    const { code, out, err } = await herald(['candidates', '--apply', 'operator', '--archs', 'amd64,arm64', OLD]);
    const objects = parseAllDocuments(out).map((document) => document.toJS());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(objects).toMatchObject([
      { kind: 'NodeOpUpgrade', spec: { image: expect.stringMatching(/-core-amd64-generic-v4\.3\.0@sha256:[0-9a-f]{64}$/) } },
      { kind: 'NodeOpUpgrade', spec: { image: expect.stringMatching(/-core-arm64-generic-v4\.3\.0@sha256:[0-9a-f]{64}$/) } },
    ]);
  });

  it('says beside the text what to mind: an architecture that has no such image', async () => {
    const { out, err } = await herald(['candidates', '--apply', 'agent', '--archs', 'amd64,riscv64', OLD]);
    expect(out).toMatch(/^kairos-agent upgrade --source oci:quay\.io\/kairos\/hadron:v0\.5\.1-core-amd64-generic-v4\.3\.0@sha256:/);
    expect(err).toContain('No such image for riscv64');
  });

  it('has nothing to apply for the newest; exit code 1 and nothing on standard output', async () => {
    expect(await herald(['candidates', '--apply', 'operator', NEW])).toMatchObject({ code: 1, out: '' });
  });

  it('does not take a word for an architecture; exit code 2', async () => {
    expect(await herald(['candidates', '--apply', 'agent', '--archs', 'sparc', OLD])).toMatchObject({ code: 2, out: '' });
  });
});

describe('herald notes', () => {
  it('says what the page of a release says, with what matters first', async () => {
    const { code, out } = await herald(['notes', 'v4.2.0']);
    expect(code).toBe(0);
    expect(out).toMatch(/^! Kairos v4\.2\.0 · release notes\n\n {2}Security\n/);
  });

  it('joins all releases on the way, components and all', async () => {
    const { out } = await herald(['notes', 'v4.1.2', 'v4.3.0']);
    expect(out).toContain('With the notes of 1 release before it: v4.2.0.');
    expect(out).toContain('provider-kairos v2.16.1 → v2.16.4');
    expect(JSON.parse((await herald(['notes', '--json', 'v4.1.2', 'v4.3.0'])).out)).toMatchObject({ versions: ['v4.3.0', 'v4.2.0'] });
  });

  it('reads them where they are now', async () => {
    const { out } = await herald(['notes', '--live', 'v4.3.0']);
    expect(out).toContain('component archives beside the ISO files');
  });

  it('reads a body from standard input', async () => {
    const caution = '> [!CAUTION]\n> Do not upgrade to it yet.\n\n';
    const { out } = await herald(['notes', '-'], `${caution}## Breaking changes\n\n* the layout of disks is another\n`);
    expect(out).toMatch(/^\S Release notes in standard input\n\n {2}Do not upgrade to this release\n/);
    expect(out).toContain('the layout of disks is another');
  });

  it.each([
    [['notes', 'v4.3.0', 'v4.1.2'], 2, 'does not come after'],
    [['notes', 'v4.9.9'], 1, 'Did you mean'],
    [['notes', '--project', 'auroraboot', 'v0.27.1'], 2, 'is no project that is watched'],
    [['notes', '-'], 1, 'Nothing is written'],
  ])('%j: says what is the matter', async (args, code, sentence) => {
    expect(await herald(args)).toMatchObject({ code, err: expect.stringContaining(sentence) });
  });
});

describe('herald show and diff', () => {
  it('show has the notes of that release alone, and what moved inside', async () => {
    const { out } = await herald(['show', 'v4.3.0']);
    expect(out).toContain('component archives beside the ISO files');
    expect(out).not.toContain('known CVEs');
  });

  it('diff has those of all on the way', async () => {
    const { out } = await herald(['diff', 'v4.1.2', 'v4.3.0']);
    expect(out).toContain('known CVEs');
    expect(JSON.parse((await herald(['diff', '--json', 'v4.1.2', 'v4.3.0'])).out)).toMatchObject({
      notes: { versions: ['v4.3.0', 'v4.2.0'] },
      packages: [],
    });
  });
});
