/** The producer's side: puts jobs and schedules into the lanes. */
import { z } from 'zod';
import { HeraldError } from '../../core/errors.ts';
import type { JobName, JobQueue, JobSchedule, Log, QueuedJob } from '../../ports.ts';
import { LANE_OF, LANES, type Lane, type LaneQueue, type QueueBackend } from './backend.ts';
import { RETRY_OPTIONS } from './retry.ts';

export interface JobQueueOptions {
  readonly backend: QueueBackend;
  readonly log: Log;
}

/** A payload holds ids and nothing else: the queue keeps it in plain text, and truth is in the store. */
const Ids = z.record(z.string(), z.string().min(1).max(200));

/** Kept for a person to look at; what matters of a failure is in the store. */
const KEEP_FAILED = { age: 7 * 24 * 60 * 60, count: 1_000 };

const JOB_OPTIONS = { ...RETRY_OPTIONS, removeOnComplete: true, removeOnFail: KEEP_FAILED };

/**
 * Opens the queue. Its methods throw HeraldError QUEUE_UNAVAILABLE when the backend is away, and TypeError for a payload
 * that is not ids only.
 */
export async function createJobQueue({ backend, log }: JobQueueOptions): Promise<JobQueue> {
  const onError = (error: Error): void => log.warn('the queue lost its connection and reconnects', { reason: error.message });
  const lanes = {
    poll: backend.queue('poll', onError),
    assess: backend.queue('assess', onError),
    deliver: backend.queue('deliver', onError),
    upkeep: backend.queue('upkeep', onError),
  };
  const queues = LANES.map((lane) => lanes[lane]);
  await reaching(() => Promise.all(queues.map((queue) => queue.waitUntilReady())));
  const flows = backend.flows(onError);
  let closing: Promise<unknown> | undefined;

  return {
    enqueue: async (name, payload, options = {}) => {
      const ids = idsOf(name, payload);
      // Simple deduplication: it holds while the job waits; the worker lets go of the id when it begins the job.
      const deduplication = options.id === undefined ? {} : { deduplication: { id: options.id } };
      await reaching(() => lanes[LANE_OF[name]].add(name, ids, { ...JOB_OPTIONS, delay: options.delayMs ?? 0, ...deduplication }));
    },

    enqueueAfter: async (last, first) => {
      const node = ({ name, payload }: QueuedJob) => ({ name, queueName: backend.queueName(LANE_OF[name]), data: idsOf(name, payload) });
      // What failed for good is recorded where it failed; the last job says how things stand all the same.
      const children = first.map((job) => ({ ...node(job), opts: { ...JOB_OPTIONS, ignoreDependencyOnFailure: true } }));
      await reaching(() => flows.add({ ...node(last), opts: JOB_OPTIONS, children }));
    },

    applySchedules: async (schedules) => {
      for (const schedule of schedules) await upsert(lanes[LANE_OF[schedule.name]], schedule);
      for (const lane of LANES) await removeOthers(lanes[lane], schedulesIn(lane, schedules));
    },

    counts: async () => {
      const all = await reaching(() => Promise.all(queues.map((queue) => queue.getJobCounts('wait', 'delayed', 'active', 'failed'))));
      const sum = (state: string): number => all.reduce((total, counts) => total + (counts[state] ?? 0), 0);
      return { waiting: sum('wait'), delayed: sum('delayed'), active: sum('active'), failed: sum('failed') };
    },

    close: async () => {
      closing ??= Promise.all([...queues.map((queue) => queue.close()), flows.close()]);
      await closing;
    },
  };
}

async function upsert(queue: LaneQueue, { id, name, payload, cron, timeZone }: JobSchedule): Promise<void> {
  const data = idsOf(name, payload);
  await reaching(() => queue.upsertJobScheduler(id, { pattern: cron, tz: timeZone }, { name, data, opts: JOB_OPTIONS }));
}

function schedulesIn(lane: Lane, schedules: readonly JobSchedule[]): ReadonlySet<string> {
  return new Set(schedules.filter(({ name }) => LANE_OF[name] === lane).map(({ id }) => id));
}

async function removeOthers(queue: LaneQueue, kept: ReadonlySet<string>): Promise<void> {
  const schedulers = await reaching(() => queue.getJobSchedulers());
  for (const { key } of schedulers) {
    if (!kept.has(key)) await reaching(() => queue.removeJobScheduler(key));
  }
}

function idsOf(name: JobName, payload: unknown): z.infer<typeof Ids> {
  const parsed = Ids.safeParse(payload);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'payload');
  throw new TypeError(`a ${name} job carries ids only: ${fields.join(', ')} is none`);
}

async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new HeraldError('QUEUE_UNAVAILABLE', `the queue cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
