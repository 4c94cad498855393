/**
 * `herald eol`: what is still published, and what became of what is not. Facts only. Kairos' documentation says that only
 * the newest release branch gets patches; in practice the newest three are documented and backports to older ones happened,
 * so a line that is not the newest is said to be one, with the day of its last release and how often it was patched after that.
 */
import { hasImage, highestFirst, type KnownRelease, lineOf, type Place, type ReleaseHistory } from './history.ts';
import type { Arch } from './image.ts';
import { artifactOf, type Project } from './release.ts';
import { type Filter, matchesArtifact } from './subscription.ts';
import type { Lifecycle } from './target.ts';
import { day, type Instant } from './time.ts';
import { compareKubernetesVersions, type Distro, type KubernetesVersion } from './version.ts';

/** One minor line, in the words of endoflife.date. */
export interface Cycle {
  /** `4.3` */
  readonly cycle: string;
  /** Day of the line's first stable release. */
  readonly releaseDate: string;
  readonly latest: string;
  readonly latestReleaseDate: string;
  /** True when nothing more is to be expected of it: its place has ended, or a newer line is out (by the policy in the documentation). */
  readonly eol: boolean;
  /** How many of its releases came out after the first of a newer line: whether the policy was kept to. */
  readonly backports: number;
}

/** What is shipped of one Kubernetes minor. */
export interface ShippedKubernetes {
  readonly distro: Distro;
  /** `1.36` */
  readonly minor: string;
  readonly newest: string;
  readonly archs: readonly Arch[];
}

export interface FlavorLife {
  readonly flavor: string;
  readonly place: Place;
  readonly lifecycle: Lifecycle;
  /** Newest first; empty when nothing of it is known here. */
  readonly cycles: readonly Cycle[];
  /** Of the newest stable release; empty for a flavor that has ended. */
  readonly kubernetes: readonly ShippedKubernetes[];
}

/** A project that is not Kairos itself: kairos-init, AuroraBoot, immucore. */
export interface ProjectLife {
  readonly project: Project;
  readonly places: readonly Place[];
  readonly lifecycle: Lifecycle;
  /** The newest stable release that is known; of an ended project, what the configuration says of it where nothing was seen. */
  readonly latest: string | null;
  readonly latestReleaseDate: string | null;
}

export interface EolAnswer {
  readonly flavors: readonly FlavorLife[];
  readonly projects: readonly ProjectLife[];
}

/** What became of a repository of images. `filter`: only releases with such an image count; null: all. */
export function flavorLife(history: ReleaseHistory, place: Place, filter: Filter | null): FlavorLife {
  const { flavor, lifecycle, repository } = place;
  const releases = stable(history)
    .map((release) => ({ ...release, images: release.images.filter(({ reference }) => reference.startsWith(`${repository}:`)) }))
    .filter((release) => hasImage(release, filter));
  const [newest] = releases;
  return {
    flavor,
    place,
    lifecycle,
    cycles: cyclesOf(releases, lifecycle),
    kubernetes: lifecycle.state === 'active' && newest !== undefined ? shipped(newest, filter) : [],
  };
}

/** What became of a project; it lives as long as one of its places does. */
export function projectLife(history: ReleaseHistory, places: readonly Place[]): ProjectLife {
  const lifecycle = (places.find((place) => place.lifecycle.state === 'active') ?? places[0])?.lifecycle ?? { state: 'active' };
  const [newest] = stable(history);
  const recorded = lifecycle.state === 'active' ? null : lifecycle.lastVersion;
  const latest = newest?.version ?? recorded;
  return {
    project: history.project,
    places,
    lifecycle,
    latest,
    latestReleaseDate: newest === undefined ? null : day(newest.outline.publishedAt),
  };
}

/** Stable releases that are out, highest first. */
function stable(history: ReleaseHistory): readonly KnownRelease[] {
  return highestFirst(history.releases).filter(({ key, channel }) => channel === 'stable' && !history.held.has(key));
}

function cyclesOf(releases: readonly KnownRelease[], lifecycle: Lifecycle): readonly Cycle[] {
  const lines = [...Map.groupBy(releases, ({ version }) => lineOf(version))].flatMap(([cycle, of]) =>
    cycle === null ? [] : [{ cycle, of }],
  );
  return lines.map(({ cycle, of }, index) => {
    const above = lines.slice(0, index).flatMap((line) => line.of);
    const overtaken = earliest(above);
    const [latest] = of;
    const first = earliest(of);
    return {
      cycle,
      releaseDate: first === null ? '' : day(first),
      latest: latest?.version ?? '',
      latestReleaseDate: latest === undefined ? '' : day(latest.outline.publishedAt),
      eol: lifecycle.state !== 'active' || index > 0,
      backports: overtaken === null ? 0 : of.filter(({ outline }) => outline.publishedAt > overtaken).length,
    };
  });
}

function earliest(releases: readonly KnownRelease[]): Instant | null {
  return (
    releases
      .map(({ outline }) => outline.publishedAt)
      .sort()
      .at(0) ?? null
  );
}

/** Newest first, k3s before k0s. */
function shipped(release: KnownRelease, filter: Filter | null): readonly ShippedKubernetes[] {
  const built = release.images.flatMap((image) => {
    const artifact = image.removedAt === null ? artifactOf(image) : null;
    const { distro = null, version = null } = artifact?.kubernetes ?? {};
    if (artifact === null || distro === null || version === null || (filter !== null && !matchesArtifact(filter, artifact))) return [];
    return [{ distro, version, arch: artifact.arch }];
  });
  const minors = Map.groupBy(built.sort(newestFirst), ({ distro, version }) => `${distro} ${version.major}.${version.minor}`);
  return [...minors.values()].flatMap((of): readonly ShippedKubernetes[] => {
    const [first] = of;
    if (first === undefined) return [];
    const { distro, version } = first;
    const archs = [...new Set(of.map(({ arch }) => arch))].sort();
    return [{ distro, minor: `${version.major}.${version.minor}`, newest: version.text, archs }];
  });
}

interface Built {
  readonly distro: Distro;
  readonly version: KubernetesVersion;
}

function newestFirst(a: Built, b: Built): number {
  if (a.distro !== b.distro) return a.distro === 'k3s' ? -1 : 1;
  return compareKubernetesVersions(b.version, a.version);
}
