/** One message a subscription and period: collects what is owed and due, and owes the digest in its place, in one transaction. */
import { lastUpTo } from '../core/cadence.ts';
import { viewFor } from '../core/reader-view.ts';
import type { DigestFacts, ReleaseFacts } from '../core/release.ts';
import type { Subscription } from '../core/subscription.ts';
import { type Instant, plusMs } from '../core/time.ts';
import type { Announcement, StoreWriter } from '../ports.ts';
import type { AppDeps } from './deps.ts';

/** Collects what is due for the subscription; gives the digest's delivery, or null when there was nothing to tell. */
export async function collectDigest(deps: AppDeps, subscriptionId: string): Promise<string | null> {
  const now = deps.clock.now();
  const deliveryId = await deps.store.transaction((writer) => collect(writer, subscriptionId, now));
  if (deliveryId !== null) await deps.queue.enqueue('deliver', { deliveryId }, { id: `deliver-${deliveryId}` });
  return deliveryId;
}

async function collect(writer: StoreWriter, subscriptionId: string, now: Instant): Promise<string | null> {
  const subscription = (await writer.subscriptions()).find((candidate) => candidate.id === subscriptionId);
  if (subscription === undefined || subscription.cadence.kind !== 'scheduled') return null;
  const due = await writer.collectable(subscriptionId, now);
  if (due.length === 0) return null;

  const to = lastUpTo(subscription.cadence, now);
  // After a downtime the digest is about every period it is late for, not only the last.
  const oldest = due[0]?.delivery.dueAt ?? to;
  const from = lastUpTo(subscription.cadence, plusMs(oldest, -1));
  const subject = `digest:${subscriptionId}:${to}`;
  const earlier = digestFactsOf(await writer.announcement(subject));
  const releases = [...(earlier?.releases ?? []), ...due.flatMap(({ announcement }) => viewsOf(subscription, announcement))];
  const ids = due.map(({ delivery }) => delivery.id);
  if (releases.length === 0) {
    // Everything was taken back before anybody was told.
    await writer.markCollected(ids, null, now);
    return null;
  }
  const facts: DigestFacts = { kind: 'digest', from, to, releases };
  const { announcement } = await writer.saveAnnouncement(subject, facts, now);
  const readers = [{ subscription, collect: false, dueAt: now }];
  const [digest] = await writer.owe({ announcementId: announcement.id, revision: announcement.revision, at: now, readers });
  await writer.markCollected(ids, digest?.id ?? null, now);
  return digest?.id ?? null;
}

function viewsOf(subscription: Subscription, announcement: Announcement): readonly ReleaseFacts[] {
  if (announcement.facts.kind !== 'release') return [];
  const view = viewFor(subscription.filter, announcement.facts);
  return view === null ? [] : [view];
}

function digestFactsOf(announcement: Announcement | null): DigestFacts | null {
  return announcement?.facts.kind === 'digest' ? announcement.facts : null;
}
