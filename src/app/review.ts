/**
 * Facts that change without a poll: an image that was late is missing from a moment on, and a release that was held may have
 * been accepted since.
 */

import { plusMs } from '../core/time.ts';
import { announceRelease, HELD_REVIEW_MS } from './announce.ts';
import type { AppDeps } from './deps.ts';
import { knownReleases } from './releases.ts';

/** How many releases one pass takes up; the next pass takes more. */
const BATCH = 20;

/** Makes the announcements of releases whose moment has come true again; gives the deliveries that became owed. */
export async function reviewReleases(deps: AppDeps): Promise<readonly string[]> {
  const now = deps.clock.now();
  const owed: string[] = [];
  for (const { key, project } of await deps.store.releasesToReview(now, BATCH)) {
    const deliveries = await deps.store.transaction(async (writer) => {
      await writer.lockProject(project);
      const { known, held } = await knownReleases(writer, deps, project);
      if (held.has(key)) {
        await writer.scheduleReview(key, plusMs(now, HELD_REVIEW_MS));
        return [];
      }
      const news = { cameOut: false, rebuilt: false };
      return announceRelease({ writer, rules: deps, known, key, firstSight: false, news, now });
    });
    owed.push(...deliveries);
  }
  for (const deliveryId of owed) await deps.queue.enqueue('deliver', { deliveryId }, { id: `deliver-${deliveryId}` });
  return owed;
}
