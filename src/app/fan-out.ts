/** Which subscriptions an announcement concerns, and when each is due. One delivery a (announcement, subscription), for ever. */
import { nextAfter } from '../core/cadence.ts';
import type { NoticeFacts, ReleaseFacts } from '../core/release.ts';
import { sameData } from '../core/same.ts';
import { type Subscription, viewFor } from '../core/subscription.ts';
import type { Instant } from '../core/time.ts';
import type { Announcement, StoreWriter } from '../ports.ts';

/**
 * Owes a release's new revision to every subscription whose view of it changed; gives the ids of the deliveries to send now.
 * A subscription that was told before is told again even when nothing of the release concerns it any more (its images were removed).
 */
export async function fanOutRelease(
  writer: StoreWriter,
  announcement: Announcement,
  facts: ReleaseFacts,
  before: ReleaseFacts | null,
  now: Instant,
): Promise<readonly string[]> {
  const told = new Set((await writer.deliveriesOf(announcement.id)).map((delivery) => delivery.subscriptionId));
  const owed: string[] = [];
  for (const subscription of await writer.subscriptions()) {
    if (subscription.topic !== 'releases') continue;
    const view = viewFor(subscription.filter, facts);
    const earlier = before === null ? null : viewFor(subscription.filter, before);
    const concerned = told.has(subscription.id) ? !sameData(view, earlier) : view !== null;
    if (!concerned) continue;
    const collect = subscription.cadence.kind === 'scheduled' && !bypasses(subscription, facts);
    const delivery = await writer.owe({
      announcementId: announcement.id,
      subscription,
      revision: announcement.revision,
      collect,
      dueAt: collect ? dueAt(subscription, now) : now,
      at: now,
    });
    if (!delivery.collect) owed.push(delivery.id);
  }
  return owed;
}

/** Owes a notice to the operator's subscriptions, at once whatever their cadence. */
export async function fanOutNotice(writer: StoreWriter, subject: string, facts: NoticeFacts, now: Instant): Promise<readonly string[]> {
  const { announcement } = await writer.saveAnnouncement(subject, facts, now);
  const owed: string[] = [];
  for (const subscription of await writer.subscriptions()) {
    if (subscription.topic !== 'operations') continue;
    const delivery = await writer.owe({
      announcementId: announcement.id,
      subscription,
      revision: announcement.revision,
      collect: false,
      dueAt: now,
      at: now,
    });
    owed.push(delivery.id);
  }
  return owed;
}

function bypasses(subscription: Subscription, facts: ReleaseFacts): boolean {
  return subscription.bypass.includes('major') && facts.classification.bump === 'major';
}

function dueAt(subscription: Subscription, now: Instant): Instant {
  return subscription.cadence.kind === 'scheduled' ? nextAfter(subscription.cadence, now) : now;
}
