/**
 * How far what Herald says of a place can be trusted, and whether a project is quiet for longer than it ever was. Upstream's
 * promise (a patch a week, a minor a month) says little: measured, the gaps between stable releases of Kairos have a median
 * of 8 days and reach 84. So "late" is judged by a project's own history.
 */
import { nextAfter } from './cadence.ts';
import type { ReleaseOutline } from './classify.ts';
import { percentile } from './percentile.ts';
import type { Target, TargetHealth } from './target.ts';
import { epochMs, type Instant, MS, msBetween } from './time.ts';
import { channelOf, parseVersion } from './version.ts';

/**
 * `fresh`: looked at within its cadence. `stale`: it is not failing, and nobody has looked for two of its periods (the
 * scheduler stopped). `failing`: the last look did not succeed. `never`: it was never looked at.
 */
export type TargetState = 'fresh' | 'stale' | 'failing' | 'never';

export function targetState({ cadence }: Pick<Target, 'cadence'>, health: TargetHealth, now: Instant): TargetState {
  const { lastSuccessAt, failingSince } = health;
  if (failingSince !== null) return 'failing';
  if (lastSuccessAt === null) return 'never';
  return nextAfter(cadence, nextAfter(cadence, lastSuccessAt)) < now ? 'stale' : 'fresh';
}

/** How long a project has been quiet, against its own history. All lengths in days. */
export interface Lateness {
  readonly sinceLast: number;
  readonly lastAt: Instant;
  /** Gaps that were measured. */
  readonly gaps: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  /** Quiet for longer than 95 of 100 of its gaps were. */
  readonly late: boolean;
}

/** Fewer gaps than this say nothing. */
const MIN_GAPS = 8;
/** Older habits are not those of today. */
const MEMORY_MS = 3 * 365 * MS.day;

/** Null where too few stable releases are known. Whether a project can be late at all (it may be frozen) is the caller's to know. */
export function latenessOf(releases: readonly ReleaseOutline[], now: Instant): Lateness | null {
  const stable = releases.filter(({ version }) => {
    const parsed = parseVersion(version);
    return parsed !== null && channelOf(parsed) === 'stable';
  });
  const moments = stable
    .map(({ publishedAt }) => publishedAt)
    .filter((at) => msBetween(at, now) <= MEMORY_MS)
    .sort();
  const lastAt = moments.at(-1);
  const gaps = moments.slice(1).map((at, index) => (epochMs(at) - epochMs(moments[index] ?? at)) / MS.day);
  const [p50, p90, p95] = [50, 90, 95].map((percent) => percentile(gaps, percent));
  if (lastAt === undefined || gaps.length < MIN_GAPS || p50 == null || p90 == null || p95 == null) return null;
  const sinceLast = msBetween(lastAt, now) / MS.day;
  return { sinceLast, lastAt, gaps: gaps.length, p50, p90, p95, late: sinceLast > p95 };
}
