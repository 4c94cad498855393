/** Starts the roles of one process and says how to end them. What fails half-way is closed again. */

import type { Http } from '../adapters/http.ts';
import { postgresBackend, type QueueBackend, redisBackend } from '../adapters/queue/backend.ts';
import { createJobQueue } from '../adapters/queue/queue.ts';
import { startJobWorker } from '../adapters/queue/worker.ts';
import { earlyPoll } from '../app/early-poll.ts';
import { createJobHandlers } from '../app/jobs.ts';
import { HeraldError } from '../core/errors.ts';
import type { Hint } from '../core/hint.ts';
import type { Clock, JobQueue, Log, Store } from '../ports.ts';
import { type ConsoleSink, createDeps, webhookReaders } from './compose.ts';
import type { Settings } from './config.ts';
import { requireCredentials } from './credentials.ts';
import { startHttpServer } from './http-server.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import { openNetwork } from './network.ts';
import { databaseLocation, type OpenedStore, openStore, systemClock } from './open-store.ts';
import { ROLES, type Role, schedulesOf } from './roles.ts';
import type { Secrets } from './secrets.ts';

export interface ServeOptions {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly roles: ReadonlySet<Role>;
  readonly log: Log;
  readonly console: ConsoleSink;
  readonly clock?: Clock;
  /** What ends the parts; stopping it during the start ends what was started so far. */
  readonly lifecycle?: Lifecycle;
}

export interface Serving {
  /** Where the web role listens; null without it. */
  readonly url: string | null;
  readonly lifecycle: Lifecycle;
  readonly queue: JobQueue;
  readonly store: Store;
}

/** Starts everything, in the order it depends on each other; ending is the reverse. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { settings, secrets, log } = options;
  refuseHalfConfigured(options);
  const lifecycle = options.lifecycle ?? createLifecycle(log);
  try {
    const opened = await openStore(databaseLocation(options.env, secrets), log);
    lifecycle.onStop('store', opened.close);
    await opened.store.applyConfiguration(settings.targets, settings.subscriptions, (options.clock ?? systemClock).now());
    const http = openNetwork({ settings, secrets, clock: options.clock ?? systemClock });
    const queue = await startJobs(options, opened, http, lifecycle);
    const url = options.roles.has('web') ? await startWeb(options, opened, queue, http, lifecycle) : null;
    return { url, lifecycle, queue, store: opened.store };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

function refuseHalfConfigured({ settings, secrets, roles }: ServeOptions): void {
  requireCredentials(settings, secrets);
  if (secrets.databaseUrl !== null) return;
  if (secrets.redisUrl !== null) {
    throw new HeraldError('INVALID_CONFIG', 'REDIS_URL is set and DATABASE_URL is not.', {
      hint: 'The queue on Redis is for several processes, which need a PostgreSQL server too. Set DATABASE_URL, or unset REDIS_URL.',
    });
  }
  if (ROLES.some((role) => !roles.has(role))) {
    throw new HeraldError('INVALID_CONFIG', 'Splitting the roles needs a PostgreSQL server: the embedded store belongs to one process.', {
      hint: 'Set DATABASE_URL, or leave --roles out.',
    });
  }
}

async function startJobs(options: ServeOptions, opened: OpenedStore, http: Http, lifecycle: Lifecycle): Promise<JobQueue> {
  const { settings, secrets, log, roles } = options;
  const backend = await openBackend(secrets, opened);
  lifecycle.onStop('queue connections', () => backend.close());
  const queue = await createJobQueue({ backend, log });
  lifecycle.onStop('queue', () => queue.close());
  const clock = options.clock === undefined ? {} : { clock: options.clock };
  const deps = await createDeps({
    settings,
    secrets,
    store: opened.store,
    queue,
    log,
    console: options.console,
    http,
    stateDir: options.env.HERALD_DATA_DIR ?? './data',
    ...clock,
  });
  const handlers = createJobHandlers(deps);
  if (roles.has('worker')) {
    const worker = startJobWorker({ backend, handlers, log });
    lifecycle.onStop('worker', () => worker.close());
    await worker.ready();
  }
  if (roles.has('scheduler')) {
    await queue.applySchedules(schedulesOf(settings));
    // Catches up at once with whatever was missed while no process ran.
    await queue.enqueue('reconcile', {}, { id: 'reconcile-at-start' });
  }
  return queue;
}

function openBackend(secrets: Secrets, { database }: OpenedStore): QueueBackend | Promise<QueueBackend> {
  return secrets.redisUrl === null ? postgresBackend(database.pool) : redisBackend(secrets.redisUrl);
}

async function startWeb(
  { settings, secrets, log, clock = systemClock }: ServeOptions,
  { store }: OpenedStore,
  queue: JobQueue,
  http: Http,
  lifecycle: Lifecycle,
): Promise<string> {
  const onHint = (hint: Hint) => earlyPoll({ store, queue, targets: settings.targets, clock }, hint);
  const webhooks = { readers: webhookReaders(secrets), onHint };
  const server = await startHttpServer({ ...settings.http, store, http, log, webhooks });
  lifecycle.onStop('web', () => server.close());
  return server.url;
}
