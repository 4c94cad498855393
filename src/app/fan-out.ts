/** Which subscriptions an announcement concerns, and when each is due. One delivery a (announcement, subscription), for ever. */
import { nextAfter } from '../core/cadence.ts';
import { viewFor } from '../core/reader-view.ts';
import type { NoticeFacts, ReleaseFacts } from '../core/release.ts';
import { sameData } from '../core/same.ts';
import { isAlarming, type SignatureAlert } from '../core/signature-alert.ts';
import type { Subscription } from '../core/subscription.ts';
import { type Instant, plusMs } from '../core/time.ts';
import type { Announcement, Reader, StoreWriter } from '../ports.ts';

export interface ReleaseFanOut {
  readonly writer: StoreWriter;
  readonly announcement: Announcement;
  readonly facts: ReleaseFacts;
  /** The facts of the revision before; null for the first. */
  readonly before: ReleaseFacts | null;
  /** False at a target's first sight: messages that are there are kept true, and none begins. */
  readonly mayBegin: boolean;
  readonly now: Instant;
}

/**
 * Owes a release's new revision to every subscription whose view of it changed; gives the ids of the deliveries to send now.
 * A message begins when a reader's view of the release does: a subscription made later is not told of what was out before,
 * and one that was told is told again even when nothing of the release concerns it any more (its images were removed).
 */
export async function fanOutRelease({ writer, announcement, facts, before, mayBegin, now }: ReleaseFanOut): Promise<readonly string[]> {
  const deliveries = await writer.deliveriesOf(announcement.id);
  const told = new Set(deliveries.map((delivery) => delivery.subscriptionId));
  const shown = new Set(deliveries.flatMap(({ subscriptionId, shownRevision }) => (shownRevision === null ? [] : [subscriptionId])));
  const readers = (await writer.subscriptions()).flatMap((subscription): readonly Reader[] => {
    if (subscription.topic !== 'releases') return [];
    const view = viewFor(subscription.filter, facts);
    const earlier = before === null ? null : viewFor(subscription.filter, before);
    const begins = mayBegin && earlier === null && view !== null;
    if (told.has(subscription.id) ? sameData(view, earlier) : !begins) return [];
    const collect = subscription.cadence.kind === 'scheduled' && !bypasses(subscription, facts);
    if (collect) return [{ subscription, collect, dueAt: dueAt(subscription, now) }];
    return [{ subscription, collect, dueAt: shown.has(subscription.id) ? now : heldUntil(subscription, view, now) }];
  });
  const owed = await writer.owe({ announcementId: announcement.id, revision: announcement.revision, at: now, readers });
  return owed.filter((delivery) => !delivery.collect).map(({ id }) => id);
}

/** Owes a notice to the operator's subscriptions, at once whatever their cadence. */
export async function fanOutNotice(writer: StoreWriter, subject: string, facts: NoticeFacts, now: Instant): Promise<readonly string[]> {
  const { announcement } = await writer.saveAnnouncement(subject, facts, now);
  const operators = (await writer.subscriptions()).filter(({ topic }) => topic === 'operations');
  const readers = operators.map((subscription): Reader => ({ subscription, collect: false, dueAt: now }));
  const owed = await writer.owe({ announcementId: announcement.id, revision: announcement.revision, at: now, readers });
  return owed.map(({ id }) => id);
}

/** Owes what is said below an announcement to everybody who was shown it, at once whatever their cadence. Each is said once. */
export async function fanOutReply(
  writer: StoreWriter,
  { id, subject, revision }: Announcement,
  facts: NoticeFacts,
  now: Instant,
): Promise<readonly string[]> {
  const shown = (await writer.deliveriesOf(id)).filter(({ shownRevision }) => shownRevision !== null);
  const ids = new Set(shown.map(({ subscriptionId }) => subscriptionId));
  if (ids.size === 0) return [];
  const reply = await writer.saveAnnouncement(`reply:${revision}:${subject}`, facts, now, id);
  const subscriptions = (await writer.subscriptions()).filter((subscription) => ids.has(subscription.id));
  const readers = subscriptions.map((subscription): Reader => ({ subscription, collect: false, dueAt: now }));
  const owed = await writer.owe({ announcementId: reply.announcement.id, revision: reply.announcement.revision, at: now, readers });
  return owed.map((delivery) => delivery.id);
}

/**
 * Owes an alert about signatures to Herald's operators and to everybody who asked for one of its images, at once whatever their cadence;
 * those who were told of it before are told again when it has changed, also that it is over.
 */
export async function fanOutSignatureAlert(
  writer: StoreWriter,
  subject: string,
  alert: SignatureAlert,
  release: ReleaseFacts,
  now: Instant,
): Promise<readonly string[]> {
  const { announcement, changed } = await writer.saveAnnouncement(subject, alert, now);
  if (!changed) return [];
  const told = new Set((await writer.deliveriesOf(announcement.id)).map(({ subscriptionId }) => subscriptionId));
  const concerned = (await writer.subscriptions()).filter(({ id, topic, filter }) => {
    if (told.has(id) || topic === 'operations') return true;
    return viewFor(filter, release)?.images.some(isAlarming) === true;
  });
  const readers = concerned.map((subscription): Reader => ({ subscription, collect: false, dueAt: now }));
  const owed = await writer.owe({ announcementId: announcement.id, revision: announcement.revision, at: now, readers });
  return owed.map(({ id }) => id);
}

/**
 * When the first message may go: at once, or while something it waits for is still expected, at the end of its patience. It may wait for
 * images that are to come, and for all that are there to be verified.
 */
function heldUntil(subscription: Subscription, view: ReleaseFacts | null, now: Instant): Instant {
  if (view === null || bypasses(subscription, view)) return now;
  const incomplete = view.completeness?.images.some(({ status }) => status !== 'present') === true;
  const unverified = view.images.some(({ removedAt, verdict }) => removedAt === null && verdict?.state !== 'verified');
  const patience = Math.max(incomplete ? subscription.holdMs : 0, unverified ? (subscription.requireVerifiedMs ?? 0) : 0);
  if (patience === 0) return now;
  const first = view.images.map((image) => image.pushedAt ?? image.firstSeenAt).sort()[0] ?? now;
  const end = plusMs(first, patience);
  return end > now ? end : now;
}

function bypasses(subscription: Subscription, facts: ReleaseFacts): boolean {
  return subscription.bypass.includes('major') && facts.classification.bump === 'major';
}

function dueAt(subscription: Subscription, now: Instant): Instant {
  return subscription.cadence.kind === 'scheduled' ? nextAfter(subscription.cadence, now) : now;
}
