/** One pass without a queue, for cron and CI: poll every target, collect due digests, deliver what is owed. */
import type { Delivery, DeliveryState } from '../core/delivery.ts';
import type { Failure } from '../core/errors.ts';
import { type DeliverOutcome, deliver } from './deliver.ts';
import type { AppDeps } from './deps.ts';
import { collectDigest } from './digest.ts';
import { type PollOutcome, pollTarget } from './poll-target.ts';

export interface CheckOutcome {
  readonly polls: readonly PollOutcome[];
  readonly delivered: number;
  /** Deliveries by state after the pass. */
  readonly deliveries: Readonly<Record<DeliveryState, number>>;
  /** What could not be delivered, whether it is tried again or waits for a person. */
  readonly failing: readonly FailingDelivery[];
}

export interface FailingDelivery {
  readonly destination: string;
  /** `release:kairos@v4.3.0`. */
  readonly subject: string;
  readonly state: DeliveryState;
  readonly failure: Failure | null;
}

/** How many failing deliveries one answer shows. */
const MAX_FAILING = 100;

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
  const failing = (await deps.store.failingDeliveries(MAX_FAILING)).map(failingDelivery);
  return { polls, delivered, deliveries: await deps.store.deliveryCounts(), failing };
}

function failingDelivery({ delivery, subject }: { readonly delivery: Delivery; readonly subject: string }): FailingDelivery {
  return { destination: delivery.destinationKey, subject, state: delivery.state, failure: delivery.failure };
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
