/** Questions about releases on the command line, on a store that was filled from the recorded world. One process, many questions. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { instant } from '../../src/core/time.ts';
import { runCli } from '../../src/entry/cli.ts';
import { PLAIN } from '../../src/render/text.ts';
import { migratedDataDir } from '../support/databases.ts';
import { BASELINE_AT } from '../world/timeline.ts';
import { startUpstream } from '../world/upstream.ts';

const LATE = 'v0.5.1-standard-amd64-generic-v4.3.0-k0s-v1.35.8-k0s.0';
const HADRON = 'quay.io/kairos/hadron';

let directory: string;
let env: Record<string, string>;

async function herald(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const write = (to: string[]) => (text: string) => void to.push(text);
  const style = { width: 100, palette: PLAIN };
  const code = await runCli(args, { out: write(out), err: write(err), style, interactive: false, env, readInput: async () => '' });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const json = async (...args: readonly string[]): Promise<unknown> => JSON.parse((await herald(...args, '--json')).out);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'herald-questions-'));
  const upstream = await startUpstream({ now: BASELINE_AT });
  const place = { project: 'kairos', every: 'hourly', endpoint: upstream.origin };
  const frozen = { state: 'frozen', since: '2026-02-05', lastVersion: 'v3.7.2', advice: 'Move to the hadron flavor.' };
  const config = {
    defaultTargets: false,
    targets: [
      { ...place, id: 'hadron', source: 'quay', repository: HADRON },
      { ...place, id: 'rockylinux', source: 'quay', repository: 'quay.io/kairos/rockylinux', lifecycle: frozen },
      { ...place, id: 'kairos-releases', source: 'github-releases', repository: 'kairos-io/kairos' },
    ],
    subscriptions: [
      { id: 'team', to: 'console', filter: 'hadron', owner: 'team' },
      { id: 'boards', to: 'console', filter: 'hadron arm64 rpi4 level:major', owner: 'team' },
      { id: 'weekly', to: 'console', filter: 'hadron standard', every: 'weekly', owner: 'team' },
      { id: 'operators', topic: 'operations', to: 'console', owner: 'team' },
    ],
  };
  const file = join(directory, 'herald.yaml');
  await writeFile(file, stringify(config));
  env = { HERALD_CONFIG: file, HERALD_DATA_DIR: await migratedDataDir(join(directory, 'data')), HERALD_LOG_LEVEL: 'error' };
  await herald('check');
  upstream.withhold('kairos/hadron', LATE);
  upstream.at = instant('2026-09-08T17:00:00Z');
  await herald('check');
  await upstream.close();
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('herald releases', () => {
  it('lists the stable ones, newest version first, with what they carry', async () => {
    expect(await json('releases')).toMatchObject({
      project: 'kairos',
      releases: expect.arrayContaining([
        expect.objectContaining({ version: 'v4.3.0', bump: 'minor', previous: 'v4.2.0', base: 'v0.5.1', latest: true, images: 11 }),
      ]),
    });
    const { out } = await herald('releases', '--limit', '2');
    expect(out).toMatch(/2 of \d+ releases[\s\S]*v4\.3\.0 {3}2026-09-08 {2}minor[\s\S]*latest[\s\S]*v4\.2\.0/);
  });

  it('lists those that have such an image, those of a period, and prereleases when asked', async () => {
    const versions = async (...args: string[]) =>
      ((await json('releases', ...args)) as { releases: { version: string }[] }).releases.map(({ version }) => version);
    expect(await versions('rocky')).toEqual(['v3.7.2']);
    expect(await versions('--since', '2026-08-01')).toEqual(['v4.3.0', 'v4.2.0']);
    expect(await versions('--since', '2026-08-01', '--pre')).toEqual(['v4.3.0', 'v4.2.0', 'v4.2.0-rc4', 'v4.2.0-rc3', 'v4.2.0-rc1']);
  });

  it('says which word it does not know', async () => {
    const { code, err } = await herald('releases', 'hadrom');
    expect(code).toBe(2);
    expect(err).toContain('did you mean "hadron"?');
  });
});

describe('herald show', () => {
  it('shows one release with what has not arrived, what it is made of, and when that was checked', async () => {
    const { out } = await herald('show', '4.3.0');
    expect(out).toContain('hadron · standard · amd64 · generic · k0s 1.35.8 (its installer is on the release page)');
    expect(out).toMatch(/auroraboot +v0\.27\.1/);
    expect(out).toContain(`${HADRON}, last checked`);
    expect(await json('show', `${HADRON}:${LATE}`)).toMatchObject({
      version: 'v4.3.0',
      components: expect.arrayContaining([{ name: 'immucore', version: 'v4.3.0' }]),
    });
  });

  it('shows only the images that are asked for', async () => {
    const { out } = await herald('show', 'v4.3.0', 'arm64', 'k3s');
    expect(out).toContain('Images (3)');
    expect(out).not.toContain('k0s');
  });

  it('names the nearest when there is no such release', async () => {
    const { code, err } = await herald('show', 'v4.3.1');
    expect(code).toBe(1);
    expect(err).toContain('Did you mean v4.3.0?');
  });
});

describe('herald diff', () => {
  it('says what came and went between two releases, and which lie between them', async () => {
    const { out } = await herald('diff', 'v4.1.2', 'v4.3.0');
    expect(out).toContain('1 release between them: v4.2.0 (minor).');
    expect(out).toContain('Hadron  v0.4.0 → v0.5.1 (minor)');
    expect(out).toContain('hadron core amd64 generic uki');
    expect((await herald('diff', 'v4.3.0', 'v4.2.0')).out).toContain('going back');
  });
});

describe('herald eol', () => {
  it('says what is no longer published, and how old each line is', async () => {
    const { out } = await herald('eol');
    expect(out).toContain('2 places still published to, 1 no longer');
    expect(out).toMatch(/v4\.3 +v4\.3\.0 +2026-09-08/);
    expect(await json('eol', 'rocky')).toMatchObject({ places: [{ target: 'rockylinux', eol: true, lastVersion: 'v3.7.2' }] });
  });

  it('answers from the configuration where Herald never ran', async () => {
    const ran = env;
    env = { ...ran, HERALD_DATA_DIR: join(directory, 'nothing-there') };
    expect((await herald('eol', 'rocky')).out).toContain('no longer published');
    expect(await herald('releases')).toMatchObject({ code: 1, err: expect.stringContaining('herald check') });
    env = ran;
  });
});

describe('herald doctor', () => {
  it('says that all is well, with what is counted and measured', async () => {
    const { code, out } = await herald('doctor');
    expect(code).toBe(0);
    expect(out).toContain('✓ All is well');
    expect(out).toContain('3 of 3 places checked within their cadence.');
    expect(out).toMatch(/✓ queue +In the embedded store\./);
  });

  it('names the source that is down, since when and why, what is known meanwhile, and ends with exit code 1', async () => {
    // Nobody listens where the recorded world was.
    expect((await herald('check')).code).toBe(1);
    const { code, out } = await herald('doctor');
    expect(code).toBe(1);
    const flowing = out.replaceAll(/\s+/g, ' ');
    expect(flowing).toMatch(/✗ hadron Could not be checked since 20\d\d-\d\d-\d\d \d\d:\d\d UTC \(1 time\): http:\/\/127\.0\.0\.1/);
    expect(flowing).toMatch(/The next look is due 20\d\d-\d\d-\d\d \d\d:00 UTC\. Until then what is known is from/);
    expect(await json('doctor')).toMatchObject({
      ok: false,
      findings: expect.arrayContaining([expect.objectContaining({ about: 'hadron', level: 'bad' })]),
    });
  });
});

describe('herald explain', () => {
  it('takes a current tag apart: its reading, its release, and who was told or why not', async () => {
    const { out } = await herald('explain', `${HADRON}:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1`);
    expect(out).toMatch(/Flavor +hadron v0\.5\.1/);
    expect(out).toMatch(/Compared with +v4\.2\.0/);
    expect(out).toMatch(/team +console +Yes, revision \d is shown/);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'boards console No: the change is minor for this reader, and the filter says level:major; arch is'.slice(0, 60),
    );
    expect(out).toMatch(/weekly +console +In the digest of/);
    expect(out).toMatch(/operators +console +No: it gets Herald's own notices only/);
  });

  it.each([
    ['hadron:latest', 'a tag that is moved by design', 'belongs to no published version'],
    [`hadron:sha256-${'0'.repeat(64)}.sig`, 'a signature, attestation or SBOM', 'this tag was not seen there'],
    ['rockylinux:9-core-amd64-generic-v3.7.2', 'recorded and not announced', 'flavor is rockylinux, and the filter says hadron'],
    ['hadron:v0.5.1-core-amd64-generic-9f3c2ab', '9f3c2ab (dev)', 'this tag was not seen there'],
    ['hadron:v9_core_generic', 'in a format Herald does not know', 'Format vN_x_x'],
    ['quay.io/kairos/osbuilder-tools:v0.400.3', 'an image of a component', 'is not among the targets'],
  ])('explains %s', async (reference, first, second) => {
    const { code, out } = await herald('explain', reference);
    expect(code).toBe(0);
    const flowing = out.replaceAll(/\s+/g, ' ');
    expect(flowing).toContain(first);
    expect(flowing).toContain(second);
  });

  it('gives programs the same as data', async () => {
    expect(await json('explain', '--subscription', 'boards', `${HADRON}:v0.5.1-core-amd64-generic-v4.3.0`)).toMatchObject({
      reading: { kind: 'os-image', version: 'v4.3.0' },
      release: { key: 'kairos@v4.3.0', bump: 'minor', baseline: false, held: false },
      subscriptions: [
        { id: 'boards', decision: { kind: 'excluded', exclusions: [{ kind: 'level' }, { field: 'arch' }, { field: 'model' }] } },
      ],
    });
  });
});
