/** When things happen: named cadences and cron expressions, in a time zone. cron-parser does the calendar. */
import type { Instant } from './time.ts';

/** `immediate` is for deliveries only; a poll always has a schedule. */
export type Cadence =
  | { readonly kind: 'immediate' }
  | { readonly kind: 'scheduled'; readonly name: string; readonly cron: string; readonly timeZone: string };

export type Schedule = Extract<Cadence, { kind: 'scheduled' }>;

/** The cron expressions behind the names; configurable (DESIGN D7). */
export interface NamedCadences {
  readonly hourly: string;
  readonly daily: string;
  readonly weekly: string;
  readonly monthly: string;
}

export const DEFAULT_CADENCES: NamedCadences = {
  hourly: '0 * * * *',
  daily: '0 9 * * *',
  weekly: '0 9 * * 1',
  monthly: '0 9 1 * *',
};

/** Reads `immediate`, `hourly`, `daily`, `weekly`, `monthly` or a five-field cron expression. Throws HeraldError INVALID_CADENCE (unknown name, bad expression, unknown time zone, or more often than once a minute). */
export function parseCadence(_text: string, _timeZone: string, _named?: NamedCadences): Cadence {
  throw new Error('pending');
}

/** The first moment of the schedule strictly after `at`. DST-safe: 09:00 stays 09:00 on the wall, and a wall time that does not exist or exists twice fires once. */
export function nextAfter(_schedule: Schedule, _at: Instant): Instant {
  throw new Error('pending');
}

/** The last moment of the schedule at or before `at`. */
export function lastUpTo(_schedule: Schedule, _at: Instant): Instant {
  throw new Error('pending');
}
