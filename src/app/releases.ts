/** Releases from the store as they stand now, announced or not, for questions. */
import type { ReleaseOutline } from '../core/classify.ts';
import type { KnownRelease, Place, ReleaseHistory } from '../core/history.ts';
import { outliersAmong } from '../core/outlier.ts';
import { factsOf } from '../core/outline.ts';
import { type Completeness, type Project, type ReleaseFacts, type ReleaseKey, releaseKey } from '../core/release.ts';
import { flavorOf, type Target } from '../core/target.ts';
import type { Instant } from '../core/time.ts';
import type { ReleaseContents, ReleaseRecord, StoreReader } from '../ports.ts';
import type { AppDeps } from './deps.ts';
import { type ReleaseNews, releaseNews } from './release-news.ts';

/** What of the configuration decides about releases. */
export type ReleaseRules = Pick<AppDeps, 'renumberings' | 'accepted' | 'targets'>;

export interface KnownReleases {
  readonly known: readonly ReleaseOutline[];
  readonly held: ReadonlySet<ReleaseKey>;
}

/** The releases of a project that others are compared with, and those that are held because nobody should believe them at once. */
export async function knownReleases(store: StoreReader, rules: ReleaseRules, project: Project): Promise<KnownReleases> {
  const outlines = await store.outlines(project);
  const held = heldAmong(outlines, rules, project);
  return { known: outlines.filter(({ version }) => !held.has(releaseKey(project, version))), held };
}

function heldAmong(outlines: readonly ReleaseOutline[], { accepted }: ReleaseRules, project: Project): ReadonlySet<ReleaseKey> {
  const outliers = outliersAmong(outlines.map(({ version }) => version));
  return new Set([...outliers].map((version) => releaseKey(project, version)).filter((key) => !accepted.has(key)));
}

/** Facts with what is new inside the release. A page without notes is something else than notes nobody asked for. */
export function withNews(facts: ReleaseFacts, { notes, packages }: ReleaseNews): ReleaseFacts {
  const asked = facts.page !== null || notes.length > 0;
  return { ...facts, ...(asked ? { notes } : {}), ...(packages.length === 0 ? {} : { packages }) };
}

export interface StoredRelease {
  readonly store: StoreReader;
  readonly rules: ReleaseRules;
  readonly known: readonly ReleaseOutline[];
  readonly record: ReleaseRecord;
  /** What was said of its completeness before; null for the first time. */
  readonly said: Completeness | null;
  readonly now: Instant;
}

/** The facts of a stored release as they are now, with what is new inside. */
export async function currentFacts(release: StoredRelease): Promise<ReleaseFacts> {
  const { store, known, record } = release;
  const contents = await store.releaseContents(record.key);
  const facts = factsFrom(release, contents);
  return withNews(facts, await releaseNews(store, known, facts, contents.body));
}

/** The same without what is new inside: for what is about images alone. */
export async function bareFacts(release: StoredRelease): Promise<ReleaseFacts> {
  return factsFrom(release, await release.store.releaseContents(release.record.key));
}

function factsFrom({ rules, known, record, said, now }: StoredRelease, { images, page, files }: ReleaseContents): ReleaseFacts {
  const { key, outline, project } = record;
  const { renumberings } = rules;
  return factsOf({ key, outline, images, page, files, known, renumberings, endedFlavors: endedFlavors(rules, project), said, now });
}

/** Everything the store knows of a project's releases; of a store that is not there (null), nothing. */
export async function releaseHistory(
  store: StoreReader | null,
  rules: ReleaseRules,
  project: Project,
  now: Instant,
): Promise<ReleaseHistory> {
  const releases = store === null ? [] : await store.releases(project);
  const outlines = releases.map(({ outline }) => outline);
  const { renumberings } = rules;
  return { project, releases, held: heldAmong(outlines, rules, project), renumberings, endedFlavors: endedFlavors(rules, project), now };
}

/** Flavors of a project whose repositories are no longer published to. Somebody's own Ubuntu goes on when the official one has ended. */
function endedFlavors({ targets }: ReleaseRules, project: Project): ReadonlySet<string> {
  const own = targets.filter((target) => target.project === project && target.kind !== 'github-releases');
  return new Set(own.filter(({ lifecycle }) => lifecycle.state !== 'active').map(flavorOf));
}

/** How far what is known of these targets can be trusted, in the order of the configuration; without a store (null) nothing was ever checked. */
export function placesOf(store: StoreReader | null, targets: readonly Target[]): Promise<readonly Place[]> {
  return Promise.all(
    targets.map(async (target) => {
      const { id: targetId, kind, project, repository, lifecycle } = target;
      const { lastSuccessAt, failingSince, failure } = store === null ? NEVER_POLLED : await store.targetHealth(targetId);
      return { targetId, kind, project, flavor: flavorOf(target), repository, lifecycle, lastSuccessAt, failingSince, failure };
    }),
  );
}

const NEVER_POLLED = { lastSuccessAt: null, failingSince: null, failure: null };

/** The places that what is said of these releases rests on: those that are published to, and those that hold an image of one. */
export function placesBehind(places: readonly Place[], releases: readonly Pick<KnownRelease, 'images'>[]): readonly Place[] {
  const holds = ({ repository }: Place) =>
    releases.some(({ images }) => images.some(({ reference }) => reference.startsWith(`${repository}:`)));
  return places.filter((place) => place.lifecycle.state === 'active' || holds(place));
}
