/** Artifacts for tests, read from real tags by the real grammar. */
import { type Artifact, isArtifact, parseReference } from '../../src/core/image.ts';

/** `hadron:v0.5.1-core-amd64-generic-v4.2.0` or a whole reference; throws when it is no image. */
export function image(reference: string): Artifact {
  const parsed = parseReference(reference);
  if (!isArtifact(parsed)) throw new Error(`${reference} is ${parsed.kind}`);
  return parsed;
}

/** Tags of one official repository, given by its flavor. */
export function images(flavor: string, tags: readonly string[]): readonly Artifact[] {
  return tags.map((tag) => image(`${flavor}:${tag}`));
}

/** What an upgrade must never cross, as one comparable text: the tests' own account of it. */
export function coordinatesOf({ flavor, variant, arch, model, uki, kind, kubernetes }: Artifact): string {
  return [flavor, variant, arch, model, uki, kind, kubernetes?.distro].join(' ');
}

interface PublishedRelease {
  readonly base: string;
  readonly version: string;
  /** Newest first. */
  readonly k3s: readonly string[];
  readonly k0s: readonly string[];
}

const BOARDS = ['amd64-generic', 'arm64-generic', 'arm64-rpi3', 'arm64-rpi4'];

/** Three releases of Hadron as the grammar of v3.5.0 and later names them. */
const HADRON_RELEASES: readonly PublishedRelease[] = [
  {
    base: 'v0.4.0',
    version: 'v4.1.2',
    k3s: ['v1.36.1-k3s1', 'v1.35.5-k3s1', 'v1.34.9-k3s1'],
    k0s: ['v1.36.1-k0s.0', 'v1.35.5-k0s.0', 'v1.34.9-k0s.0'],
  },
  {
    base: 'v0.5.1',
    version: 'v4.2.0-rc4',
    k3s: ['v1.36.3-k3s1', 'v1.35.7-k3s1', 'v1.34.10-k3s1'],
    k0s: ['v1.36.3-k0s.2', 'v1.35.7-k0s.0', 'v1.34.10-k0s.0'],
  },
  {
    base: 'v0.5.1',
    version: 'v4.2.0',
    k3s: ['v1.36.3-k3s1', 'v1.35.7-k3s1', 'v1.34.10-k3s1'],
    k0s: ['v1.36.3-k0s.2', 'v1.35.7-k0s.0', 'v1.34.10-k0s.0'],
  },
];

/** 90 tags: core and standard for four boards, three k3s and three k0s each, and two trusted boot images a release. */
export const HADRON_TAGS: readonly string[] = HADRON_RELEASES.flatMap(({ base, version, k3s, k0s }) => {
  const kubernetes = [...k3s.map((text) => `k3s-${text}`), ...k0s.map((text) => `k0s-${text}`)];
  const core = BOARDS.map((board) => `${base}-core-${board}-${version}`);
  const standard = BOARDS.flatMap((board) => kubernetes.map((part) => `${base}-standard-${board}-${version}-${part}`));
  const uki = [`${base}-core-amd64-generic-${version}-uki`, `${base}-standard-amd64-generic-${version}-k3s-${k3s[0]}-uki`];
  return [...core, ...standard, ...uki];
});
