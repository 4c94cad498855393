/** What an image is, less its versions: the same line of a release's build list from one release to the next. */
import type { Artifact, Variant } from './image.ts';
import { type Arch, isArch, isDistro, isVariant } from './image-tag.ts';
import type { Distro } from './version.ts';

export interface Combination {
  readonly flavor: string;
  readonly variant: Variant;
  readonly arch: Arch;
  readonly model: string;
  readonly distro: Distro | null;
  readonly uki: boolean;
  readonly raw: boolean;
}

export function combinationOf({ flavor, variant, arch, model, kubernetes, uki, kind }: Artifact): Combination {
  return { flavor, variant, arch, model, distro: kubernetes?.distro ?? null, uki, raw: kind === 'raw-image' };
}

/** `hadron standard amd64 generic k3s`: words, which filters understand too. */
export function printCombination({ flavor, variant, arch, model, distro, uki, raw }: Combination): string {
  return [flavor, variant, arch, model, ...(distro === null ? [] : [distro]), ...(uki ? ['uki'] : []), ...(raw ? ['raw'] : [])].join(' ');
}

/** The inverse; null for what was not printed by printCombination. */
export function parseCombination(text: string): Combination | null {
  const [flavor, variant, arch, model, ...rest] = text.split(' ');
  if (flavor === undefined || !isVariant(variant) || !isArch(arch) || model === undefined) return null;
  return { flavor, variant, arch, model, distro: rest.find(isDistro) ?? null, uki: rest.includes('uki'), raw: rest.includes('raw') };
}

/** How many Kubernetes versions each printed combination of a release came with; 1 where there is no Kubernetes to count. */
export type Builds = Readonly<Record<string, number>>;

/** The builds of these images. */
export function buildsOf(artifacts: readonly Artifact[]): Builds {
  const versions = new Map<string, Set<string>>();
  for (const artifact of artifacts) {
    const name = printCombination(combinationOf(artifact));
    versions.set(name, (versions.get(name) ?? new Set()).add(artifact.kubernetes?.version?.text ?? ''));
  }
  return Object.fromEntries([...versions].map(([name, seen]) => [name, seen.size]).sort());
}
