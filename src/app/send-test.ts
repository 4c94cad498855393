/** Whether messages arrive at a subscription's destination: one message, marked as a test, that no delivery is recorded for. */
import type { SendOutcome } from '../core/delivery.ts';
import type { Facts } from '../core/release.ts';
import type { Subscription } from '../core/subscription.ts';
import type { LeasedDelivery, Payload } from '../ports.ts';
import type { AppDeps } from './deps.ts';
import { consolePayload, githubPayload, slackPayload, webhookPayload } from './payload.ts';

/** What the subscription would be sent for these facts; nothing is sent. */
export function previewPayload(deps: Pick<AppDeps, 'console' | 'clock'>, subscription: Subscription, facts: Facts): Payload {
  const lease = leaseFor(deps, subscription, facts);
  switch (subscription.destination.kind) {
    case 'console':
      return consolePayload(lease, deps.console);
    case 'slack':
      return slackPayload(lease);
    case 'github':
      return githubPayload(lease);
    case 'webhook':
      return webhookPayload(lease);
  }
}

/** Sends a test message now; null when the destination's kind has no credentials. `key` names the message, as a delivery's id would. */
export async function sendTest(deps: AppDeps, subscription: Subscription, key: string): Promise<SendOutcome | null> {
  const { destination } = subscription;
  const lease = leaseFor(deps, subscription, { kind: 'notice', notice: 'test', subscription: subscription.id });
  switch (destination.kind) {
    case 'console':
      return (await deps.notifiers.console?.create(destination, consolePayload(lease, deps.console), key)) ?? null;
    case 'slack':
      return (await deps.notifiers.slack?.create(destination, slackPayload(lease), key)) ?? null;
    case 'github':
      return (await deps.notifiers.github?.create(destination, githubPayload(lease), key)) ?? null;
    case 'webhook':
      return (await deps.notifiers.webhook?.create(destination, webhookPayload(lease), key)) ?? null;
  }
}

function leaseFor(
  { clock }: Pick<AppDeps, 'clock'>,
  subscription: Subscription,
  facts: Facts,
): Pick<LeasedDelivery, 'announcement' | 'subscription'> {
  return { subscription, announcement: { id: 'preview', subject: 'preview', revision: 1, facts, createdAt: clock.now() } };
}
