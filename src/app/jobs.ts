/** Every job with its payload's schema and the use-case that does it. The compiler refuses a job without either. */
import { z } from 'zod';
import { type Failure, HeraldError } from '../core/errors.ts';
import type { JobContext, JobHandlers } from '../ports.ts';
import { assessImage } from './assess-image.ts';
import { concludeRelease, startAssessments } from './assess-releases.ts';
import { deliver, enqueueDeliveries } from './deliver.ts';
import type { AppDeps } from './deps.ts';
import { collectDigest } from './digest.ts';
import { pollTarget } from './poll-target.ts';
import { reconcile } from './reconcile.ts';
import { refreshTrustRoot } from './trust-root.ts';

const id = z.string().min(1).max(200);
const PollTarget = z.object({ targetId: id });
const Deliver = z.object({ deliveryId: id });
const Digest = z.object({ subscriptionId: id });
const Nothing = z.record(z.string(), z.never());
const AssessImage = z.object({ targetId: id, tag: id });
const ConcludeRelease = z.object({ releaseKey: id });

export function createJobHandlers(deps: AppDeps): JobHandlers {
  return {
    'poll-target': { parse: (payload) => PollTarget.parse(payload), handle: ({ targetId }, job) => poll(deps, targetId, job) },
    deliver: { parse: (payload) => Deliver.parse(payload), handle: async ({ deliveryId }) => void (await deliver(deps, deliveryId)) },
    digest: {
      parse: (payload) => Digest.parse(payload),
      handle: async ({ subscriptionId }) => void (await collectDigest(deps, subscriptionId)),
    },
    reconcile: { parse: (payload) => Nothing.parse(payload), handle: async () => void (await reconcile(deps)) },
    'assess-image': { parse: (payload) => AssessImage.parse(payload), handle: ({ targetId, tag }) => assess(deps, targetId, tag) },
    'conclude-release': {
      parse: (payload) => ConcludeRelease.parse(payload),
      handle: async ({ releaseKey }) => enqueueDeliveries(deps, await concludeRelease(deps, releaseKey)),
    },
    'refresh-trust-root': {
      parse: (payload) => Nothing.parse(payload),
      handle: async () => enqueueDeliveries(deps, await refreshTrustRoot(deps)),
    },
  };
}

/** What could not be looked at is recorded as such; a passing trouble is thrown on, so that the queue looks again soon. */
async function assess(deps: AppDeps, targetId: string, tag: string): Promise<void> {
  const verdict = await assessImage(deps, targetId, tag);
  if (verdict?.unknown?.kind === 'failed' && verdict.unknown.failure.disposition === 'transient') throw errorOf(verdict.unknown.failure);
}

/** A failed poll is recorded already; a passing trouble is thrown on so that the queue, the one layer that retries, asks again soon. */
async function poll(deps: AppDeps, targetId: string, job: JobContext): Promise<void> {
  if (!deps.targets.some((target) => target.id === targetId)) {
    deps.log.info('a poll was queued for a target that is not configured any more', { targetId, jobId: job.jobId });
    return;
  }
  const outcome = await pollTarget(deps, targetId);
  if (outcome.kind === 'polled') await startAssessments(deps);
  if (outcome.kind === 'failed' && outcome.failure.disposition === 'transient') {
    throw errorOf(outcome.failure);
  }
}

function errorOf({ code, message, retryAfterMs }: Failure): HeraldError {
  return new HeraldError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
}
