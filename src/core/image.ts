/**
 * The grammar of Kairos image references: text to Artifact and back.
 * One table of rules, one row an era; every rule is anchored and linear.
 */
import type { Channel, Distro, KubernetesVersion, Version } from './version.ts';

/** A period of the naming grammar. The table of rules below gives each its dates and its source. */
export type Era = 'E0' | 'E1' | 'E2' | 'E3' | 'E4a' | 'E4b' | 'E5' | 'ci' | 'custom';

export type Variant = 'core' | 'standard';
export type Arch = 'amd64' | 'arm64' | 'riscv64';

/** The version part of an image: a published version, or the branch, commit or `git describe` text it was built from. */
export type ImageVersion =
  | { readonly kind: 'release'; readonly version: Version }
  | { readonly kind: 'dev'; readonly text: string; readonly base: Version | null };

/** The Kubernetes part; `version` is null where the tag names the distribution only. */
export interface Kubernetes {
  readonly distro: Distro;
  readonly version: KubernetesVersion | null;
}

interface Located {
  /** What was given, after transport prefixes (`docker://`, `oci:`) are dropped. */
  readonly input: string;
  /** Registry, organisation and name: `quay.io/kairos/hadron`. Empty when only a tag was given. */
  readonly repository: string;
  readonly tag: string;
  /** `sha256:…` when the reference was pinned. */
  readonly digest: string | null;
}

/** An upgradable OS image (`os-image`), or the scratch image that carries one raw disk file (`raw-image`, `-img`). */
export interface Artifact extends Located {
  readonly kind: 'os-image' | 'raw-image';
  readonly flavor: string;
  /** `v0.5.1` for hadron (the base's version), `24.04`, `leap-15.6`, `9`; null before E3, where the repository says it all. */
  readonly flavorRelease: string | null;
  readonly variant: Variant;
  readonly arch: Arch;
  readonly model: string;
  readonly version: ImageVersion;
  readonly channel: Channel;
  readonly kubernetes: Kubernetes | null;
  /** Trusted boot (a unified kernel image). */
  readonly uki: boolean;
  readonly era: Era;
}

/** Signatures, attestations and SBOMs that live as tags beside the image they belong to. */
export interface Attached extends Located {
  readonly kind: 'attached';
  readonly subject: string;
  readonly role: 'signature' | 'attestation' | 'sbom' | 'referrers';
}

/** A versioned image that is not an OS image: kairos-init, auroraboot, operator, hadron's base, framework. */
export interface Component extends Located {
  readonly kind: 'component' | 'framework';
  readonly name: string;
  readonly version: Version;
  readonly channel: Channel;
  /** What follows the version: `fips`, `generic`, `amd64`; null when nothing does. */
  readonly suffix: string | null;
}

/** A tag that is moved by design: `latest`, `master`, a branch. */
export interface Moving extends Located {
  readonly kind: 'moving';
}

/** A tag the grammar does not know. Kept, counted and shown; never dropped. */
export interface Unrecognised extends Located {
  readonly kind: 'unrecognised';
  readonly reason: string;
  /** The tag with its numbers and names folded (`N`, `x`): tags of one unknown format share it, so that one notice is raised a format and not a tag. */
  readonly format: string;
}

export type Reference = Artifact | Attached | Component | Moving | Unrecognised;

/** The namespace official images live in; used when a reference gives a bare `flavor:tag`. */
export const OFFICIAL_NAMESPACE = 'quay.io/kairos';

/** Reads any image reference. Never throws; linear in the length of the text. */
export function parseReference(_input: string): Reference {
  throw new Error('pending');
}

/** The reference text of a parsed one: `repository:tag[@digest]`. print(parse(x)) = x (less the transport prefix) for every recognised image. */
export function printReference(_reference: Reference): string {
  throw new Error('pending');
}

/** True for the two kinds that carry the OS. */
export function isArtifact(reference: Reference): reference is Artifact {
  return reference.kind === 'os-image' || reference.kind === 'raw-image';
}

/**
 * What an upgrade must never cross, as one comparable text: flavor, variant, arch, model, boot mode, image form and
 * Kubernetes distribution (DESIGN invariant 1).
 */
export function coordinatesOf(_artifact: Artifact): string {
  throw new Error('pending');
}

/** Hadron's own version when the flavor is hadron and its release is a version; otherwise null. */
export function baseVersionOf(_artifact: Artifact): Version | null {
  throw new Error('pending');
}
