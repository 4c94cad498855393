/** The whole decision about one tag: how it is read, what is stored of it, which release it belongs to, and who was told and why not. */
import type { Delivery } from '../core/delivery.ts';
import { type Decision, type Explanation, exclusionsOf } from '../core/explain.ts';
import { isArtifact, parseReference, type Reference } from '../core/image.ts';
import { readImage, watching } from '../core/naming.ts';
import { destinationKey, type Subscription } from '../core/subscription.ts';
import type { Instant } from '../core/time.ts';
import type { StoreReader } from '../ports.ts';
import { knownReleases, type ReleaseRules, releaseFacts } from './releases.ts';

/** `store` is null where Herald never ran: then only the grammar and the configuration answer. */
export async function explain(
  store: StoreReader | null,
  rules: ReleaseRules,
  text: string,
  now: Instant,
  only: string | null,
): Promise<Explanation> {
  const target = watching(rules.targets, parseReference(text).repository);
  const { reference } = readImage(text, target?.naming);
  const nothing: Explanation = { reference, target, health: null, stored: null, release: null, subscriptions: [] };
  if (store === null || target === null) return nothing;
  const stored = await store.storedImage(target.id, reference.tag);
  const record = stored?.releaseKey == null ? null : await store.release(stored.releaseKey);
  const facts = record === null ? null : await releaseFacts(store, rules, record.key, now);
  const health = await store.targetHealth(target.id);
  if (record === null || facts === null) return { ...nothing, health, stored };
  const { held } = await knownReleases(store, rules, record.project);
  const release = { facts, baseline: record.baseline, held: held.has(record.key) };
  const announcement = await store.announcement(`release:${record.key}`);
  const deliveries = announcement === null ? [] : await store.deliveriesOf(announcement.id);
  const subscriptions = (await store.subscriptions())
    .filter(({ id }) => only === null || id === only)
    .map((subscription) => ({
      id: subscription.id,
      destination: destinationKey(subscription.destination),
      decision: decide(
        subscription,
        release,
        reference,
        deliveries.find(({ subscriptionId }) => subscriptionId === subscription.id),
      ),
    }));
  return { reference, target, health, stored, release, subscriptions };
}

function decide(
  subscription: Subscription,
  { facts, baseline, held }: NonNullable<Explanation['release']>,
  reference: Reference,
  delivery: Delivery | undefined,
): Decision {
  if (subscription.topic !== 'releases') return { kind: 'topic' };
  const exclusions = exclusionsOf(subscription.filter, facts, isArtifact(reference) ? reference : null);
  if (exclusions.length > 0) return { kind: 'excluded', exclusions };
  if (delivery !== undefined) return { kind: 'delivery', delivery };
  if (held) return { kind: 'held' };
  return baseline ? { kind: 'baseline' } : { kind: 'not-begun' };
}
