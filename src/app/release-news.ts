/** What is new inside a release for whoever comes from the one before: its notes, and what moved in its packages. Read from the store, told with the facts. */
import type { ReleaseOutline } from '../core/classify.ts';
import type { PackageNews, ReleaseNotes } from '../core/news.ts';
import { type ImagePair, imagePairs, packageNews } from '../core/package-news.ts';
import { type PublishedImage, type ReleaseFacts, releaseKey } from '../core/release.ts';
import { readReleaseNotes, skippedReleases } from '../core/release-notes.ts';
import type { StoreReader } from '../ports.ts';

export interface ReleaseNews {
  readonly notes: readonly ReleaseNotes[];
  readonly packages: readonly PackageNews[];
}

/** `known`: every release of the project that may be compared with; `body`: the notes on the release's own page. */
export async function releaseNews(
  store: StoreReader,
  known: readonly ReleaseOutline[],
  facts: ReleaseFacts,
  body: string,
): Promise<ReleaseNews> {
  return { notes: await notesFor(store, known, facts, body), packages: await packagesFor(store, facts) };
}

/** The release's own notes, and those of the releases that a reader who waits for larger changes has skipped. */
async function notesFor(
  store: StoreReader,
  known: readonly ReleaseOutline[],
  { project, version, classification }: ReleaseFacts,
  body: string,
): Promise<readonly ReleaseNotes[]> {
  const own = readReleaseNotes(project, version, body);
  if (own === null) return [];
  const skipped: ReleaseNotes[] = [];
  for (const between of skippedReleases(known, version, classification)) {
    const contents = await store.releaseContents(releaseKey(project, between));
    const notes = readReleaseNotes(project, between, contents.body);
    if (notes !== null) skipped.push(notes);
  }
  return [own, ...skipped];
}

async function packagesFor(
  store: StoreReader,
  { project, images, classification: { previous } }: ReleaseFacts,
): Promise<readonly PackageNews[]> {
  if (previous === null) return [];
  const before = await store.releaseContents(releaseKey(project, previous));
  return packagesBetween(store, before.images, images);
}

/** What moved inside from one release's images to another's, where the SBOMs of both are known. */
export async function packagesBetween(
  store: StoreReader,
  before: readonly PublishedImage[],
  now: readonly PublishedImage[],
): Promise<readonly PackageNews[]> {
  const news = await Promise.all(imagePairs(before, now).map((pair) => newsOf(store, pair)));
  return news.filter((each) => each !== null);
}

/** Null where one of the two was not read, or they are the same bytes. */
async function newsOf(store: StoreReader, pair: ImagePair): Promise<PackageNews | null> {
  const [from, to] = [pair.from.digest, pair.to.digest];
  if (from === null || to === null || from === to) return null;
  const [before, now] = await Promise.all([store.inventory(from), store.inventory(to)]);
  return before === null || now === null ? null : packageNews(pair, before, now);
}
