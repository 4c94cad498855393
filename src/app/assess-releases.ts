/**
 * Which images are looked at now, and what happens once that is done: the release's message says so, and a signature that is wrong or
 * gone raises an alert of its own.
 */

import type { ReleaseKey } from '../core/release.ts';
import { signatureAlertOf } from '../core/signature-alert.ts';
import { MS, plusMs } from '../core/time.ts';
import type { Assessment, StoreWriter } from '../ports.ts';
import { announceRelease } from './announce.ts';
import { assessImage } from './assess-image.ts';
import type { AppDeps } from './deps.ts';
import { fanOutSignatureAlert } from './fan-out.ts';
import { bareFacts, knownReleases } from './releases.ts';

/** How many images one pass takes; the next takes more. */
const BATCH = 60;
/** How long an image that was taken is left alone: longer than the queue tries. */
const CLAIM_MS = 20 * MS.minute;

/** Queues the images that are due, a flow a release: its message is edited once when all of them were looked at. Gives how many they are. */
export async function startAssessments(deps: AppDeps): Promise<number> {
  if (deps.verification === null) return 0;
  const claimed = await claim(deps);
  for (const [releaseKey, images] of byRelease(claimed)) {
    await deps.queue.enqueueAfter(
      { name: 'conclude-release', payload: { releaseKey } },
      images.map(({ targetId, tag }) => ({ name: 'assess-image', payload: { targetId, tag } })),
    );
  }
  return claimed.length;
}

/** The same without a queue: looks at all that are due, a few at a time, and concludes. Gives the deliveries that became owed. */
export async function assessNow(deps: AppDeps): Promise<readonly string[]> {
  const owed: string[] = [];
  if (deps.verification === null) return owed;
  for (;;) {
    const claimed = await claim(deps);
    if (claimed.length === 0) return owed;
    for (const [releaseKey, images] of byRelease(claimed)) {
      // The limits of each host are kept by whoever asks it; more at once would only wait there.
      for (const { targetId, tag } of images) await assessImage(deps, targetId, tag);
      owed.push(...(await concludeRelease(deps, releaseKey)));
    }
  }
}

function claim({ store, clock }: AppDeps): Promise<readonly Assessment[]> {
  const now = clock.now();
  return store.claimAssessments(now, plusMs(now, CLAIM_MS), BATCH);
}

function byRelease(claimed: readonly Assessment[]): ReadonlyMap<ReleaseKey, readonly Assessment[]> {
  return Map.groupBy(claimed, ({ releaseKey }) => releaseKey);
}

/** After its images were looked at: makes the release's announcement true again and raises or takes back its alert. Gives the deliveries that became owed. */
export async function concludeRelease(deps: AppDeps, key: ReleaseKey): Promise<readonly string[]> {
  return deps.store.transaction(async (writer) => {
    const record = await writer.release(key);
    if (record === null) return [];
    await writer.lockProject(record.project);
    const { known, held } = await knownReleases(writer, deps, record.project);
    if (held.has(key)) return [];
    const news = { cameOut: false, rebuilt: false };
    const now = deps.clock.now();
    const owed = await announceRelease({ writer, rules: deps, known, key, firstSight: false, news, now });
    return [...owed, ...(await alert(deps, writer, key, known))];
  });
}

async function alert(
  deps: AppDeps,
  writer: StoreWriter,
  key: ReleaseKey,
  known: Awaited<ReturnType<typeof knownReleases>>['known'],
): Promise<readonly string[]> {
  const now = deps.clock.now();
  const subject = `alert:signatures:${key}`;
  const record = await writer.release(key);
  if (record === null) return [];
  const facts = await bareFacts({ store: writer, rules: deps, known, record, said: null, now });
  const found = signatureAlertOf(facts);
  const before = await writer.announcement(subject);
  // Nothing is wrong and nobody was told otherwise.
  if (found.images.length === 0 && before === null) return [];
  return fanOutSignatureAlert(writer, subject, found, facts, now);
}
