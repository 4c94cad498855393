/**
 * The outside world as a test wants it: a source that shows what it is told to, a Slack that answers what it is told to, a
 * queue that is a list, a clock that is set. Implementations of the ports, so that the use-cases and the store are the real ones.
 */
import type { AppDeps, Notifiers } from '../../src/app/deps.ts';
import { createJobHandlers } from '../../src/app/jobs.ts';
import type { FindOutcome, SendOutcome } from '../../src/core/delivery.ts';
import type { Observation, PageRow, TagRow } from '../../src/core/discover.ts';
import type { SourceKind, Target } from '../../src/core/target.ts';
import { epochMs, type Instant, plusMs } from '../../src/core/time.ts';
import type { JobHandlers, JobName, JobQueue, Notifier, Observed, Source, Store } from '../../src/ports.ts';
import { PLAIN } from '../../src/render/text.ts';
import { second, T0 } from './stores.ts';

// ── Rows of listings ───────────────────────────────────────────────────────────────────────────────────────────────

export const DIGEST = `sha256:${'a'.repeat(64)}`;
export const OTHER_DIGEST = `sha256:${'b'.repeat(64)}`;

export function tagRow(tag: string, changes: Partial<TagRow> = {}): TagRow {
  return { kind: 'tag', tag, digest: DIGEST, size: 700_000_000, since: T0, until: null, ...changes };
}

export function pageRow(tag: string, changes: Partial<PageRow> = {}): PageRow {
  const url = `https://github.com/kairos-io/kairos/releases/tag/${tag}`;
  return { kind: 'page', tag, url, title: tag, body: '', prerelease: false, draft: false, publishedAt: T0, assets: [], ...changes };
}

// ── Gates ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** An answer that is given when the test says so, and the moment at which somebody began to wait for it. */
export interface Gate<T> {
  readonly ask: () => Promise<T>;
  readonly reached: Promise<void>;
  open(answer: T): void;
}

export function gate<T>(): Gate<T> {
  const reached = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<T>();
  return {
    ask: () => {
      reached.resolve();
      return answer.promise;
    },
    reached: reached.promise,
    open: answer.resolve,
  };
}

// ── Slack ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ScriptedSlack extends Notifier<'slack'> {
  /** What happens from now on; by default every message is shown, every edit too, and no earlier message is found. */
  onCreate: () => Promise<SendOutcome>;
  onUpdate: (externalId: string) => Promise<SendOutcome>;
  onFind: () => Promise<FindOutcome>;
  /** The texts that were sent to be created, also those that were not accepted. */
  readonly created: readonly string[];
  readonly edited: readonly string[];
}

function scriptedSlack(): ScriptedSlack {
  const created: string[] = [];
  const edited: string[] = [];
  const slack: ScriptedSlack = {
    kind: 'slack',
    onCreate: async () => ({ kind: 'shown', externalId: `C0123/${created.length}` }),
    onUpdate: async (externalId) => ({ kind: 'shown', externalId }),
    onFind: async () => ({ kind: 'absent' }),
    created,
    edited,
    create: (_destination, payload) => {
      created.push(payload.text);
      return slack.onCreate();
    },
    update: (_destination, externalId, payload) => {
      edited.push(payload.text);
      return slack.onUpdate(externalId);
    },
    find: () => slack.onFind(),
  };
  return slack;
}

// ── The queue ──────────────────────────────────────────────────────────────────────────────────────────────────────

interface WaitingJob {
  readonly name: JobName;
  readonly payload: unknown;
  readonly dueAt: Instant;
}

/** Like the real one, two waiting jobs of one id are one job. */
interface ScriptedQueue extends Pick<JobQueue, 'enqueue' | 'enqueueAfter'> {
  readonly waiting: ReadonlyMap<string, WaitingJob>;
  /** Takes a job that is due out of the list; undefined when none is. */
  take(now: Instant): WaitingJob | undefined;
}

function scriptedQueue(now: () => Instant): ScriptedQueue {
  const waiting = new Map<string, WaitingJob>();
  return {
    waiting,
    enqueue: async (name, payload, { id = `${name} ${waiting.size}`, delayMs = 0 } = {}) => {
      if (!waiting.has(id)) waiting.set(id, { name, payload, dueAt: plusMs(now(), delayMs) });
    },
    // Jobs are taken in the order they came in, so the last one is last.
    enqueueAfter: async (last, first) => {
      for (const [index, { name, payload }] of [...first, last].entries()) {
        waiting.set(`flow ${waiting.size} ${index} ${name}`, { name, payload, dueAt: now() });
      }
    },
    take: (at) => {
      const [id, job] = [...waiting].find(([, { dueAt }]) => epochMs(dueAt) <= epochMs(at)) ?? [];
      if (id !== undefined) waiting.delete(id);
      return job;
    },
  };
}

// ── All of it ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Scripted {
  readonly deps: AppDeps;
  readonly slack: ScriptedSlack;
  readonly queue: ScriptedQueue;
  /** The moment it is. */
  now: Instant;
  /** From now on the target looks like this. */
  shows(targetId: string, rows: readonly Observation[], options?: { readonly complete?: boolean }): void;
  /** From now on the next answers of the target come from here. */
  answers(targetId: string, observe: () => Promise<Observed>): void;
  /** Runs whatever is due, and what that asks for at once; gives how many jobs that were. */
  work(): Promise<number>;
}

export function listing(rows: readonly Observation[], complete = false): Observed {
  return { observations: rows, complete, watermark: {}, requests: 1 };
}

/** The use-cases around a real store, at second 0. A target nobody gave a listing shows nothing. */
export function scripted(
  store: Store,
  targets: readonly Target[],
  more: Partial<Notifiers> = {},
  verification: AppDeps['verification'] = null,
): Scripted {
  const listings = new Map<string, () => Promise<Observed>>();
  const source = (kind: SourceKind): Source => ({ kind, observe: async ({ id }) => (await listings.get(id)?.()) ?? listing([]) });
  const kinds: readonly SourceKind[] = ['quay', 'github-releases'];
  const slack = scriptedSlack();
  const queue = scriptedQueue(() => world.now);
  const deps: AppDeps = {
    store,
    queue,
    targets,
    sources: new Map(kinds.map((kind) => [kind, source(kind)])),
    notifiers: { slack, ...more },
    clock: { now: () => world.now },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    random: () => 0.5,
    renumberings: [],
    accepted: new Set(),
    verification,
    console: { width: 100, palette: PLAIN },
  };
  const handlers = createJobHandlers(deps);
  const world: Scripted = {
    deps,
    slack,
    queue,
    now: second(0),
    shows: (targetId, rows, { complete = false } = {}) => void listings.set(targetId, async () => listing(rows, complete)),
    answers: (targetId, observe) => void listings.set(targetId, observe),
    work: async () => {
      let ran = 0;
      for (let job = queue.take(world.now); job !== undefined; job = queue.take(world.now)) {
        await run(handlers, job.name, job.payload);
        ran += 1;
      }
      return ran;
    },
  };
  return world;
}

const silent = (): void => undefined;

async function run<N extends JobName>(handlers: JobHandlers, name: N, payload: unknown): Promise<void> {
  const { parse, handle } = handlers[name];
  await handle(parse(payload), { jobId: 'scripted', attempt: 1, lastAttempt: true });
}
