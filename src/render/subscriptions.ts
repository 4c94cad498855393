/** Who is told what, as a table and as data. */
import { nextAfter } from '../core/cadence.ts';
import type { Line, Message } from '../core/message.ts';
import { destinationKey, printFilter } from '../core/subscription.ts';
import type { Instant } from '../core/time.ts';
import type { ListedSubscription } from '../ports.ts';
import { count, moment, strong } from './words.ts';

export interface SubscriptionRow {
  readonly id: string;
  readonly origin: ListedSubscription['origin'];
  readonly topic: string;
  readonly destination: string;
  readonly filter: string;
  readonly every: string;
  /** When its next digest is due; null for one that is told at once. */
  readonly nextDigest: Instant | null;
  readonly owner: string;
  readonly toldAt: Instant | null;
  readonly stuck: number;
}

export function subscriptionRow({ subscription, origin, toldAt, stuck }: ListedSubscription, now: Instant): SubscriptionRow {
  const { id, topic, destination, filter, cadence, owner } = subscription;
  return {
    id,
    origin,
    topic,
    destination: destinationKey(destination),
    filter: printFilter(filter),
    every: cadence.kind === 'immediate' ? 'immediate' : cadence.name,
    nextDigest: cadence.kind === 'immediate' ? null : nextAfter(cadence, now),
    owner,
    toldAt,
    stuck,
  };
}

export function subscriptionListMessage(listed: readonly ListedSubscription[], now: Instant): Message {
  const rows = listed.map((entry): readonly Line[] => {
    const { id, origin, topic, destination, filter, every, nextDigest, toldAt, stuck } = subscriptionRow(entry, now);
    const what = topic === 'operations' ? "Herald's own notices" : filter || 'every stable release of Kairos';
    const when = nextDigest === null ? every : `${every}, next ${moment(nextDigest)}`;
    const told = toldAt === null ? 'nothing yet' : moment(toldAt);
    return [
      [strong(id), origin === 'command' ? ' (added)' : ''],
      [destination],
      [what],
      [when],
      [stuck === 0 ? told : `${told}; ${count(stuck, 'message')} stuck`],
    ];
  });
  return {
    tone: listed.some(({ stuck }) => stuck > 0) ? 'warning' : 'neutral',
    title: count(listed.length, 'subscription'),
    summary: listed.length === 0 ? ['Nobody is told anything. Add one: herald subscriptions add --help'] : [],
    sections:
      rows.length === 0
        ? []
        : [
            {
              rank: 1,
              section: { kind: 'table', title: null, columns: ['Subscription', 'Destination', 'Hears of', 'When', 'Last told'], rows },
            },
          ],
    footer: [],
    labels: [],
  };
}
