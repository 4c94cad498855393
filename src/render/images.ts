/** The images of a release as people read them: one row a combination, its Kubernetes versions beside it. */
import type { Artifact, Kubernetes } from '../core/image.ts';
import type { Line, Section } from '../core/message.ts';
import { artifactOf, type PublishedImage, pinnedReference } from '../core/release.ts';
import { isAlarming } from '../core/signature-alert.ts';
import { compareKubernetesVersions, compareVersions, type Distro, parseVersion } from '../core/version.ts';
import { flavorName, kubernetesNumber, strong } from './words.ts';

/** Images that differ in their Kubernetes only. */
export interface ImageGroup {
  readonly flavor: string;
  readonly flavorRelease: string | null;
  /** `standard · amd64 · generic`, with trusted boot and raw disk said where they apply. */
  readonly name: string;
  readonly members: readonly { readonly image: PublishedImage; readonly artifact: Artifact }[];
}

/** Groups of the live images, larger variants first: standard before core, amd64 before arm64. */
export function groupsOf(images: readonly PublishedImage[]): readonly ImageGroup[] {
  const groups = new Map<string, ImageGroup & { members: { image: PublishedImage; artifact: Artifact }[] }>();
  for (const image of images) {
    const artifact = artifactOf(image);
    if (image.removedAt !== null || artifact === null) continue;
    const { flavor, flavorRelease } = artifact;
    const name = combinationName(artifact);
    const key = JSON.stringify([orderOf(artifact), flavor, flavorRelease, name]);
    const group = groups.get(key) ?? { flavor, flavorRelease, name, members: [] };
    group.members.push({ image, artifact });
    groups.set(key, group);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => ({ ...group, members: group.members.sort(newestFirst) }));
}

/** The group's Kubernetes versions, newest first: `k3s 1.36.4, 1.35.8 · k0s 1.36.4`; empty for images without Kubernetes. */
export function kubernetesOf(groups: readonly ImageGroup[]): string {
  const numbers: Record<Distro, Set<string>> = { k3s: new Set(), k0s: new Set() };
  const members = groups.flatMap((group) => group.members).sort(newestFirst);
  for (const { artifact } of members) {
    if (artifact.kubernetes !== null) numbers[artifact.kubernetes.distro].add(kubernetesNumber(artifact.kubernetes));
  }
  const [k3s, k0s] = [[...numbers.k3s].join(', '), [...numbers.k0s].join(', ')];
  if (k3s === k0s) return k3s === '' ? '' : `k3s/k0s ${k3s}`;
  return [k3s === '' ? '' : `k3s ${k3s}`, k0s === '' ? '' : `k0s ${k0s}`].filter((part) => part !== '').join(' · ');
}

/** `Hadron v0.5.1`, `Ubuntu 24.04 and 22.04`, or how many flavors there are when they are more than two. */
export function flavorsOf(groups: readonly ImageGroup[]): string {
  const releases = new Map<string, Set<string>>();
  for (const { flavor, flavorRelease } of groups) {
    const known = releases.get(flavor) ?? new Set();
    releases.set(flavor, flavorRelease === null ? known : known.add(flavorRelease));
  }
  if (releases.size > 2) return `${releases.size} flavors`;
  return [...releases].map(([flavor, of]) => [flavorName(flavor), [...of].sort(asVersions).join(', ')].join(' ').trimEnd()).join(' · ');
}

const BY_NUMBER = new Intl.Collator('en', { numeric: true });

/** `v0.9.0` before `v0.10.0`, `9` before `10`. */
function asVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left === null || right === null ? BY_NUMBER.compare(a, b) : compareVersions(left, right);
}

/** One row a group. What is the same in all rows and usual (one flavor, the generic model) is not said. */
export function imageTable(groups: readonly ImageGroup[], title: string | null = imageCount(groups)): Section {
  const several = new Set(groups.map(({ flavor, flavorRelease }) => `${flavor} ${flavorRelease}`)).size > 1;
  const generic = groups.every((group) => group.name.includes(GENERIC));
  const rows = groups.map((group): readonly Line[] => {
    const name = generic ? group.name.replace(GENERIC, '') : group.name;
    return [[strong(several ? `${flavorsOf([group])} · ${name}` : name)], [kubernetesOf([group]) || 'no Kubernetes']];
  });
  return { kind: 'table', title, columns: ['Image', 'Kubernetes'], rows };
}

const GENERIC = ' · generic';

/** `Images (11)`. */
function imageCount(groups: readonly ImageGroup[]): string {
  return `Images (${groups.reduce((sum, group) => sum + group.members.length, 0)})`;
}

/** What to pull: of every group and distribution the image with the newest Kubernetes, by digest where it is known. Each group's first choice comes before any second. */
export function newestReferences(groups: readonly ImageGroup[]): readonly string[] {
  const choices = groups.map(({ members }) => {
    const newest = new Map<Distro | null, PublishedImage>();
    for (const { image, artifact } of members) {
      // Nobody is helped to pull what is not signed by who should have signed it.
      if (isAlarming(image)) continue;
      const distro = artifact.kubernetes?.distro ?? null;
      if (!newest.has(distro)) newest.set(distro, image);
    }
    return [...newest.values()];
  });
  return [...choices.flatMap((of) => of.slice(0, 1)), ...choices.flatMap((of) => of.slice(1))].map(pinnedReference);
}

function combinationName({ variant, arch, model, uki, kind }: Artifact): string {
  return [variant, arch, model, ...(uki ? ['trusted boot'] : []), ...(kind === 'raw-image' ? ['raw disk'] : [])].join(' · ');
}

function orderOf({ variant, arch, model, uki, kind }: Artifact): readonly (number | string)[] {
  return [kind === 'raw-image' ? 1 : 0, uki ? 1 : 0, variant === 'standard' ? 0 : 1, arch, model === 'generic' ? 0 : 1];
}

/** k3s before k0s before none, as most images carry k3s; within a distribution the newest Kubernetes first. */
function newestFirst(a: { readonly artifact: Artifact }, b: { readonly artifact: Artifact }): number {
  const [left, right] = [a.artifact.kubernetes, b.artifact.kubernetes];
  if (left?.distro !== right?.distro) return distroOrder(left) - distroOrder(right);
  if (left?.version == null || right?.version == null) return 0;
  return compareKubernetesVersions(right.version, left.version);
}

function distroOrder(kubernetes: Kubernetes | null): number {
  return kubernetes === null ? 2 : kubernetes.distro === 'k3s' ? 0 : 1;
}
