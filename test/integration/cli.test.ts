/** The command line as a person or a script meets it: a process of its own, its output and its exit code. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { instant } from '../../src/core/time.ts';
import { migratedDataDir } from '../support/databases.ts';
import { startSlack } from '../support/emulators.ts';
import { UNHURRIED } from '../support/sources.ts';
import { BASELINE_AT } from '../world/timeline.ts';
import { startUpstream, type Upstream } from '../world/upstream.ts';

const MAIN = join(import.meta.dirname, '../../src/entry/main.ts');
const HADRON = 'quay.io/kairos/hadron';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let directory: string;
let upstream: Upstream;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'herald-cli-'));
  upstream = await startUpstream({ now: BASELINE_AT });
});

afterAll(async () => {
  await upstream.close();
  await rm(directory, { recursive: true, force: true });
});

/** Runs herald in an empty directory of its own: no configuration but what `env` names, no store but its own. */
function herald(args: readonly string[], { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, ...args],
      { cwd: directory, env: { PATH: process.env.PATH, HERALD_DATA_DIR: join(directory, 'data'), ...env } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

const jsonLines = (text: string): readonly unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('herald parse', () => {
  it('prints one JSON object a reference, from arguments and from standard input', async () => {
    const ran = await herald(['parse', '-'], {
      input: `${HADRON}:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1\n\n${HADRON}:nonsense\n`,
    });
    expect(ran.code).toBe(0);
    expect(jsonLines(ran.stdout)).toEqual([
      {
        input: `${HADRON}:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1`,
        kind: 'os-image',
        repository: HADRON,
        tag: 'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1',
        flavor: 'hadron',
        flavorRelease: 'v0.5.1',
        variant: 'standard',
        arch: 'amd64',
        model: 'generic',
        version: 'v4.3.0',
        channel: 'stable',
        kubernetes: { distro: 'k3s', version: 'v1.36.4+k3s1' },
        uki: false,
        era: 'E5',
      },
      expect.objectContaining({ input: `${HADRON}:nonsense`, reason: expect.any(String) }),
    ]);
  });
});

describe('herald parse, of a release file', () => {
  it('prints what its name says; a bare tag stays a tag', async () => {
    const { stdout } = await herald(['parse', 'kairos-hadron-v0.5.1-core-amd64-generic-v4.3.0.iso', 'v0.5.1-core-amd64-generic-v4.3.0']);
    expect(jsonLines(stdout)).toEqual([
      expect.objectContaining({ kind: 'iso', flavor: 'hadron', flavorRelease: 'v0.5.1', version: 'v4.3.0', variant: 'core' }),
      expect.objectContaining({ kind: 'os-image', tag: 'v0.5.1-core-amd64-generic-v4.3.0' }),
    ]);
  });
});

describe('herald latest, before anything was ever checked', () => {
  it('names the last Rocky Linux image, that and since when none are published, and what to do', async () => {
    const { code, stdout } = await herald(['latest', 'rocky', 'standard']);
    expect(code).toBe(0);
    expect(stdout).toContain('quay.io/kairos/rockylinux:9-standard-amd64-generic-v3.7.2-k3s-v1.35.0-k3s3');
    expect(stdout).toContain('no longer published');
    expect(stdout).toContain('2026-02-05');
    expect(stdout).toContain('kairos-init');
    expect(stdout).toContain('has not been asked yet');
  });

  it('never shows "not checked" as an answer for a flavor that is still published', async () => {
    const { code, stdout } = await herald(['latest', 'hadron', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ flavors: [{ flavor: 'hadron', version: null, missing: { kind: 'never-checked' } }] });
  });

  it('suggests the word that was probably meant and asks with exit code 2', async () => {
    const { code, stderr } = await herald(['latest', 'rokcy']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "rocky"?');
    expect(stderr).toContain('herald latest rokcy');
  });
});

describe('herald candidates and compare', () => {
  const running = `${HADRON}:v0.4.0-standard-amd64-generic-v4.1.2-k3s-v1.34.8-k3s1`;
  const tags = [
    'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1',
    'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.35.8-k3s1',
    'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.34.11-k3s1',
    'v0.5.1-standard-amd64-generic-v4.3.0-k0s-v1.34.11-k0s.0',
    'v0.5.1-core-amd64-generic-v4.3.0',
  ].join('\n');

  it.each([
    ['os', 'v1.34.11-k3s1'],
    ['both', 'v1.35.8-k3s1'],
  ])('chooses among the tags given, along the track %s', async (track, stamp) => {
    const { code, stdout } = await herald(['candidates', '--json', '--track', track, '--tags', '-', running], { input: tags });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      running,
      offers: [{ reference: `${HADRON}:v0.5.1-standard-amd64-generic-v4.3.0-k3s-${stamp}`, recommended: true }],
    });
  });

  it('counts lines it cannot read and names the first, beside the answer', async () => {
    const { code, stdout, stderr } = await herald(['candidates', '--json', '--tags', '-', running], {
      input: `${tags}\n???\nv1-strange\n`,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ offers: [expect.anything()] });
    expect(stderr).toContain('2 of 7 lines were not recognised and are left out, the first: ');
  });

  it('refuses a list in which no line is an image, instead of calling it "nothing newer"', async () => {
    const { code, stdout, stderr } = await herald(['candidates', '--tags', '-', running], { input: '{"Tags":["a"]}\n' });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('None of the 1 lines of standard input is an image of Kairos.');
  });

  it.each([
    [running, 'was never checked from here'],
    ['registry.example.org/edge/hadron:v0.5.1-core-amd64-generic-v4.3.0', 'is not watched'],
  ])('fails where nothing is known: of %s it %s', async (reference, why) => {
    const { code, stderr } = await herald(['candidates', reference]);
    expect(code).toBe(1);
    expect(stderr).toContain(why);
  });

  it('says what an upgrade would cross', async () => {
    const { stdout } = await herald(['compare', '--json', running, `${HADRON}:v0.5.1-core-arm64-rpi4-v4.3.0`]);
    expect(JSON.parse(stdout)).toMatchObject({
      relation: 'incompatible',
      crosses: expect.arrayContaining(['variant', 'arch', 'model']),
    });
  });

  it('says why a reference is no image, without a stack trace', async () => {
    const { code, stderr } = await herald(['candidates', `${HADRON}:latest`]);
    expect(code).toBe(2);
    expect(stderr).toContain('is not a Kairos OS image');
    expect(stderr).not.toContain('    at ');
  });
});

describe('herald config', () => {
  it('names a mistake with file, line, key and what was meant, and nothing starts', async () => {
    const file = join(directory, 'broken.yaml');
    await writeFile(file, 'subscriptions:\n  - id: a\n    to: console\n    filtr: hadron\n    owner: me\n');
    for (const command of [['config', 'check'], ['check'], ['serve']]) {
      const { code, stderr } = await herald(command, { env: { HERALD_CONFIG: file } });
      expect(code).toBe(1);
      expect(stderr).toContain(`${file}:4: subscriptions[0].filtr: there is no such key; did you mean "filter"?`);
    }
  });

  it('prints of secrets only whether they are set', async () => {
    const { stdout } = await herald(['config', 'print'], { env: { SLACK_BOT_TOKEN: 'hush-hush', GITHUB_TOKEN: 'hush-hush' } });
    expect(stdout).toContain('SLACK_BOT_TOKEN: set');
    expect(stdout).not.toContain('hush-hush');
  });

  it('refuses to start with a Slack subscription and no token', async () => {
    const file = join(directory, 'slack.yaml');
    await writeFile(file, 'subscriptions:\n  - { id: team, to: { slack: "#x" }, owner: me }\n');
    const { code, stderr } = await herald(['check'], { env: { HERALD_CONFIG: file } });
    expect(code).toBe(1);
    expect(stderr).toContain('SLACK_BOT_TOKEN');
  });
});

describe('herald check, then a question', () => {
  it('records at the first look, answers from the store, and says when something could not be checked', async () => {
    const file = join(directory, 'world.yaml');
    const place = { project: 'kairos', every: 'hourly', endpoint: upstream.origin };
    const hadron = { ...place, id: 'hadron', source: 'quay', repository: HADRON };
    await writeFile(
      file,
      stringify({ defaultTargets: false, targets: [hadron], network: { limits: UNHURRIED }, verification: { enabled: false } }),
    );
    const env = { HERALD_CONFIG: file, HERALD_DATA_DIR: await migratedDataDir(join(directory, 'world')) };
    const first = await herald(['check', '--json'], { env });
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({
      polls: [{ kind: 'polled', targetId: 'hadron', firstSight: true, owed: [] }],
      delivered: 0,
    });

    const answer = await herald(['latest', 'hadron', 'core', 'amd64', '--json'], { env });
    expect(JSON.parse(answer.stdout)).toMatchObject({ flavors: [{ flavor: 'hadron', version: 'v4.1.0', origin: 'store' }] });

    const offered = await herald(['candidates', '--json', `${HADRON}:v0.2.0-core-amd64-generic-v4.0.3`], { env });
    expect(JSON.parse(offered.stdout)).toMatchObject({
      offers: [{ reference: expect.stringMatching(/-core-amd64-generic-v4\.1\.0@sha256:[0-9a-f]{64}$/) }],
      source: { repository: HADRON, lifecycle: { state: 'active' }, lastSuccessAt: expect.any(String), failing: null },
    });

    upstream.failNext('504-html', 1);
    const failed = await herald(['check'], { env });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('could not be checked since');
    const stale = await herald(['latest', 'hadron', 'core', 'amd64'], { env });
    expect(stale.stdout).toMatch(/could not (be )?check(ed)? since/i);
    const staleOffer = await herald(['candidates', `${HADRON}:v0.2.0-core-amd64-generic-v4.0.3`], { env });
    expect(staleOffer.stdout).toMatch(/could not check since/i);
  });

  it('says which message could not be delivered and why, and fails', async () => {
    const slack = await startSlack({ channels: ['somewhere-else'] });
    try {
      const file = join(directory, 'refused.yaml');
      await writeFile(
        file,
        stringify({
          defaultTargets: false,
          targets: [{ id: 'hadron', source: 'quay', repository: HADRON, project: 'kairos', every: 'hourly', endpoint: upstream.origin }],
          subscriptions: [{ id: 'team', to: { slack: '#gone' }, filter: 'hadron', owner: 'the test' }],
          slack: { apiUrl: slack.apiUrl },
          network: { limits: UNHURRIED },
          verification: { enabled: false },
        }),
      );
      const data = await migratedDataDir(join(directory, 'refused'));
      const env = { HERALD_CONFIG: file, HERALD_DATA_DIR: data, SLACK_BOT_TOKEN: slack.token };
      expect((await herald(['check'], { env })).code).toBe(0);
      upstream.at = instant('2026-06-15T18:00:00Z');

      const refused = await herald(['check'], { env });
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/✗ slack:#gone: .+/);
      expect(refused.stdout).toContain('1 not delivered');
      // An hour has not passed: it is not tried again yet, and that is still no success.
      const later = await herald(['check', '--json'], { env });
      expect(later.code).toBe(1);
      expect(JSON.parse(later.stdout)).toMatchObject({
        failing: [{ destination: 'slack:#gone', failure: { code: 'DESTINATION_REJECTED' } }],
      });
    } finally {
      await slack.close();
    }
  });
});
