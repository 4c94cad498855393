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
import { UNHURRIED } from '../support/sources.ts';
import { BASELINE_AT } from '../world/timeline.ts';
import { startUpstream, type Upstream } from '../world/upstream.ts';

const LATE = 'v0.5.1-standard-amd64-generic-v4.3.0-k0s-v1.35.8-k0s.0';
const HADRON = 'quay.io/kairos/hadron';

let directory: string;
let upstream: Upstream;
let env: Record<string, string>;

async function herald(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const write = (to: string[]) => (text: string) => void to.push(text);
  const style = { width: 100, palette: PLAIN };
  const code = await runCli(args, { out: write(out), err: write(err), style, interactive: false, env, readInput: async () => '' });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** Where Herald never ran. */
async function elsewhere(work: () => Promise<void>): Promise<void> {
  const here = env;
  env = { ...here, HERALD_DATA_DIR: join(directory, 'nothing-there') };
  await work().finally(() => {
    env = here;
  });
}

const json = async (...args: readonly string[]): Promise<unknown> => JSON.parse((await herald(...args, '--json')).out);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'herald-questions-'));
  upstream = await startUpstream({ now: BASELINE_AT });
  const place = { project: 'kairos', every: 'hourly', endpoint: upstream.origin };
  const frozen = { state: 'frozen', since: '2026-02-05', lastVersion: 'v3.7.2', advice: 'Move to the hadron flavor.' };
  const trustRoot = join(directory, 'trusted_root.json');
  await writeFile(trustRoot, upstream.trustRoot);
  const config = {
    verification: { trustRoot },
    network: { limits: UNHURRIED },
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
});

afterAll(async () => {
  // The last test may have closed it.
  await upstream.close().catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
});

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

  it('lists only those that have the Kubernetes that is asked for, and counts nothing else of them', async () => {
    const { query, releases } = (await json('releases', 'hadron', 'standard', 'arm64', 'k3s', '1.35')) as {
      query: string;
      releases: readonly { kubernetes: { k3s: string } }[];
    };
    expect(query).toBe('hadron standard arm64 k3s 1.35');
    expect(releases).toMatchObject([{ version: 'v4.3.0', images: 1 }, { supersededBy: 'v4.1.2' }, {}, {}]);
    expect(releases.every(({ kubernetes }) => kubernetes.k3s.startsWith('v1.35.'))).toBe(true);
  });

  it('says how many there are beyond those shown, and shows them all', async () => {
    const { out } = await herald('releases', '--limit', '1');
    expect(out).toMatch(/the newest 1 of \d+ releases\s+All of them: --all/);
    expect((await herald('releases', '--all')).out).not.toContain('--all');
  });

  it('names the project that was probably meant', async () => {
    expect(await herald('releases', '--project', 'kairoz')).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean "kairos"?'),
    });
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
    expect(await json('show', 'v4.3.0')).toMatchObject({
      version: 'v4.3.0',
      held: false,
      components: expect.arrayContaining([{ name: 'immucore', version: 'v4.3.0' }]),
    });
  });

  it('shows only the images that are asked for', async () => {
    const { out } = await herald('show', 'v4.3.0', 'arm64', 'k3s');
    expect(out).toContain('Images (3)');
    expect(out).not.toContain('k0s');
  });

  it('shows one image: what it is, what is stored of it, and its release', async () => {
    const { code, out } = await herald('show', `${HADRON}:v0.5.1-core-amd64-generic-v4.3.0`);
    expect(code).toBe(0);
    expect(out).toMatch(/Digest +sha256:[0-9a-f]{64}/);
    expect(out).toMatch(/Release +Kairos v4\.3\.0/);
    expect(out).not.toContain('Who is told');
  });

  it('says of an image that did not arrive that its release should have had it', async () => {
    const { code, out } = await herald('show', `${HADRON}:${LATE}`);
    expect(code).toBe(1);
    const flowing = out.replaceAll(/\s+/g, ' ');
    expect(flowing).toContain('Stored No: this tag was not seen there.');
    expect(flowing).toContain('v1.35.8+k0s.0: missing (the release page has its installer)');
  });

  it('asks the registry for this one answer, and stores nothing', async () => {
    upstream.push('kairos/hadron', LATE);
    const { out } = await herald('show', '--live', `hadron:${LATE}`);
    expect(out).toContain(`Asked ${HADRON} for this answer`);
    expect(out).toMatch(/Digest +sha256:/);
    expect(await json('show', '--live', 'v4.3.0')).toMatchObject({
      images: expect.arrayContaining([expect.objectContaining({ reference: `${HADRON}:${LATE}` })]),
      asked: { repository: HADRON },
    });
    expect((await herald('show', `hadron:${LATE}`)).code).toBe(1);
  });

  it('says of a version of Hadron which releases have it inside, and of words that no image has, what there is', async () => {
    expect((await herald('show', 'v0.4.0')).err).toContain('It is the version of Hadron inside v4.1.2.');
    expect((await herald('show', 'v4.3.0', 'ubuntu')).err).toContain('v4.3.0 has no image that is "ubuntu".');
    expect((await herald('show', 'hadron')).code).toBe(2);
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
    expect(out).toMatch(/Hadron +v0\.4\.0 +v0\.5\.1 +minor/);
    expect(out).toMatch(/Mind\s+- v4\.3\.0: \d missing\./);
    expect(out).toContain(`${HADRON}, last checked`);
    expect(out).toContain('hadron core amd64 generic uki');
    const back = await herald('diff', 'v4.3.0', 'v4.2.0');
    expect(back.out).toContain('going back');
    expect(back.out).toContain('Kairos would go back from v4.3.0 to v4.2.0.');
  });

  it('says of two images how they relate, and only what concerns their kind', async () => {
    const from = 'hadron:v0.2.0-core-amd64-generic-v4.1.0';
    expect(await json('diff', from, 'hadron:v0.5.1-core-amd64-generic-v4.3.0')).toMatchObject({
      from: 'v4.1.0',
      to: 'v4.3.0',
      comparison: { relation: 'upgrade', crosses: [] },
      gone: [],
      between: [{ version: 'v4.1.1' }, { version: 'v4.1.2' }, { version: 'v4.2.0' }],
    });
    expect((await herald('diff', from, 'hadron:v0.5.1-core-arm64-rpi4-v4.3.0')).out).toContain(
      'No upgrade path: other architecture and model.',
    );
  });
});

describe('herald eol', () => {
  it('says what is no longer published, and how old each line is', async () => {
    const { out } = await herald('eol');
    expect(out).toContain('1 still published, 1 no longer');
    expect(out).toMatch(/v4\.3 +2026-09-08 +v4\.3\.0 +2026-09-08 +\d+ days ago +newest line/);
    expect(out).toMatch(/k0s 1\.36 +1\.36\.4 +amd64/);
    expect(out).toContain('Rocky Linux: Move to the hadron flavor.');
  });

  it('is a feed for programs, in the words of endoflife.date', async () => {
    expect(await json('eol', 'rocky')).toMatchObject({
      flavors: [
        {
          target: 'rockylinux',
          eol: true,
          since: '2026-02-05',
          lastVersion: 'v3.7.2',
          cycles: [{ cycle: '3.7', latest: 'v3.7.2', eol: true }],
        },
      ],
      projects: [],
    });
    expect(await json('eol', 'hadron', 'standard', 'arm64')).toMatchObject({
      flavors: [
        {
          eol: false,
          cycles: [
            { cycle: '4.3', latest: 'v4.3.0', latestReleaseDate: '2026-09-08', eol: false },
            { cycle: '4.2', eol: true },
            { cycle: '4.1', latest: 'v4.1.2' },
            { cycle: '4.0', releaseDate: '2026-03-20' },
            { cycle: '3.7' },
          ],
          kubernetes: [{ distro: 'k3s', minor: '1.36', newest: 'v1.36.4+k3s1', archs: ['arm64'] }, { minor: '1.35' }, { minor: '1.34' }],
        },
      ],
    });
  });

  it('answers from the configuration where Herald never ran', async () => {
    await elsewhere(async () => {
      expect((await herald('eol', 'rocky')).out).toContain('ended 2026-02-05  v3.7.2');
      expect(await herald('eol', 'hadron')).toMatchObject({ code: 1, out: expect.stringContaining('not checked yet') });
      expect(await herald('releases')).toMatchObject({ code: 1, out: expect.stringContaining('herald check') });
      expect(await herald('show', 'v4.3.0')).toMatchObject({ code: 1, err: expect.stringContaining('herald check') });
    });
  });
});

describe('herald doctor', () => {
  it('says that all is well, with what is counted and measured', async () => {
    const { code, out } = await herald('doctor');
    expect(code).toBe(0);
    expect(out).toContain('✓ All is well');
    expect(out).toContain('3 of 3 places checked within their cadence.');
    expect(out).toMatch(/✓ queue +In the embedded store\./);
    expect(out).toMatch(/✓ requests +[56] looks took \d+ requests, at most \d+\.\d a look \(\S+\)\./);
  });

  it('names the source that is down, since when and why, what is known meanwhile, and ends with exit code 1', async () => {
    await upstream.close();
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
    ['hadron:v0.5.1_core-amd64-generic_v4.3.0', 'Resembles v0.5.1-core-amd64-generic-v4.3.0', 'alike up to "v0.5.1"'],
    ['latest', `No repository was given, so it is read as a tag of ${HADRON}`, 'belongs to no published version'],
    ['9-core-amd64-generic-v3.7.2', 'read as a tag of quay.io/kairos/rockylinux', 'recorded and not announced'],
    ['3.21-core-amd64-generic-v3.6.0', 'names no repository, and its tag does not tell which', 'Flavor 3.21'],
    ['hadron:v0.5.1-core-amd64-generic-v4.3.0', 'weekly console Not of this image: variant is core', 'Of the release: in the digest of'],
    ['quay.io/kairos/alpine:3.19-standard-arm64-rpi4-v3.3.0', 'Kubernetes inside; the tag does not say which', 'is not among the targets'],
    ['quay.io/kairos/osbuilder-tools:v0.400.3', 'an image of a component', 'is not among the targets'],
  ])('explains %s', async (reference, first, second) => {
    const { code, out } = await herald('explain', reference);
    expect(code).toBe(0);
    const flowing = out.replaceAll(/\s+/g, ' ');
    expect(flowing).toContain(first);
    expect(flowing).toContain(second);
  });

  it('names the subscription that was probably meant', async () => {
    expect(await herald('explain', 'hadron:latest', '--subscription', 'boadrs')).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean "boards"?'),
    });
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

describe('what could not be checked', () => {
  it('is said in every answer that rests on it, before the answer, and to programs too', async () => {
    // Nobody listens where the recorded world was.
    await upstream.close().catch(() => undefined);
    await herald('check');
    for (const question of [
      ['releases'],
      ['show', 'v4.3.0'],
      ['diff', 'v4.2.0', 'v4.3.0'],
      ['eol', 'hadron'],
      ['explain', 'hadron:latest'],
    ]) {
      const { out } = await herald(...question);
      expect(out.replaceAll(/\s+/g, ' ')).toMatch(/^! .*Could not check .*since/);
    }
    expect(await json('eol', 'hadron')).toMatchObject({ flavors: [{ failing: { since: expect.any(String), code: expect.any(String) } }] });
  });
});
