/** Which images a running one may be upgraded to. How two images relate is in comparison.ts. */
import {
  type ComponentChange,
  type Contents,
  compareArtifacts,
  contentsOf,
  crossings,
  kubernetesStep,
  movesBetween,
  osDirection,
  versionText,
  type Warning,
} from './comparison.ts';
import type { Artifact } from './image.ts';
import { type Bump, bumpBetween, compareKubernetesVersions, compareVersions, type Version } from './version.ts';

export type { Comparison, ComponentChange, Coordinate, Warning } from './comparison.ts';
export { compareArtifacts } from './comparison.ts';

export type Track = 'os' | 'kubernetes' | 'both';

export interface Offer {
  readonly artifact: Artifact;
  readonly bump: Bump;
  readonly components: readonly ComponentChange[];
  readonly recommended: boolean;
  readonly warnings: readonly Warning[];
}

export interface Candidates {
  readonly running: Artifact;
  readonly offers: readonly Offer[];
  /** The same image of a newer flavor release (ubuntu 22.04 to 24.04): an OS change a person decides on. */
  readonly osChanges: readonly Offer[];
  /** Why there are no offers, for people; null when there are some. */
  readonly reason: string | null;
}

/**
 * Upgrade offers for a running image among the known artifacts: never across coordinates or repositories, never a
 * downgrade of any component, never over a Kubernetes minor. The first offer is the recommended one.
 *
 * Track `os`: the newest Kairos version, with the running Kubernetes minor where it is published, else with the next; a
 * newer build of the running version counts. `kubernetes`: the running Kairos version with the next minor. `both`: the
 * newest Kairos version with the highest Kubernetes within reach. A version that is out of reach because it would skip
 * a minor makes the offer a stepping stone towards it. Where a standard image's tag does not say which Kubernetes is inside, nothing is offered. Prereleases only when asked for, or along the line of a running one.
 */
export function candidates(
  running: Artifact,
  known: readonly Artifact[],
  options: { readonly track?: Track; readonly prereleases?: boolean } = {},
): Candidates {
  const own = contentsOf(running);
  const { track = 'os', prereleases = false } = options;
  if (running.kind === 'raw-image') return { running, offers: [], osChanges: [], reason: rawReason(running) };
  if (own.version === null) return { running, offers: [], osChanges: [], reason: unorderedReason(running) };

  const others = known
    .filter((artifact) => artifact.repository === running.repository && crossings(running, artifact).length === 0)
    .map((artifact) => judge(own, contentsOf(artifact), prereleases))
    .filter((other) => other.version !== null);
  const sameOs = others.filter((other) => osDirection(own, other) === 0);
  const offers = offersAmong(own, sameOs, track);
  return {
    running,
    offers: offers.map((offer) => ({ ...offer, recommended: true })),
    osChanges: newerSystems(own, others).flatMap((system) => offersAmong(own, system, track)),
    reason: offers.length > 0 ? null : reasonFor(own, sameOs, track),
  };
}

/** Why an image is not offered; null when it may be. */
type Obstacle = 'unordered' | 'prerelease' | 'kubernetes-unknown' | 'downgrade' | 'skips-minor' | 'nothing-newer';

interface Judged extends Contents {
  readonly obstacle: Obstacle | null;
  /** Kairos versions: positive when newer than the running one. */
  readonly ahead: number;
}

function judge(own: Contents, other: Contents, prereleases: boolean): Judged {
  const ahead = own.version === null || other.version === null ? 0 : compareVersions(other.version, own.version);
  return { ...other, obstacle: obstacleTo(own, other, prereleases), ahead };
}

function obstacleTo(own: Contents, other: Contents, prereleases: boolean): Obstacle | null {
  const directions = movesBetween(own, other).map(({ direction }) => direction);
  if (other.version === null) return 'unordered';
  if (!prereleases && !isWithinReach(own, other)) return 'prerelease';
  // Trusted boot of v3.4 to v3.7 and tags that end in `-k0s` do not say which Kubernetes is inside: it could skip a minor.
  if (own.kubernetes === 'unknown' || other.kubernetes === 'unknown' || directions.includes(null)) return 'kubernetes-unknown';
  if (directions.some((direction) => (direction ?? 0) < 0)) return 'downgrade';
  if ((kubernetesStep(own, other) ?? 0) > 1) return 'skips-minor';
  const newer = directions.some((direction) => (direction ?? 0) > 0) || (osDirection(own, other) ?? 0) > 0;
  return newer ? null : 'nothing-newer';
}

/** Final versions, and prereleases of the very version the running one is a prerelease of. */
function isWithinReach(own: Contents, other: Contents): boolean {
  const onLine = (a: Version, b: Version) => a.prerelease !== null && ['none', 'prerelease'].includes(bumpBetween(a, b));
  const kairos = other.version?.prerelease == null || (own.version !== null && onLine(own.version, other.version));
  const candidate = ({ kubernetes }: Contents) => typeof kubernetes !== 'string' && kubernetes.rc !== null;
  return kairos && (!candidate(other) || candidate(own));
}

/** The best image of a track, as a list of one or none. */
function offersAmong(own: Contents, others: readonly Judged[], track: Track): readonly Offer[] {
  const pool = others.filter(({ obstacle }) => obstacle === null);
  const goal = goalBeyond(others);
  const best = bestOf(own, eligible(own, pool, track, goal !== null), track);
  if (best === null) return [];
  const { bump, components, warnings } = compareArtifacts(own.artifact, best.artifact);
  const stone: readonly Warning[] = goal === null ? [] : [{ kind: 'stepping-stone', towards: goal.text }];
  return [{ artifact: best.artifact, bump, components, recommended: false, warnings: [...warnings, ...stone] }];
}

function eligible(own: Contents, pool: readonly Judged[], track: Track, stoneWanted: boolean): readonly Judged[] {
  const isStep = (other: Contents) => kubernetesStep(own, other) === 1;
  switch (track) {
    case 'kubernetes':
      return pool.filter((other) => other.ahead === 0 && isStep(other));
    case 'both':
      return pool;
    case 'os': {
      const newer = pool.filter(({ ahead }) => ahead > 0);
      const stones = stoneWanted ? pool.filter(isStep) : [];
      if (newer.length > 0) return newer;
      return stones.length > 0 ? stones : pool.filter((other) => !isStep(other));
    }
  }
}

/** The newest Kairos version that only a skipped Kubernetes minor keeps out of reach, when it is above all that are within. */
function goalBeyond(others: readonly Judged[]): Version | null {
  const newest = (obstacle: Obstacle | null) =>
    others
      .filter((other) => other.ahead > 0 && other.obstacle === obstacle)
      .flatMap(({ version }) => version ?? [])
      .sort(compareVersions)
      .at(-1) ?? null;
  const [blocked, reachable] = [newest('skips-minor'), newest(null)];
  return blocked !== null && (reachable === null || compareVersions(blocked, reachable) > 0) ? blocked : null;
}

/** The newest Kairos version; there the running Kubernetes minor (`os`) or the highest; its newest patch and build; the newest base. */
function bestOf(own: Contents, others: readonly Judged[], track: Track): Judged | null {
  const staying = (other: Contents) => (track === 'os' && kubernetesStep(own, other) === 0 ? 1 : 0);
  const order = (a: Judged, b: Judged) =>
    compareNullable(a.version, b.version, compareVersions) ||
    staying(a) - staying(b) ||
    (typeof a.kubernetes === 'string' || typeof b.kubernetes === 'string' ? 0 : compareKubernetesVersions(a.kubernetes, b.kubernetes)) ||
    compareNullable(a.base, b.base, compareVersions) ||
    // Two spellings of one thing: any rule will do as long as the answer does not depend on the order of the list.
    (spelling(a) < spelling(b) ? 1 : -1);
  return others.reduce<Judged | null>((best, other) => (best === null || order(other, best) > 0 ? other : best), null);
}

function compareNullable<V>(a: V | null, b: V | null, compare: (a: V, b: V) => number): number {
  return a === null || b === null ? 0 : compare(a, b);
}

function spelling({ artifact }: Contents): string {
  return `${artifact.tag}@${artifact.digest ?? ''}`;
}

/** The images of each newer flavor release, nearest first. */
function newerSystems(own: Contents, others: readonly Judged[]): readonly (readonly Judged[])[] {
  const newer = others.filter((other) => (osDirection(own, other) ?? 0) > 0);
  const systems = [...Map.groupBy(newer, ({ artifact }) => artifact.flavorRelease).values()];
  return systems.sort(([a], [b]) => (a === undefined || b === undefined ? 0 : (osDirection(b, a) ?? 0)));
}

function rawReason({ repository, tag }: Artifact): string {
  const [name, image] = [repository.replace(/-img$/, ''), tag.replace(/[-.]img$/, '')];
  return `A raw disk is written once; the node then runs the image it was made from. Ask with ${name === '' ? image : `${name}:${image}`} instead.`;
}

function unorderedReason(running: Artifact): string {
  return `${versionText(running)} was built from a branch or a commit. Such images have no order among releases, so nothing can be called newer.`;
}

function reasonFor(own: Contents, others: readonly Judged[], track: Track): string {
  const { artifact, kubernetes } = own;
  const name = nameOf(artifact);
  const version = versionText(artifact);
  if (track === 'kubernetes') {
    if (kubernetes === 'none') return `${name} carries no Kubernetes, so there is no Kubernetes step to take.`;
    if (kubernetes === 'unknown') return `The tag of this image does not say which Kubernetes is inside, so no step can be named.`;
    return `No published image of ${name} ${version} has Kubernetes v${kubernetes.major}.${kubernetes.minor + 1}, the next minor version.`;
  }
  const newer = others.filter(({ ahead }) => ahead > 0);
  const obstacles = new Set(newer.map(({ obstacle }) => obstacle));
  if (obstacles.has('skips-minor')) {
    return `Every newer image of ${name} would skip a Kubernetes minor version, and no image of ${version} with the next one is published.`;
  }
  if (obstacles.has('downgrade')) return `Every newer image of ${name} would take a component below what ${artifact.tag} has.`;
  if (obstacles.has('kubernetes-unknown')) {
    return `Newer images of ${name} exist, but not every tag says which Kubernetes is inside, so a downgrade or a skipped minor version cannot be ruled out.`;
  }
  if (obstacles.has('prerelease')) return `Only prereleases of ${name} are newer than ${version}.`;
  const isPublished = others.some((other) => other.artifact.tag === artifact.tag);
  return isPublished
    ? `${version} is already the newest published image of ${name}.`
    : `No published image of ${name} is newer than ${version}.`;
}

/** `hadron standard amd64 generic k3s`, `ubuntu 24.04 core arm64 rpi4 raw`. */
function nameOf({ flavor, flavorRelease, variant, arch, model, uki, kind, kubernetes }: Artifact): string {
  const release = flavorRelease?.startsWith('v') ? null : flavorRelease;
  const parts = [flavor, release, variant, arch, model, uki ? 'uki' : null, kind === 'raw-image' ? 'raw' : null, kubernetes?.distro];
  return parts.filter((part) => part !== null && part !== undefined && part !== '').join(' ');
}
