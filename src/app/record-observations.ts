/** Writes what a poll saw into the store, inside the poll's transaction, and says which releases it touched. */
import { discoverTags, type PageRow, type TagEvent, type TagRow } from '../core/discover.ts';
import { isArtifact, parseReference, type Reference } from '../core/image.ts';
import { type ReleaseKey, releaseKey } from '../core/release.ts';
import type { Target } from '../core/target.ts';
import type { Instant } from '../core/time.ts';
import { parseVersion, type Version } from '../core/version.ts';
import type { ImageRecord, Observed, StoreWriter } from '../ports.ts';

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
  readonly events: { readonly added: number; readonly moved: number; readonly vanished: number; readonly restored: number };
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

  const added = events.filter((event) => event.kind === 'added');
  const records = added.map((event) => imageRecord(target, event.history.at(0) ?? event.row, now));
  const strangers = pageRows
    .filter((row) => parseVersion(row.tag) === null && !known.has(row.tag))
    .map((row) => strangePage(target, row, now));
  await writer.addImages([...records, ...strangers]);
  for (const event of events) await applyEvent(writer, target, event, now);
  const pages = await recordPages(writer, target, pageRows);

  return {
    events: countKinds(events),
    pages: pages.length,
    touched: mergeTouched([...events.flatMap((event) => touchedBy(target, event)), ...pages]),
    formats: formatsOf([...records, ...strangers]),
  };
}

async function applyEvent(writer: StoreWriter, target: Target, event: TagEvent, now: Instant): Promise<void> {
  switch (event.kind) {
    case 'added':
      // The first row of the history was inserted above; the rest are moves.
      for (const row of event.history.length === 0 ? [] : [...event.history.slice(1), event.row]) await move(writer, target, row, now);
      return;
    case 'moved':
      for (const row of [...event.history, event.row]) await move(writer, target, row, now);
      return;
    case 'vanished':
      return writer.setImageRemoved(target.id, event.tag, event.at ?? now);
    case 'restored':
      return writer.setImageRemoved(target.id, event.row.tag, null);
  }
}

async function move(writer: StoreWriter, target: Target, row: TagRow, now: Instant): Promise<void> {
  if (row.digest === null) return;
  await writer.moveImage(target.id, row.tag, { digest: row.digest, size: row.size, pushedAt: row.since, at: row.since ?? now });
}

function imageRecord(target: Target, row: TagRow, now: Instant): ImageRecord {
  const reference = parseReference(`${target.repository}:${row.tag}`);
  return {
    targetId: target.id,
    repository: target.repository,
    tag: row.tag,
    kind: reference.kind,
    reason: reference.kind === 'unrecognised' ? reference.reason : null,
    format: reference.kind === 'unrecognised' ? reference.format : null,
    releaseKey: releaseOf(target, reference)?.key ?? null,
    digest: row.digest,
    size: row.size,
    pushedAt: row.since,
    firstSeenAt: now,
  };
}

/** A release page whose tag is no version (`v1.24.3-56` of the c3os years): kept and counted like a tag nobody knows. */
function strangePage(target: Target, row: PageRow, now: Instant): ImageRecord {
  return {
    targetId: target.id,
    repository: target.repository,
    tag: row.tag,
    kind: 'unrecognised',
    reason: 'the tag of this release page is not a version',
    format: row.tag.replace(/\d+/g, 'N'),
    releaseKey: null,
    digest: null,
    size: null,
    pushedAt: row.publishedAt,
    firstSeenAt: now,
  };
}

async function recordPages(writer: StoreWriter, target: Target, rows: readonly PageRow[]): Promise<readonly TouchedRelease[]> {
  const touched: TouchedRelease[] = [];
  for (const row of rows) {
    const version = parseVersion(row.tag);
    if (version === null) continue;
    const key = releaseKey(target.project, version.text);
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
    });
    touched.push({ key, version: version.text, rebuilt: false });
  }
  return touched;
}

function touchedBy(target: Target, event: TagEvent): readonly TouchedRelease[] {
  const tag = event.kind === 'vanished' ? event.tag : event.row.tag;
  const release = releaseOf(target, parseReference(`${target.repository}:${tag}`));
  return release === null ? [] : [{ ...release, rebuilt: event.kind === 'moved' }];
}

/** The release an image belongs to: none for branches, signatures and what is not recognised. */
function releaseOf(target: Target, reference: Reference): { readonly key: ReleaseKey; readonly version: string } | null {
  const version = publishedVersion(reference);
  return version === null ? null : { key: releaseKey(target.project, version.text), version: version.text };
}

function publishedVersion(reference: Reference): Version | null {
  // A pull-request image tagged v4.5.0 and kairos-init's v4.4.0-scratch are builds on the way to that version, not the release.
  if ('channel' in reference && reference.channel === 'dev') return null;
  if (isArtifact(reference)) return reference.version.kind === 'release' ? reference.version.version : null;
  return reference.kind === 'component' || reference.kind === 'framework' ? reference.version : null;
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
  const counts = { added: 0, moved: 0, vanished: 0, restored: 0 };
  for (const event of events) counts[event.kind] += 1;
  return counts;
}
