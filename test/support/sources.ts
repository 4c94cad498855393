/** What the tests of the sources share: a target, a clock that stands still, and the adapter with its usual options. */
import { createHttp, type HostLimits, type Http } from '../../src/adapters/http.ts';
import { HeraldError } from '../../src/core/errors.ts';
import type { SourceKind, Target } from '../../src/core/target.ts';
import { type Instant, instant } from '../../src/core/time.ts';
import type { Clock, StoredTag } from '../../src/ports.ts';

export const NOW = instant('2026-09-10T12:00:00Z');

export function clockAt(now: Instant = NOW): Clock {
  return { now: () => now };
}

/** Tests that are not about Herald's politeness do not wait for it. */
export const UNHURRIED: HostLimits = { perSecond: 1000, burst: 1000, concurrency: 100 };

export function httpFor(...allowOrigins: string[]): Http {
  return createHttp({ version: '0.0.0-test', clock: clockAt(), allowOrigins, limits: () => UNHURRIED });
}

export function targetOf(kind: SourceKind, repository: string, endpoint: string | null = null): Target {
  return {
    id: 'watched',
    kind,
    repository,
    endpoint,
    via: null,
    project: 'kairos',
    cadence: { kind: 'scheduled', name: 'daily', cron: '0 9 * * *', timeZone: 'UTC' },
    lifecycle: { state: 'active' },
  };
}

/** A store that never saw the target. */
export async function nothingKnown(): Promise<ReadonlyMap<string, StoredTag>> {
  return new Map();
}

/** The error a promise ends with; anything that is not a HeraldError, success included, fails the test. */
export async function failureFrom(work: Promise<unknown>): Promise<HeraldError> {
  const outcome = await work.then(
    () => 'no error',
    (error: unknown) => error,
  );
  if (outcome instanceof HeraldError) return outcome;
  throw new Error(`expected a HeraldError, got: ${String(outcome)}`, { cause: outcome });
}
