/** How two images relate: what an upgrade between them would cross, what would move, and what to be warned of. */
import { type Artifact, baseVersionOf } from './image.ts';
import { type Component, largestBump } from './release.ts';
import {
  type Bump,
  bumpBetween,
  compareKubernetesVersions,
  compareVersions,
  type KubernetesVersion,
  kubernetesBump,
  parseVersion,
  type Version,
} from './version.ts';

/** The coordinates an upgrade never crosses. */
export type Coordinate = 'flavor' | 'variant' | 'arch' | 'model' | 'boot-mode' | 'image-form' | 'kubernetes-distro' | 'registry';

export type Warning =
  | { readonly kind: 'kubernetes-step'; readonly from: string; readonly to: string }
  | { readonly kind: 'kubernetes-skips-minor'; readonly from: string; readonly to: string }
  | { readonly kind: 'downgrade'; readonly component: Component; readonly from: string; readonly to: string }
  | { readonly kind: 'os-change'; readonly from: string; readonly to: string }
  | { readonly kind: 'stepping-stone'; readonly towards: string }
  | { readonly kind: 'prerelease' }
  | { readonly kind: 'kubernetes-unknown' }
  | { readonly kind: 'unordered'; readonly reason: string };

export interface ComponentChange {
  readonly component: Component;
  readonly from: string | null;
  readonly to: string | null;
  readonly bump: Bump;
}

export interface Comparison {
  readonly relation: 'upgrade' | 'downgrade' | 'same' | 'incompatible';
  readonly bump: Bump;
  readonly components: readonly ComponentChange[];
  readonly crosses: readonly Coordinate[];
  readonly warnings: readonly Warning[];
}

/** What an image holds, ready to be compared. */
export interface Contents {
  readonly artifact: Artifact;
  /** Null for what was built from a branch, a commit or a pull request: such images have no order. */
  readonly version: Version | null;
  readonly base: Version | null;
  /** `none`: a core image. `unknown`: there is one inside and the tag does not say which. */
  readonly kubernetes: KubernetesVersion | 'none' | 'unknown';
}

export function contentsOf(artifact: Artifact): Contents {
  const { version, channel, kubernetes, variant } = artifact;
  return {
    artifact,
    version: version.kind === 'release' && channel !== 'dev' ? version.version : null,
    base: baseOf(artifact),
    kubernetes: kubernetes?.version ?? (kubernetes === null && variant === 'core' ? 'none' : 'unknown'),
  };
}

/** A tag without its repository names no flavor, but only hadron's release begins with a v. */
function baseOf(artifact: Artifact): Version | null {
  if (artifact.flavor !== '') return baseVersionOf(artifact);
  return artifact.flavorRelease?.startsWith('v') ? parseVersion(artifact.flavorRelease) : null;
}

/** A component's change with its direction: positive is newer. Null when it cannot be told. */
export interface Move extends ComponentChange {
  readonly direction: number | null;
}

/** How two images relate, and what an upgrade between them would cross. One component going back makes it a downgrade. */
export function compareArtifacts(from: Artifact, to: Artifact): Comparison {
  const [older, newer] = [contentsOf(from), contentsOf(to)];
  const moves = movesBetween(older, newer);
  const crosses = crossings(from, to);
  return {
    relation: relationOf(older, newer, moves, crosses),
    bump: rebuilt(from, to) ? 'rebuild' : largestBump(moves.map(({ bump }) => bump)),
    components: moves.map(({ direction: _, ...change }) => change),
    crosses,
    warnings: warningsBetween(older, newer, moves),
  };
}

/** One tag, two digests: the same version, built again. */
function rebuilt(from: Artifact, to: Artifact): boolean {
  const sameTag = from.tag === to.tag && from.repository === to.repository;
  return sameTag && from.digest !== null && to.digest !== null && from.digest !== to.digest;
}

function relationOf(from: Contents, to: Contents, moves: readonly Move[], crosses: readonly Coordinate[]): Comparison['relation'] {
  const [a, b] = [from.artifact, to.artifact];
  if (crosses.length > 0) return 'incompatible';
  if (a.tag === b.tag && a.repository === b.repository) return 'same';
  const directions = [...moves.map(({ direction }) => direction), osDirection(from, to)];
  if (directions.includes(null)) return 'incompatible';
  if (directions.some((direction) => (direction ?? 0) < 0)) return 'downgrade';
  return directions.some((direction) => (direction ?? 0) > 0) ? 'upgrade' : 'same';
}

/** What would be crossed; the registry counts by namespace, because before v2.4.2 every image had a repository of its own. */
export function crossings(a: Artifact, b: Artifact): readonly Coordinate[] {
  const differs: Readonly<Record<Coordinate, boolean>> = {
    flavor: a.flavor !== b.flavor,
    variant: a.variant !== b.variant,
    arch: a.arch !== b.arch,
    model: a.model !== b.model,
    'boot-mode': a.uki !== b.uki,
    'image-form': a.kind !== b.kind,
    'kubernetes-distro': differentDistro(a, b),
    registry: namespaceOf(a.repository) !== namespaceOf(b.repository),
  };
  return COORDINATES.filter((coordinate) => differs[coordinate]);
}

const COORDINATES: readonly Coordinate[] = [
  'flavor',
  'variant',
  'arch',
  'model',
  'boot-mode',
  'image-form',
  'kubernetes-distro',
  'registry',
];

/** A standard image whose tag names no distribution (trusted boot, v3.4 to v3.7) is unknown, not different. */
function differentDistro(a: Artifact, b: Artifact): boolean {
  if (a.kubernetes !== null && b.kubernetes !== null) return a.kubernetes.distro !== b.kubernetes.distro;
  return a.variant === 'core' && b.variant === 'core' && a.kubernetes !== b.kubernetes;
}

function namespaceOf(repository: string): string {
  return repository.slice(0, Math.max(repository.lastIndexOf('/'), 0));
}

/** The change of each component that either image has. */
export function movesBetween(from: Contents, to: Contents): readonly Move[] {
  const moves: Move[] = [kairosMove(from, to)];
  if (from.base !== null || to.base !== null) moves.push(move('base', from.base, to.base, bumpBetween, compareVersions));
  if (from.kubernetes !== 'none' || to.kubernetes !== 'none') {
    const known = ({ kubernetes }: Contents) => (typeof kubernetes === 'string' ? null : kubernetes);
    // k3s and k0s count their builds apart: across distributions nothing is older, newer or the same.
    if (differentDistro(from.artifact, to.artifact)) return moves;
    const kubernetes = move('kubernetes', known(from), known(to), kubernetesBump, compareKubernetesVersions);
    // Not known on either side is no change anybody could see; a warning says that it is not known.
    moves.push(from.kubernetes === to.kubernetes ? { ...kubernetes, direction: 0 } : kubernetes);
  }
  return moves;
}

function kairosMove(from: Contents, to: Contents): Move {
  const kairos = move('kairos', from.version, to.version, bumpBetween, compareVersions);
  return { ...kairos, from: versionText(from.artifact), to: versionText(to.artifact) };
}

function move<V extends { readonly text: string }>(
  component: Component,
  from: V | null,
  to: V | null,
  bump: (from: V, to: V) => Bump,
  compare: (a: V, b: V) => number,
): Move {
  const texts = { component, from: from?.text ?? null, to: to?.text ?? null };
  if (from === null || to === null) return { ...texts, bump: 'none', direction: null };
  return { ...texts, bump: bump(from, to), direction: compare(to, from) };
}

/** The version as published, or the branch or commit it was built from. */
export function versionText({ version }: Artifact): string {
  return version.kind === 'release' ? version.version.text : version.text;
}

/** How many Kubernetes minors up: 0 within one, null when it cannot be told or there is no Kubernetes. */
export function kubernetesStep(from: Contents, to: Contents): number | null {
  const [a, b] = [from.kubernetes, to.kubernetes];
  if (typeof a === 'string' || typeof b === 'string') return null;
  return a.major === b.major ? b.minor - a.minor : (b.major - a.major) * Number.POSITIVE_INFINITY;
}

/**
 * Whether the operating system below is newer, older or the same (0); null when the two have no order (leap and
 * tumbleweed). Hadron's is always 0: its version is a component that moves along.
 */
export function osDirection(from: Contents, to: Contents): number | null {
  const [a, b] = [from.artifact.flavorRelease, to.artifact.flavorRelease];
  if (a === b || (from.base !== null && to.base !== null)) return 0;
  const [older, newer] = [numbered(a), numbered(b)];
  if (older === null || newer === null || older.name !== newer.name) return null;
  const length = Math.max(older.numbers.length, newer.numbers.length);
  const steps = Array.from({ length }, (_, index) => (newer.numbers[index] ?? 0) - (older.numbers[index] ?? 0));
  return steps.find((step) => step !== 0) ?? 0;
}

/** `leap-15.6` is leap- and 15, 6. Null for names without an order: `tumbleweed-latest`, `bookworm`. */
function numbered(release: string | null): { readonly name: string; readonly numbers: readonly number[] } | null {
  const [, name = '', numbers] = /^([a-z-]*)(\d+(?:\.\d+)*)$/.exec(release ?? '') ?? [];
  return numbers === undefined ? null : { name, numbers: numbers.split('.').map(Number) };
}

function warningsBetween(from: Contents, to: Contents, moves: readonly Move[]): readonly Warning[] {
  const warnings: Warning[] = [];
  if (to.version !== null && to.version.prerelease !== null) warnings.push({ kind: 'prerelease' });
  if (from.artifact.flavor === to.artifact.flavor && osDirection(from, to) !== 0) {
    warnings.push({ kind: 'os-change', from: osName(from.artifact), to: osName(to.artifact) });
  }
  for (const { component, direction, from: before, to: after } of moves) {
    if (direction !== null && direction < 0 && before !== null && after !== null) {
      warnings.push({ kind: 'downgrade', component, from: before, to: after });
    }
  }
  warnings.push(...kubernetesWarnings(from, to), ...orderWarnings(from, to));
  return warnings;
}

function kubernetesWarnings(from: Contents, to: Contents): readonly Warning[] {
  const [a, b] = [from.kubernetes, to.kubernetes];
  if (differentDistro(from.artifact, to.artifact)) return [];
  if (a === 'unknown' || b === 'unknown') return [{ kind: 'kubernetes-unknown' }];
  const step = kubernetesStep(from, to);
  if (typeof a === 'string' || typeof b === 'string' || step === null || step < 1) return [];
  return [{ kind: step === 1 ? 'kubernetes-step' : 'kubernetes-skips-minor', from: a.text, to: b.text }];
}

function orderWarnings(from: Contents, to: Contents): readonly Warning[] {
  const built = [from, to].filter(({ version }) => version === null).map(({ artifact }) => versionText(artifact));
  if (built.length > 0)
    return [{ kind: 'unordered', reason: `${[...new Set(built)].join(' and ')} has no place in the order of releases` }];
  if (from.artifact.flavor !== to.artifact.flavor || osDirection(from, to) !== null) return [];
  return [{ kind: 'unordered', reason: `${osName(from.artifact)} and ${osName(to.artifact)} are different systems` }];
}

function osName({ flavor, flavorRelease }: Artifact): string {
  return [flavor, flavorRelease ?? ''].filter((part) => part !== '').join(' ');
}
