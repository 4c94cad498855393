/** Answers about releases as plain JSON for programs: the stable shapes behind `--json` of releases, show, diff, eol and explain. */
import type { EolAnswer } from '../core/eol.ts';
import type { Failure } from '../core/errors.ts';
import type { Decision, Exclusion, Explanation } from '../core/explain.ts';
import type { Place } from '../core/history.ts';
import { partsOf } from '../core/parts.ts';
import type { ListedRelease, ReleaseList } from '../core/releases.ts';
import type { Lifecycle } from '../core/target.ts';
import type { Instant } from '../core/time.ts';
import type { ImageVerdict } from '../core/verdict.ts';
import { compareJson, type ParseLine, parseLine } from './json.ts';
import type { DiffAnswer } from './release-diff.ts';
import type { ReleaseDetail, ReleaseListSubject } from './releases.ts';

export interface ExplanationJson {
  readonly reading: ParseLine;
  /** No repository was given: the one it was read as a tag of. */
  readonly assumed: string | null;
  readonly resembles: string | null;
  readonly target: { readonly id: string; readonly lifecycle: string } | null;
  readonly lastSuccessAt: string | null;
  readonly failing: FailingJson | null;
  readonly stored: {
    readonly firstSeenAt: string;
    readonly pushedAt: string | null;
    readonly digest: string | null;
    readonly removedAt: string | null;
    readonly size: number | null;
    readonly replaced: readonly { readonly digest: string; readonly until: string }[];
    readonly verdict: ImageVerdict | null;
  } | null;
  readonly release: {
    readonly key: string;
    readonly bump: string;
    readonly previous: string | null;
    readonly baseline: boolean;
    readonly held: boolean;
    readonly supersededBy: string | null;
    /** What the release was expected to have of this kind of image. */
    readonly expected: readonly { readonly kubernetes: string | null; readonly expectedBy: string; readonly status: string }[];
    readonly reasons: readonly unknown[];
  } | null;
  readonly subscriptions: readonly { readonly id: string; readonly destination: string; readonly decision: DecisionJson }[];
}

type DecisionJson =
  | Exclude<Decision, { kind: 'delivery' }>
  | {
      readonly kind: 'delivery';
      readonly id: string;
      readonly state: string;
      readonly shownRevision: number | null;
      readonly dueAt: string;
      readonly collect: boolean;
      readonly failure: Failure | null;
      /** What keeps this image out of what this reader sees of the release. */
      readonly exclusions: readonly Exclusion[];
    };

export function explanationJson({
  reference,
  assumed,
  resembles,
  target,
  health,
  stored,
  release,
  subscriptions,
}: Explanation): ExplanationJson {
  return {
    reading: parseLine(reference),
    assumed,
    resembles: resembles?.tag ?? null,
    target: target === null ? null : { id: target.id, lifecycle: target.lifecycle.state },
    lastSuccessAt: health?.lastSuccessAt ?? null,
    failing: failingJson(health?.failingSince ?? null, health?.failure ?? null),
    stored: stored === null ? null : storedJson(stored),
    release: release === null ? null : releaseJson(release),
    subscriptions: subscriptions.map(({ id, destination, decision }) => ({ id, destination, decision: decisionJson(decision) })),
  };
}

function storedJson({ image: { firstSeenAt, pushedAt, digest, removedAt, size, replaced, verdict } }: NonNullable<Explanation['stored']>) {
  return { firstSeenAt, pushedAt, digest, removedAt, size, replaced, verdict: verdict ?? null };
}

function releaseJson({
  facts: { key, classification, supersededBy },
  baseline,
  held,
  expected: kinds,
}: NonNullable<Explanation['release']>): ExplanationJson['release'] {
  const expected = kinds.map(({ kubernetes, expectedBy, status }) => ({ kubernetes, expectedBy, status }));
  const { bump, previous, reasons } = classification;
  return { key, bump, previous, baseline, held, supersededBy, expected, reasons };
}

function decisionJson(decision: Decision): DecisionJson {
  if (decision.kind !== 'delivery') return decision;
  const { id, state, shownRevision, dueAt, collect, failure } = decision.delivery;
  return { kind: 'delivery', id, state, shownRevision, dueAt, collect, failure, exclusions: decision.exclusions };
}

interface SourceJson {
  readonly target: string;
  readonly repository: string;
  readonly lifecycle: string;
  readonly lastSuccessAt: string | null;
  readonly failing: FailingJson | null;
}

/** Since when a place could not be checked, and why. */
interface FailingJson {
  readonly since: string;
  readonly code: string | null;
  readonly message: string | null;
}

function sourceJson({ targetId, repository, lifecycle, lastSuccessAt, failingSince, failure }: Place): SourceJson {
  return { target: targetId, repository, lifecycle: lifecycle.state, lastSuccessAt, failing: failingJson(failingSince, failure) };
}

function failingJson(since: Instant | null, failure: Failure | null): FailingJson | null {
  return since === null ? null : { since, code: failure?.code ?? null, message: failure?.message ?? null };
}

export interface ReleaseRowJson {
  readonly version: string;
  readonly publishedAt: string;
  readonly channel: string;
  readonly bump: string;
  readonly previous: string | null;
  readonly base: string | null;
  /** The newest of each distribution. */
  readonly kubernetes: Readonly<Record<string, string>>;
  /** Live ones, of those that were asked for. */
  readonly images: number;
  /** Expected images that are not there; null where nothing is expected. */
  readonly absent: number | null;
  readonly latest: boolean;
  readonly backport: boolean;
  readonly supersededBy: string | null;
  readonly withdrawn: string | null;
  /** Its page says not to take it. */
  readonly retracted: boolean;
  readonly held: boolean;
  readonly page: string | null;
}

function rowJson({ facts, publishedAt, held, images, base, kubernetes }: ListedRelease): ReleaseRowJson {
  const { version, channel, supersededBy, withdrawn = null, retracted = false, completeness, page, classification } = facts;
  const { bump, previous, latest, backport } = classification;
  const absent = completeness == null ? null : completeness.images.filter(({ status }) => status !== 'present').length;
  const contents = { base, kubernetes: { ...kubernetes }, images, absent };
  return {
    version,
    publishedAt,
    channel,
    bump,
    previous,
    ...contents,
    latest,
    backport,
    supersededBy,
    withdrawn,
    retracted,
    held,
    page: page?.url ?? null,
  };
}

export function releaseListJson({ project, words }: ReleaseListSubject, { releases, total }: ReleaseList, places: readonly Place[]) {
  return { project, query: words, total, releases: releases.map(rowJson), sources: places.map(sourceJson) };
}

/** The facts as an announcement has them, with the components inside. */
export function releaseDetailJson({ facts, held, baseline, asked }: ReleaseDetail, places: readonly Place[]) {
  const components = facts.project === 'kairos' ? partsOf(facts.version) : [];
  return { ...facts, held, baseline, components, asked, sources: places.map(sourceJson) };
}

/** An image, what is stored of it, and its release. */
export function imageJson(explanation: Explanation) {
  const { subscriptions: _, ...image } = explanationJson(explanation);
  return image;
}

export function releaseDiffJson({ project, diff, between, to, comparison, notes, packages }: DiffAnswer, places: readonly Place[]) {
  const { supersededBy, withdrawn = null } = to.facts;
  return {
    project,
    ...diff,
    target: { supersededBy, withdrawn, held: to.held },
    comparison: comparison === null ? null : compareJson(comparison),
    between: between.map(rowJson),
    notes,
    packages,
    sources: places.map(sourceJson),
  };
}

/**
 * `cycles` in the words of endoflife.date: one a minor line of a flavor. `eol` of a flavor or project: nothing new will be
 * published. Of a cycle: that, or a newer line is out, because the documentation promises patches for the newest only;
 * `backports` says how often it was patched all the same.
 */
export function eolJson({ flavors, projects }: EolAnswer) {
  return {
    flavors: flavors.map(({ flavor, place, lifecycle, cycles, kubernetes }) => ({
      flavor,
      ...sourceJson(place),
      ...endJson(lifecycle),
      cycles,
      kubernetes,
    })),
    projects: projects.map(({ project, places, lifecycle, latest, latestReleaseDate }) => ({
      project,
      lifecycle: lifecycle.state,
      ...endJson(lifecycle),
      latest,
      latestReleaseDate,
      sources: places.map(sourceJson),
    })),
  };
}

function endJson(lifecycle: Lifecycle) {
  if (lifecycle.state === 'active') return { eol: false, since: null, lastVersion: null, advice: null, into: null };
  return {
    eol: true,
    since: lifecycle.since,
    lastVersion: lifecycle.lastVersion,
    advice: lifecycle.state === 'frozen' ? lifecycle.advice : null,
    into: lifecycle.state === 'absorbed' ? lifecycle.into : null,
  };
}
