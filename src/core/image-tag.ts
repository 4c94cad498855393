/**
 * The grammar of image tags that carry an operating system: E1 and E2 (what the image is stands in the repository's
 * name), E3 to E5 and CI builds (it stands in the tag). Every expression is anchored and has no nested repetition.
 */
import { type Era, eraOfTag, type TagSpelling } from './eras.ts';
import { type Channel, type Distro, type KubernetesVersion, parseKubernetesVersion, parseVersion, type Version } from './version.ts';

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

/** What a tag says about the image. */
export interface TagFields {
  readonly flavorRelease: string | null;
  readonly variant: Variant;
  readonly arch: Arch;
  readonly model: string;
  readonly version: ImageVersion;
  readonly kubernetes: Kubernetes | null;
  readonly uki: boolean;
  /** `raw-image`: a scratch image that holds one raw disk file. */
  readonly kind: 'os-image' | 'raw-image';
  readonly era: Era;
}

/** A tag of the shape asked for whose contents the grammar does not know. */
export interface Rejected {
  readonly reason: string;
}

/** What the name of an image says of it, whether it is a reference or a file. */
export interface ImageFields {
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

/** What an E1 or E2 repository name says about all its images. */
export interface RepositoryFields {
  readonly variant: Variant;
  readonly arch: Arch;
  readonly model: string;
  readonly raw: boolean;
  readonly era: Era;
}

/** Every model published so far. Several contain dashes, and one name may begin another: longest first. */
export const MODELS: readonly string[] = [
  'generic',
  'rpi3',
  'rpi4',
  'rpi64',
  'nvidia-jetson-agx-orin',
  'nvidia-jetson-orin-nx',
  'nvidia-jetson-thor',
  'nvidia-dgx-spark',
].toSorted((a, b) => b.length - a.length);

const SHAPE = /^(.+?)-(core|standard)-(amd64|arm64|riscv64)-(.+)$/;
const KUBERNETES_PART = /^-(k3s|k0s)(?:(-v|v|)(\d{1,9}\.\d{1,9}\.\d{1,9}(?:-rc\.?\d{1,9})?)(?:-(k3s|k0s\.)(\d{1,9}))?)?$/;
/** In CI order the Kubernetes part comes first; it has a stamp, or is the distribution alone: `k3s-v4.5.0` names no Kubernetes version. */
const CI_ORDER = /^(k3s|k0s)(-v\d{1,9}\.\d{1,9}\.\d{1,9}(?:-rc\.?\d{1,9})?-(?:k3s|k0s\.)\d{1,9})?-(.+)$/;
const DESCRIBED = /^(.+)-\d{1,9}-g[0-9a-f]{7,40}$/;
const COMMIT = /^(?:v0\.0\.0-)?[0-9a-f]{7,40}$/;
const BRANCH = /^(?:master|main|latest|pr-\d{1,9})$/;
const PLATFORM = /_linux_(?:amd64|arm64)$/;

/**
 * Reads a tag of the layout `release-variant-arch-model-version[-kubernetes][-uki][-img]` (E3, E4, E5) or of the CI order.
 * Null when the tag has another shape altogether. `flavor` is needed because CI tags repeat it; empty when unknown.
 */
export function readTag(tag: string, flavor: string): TagFields | Rejected | null {
  const raw = tag.endsWith('-img');
  const unimaged = raw ? tag.slice(0, -'-img'.length) : tag;
  const uki = unimaged.endsWith('-uki');
  const match = SHAPE.exec(uki ? unimaged.slice(0, -'-uki'.length) : unimaged);
  if (match === null) return null;
  if (raw && uki) return { reason: 'a trusted-boot image has no raw-image twin: -uki-img does not exist' };
  const [, release = '', variant = '', arch = '', tail = ''] = match;
  if (!isVariant(variant) || !isArch(arch)) return null;

  const model = MODELS.find((known) => tail.startsWith(`${known}-`));
  if (model === undefined) return unknownModel(tail);
  const prefixed = flavor !== '' && release.startsWith(`${flavor}-`);
  const built = readBuild(tail, model, prefixed);
  if ('reason' in built) return built;
  return {
    flavorRelease: prefixed ? release.slice(flavor.length + 1) : release,
    variant,
    arch,
    model,
    uki,
    kind: raw ? 'raw-image' : 'os-image',
    ...built,
  };
}

type Build = Pick<TagFields, 'version' | 'kubernetes' | 'era'>;

/** What follows the model: the version and the Kubernetes part, in either order. */
function readBuild(tail: string, model: string, prefixed: boolean): Build | Rejected {
  const text = tail.slice(model.length + 1);
  const ci = CI_ORDER.exec(text);
  const [versionText, part] = ci === null ? splitKubernetes(text) : [ci[3] ?? '', `-${ci[1]}${ci[2] ?? ''}`];
  const version = readVersion(versionText);
  if (version === null) return unknownVersion(tail, model, versionText);
  const read = readKubernetes(part);
  if ('reason' in read) return read;
  const base = version.kind === 'release' ? version.version : version.base;
  return { version, kubernetes: read.kubernetes, era: ci !== null || prefixed ? 'ci' : eraOfTag(read.spelling, base) };
}

/**
 * Reads a tag of E1 or E2, `v1.6.1-k3sv1.26.1-k3s1` with an optional `.img`; the rest stands in the repository's name.
 * Null when the tag does not begin with a version.
 */
export function readRepositoryTag(tag: string, repository: RepositoryFields): TagFields | Rejected | null {
  const image = tag.endsWith('.img');
  const [versionText, part] = splitKubernetes(image ? tag.slice(0, -'.img'.length) : tag);
  const version = readVersion(versionText);
  if (version === null || (version.kind === 'dev' && version.base === null)) return null;
  const kubernetes = readAttachedKubernetes(part);
  if (kubernetes !== null && 'reason' in kubernetes) return kubernetes;
  const { variant, arch, model, era } = repository;
  const kind = repository.raw || image ? 'raw-image' : 'os-image';
  return { flavorRelease: null, variant, arch, model, version, kubernetes, uki: false, kind, era };
}

/** E1 and E2 knew k3s only, with a v. The release notes of v2.4.0 admit a tag that names `latest` for a version. */
function readAttachedKubernetes(part: string): Kubernetes | Rejected | null {
  if (part === '-k3svlatest-k3s1') return { distro: 'k3s', version: null };
  const read = readKubernetes(part);
  if ('reason' in read) return read;
  if (read.spelling !== null && read.spelling !== 'v') return unknownKubernetes(part);
  return read.kubernetes;
}

/** At the first `-k3s` or `-k0s` after the version; the last one is the build stamp (`-k3s1`). */
function splitKubernetes(text: string): readonly [version: string, kubernetes: string] {
  const at = text.search(/-k[03]s/);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at)];
}

/** Reads the Kubernetes part of a tag with its leading dash, in any spelling of any era; null for none. */
export function readKubernetes(part: string): { readonly kubernetes: Kubernetes | null; readonly spelling: TagSpelling | null } | Rejected {
  if (part === '') return { kubernetes: null, spelling: null };
  const match = KUBERNETES_PART.exec(part);
  const distro = match?.[1];
  if (match === null || !isDistro(distro)) return unknownKubernetes(part);
  const [, , mark, numbers, stampOf, stamp] = match;
  if (numbers === undefined) return { kubernetes: { distro, version: null }, spelling: 'name' };
  if (stampOf !== undefined && !stampOf.startsWith(distro)) return { reason: `the Kubernetes part "${part}" mixes k3s and k0s` };
  const version = parseKubernetesVersion(`v${numbers}${stampOf === undefined ? '' : `+${stampOf}${stamp}`}`);
  if (version === null) return unknownKubernetes(part);
  return { kubernetes: { distro, version }, spelling: spellingOf(mark, version) };
}

function spellingOf(mark: string | undefined, version: KubernetesVersion): TagSpelling {
  if (mark === '-v') return 'dashed';
  if (mark === 'v') return 'v';
  return version.build === null ? 'unstamped' : 'bare';
}

/** A published version, or what a branch or a commit was built as; null when the text is neither. */
export function readVersion(text: string): ImageVersion | null {
  const version = parseVersion(text);
  if (version !== null) return { kind: 'release', version };
  const clean = text.endsWith('-dirty') ? text.slice(0, -'-dirty'.length) : text.replace(PLATFORM, '');
  const base = parseVersion(DESCRIBED.exec(clean)?.[1] ?? clean);
  if (base !== null || COMMIT.test(clean) || BRANCH.test(clean)) return { kind: 'dev', text, base };
  return null;
}

function unknownModel(tail: string): Rejected {
  const end = tail.search(/-v?\d+\.\d/);
  const model = end === -1 ? tail.slice(0, Math.max(0, tail.lastIndexOf('-'))) : tail.slice(0, end);
  return { reason: model === '' ? `no model and version in "${tail}"` : `unknown model "${model}"` };
}

function unknownVersion(tail: string, model: string, text: string): Rejected {
  const longer = tail.search(/-v\d+\.\d/);
  if (longer > model.length) return { reason: `unknown model "${tail.slice(0, longer)}"` };
  return { reason: `"${text}" is neither a version nor a known branch or commit` };
}

function unknownKubernetes(part: string): Rejected {
  return { reason: `unknown spelling of the Kubernetes part: "${part}"` };
}

export function isVariant(text: string | undefined): text is Variant {
  return text === 'core' || text === 'standard';
}

export function isArch(text: string | undefined): text is Arch {
  return text === 'amd64' || text === 'arm64' || text === 'riscv64';
}

export function isDistro(text: string | undefined): text is Distro {
  return text === 'k3s' || text === 'k0s';
}
