/**
 * When things happen: named cadences and cron expressions, in a time zone.
 *
 * cron-parser does the calendar and is asked in UTC only; the step from wall time to a moment is made here. Its own time
 * zone support (5.10.5) remembers a clock change only while one iterator runs: asked afresh inside the changed hour, as a
 * process that restarts does, it skips or repeats a firing; `prev` disagrees with `next`; half-hour changes
 * (Australia/Lord_Howe) can end in its loop limit.
 */
import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { HeraldError } from './errors.ts';
import { nearest } from './nearest.ts';
import { epochMs, type Instant, instant, MS } from './time.ts';

/** `immediate` is for deliveries only; a poll always has a schedule. */
export type Cadence =
  | { readonly kind: 'immediate' }
  | { readonly kind: 'scheduled'; readonly name: string; readonly cron: string; readonly timeZone: string };

export type Schedule = Extract<Cadence, { kind: 'scheduled' }>;

/** The cron expressions behind the names; configurable. */
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

/** Far beyond any sensible expression; keeps hostile input cheap. */
const MAX_CRON_LENGTH = 100;

/** The words a cron field may hold. Leaves out cron-parser's `H`, which picks a time at random. */
const CRON_WORDS = new Set('JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC SUN MON TUE WED THU FRI SAT L'.split(' '));

/** Where an expression is tried once, so that one that never fires is refused when it is read. Any moment would do. */
const TRIAL_WALL_TIME = Date.UTC(2026, 0, 1);

/**
 * Reads `immediate`, `hourly`, `daily`, `weekly`, `monthly` or a five-field cron expression (minute, hour, day, month,
 * weekday; day and weekday both given means either). Throws HeraldError INVALID_CADENCE (unknown name, bad expression,
 * one that never fires, seconds or random times, unknown time zone), with the nearest valid name as a hint.
 */
export function parseCadence(text: string, timeZone: string, named: NamedCadences = DEFAULT_CADENCES): Cadence {
  const words = text
    .slice(0, MAX_CRON_LENGTH + 1)
    .trim()
    .split(/\s+/);
  const first = words[0] ?? '';
  if (words.length === 1 && first.toLowerCase() === 'immediate') return { kind: 'immediate' };
  checkTimeZone(timeZone);
  if (words.length === 1) {
    const name = first.toLowerCase();
    const cron = Object.entries(named).find(([key]) => key === name)?.[1];
    if (cron === undefined) throw unknownName(first, ['immediate', ...Object.keys(named)]);
    checkCron(cron);
    return { kind: 'scheduled', name, cron, timeZone };
  }
  const cron = words.join(' ');
  checkCron(cron);
  return { kind: 'scheduled', name: cron, cron, timeZone };
}

/**
 * The first moment of the schedule strictly after `at`. DST-safe: 09:00 stays 09:00 on the wall. A wall time that exists
 * twice fires the first time only; one that does not exist fires once, when the clock jumps over it.
 */
export function nextAfter(schedule: Schedule, at: Instant): Instant {
  const offset = offsetIn(schedule.timeZone);
  const now = epochMs(at);
  const calendar = calendarOf(schedule.cron, now + offset(now));
  for (;;) {
    const moment = momentOf(calendar.next().getTime(), offset);
    if (moment > now) return instant(moment);
  }
}

/** The last moment of the schedule at or before `at`. */
export function lastUpTo(schedule: Schedule, at: Instant): Instant {
  const offset = offsetIn(schedule.timeZone);
  const now = epochMs(at);
  // After clocks went back, wall times up to the old offset have already had their (first) turn. The second makes it "at or before".
  const latestWallTime = now + Math.max(offset(now), offset(now - MS.day));
  const calendar = calendarOf(schedule.cron, latestWallTime + MS.second);
  for (;;) {
    const moment = momentOf(calendar.prev().getTime(), offset);
    if (moment <= now) return instant(moment);
  }
}

/** UTC offset in milliseconds at a moment given in epoch milliseconds. */
type Offset = (moment: number) => number;

/** The wall times of an expression, written as if they were UTC: there are no clock changes in UTC. */
function calendarOf(cron: string, wallTime: number): CronExpression {
  return CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(wallTime) });
}

/** The moment a wall time is (first) shown by the clocks, or the moment they jump over it. Never decreases as wall time grows. */
function momentOf(wallTime: number, offset: Offset): number {
  const before = offset(wallTime - MS.day);
  const after = offset(wallTime + MS.day);
  const shown = [wallTime - before, wallTime - after].filter((moment) => moment + offset(moment) === wallTime);
  if (shown.length > 0) return Math.min(...shown);
  return changeBetween(wallTime - after, wallTime - before, offset);
}

/** The first millisecond at the offset of `late`, by bisection. */
function changeBetween(early: number, late: number, offset: Offset): number {
  let [low, high] = [early, late];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offset(middle) === offset(late)) high = middle;
    else low = middle;
  }
  return high;
}

function offsetIn(timeZone: string): Offset {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (moment) => {
    const name = format.formatToParts(moment).find((part) => part.type === 'timeZoneName')?.value ?? '';
    // `GMT+02:00`, `GMT-03:30`, with seconds for the days before standard time; plain `GMT` is zero.
    const [, sign, hours, minutes, seconds] = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name) ?? [];
    const size = Number(hours ?? 0) * MS.hour + Number(minutes ?? 0) * MS.minute + Number(seconds ?? 0) * MS.second;
    return sign === '-' ? -size : size;
  };
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
  } catch (cause) {
    const near = nearest(timeZone, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
    throw new HeraldError('INVALID_CADENCE', `"${shorten(timeZone)}" is not a time zone.`, {
      cause,
      hint: near === null ? 'Use an IANA name such as Europe/Rome or UTC.' : `Did you mean ${near}?`,
    });
  }
}

function checkCron(cron: string): void {
  const hint = 'Use five fields (minute, hour, day, month, weekday), for example "0 9 * * 1" for Mondays at 09:00.';
  const refuse = (problem: string, cause?: unknown) =>
    new HeraldError('INVALID_CADENCE', `"${shorten(cron)}" is not a usable cron expression: ${problem}.`, { cause, hint });
  if (cron.length > MAX_CRON_LENGTH) throw refuse('it is too long');
  const fields = cron.split(' ').length;
  if (fields === 6) throw refuse('seconds are not supported, it has six fields');
  if (fields !== 5) throw refuse(`it has ${fields} ${fields === 1 ? 'field' : 'fields'}`);
  const stranger = (cron.match(/[A-Za-z]+/g) ?? []).find((word) => !CRON_WORDS.has(word.toUpperCase()));
  if (stranger !== undefined) throw refuse(`"${stranger}" is neither a month nor a weekday`);
  try {
    calendarOf(cron, TRIAL_WALL_TIME).next();
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message.replace(/[.!]$/, '') : 'it cannot be read', cause);
  }
}

function unknownName(word: string, names: readonly string[]): HeraldError {
  const near = nearest(word, names);
  const list = `A cadence is one of ${names.join(', ')}, or a five-field cron expression such as "0 9 * * 1".`;
  return new HeraldError('INVALID_CADENCE', `"${shorten(word)}" is not a cadence.`, {
    hint: near === null ? list : `Did you mean "${near}"? ${list}`,
  });
}

function shorten(text: string): string {
  return text.length <= MAX_CRON_LENGTH ? text : `${text.slice(0, MAX_CRON_LENGTH)}…`;
}
