/** One pass without a queue, for cron and CI: poll every target, collect due digests, deliver what is owed. */
import type { Delivery } from '../core/delivery.ts';
import { type DeliverOutcome, deliver } from './deliver.ts';
import type { AppDeps } from './deps.ts';
import { collectDigest } from './digest.ts';
import { type PollOutcome, pollTarget } from './poll-target.ts';

export interface CheckOutcome {
  readonly polls: readonly PollOutcome[];
  readonly delivered: number;
  /** Deliveries by state after the pass: what is still owed, and what needs a person. */
  readonly deliveries: Readonly<Record<Delivery['state'], number>>;
}

/** Told after each poll, so that long work shows progress. */
export type CheckProgress = (outcome: PollOutcome) => void;

/** Polls one target after the other: polite to the registry, and one that stalls ends at its deadline while the others go on. */
export async function check(deps: AppDeps, progress: CheckProgress = () => undefined): Promise<CheckOutcome> {
  const polls: PollOutcome[] = [];
  for (const target of deps.targets) {
    const outcome = await pollTarget(deps, target.id);
    polls.push(outcome);
    progress(outcome);
  }
  const delivered = await settle(deps);
  return { polls, delivered, deliveries: await deps.store.deliveryCounts() };
}

/** Collects the digests that are due and delivers until nothing that is due moves any more; gives how many messages were put in place. */
async function settle(deps: AppDeps): Promise<number> {
  for (const subscription of await deps.store.subscriptions()) {
    if (subscription.cadence.kind === 'scheduled') await collectDigest(deps, subscription.id);
  }
  let delivered = 0;
  for (;;) {
    const due = (await deps.store.overdueDeliveries(deps.clock.now(), 500)).filter((delivery) => !delivery.collect);
    const outcomes: DeliverOutcome[] = [];
    for (const { id } of due) outcomes.push(await deliver(deps, id));
    const shown = outcomes.filter((outcome) => outcome.kind === 'shown').length;
    delivered += shown;
    if (shown === 0) return delivered;
  }
}
