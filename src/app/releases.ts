/** Releases from the store as they stand now, announced or not, for questions. */
import { classify, type ReleaseOutline } from '../core/classify.ts';
import { outliersAmong } from '../core/outlier.ts';
import { factsOf } from '../core/outline.ts';
import type { Standing } from '../core/query.ts';
import { type Completeness, type Project, type ReleaseFacts, type ReleaseKey, releaseKey } from '../core/release.ts';
import type { ReleaseSummary } from '../core/release-list.ts';
import { flavorOf, type Target } from '../core/target.ts';
import type { Instant } from '../core/time.ts';
import type { ReleaseRecord, StoreReader } from '../ports.ts';
import type { AppDeps } from './deps.ts';

/** What of the configuration decides about releases. */
export type ReleaseRules = Pick<AppDeps, 'renumberings' | 'accepted' | 'targets'>;

export interface KnownReleases {
  readonly known: readonly ReleaseOutline[];
  readonly held: ReadonlySet<ReleaseKey>;
}

/** The releases of a project that others are compared with, and those that are held because nobody should believe them at once. */
export async function knownReleases(store: StoreReader, { accepted }: ReleaseRules, project: Project): Promise<KnownReleases> {
  const outlines = await store.outlines(project);
  const outliers = outliersAmong(outlines.map(({ version }) => version));
  const isHeld = ({ version }: ReleaseOutline) => outliers.has(version) && !accepted.has(releaseKey(project, version));
  return {
    known: outlines.filter((outline) => !isHeld(outline)),
    held: new Set(outlines.filter(isHeld).map(({ version }) => releaseKey(project, version))),
  };
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

/** The facts of a stored release as they are now. */
export async function currentFacts({ store, rules, known, record, said, now }: StoredRelease): Promise<ReleaseFacts> {
  const { key, outline } = record;
  const contents = await store.releaseContents(key);
  const { renumberings } = rules;
  return factsOf({ key, outline, ...contents, known, renumberings, endedFlavors: endedFlavors(rules, record.project), said, now });
}

/** The facts of one release, whether it was announced or was there at the first look; null when it is unknown. */
export async function releaseFacts(store: StoreReader, rules: ReleaseRules, key: ReleaseKey, now: Instant): Promise<ReleaseFacts | null> {
  const record = await store.release(key);
  if (record === null) return null;
  const { known } = await knownReleases(store, rules, record.project);
  const told = (await store.announcement(`release:${key}`))?.facts;
  const said = told?.kind === 'release' ? (told.completeness ?? null) : null;
  return currentFacts({ store, rules, known, record, said, now });
}

/** Every stored release of a project in short, newest version first. */
export async function releaseSummaries(store: StoreReader, rules: ReleaseRules, project: Project): Promise<readonly ReleaseSummary[]> {
  const { known, held } = await knownReleases(store, rules, project);
  const out = known.some(({ images }) => images > 0) ? known.filter(({ images }) => images > 0) : known;
  const records = await store.releases(project);
  return records.map(({ key, channel, baseline, outline }) => ({
    key,
    outline,
    channel,
    baseline,
    held: held.has(key),
    classification: classify(outline, out, rules.renumberings),
  }));
}

/** Flavors of a project whose repositories are no longer published to. Somebody's own Ubuntu goes on when the official one has ended. */
function endedFlavors({ targets }: ReleaseRules, project: Project): ReadonlySet<string> {
  const own = targets.filter((target) => target.project === project && target.kind !== 'github-releases');
  return new Set(own.filter(({ lifecycle }) => lifecycle.state !== 'active').map(flavorOf));
}

/** How far what is stored of a project can be trusted: the standing of each of its targets. */
export async function standingsOf(store: StoreReader, { targets }: ReleaseRules, project: Project): Promise<readonly Standing[]> {
  const own = targets.filter((target) => target.project === project);
  return Promise.all(own.map((target) => standingOf(store, target)));
}

/** One target's standing; `flavor` is what it is called. */
export async function standingOf(store: StoreReader, { id, repository, lifecycle }: Target): Promise<Standing> {
  const { lastSuccessAt, failingSince, failure } = await store.targetHealth(id);
  return { flavor: id, repository, lifecycle, lastSuccessAt, failingSince, failure };
}
