/** From touched releases to owed deliveries: facts, announcement revision and fan-out, inside the poll's transaction. */
import type { ReleaseOutline } from '../core/classify.ts';
import { outlineOf, releaseChannel, reviewAt, sameLine } from '../core/outline.ts';
import { type NoticeFacts, type ReleaseFacts, type ReleaseKey, releaseKey } from '../core/release.ts';
import { editOf, isRetracted } from '../core/release-notes.ts';
import type { Target } from '../core/target.ts';
import { type Instant, MS, plusMs } from '../core/time.ts';
import { compareVersions, parseVersion } from '../core/version.ts';
import type { Announcement, StoreWriter } from '../ports.ts';
import { fanOutRelease, fanOutReply } from './fan-out.ts';
import { noticeOfHeld } from './notices.ts';
import type { TouchedRelease } from './record-observations.ts';
import { currentFacts, knownReleases, type ReleaseRules } from './releases.ts';

/** How soon a held release is looked at again. */
export const HELD_REVIEW_MS = 10 * MS.minute;

export interface AnnounceInput {
  readonly writer: StoreWriter;
  readonly rules: ReleaseRules;
  readonly target: Target;
  readonly touched: ReadonlyMap<ReleaseKey, TouchedRelease>;
  /** The first successful poll of this target: what exists now is recorded and not announced. */
  readonly firstSight: boolean;
  /** When the first look was; null until it is over. */
  readonly baselineAt: Instant | null;
  readonly now: Instant;
}

/** Brings releases and their announcements up to date; gives the deliveries that became owed. */
export async function announceReleases(input: AnnounceInput): Promise<readonly string[]> {
  const { writer, rules, target, touched, firstSight, now } = input;
  if (touched.size === 0) return [];
  await writer.lockProject(target.project);
  const cameOut = new Set<ReleaseKey>();
  for (const release of touched.values()) {
    if (await saveOutline(input, release)) cameOut.add(release.key);
  }
  const { known, held } = await knownReleases(writer, rules, target.project);
  const owed: string[] = [];
  if (firstSight) await assessNewest(writer, touched, now);
  else {
    for (const key of held) if (cameOut.has(key)) owed.push(...(await holdRelease(writer, target, key, known, now)));
  }
  const subjects = new Set([...touched.keys(), ...sameLineAs(target, known, cameOut)]);
  for (const key of subjects) {
    if (held.has(key)) continue;
    const news = { cameOut: cameOut.has(key), rebuilt: touched.get(key)?.rebuilt === true };
    owed.push(...(await announceRelease({ writer, rules, known, key, firstSight, news, now })));
  }
  return owed;
}

/** Of all that a first look records, questions are about the newest: whether that is signed should be known when they come. */
async function assessNewest(writer: StoreWriter, touched: AnnounceInput['touched'], now: Instant): Promise<void> {
  const stable = [...touched.values()].flatMap(({ key, version }) => {
    const parsed = parseVersion(version);
    return parsed?.prerelease === null ? [{ key, parsed }] : [];
  });
  const newest = stable.sort((a, b) => compareVersions(b.parsed, a.parsed))[0];
  if (newest !== undefined) await writer.assessImagesOf(newest.key, now);
}

/** Tells the operators, and looks again later: a person may accept it, or others of its kind may follow, and no poll brings that to our notice. */
async function holdRelease(writer: StoreWriter, target: Target, key: ReleaseKey, known: readonly ReleaseOutline[], now: Instant) {
  await writer.scheduleReview(key, plusMs(now, HELD_REVIEW_MS));
  return noticeOfHeld(writer, target, key, known, now);
}

/** Stores what is now known of the release; true when it came out with this: it is new here, its first images arrived, or its page calls it a prerelease no more. */
async function saveOutline(
  { writer, target, firstSight, baselineAt, now }: AnnounceInput,
  { key, version }: TouchedRelease,
): Promise<boolean> {
  const { project } = target;
  const before = await writer.release(key);
  const { images, page, body } = await writer.releaseContents(key);
  const outline = {
    ...outlineOf(project, version, images, page, now),
    ...(isRetracted(project, version, body) ? { retracted: true } : {}),
  };
  // A tag may be understood long after it was first seen: what was there at the first look is no news for that.
  const wasThere =
    images.length > 0 && images.every(({ firstSeenAt }) => baselineAt !== null && firstSeenAt <= baselineAt && firstSeenAt < now);
  const baseline = before?.baseline ?? (firstSight || wasThere);
  const channel = releaseChannel(version, page);
  await writer.saveRelease({ key, project, version, channel, outline, baseline });
  if (before === null || (before.outline.images === 0 && outline.images > 0)) return !wasThere;
  if (before.channel !== 'stable' && channel === 'stable') return true;
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

export interface ReleaseToAnnounce {
  readonly writer: StoreWriter;
  readonly rules: ReleaseRules;
  readonly known: readonly ReleaseOutline[];
  readonly key: ReleaseKey;
  readonly firstSight: boolean;
  /** What makes a release that was there at the first sight news after all. */
  readonly news: { readonly cameOut: boolean; readonly rebuilt: boolean };
  readonly now: Instant;
}

/** Gives a release's announcement its next revision when its facts changed, and owes it to those it concerns. */
export async function announceRelease(input: ReleaseToAnnounce): Promise<readonly string[]> {
  const { writer, rules, known, key, firstSight, news, now } = input;
  const subject = `release:${key}`;
  const before = await writer.announcement(subject);
  const record = await writer.release(key);
  if (record === null) return [];
  // What existed at first sight stays quiet; only other bytes under a known tag, or its first images elsewhere, are news of it.
  const isNews = !firstSight && (!record.baseline || news.cameOut || news.rebuilt);
  if (before === null && !isNews) return [];

  const factsBefore = before?.facts.kind === 'release' ? before.facts : null;
  const facts = await currentFacts({ store: writer, rules, known, record, said: factsBefore?.completeness ?? null, now });
  const { announcement, changed } = await writer.saveAnnouncement(subject, facts, now);
  await writer.scheduleReview(key, reviewAt(facts));
  await writer.assessImagesOf(key, now);
  if (!changed) return [];
  const owed = await fanOutRelease({ writer, announcement, facts, before: factsBefore, mayBegin: !firstSight, now });
  return [...owed, ...(await tellOfEdit({ writer, announcement, before: factsBefore, facts, now }))];
}

interface Edit {
  readonly writer: StoreWriter;
  readonly announcement: Announcement;
  readonly before: ReleaseFacts | null;
  readonly facts: ReleaseFacts;
  readonly now: Instant;
}

/** Messages are edited in silence; what nobody may miss is said below them. */
async function tellOfEdit({ writer, announcement, before, facts, now }: Edit): Promise<readonly string[]> {
  const added = before === null ? null : editOf(before, facts);
  if (added === null) return [];
  const { project, version, page } = facts;
  const edited: NoticeFacts = { kind: 'notice', notice: 'release-edited', project, version, url: page?.url ?? null, added };
  return fanOutReply(writer, announcement, edited, now);
}
