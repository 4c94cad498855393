/** Facts that change by time alone: an image that was late is missing from a moment on, and nobody polls at that moment. */
import { announceRelease } from './announce.ts';
import type { AppDeps } from './deps.ts';
import { knownReleases } from './releases.ts';

/** How many releases one pass takes up; the next pass takes more. */
const BATCH = 20;

/** Makes the announcements of releases whose moment has come true again; gives the deliveries that became owed. */
export async function reviewReleases(deps: AppDeps): Promise<readonly string[]> {
  const owed: string[] = [];
  for (const { key, project } of await deps.store.releasesToReview(deps.clock.now(), BATCH)) {
    const deliveries = await deps.store.transaction(async (writer) => {
      await writer.lockProject(project);
      const { known, held } = await knownReleases(writer, deps, project);
      if (held.has(key)) {
        await writer.scheduleReview(key, null);
        return [];
      }
      const news = { cameOut: false, rebuilt: false };
      return announceRelease({ writer, rules: deps, known, key, firstSight: false, news, now: deps.clock.now() });
    });
    owed.push(...deliveries);
  }
  for (const deliveryId of owed) await deps.queue.enqueue('deliver', { deliveryId }, { id: `deliver-${deliveryId}` });
  return owed;
}
