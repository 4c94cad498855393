/** The consumer's side: takes jobs from the lanes and hands each to its handler. */
import { type Job, UnrecoverableError } from 'bullmq';
import { HeraldError } from '../../core/errors.ts';
import type { JobContext, JobHandlers, JobName, JobPayloads, JobWorker, Log } from '../../ports.ts';
import { LANES, type Lane, type QueueBackend } from './backend.ts';
import { ATTEMPTS, backoffMs, worthRetrying } from './retry.ts';

export interface JobWorkerOptions {
  readonly backend: QueueBackend;
  readonly handlers: JobHandlers;
  readonly log: Log;
  /** Jobs at once in a lane of this process. */
  readonly concurrency?: Partial<Readonly<Record<Lane, number>>>;
}

/** Upkeep jobs look at everything; two of them at once would only do the same work twice. */
const CONCURRENCY: Readonly<Record<Lane, number>> = { poll: 4, assess: 2, deliver: 4, upkeep: 1 };

/** Starts taking jobs; see JobWorker for how to wait for it and how to stop it. */
export function startJobWorker({ backend, handlers, log, concurrency }: JobWorkerOptions): JobWorker {
  const onError = (error: Error): void => log.warn('the worker lost its connection and reconnects', { reason: error.message });
  const settings = { backoffStrategy: (attempts: number, _type?: string, error?: Error) => backoffMs(attempts, error, Math.random) };
  const workers = LANES.map((lane) =>
    backend.worker(
      lane,
      (job: Job) => dispatch(handlers, log, job),
      { concurrency: concurrency?.[lane] ?? CONCURRENCY[lane], settings },
      onError,
    ),
  );
  let closing: Promise<unknown> | undefined;
  return {
    ready: async () => {
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    },
    close: async () => {
      closing ??= Promise.all(workers.map((worker) => worker.close()));
      await closing;
    },
  };
}

async function dispatch(handlers: JobHandlers, log: Log, job: Job): Promise<void> {
  // From here on the same id may be queued again: what changes now must be looked at after this run.
  await job.removeDeduplicationKey();
  const attempt = job.attemptsMade + 1;
  const context: JobContext = { jobId: job.id ?? '', attempt, lastAttempt: attempt >= (job.opts.attempts ?? ATTEMPTS) };
  const ids = { job: job.name, jobId: context.jobId, attempt };
  if (!isJobName(handlers, job.name)) {
    // Of a version of Herald that is no longer, or not yet, installed here. Failing it would only repeat it.
    log.warn('a job of an unknown name was dropped', ids);
    return;
  }
  try {
    await run(handlers, job.name, job.data, context);
  } catch (error) {
    const again = !context.lastAttempt && worthRetrying(error);
    log.warn(again ? 'a job failed and is tried again' : 'a job failed', { ...ids, ...describe(error) });
    throw worthRetrying(error) ? error : new UnrecoverableError(messageOf(error));
  }
}

function isJobName(handlers: JobHandlers, name: string): name is JobName {
  return Object.hasOwn(handlers, name);
}

async function run<N extends JobName>(handlers: JobHandlers, name: N, data: unknown, context: JobContext): Promise<void> {
  const { parse, handle } = handlers[name];
  let payload: JobPayloads[N];
  try {
    payload = parse(data);
  } catch {
    // What the parser says quotes the payload, and whoever wrote that it was not us: neither belongs into a log.
    throw new UnrecoverableError(`the payload of this ${name} job is not what it should be`);
  }
  await handle(payload, context);
}

function describe(error: unknown): Readonly<Record<string, unknown>> {
  return error instanceof HeraldError ? { code: error.code, reason: error.message } : { reason: messageOf(error) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
