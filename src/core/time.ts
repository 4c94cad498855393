/**
 * Time as data. The core has no clock: every function that needs "now" receives it.
 * Date arithmetic beyond adding milliseconds belongs to cron-parser (see cadence.ts).
 */

/** A moment: ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` prints it. Orders as text. */
export type Instant = string & { readonly __brand: 'Instant' };

/** Makes an Instant from a Date, epoch milliseconds or any ISO 8601 text. Throws RangeError when it is no date. */
export function instant(value: Date | number | string): Instant {
  return new Date(value).toISOString() as Instant;
}

/** The same moment as epoch milliseconds. */
export function epochMs(at: Instant): number {
  return Date.parse(at);
}

/** The moment `ms` milliseconds later (earlier when negative). */
export function plusMs(at: Instant, ms: number): Instant {
  return instant(epochMs(at) + ms);
}

/** Milliseconds from `from` to `to`; negative when `to` is earlier. */
export function msBetween(from: Instant, to: Instant): number {
  return epochMs(to) - epochMs(from);
}

/** The calendar day in UTC, `2026-09-08`. */
export function day(at: Instant): string {
  return at.slice(0, 10);
}

/** Milliseconds in the units this project counts in. */
export const MS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
