/** Answers about releases as plain JSON for programs: the stable shapes behind `--json` of releases, show, diff, eol and explain. */
import type { Decision, Explanation } from '../core/explain.ts';
import { partsOf } from '../core/parts.ts';
import type { Standing } from '../core/query.ts';
import type { ReleaseFacts } from '../core/release.ts';
import type { ReleaseDiff } from '../core/release-diff.ts';
import type { ReleaseLine, ReleaseSummary } from '../core/release-list.ts';
import { type ParseLine, parseLine } from './json.ts';
import type { LifecycleEntry } from './releases.ts';

export interface ExplanationJson {
  readonly reading: ParseLine;
  readonly target: { readonly id: string; readonly lifecycle: string } | null;
  readonly lastSuccessAt: string | null;
  readonly failing: { readonly since: string; readonly code: string | null; readonly message: string | null } | null;
  readonly stored: {
    readonly firstSeenAt: string;
    readonly pushedAt: string | null;
    readonly digest: string | null;
    readonly removedAt: string | null;
    readonly replaced: readonly { readonly digest: string; readonly until: string }[];
  } | null;
  readonly release: {
    readonly key: string;
    readonly bump: string;
    readonly previous: string | null;
    readonly baseline: boolean;
    readonly held: boolean;
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
    };

export function explanationJson({ reference, target, health, stored, release, subscriptions }: Explanation): ExplanationJson {
  const failingSince = health?.failingSince ?? null;
  return {
    reading: parseLine(reference),
    target: target === null ? null : { id: target.id, lifecycle: target.lifecycle.state },
    lastSuccessAt: health?.lastSuccessAt ?? null,
    failing:
      failingSince === null
        ? null
        : { since: failingSince, code: health?.failure?.code ?? null, message: health?.failure?.message ?? null },
    stored: stored === null ? null : storedJson(stored),
    release: release === null ? null : releaseJson(release),
    subscriptions: subscriptions.map(({ id, destination, decision }) => ({ id, destination, decision: decisionJson(decision) })),
  };
}

function storedJson({ image: { firstSeenAt, pushedAt, digest, removedAt, replaced } }: NonNullable<Explanation['stored']>) {
  return { firstSeenAt, pushedAt, digest, removedAt, replaced };
}

function releaseJson({ facts: { key, classification }, baseline, held }: NonNullable<Explanation['release']>): ExplanationJson['release'] {
  const { bump, previous, reasons } = classification;
  return { key, bump, previous, baseline, held, reasons };
}

function decisionJson(decision: Decision): DecisionJson {
  if (decision.kind !== 'delivery') return decision;
  const { id, state, shownRevision, dueAt } = decision.delivery;
  return { kind: 'delivery', id, state, shownRevision, dueAt };
}

interface SourceJson {
  readonly target: string;
  readonly repository: string;
  readonly lifecycle: string;
  readonly lastSuccessAt: string | null;
  readonly failingSince: string | null;
}

function sourceJson({ flavor, repository, lifecycle, lastSuccessAt, failingSince }: Standing): SourceJson {
  return { target: flavor, repository, lifecycle: lifecycle.state, lastSuccessAt, failingSince };
}

export interface ReleaseRowJson {
  readonly version: string;
  readonly publishedAt: string;
  readonly channel: string;
  readonly bump: string;
  readonly previous: string | null;
  readonly base: string | null;
  readonly kubernetes: Readonly<Record<string, string>>;
  readonly images: number;
  readonly latest: boolean;
  readonly backport: boolean;
  readonly held: boolean;
}

function rowJson({ outline, channel, classification, held }: ReleaseSummary): ReleaseRowJson {
  const { version, publishedAt, base, kubernetes, images } = outline;
  const { bump, previous, latest, backport } = classification;
  return { version, publishedAt, channel, bump, previous, base, kubernetes: { ...kubernetes }, images, latest, backport, held };
}

export function releaseListJson(project: string, shown: readonly ReleaseSummary[], total: number, standings: readonly Standing[]) {
  return { project, total, releases: shown.map(rowJson), sources: standings.map(sourceJson) };
}

/** The facts as they are stored, with the components inside. */
export function releaseDetailJson(facts: ReleaseFacts, standings: readonly Standing[]) {
  return { ...facts, components: facts.project === 'kairos' ? partsOf(facts.version) : [], sources: standings.map(sourceJson) };
}

export function releaseDiffJson(project: string, diff: ReleaseDiff, between: readonly ReleaseSummary[]) {
  return { project, ...diff, between: between.map(rowJson) };
}

/** `cycles` in the words of endoflife.date: one a minor line; `eol` of a place: nothing new will be published there. */
export function endOfLifeJson(entries: readonly LifecycleEntry[], lines: readonly ReleaseLine[]) {
  return {
    cycles: lines.map(({ line, newest, newestAt, firstAt, releases }) => ({
      cycle: line.replace(/^v/, ''),
      releaseDate: firstAt.slice(0, 10),
      latest: newest,
      latestReleaseDate: newestAt.slice(0, 10),
      releases,
    })),
    places: entries.map(({ standing, project, newest, newestAt }) => ({
      ...sourceJson(standing),
      project,
      eol: standing.lifecycle.state !== 'active',
      since: 'since' in standing.lifecycle ? standing.lifecycle.since : null,
      lastVersion: 'lastVersion' in standing.lifecycle ? standing.lifecycle.lastVersion : null,
      newest,
      newestAt,
    })),
  };
}
