/** When a failed job is tried again. */
import { UnrecoverableError } from 'bullmq';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, worthRetrying } from '../../src/adapters/queue/retry.ts';
import { HeraldError } from '../../src/core/errors.ts';

const almostOne = () => 1 - Number.EPSILON;

describe('the pause before the next try', () => {
  it.each([
    [1, 5_000],
    [2, 10_000],
    [3, 20_000],
    [4, 40_000],
    [7, 300_000],
    [1_000, 300_000],
  ])('after %i tries is under %i ms', (attempts, ceiling) => {
    expect(backoffMs(attempts, new Error('x'), almostOne)).toBe(ceiling - 1);
    expect(backoffMs(attempts, new Error('x'), () => 0)).toBe(0);
  });

  it('is what the provider named, whatever the try', () => {
    const error = new HeraldError('RATE_LIMITED', 'slow down', { retryAfterMs: 61_000 });
    for (const attempts of [1, 4]) expect(backoffMs(attempts, error, almostOne)).toBe(61_000);
  });

  it('is never negative and never endless', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempts, random) => {
        const pause = backoffMs(attempts, new Error('x'), () => random);
        return Number.isInteger(pause) && pause >= 0 && pause < 300_000;
      }),
    );
  });
});

describe('trying again', () => {
  it.each([
    ['an upstream that is slow', new HeraldError('TIMEOUT', 'x'), true],
    ['a store that is away', new HeraldError('STORE_UNAVAILABLE', 'x'), true],
    ['an error nobody foresaw', new Error('connection terminated'), true],
    ['an answer that makes no sense', new HeraldError('SCHEMA_MISMATCH', 'x'), false],
    ['a missing permission', new HeraldError('UNAUTHORIZED', 'x'), false],
    ['a payload that was refused', new UnrecoverableError('x'), false],
  ])('after %s: %s', (_name, error, expected) => {
    expect(worthRetrying(error)).toBe(expected);
  });
});
