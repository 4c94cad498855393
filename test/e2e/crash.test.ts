/** Herald is killed with SIGKILL at the two worst moments of a send, and started again: the message is there exactly once. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Instant, instant, MS, plusMs } from '../../src/core/time.ts';
import { migratedDataDir } from '../support/databases.ts';
import { type EmulatedGithub, type EmulatedSlack, startGithub, startSlack } from '../support/emulators.ts';
import { UNHURRIED } from '../support/sources.ts';
import { startUpstream, type Upstream } from '../world/upstream.ts';

const CHANNEL = 'kairos-releases';
const REPOSITORY = 'acme/infra';
const BEFORE = instant('2026-06-16T12:00:00Z');
const AFTER = instant('2026-06-17T18:30:00Z');

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly stderr: string;
}

describe('killed around a send', () => {
  let upstream: Upstream;
  let slack: EmulatedSlack;
  let github: EmulatedGithub;
  let directory: string;

  beforeEach(async () => {
    [upstream, slack, github, directory] = await Promise.all([
      startUpstream({ now: BEFORE }),
      startSlack({ channels: [CHANNEL] }),
      startGithub({ repositories: [REPOSITORY] }),
      mkdtemp(join(tmpdir(), 'herald-crash-')),
    ]);
    await migratedDataDir(join(directory, 'data'));
  });

  afterEach(async () => {
    await Promise.all([upstream.close(), slack.close(), github.close(), rm(directory, { recursive: true, force: true })]);
  });

  async function configure(to: unknown): Promise<void> {
    const config = {
      targets: [
        {
          id: 'hadron',
          source: 'quay',
          repository: 'quay.io/kairos/hadron',
          endpoint: upstream.origin,
          project: 'kairos',
          every: 'hourly',
        },
      ],
      subscriptions: [{ id: 'team', to, filter: 'hadron', owner: 'the crash test' }],
      slack: { apiUrl: slack.apiUrl },
      github: { apiUrl: github.apiUrl },
      network: { limits: UNHURRIED },
      verification: { enabled: false },
    };
    await writeFile(join(directory, 'herald.yaml'), stringify(config));
  }

  /** Runs a process of Herald at a moment of the world's time, to its end. */
  function run(moment: 'before-send' | 'after-send' | 'never', at: Instant): Promise<Ended> {
    upstream.at = at;
    const args = ['test/e2e/crash-child.ts', moment, join(directory, 'herald.yaml'), join(directory, 'data'), at];
    const env = { ...process.env, SLACK_BOT_TOKEN: slack.token, GITHUB_TOKEN: github.token };
    return new Promise((resolve) => {
      execFile(process.execPath, args, { env }, (error, _stdout, stderr) =>
        resolve({ signal: error?.signal ?? null, code: error === null ? 0 : Number(error.code ?? 1), stderr }),
      );
    });
  }

  const slackTitles = async () => (await slack.messages(CHANNEL)).map(({ text }) => text);
  const issueTitles = async () => (await github.issues(REPOSITORY)).map(({ title }) => title);

  it.each([
    ['Slack', 'before-send', { slack: `#${CHANNEL}` }, slackTitles, 0],
    ['Slack', 'after-send', { slack: `#${CHANNEL}` }, slackTitles, 1],
    ['GitHub', 'before-send', { github: REPOSITORY }, issueTitles, 0],
    ['GitHub', 'after-send', { github: REPOSITORY }, issueTitles, 1],
  ] as const)('%s, %s: shown exactly once', async (_sink, moment, to, titles, afterTheCrash) => {
    await configure(to);
    expect(await run('never', BEFORE)).toMatchObject({ code: 0, stderr: expect.not.stringContaining('rror') });

    const killed = await run(moment, AFTER);
    expect(killed.signal).toBe('SIGKILL');
    expect(await titles()).toHaveLength(afterTheCrash);

    // The lease of the dead process has to end first.
    const restarted = await run('never', plusMs(AFTER, 5 * MS.minute));
    expect(restarted).toMatchObject({ code: 0 });
    expect(await titles()).toEqual([expect.stringMatching(/^Kairos v4\.1\.2 /)]);

    // And it stays at one.
    await run('never', plusMs(AFTER, 10 * MS.minute));
    expect(await titles()).toHaveLength(1);
  });
});
