/** The program itself, `herald serve`, as an operator runs, stops, kills and restarts it; counted on the emulated Slack. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { type DatabaseLocation, openDatabase } from '../../src/adapters/database/open.ts';
import { createLog } from '../../src/adapters/observe/log.ts';
import { check } from '../../src/app/check.ts';
import { instant, MS, plusMs } from '../../src/core/time.ts';
import { createDeps } from '../../src/entry/compose.ts';
import { loadSettings } from '../../src/entry/config.ts';
import { openStore, systemClock } from '../../src/entry/open-store.ts';
import { readSecrets } from '../../src/entry/secrets.ts';
import { PLAIN } from '../../src/render/text.ts';
import { migratedDataDir, postgres, type TestDatabase } from '../support/databases.ts';
import { type DroppingProxy, startDroppingProxy } from '../support/dropping-proxy.ts';
import { type EmulatedSlack, startSlack } from '../support/emulators.ts';
import { killPrograms, startProgram } from '../support/program.ts';
import { REDIS_URL } from '../support/queues.ts';
import { serviceOrSkip } from '../support/services.ts';
import { UNHURRIED } from '../support/sources.ts';
import { startUpstream, type Upstream } from '../world/upstream.ts';

const CHANNEL = 'kairos-releases';
const BEFORE = instant('2026-06-16T12:00:00Z');
const AFTER = instant('2026-06-17T18:30:00Z');
const LOG = createLog('silent');

let directory: string;
let upstream: Upstream;
let slack: EmulatedSlack;
let proxy: DroppingProxy;
let config: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'herald-serve-'));
  upstream = await startUpstream({ now: BEFORE });
  slack = await startSlack({ channels: [CHANNEL] });
  proxy = await startDroppingProxy(new URL(slack.apiUrl).origin);
  config = join(directory, 'herald.yaml');
  await writeFile(config, configuration());
});

afterEach(async () => {
  await killPrograms();
  await Promise.all([upstream.close(), proxy.close(), slack.close()]);
  await rm(directory, { recursive: true, force: true });
});

/** Watches the recorded Hadron and nothing else. */
function configuration(): string {
  const hadron = { source: 'quay', repository: 'quay.io/kairos/hadron', endpoint: upstream.origin, project: 'kairos', every: 'hourly' };
  return stringify({
    defaultTargets: false,
    targets: [{ id: 'hadron', ...hadron }],
    subscriptions: [{ id: 'team', to: { slack: `#${CHANNEL}` }, filter: 'hadron', owner: 'the serve test' }],
    slack: { apiUrl: `${proxy.url}/api/` },
    network: { limits: UNHURRIED },
    verification: { enabled: false },
    http: { port: 0 },
  });
}

const environment = (more: Readonly<Record<string, string>>) => ({ HERALD_CONFIG: config, SLACK_BOT_TOKEN: slack.token, ...more });

/** Herald looked once, two hours ago, and v4.1.2 came out since: the next start finds the poll overdue and the release new. */
async function lookedBefore(location: DatabaseLocation): Promise<void> {
  const settings = loadSettings({ HERALD_CONFIG: config });
  const clock = { now: () => plusMs(systemClock.now(), -2 * MS.hour) };
  const { store, close } = await openStore(location, LOG);
  await store.applyConfiguration(settings.targets, settings.subscriptions, clock.now());
  const queue = { enqueue: async () => undefined, enqueueAfter: async () => undefined };
  const sink = { write: () => undefined, style: { width: 100, palette: PLAIN } };
  const secrets = readSecrets({ SLACK_BOT_TOKEN: slack.token });
  const outcome = await check(await createDeps({ settings, secrets, store, queue, log: LOG, clock, console: sink }));
  await close();
  expect(outcome.polls).toMatchObject([{ kind: 'polled', firstSight: true }]);
  upstream.at = AFTER;
}

/** The lease of a dead worker ends after five minutes: they pass in the store instead of in this test. */
async function fiveMinutesPass(dataDir: string): Promise<void> {
  const { pool, close } = await openDatabase({ dataDir }, LOG);
  await pool.query("UPDATE delivery SET lease_until = lease_until - interval '5 minutes'");
  await close();
}

const Ready = z.object({ status: z.literal('ok'), deliveries: z.record(z.string(), z.int()) });

/** Waits until everything owed is shown. */
async function untilDelivered(url: string | null): Promise<void> {
  await vi.waitFor(
    async () => {
      const { deliveries } = Ready.parse(await (await fetch(`${url}/readyz`)).json());
      expect(deliveries).toMatchObject({ owed: 0, sending: 0, shown: 1 });
    },
    { timeout: 60_000, interval: 100 },
  );
}

const titles = async () => (await slack.messages(CHANNEL)).map(({ text }) => text);
const ONCE = [expect.stringMatching(/^Kairos v4\.1\.2 /)];

describe('herald serve, embedded', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await migratedDataDir(join(directory, 'data'));
  });
  const start = () => startProgram([], environment({ HERALD_DATA_DIR: dataDir }), directory);

  it('answers for its health, ends with 0 on SIGTERM, and its directory can be opened again at once', async () => {
    const { url, end } = await start();
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(Ready.parse(await (await fetch(`${url}/readyz`)).json()).deliveries).toMatchObject({ dead: 0, ambiguous: 0 });
    expect(await end('SIGTERM')).toBe(0);
    await (await openStore({ dataDir }, LOG)).close();
  });

  it('killed while a poll runs, tells the release exactly once after a restart', async () => {
    await lookedBefore({ dataDir });
    upstream.failNext('slow', 1, 'quay-tags');
    const killed = await start();
    await vi.waitUntil(() => upstream.log.some(({ failed }) => failed === 'slow'), { timeout: 60_000 });
    expect(await killed.end('SIGKILL')).toBeNull();
    expect(await titles()).toEqual([]);

    const restarted = await start();
    await untilDelivered(restarted.url);
    expect(await titles()).toEqual(ONCE);
  });

  it('killed when Slack has the message and Herald does not know it, tells the release exactly once after a restart', async () => {
    await lookedBefore({ dataDir });
    proxy.holdAnswersTo((_method, path) => path.endsWith('/chat.postMessage'));
    const killed = await start();
    await vi.waitUntil(() => proxy.forwarded.some((request) => request.endsWith('/chat.postMessage')), { timeout: 60_000 });
    expect(await killed.end('SIGKILL')).toBeNull();
    expect(await titles()).toEqual(ONCE);

    proxy.dropNothing();
    await fiveMinutesPass(dataDir);
    const restarted = await start();
    await untilDelivered(restarted.url);
    expect(await titles()).toEqual(ONCE);
    expect(await restarted.end('SIGTERM')).toBe(0);
  });
});

describe('other commands while herald serve runs on the embedded store', () => {
  it('ask and change its store through it; a second herald that would look and tell is refused', async () => {
    const dataDir = await migratedDataDir(join(directory, 'data'));
    await lookedBefore({ dataDir });
    const env = environment({ HERALD_DATA_DIR: dataDir });
    const { url, end } = await startProgram([], env, directory);
    await untilDelivered(url);

    expect(await herald(['latest', 'hadron'], env)).toMatchObject({ code: 0, output: expect.stringContaining('v4.1.2') });
    expect(await herald(['subscriptions', 'add', 'hadron', 'core', '--to', 'console', '--id', 'mine'], env)).toMatchObject({ code: 0 });
    const listed = await herald(['subscriptions', 'list'], { HERALD_DATA_DIR: dataDir });
    // Asked without its configuration, which stays in force.
    expect(listed).toMatchObject({ code: 0, output: expect.stringMatching(/mine[\s\S]*team/) });
    const doctor = await herald(['doctor', '--json', '--live'], env);
    expect(JSON.parse(doctor.output)).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ text: 'Another process of Herald runs on it and lets this one in.' }),
        expect.objectContaining({ about: 'slack', level: 'good' }),
        expect.objectContaining({ text: 'Never told of anything: mine.' }),
      ]),
    });
    for (const command of ['check', 'serve']) {
      expect(await herald([command], env)).toMatchObject({
        code: 1,
        output: expect.stringContaining('does by itself what "herald check" does'),
      });
    }
    expect(await end('SIGTERM')).toBe(0);
    expect(await herald(['subscriptions', 'remove', 'mine'], env)).toMatchObject({ code: 0 });
  });
});

/** Runs the program to its end. */
function herald(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly output: string }> {
  const main = join(import.meta.dirname, '../../src/entry/main.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd: directory, env: { PATH: process.env.PATH, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

describe('herald serve with fewer roles', () => {
  it.each(['web', 'worker', 'scheduler', 'web,worker'])('--roles %s is refused without a server for the store', async (roles) => {
    const env = environment({ HERALD_DATA_DIR: join(directory, 'data') });
    await expect(startProgram(['--roles', roles], env, directory)).rejects.toThrow(/ended with 1: [\s\S]*Set DATABASE_URL/);
  });
});

const server = await postgres();
const queueUrl = new URL(REDIS_URL);
/** A database of Redis that nothing else here uses. */
queueUrl.pathname = '/9';

async function onRedis(work: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(queueUrl.href, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null });
  redis.on('error', () => undefined);
  await redis.connect();
  try {
    await work(redis);
  } finally {
    redis.disconnect();
  }
}

const available = server.available && (await serviceOrSkip('Redis', () => onRedis((redis) => redis.ping())));

describe.runIf(available)('herald serve in two processes, on PostgreSQL and Redis', () => {
  let home: TestDatabase;
  const emptyQueue = () => onRedis((redis) => redis.flushdb());
  beforeEach(async () => {
    home = await server.create();
    await emptyQueue();
  });
  afterEach(async () => {
    await killPrograms();
    await home.drop();
    await emptyQueue();
  });

  it('tells one release exactly once', async () => {
    await lookedBefore(home.location);
    const { databaseUrl } = z.object({ databaseUrl: z.string() }).parse(home.location);
    const env = environment({ DATABASE_URL: databaseUrl, REDIS_URL: queueUrl.href });
    const [one, other] = await Promise.all([
      startProgram(['--roles', 'web,worker'], env, directory),
      startProgram(['--roles', 'worker,scheduler'], env, directory),
    ]);
    expect(other.url).toBeNull();
    await untilDelivered(one.url);
    expect(await titles()).toEqual(ONCE);
    expect(await Promise.all([one.end('SIGTERM'), other.end('SIGTERM')])).toEqual([0, 0]);
    expect(await titles()).toEqual(ONCE);
  });
});

describe('herald migrate', () => {
  const migrate = (...args: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const main = join(import.meta.dirname, '../../src/entry/main.ts');
      const env = { PATH: process.env.PATH, HERALD_DATA_DIR: join(directory, 'migrated') };
      execFile(process.execPath, [main, 'migrate', ...args], { cwd: directory, env }, (error, stdout) =>
        error === null ? resolve(stdout.trim()) : reject(error),
      );
    });

  it('says what it applied, and the second time that nothing was to do', async () => {
    expect(JSON.parse(await migrate('--json'))).toEqual({ applied: expect.arrayContaining(['0001-initial']) });
    expect(await migrate()).toBe('The tables are up to date.');
    expect(JSON.parse(await migrate('--json'))).toEqual({ applied: [] });
  });
});
