/** From stored images and a page to what is said of a release. Pure assembly; classify.ts does the judging. */
import { classify, type ReleaseOutline, type Renumbering } from './classify.ts';
import { buildsOf } from './combination.ts';
import { completenessOf, type EarlierRelease } from './completeness.ts';
import { type Artifact, baseVersionOf } from './image.ts';
import {
  artifactOf,
  type Completeness,
  type Project,
  type PublishedImage,
  type ReleaseFacts,
  type ReleaseKey,
  type ReleasePage,
  rebuiltImages,
} from './release.ts';
import { type Instant, msBetween } from './time.ts';
import {
  type Channel,
  channelOf,
  compareKubernetesVersions,
  compareVersions,
  type Distro,
  type KubernetesVersion,
  parseVersion,
} from './version.ts';

/** What classification needs, from the images and the page of a release. `now` stands in where nothing carries a date. */
export function outlineOf(
  project: Project,
  version: string,
  images: readonly PublishedImage[],
  page: ReleasePage | null,
  now: Instant,
): ReleaseOutline {
  const live = images.filter((image) => image.removedAt === null);
  const artifacts = live.flatMap((image) => artifactOf(image) ?? []);
  return {
    project,
    version,
    publishedAt: earliest([page?.publishedAt ?? null, ...images.map((image) => image.pushedAt ?? image.firstSeenAt)]) ?? now,
    base: newestBase(artifacts),
    kubernetes: newestKubernetes(artifacts),
    page: page !== null && page.removedAt == null,
    prerelease: page?.prerelease === true,
    promoted: page?.promotedAt != null,
    images: live.length,
    rebuilt: rebuiltImages(images),
    combinations: buildsOf(artifacts),
    tookMs: tookMs(live),
  };
}

/**
 * The channel of a release: stable only when neither the version nor the page says otherwise.
 * Upstream's workflow never sets the page's prerelease flag and people do by hand, so neither is enough alone.
 */
export function releaseChannel(version: string, page: ReleasePage | null): Channel {
  const parsed = parseVersion(version);
  const channel = parsed === null ? 'dev' : channelOf(parsed);
  return channel === 'stable' && page?.prerelease === true ? 'rc' : channel;
}

export interface FactsInput {
  readonly key: ReleaseKey;
  readonly outline: ReleaseOutline;
  readonly images: readonly PublishedImage[];
  readonly page: ReleasePage | null;
  /** Names of the files on its page. */
  readonly files: readonly string[];
  /** Outlines of every release of the project that is to be compared with. */
  readonly known: readonly ReleaseOutline[];
  readonly renumberings: readonly Renumbering[];
  /** Flavors that are no longer published. */
  readonly endedFlavors: ReadonlySet<string>;
  /** What was said of its completeness before; null for the first time. */
  readonly said: Completeness | null;
  /** Only whether something is late or missing depends on it. */
  readonly now: Instant;
}

/** Everything an announcement says of a release. Images are ordered by reference, so that equal facts are equal JSON. */
export function factsOf(input: FactsInput): ReleaseFacts {
  const { key, outline, images, page, known, renumberings } = input;
  const channel = releaseChannel(outline.version, page);
  const out = releasesThatAreOut(known);
  return {
    kind: 'release',
    key,
    project: outline.project,
    version: outline.version,
    channel,
    classification: classify(outline, out, renumberings),
    images: [...images].sort((a, b) => (a.reference < b.reference ? -1 : a.reference > b.reference ? 1 : 0)),
    page,
    supersededBy: channel === 'stable' ? supersededBy(outline, out) : null,
    ...(outline.retracted === true ? { retracted: true } : {}),
    completeness: channel === 'stable' ? completenessAmong(input, out) : null,
    withdrawn: withdrawnOf(images, page),
  };
}

/** When facts change by time alone: something that is late then counts as missing. Null when they do not. */
export function reviewAt({ completeness }: ReleaseFacts): Instant | null {
  return completeness?.images.some(({ status }) => status === 'late') === true ? completeness.deadline : null;
}

/** Nothing is expected of a release that has no image yet, nor of projects without OS images. */
function completenessAmong(input: FactsInput, out: readonly ReleaseOutline[]): Completeness | null {
  const { outline, images, files, endedFlavors, said, now } = input;
  if (outline.images === 0) return null;
  const first = earliest(images.map((image) => image.pushedAt ?? image.firstSeenAt)) ?? outline.publishedAt;
  return completenessOf({
    version: outline.version,
    images,
    files,
    earlier: earlierReleases(outline, out),
    endedFlavors,
    said,
    publishedAt: first,
    now,
  });
}

/** The stable releases below this one that were out when it appeared, newest first: a backport made later says nothing about it. */
function earlierReleases(outline: ReleaseOutline, out: readonly ReleaseOutline[]): readonly EarlierRelease[] {
  const own = parseVersion(outline.version);
  if (own === null) return [];
  return out
    .filter((other) => other.publishedAt <= outline.publishedAt)
    .flatMap((other) => {
      const version = parseVersion(other.version);
      const stable = version !== null && version.prerelease === null && other.prerelease !== true;
      return stable && compareVersions(version, own) < 0 ? [{ other, version }] : [];
    })
    .sort((a, b) => compareVersions(b.version, a.version))
    .map(({ other: { combinations = {}, tookMs: took = null, version } }) => ({
      combinations,
      sameLine: sameLine(version, outline.version),
      tookMs: took,
    }));
}

/** What was published and was taken back. */
function withdrawnOf(images: readonly PublishedImage[], page: ReleasePage | null): 'all' | 'images' | 'page' | null {
  const goneImages = images.length > 0 && images.every(({ removedAt }) => removedAt !== null);
  const gonePage = page?.removedAt != null;
  if (goneImages) return gonePage || page === null ? 'all' : 'images';
  return gonePage ? 'page' : null;
}

/** A page may be there hours before the first image, and supersedes nothing until then. Where a project has pages only, the pages are the releases. */
export function releasesThatAreOut(known: readonly ReleaseOutline[]): readonly ReleaseOutline[] {
  const withImages = known.filter(({ images }) => images > 0);
  return withImages.length === 0 ? known.filter(({ page }) => page) : withImages;
}

/** The newest stable release of the same minor line above this one, or null. */
function supersededBy(outline: ReleaseOutline, known: readonly ReleaseOutline[]): string | null {
  const own = parseVersion(outline.version);
  if (own === null) return null;
  const newer = known
    // What nobody should upgrade to supersedes nothing.
    .filter(({ prerelease, retracted }) => prerelease !== true && retracted !== true)
    .flatMap((other) => parseVersion(other.version) ?? [])
    .filter((other) => other.prerelease === null && other.major === own.major && other.minor === own.minor)
    .filter((other) => compareVersions(other, own) > 0)
    .sort(compareVersions);
  return newer.at(-1)?.text ?? null;
}

/** True for releases of one minor line (`v4.1.1`, `v4.1.2`): what a new release of the line may supersede. */
export function sameLine(a: string, b: string): boolean {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left !== null && right !== null && left.major === right.major && left.minor === right.minor;
}

function newestBase(artifacts: readonly Artifact[]): string | null {
  const bases = artifacts.flatMap((artifact) => baseVersionOf(artifact) ?? []).sort(compareVersions);
  return bases.at(-1)?.text ?? null;
}

function newestKubernetes(artifacts: readonly Artifact[]): ReleaseOutline['kubernetes'] {
  const newest: Partial<Record<Distro, KubernetesVersion>> = {};
  for (const { kubernetes } of artifacts) {
    if (kubernetes?.version == null) continue;
    const best = newest[kubernetes.distro];
    if (best === undefined || compareKubernetesVersions(kubernetes.version, best) > 0) newest[kubernetes.distro] = kubernetes.version;
  }
  return {
    ...(newest.k3s === undefined ? {} : { k3s: newest.k3s.text }),
    ...(newest.k0s === undefined ? {} : { k0s: newest.k0s.text }),
  };
}

/** How long the images took to arrive. One that was pushed again months later arrived when it was first seen, or first replaced. */
function tookMs(images: readonly PublishedImage[]): number | null {
  const arrivals = images
    .flatMap(({ pushedAt, firstSeenAt, replaced }) =>
      pushedAt === null ? [] : [pushedAt, firstSeenAt, replaced[0]?.until ?? pushedAt].sort().slice(0, 1),
    )
    .sort();
  const [first, last] = [arrivals.at(0), arrivals.at(-1)];
  return first === undefined || last === undefined ? null : msBetween(first, last);
}

function earliest(moments: readonly (Instant | null)[]): Instant | null {
  return (
    moments
      .filter((at) => at !== null)
      .sort()
      .at(0) ?? null
  );
}
