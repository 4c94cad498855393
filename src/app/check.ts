/** One pass without a queue, for cron and CI: poll every target, collect due digests, deliver what is owed. */
import { nextAfter } from '../core/cadence.ts';
import type { Delivery, DeliveryState } from '../core/delivery.ts';
import type { Failure } from '../core/errors.ts';
import type { Target } from '../core/target.ts';
import { assessNow } from './assess-releases.ts';
import { type DeliverOutcome, deliver } from './deliver.ts';
import type { AppDeps } from './deps.ts';
import { collectDigest } from './digest.ts';
import { type PollOutcome, pollTarget } from './poll-target.ts';
import { reviewReleases } from './review.ts';

export interface CheckOutcome {
  readonly polls: readonly PollOutcome[];
  /** Targets no longer published to whose turn had not come. */
  readonly resting: number;
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

/**
 * What one pass looks at: everything that is still published, and of the rest what its own cadence calls for. A pass every
 * hour must not ask forty archived places for news every hour.
 */
async function targetsToLookAt({ store, targets, clock }: AppDeps, all: boolean): Promise<readonly Target[]> {
  if (all) return targets;
  const due = await Promise.all(
    targets.map(async ({ id, lifecycle, cadence }) => {
      if (lifecycle.state === 'active') return true;
      const { lastAttemptAt, failure } = await store.targetHealth(id);
      return lastAttemptAt === null || failure !== null || nextAfter(cadence, lastAttemptAt) <= clock.now();
    }),
  );
  return targets.filter((_, index) => due[index] === true);
}

/** Where a target is asked: its own endpoint, the registry in its mirror's name or its own, or GitHub. */
function serverOf({ endpoint, kind, repository, via }: Target): string {
  return endpoint ?? (kind === 'github-releases' ? kind : hostOf(via ?? repository));
}

function hostOf(repository: string): string {
  return repository.slice(0, repository.indexOf('/'));
}

/**
 * Polls one target after the other on each server, all servers at once: polite to each, and one that stalls ends at its
 * deadline while the others go on.
 */
export async function check(
  deps: AppDeps,
  { progress = () => undefined, all = false }: { readonly progress?: CheckProgress; readonly all?: boolean } = {},
): Promise<CheckOutcome> {
  const looked = await targetsToLookAt(deps, all);
  const pollInTurn = async (targets: readonly Target[]): Promise<readonly PollOutcome[]> => {
    const outcomes: PollOutcome[] = [];
    for (const target of targets) {
      const outcome = await pollTarget(deps, target.id);
      outcomes.push(outcome);
      progress(outcome);
    }
    return outcomes;
  };
  const polls = (await Promise.all([...Map.groupBy(looked, serverOf).values()].map(pollInTurn))).flat();
  await reviewReleases(deps);
  await assessNow(deps);
  const delivered = await settle(deps);
  const failing = (await deps.store.failingDeliveries(MAX_FAILING)).map(failingDelivery);
  return { polls, resting: deps.targets.length - looked.length, delivered, deliveries: await deps.store.deliveryCounts(), failing };
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
