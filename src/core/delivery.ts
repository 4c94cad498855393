/**
 * What a delivery is: what a destination should show, what it shows, and what a notifier may answer. app/deliver.ts decides
 * the next state; adapters/database/{lease,deliveries}.ts make the moves safe against other processes (docs/delivery.md).
 */
import type { Failure } from './errors.ts';
import type { Instant } from './time.ts';

export type DeliveryState = 'owed' | 'sending' | 'shown' | 'collected' | 'ambiguous' | 'dead';

/** One announcement to one subscription. */
export interface Delivery {
  readonly id: string;
  readonly announcementId: string;
  readonly subscriptionId: string;
  readonly destinationKey: string;
  readonly state: DeliveryState;
  /** True when the subscription's digest tells it: it is never sent by itself, only collected (a bypass is false even for a digest subscription). */
  readonly collect: boolean;
  /** The revision the destination should show. */
  readonly owedRevision: number;
  /** The revision it does show; null before the first success. */
  readonly shownRevision: number | null;
  /** The message's name at the destination: Slack `channel/ts`, a GitHub issue number. */
  readonly externalId: string | null;
  /** Sends begun for the current step, this one included. */
  readonly attempt: number;
  readonly dueAt: Instant;
  readonly leaseUntil: Instant | null;
  readonly failure: Failure | null;
}

/** What a notifier says of a send. */
export type SendOutcome =
  | { readonly kind: 'shown'; readonly externalId: string }
  /** Certainly not accepted; try again. */
  | { readonly kind: 'retry'; readonly failure: Failure }
  /** May have been accepted: look for the marker before sending again. */
  | { readonly kind: 'uncertain'; readonly failure: Failure }
  /** Refused for good. */
  | { readonly kind: 'rejected'; readonly failure: Failure }
  /** An edit found no message: somebody deleted it. */
  | { readonly kind: 'gone' };

/** What a notifier says when asked for a message it may have sent before. */
export type FindOutcome =
  | { readonly kind: 'found'; readonly externalId: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly failure: Failure };
