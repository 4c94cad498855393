/** Every job with its payload's schema and the use-case that does it. The compiler refuses a job without either. */
import { z } from 'zod';
import { HeraldError } from '../core/errors.ts';
import type { JobContext, JobHandlers } from '../ports.ts';
import { deliver } from './deliver.ts';
import type { AppDeps } from './deps.ts';
import { collectDigest } from './digest.ts';
import { pollTarget } from './poll-target.ts';
import { reconcile } from './reconcile.ts';

const id = z.string().min(1).max(200);
const PollTarget = z.object({ targetId: id });
const Deliver = z.object({ deliveryId: id });
const Digest = z.object({ subscriptionId: id });
const Reconcile = z.record(z.string(), z.never());

export function createJobHandlers(deps: AppDeps): JobHandlers {
  return {
    'poll-target': { parse: (payload) => PollTarget.parse(payload), handle: ({ targetId }, job) => poll(deps, targetId, job) },
    deliver: { parse: (payload) => Deliver.parse(payload), handle: async ({ deliveryId }) => void (await deliver(deps, deliveryId)) },
    digest: {
      parse: (payload) => Digest.parse(payload),
      handle: async ({ subscriptionId }) => void (await collectDigest(deps, subscriptionId)),
    },
    reconcile: { parse: (payload) => Reconcile.parse(payload), handle: async () => void (await reconcile(deps)) },
  };
}

/** A failed poll is recorded already; a passing trouble is thrown on so that the queue, the one layer that retries, asks again soon. */
async function poll(deps: AppDeps, targetId: string, job: JobContext): Promise<void> {
  if (!deps.targets.some((target) => target.id === targetId)) {
    deps.log.info('a poll was queued for a target that is not configured any more', { targetId, jobId: job.jobId });
    return;
  }
  const outcome = await pollTarget(deps, targetId);
  if (outcome.kind === 'failed' && outcome.failure.disposition === 'transient') {
    const { code, message, retryAfterMs } = outcome.failure;
    throw new HeraldError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
  }
}
