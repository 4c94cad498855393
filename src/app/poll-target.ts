/**
 * One poll of one target: observe, then write facts, announcement revisions, owed deliveries and the watermark in one
 * transaction, then ask for the deliveries. A failed poll is recorded as such: "could not check" is never "nothing new".
 */
import { type Failure, failureOf, HeraldError } from '../core/errors.ts';
import type { Target, TargetHealth } from '../core/target.ts';
import type { Instant } from '../core/time.ts';
import type { Observed } from '../ports.ts';
import { announceReleases } from './announce.ts';
import { enqueueDeliveries } from './deliver.ts';
import type { AppDeps } from './deps.ts';
import { noticesAfterFailure, noticesAfterSuccess } from './notices.ts';
import { type Recorded, recordObservations } from './record-observations.ts';

export type PollOutcome =
  | {
      readonly kind: 'polled';
      readonly targetId: string;
      /** The first successful poll: recorded, not announced. */
      readonly firstSight: boolean;
      readonly events: Recorded['events'];
      readonly pages: number;
      /** Deliveries that became owed and are to be sent now. */
      readonly owed: readonly string[];
      readonly requests: number;
    }
  | { readonly kind: 'failed'; readonly targetId: string; readonly failure: Failure; readonly since: Instant };

/** Polls the target. Upstream trouble is an outcome; only our own store's trouble throws. */
export async function pollTarget(deps: AppDeps, targetId: string): Promise<PollOutcome> {
  const target = configuredTarget(deps, targetId);
  const source = deps.sources.get(target.kind);
  if (source === undefined) throw new HeraldError('INVALID_CONFIG', `no source is registered for targets of kind ${target.kind}`);

  const { watermark, lastSuccessAt } = await deps.store.targetHealth(targetId);
  let observed: Observed;
  try {
    observed = await source.observe(target, watermark, () => deps.store.knownTags(targetId));
  } catch (error) {
    if (!(error instanceof HeraldError)) throw error;
    return recordFailure(deps, target, failureOf(error));
  }
  const outcome = await recordSuccess(deps, target, observed, lastSuccessAt);
  // Another poll ended while this one was looking: what it saw may be older than what is stored.
  if (outcome === null) return pollTarget(deps, targetId);
  await enqueueDeliveries(deps, outcome.owed);
  return outcome;
}

async function recordSuccess(
  deps: AppDeps,
  target: Target,
  observed: Observed,
  lastSuccessAt: Instant | null,
): Promise<Extract<PollOutcome, { kind: 'polled' }> | null> {
  const now = deps.clock.now();
  return deps.store.transaction(async (writer) => {
    const health = await writer.lockTarget(target.id);
    if (health.lastSuccessAt !== lastSuccessAt) return null;
    const firstSight = health.baselineAt === null;
    const formatsBefore = new Set((await writer.tagCounts(target.id)).unrecognised.map((seen) => seen.format));
    const recorded = await recordObservations(writer, target, observed, now);
    const releases = await announceReleases({
      writer,
      target,
      rules: deps,
      touched: recorded.touched,
      firstSight,
      baselineAt: health.baselineAt,
      now,
    });
    const newFormats = firstSight ? [] : recorded.formats.filter((seen) => !formatsBefore.has(seen.format));
    const notices = await noticesAfterSuccess(writer, target, health, newFormats, now);
    await writer.recordPollSuccess(target.id, now, observed.watermark, observed.requests);
    const { added, moved, vanished } = recorded.events;
    const counts = { targetId: target.id, tags: added, pages: recorded.pages };
    if (firstSight) deps.log.info('first look: recorded what exists, announced nothing', counts);
    else deps.log.debug('checked', { ...counts, moved, vanished });
    return {
      kind: 'polled',
      targetId: target.id,
      firstSight,
      events: recorded.events,
      pages: recorded.pages,
      owed: [...releases, ...notices],
      requests: observed.requests,
    };
  });
}

async function recordFailure(deps: AppDeps, target: Target, failure: Failure): Promise<PollOutcome> {
  const now = deps.clock.now();
  const { health, owed } = await deps.store.transaction(async (writer) => {
    await writer.lockTarget(target.id);
    const after: TargetHealth = await writer.recordPollFailure(target.id, now, failure);
    return { health: after, owed: await noticesAfterFailure(writer, target, after, now) };
  });
  await enqueueDeliveries(deps, owed);
  return { kind: 'failed', targetId: target.id, failure, since: health.failingSince ?? now };
}

function configuredTarget(deps: AppDeps, targetId: string): Target {
  const target = deps.targets.find((candidate) => candidate.id === targetId);
  if (target !== undefined) return target;
  // A queued poll can outlive the configuration that asked for it.
  throw new HeraldError('INVALID_CONFIG', `the target ${targetId} is not in the configuration any more`);
}
