/** When a failed job is tried again. The queue is the only layer that retries: the clients below it neither sleep nor repeat. */
import { UnrecoverableError } from 'bullmq';
import { HeraldError } from '../../core/errors.ts';
import { MS } from '../../core/time.ts';

export const ATTEMPTS = 5;

/** `custom` is BullMQ's name for the worker's own strategy, backoffMs. */
export const RETRY_OPTIONS = { attempts: ATTEMPTS, backoff: { type: 'custom' } };

const FIRST_CEILING_MS = 5 * MS.second;
const LAST_CEILING_MS = 5 * MS.minute;

/**
 * Milliseconds until the next try after `attempts` tries: what the provider asked for, otherwise full jitter under a
 * ceiling that doubles from 5 seconds to 5 minutes. `random` is uniform in [0, 1).
 */
export function backoffMs(attempts: number, error: unknown, random: () => number): number {
  if (error instanceof HeraldError && error.retryAfterMs !== undefined) return error.retryAfterMs;
  const ceiling = Math.min(FIRST_CEILING_MS * 2 ** Math.min(attempts - 1, 10), LAST_CEILING_MS);
  return Math.floor(random() * ceiling);
}

/** Whether trying again can help. An error nobody foresaw is given the benefit of the doubt: a lost database connection is one. */
export function worthRetrying(error: unknown): boolean {
  if (error instanceof UnrecoverableError) return false;
  return !(error instanceof HeraldError) || error.disposition === 'transient';
}
