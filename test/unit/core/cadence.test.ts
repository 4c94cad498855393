import { describe, expect, it } from 'vitest';
import { type Cadence, DEFAULT_CADENCES, lastUpTo, nextAfter, parseCadence, type Schedule } from '../../../src/core/cadence.ts';
import { HeraldError } from '../../../src/core/errors.ts';
import { instant } from '../../../src/core/time.ts';

function schedule(text: string, timeZone = 'UTC'): Schedule {
  const cadence = parseCadence(text, timeZone);
  if (cadence.kind !== 'scheduled') throw new Error(`${text} is not a schedule`);
  return cadence;
}

/** The next firings one by one, each asked afresh: as a process that restarts in between would. */
function firings(text: string, timeZone: string, after: string, count: number): string[] {
  const found: string[] = [];
  let at = instant(after);
  for (let n = 0; n < count; n++) {
    at = nextAfter(schedule(text, timeZone), at);
    found.push(at.replace(':00.000Z', 'Z'));
  }
  return found;
}

function refusal(text: string, timeZone = 'UTC'): HeraldError {
  try {
    parseCadence(text, timeZone);
  } catch (error) {
    if (error instanceof HeraldError) return error;
    throw error;
  }
  throw new Error(`${text} in ${timeZone} was accepted`);
}

describe('reading a cadence', () => {
  it.each<[text: string, expected: Cadence]>([
    ['immediate', { kind: 'immediate' }],
    ['Immediate', { kind: 'immediate' }],
    ['hourly', { kind: 'scheduled', name: 'hourly', cron: '0 * * * *', timeZone: 'Europe/Rome' }],
    ['daily', { kind: 'scheduled', name: 'daily', cron: '0 9 * * *', timeZone: 'Europe/Rome' }],
    [' Weekly ', { kind: 'scheduled', name: 'weekly', cron: '0 9 * * 1', timeZone: 'Europe/Rome' }],
    ['monthly', { kind: 'scheduled', name: 'monthly', cron: '0 9 1 * *', timeZone: 'Europe/Rome' }],
    ['30  6 * * mon-fri', { kind: 'scheduled', name: '30 6 * * mon-fri', cron: '30 6 * * mon-fri', timeZone: 'Europe/Rome' }],
    ['0 9 * * THU', { kind: 'scheduled', name: '0 9 * * THU', cron: '0 9 * * THU', timeZone: 'Europe/Rome' }],
    ['0 9 L * *', { kind: 'scheduled', name: '0 9 L * *', cron: '0 9 L * *', timeZone: 'Europe/Rome' }],
  ])('%j', (text, expected) => {
    expect(parseCadence(text, 'Europe/Rome')).toEqual(expected);
  });

  it('lets the operator move the named cadences', () => {
    const named = { ...DEFAULT_CADENCES, weekly: '30 7 * * 5' };
    expect(parseCadence('weekly', 'UTC', named)).toMatchObject({ name: 'weekly', cron: '30 7 * * 5' });
    expect(() => parseCadence('weekly', 'UTC', { ...named, weekly: 'fridays' })).toThrow(HeraldError);
  });

  it.each([
    ['weakly', 'Did you mean "weekly"?'],
    ['dialy', 'Did you mean "daily"?'],
    ['immediatly', 'Did you mean "immediate"?'],
    ['fortnightly', 'A cadence is one of immediate, hourly, daily, weekly, monthly, or a five-field cron expression'],
    ['', 'A cadence is one of'],
    ['@daily', 'Did you mean "daily"?'],
    ['constructor', 'A cadence is one of'],
  ])('%j is refused with "%s"', (text, hint) => {
    const error = refusal(text);
    expect(error.code).toBe('INVALID_CADENCE');
    expect(error.hint).toContain(hint);
  });

  it.each([
    ['0 0 9 * * *', 'six fields'],
    ['0 9 * *', '4 fields'],
    ['H 9 * * *', '"H"'],
    ['0 H(8-10) * * *', '"H"'],
    ['99 9 * * *', '99'],
    ['*/0 * * * *', '0'],
    ['0 9 * * 8', '8'],
    ['0 9 31 4 *', 'day of month'],
    ['0 9 * * monday', '"monday"'],
    ['0 9 * * 1; rm -rf', 'fields'],
    [`0 9 * * ${'1,'.repeat(100_000)}1`, 'too long'],
  ])('the expression %j is refused, saying %s', (text, words) => {
    const error = refusal(text);
    expect(error.code).toBe('INVALID_CADENCE');
    expect(error.message).toContain(words);
    expect(error.hint).toContain('0 9 * * 1');
    expect(error.message.length).toBeLessThan(300);
  });

  it.each([
    ['Europe/Roma', 'Did you mean Europe/Rome?'],
    ['Mars/Olympus', 'IANA name'],
    ['', 'IANA name'],
  ])('the time zone %j is refused', (timeZone, hint) => {
    expect(refusal('daily', timeZone)).toMatchObject({ code: 'INVALID_CADENCE', hint: expect.stringContaining(hint) });
  });
});

describe('the next firing', () => {
  it.each([
    ['weekly', 'UTC', '2026-09-08T10:00:00Z', ['2026-09-14T09:00Z', '2026-09-21T09:00Z'], 'Mondays at nine'],
    ['weekly', 'UTC', '2026-09-14T09:00:00Z', ['2026-09-21T09:00Z'], 'strictly after'],
    ['weekly', 'UTC', '2026-09-14T08:59:59.999Z', ['2026-09-14T09:00Z'], 'a millisecond before'],
    ['monthly', 'America/New_York', '2026-09-08T00:00:00Z', ['2026-10-01T13:00Z', '2026-11-01T14:00Z'], 'the first, on the wall'],
    ['0 9 31 * *', 'UTC', '2026-01-31T09:00:00Z', ['2026-03-31T09:00Z', '2026-05-31T09:00Z'], 'months without a 31st are left out'],
    ['0 9 29 2 *', 'UTC', '2024-02-29T09:00:00Z', ['2028-02-29T09:00Z', '2032-02-29T09:00Z'], 'leap days'],
    ['0 9 L * *', 'UTC', '2028-02-01T00:00:00Z', ['2028-02-29T09:00Z', '2028-03-31T09:00Z'], 'the last of the month'],
    ['0 9 * * *', 'Asia/Kolkata', '2026-09-08T00:00:00Z', ['2026-09-08T03:30Z'], 'a half-hour zone'],
    ['30 23 31 12 *', 'Asia/Tokyo', '2026-12-31T00:00:00Z', ['2026-12-31T14:30Z', '2027-12-31T14:30Z'], 'around the year'],
  ])('%s in %s after %s is %j: %s', (text, timeZone, after, expected) => {
    expect(firings(text, timeZone, after, expected.length)).toEqual(expected);
  });
});

describe('clock changes', () => {
  it.each([
    ['Europe/Rome', '2026-03-27T12:00:00Z', ['2026-03-28T08:00Z', '2026-03-29T07:00Z', '2026-03-30T07:00Z']],
    ['Europe/Rome', '2026-10-23T12:00:00Z', ['2026-10-24T07:00Z', '2026-10-25T08:00Z', '2026-10-26T08:00Z']],
    ['America/New_York', '2026-03-06T20:00:00Z', ['2026-03-07T14:00Z', '2026-03-08T13:00Z', '2026-03-09T13:00Z']],
    ['America/New_York', '2026-10-30T20:00:00Z', ['2026-10-31T13:00Z', '2026-11-01T14:00Z', '2026-11-02T14:00Z']],
  ])('09:00 stays 09:00 in %s after %s', (timeZone, after, expected) => {
    expect(firings('daily', timeZone, after, 3)).toEqual(expected);
  });

  it.each([
    ['30 2 * * *', 'Europe/Rome', '2026-03-28T12:00:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z'], 'does not exist'],
    ['30 2 * * *', 'America/New_York', '2026-03-07T12:00:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z'], 'does not exist'],
    ['30 2 * * *', 'Europe/Rome', '2026-10-24T12:00:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z'], 'exists twice'],
    ['30 1 * * *', 'America/New_York', '2026-10-31T12:00:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z'], 'exists twice'],
    [
      '*/20 2 * * *',
      'Europe/Rome',
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:00Z', '2026-03-30T00:00Z'],
      'a missing hour is made up for once',
    ],
    ['hourly', 'Europe/Rome', '2026-10-24T23:00:00Z', ['2026-10-25T00:00Z', '2026-10-25T02:00Z'], 'hour two happens once'],
    ['hourly', 'Europe/Rome', '2026-03-29T00:00:00Z', ['2026-03-29T01:00Z', '2026-03-29T02:00Z'], 'hours two and three are one'],
    ['15 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', ['2018-11-04T03:00Z', '2018-11-05T02:15Z'], 'midnight does not exist'],
    ['0 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', ['2026-10-03T15:30Z', '2026-10-04T15:00Z'], 'a change of half an hour'],
    ['0 12 30 * *', 'Pacific/Apia', '2011-12-29T00:00:00Z', ['2011-12-30T10:00Z'], 'a day that was skipped altogether'],
  ])('%s in %s after %s fires at %j: %s', (text, timeZone, after, expected) => {
    expect(firings(text, timeZone, after, expected.length)).toEqual(expected);
  });

  it('does not fire again when it is first asked inside the repeated hour', () => {
    // cron-parser 5.10.5, asked itself, answers 02:30 a second time here, and 02:30 of the day after in spring.
    expect(firings('30 2 * * *', 'Europe/Rome', '2026-10-25T01:00:00Z', 1)).toEqual(['2026-10-26T01:30Z']);
    expect(lastUpTo(schedule('30 2 * * *', 'Europe/Rome'), instant('2026-10-25T01:45:00Z'))).toBe('2026-10-25T00:30:00.000Z');
    expect(lastUpTo(schedule('30 2 * * *', 'Europe/Rome'), instant('2026-10-25T01:10:00Z'))).toBe('2026-10-25T00:30:00.000Z');
  });
});

describe('the last firing', () => {
  it.each([
    ['weekly', 'UTC', '2026-09-14T09:00:00Z', '2026-09-14T09:00:00.000Z', 'at the moment itself'],
    ['weekly', 'UTC', '2026-09-14T08:59:59.999Z', '2026-09-07T09:00:00.000Z', 'just before'],
    ['monthly', 'Europe/Rome', '2026-09-08T00:00:00Z', '2026-09-01T07:00:00.000Z', 'the first of the month'],
    ['30 2 * * *', 'Europe/Rome', '2026-03-29T12:00:00Z', '2026-03-29T01:00:00.000Z', 'the one the clock jumped over'],
  ])('%s in %s up to %s is %s: %s', (text, timeZone, at, expected) => {
    expect(lastUpTo(schedule(text, timeZone), instant(at))).toBe(expected);
  });
});
