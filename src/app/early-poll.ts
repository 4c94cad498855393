/** A webhook said that something may be new: the places it is about are polled now rather than at their next turn. */
import { type Hint, hinted } from '../core/hint.ts';
import { MS, msBetween } from '../core/time.ts';
import type { AppDeps } from './deps.ts';

/** A release is pushed as dozens of tags, and each is a webhook: one early poll a minute and place is enough. */
const PAUSE_MS = MS.minute;

/** Queues a poll of each target the hint is about; gives their ids. A second hint within the minute waits for its end and is not dropped. */
export async function earlyPoll(
  { store, queue, targets, clock }: Pick<AppDeps, 'store' | 'queue' | 'targets' | 'clock'>,
  hint: Hint,
): Promise<readonly string[]> {
  const found = hinted(targets, hint);
  for (const { id } of found) {
    const { lastAttemptAt } = await store.targetHealth(id);
    const delayMs = lastAttemptAt === null ? 0 : Math.max(0, PAUSE_MS - msBetween(lastAttemptAt, clock.now()));
    await queue.enqueue('poll-target', { targetId: id }, { id: `early-${id}`, ...(delayMs === 0 ? {} : { delayMs }) });
  }
  return found.map(({ id }) => id);
}
