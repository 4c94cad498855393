/** Known vulnerabilities on the command line: nobody is asked unless the configuration says so, and what is sent is what differs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { runCli } from '../../src/entry/cli.ts';
import { PLAIN } from '../../src/render/text.ts';
import type { SbomPackage } from '../support/sbom-packages.ts';
import { spdxDocument } from '../support/sigstore/spdx-document.ts';

const go = (name: string, version: string): SbomPackage => ({
  type: 'golang',
  namespace: 'github.com/example',
  name,
  version,
  arch: '',
  licence: null,
});

let directory: string;
let server: Server;
let origin: string;
let asked: unknown[] = [];
let status = 200;

interface Query {
  readonly package: { readonly name: string };
  readonly version: string;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'herald-vulnerabilities-'));
  server = createServer(async (request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    if (request.method === 'GET') {
      response.end(JSON.stringify({ id: 'GO-2026-0001', summary: 'Disks are read twice', database_specific: { severity: 'HIGH' } }));
      return;
    }
    const { queries } = (await json(request)) as { queries: readonly Query[] };
    asked.push(...queries);
    // Every module has one in v1.0.0, and none later.
    const results = queries.map(({ version }) => (version === '1.0.0' || version === 'v1.0.0' ? { vulns: [{ id: 'GO-2026-0001' }] } : {}));
    response.end(JSON.stringify({ results }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(
    join(directory, 'before.json'),
    JSON.stringify(spdxDocument({ packages: [go('moved', 'v1.0.0'), go('same', 'v1.0.0')] })),
  );
  await writeFile(join(directory, 'after.json'), JSON.stringify(spdxDocument({ packages: [go('moved', 'v1.1.0'), go('same', 'v1.0.0')] })));
});

afterAll(async () => {
  server.close();
  await rm(directory, { recursive: true, force: true });
});

beforeEach(() => {
  asked = [];
  status = 200;
});

async function compare(vulnerabilities: object, ...options: readonly string[]): Promise<string> {
  const config = { defaultTargets: false, targets: [], subscriptions: [], vulnerabilities };
  await writeFile(join(directory, 'herald.yaml'), stringify(config));
  const out: string[] = [];
  const files = ['before.json', 'after.json'].map((name) => join(directory, name));
  const env = { HERALD_CONFIG: join(directory, 'herald.yaml'), HERALD_DATA_DIR: join(directory, 'none'), HERALD_LOG_LEVEL: 'error' };
  const terminal = { err: () => undefined, style: { width: 200, palette: PLAIN }, interactive: false, env, readInput: async () => '' };
  const code = await runCli(['sbom-diff', ...files, ...options], { ...terminal, out: (text) => void out.push(text) });
  expect(code).toBe(0);
  return out.join('\n');
}

describe('known vulnerabilities of a difference', () => {
  it('are not asked for by default, which is said', async () => {
    expect(await compare({})).toContain('Vulnerabilities: not asked for.');
    expect(asked).toEqual([]);
  });

  it('are asked for when the configuration says so, of what differs only, and stand with who said it and when', async () => {
    const said = await compare({ source: 'osv', osvUrl: origin });
    expect(said).toMatch(/1 fixed by upgrading · 0 new · 0 in both \(OSV, asked \d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC\)/);
    expect(said).toContain('GO-2026-0001 · high');
    expect(JSON.stringify(asked)).toContain('example/moved');
    expect(JSON.stringify(asked)).not.toContain('example/same');
  });

  it('are not asked for with --offline, whatever the configuration says', async () => {
    expect(await compare({ source: 'osv', osvUrl: origin }, '--offline')).toContain('with --offline nobody is');
    expect(asked).toEqual([]);
  });

  it('are not known where nobody answers; the difference is shown all the same', async () => {
    status = 400;
    const said = await compare({ source: 'osv', osvUrl: origin });
    expect(said).toContain('1 changed, 0 added, 0 removed, 1 unchanged (unsigned).');
    expect(said).toMatch(/Vulnerabilities: not known\. OSV could not be asked \([A-Z_]+\); this says nothing about the images\./);
  });

  it('are given to programs', async () => {
    expect(JSON.parse(await compare({ source: 'osv', osvUrl: origin }, '--json'))).toMatchObject({
      comparable: true,
      vulnerabilities: { kind: 'asked', answer: { source: 'OSV', fixed: [{ name: 'GO-2026-0001' }], introduced: [] } },
    });
  });
});
