/** Writes what a poll saw into the store, inside the poll's transaction, and says which releases it touched. */
import { discoverTags, type PageRow, type TagEvent, type TagRow } from '../core/discover.ts';
import type { Reference } from '../core/image.ts';
import { type Reading, readImage } from '../core/naming.ts';
import { changedFiles } from '../core/page-files.ts';
import { publishedVersion, type ReleaseKey, releaseKey } from '../core/release.ts';
import type { Target } from '../core/target.ts';
import type { Instant } from '../core/time.ts';
import { parseVersion } from '../core/version.ts';
import type { ImageRecord, Observed, PageRecord, StoredTag, StoreWriter } from '../ports.ts';

/** A release something happened to in this poll. */
export interface TouchedRelease {
  readonly key: ReleaseKey;
  readonly version: string;
  /** An image that was known before now has other bytes. */
  readonly rebuilt: boolean;
}

/** A tag format the grammar does not know, as one poll saw it. */
export interface SeenFormat {
  readonly format: string;
  readonly reason: string;
  readonly tags: readonly string[];
}

export interface Recorded {
  readonly events: Readonly<Record<TagEvent['kind'], number>>;
  readonly pages: number;
  readonly touched: ReadonlyMap<ReleaseKey, TouchedRelease>;
  readonly formats: readonly SeenFormat[];
}

/** Stores the tags and pages of one poll. Every tag is stored, whatever the grammar says of it. */
export async function recordObservations(writer: StoreWriter, target: Target, observed: Observed, now: Instant): Promise<Recorded> {
  const tagRows = observed.observations.filter((row) => row.kind === 'tag');
  const pageRows = observed.observations.filter((row) => row.kind === 'page');
  const known = await writer.knownTags(target.id);
  const events = discoverTags(known, tagRows, observed.complete && tagRows.length > 0);

  const added = events.filter((event) => event.kind === 'added').map((event) => imageRecord(target, event.row, event.history, now));
  const reread = [...known.values()].flatMap((tag) => readAnew(target, tag, now));
  const strangers = pageRows.flatMap((row) => strangePage(target, known, row, now));
  await writer.addImages([...added, ...reread.map(({ image }) => image), ...strangers]);
  await moveImages(writer, target, events, now);
  await writer.setRemoved(
    target.id,
    events.flatMap((event) => removalOf(event, now)),
  );
  const pages = await recordPages(writer, target, pageRows, now);
  const withdrawn = observed.complete && pageRows.length > 0 ? await withdrawPages(writer, target, pageRows, now) : [];

  return {
    events: countKinds(events),
    pages: pages.length,
    touched: mergeTouched([
      ...events.flatMap((event) => touchedBy(target, event)),
      ...reread.flatMap(({ touched }) => touched),
      ...pages,
      ...withdrawn,
    ]),
    formats: formatsOf([...added, ...reread.map(({ image }) => image), ...strangers]),
  };
}

function readingOf(target: Target, tag: string): Reading {
  return readImage(`${target.repository}:${tag}`, target.naming);
}

interface Reread {
  readonly image: ImageRecord;
  readonly touched: readonly TouchedRelease[];
}

/**
 * A stored tag that is read another way today: an update of Herald brings unknown tags to life, and a changed template
 * reads all of them anew. Both releases are touched, the one it belongs to now and the one it left.
 */
function readAnew(target: Target, known: StoredTag, now: Instant): readonly Reread[] {
  const mayDiffer = known.unrecognised || known.reads !== null || target.naming !== undefined;
  if (!mayDiffer || target.kind === 'github-releases') return [];
  const row = { kind: 'tag', tag: known.tag, digest: known.digest, size: null, since: null, until: null } as const;
  const image = imageRecord(target, row, [], now);
  const unrecognised = image.kind === 'unrecognised';
  if (unrecognised === known.unrecognised && image.reads === known.reads && image.releaseKey === known.releaseKey) return [];
  const keys = new Set([known.releaseKey, image.releaseKey].filter((key) => key !== null));
  return [{ image, touched: [...keys].map((key) => ({ key, version: key.slice(key.lastIndexOf('@') + 1), rebuilt: false })) }];
}

async function moveImages(writer: StoreWriter, target: Target, events: readonly TagEvent[], now: Instant): Promise<void> {
  for (const event of events) {
    if (event.kind !== 'moved' && event.kind !== 'identified') continue;
    const history = event.kind === 'moved' ? event.history : [];
    for (const { digest, size, since } of [...history, event.row]) {
      if (digest !== null) await writer.moveImage(target.id, event.row.tag, { digest, size, pushedAt: since, at: since ?? now });
    }
  }
}

function removalOf(event: TagEvent, now: Instant): readonly { readonly tag: string; readonly removedAt: Instant | null }[] {
  switch (event.kind) {
    case 'vanished':
      return [{ tag: event.tag, removedAt: event.at ?? now }];
    case 'restored':
      return [{ tag: event.row.tag, removedAt: null }];
    case 'added':
    case 'moved':
    case 'identified':
      return [];
  }
}

/** A tag of a listing as it would be stored when it is seen for the first time. */
export function imageRecord(target: Target, row: TagRow, history: readonly TagRow[], now: Instant): ImageRecord {
  const { reference, reads } = readingOf(target, row.tag);
  return {
    targetId: target.id,
    repository: target.repository,
    tag: row.tag,
    kind: reference.kind,
    reason: reference.kind === 'unrecognised' ? reference.reason : null,
    format: reference.kind === 'unrecognised' ? reference.format : null,
    reads,
    releaseKey: releaseOf(target, reference)?.key ?? null,
    digest: row.digest,
    size: row.size,
    pushedAt: row.since,
    firstSeenAt: now,
    replaced: replacedBy([...history, row], now),
  };
}

/** Each digest of a tag with the moment the next one took its place; the last row is the one that stands. */
function replacedBy(rows: readonly TagRow[], now: Instant): ImageRecord['replaced'] {
  return rows.slice(0, -1).flatMap(({ digest }, index) => {
    const next = rows[index + 1];
    return digest === null || digest === next?.digest ? [] : [{ digest, until: next?.since ?? now }];
  });
}

/** A release page whose tag is no version (`v1.24.3-56` of the c3os years): kept and counted like a tag nobody knows. */
function strangePage(target: Target, known: ReadonlyMap<string, StoredTag>, row: PageRow, now: Instant): readonly ImageRecord[] {
  if (parseVersion(row.tag) !== null || known.has(row.tag)) return [];
  const page: ImageRecord = {
    targetId: target.id,
    repository: target.repository,
    tag: row.tag,
    kind: 'unrecognised',
    reason: 'the tag of this release page is not a version',
    format: row.tag.replace(/\d+/g, 'N'),
    reads: null,
    releaseKey: null,
    digest: null,
    size: null,
    pushedAt: row.publishedAt,
    firstSeenAt: now,
    replaced: [],
  };
  return [page];
}

async function recordPages(
  writer: StoreWriter,
  target: Target,
  rows: readonly PageRow[],
  now: Instant,
): Promise<readonly TouchedRelease[]> {
  const touched: TouchedRelease[] = [];
  for (const row of rows) {
    const version = parseVersion(row.tag);
    if (version === null) continue;
    const key = releaseKey(target.project, version.text);
    const before = await writer.page(target.id, row.tag);
    await writer.upsertPage({
      targetId: target.id,
      releaseKey: key,
      tag: row.tag,
      url: row.url,
      title: row.title,
      body: row.body,
      publishedAt: row.publishedAt,
      prerelease: row.prerelease,
      assets: row.assets.length,
      files: row.assets,
      changedFiles: changedFiles(before?.changedFiles ?? [], before?.files ?? [], row.assets, row.publishedAt, now),
      ...promotion(before, row, now),
    });
    touched.push({ key, version: version.text, rebuilt: false });
  }
  return touched;
}

/** The workflow never sets the flag; a person who takes it away says that the release is out for everybody now. */
function promotion(before: PageRecord | null, { prerelease }: PageRow, now: Instant): Pick<PageRecord, 'promotedAt'> {
  if (prerelease || before === null) return {};
  if (before.prerelease) return { promotedAt: now };
  return before.promotedAt === undefined ? {} : { promotedAt: before.promotedAt };
}

/** Pages that are gone, after all of them were read: a release that was taken back must not stay for ever. */
async function withdrawPages(
  writer: StoreWriter,
  target: Target,
  rows: readonly PageRow[],
  now: Instant,
): Promise<readonly TouchedRelease[]> {
  const gone = await writer.removePagesExcept(
    target.id,
    rows.map(({ tag }) => tag),
    now,
  );
  return gone.map(({ key, tag }) => ({ key, version: parseVersion(tag)?.text ?? tag, rebuilt: false }));
}

function touchedBy(target: Target, event: TagEvent): readonly TouchedRelease[] {
  const tag = event.kind === 'vanished' ? event.tag : event.row.tag;
  const release = releaseOf(target, readingOf(target, tag).reference);
  return release === null ? [] : [{ ...release, rebuilt: event.kind === 'moved' }];
}

/** The release an image belongs to: none for branches, signatures and what is not recognised. */
function releaseOf(target: Target, reference: Reference): TouchedRelease | null {
  const version = publishedVersion(reference);
  return version === null ? null : { key: releaseKey(target.project, version.text), version: version.text, rebuilt: false };
}

function mergeTouched(touched: readonly TouchedRelease[]): ReadonlyMap<ReleaseKey, TouchedRelease> {
  const merged = new Map<ReleaseKey, TouchedRelease>();
  for (const release of touched) {
    merged.set(release.key, { ...release, rebuilt: release.rebuilt || (merged.get(release.key)?.rebuilt ?? false) });
  }
  return merged;
}

function formatsOf(records: readonly ImageRecord[]): readonly SeenFormat[] {
  const formats = new Map<string, { reason: string; tags: string[] }>();
  for (const { format, reason, tag } of records) {
    if (format === null) continue;
    const seen = formats.get(format) ?? { reason: reason ?? 'unknown', tags: [] };
    seen.tags.push(tag);
    formats.set(format, seen);
  }
  return [...formats].map(([format, seen]) => ({ format, ...seen }));
}

function countKinds(events: readonly TagEvent[]): Recorded['events'] {
  const counts = { added: 0, moved: 0, identified: 0, vanished: 0, restored: 0 };
  for (const event of events) counts[event.kind] += 1;
  return counts;
}
