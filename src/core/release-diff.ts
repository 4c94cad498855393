/** What is different between two releases: versions, images, components. */

import { combinationOf, printCombination } from './combination.ts';
import type { Warning } from './comparison.ts';
import { type PartChange, partChanges } from './parts.ts';
import { artifactOf, type PublishedImage, type ReleaseFacts } from './release.ts';
import { type SizeDelta, sizesBetween } from './sizes.ts';
import {
  type Bump,
  bumpBetween,
  compareKubernetesVersions,
  compareVersions,
  type Distro,
  type KubernetesVersion,
  kubernetesBump,
  parseKubernetesVersion,
  parseVersion,
} from './version.ts';

/** One thing both releases may have a version of; null where one has none. */
export interface VersionChange {
  readonly name: 'kairos' | 'base' | Distro;
  readonly from: string | null;
  readonly to: string | null;
  readonly bump: Bump | null;
}

export interface ReleaseDiff {
  readonly from: string;
  readonly to: string;
  /** `back`: `to` is the older one. */
  readonly direction: 'forward' | 'back' | 'same';
  readonly versions: readonly VersionChange[];
  /** Components inside, where they are known of both or one. */
  readonly parts: readonly PartChange[];
  /** Printed combinations, as far as the reader's filter goes. */
  readonly added: readonly string[];
  readonly gone: readonly string[];
  /** Kubernetes minors, `k3s 1.33`. */
  readonly minorsAdded: readonly string[];
  readonly minorsGone: readonly string[];
  /** Of the combinations that both have. */
  readonly sizes: readonly SizeDelta[];
  /** What somebody has to mind who goes from one to the other. */
  readonly warnings: readonly Warning[];
}

/** Compares two releases of one project, each as its reader sees it. */
export function diffReleases(from: ReleaseFacts, to: ReleaseFacts): ReleaseDiff {
  const [older, newer] = [live(from.images), live(to.images)];
  const [before, after] = [combinationsOf(older), combinationsOf(newer)];
  const [minorsBefore, minorsAfter] = [minorsOf(older), minorsOf(newer)];
  const order = compareTexts(from.version, to.version);
  const versions = [
    versionChange('kairos', from.version, to.version),
    versionChange('base', newestBase(older), newestBase(newer)),
    ...(['k3s', 'k0s'] as const).map((distro) => versionChange(distro, newestOf(older, distro), newestOf(newer, distro))),
  ].filter(({ from: old, to: now }) => old !== null || now !== null);
  return {
    from: from.version,
    to: to.version,
    direction: order === 0 ? 'same' : order < 0 ? 'forward' : 'back',
    versions,
    parts: from.project === 'kairos' ? partChanges(from.version, to.version) : [],
    added: [...after].filter((text) => !before.has(text)).sort(),
    gone: [...before].filter((text) => !after.has(text)).sort(),
    minorsAdded: minorsAfter.filter((minor) => !minorsBefore.includes(minor)),
    minorsGone: minorsBefore.filter((minor) => !minorsAfter.includes(minor)),
    sizes: sizesBetween(from.images, to.images),
    warnings: [
      ...(to.channel === 'stable' || from.channel !== 'stable' ? [] : [{ kind: 'prerelease' } as const]),
      ...versions.flatMap(goingBack),
      ...stepsFrom(older, newer),
    ],
  };
}

function goingBack({ name, from, to }: VersionChange): readonly Warning[] {
  if (from === null || to === null) return [];
  const component = name === 'k3s' || name === 'k0s' ? 'kubernetes' : name;
  const order = component === 'kubernetes' ? compareKubernetes(from, to) : compareTexts(from, to);
  return order > 0 ? [{ kind: 'downgrade', component, from, to }] : [];
}

/**
 * What becomes of a node whose Kubernetes minor the other release does not have: the next one that it has is a step, or a
 * jump that Kubernetes does not support.
 */
function stepsFrom(older: readonly Read[], newer: readonly Read[]): readonly Warning[] {
  return (['k3s', 'k0s'] as const).flatMap((distro): readonly Warning[] => {
    const [before, after] = [newestByMinor(older, distro), newestByMinor(newer, distro)];
    return [...before].flatMap(([minor, version]): readonly Warning[] => {
      const minors = [...after.keys()].sort((a, b) => a - b);
      const next = minors.find((other) => other >= minor) ?? minors.at(-1);
      const becomes = next === undefined ? undefined : after.get(next);
      // Where only lower minors are left, the newest goes back too, and that is said of it.
      if (next === undefined || becomes === undefined || next <= minor) return [];
      return [{ kind: next - minor === 1 ? 'kubernetes-step' : 'kubernetes-skips-minor', from: version.text, to: becomes.text }];
    });
  });
}

/** Kubernetes has been at major 1 since 2015: its minors are what counts. */
function newestByMinor(read: readonly Read[], distro: Distro): ReadonlyMap<number, KubernetesVersion> {
  const versions = read.flatMap(({ artifact: { kubernetes } }) => (kubernetes?.distro === distro ? (kubernetes.version ?? []) : []));
  return new Map(versions.sort(compareKubernetesVersions).map((version) => [version.minor, version]));
}

interface Read {
  readonly image: PublishedImage;
  readonly artifact: NonNullable<ReturnType<typeof artifactOf>>;
}

function live(images: readonly PublishedImage[]): readonly Read[] {
  return images.flatMap((image) => {
    const artifact = artifactOf(image);
    return artifact === null || image.removedAt !== null ? [] : [{ image, artifact }];
  });
}

function combinationsOf(read: readonly Read[]): ReadonlySet<string> {
  return new Set(read.map(({ artifact }) => printCombination(combinationOf(artifact))));
}

function minorsOf(read: readonly Read[]): readonly string[] {
  const minors = read.flatMap(({ artifact: { kubernetes } }) =>
    kubernetes?.version == null ? [] : [`${kubernetes.distro} ${kubernetes.version.major}.${kubernetes.version.minor}`],
  );
  return [...new Set(minors)].sort();
}

function newestBase(read: readonly Read[]): string | null {
  const versions = read.flatMap(({ artifact }) => (artifact.flavor === 'hadron' ? (parseVersion(artifact.flavorRelease ?? '') ?? []) : []));
  return versions.sort(compareVersions).at(-1)?.text ?? null;
}

function newestOf(read: readonly Read[], distro: Distro): string | null {
  const versions = read.flatMap(({ artifact: { kubernetes } }) => (kubernetes?.distro === distro ? (kubernetes.version ?? []) : []));
  return versions.sort(compareKubernetesVersions).at(-1)?.text ?? null;
}

function versionChange(name: VersionChange['name'], from: string | null, to: string | null): VersionChange {
  return { name, from, to, bump: from === null || to === null ? null : bumpOf(name, from, to) };
}

function bumpOf(name: VersionChange['name'], from: string, to: string): Bump | null {
  if (name === 'kairos' || name === 'base') {
    const [older, newer] = [parseVersion(from), parseVersion(to)];
    return older === null || newer === null ? null : bumpBetween(older, newer);
  }
  const [older, newer] = [parseKubernetesVersion(from), parseKubernetesVersion(to)];
  return older === null || newer === null ? null : kubernetesBump(older, newer);
}

function compareKubernetes(from: string, to: string): number {
  const [older, newer] = [parseKubernetesVersion(from), parseKubernetesVersion(to)];
  return older === null || newer === null ? 0 : compareKubernetesVersions(older, newer);
}

function compareTexts(from: string, to: string): number {
  const [older, newer] = [parseVersion(from), parseVersion(to)];
  return older === null || newer === null ? 0 : compareVersions(older, newer);
}
