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
  // Always in one order: two polls that lock the same releases must not wait for each other.
  const touched = [...input.touched.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const cameOut: TouchedRelease[] = [];
  for (const release of touched) {
    if (await saveOutline(input, release)) cameOut.push(release);
  }
  if (input.firstSight) return [];

  const subjects = new Set([...touched.map(({ key }) => key), ...(await sameLineAs(input, cameOut))]);
  const owed: string[] = [];
  for (const key of subjects) owed.push(...(await announceRelease(input, key)));
  return owed;
}

/** Stores what is now known of the release; true when it came out with this: it is new, or its first images arrived. */
async function saveOutline({ writer, target, firstSight, now }: AnnounceInput, { key, version }: TouchedRelease): Promise<boolean> {
  const { project } = target;
  const nothing = outlineOf(project, version, [], null, now);
  const before = await writer.lockRelease({
    key,
    project,
    version,
    channel: releaseChannel(version, null),
    outline: nothing,
    baseline: firstSight,
  });
  const { images, page } = await writer.releaseContents(key);
  const outline = outlineOf(project, version, images, page, now);
  await writer.saveRelease({ key, project, version, channel: releaseChannel(version, page), outline });
  return before === null || (before.outline.images === 0 && outline.images > 0);
}

/** Announced releases of the same minor line as one that came out: they may be superseded now, and their messages must say so. */
async function sameLineAs({ writer, target }: AnnounceInput, cameOut: readonly TouchedRelease[]): Promise<readonly ReleaseKey[]> {
  if (cameOut.length === 0) return [];
  const outlines = await writer.outlines(target.project);
  return outlines
    .filter((outline) => cameOut.some((release) => sameLine(release.version, outline.version)))
    .map((outline) => releaseKey(target.project, outline.version));
}

async function announceRelease(input: AnnounceInput, key: ReleaseKey): Promise<readonly string[]> {
  const { writer, touched, renumberings, now } = input;
  const subject = `release:${key}`;
  const before = await writer.announcement(subject);
  const record = await writer.release(key);
  if (record === null) return [];
  // What existed at first sight stays quiet; only other bytes under a known tag are news of it.
  if (before === null && record.baseline && touched.get(key)?.rebuilt !== true) return [];

  const contents = await writer.releaseContents(key);
  const known = await writer.outlines(record.project);
  const facts = factsOf({ key, outline: record.outline, ...contents, known, renumberings });
  const { announcement, changed } = await writer.saveAnnouncement(subject, facts, now);
  if (!changed) return [];
  return fanOutRelease(writer, announcement, facts, before?.facts.kind === 'release' ? before.facts : null, now);
}
