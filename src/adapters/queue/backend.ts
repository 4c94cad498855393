/**
 * Where BullMQ keeps its jobs: Redis, or the database that is there anyway. The same Queue and Worker code runs on both.
 * Jobs go into four lanes, each a BullMQ queue of its own, so that slow upstreams never hold up messages.
 */
import {
  type BackendClasses,
  createPostgresBackend,
  createRedisBackend,
  type FlowProducer,
  type IQueueBackend,
  isPgPool,
  type Processor,
  type Queue,
  runMigrations,
  type Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq';
import type pg from 'pg';
import type { JobName } from '../../ports.ts';
import { connectRedis } from './connection.ts';

export const LANES = ['poll', 'assess', 'deliver', 'upkeep'] as const;
export type Lane = (typeof LANES)[number];

export const LANE_OF: Readonly<Record<JobName, Lane>> = {
  'poll-target': 'poll',
  deliver: 'deliver',
  digest: 'upkeep',
  reconcile: 'upkeep',
  'assess-image': 'assess',
  'conclude-release': 'upkeep',
  'refresh-trust-root': 'upkeep',
};

/** Names the queues, so that several Heralds can share a server. */
const DEFAULT_PREFIX = 'herald';

export type LaneQueue = Pick<
  Queue,
  'add' | 'upsertJobScheduler' | 'getJobSchedulers' | 'removeJobScheduler' | 'getJobCounts' | 'waitUntilReady' | 'close'
>;
export type LaneWorker = Pick<Worker, 'waitUntilReady' | 'close'>;
/** Puts jobs of several lanes in together, one of which waits for the others. */
export type Flows = Pick<FlowProducer, 'add' | 'close'>;

/** Hears of connections that broke; BullMQ reconnects by itself. An emitter without such a listener would end the process. */
export type OnError = (error: Error) => void;

export interface QueueBackend {
  queue(lane: Lane, onError: OnError): LaneQueue;
  /** What BullMQ calls the queue of a lane. */
  queueName(lane: Lane): string;
  flows(onError: OnError): Flows;
  worker(lane: Lane, processor: Processor, options: Omit<WorkerOptions, 'connection'>, onError: OnError): LaneWorker;
  /** After every queue and worker on it is closed. Idempotent. */
  close(): Promise<void>;
}

/** Jobs on Redis or Valkey. Throws HeraldError QUEUE_UNAVAILABLE when it does not answer. */
export async function redisBackend(url: string, prefix: string = DEFAULT_PREFIX): Promise<QueueBackend> {
  const { producer, consumer, close } = await connectRedis(url);
  return backendOf(withBackend(createRedisBackend), { producer, consumer, prefix, close: async () => close() });
}

/**
 * Jobs in PostgreSQL (a server or PGlite), in tables of BullMQ's own in the schema `bullmq`, brought up to date here.
 * The pool must have that schema on its search path; it stays open, its owner closes it. Every worker lane keeps one connection.
 */
export async function postgresBackend(pool: pg.Pool, prefix: string = DEFAULT_PREFIX): Promise<QueueBackend> {
  if (!isPgPool(pool)) throw new TypeError('BullMQ does not take this pool for one');
  const client = await pool.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
  }
  // Every queue and worker listens for the pool's errors, and goes on listening after it is closed.
  pool.setMaxListeners(pool.getMaxListeners() + 10 * LANES.length);
  return backendOf(withBackend(createPostgresBackend), { producer: pool, consumer: pool, prefix, close: () => Promise.resolve() });
}

interface Connections<C> {
  readonly producer: C;
  readonly consumer: C;
  readonly prefix: string;
  readonly close: () => Promise<void>;
}

function backendOf<B extends IQueueBackend, C>(classes: BackendClasses<B, C>, connections: Connections<C>): QueueBackend {
  const { producer, consumer, prefix, close } = connections;
  const queueName = (lane: Lane): string => `${prefix}-${lane}`;
  return {
    queue: (lane, onError) => new classes.Queue(queueName(lane), { connection: producer }).on('error', onError),
    queueName,
    flows: (onError) => new classes.FlowProducer({ connection: producer }).on('error', onError),
    worker: (lane, processor, options, onError) =>
      new classes.Worker(queueName(lane), processor, { ...options, connection: consumer }).on('error', onError),
    close,
  };
}
