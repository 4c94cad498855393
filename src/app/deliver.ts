/**
 * Moves one delivery forward: creates the message once, edits it afterwards, and after an uncertain send looks for it
 * before sending again. At least once, and exactly once wherever the destination can be asked.
 */
import type { SendOutcome } from '../core/delivery.ts';
import type { Failure } from '../core/errors.ts';
import type { Destination } from '../core/subscription.ts';
import { epochMs, type Instant, MS, msBetween, plusMs } from '../core/time.ts';
import type { DeliveryResult, LeasedDelivery, Notifier, Payload } from '../ports.ts';
import type { AppDeps } from './deps.ts';
import { consolePayload, githubPayload, slackPayload, webhookPayload } from './payload.ts';

/** Longer than looking for a message and sending it may take together (two calls of up to two minutes each). */
const LEASE_MS = 5 * MS.minute;

/** How long a message is tried for before it is given up: a revoked token or an archived channel is mended within days, not minutes. */
const GIVE_UP_AFTER_MS = 7 * MS.day;

/** Between tries of what only a person can mend. */
const OPERATOR_PAUSE_MS = MS.hour;

export type DeliverOutcome =
  | { readonly kind: 'settled' }
  | { readonly kind: 'waiting'; readonly until: Instant }
  | { readonly kind: DeliveryResult['kind']; readonly failure?: Failure };

/** Delivers what is owed on this delivery, if it is its turn. Notifier trouble is an outcome; only our own store's trouble throws. */
export async function deliver(deps: AppDeps, deliveryId: string): Promise<DeliverOutcome> {
  const turn = await deps.store.leaseDelivery(deliveryId, deps.clock.now(), LEASE_MS);
  switch (turn.kind) {
    case 'settled':
      return { kind: 'settled' };
    case 'wait':
      await enqueueAt(deps, deliveryId, turn.until, `wait-${deliveryId}`);
      return { kind: 'waiting', until: turn.until };
    case 'leased': {
      const result = await send(deps, turn.lease);
      await deps.store.recordDelivery(turn.lease.delivery, deps.clock.now(), result);
      logResult(deps, deliveryId, result);
      // Named by its time: under a plain name a later wake-up would be taken for this one, which still waits, and dropped.
      if (result.kind === 'retry') await enqueueAt(deps, deliveryId, result.at, `retry-${deliveryId}-${epochMs(result.at)}`);
      await wakeNext(deps, turn.lease);
      return 'failure' in result ? { kind: result.kind, failure: result.failure } : { kind: result.kind };
    }
  }
}

/** Asks for deliveries that became owed; each waits in the queue once, however often it is asked for. */
export async function enqueueDeliveries(deps: Pick<AppDeps, 'queue'>, deliveryIds: readonly string[]): Promise<void> {
  for (const deliveryId of deliveryIds) await deps.queue.enqueue('deliver', { deliveryId }, { id: `deliver-${deliveryId}` });
}

async function send(deps: AppDeps, lease: LeasedDelivery): Promise<DeliveryResult> {
  const { destination } = lease.subscription;
  switch (destination.kind) {
    case 'console':
      return sendVia(deps, lease, deps.notifiers.console, destination, consolePayload(lease, deps.console));
    case 'slack':
      return sendVia(deps, lease, deps.notifiers.slack, destination, slackPayload(lease));
    case 'github':
      return sendVia(deps, lease, deps.notifiers.github, destination, githubPayload(lease));
    case 'webhook':
      return sendVia(deps, lease, deps.notifiers.webhook, destination, webhookPayload(lease));
  }
}

async function sendVia<K extends Payload['kind']>(
  deps: AppDeps,
  lease: LeasedDelivery,
  notifier: Notifier<K> | undefined,
  destination: Extract<Destination, { kind: K }>,
  payload: Extract<Payload, { kind: K }>,
): Promise<DeliveryResult> {
  const { delivery, announcement } = lease;
  if (notifier === undefined) return afterFailure(deps, lease, notConnected(destination.kind), lease.unresolved);
  const shown = (externalId: string): DeliveryResult => ({ kind: 'shown', revision: announcement.revision, externalId });

  let externalId = delivery.externalId;
  if (externalId === null && lease.unresolved) {
    const found = await notifier.find(destination, delivery.id, lease.firstAttemptAt ?? announcement.createdAt, lease.parent);
    if (found.kind === 'unknown') return whenUnknown(deps, lease, found.failure);
    if (found.kind === 'found') externalId = found.externalId;
  }
  const outcome =
    externalId === null
      ? await notifier.create(destination, payload, delivery.id, lease.parent)
      : await notifier.update(destination, externalId, payload, delivery.id);
  return resultOf(deps, lease, outcome, shown);
}

function resultOf(deps: AppDeps, lease: LeasedDelivery, outcome: SendOutcome, shown: (id: string) => DeliveryResult): DeliveryResult {
  switch (outcome.kind) {
    case 'shown':
      return shown(outcome.externalId);
    case 'retry':
      // This send was certainly not accepted; an earlier one may have been, until something is shown.
      return afterFailure(deps, lease, outcome.failure, lease.unresolved);
    case 'uncertain':
      return afterFailure(deps, lease, outcome.failure, true);
    case 'rejected':
      return outcome.failure.disposition === 'permanent'
        ? { kind: 'dead', failure: outcome.failure }
        : afterFailure(deps, lease, outcome.failure, lease.unresolved);
    case 'gone':
      return { kind: 'gone' };
  }
}

/** The destination cannot be asked whether the message is there: a passing trouble is asked again, a missing permission is parked for a person. */
function whenUnknown(deps: AppDeps, lease: LeasedDelivery, failure: Failure): DeliveryResult {
  return failure.disposition === 'transient' ? afterFailure(deps, lease, failure, true) : { kind: 'ambiguous', failure };
}

function afterFailure(deps: AppDeps, lease: LeasedDelivery, failure: Failure, unresolved: boolean): DeliveryResult {
  const now = deps.clock.now();
  const tryingFor = lease.firstAttemptAt === null ? 0 : msBetween(lease.firstAttemptAt, now);
  if (tryingFor >= GIVE_UP_AFTER_MS) return unresolved ? { kind: 'ambiguous', failure } : { kind: 'dead', failure };
  return { kind: 'retry', at: plusMs(now, pauseMs(lease.delivery.attempt, failure, deps.random)), failure, unresolved };
}

/** The provider's own wait when it named one; an hour where a person has to do something first; otherwise doubling from 5 seconds to half an hour, with full jitter above a second. */
function pauseMs(attempt: number, failure: Failure, random: () => number): number {
  if (failure.retryAfterMs !== undefined) return failure.retryAfterMs;
  if (failure.disposition === 'operator') return OPERATOR_PAUSE_MS;
  const ceiling = Math.min(5 * MS.second * 2 ** Math.min(attempt - 1, 20), 30 * MS.minute);
  return MS.second + Math.floor(random() * (ceiling - MS.second));
}

function notConnected(kind: Destination['kind']): Failure {
  return {
    code: 'MISSING_SECRET',
    disposition: 'operator',
    message: `Herald is not connected to ${kind}: no credentials are configured, so its messages wait.`,
  };
}

async function enqueueAt(deps: AppDeps, deliveryId: string, at: Instant, id: string): Promise<void> {
  const delayMs = Math.max(0, msBetween(deps.clock.now(), at));
  await deps.queue.enqueue('deliver', { deliveryId }, { delayMs, id });
}

/** A destination takes one message at a time: when one is done, the next that waits for it is called at once. */
async function wakeNext(deps: AppDeps, lease: LeasedDelivery): Promise<void> {
  const next = await deps.store.nextDelivery(lease.delivery.destinationKey, deps.clock.now());
  if (next !== null) await deps.queue.enqueue('deliver', { deliveryId: next.id }, { id: `deliver-${next.id}` });
}

function logResult(deps: AppDeps, deliveryId: string, result: DeliveryResult): void {
  if ('failure' in result) {
    const { code, message } = result.failure;
    deps.log.warn('a delivery did not succeed', { deliveryId, state: result.kind, code, reason: message });
  } else deps.log.info('a delivery succeeded', { deliveryId, state: result.kind });
}
