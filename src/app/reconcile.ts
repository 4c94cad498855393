/**
 * Every minute: what changes by time alone is looked at, images that wait for a verdict are, whatever is owed and not moving is queued again, and a target whose
 * poll is overdue is polled.
 * The queue may lose every job at any moment; this is why nothing is lost with it.
 */
import { nextAfter } from '../core/cadence.ts';
import { MS, plusMs } from '../core/time.ts';
import { basisText } from './assess-image.ts';
import { startAssessments } from './assess-releases.ts';
import type { AppDeps } from './deps.ts';
import { reviewReleases } from './review.ts';

/** A poll may be this late before it counts as lost; longer than a slow poll takes. */
const POLL_GRACE_MS = 5 * MS.minute;

/** How many overdue deliveries one pass takes up; the next pass takes more. */
const BATCH = 500;

export interface Reconciled {
  readonly deliveries: number;
  readonly digests: number;
  readonly polls: number;
}

/** Queues again what is owed and not moving. */
export async function reconcile(deps: AppDeps): Promise<Reconciled> {
  await reviewReleases(deps);
  await assessOnNewBasis(deps);
  await startAssessments(deps);
  const overdue = await deps.store.overdueDeliveries(deps.clock.now(), BATCH);
  const single = overdue.filter((delivery) => !delivery.collect);
  const digests = new Set(overdue.filter((delivery) => delivery.collect).map((delivery) => delivery.subscriptionId));
  for (const { id } of single) await deps.queue.enqueue('deliver', { deliveryId: id }, { id: `deliver-${id}` });
  for (const subscriptionId of digests) await deps.queue.enqueue('digest', { subscriptionId }, { id: `digest-${subscriptionId}` });
  const polls = await enqueueOverduePolls(deps);
  return { deliveries: single.length, digests: digests.size, polls };
}

/** Another trust root, verifier or policy says something else of what was looked at before. */
async function assessOnNewBasis({ store, verification, clock }: AppDeps): Promise<void> {
  if (verification === null) return;
  await store.assessAgain(basisText(verification, await verification.checker()), clock.now());
}

async function enqueueOverduePolls(deps: AppDeps): Promise<number> {
  let polls = 0;
  for (const target of deps.targets) {
    const { lastAttemptAt } = await deps.store.targetHealth(target.id);
    const due = lastAttemptAt === null ? null : plusMs(nextAfter(target.cadence, lastAttemptAt), POLL_GRACE_MS);
    if (due !== null && due > deps.clock.now()) continue;
    await deps.queue.enqueue('poll-target', { targetId: target.id }, { id: `poll-${target.id}` });
    polls += 1;
  }
  return polls;
}
