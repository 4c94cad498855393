/** Subscriptions and replays on the command line: what somebody who runs Herald does by hand. In one process, on an embedded store. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { instant } from '../../src/core/time.ts';
import { runCli } from '../../src/entry/cli.ts';
import { PLAIN } from '../../src/render/text.ts';
import { migratedDataDir } from '../support/databases.ts';
import { type EmulatedSlack, startSlack } from '../support/emulators.ts';
import { BASELINE_AT } from '../world/timeline.ts';
import { startUpstream, type Upstream } from '../world/upstream.ts';

let directory: string;
let env: Record<string, string>;
let upstream: Upstream;
let slack: EmulatedSlack;

async function herald(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const write = (to: string[]) => (text: string) => void to.push(text);
  const style = { width: 120, palette: PLAIN };
  const code = await runCli(args, { out: write(out), err: write(err), style, interactive: false, env, readInput: async () => '' });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** One subscription of the configuration, to this channel. */
function configuration(channel: string): string {
  const hadron = {
    id: 'hadron',
    source: 'quay',
    repository: 'quay.io/kairos/hadron',
    project: 'kairos',
    every: 'hourly',
    endpoint: upstream.origin,
  };
  const configured = { id: 'configured', to: { slack: channel }, filter: 'hadron', owner: 'the test' };
  return stringify({
    verification: { enabled: false },
    defaultTargets: false,
    targets: [hadron],
    subscriptions: [configured],
    slack: { apiUrl: slack.apiUrl },
  });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'herald-subscriptions-'));
  upstream = await startUpstream({ now: BASELINE_AT });
  slack = await startSlack({ channels: ['kairos-releases'] });
  const file = join(directory, 'herald.yaml');
  await writeFile(file, configuration('#gone'));
  const data = await migratedDataDir(join(directory, 'data'));
  env = { HERALD_CONFIG: file, HERALD_DATA_DIR: data, HERALD_LOG_LEVEL: 'silent', SLACK_BOT_TOKEN: slack.token, USER: 'ada' };
  await herald('check');
});

afterAll(async () => {
  await Promise.all([upstream.close(), slack.close()]);
  await rm(directory, { recursive: true, force: true });
});

describe('herald subscriptions', () => {
  it('adds one that is checked like an entry of the configuration, and says what it would have heard of', async () => {
    const { code, out } = await herald('subscriptions', 'add', 'hadron', 'standard', '--to', '#kairos-releases');
    expect(code).toBe(0);
    expect(out).toContain('Added: kairos-releases-hadron-standard.');
    expect(out).toContain('The newest it would have heard of is kairos@v4.1.0');
    const { out: listed } = await herald('subscriptions', 'list', '--json');
    expect(JSON.parse(listed)).toMatchObject({
      subscriptions: [
        { id: 'configured', origin: 'config', destination: 'slack:#gone' },
        { id: 'kairos-releases-hadron-standard', origin: 'command', filter: 'hadron standard', every: 'immediate', owner: 'ada' },
      ],
    });
  });

  it.each([
    [['add', 'hadrn', '--to', 'console'], 'Did you mean "hadron"?'],
    [['add', 'hadron', '--to', 'console', '--every', 'weakly'], 'weekly'],
    [['add', 'hadron', '--to', 'example/infra'], 'GITHUB_TOKEN'],
    [['add', 'hadron', '--to', 'console', '--id', 'configured'], 'There is a subscription named configured already.'],
    [['remove', 'configured'], 'stands in the configuration'],
    [['remove', 'configurd'], 'Did you mean configured?'],
  ])('refuses %j with what to do', async (args, hint) => {
    const { code, err } = await herald('subscriptions', ...args);
    expect(code).not.toBe(0);
    expect(err).toContain(hint);
    expect(err).not.toContain('subscriptions[0]');
  });

  it('tests a destination with one marked message, and says why it did not take it', async () => {
    expect((await herald('subscriptions', 'test', 'kairos-releases-hadron-standard')).code).toBe(0);
    expect((await slack.messages('kairos-releases')).map(({ text }) => text)).toEqual([expect.stringContaining('Test message')]);
    const refused = await herald('subscriptions', 'test', 'configured');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('Not sent to the destination of configured');
  });

  it('shows what would be sent without sending it', async () => {
    const { out } = await herald('subscriptions', 'test', 'kairos-releases-hadron-standard', '--dry-run');
    expect(JSON.parse(out)).toMatchObject({ kind: 'slack', text: expect.stringContaining('Kairos v4.1.0') });
    expect(await slack.messages('kairos-releases')).toHaveLength(1);
  });

  it('are told like those of the configuration, until they are removed', async () => {
    upstream.at = instant('2026-06-17T18:30:00Z');
    await herald('check');
    expect((await slack.messages('kairos-releases')).map(({ text }) => text)).toContainEqual(expect.stringMatching(/^Kairos v4\.1\.2 /));
    expect((await herald('subscriptions', 'remove', 'kairos-releases-hadron-standard')).code).toBe(0);
    expect((await herald('subscriptions', 'list')).out).toContain('1 subscription');
  });
});

describe('herald replay', () => {
  it('tries at once what a destination refused, when it is mended: no hour is waited for', async () => {
    const { out } = await herald('doctor');
    expect(out.replaceAll(/\s+/g, ' ')).toContain('release:kairos@v4.1.2 to slack:#gone is not delivered yet');
    await writeFile(env.HERALD_CONFIG ?? '', configuration('#kairos-releases'));
    const before = (await slack.messages('kairos-releases')).length;
    await herald('check');
    expect(await slack.messages('kairos-releases')).toHaveLength(before);
    expect((await herald('replay', '--subscription', 'configured')).out).toMatch(/2 of 2 are tried again\./);
    await herald('check');
    expect(await slack.messages('kairos-releases')).toHaveLength(before + 2);
  });

  it('says what it would do, and asks what is meant', async () => {
    expect((await herald('replay', '--subscription', 'configured', '--dry-run')).out).toMatch(
      /release:kairos@v4\.1\.2 to slack:#kairos-releases[\s\S]*would be tried/,
    );
    expect(await herald('replay')).toMatchObject({ code: 2, err: expect.stringContaining('--dead') });
    expect(await herald('replay', 'nonsense')).toMatchObject({ code: 2, err: expect.stringContaining('no delivery named nonsense') });
  });
});
