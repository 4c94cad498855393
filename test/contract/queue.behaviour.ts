/** What the use-cases rely on of the queue, the same on PGlite, PostgreSQL and Redis. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { QueueBackend } from '../../src/adapters/queue/backend.ts';
import { createJobQueue } from '../../src/adapters/queue/queue.ts';
import { startJobWorker } from '../../src/adapters/queue/worker.ts';
import { HeraldError } from '../../src/core/errors.ts';
import type { JobContext, JobHandlers, JobQueue, JobSchedule, JobWorker } from '../../src/ports.ts';

/** A server with a backend per test, each with queues of its own. */
export interface QueueServer {
  readonly name: string;
  readonly available: boolean;
  open(): Promise<void>;
  backend(): Promise<QueueBackend>;
  close(): Promise<void>;
}

type Run = (id: string, context: JobContext) => Promise<void>;

const parseTarget = (payload: unknown) => z.object({ targetId: z.string() }).parse(payload);
const parseSubscription = (payload: unknown) => z.object({ subscriptionId: z.string() }).parse(payload);
const parseImage = (payload: unknown) => z.object({ targetId: z.string(), tag: z.string() }).parse(payload);
const parseRelease = (payload: unknown) => z.object({ releaseKey: z.string() }).parse(payload);
const parseDelivery = (payload: unknown) => z.object({ deliveryId: z.string() }).parse(payload);

interface LogLine {
  readonly message: string;
  readonly ids: Readonly<Record<string, unknown>>;
}

/** Longer than any test: a job that waits this long is still waiting when it is looked at, on a slow machine too. */
const FAR_AWAY_MS = 600_000;

export function queueBehaviour(server: QueueServer): void {
  describe.runIf(server.available)(`the queue on ${server.name}`, () => {
    let backend: QueueBackend;
    let queue: JobQueue;
    let workers: JobWorker[];
    let lines: LogLine[];

    beforeAll(() => server.open());
    afterAll(() => server.close());

    async function begin(): Promise<void> {
      backend = await server.backend();
      workers = [];
      lines = [];
      queue = await createJobQueue({ backend, log });
    }

    afterEach(async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await queue.close();
      await backend.close();
    });

    const note = (message: string, ids: Readonly<Record<string, unknown>> = {}): void => void lines.push({ message, ids });
    const log = { debug: note, info: note, warn: note, error: note };

    /** Starts a worker whose deliver jobs do this. */
    async function work(run: Run, other: Partial<JobHandlers> = {}): Promise<JobWorker> {
      const worker = startJobWorker({ backend, handlers: { ...handlersFor(run), ...other }, log });
      workers.push(worker);
      await worker.ready();
      return worker;
    }

    /** A worker that notes what it does, and the notes. */
    async function recorder(run: Run = () => Promise.resolve()): Promise<{ readonly ids: string[]; readonly contexts: JobContext[] }> {
      const ids: string[] = [];
      const contexts: JobContext[] = [];
      await work(async (id, context) => {
        ids.push(id);
        contexts.push(context);
        await run(id, context);
      });
      return { ids, contexts };
    }

    const deliver = (deliveryId: string, options = {}) => queue.enqueue('deliver', { deliveryId }, options);
    const idle = { waiting: 0, delayed: 0, active: 0, failed: 0 };

    it('runs a job once and keeps nothing of it', async () => {
      await begin();
      const done = await recorder();
      await deliver('d1');
      await expect.poll(() => done.ids).toEqual(['d1']);
      await expect.poll(() => queue.counts()).toEqual(idle);
      expect(done.contexts[0]).toMatchObject({ attempt: 1, lastAttempt: false });
    });

    it('runs jobs that were queued before any worker started, oldest first', async () => {
      await begin();
      for (const id of ['a', 'b', 'c']) await deliver(id);
      expect(await queue.counts()).toEqual({ ...idle, waiting: 3 });
      const done: string[] = [];
      const worker = startJobWorker({ backend, handlers: handlersFor(async (id) => void done.push(id)), log, concurrency: { deliver: 1 } });
      workers.push(worker);
      await expect.poll(() => done).toEqual(['a', 'b', 'c']);
    });

    it('runs each kind of job by its own handler', async () => {
      await begin();
      const seen: string[] = [];
      await work(async (id) => void seen.push(`deliver ${id}`), {
        'poll-target': { parse: parseTarget, handle: async ({ targetId }) => void seen.push(`poll ${targetId}`) },
        digest: { parse: parseSubscription, handle: async ({ subscriptionId }) => void seen.push(`digest ${subscriptionId}`) },
        reconcile: { parse: () => ({}), handle: async () => void seen.push('reconcile') },
      });
      await queue.enqueue('poll-target', { targetId: 'hadron' });
      await queue.enqueue('digest', { subscriptionId: 'weekly' });
      await queue.enqueue('reconcile', {});
      await deliver('d1');
      await expect.poll(() => seen.toSorted()).toEqual(['deliver d1', 'digest weekly', 'poll hadron', 'reconcile']);
    });

    it('does not start a delayed job early', async () => {
      await begin();
      const asked = Date.now();
      const pauses: number[] = [];
      await recorder(async () => void pauses.push(Date.now() - asked));
      await deliver('later', { delayMs: 600 });
      await expect.poll(() => pauses, { timeout: 10_000 }).toHaveLength(1);
      expect(pauses[0]).toBeGreaterThanOrEqual(600);
    });

    describe('a job that waits for others', () => {
      const images = (tags: readonly string[]) =>
        tags.map((tag) => ({ name: 'assess-image' as const, payload: { targetId: 'hadron', tag } }));
      const release = { name: 'conclude-release' as const, payload: { releaseKey: 'kairos@v4.3.0' } };

      it('begins when all of them are done', async () => {
        await begin();
        const done = await recorder();
        await queue.enqueueAfter(release, images(['one', 'two', 'three']));
        await expect.poll(() => done.ids).toHaveLength(4);
        expect(done.ids.slice(0, 3).toSorted()).toEqual(['one', 'three', 'two']);
        expect(done.ids[3]).toBe('kairos@v4.3.0');
        await expect.poll(() => queue.counts()).toEqual(idle);
      });

      it('begins also when one of them failed for good', async () => {
        await begin();
        const done = await recorder(async (id) => {
          if (id === 'bad') throw new HeraldError('TOO_LARGE', 'no use in trying again');
        });
        await queue.enqueueAfter(release, images(['bad', 'good']));
        await expect.poll(() => done.ids).toContain('kairos@v4.3.0');
        expect(done.ids.slice(0, 2).toSorted()).toEqual(['bad', 'good']);
      });

      it('begins at once where there are none', async () => {
        await begin();
        const done = await recorder();
        await queue.enqueueAfter(release, []);
        await expect.poll(() => done.ids).toEqual(['kairos@v4.3.0']);
      });
    });

    describe('jobs of one id', () => {
      it('are one job while they wait', async () => {
        await begin();
        for (let n = 0; n < 5; n += 1) await deliver('d1', { id: 'deliver-d1' });
        await Promise.all(Array.from({ length: 5 }, () => deliver('d1', { id: 'deliver-d1' })));
        expect(await queue.counts()).toEqual({ ...idle, waiting: 1 });
        const done = await recorder();
        await expect.poll(() => queue.counts()).toEqual(idle);
        expect(done.ids).toEqual(['d1']);
      });

      it('are one job while they are delayed', async () => {
        await begin();
        await deliver('d1', { id: 'deliver:d1', delayMs: 60_000 });
        await deliver('d1', { id: 'deliver:d1', delayMs: 60_000 });
        expect(await queue.counts()).toEqual({ ...idle, delayed: 1 });
      });

      it('can be queued again after the job ran', async () => {
        await begin();
        const done = await recorder();
        await deliver('d1', { id: 'deliver-d1' });
        await expect.poll(() => queue.counts()).toEqual(idle);
        await deliver('d1', { id: 'deliver-d1' });
        await expect.poll(() => done.ids).toEqual(['d1', 'd1']);
      });

      it('can be queued again while the job runs, by the job itself and with a delay too', async () => {
        await begin();
        const done = await recorder(async () => {
          if (done.ids.length === 1) await deliver('d1', { id: 'deliver-d1', delayMs: 50 });
        });
        await deliver('d1', { id: 'deliver-d1' });
        await expect.poll(() => done.ids, { timeout: 10_000 }).toEqual(['d1', 'd1']);
        await expect.poll(() => queue.counts()).toEqual(idle);
      });

      it('stay one when the job that was queued meanwhile is waiting', async () => {
        await begin();
        const done = await recorder(async () => {
          if (done.ids.length > 1) return;
          await deliver('d1', { id: 'deliver-d1', delayMs: FAR_AWAY_MS });
        });
        await deliver('d1', { id: 'deliver-d1' });
        await expect.poll(() => queue.counts()).toEqual({ ...idle, delayed: 1 });
        await deliver('d1', { id: 'deliver-d1', delayMs: FAR_AWAY_MS });
        expect(await queue.counts()).toEqual({ ...idle, delayed: 1 });
      });

      it('can be queued again after the job failed for good', async () => {
        await begin();
        const done = await recorder(() => Promise.reject(new HeraldError('UNAUTHORIZED', 'no')));
        await deliver('d1', { id: 'deliver-d1' });
        await expect.poll(() => queue.counts()).toEqual({ ...idle, failed: 1 });
        await deliver('d1', { id: 'deliver-d1' });
        await expect.poll(() => done.ids).toEqual(['d1', 'd1']);
      });
    });

    describe('a job that fails', () => {
      it('is tried again after the time the provider named', async () => {
        await begin();
        const times: number[] = [];
        const done = await recorder(async (_id, { attempt }) => {
          times.push(Date.now());
          if (attempt < 3) throw new HeraldError('RATE_LIMITED', 'slow down', { retryAfterMs: 300 });
        });
        await deliver('d1');
        await expect.poll(() => done.contexts.map(({ attempt }) => attempt), { timeout: 15_000 }).toEqual([1, 2, 3]);
        await expect.poll(() => queue.counts()).toEqual(idle);
        const pauses = times.slice(1).map((time, n) => time - (times[n] ?? 0));
        for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(290);
      });

      it('is given up after five tries, and says so', async () => {
        await begin();
        const done = await recorder(() => Promise.reject(new HeraldError('TIMEOUT', 'too slow', { retryAfterMs: 10 })));
        await deliver('d1');
        await expect.poll(() => queue.counts(), { timeout: 20_000 }).toEqual({ ...idle, failed: 1 });
        expect(done.contexts.map(({ attempt, lastAttempt }) => [attempt, lastAttempt])).toEqual([
          [1, false],
          [2, false],
          [3, false],
          [4, false],
          [5, true],
        ]);
        expect(lines.filter(({ message }) => message === 'a job failed')).toHaveLength(1);
        expect(lines.at(-1)?.ids).toMatchObject({ job: 'deliver', attempt: 5, code: 'TIMEOUT' });
      });

      it.each(['SCHEMA_MISMATCH', 'UNAUTHORIZED'] as const)('is not tried again when that cannot help (%s)', async (code) => {
        await begin();
        const done = await recorder(() => Promise.reject(new HeraldError(code, 'no')));
        await deliver('d1');
        await expect.poll(() => queue.counts()).toEqual({ ...idle, failed: 1 });
        expect(done.ids).toEqual(['d1']);
      });

      it('does not hold up the others', async () => {
        await begin();
        const done = await recorder((id) =>
          id === 'bad' ? Promise.reject(new HeraldError('TIMEOUT', 'slow', { retryAfterMs: 60_000 })) : Promise.resolve(),
        );
        await deliver('bad');
        await deliver('good');
        await expect.poll(() => done.ids.toSorted()).toEqual(['bad', 'good']);
        await expect.poll(() => queue.counts()).toEqual({ ...idle, delayed: 1 });
      });
    });

    describe('payloads', () => {
      it.each([
        ['an empty id', { deliveryId: '' }],
        ['a whole document', { deliveryId: 'x'.repeat(201) }],
        ['an object', { deliveryId: { token: 'secret' } }],
      ])('with %s are refused before they are queued', async (_name, payload) => {
        await begin();
        await expect(Reflect.apply(queue.enqueue, queue, ['deliver', payload])).rejects.toThrow(TypeError);
        expect(await queue.counts()).toEqual(idle);
      });

      it('are checked again when the job is taken: a bad one fails at once, without its content in the log', async () => {
        await begin();
        const done = await recorder();
        await Reflect.apply(queue.enqueue, queue, ['deliver', { somethingElse: 'hush' }]);
        await expect.poll(() => queue.counts()).toEqual({ ...idle, failed: 1 });
        expect(done.ids).toEqual([]);
        expect(JSON.stringify(lines)).not.toContain('hush');
      });

      it('of an unknown job are dropped with a line in the log', async () => {
        await begin();
        await work(() => Promise.resolve());
        const lane = backend.queue('deliver', (error) => note(error.message));
        await lane.add('job-of-the-future', { secret: 'hush' }, { removeOnComplete: true });
        await expect.poll(() => lines.map(({ message }) => message)).toContain('a job of an unknown name was dropped');
        await expect.poll(() => queue.counts()).toEqual(idle);
        expect(JSON.stringify(lines)).not.toContain('hush');
        await lane.close();
      });
    });

    describe('schedules', () => {
      const schedule = (id: string, cron: string, targetId = id): JobSchedule => ({
        id,
        name: 'poll-target',
        payload: { targetId },
        cron,
        timeZone: 'Europe/Berlin',
      });
      const yearly = '0 0 1 1 *';
      const scheduled = async (): Promise<unknown> => {
        const lanes = [backend.queue('poll', () => undefined), backend.queue('upkeep', () => undefined)];
        const all = await Promise.all(lanes.map((lane) => lane.getJobSchedulers()));
        await Promise.all(lanes.map((lane) => lane.close()));
        return all
          .flat()
          .map(({ key, pattern, tz, template }) => [key, pattern, tz, template?.data])
          .toSorted();
      };

      it('are exactly those of the configuration, one waiting job each, however often they are applied', async () => {
        await begin();
        await queue.applySchedules([schedule('poll-a', yearly), schedule('poll-b', yearly)]);
        await queue.applySchedules([schedule('poll-a', yearly), schedule('poll-b', yearly)]);
        expect(await scheduled()).toEqual([
          ['poll-a', yearly, 'Europe/Berlin', { targetId: 'poll-a' }],
          ['poll-b', yearly, 'Europe/Berlin', { targetId: 'poll-b' }],
        ]);
        expect(await queue.counts()).toEqual({ ...idle, delayed: 2 });
      });

      it('are changed and removed with the configuration', async () => {
        await begin();
        const reconcile: JobSchedule = { id: 'reconcile', name: 'reconcile', payload: {}, cron: yearly, timeZone: 'UTC' };
        await queue.applySchedules([schedule('poll-a', yearly), schedule('poll-b', yearly), reconcile]);
        await queue.applySchedules([schedule('poll-a', '0 9 * * 1', 'renamed')]);
        expect(await scheduled()).toEqual([['poll-a', '0 9 * * 1', 'Europe/Berlin', { targetId: 'renamed' }]]);
        expect(await queue.counts()).toEqual({ ...idle, delayed: 1 });
      });

      it('make jobs, with the retries and the clean-up of every job', async () => {
        await begin();
        const seen: string[] = [];
        await work(() => Promise.resolve(), {
          'poll-target': {
            parse: parseTarget,
            handle: async ({ targetId }, { attempt }) => {
              seen.push(`${targetId} ${attempt}`);
              if (seen.length === 1) throw new HeraldError('TIMEOUT', 'slow', { retryAfterMs: 10 });
            },
          },
        });
        // Six fields: every second, so that the test need not wait for a minute.
        await queue.applySchedules([schedule('poll-a', '* * * * * *')]);
        await expect.poll(() => seen, { timeout: 15_000 }).toContain('poll-a 2');
        await queue.applySchedules([]);
        await expect.poll(() => queue.counts()).toEqual(idle);
      });
    });

    describe('workers', () => {
      it('finish what they have in hand before they close, and take nothing more', async () => {
        await begin();
        const gate = Promise.withResolvers<void>();
        const started = Promise.withResolvers<void>();
        const done: string[] = [];
        const worker = startJobWorker({
          backend,
          log,
          concurrency: { deliver: 1 },
          handlers: handlersFor(async (id) => {
            started.resolve();
            await gate.promise;
            done.push(id);
          }),
        });
        workers.push(worker);
        await deliver('first');
        await deliver('second');
        await started.promise;
        const closing = worker.close();
        gate.resolve();
        await closing;
        await worker.close();
        expect(done).toEqual(['first']);
        expect(await queue.counts()).toEqual({ ...idle, waiting: 1 });
      });

      it('leave the rest to the next worker', async () => {
        await begin();
        const first = await work(() => Promise.resolve());
        await first.close();
        await deliver('d1');
        await deliver('d2', { delayMs: 100 });
        const done = await recorder();
        await expect.poll(() => done.ids.toSorted(), { timeout: 10_000 }).toEqual(['d1', 'd2']);
      });

      it('share the jobs: two of them run each job once', async () => {
        await begin();
        const [one, two] = [await recorder(), await recorder()];
        const ids = Array.from({ length: 40 }, (_, n) => `d${n}`);
        await Promise.all(ids.map((id) => deliver(id)));
        await expect.poll(() => one.ids.length + two.ids.length, { timeout: 20_000 }).toBe(40);
        expect([...one.ids, ...two.ids].toSorted()).toEqual(ids.toSorted());
      });
    });

    it('is closed once, however often it is asked', async () => {
      await begin();
      await Promise.all([queue.close(), queue.close()]);
      await queue.close();
    });
  });
}

function handlersFor(run: Run): JobHandlers {
  const nothing = () => Promise.resolve();
  return {
    'poll-target': { parse: parseTarget, handle: nothing },
    deliver: { parse: parseDelivery, handle: ({ deliveryId }, context) => run(deliveryId, context) },
    digest: { parse: parseSubscription, handle: nothing },
    reconcile: { parse: () => ({}), handle: nothing },
    'assess-image': { parse: parseImage, handle: ({ tag }, context) => run(tag, context) },
    'conclude-release': { parse: parseRelease, handle: ({ releaseKey }, context) => run(releaseKey, context) },
    'refresh-trust-root': { parse: () => ({}), handle: nothing },
  };
}
