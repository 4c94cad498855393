/** Herald, the real program, run against the recorded upstream and the emulated Slack and GitHub, on the world's clock. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { type Instant, plusMs } from '../../src/core/time.ts';
import { officialIdentities, settingsFrom } from '../../src/entry/config.ts';
import { parseConfig } from '../../src/entry/config-file.ts';
import { registrySecrets } from '../../src/entry/registry-credentials.ts';
import { ROLES } from '../../src/entry/roles.ts';
import type { Secrets } from '../../src/entry/secrets.ts';
import { type Serving, serve } from '../../src/entry/serve.ts';
import type { Clock, Log } from '../../src/ports.ts';
import { PLAIN } from '../../src/render/text.ts';
import type { EmulatedGithub, EmulatedSlack } from '../support/emulators.ts';
import { UNHURRIED } from '../support/sources.ts';
import type { Upstream } from './upstream.ts';

/** Where the world's Herald tells its news. */
export const PLACES = {
  releases: 'kairos-releases',
  weekly: 'infrastructure',
  operations: 'herald-operations',
  repository: 'acme/infra',
} as const;

/** The world's time, and the real time that passed since it was last set: waits that Herald asks for end. */
function worldClock(upstream: Pick<Upstream, 'at'>): Clock {
  let seen = upstream.at;
  let since = performance.now();
  return {
    now: (): Instant => {
      if (upstream.at !== seen) [seen, since] = [upstream.at, performance.now()];
      return plusMs(seen, Math.floor(performance.now() - since));
    },
  };
}

/** The configuration file of the world's Herald, as a user would write it. */
function worldConfig(
  upstream: Pick<Upstream, 'origin'>,
  trustRoot: string,
  slack: Pick<EmulatedSlack, 'apiUrl'>,
  github: Pick<EmulatedGithub, 'apiUrl'>,
): string {
  const owner = 'the recorded world';
  const frozen = {
    state: 'frozen',
    since: '2026-02-05',
    lastVersion: 'v3.7.2',
    advice: 'Move to the hadron flavor, or build your own with kairos-init.',
  };
  const image = { source: 'quay', project: 'kairos', endpoint: upstream.origin };
  return stringify({
    targets: [
      { ...image, id: 'hadron', repository: 'quay.io/kairos/hadron', every: 'hourly' },
      { ...image, id: 'rockylinux', repository: 'quay.io/kairos/rockylinux', every: 'monthly', lifecycle: frozen },
      { ...image, id: 'kairos-releases', source: 'github-releases', repository: 'kairos-io/kairos', every: 'hourly' },
    ],
    subscriptions: [
      { id: 'platform-team', to: { slack: `#${PLACES.releases}` }, filter: 'hadron', every: 'immediate', owner },
      { id: 'weekly-summary', to: { slack: `#${PLACES.weekly}` }, filter: 'hadron standard', every: 'weekly', owner },
      { id: 'infra-repository', to: { github: PLACES.repository }, filter: 'hadron standard amd64 k3s', every: 'immediate', owner },
      { id: 'operators', topic: 'operations', to: { slack: `#${PLACES.operations}` }, every: 'immediate', owner },
    ],
    github: { apiUrl: github.apiUrl },
    slack: { apiUrl: slack.apiUrl },
    network: { limits: UNHURRIED },
    verification: { trustRoot },
    http: { port: 0 },
  });
}

export interface WorldHerald {
  readonly serving: Serving;
  /** Looks at everything and waits until nothing that is due moves any more. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldHeraldOptions {
  readonly upstream: Upstream;
  readonly slack: EmulatedSlack;
  readonly github: EmulatedGithub;
  readonly log: Log;
  /** A directory with a database in it already; by default an empty one, for a real first start. Removed at the end. */
  readonly dataDir?: string;
}

/** Starts Herald embedded: PGlite, and its queue in it. */
export async function startWorldHerald({ upstream, slack, github, log, dataDir: prepared }: WorldHeraldOptions): Promise<WorldHerald> {
  const dataDir = prepared ?? (await mkdtemp(join(tmpdir(), 'herald-world-')));
  const trustRoot = join(dataDir, 'world-trusted-root.json');
  await mkdir(dataDir, { recursive: true });
  await writeFile(trustRoot, upstream.trustRoot);
  const settings = settingsFrom([officialIdentities(), parseConfig('world.yaml', worldConfig(upstream, trustRoot, slack, github))]);
  const secrets: Secrets = {
    databaseUrl: null,
    redisUrl: null,
    slackBotToken: slack.token,
    github: { kind: 'token', token: github.token },
    registries: registrySecrets({}, []),
    githubReadToken: null,
    incoming: { github: null, quay: null, registry: null },
    webhook: () => null,
    proxies: null,
  };
  const clock = worldClock(upstream);
  const serving = await serve({
    settings,
    secrets,
    env: { HERALD_DATA_DIR: dataDir },
    roles: new Set(ROLES),
    log,
    console: { write: () => undefined, style: { width: 100, palette: PLAIN } },
    clock,
  });
  return {
    serving,
    look: async () => {
      for (const { id } of settings.targets) await serving.queue.enqueue('poll-target', { targetId: id });
      await untilIdle(serving, clock);
      // What became due with the clock (a digest) is found by the reconciliation, as it is in real life.
      await serving.queue.enqueue('reconcile', {});
      await untilIdle(serving, clock);
    },
    stop: async () => {
      await serving.lifecycle.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Waits for a state, not for a time: no job waits or runs, and no delivery is due. */
async function untilIdle({ queue, store }: Serving, clock: Clock): Promise<void> {
  for (;;) {
    const { waiting, active } = await queue.counts();
    const due = (await store.overdueDeliveries(clock.now(), 100)).filter((delivery) => !delivery.collect);
    if (waiting + active + due.length === 0) return;
    await pause(20);
  }
}
