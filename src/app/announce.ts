/** From touched releases to owed deliveries: facts, announcement revision and fan-out, inside the poll's transaction. */
import type { Renumbering } from '../core/classify.ts';
import { factsOf, outlineOf, releaseChannel, sameLine } from '../core/outline.ts';
import { type ReleaseKey, releaseKey } from '../core/release.ts';
import type { Target } from '../core/target.ts';
import type { Instant } from '../core/time.ts';
import type { StoreWriter } from '../ports.ts';
import { fanOutRelease } from './fan-out.ts';
import type { TouchedRelease } from './record-observations.ts';

export interface AnnounceInput {
  readonly writer: StoreWriter;
  readonly target: Target;
  readonly touched: ReadonlyMap<ReleaseKey, TouchedRelease>;
  /** The first successful poll of this target: what exists now is recorded and not announced. */
  readonly firstSight: boolean;
  readonly renumberings: readonly Renumbering[];
  readonly now: Instant;
}

/** Brings releases and their announcements up to date; gives the deliveries that became owed. */
export async function announceReleases(input: AnnounceInput): Promise<readonly string[]> {
  const { writer, target, touched } = input;
  const fresh: TouchedRelease[] = [];
  for (const release of touched.values()) {
    if (await saveOutline(input, release)) fresh.push(release);
  }
  if (input.firstSight) return [];

  const subjects = new Set([...touched.keys(), ...(await predecessors(writer, target, fresh))]);
  const owed: string[] = [];
  for (const key of subjects) owed.push(...(await announceRelease(input, key, touched.get(key)?.rebuilt ?? false)));
  return owed;
}

/** Stores what is now known of the release; true when it was not known before. */
async function saveOutline(input: AnnounceInput, release: TouchedRelease): Promise<boolean> {
  const { writer, target, now } = input;
  const stored = await writer.release(release.key);
  const images = stored?.images ?? [];
  const page = stored?.page ?? null;
  await writer.upsertRelease({
    key: release.key,
    project: target.project,
    version: release.version,
    channel: releaseChannel(release.version, page),
    outline: outlineOf(target.project, release.version, images, page, now),
    baseline: stored?.record?.baseline ?? input.firstSight,
  });
  return stored?.record == null;
}

/** Announced releases of the same minor line as a new one: they may be superseded now, and their messages must say so. */
async function predecessors(writer: StoreWriter, target: Target, fresh: readonly TouchedRelease[]): Promise<readonly ReleaseKey[]> {
  if (fresh.length === 0) return [];
  const outlines = await writer.outlines(target.project);
  return outlines
    .filter((outline) => fresh.some((release) => sameLine(release.version, outline.version)))
    .map((outline) => releaseKey(target.project, outline.version));
}

async function announceRelease(input: AnnounceInput, key: ReleaseKey, rebuilt: boolean): Promise<readonly string[]> {
  const { writer, now } = input;
  const subject = `release:${key}`;
  const before = await writer.announcement(subject);
  const stored = await writer.release(key);
  if (stored === null) return [];
  // What existed at first sight stays quiet; only other bytes under a known tag are news of it.
  if (before === null && stored.record.baseline && !rebuilt) return [];

  const facts = factsOf({
    key,
    outline: stored.record.outline,
    images: stored.images,
    page: stored.page,
    known: await writer.outlines(stored.record.project),
    renumberings: input.renumberings,
  });
  const { announcement, changed } = await writer.saveAnnouncement(subject, facts, now);
  if (!changed) return [];
  return fanOutRelease(writer, announcement, facts, before?.facts.kind === 'release' ? before.facts : null, now);
}
