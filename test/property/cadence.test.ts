import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastUpTo, nextAfter, type Schedule } from '../../src/core/cadence.ts';
import { instant, MS, plusMs } from '../../src/core/time.ts';

const ZONES = ['UTC', 'Europe/Rome', 'America/New_York', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia'];
const CLOCK_CHANGES = [
  '2026-03-29T01:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-03-08T07:00:00Z',
  '2026-11-01T06:00:00Z',
  '2026-10-03T15:30:00Z',
];

const number = (min: number, max: number) => fc.integer({ min, max }).map(String);
const cron = fc
  .tuple(
    fc.oneof(number(0, 59), fc.constantFrom('*', '*/20', '0,30')),
    fc.oneof(number(0, 23), fc.constantFrom('*', '*/2', '1-3')),
    fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, number(1, 31)),
    fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, fc.constantFrom('1', '3,10', '7')),
    fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, number(0, 6)),
  )
  .map((fields) => fields.join(' '));
const schedules = fc
  .record({ cron, timeZone: fc.constantFrom(...ZONES) })
  .map((parts): Schedule => ({ kind: 'scheduled', name: parts.cron, ...parts }));
/** Half of them within a day and a half of a clock change. */
const moments = fc.oneof(
  fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2028, 0, 1) }).map((ms) => instant(ms)),
  fc
    .tuple(fc.constantFrom(...CLOCK_CHANGES), fc.integer({ min: -36 * 60, max: 36 * 60 }))
    .map(([change, minutes]) => plusMs(instant(change), minutes * MS.minute)),
);

describe('schedules', () => {
  it('fire strictly later, and the last firing up to then is that very one', () => {
    fc.assert(
      fc.property(schedules, moments, (schedule, at) => {
        const next = nextAfter(schedule, at);
        expect(next > at).toBe(true);
        expect(lastUpTo(schedule, next)).toBe(next);
      }),
      { numRuns: 500 },
    );
  });

  it('have nothing between the last firing and the next, wherever in between they are asked', () => {
    fc.assert(
      fc.property(schedules, moments, (schedule, at) => {
        const last = lastUpTo(schedule, at);
        expect(last <= at).toBe(true);
        expect(nextAfter(schedule, last)).toBe(nextAfter(schedule, at));
      }),
      { numRuns: 500 },
    );
  });
});
