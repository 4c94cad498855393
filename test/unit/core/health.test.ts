import { describe, expect, it } from 'vitest';
import { latenessOf, targetState } from '../../../src/core/health.ts';
import type { TargetHealth } from '../../../src/core/target.ts';
import { instant, MS, plusMs } from '../../../src/core/time.ts';
import { KAIROS_HISTORY } from '../../support/kairos-history.ts';
import { T0, target } from '../../support/stores.ts';

const DAILY = target('hadron');
const HEALTH: TargetHealth = {
  targetId: 'hadron',
  watermark: {},
  baselineAt: T0,
  lastAttemptAt: T0,
  lastSuccessAt: T0,
  failingSince: null,
  failures: 0,
  polls: 0,
  requests: 0,
  failure: null,
};

describe('a place', () => {
  it('is fresh for two periods of its cadence, then stale: nobody looks any more', () => {
    expect(targetState(DAILY, HEALTH, plusMs(T0, 26 * MS.hour))).toBe('fresh');
    expect(targetState(DAILY, HEALTH, plusMs(T0, 50 * MS.hour))).toBe('stale');
  });

  it('that cannot be read is failing, however lately it was', () => {
    expect(targetState(DAILY, { ...HEALTH, failingSince: T0 }, T0)).toBe('failing');
  });

  it('nobody ever looked at is not called fresh', () => {
    expect(targetState(DAILY, { ...HEALTH, lastSuccessAt: null }, T0)).toBe('never');
  });
});

describe('a project that is quiet', () => {
  const at = (text: string) =>
    latenessOf(
      KAIROS_HISTORY.filter(({ publishedAt }) => publishedAt <= instant(text)),
      instant(text),
    );

  it('is late only beyond what 95 of 100 of its gaps were: Kairos was quiet for 62 days in summer 2026 as often before', () => {
    expect(at('2026-07-20')).toMatchObject({ late: false });
    expect(at('2026-08-17')).toMatchObject({ late: true });
  });

  it('is measured by the last three years', () => {
    const lateness = at('2026-09-20');
    expect(lateness?.gaps).toBeGreaterThan(60);
    expect(lateness?.p50).toBeGreaterThan(5);
    expect(lateness?.p50).toBeLessThan(15);
    expect(lateness?.late).toBe(false);
  });

  it('is not judged by a history of a few releases', () => {
    expect(latenessOf(KAIROS_HISTORY.slice(-5), instant('2027-09-20'))).toBeNull();
    expect(latenessOf([], T0)).toBeNull();
  });
});
