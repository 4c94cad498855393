/** From touched releases to owed deliveries: facts, announcement revision and fan-out, inside the poll's transaction. */
import type { ReleaseOutline, Renumbering } from '../core/classify.ts';
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
  if (touched.size === 0) return [];
  await writer.lockProject(target.project);
  const cameOut = new Set<ReleaseKey>();
  for (const release of touched.values()) {
    if (await saveOutline(input, release)) cameOut.add(release.key);
  }
  const known = await writer.outlines(target.project);
  const subjects = new Set([...touched.keys(), ...sameLineAs(target, known, cameOut)]);
  const owed: string[] = [];
  for (const key of subjects) owed.push(...(await announceRelease(input, known, key, cameOut.has(key))));
  return owed;
}

/** Stores what is now known of the release; true when it came out with this: it is new here, or its first images arrived. */
async function saveOutline({ writer, target, firstSight, now }: AnnounceInput, { key, version }: TouchedRelease): Promise<boolean> {
  const { project } = target;
  const before = await writer.release(key);
  const { images, page } = await writer.releaseContents(key);
  const outline = outlineOf(project, version, images, page, now);
  const baseline = before?.baseline ?? firstSight;
  await writer.saveRelease({ key, project, version, channel: releaseChannel(version, page), outline, baseline });
  if (before === null || (before.outline.images === 0 && outline.images > 0)) return true;
  // Another target's first sight may have stored the release a moment ago: to this one, which looked before, it is new all the same.
  const here = images.filter(({ reference }) => reference.startsWith(`${target.repository}:`));
  return here.length > 0 && here.every(({ firstSeenAt }) => firstSeenAt === now);
}

/** Releases of the same minor line as one that came out: they may be superseded now, and their messages must say so. */
function sameLineAs(target: Target, known: readonly ReleaseOutline[], cameOut: ReadonlySet<ReleaseKey>): readonly ReleaseKey[] {
  const versions = known.map(({ version }) => version);
  const fresh = versions.filter((version) => cameOut.has(releaseKey(target.project, version)));
  return versions
    .filter((version) => fresh.some((other) => sameLine(other, version)))
    .map((version) => releaseKey(target.project, version));
}

async function announceRelease(
  { writer, touched, firstSight, renumberings, now }: AnnounceInput,
  known: readonly ReleaseOutline[],
  key: ReleaseKey,
  cameOut: boolean,
): Promise<readonly string[]> {
  const subject = `release:${key}`;
  const before = await writer.announcement(subject);
  const record = await writer.release(key);
  if (record === null) return [];
  // What existed at first sight stays quiet; only other bytes under a known tag, or its first images elsewhere, are news of it.
  const isNews = !firstSight && (!record.baseline || cameOut || touched.get(key)?.rebuilt === true);
  if (before === null && !isNews) return [];

  const contents = await writer.releaseContents(key);
  const facts = factsOf({ key, outline: record.outline, ...contents, known, renumberings });
  const { announcement, changed } = await writer.saveAnnouncement(subject, facts, now);
  if (!changed) return [];
  const factsBefore = before?.facts.kind === 'release' ? before.facts : null;
  return fanOutRelease({ writer, announcement, facts, before: factsBefore, mayBegin: !firstSight, now });
}
