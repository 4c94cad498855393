/** A look at one target without writing anything: what a question with --live is answered from. */
import { discoverTags, type PageRow } from '../core/discover.ts';
import type { StoredImage } from '../core/explain.ts';
import type { KnownRelease, ReleaseHistory } from '../core/history.ts';
import { compareTexts } from '../core/history.ts';
import { outlineOf, releaseChannel } from '../core/outline.ts';
import { type Project, type ReleaseKey, releaseKey } from '../core/release.ts';
import type { Target } from '../core/target.ts';
import type { Instant } from '../core/time.ts';
import { parseVersion } from '../core/version.ts';
import type { StoreReader } from '../ports.ts';
import type { AppDeps } from './deps.ts';
import { imageRecord } from './record-observations.ts';

/** What a target shows at a moment, tag by tag. */
export interface Look {
  readonly target: Target;
  readonly at: Instant;
  readonly tags: ReadonlyMap<string, StoredImage>;
}

/** Asks the target's source for all of its tags. Throws the source's HeraldError; what is stored says nothing then. */
export async function look(
  { sources, clock }: Pick<AppDeps, 'sources' | 'clock'>,
  store: StoreReader | null,
  target: Target,
): Promise<Look> {
  const source = sources.get(target.kind);
  if (source === undefined) throw new TypeError(`there is no source for ${target.kind}`);
  const observed = await source.observe(target, null, async () => (store === null ? new Map() : store.knownTags(target.id)));
  const at = clock.now();
  const rows = observed.observations.filter((row) => row.kind === 'tag');
  const known = new Map((store === null ? [] : await store.imagesOf(target.id)).map((image) => [image.reference, image]));
  const seen = discoverTags(new Map(), rows, false).flatMap((event): readonly (readonly [string, StoredImage])[] => {
    if (event.kind !== 'added') return [];
    const { tag, repository, kind, reason, releaseKey, digest, size, pushedAt, replaced } = imageRecord(
      target,
      event.row,
      event.history,
      at,
    );
    const reference = `${repository}:${tag}`;
    const before = known.get(reference);
    // What the store remembers of a tag's past goes beyond what a registry tells.
    const past = { firstSeenAt: before?.firstSeenAt ?? at, replaced: replaced.length > 0 ? replaced : (before?.replaced ?? []) };
    return [[tag, { image: { reference, digest, size, pushedAt, removedAt: null, ...past }, kind, reason, releaseKey }]];
  });
  return { target, at, tags: new Map(seen) };
}

/** The history as it would be if this look were recorded. */
export function withLook(history: ReleaseHistory, { target, tags, at }: Look): ReleaseHistory {
  const prefix = `${target.repository}:`;
  const byRelease = Map.groupBy(tags.values(), ({ releaseKey }) => releaseKey);
  const seenIn = (key: ReleaseKey) => (byRelease.get(key) ?? []).map(({ image }) => image);
  const known = history.releases.map((release) => {
    const gone = release.images.filter(
      ({ reference, removedAt }) => reference.startsWith(prefix) && (removedAt !== null || !tags.has(reference.slice(prefix.length))),
    );
    const elsewhere = release.images.filter(({ reference }) => !reference.startsWith(prefix));
    return renewed(
      release,
      [...elsewhere, ...seenIn(release.key), ...gone.map((image) => ({ ...image, removedAt: image.removedAt ?? at }))],
      at,
    );
  });
  const stored = new Set(history.releases.map(({ key }) => key));
  const fresh = [...byRelease.keys()].flatMap((key): readonly KnownRelease[] => {
    if (key === null || stored.has(key)) return [];
    const version = key.slice(key.lastIndexOf('@') + 1);
    return [renewed(unheardOf(history.project, version, at), seenIn(key), at)];
  });
  return { ...history, releases: [...known, ...fresh].sort((a, b) => compareTexts(a.version, b.version)), now: at };
}

/** The release pages of a target as they are now. Throws the source's HeraldError. */
export async function lookAtPages({ sources }: Pick<AppDeps, 'sources'>, target: Target): Promise<readonly PageRow[]> {
  const source = sources.get(target.kind);
  if (source === undefined) throw new TypeError(`there is no source for ${target.kind}`);
  const { observations } = await source.observe(target, null, async () => new Map());
  return observations.flatMap((row) => (row.kind === 'page' && !row.draft ? [row] : []));
}

/** The history as it would be if these pages were recorded; what is known of their releases' images stays. */
export function withPages(history: ReleaseHistory, pages: readonly PageRow[], at: Instant): ReleaseHistory {
  const rows = new Map(
    pages.flatMap((row) => {
      const version = parseVersion(row.tag);
      return version === null ? [] : [[version.text, row] as const];
    }),
  );
  const stored = new Map(history.releases.map((release) => [release.version, release]));
  const seen = [...rows].map(([version, row]): KnownRelease => {
    const { url, title, body, publishedAt, prerelease, assets } = row;
    const page = { url, title, publishedAt, prerelease, assets: assets.length };
    const release = stored.get(version) ?? unheardOf(history.project, version, at);
    return { ...renewed({ ...release, page }, release.images, at), channel: releaseChannel(version, page), body };
  });
  const others = history.releases.filter(({ version }) => !rows.has(version));
  return { ...history, releases: [...others, ...seen].sort((a, b) => compareTexts(a.version, b.version)), now: at };
}

function unheardOf(project: Project, version: string, at: Instant): KnownRelease {
  const channel = releaseChannel(version, null);
  const outline = outlineOf(project, version, [], null, at);
  const nothing = { images: [], page: null, files: [], body: '', said: null };
  return { key: releaseKey(project, version), project, version, channel, outline, baseline: false, ...nothing };
}

function renewed(release: KnownRelease, images: KnownRelease['images'], at: Instant): KnownRelease {
  const { project, version, page, outline } = release;
  const retracted = outline.retracted === true ? { retracted: true } : {};
  return { ...release, images, outline: { ...outlineOf(project, version, images, page, at), ...retracted } };
}
