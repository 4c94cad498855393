/** The whole decision about one tag: how it is read, what is stored of it, which release it belongs to, and who was told and why not. */
import { combinationOf, printCombination } from '../core/combination.ts';
import type { Delivery } from '../core/delivery.ts';
import { ERAS } from '../core/eras.ts';
import { type Decision, type Explanation, exclusionsOf, type Resemblance, resemblance, type StoredImage } from '../core/explain.ts';
import { factsIn } from '../core/history.ts';
import { type Artifact, isArtifact, parseReference, type Reference } from '../core/image.ts';
import { readImage, watching } from '../core/naming.ts';
import { artifactOf, type ExpectedImage, publishedVersion, type ReleaseFacts, type ReleaseKey, releaseKey } from '../core/release.ts';
import { isTag } from '../core/repository.ts';
import { destinationKey, type Subscription } from '../core/subscription.ts';
import type { Target } from '../core/target.ts';
import type { Instant } from '../core/time.ts';
import type { StoreReader } from '../ports.ts';
import { type Look, withLook } from './look.ts';
import { type ReleaseRules, releaseHistory } from './releases.ts';

export interface ExplainInput {
  /** Null where Herald never ran: then only the grammar and the configuration answer. */
  readonly store: StoreReader | null;
  readonly rules: ReleaseRules;
  readonly located: LocatedTag;
  readonly now: Instant;
  /** Only this subscription; null: all. */
  readonly subscription: string | null;
  /** Asked now instead of remembered; null: from the store. */
  readonly look: Look | null;
}

/** A reference as it was given, and where it belongs. */
export interface LocatedTag {
  readonly reference: Reference;
  readonly target: Target | null;
  /** No repository was given: the one it is read as a tag of. */
  readonly assumed: string | null;
}

/** Finds the target a reference belongs to. A bare tag belongs where it is stored, else to the first place that is published to. */
export async function locateTag(store: StoreReader | null, { targets }: Pick<ReleaseRules, 'targets'>, text: string): Promise<LocatedTag> {
  const reference = parseReference(text);
  const places = targets.filter(({ kind }) => kind !== 'github-releases');
  if (reference.repository !== '' || !isTag(text)) {
    const target = watching(targets, reference.repository);
    return { reference: readImage(text, target?.naming).reference, target, assumed: null };
  }
  const home = (await homeOf(store, places, text)) ?? likelyHome(reference, places);
  if (home === undefined) return { reference, target: null, assumed: null };
  return { reference: readImage(`${home.repository}:${text}`, home.naming).reference, target: home, assumed: home.repository };
}

/** Only Hadron's releases begin with a v; of the flavors whose releases are plain numbers nobody can tell which was meant. */
function likelyHome(reference: Reference, places: readonly Target[]): Target | undefined {
  const images = places.filter(({ lifecycle, project }) => lifecycle.state === 'active' && project === 'kairos');
  if (!isArtifact(reference)) return images[0];
  return images.find(({ repository }) => repository.endsWith('/hadron') && reference.flavorRelease?.startsWith('v') === true);
}

async function homeOf(store: StoreReader | null, places: readonly Target[], tag: string): Promise<Target | undefined> {
  for (const place of store === null ? [] : places) {
    if ((await store?.storedImage(place.id, tag)) != null) return place;
  }
  return undefined;
}

export async function explain({ store, rules, located, now, subscription, look }: ExplainInput): Promise<Explanation> {
  const { reference, target, assumed } = located;
  const resembles = reference.kind === 'unrecognised' ? await resemblanceOf(store, target, reference.tag || reference.input) : null;
  const nothing: Explanation = { reference, assumed, resembles, target, health: null, stored: null, release: null, subscriptions: [] };
  if (target === null || (store === null && look === null)) return nothing;
  const health = store === null ? null : await store.targetHealth(target.id);
  const stored = look === null ? ((await store?.storedImage(target.id, reference.tag)) ?? null) : (look.tags.get(reference.tag) ?? null);
  const artifact = artifactIn(reference, stored);
  const release = await releaseOf(store, { rules, target, now, look }, stored?.releaseKey ?? releaseNamed(target, reference), artifact);
  if (release === null || store === null || stored === null) return { ...nothing, health, stored, release };
  return { ...nothing, health, stored, release, subscriptions: await decisions(store, release, artifact, subscription) };
}

/** The release an image would belong to that nobody has seen: it may be one that did not arrive. */
function releaseNamed({ project }: Target, reference: Reference): ReleaseKey | null {
  const version = publishedVersion(reference);
  return version === null ? null : releaseKey(project, version.text);
}

/** A configured target may read a tag otherwise than the project's own grammar does. */
function artifactIn(reference: Reference, stored: StoredImage | null): Artifact | null {
  if (stored !== null) return artifactOf(stored.image);
  return isArtifact(reference) ? reference : null;
}

/** Among the tags of the same place that were understood; where there are none, among the examples of the naming eras. */
async function resemblanceOf(store: StoreReader | null, target: Target | null, tag: string): Promise<Resemblance | null> {
  const known = store === null || target === null ? [] : [...(await store.knownTags(target.id)).values()];
  const understood = known.filter(({ unrecognised }) => !unrecognised).map((other) => other.tag);
  const examples = ERAS.filter(({ layout }) => layout === 'tag').map(({ example }) => example.slice(example.lastIndexOf(':') + 1));
  return resemblance(tag, understood.length > 0 ? understood : examples);
}

interface Asked {
  readonly rules: ReleaseRules;
  readonly target: Target;
  readonly now: Instant;
  readonly look: Look | null;
}

async function releaseOf(
  store: StoreReader | null,
  { rules, target, now, look }: Asked,
  release: ReleaseKey | null,
  artifact: Artifact | null,
): Promise<Explanation['release']> {
  const remembered = await releaseHistory(store, rules, target.project, now);
  const history = look === null ? remembered : withLook(remembered, look);
  const known = history.releases.find(({ key }) => key === release);
  if (known === undefined) return null;
  const facts = factsIn(history, known);
  return { facts, baseline: known.baseline, held: history.held.has(known.key), expected: expectedOf(facts, artifact) };
}

function expectedOf({ completeness }: ReleaseFacts, artifact: Artifact | null): readonly ExpectedImage[] {
  if (artifact === null || completeness == null) return [];
  const own = printCombination(combinationOf(artifact));
  return completeness.images.filter(({ combination }) => printCombination(combination) === own);
}

async function decisions(
  store: StoreReader,
  release: NonNullable<Explanation['release']>,
  artifact: Artifact | null,
  only: string | null,
): Promise<Explanation['subscriptions']> {
  const announcement = await store.announcement(`release:${release.facts.key}`);
  const deliveries = announcement === null ? [] : await store.deliveriesOf(announcement.id);
  return (await store.subscriptions())
    .filter(({ id }) => only === null || id === only)
    .map((subscription) => ({
      id: subscription.id,
      destination: destinationKey(subscription.destination),
      decision: decide(
        subscription,
        release,
        artifact,
        deliveries.find(({ subscriptionId }) => subscriptionId === subscription.id),
      ),
    }));
}

function decide(
  subscription: Subscription,
  { facts, baseline, held }: NonNullable<Explanation['release']>,
  artifact: Artifact | null,
  delivery: Delivery | undefined,
): Decision {
  if (subscription.topic !== 'releases') return { kind: 'topic' };
  const exclusions = exclusionsOf(subscription.filter, facts, artifact);
  if (delivery !== undefined) return { kind: 'delivery', delivery, exclusions };
  if (exclusions.length > 0) return { kind: 'excluded', exclusions };
  if (held) return { kind: 'held' };
  return baseline ? { kind: 'baseline' } : { kind: 'not-begun' };
}
