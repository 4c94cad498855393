/**
 * Names of release files: installer and disk images, their checksums, signatures and reports, and program archives.
 * A parser of its own: for one build the file and the image tag spell the Kubernetes part, hadron's release and Rocky's
 * flavor differently (the file is named by AuroraBoot from /etc/kairos-release, the tag from the base image), and neither
 * may be made from the other by editing.
 * Sources: `naming.sh`, `Earthfile`, `release*.yaml`, `_build-iso.yaml` and `_upload-release.yaml` of kairos-io/kairos.
 */
import { type Era, eraOfFile, type FileSpelling } from './eras.ts';
import { machineNamed } from './image-repository.ts';
import {
  type ImageFields,
  type ImageVersion,
  isArch,
  isDistro,
  isVariant,
  type Kubernetes,
  MODELS,
  type Rejected,
  readVersion,
} from './image-tag.ts';
import { foldTag } from './tag-format.ts';
import { channelOf, parseKubernetesVersion, parseVersion, type Version } from './version.ts';

/** `iso` and `uki-iso` install, `raw` is written to a disk, `netboot` is a part of network boot, `cloud-image` a name in a cloud's catalogue. */
export type BootableKind = 'iso' | 'uki-iso' | 'raw' | 'netboot' | 'efi' | 'cloud-image' | 'archive';
/** What is published beside a file to judge it by. `checksums` covers a whole release. */
export type EvidenceKind = 'checksum' | 'signature' | 'certificate' | 'bundle' | 'sbom' | 'scan' | 'reports';

/** A file made from one OS image, or evidence about such a file. */
export interface ImageFile extends ImageFields {
  readonly kind: BootableKind | EvidenceKind;
  readonly of: 'image';
  readonly name: string;
  /** The file it is about: `x.iso.sha256` is about `x.iso`, `x.iso.sha256.sig` about `x.iso.sha256`; null when it stands for itself. */
  readonly about: string | null;
  /** As the file spells it, which is the distribution's id: `rocky` where the repository is called rockylinux. */
  readonly flavor: string;
}

/** A program archive of a component, or evidence about it. */
export interface ComponentFile {
  readonly kind: 'archive' | 'source' | 'checksums' | EvidenceKind;
  readonly of: 'component';
  readonly name: string;
  readonly about: string | null;
  readonly component: string;
  readonly version: Version;
  readonly arch: string | null;
  readonly fips: boolean;
}

/** The one file that lists the digests of a whole release. */
export interface ChecksumsFile {
  readonly kind: 'checksums';
  readonly of: 'release';
  readonly name: string;
}

export interface UnrecognisedFile {
  readonly kind: 'unrecognised';
  readonly of: 'unknown';
  readonly name: string;
  readonly reason: string;
  readonly format: string;
}

export type ReleaseFile = ImageFile | ComponentFile | ChecksumsFile | UnrecognisedFile;

const MAX_NAME = 255;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;

/** Evidence is named after what it is about, one ending more: `x.iso.sha256.sig`. Endings that replace the file's own say `stem`. */
const EVIDENCE: readonly { readonly end: string; readonly kind: EvidenceKind; readonly about: 'file' | 'stem' }[] = [
  { end: '.sha256', kind: 'checksum', about: 'file' },
  { end: '.sig', kind: 'signature', about: 'file' },
  { end: '.pem', kind: 'certificate', about: 'file' },
  { end: '.bundle', kind: 'bundle', about: 'file' },
  // An uncompressed tar despite its name.
  { end: '-sbom-scan-reports.tar.gz', kind: 'reports', about: 'stem' },
  { end: '-sbom.spdx.json', kind: 'sbom', about: 'stem' },
  { end: '-sbom.syft.json', kind: 'sbom', about: 'stem' },
  { end: '-grype.json', kind: 'scan', about: 'stem' },
  { end: '-grype.sarif', kind: 'scan', about: 'stem' },
  { end: '-trivy.json', kind: 'scan', about: 'stem' },
  { end: '-trivy.sarif', kind: 'scan', about: 'stem' },
];

/** Longer endings before the shorter ones they contain. */
const BOOTABLE: readonly { readonly end: string; readonly kind: BootableKind }[] = [
  { end: '-ipxe.iso', kind: 'netboot' },
  { end: '-ipxe-usb.img', kind: 'netboot' },
  { end: '.iso', kind: 'iso' },
  { end: '.raw', kind: 'raw' },
  { end: '.img', kind: 'raw' },
  { end: '.squashfs', kind: 'netboot' },
  { end: '-kernel', kind: 'netboot' },
  { end: '-initrd', kind: 'netboot' },
  { end: '.ipxe', kind: 'netboot' },
  { end: '.efi', kind: 'efi' },
  { end: '.tar.gz', kind: 'archive' },
];

const E3_STEM = /^kairos-([a-z0-9]+)-(.+?)-(core|standard)-(amd64|arm64|riscv64)-(.+)$/;
const E2B_STEM = /^kairos-(core|standard)-(.+?)-(amd64|arm64|riscv64)-(.+)$/;
const E2_STEM = /^(?:kairos|core)-(.+?)-(v\d.+)$/;
const KUBERNETES_PART = /^(-?)(k3s|k0s)(?:(v?)(\d{1,9}\.\d{1,9}\.\d{1,9}(?:-rc\.?\d{1,9})?)(?:[+-](k3s|k0s\.)(\d{1,9}))?)?$/;
const ARCHIVE = /^([a-z][a-z0-9-]*?)-(v?\d{1,9}\.\d{1,9}\.\d{1,9}(?:-(?:alpha|beta|rc)\.?\d{1,9})?)-(.+)$/i;
const PLATFORM = /^linux-(amd64|arm64|arm|386|i386|x86_64|riscv64)(-fips)?\.tar\.gz$/i;

/** The one pre-release whose ISO names lost their model; only generic ones were built. */
const MODELLESS = 'v3.4.0-beta1';

/** Reads a release file's name; a download URL's `%2B` is taken for the `+` it stands for. Never throws; linear in the length of the text. */
export function parseReleaseFile(input: string): ReleaseFile {
  if (input.length > MAX_NAME) return unrecognised(input.slice(0, MAX_NAME), 'longer than a file name can be', 'too long');
  const name = input.replaceAll(/%2B/gi, '+');
  if (!NAME.test(name)) return unrecognised(name, 'not the name of a release file: letters, digits, ".", "_", "+" and "-"', 'malformed');
  if (name === 'checksums.txt') return { kind: 'checksums', of: 'release', name };
  return readEvidence(name) ?? readSubject(name, name) ?? unrecognised(name, 'neither an image, a report, nor a program archive of Kairos');
}

/** The name as published, `+` included. The inverse of parsing: names are kept, never put together from their fields. */
export function printReleaseFile(file: ReleaseFile): string {
  return file.name;
}

function readEvidence(name: string): ReleaseFile | null {
  const found = EVIDENCE.find(({ end }) => name.endsWith(end));
  if (found === undefined) return null;
  const about = name.slice(0, -found.end.length);
  const subject = found.about === 'stem' ? readStem(about, name) : (readEvidence(about) ?? readSubject(about, name));
  if (subject === null) return unrecognised(name, `a ${found.kind} of a file that is not known`);
  if (subject.kind === 'unrecognised') return unrecognised(name, subject.reason);
  if (subject.of === 'release') return null;
  return { ...subject, name, kind: found.kind, about: found.about === 'file' ? about : null };
}

/** What the file itself is, by its ending. */
function readSubject(file: string, name: string): ImageFile | ComponentFile | UnrecognisedFile | null {
  const component = readComponent(file);
  if (component !== null) return component;
  const found = BOOTABLE.find(({ end }) => file.endsWith(end));
  if (found === undefined) return readCloudImage(file);
  const image = readStem(file.slice(0, -found.end.length), name);
  if (image === null || image.kind === 'unrecognised') return image;
  return { ...image, kind: found.kind === 'iso' && image.uki ? 'uki-iso' : found.kind };
}

/** A cloud's catalogue allows no dots: `kairos-hadron-v0-5-1-core-amd64-generic-v4-3-0`. */
function readCloudImage(name: string): ImageFile | UnrecognisedFile | null {
  if (name.includes('.')) return null;
  const image = readStem(name.replaceAll(/(\d)-(?=\d)/g, '$1.'), name);
  return image === null || image.kind === 'unrecognised' ? image : { ...image, kind: 'cloud-image' };
}

function readComponent(file: string): ComponentFile | null {
  const [, component = '', text = '', rest = ''] = ARCHIVE.exec(file) ?? [];
  const version = parseVersion(text);
  if (version === null) return null;
  const [, arch = null, fips] = PLATFORM.exec(rest) ?? [];
  const kind = arch !== null ? 'archive' : rest === 'checksums.txt' ? 'checksums' : rest === 'source.tar.gz' ? 'source' : null;
  if (kind === null) return null;
  return { kind, of: 'component', name: file, about: null, component, version, arch, fips: fips !== undefined };
}

type Layout = Pick<ImageFile, 'flavor' | 'flavorRelease' | 'variant' | 'arch' | 'model'> & {
  readonly build: string;
  readonly era: Era | null;
};

/** The name without its ending, in the three orders there were; `kind` is filled in by the ending. */
function readStem(stem: string, name: string): ImageFile | UnrecognisedFile | null {
  const uki = stem.endsWith('-uki');
  const layout = readLayout(uki ? stem.slice(0, -'-uki'.length) : stem);
  if (layout === null) return null;
  if ('reason' in layout) return unrecognised(name, layout.reason);
  const built = readBuild(layout.build);
  if ('reason' in built) return unrecognised(name, built.reason);
  const { version, kubernetes, spelling } = built;
  const base = version.kind === 'release' ? version.version : version.base;
  const { build: _, ...fields } = layout;
  return {
    ...fields,
    kind: 'iso',
    of: 'image',
    name,
    about: null,
    version,
    kubernetes,
    variant: layout.era === 'E2' && kubernetes !== null ? 'standard' : layout.variant,
    channel: version.kind === 'dev' ? 'dev' : channelOf(version.version),
    uki,
    era: layout.era ?? eraOfFile(spelling, base),
  };
}

function readLayout(stem: string): Layout | Rejected | null {
  const reversed = E2B_STEM.exec(stem);
  if (reversed !== null) return readE2b(reversed);
  const current = E3_STEM.exec(stem);
  if (current !== null) return readE3(current);
  const [, named = '', build = ''] = E2_STEM.exec(stem) ?? [];
  if (build === '') return null;
  const machine = machineNamed(named);
  return machine === null
    ? { reason: `unknown flavor "${named}"` }
    : { ...machine, flavorRelease: null, variant: 'core', build, era: 'E2' };
}

/** v2.3.3-rc1 … v2.4.1 put the variant before the flavor. */
function readE2b([, variant, named = '', arch, tail = '']: RegExpExecArray): Layout | Rejected {
  const machine = machineNamed(named);
  const model = modelOf(tail);
  if (!isVariant(variant) || !isArch(arch) || machine === null) return { reason: `unknown flavor "${named}"` };
  if (model === null) return { reason: `unknown model in "${tail}"` };
  return { flavor: machine.flavor, flavorRelease: null, variant, arch, model, build: tail.slice(model.length + 1), era: 'E2' };
}

function readE3([, flavor = '', flavorRelease = '', variant, arch, tail = '']: RegExpExecArray): Layout | Rejected {
  if (!isVariant(variant) || !isArch(arch)) return { reason: 'unknown variant or architecture' };
  if (tail.startsWith(MODELLESS)) return { flavor, flavorRelease, variant, arch, model: 'generic', build: tail, era: null };
  const model = modelOf(tail);
  if (model === null) return { reason: `unknown model in "${tail}"` };
  return { flavor, flavorRelease, variant, arch, model, build: tail.slice(model.length + 1), era: null };
}

interface Build {
  readonly version: ImageVersion;
  readonly kubernetes: Kubernetes | null;
  readonly spelling: FileSpelling | null;
}

function readBuild(text: string): Build | Rejected {
  const at = text.search(/-?k[03]s/);
  const versionText = at === -1 ? text : text.slice(0, at);
  const version = readVersion(versionText);
  if (version === null) return { reason: `"${versionText}" is neither a version nor a known branch or commit` };
  if (at === -1) return { version, kubernetes: null, spelling: null };
  return readKubernetes(text.slice(at), version);
}

function readKubernetes(part: string, version: ImageVersion): Build | Rejected {
  const [, dash, distro, v, numbers, stampOf, stamp] = KUBERNETES_PART.exec(part) ?? [];
  if (!isDistro(distro)) return { reason: `unknown spelling of the Kubernetes part: "${part}"` };
  if (numbers === undefined) return { version, kubernetes: { distro, version: null }, spelling: null };
  // `-k3sv1.36.4+k0s.0` would be a k0s build under the name of k3s.
  if (stampOf !== undefined && !stampOf.startsWith(distro)) return { reason: `the Kubernetes part "${part}" mixes k3s and k0s` };
  const kubernetes = parseKubernetesVersion(`v${numbers}${stampOf === undefined ? '' : `+${stampOf}${stamp}`}`);
  if (kubernetes === null) return { reason: `unknown spelling of the Kubernetes part: "${part}"` };
  return { version, kubernetes: { distro, version: kubernetes }, spelling: spellingOf(dash === '-', v === 'v') };
}

function spellingOf(dash: boolean, v: boolean): FileSpelling {
  if (v) return dash ? 'v' : 'joined';
  return dash ? 'unstamped' : 'bare';
}

function modelOf(tail: string): string | null {
  return MODELS.find((known) => tail.startsWith(`${known}-`)) ?? null;
}

function unrecognised(name: string, reason: string, format = foldTag(name)): UnrecognisedFile {
  return { kind: 'unrecognised', of: 'unknown', name, reason, format };
}
