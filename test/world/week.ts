/** Days of polls on the recorded upstream, at the cadences people really use, without waiting for them: what each target costs in requests. */
import { stringify } from 'yaml';
import { pollTarget } from '../../src/app/poll-target.ts';
import { nextAfter } from '../../src/core/cadence.ts';
import { type Instant, MS, plusMs } from '../../src/core/time.ts';
import { createDeps } from '../../src/entry/compose.ts';
import { type Settings, settingsFrom } from '../../src/entry/config.ts';
import { parseConfig } from '../../src/entry/config-file.ts';
import { registrySecrets } from '../../src/entry/registry-credentials.ts';
import type { Log, Store } from '../../src/ports.ts';
import { PLAIN } from '../../src/render/text.ts';
import { UNHURRIED } from '../support/sources.ts';
import type { Upstream } from './upstream.ts';

/** One target's polls, the first look apart: it reads everything there is, once. */
export interface TargetCost {
  readonly targetId: string;
  readonly source: string;
  readonly every: string;
  readonly firstRequests: number;
  readonly polls: number;
  readonly requests: number;
  /** Polls that took more than one request: a page turned, or the full reading of the day. */
  readonly larger: number;
}

export interface WeekOptions {
  readonly upstream: Upstream;
  readonly store: Store;
  readonly log: Log;
  readonly days: number;
  /** How many subscriptions there are: the requests must not depend on it. */
  readonly subscriptions: number;
  /** A token for GitHub's API; without one the pages are watched in another way. */
  readonly githubToken?: string;
}

/** Polls every target whenever its cadence says so, from the upstream's present moment on. Deliveries are owed and not sent. */
export async function pollForDays(options: WeekOptions): Promise<readonly TargetCost[]> {
  const { upstream, store, log, days } = options;
  const settings = settingsFrom([parseConfig('week.yaml', weekConfig(options))]);
  await store.applyConfiguration(settings.targets, settings.subscriptions, upstream.at);
  const deps = await createDeps({
    settings,
    secrets: {
      databaseUrl: null,
      redisUrl: null,
      slackBotToken: null,
      registries: registrySecrets({}, []),
      githubReadToken: null,
      incoming: { github: null, quay: null, registry: null },
      webhook: () => null,
      github: options.githubToken === undefined ? null : { kind: 'token', token: options.githubToken },
      proxies: null,
    },
    store,
    queue: { enqueue: async () => undefined, enqueueAfter: async () => undefined },
    log,
    console: { write: () => undefined, style: { width: 100, palette: PLAIN } },
    clock: { now: () => upstream.at },
  });
  const costs = new Map<string, TargetCost>();
  for (const { at, targetId } of polls(settings, upstream.at, days)) {
    upstream.at = at;
    const outcome = await pollTarget(deps, targetId);
    if (outcome.kind === 'failed') throw new Error(`${targetId} could not be polled at ${at}: ${outcome.failure.message}`);
    costs.set(targetId, added(costs.get(targetId), settings, targetId, outcome));
  }
  return [...costs.values()];
}

/** Every poll of the period in the order of time: the first look of all targets at once, then each at its own pace. */
function polls({ targets }: Settings, from: Instant, days: number): readonly { readonly at: Instant; readonly targetId: string }[] {
  const until = plusMs(from, days * MS.day);
  const due = targets.flatMap(({ id, cadence }) => {
    const moments: { at: Instant; targetId: string }[] = [];
    for (let at = from; at <= until; at = nextAfter(cadence, at)) moments.push({ at, targetId: id });
    return moments;
  });
  return due.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function added(
  before: TargetCost | undefined,
  { targets }: Settings,
  targetId: string,
  { firstSight, requests }: { readonly firstSight: boolean; readonly requests: number },
): TargetCost {
  const target = targets.find(({ id }) => id === targetId);
  const cost = before ?? {
    targetId,
    source: target?.kind ?? '',
    every: target?.cadence.name ?? '',
    firstRequests: 0,
    polls: 0,
    requests: 0,
    larger: 0,
  };
  if (firstSight) return { ...cost, firstRequests: cost.firstRequests + requests };
  return { ...cost, polls: cost.polls + 1, requests: cost.requests + requests, larger: cost.larger + Number(requests > 1) };
}

/** The shapes of target there are: a live repository, an ended one, a plain OCI registry and a release page. */
function weekConfig({ upstream, subscriptions }: WeekOptions): string {
  const place = { project: 'kairos', endpoint: upstream.origin };
  const ended = { state: 'frozen', since: '2026-02-05', lastVersion: 'v3.7.2', advice: 'Move to hadron.' };
  return stringify({
    targets: [
      { ...place, id: 'hadron', source: 'quay', repository: 'quay.io/kairos/hadron', every: '*/20 * * * *' },
      { ...place, id: 'rockylinux', source: 'quay', repository: 'quay.io/kairos/rockylinux', every: 'daily', lifecycle: ended },
      { ...place, id: 'ubuntu-oci', source: 'oci', repository: 'quay.io/kairos/ubuntu', every: 'hourly' },
      { ...place, id: 'kairos-releases', source: 'github-releases', repository: 'kairos-io/kairos', every: '*/20 * * * *' },
    ],
    subscriptions: Array.from({ length: subscriptions }, (_, index) => ({
      id: `reader-${index}`,
      to: 'console',
      filter: 'hadron',
      every: 'immediate',
      owner: 'the simulated week',
    })),
    network: { limits: UNHURRIED },
    verification: { enabled: false },
    github: { apiUrl: upstream.origin },
  });
}
