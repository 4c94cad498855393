/**
 * How upstream's versioneer (kairos-sdk `versioneer/`, at 14f57550) names an image. For compatibility only: nodes built
 * with it print these names, and images have not been published under them since v3.5.0 (the tag spells `-k3s-v…`).
 * Its comparisons are left out on purpose: on tags since v3.5.0 they are wrong.
 */

/** What versioneer knows of an image; a field that is empty is missing. */
export interface VersioneerArtifact {
  readonly flavor: string;
  readonly flavorRelease: string;
  readonly variant: string;
  readonly model: string;
  readonly arch: string;
  /** The Kairos version, `v2.4.2`. */
  readonly version: string;
  /** The Kubernetes version with its `+`, `v1.26.9+k3s1`; empty for core. */
  readonly softwareVersion: string;
  /** `k3s` or `k0s`. */
  readonly softwareVersionPrefix: string;
}

/** A name, or the words of versioneer's own error. */
export type Naming = { readonly name: string } | { readonly error: string };

type Field = keyof VersioneerArtifact;

const WORDS: Readonly<Record<Field, string>> = {
  flavor: 'Flavor is empty',
  flavorRelease: 'FlavorRelease is empty',
  variant: 'Variant is empty',
  model: 'Model is empty',
  arch: 'Arch is empty',
  version: 'Version is empty',
  softwareVersion: '',
  softwareVersionPrefix: 'SoftwareVersionPrefix should be defined when SoftwareVersion is not empty',
};

const NEEDED_BY_BASE: readonly Field[] = ['flavorRelease', 'model', 'arch'];
const NEEDED_BY_TAG: readonly Field[] = ['version', 'variant', ...NEEDED_BY_BASE];

/** The image tag, `+` written as `-`. The flavor is not needed. */
export function tag(artifact: VersioneerArtifact): Naming {
  return mapName(commonName(artifact), (name) => name.replaceAll('+', '-'));
}

/** The name of an ISO or raw file without its ending, `+` kept. */
export function bootableName(artifact: VersioneerArtifact): Naming {
  const common = commonName(artifact);
  if ('error' in common) return common;
  return missing(artifact, ['flavor']) ?? { name: `kairos-${artifact.flavor}-${common.name}` };
}

/** The whole reference. `registryAndOrg`: `quay.io/kairos`. */
export function containerName(artifact: VersioneerArtifact, registryAndOrg: string): Naming {
  return missing(artifact, ['flavor']) ?? mapName(tag(artifact), (name) => `${registryAndOrg}/${artifact.flavor}:${name}`);
}

/** The tag of the image a Kairos image is built from; variant and version are not needed. */
export function baseTag(artifact: VersioneerArtifact): Naming {
  const { flavorRelease, arch, model } = artifact;
  return missing(artifact, NEEDED_BY_BASE) ?? missingPrefix(artifact) ?? { name: `${flavorRelease}-${arch}-${model}` };
}

/** The reference of that image. `id`: a branch or a commit. */
export function baseContainerName(artifact: VersioneerArtifact, registryAndOrg: string, id: string): Naming {
  const unnamed = missing(artifact, ['flavor']);
  if (unnamed !== null) return unnamed;
  if (id === '') return { error: 'no id passed' };
  return mapName(baseTag(artifact), (name) => `${registryAndOrg}/${artifact.flavor}:${name}-${id}`);
}

function commonName(artifact: VersioneerArtifact): Naming {
  const incomplete = missing(artifact, NEEDED_BY_TAG) ?? missingPrefix(artifact);
  if (incomplete !== null) return incomplete;
  const { flavorRelease, variant, arch, model, version, softwareVersionPrefix, softwareVersion } = artifact;
  const software = softwareVersion === '' ? '' : `-${softwareVersionPrefix}${softwareVersion}`;
  return { name: `${flavorRelease}-${variant}-${arch}-${model}-${version}${software}` };
}

function missing(artifact: VersioneerArtifact, fields: readonly Field[]): Naming | null {
  const field = fields.find((needed) => artifact[needed] === '');
  return field === undefined ? null : { error: WORDS[field] };
}

function missingPrefix(artifact: VersioneerArtifact): Naming | null {
  return artifact.softwareVersion === '' ? null : missing(artifact, ['softwareVersionPrefix']);
}

function mapName(naming: Naming, change: (name: string) => string): Naming {
  return 'error' in naming ? naming : { name: change(naming.name) };
}
