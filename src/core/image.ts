import { type Holding, holdingOf } from './image-repository.ts';
import { type ImageFields, type Rejected, readRepositoryTag, readTag, type TagFields } from './image-tag.ts';
import { isDigest, isTag } from './repository.ts';
import { foldTag } from './tag-format.ts';
import { type Channel, channelOf, parseVersion, type Version } from './version.ts';

export type { Era } from './eras.ts';
export type { Arch, ImageVersion, Kubernetes, Variant } from './image-tag.ts';

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
export interface Artifact extends Located, ImageFields {
  readonly kind: 'os-image' | 'raw-image';
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
const OFFICIAL_NAMESPACE = 'quay.io/kairos';

const TRANSPORT = /^(?:docker|oci):(?:\/\/)?/;
const MAX_NAME = 255;
const MAX_TAG = 128;
const MAX_DIGEST = 'sha256:'.length + 64;
/** Anything longer cannot be a reference, and is not even looked at. */
const MAX_INPUT = 'docker://'.length + MAX_NAME + 1 + MAX_TAG + 1 + MAX_DIGEST;

const SEGMENT = /^[a-z0-9][a-z0-9._-]*$/;
/** A host, which may have capitals and a port, then segments that each begin with a letter or a digit. */
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?\/[a-z0-9._/-]+$/;
const EMPTY_SEGMENT = /\/(?![a-z0-9])/;
const ATTACHED = /^sha256-([0-9a-f]{64})(\.sig|\.att|\.sbom)?$/;
const COMPONENT = /^(v?\d{1,9}\.\d{1,9}\.\d{1,9}(?:-(?:alpha|beta|rc)\.?\d{1,9})?)(?:([-_])([a-z0-9][a-z0-9-]*))?$/i;
const PACKAGE = /^([a-z0-9][a-z0-9-]*)-(\d{1,9}\.\d{1,9}\.\d{1,9})$/;
const BUNDLE = /^([a-z0-9][a-z0-9-]*)_(v?\d{1,9}\.\d{1,9}\.\d{1,9})$/;
/** `v2`, `v2.16` and their `-fips` twins are moved along by docker/metadata-action. */
const FLOATING = /^v\d{1,9}(?:\.\d{1,9})?(?:-fips)?$/;
const BRANCH = /^(?:latest|master|main|dev|test|pr-\d{1,9})(?:[-_][a-z0-9-]*)?$/;
const ENDS_IN_BRANCH = /[-_](?:latest|master|main)$/;

/** What may follow a component's version. `scratch` is pushed before the tests and promoted by copying the manifest. */
const SUFFIXES = new Set(['amd64', 'arm64', 'fips', 'scratch']);

const ROLES = { '.sig': 'signature', '.att': 'attestation', '.sbom': 'sbom' } as const;

const LAYOUT = '<release>-<variant>-<arch>-<model>-<version>';

/** Reads any image reference. Never throws; linear in the length of the text. */
export function parseReference(input: string): Reference {
  if (input.length > MAX_INPUT) {
    return unrecognised(nowhere(input.slice(0, MAX_INPUT)), `longer than a reference can be (${input.length} characters)`, 'too long');
  }
  const text = input.replace(TRANSPORT, '');
  const located = locate(text);
  if ('reason' in located) return unrecognised(nowhere(text), located.reason, 'malformed');
  if (located.tag === '') {
    const what = located.digest === null ? 'no tag' : 'pinned by digest without a tag: there is no version to read';
    return unrecognised(located, what, 'no tag');
  }
  return readAttached(located) ?? readHolding(located, holdingOf(located.repository));
}

/** Splits a reference into its parts and checks their form. A bare `flavor:tag` is completed with the official namespace. */
function locate(input: string): Located | Rejected {
  const at = input.indexOf('@');
  const digest = at === -1 ? null : input.slice(at + 1);
  if (digest !== null && !isDigest(digest)) return { reason: 'the digest is not sha256 and 64 hexadecimal digits' };
  const name = at === -1 ? input : input.slice(0, at);
  const colon = name.lastIndexOf(':');
  const tagged = colon > name.lastIndexOf('/');
  const path = tagged ? name.slice(0, colon) : name;
  const tag = tagged ? name.slice(colon + 1) : '';
  if (tagged && !isTag(tag)) return { reason: 'the tag is not one: up to 128 letters, digits, "_", "." and "-"' };
  if (!tagged && !path.includes('/')) return bareTag(input, path, digest);
  if (!isRepository(path)) return { reason: 'the repository name is not one' };
  return { input, repository: path.includes('/') ? path : `${OFFICIAL_NAMESPACE}/${path}`, tag, digest };
}

/** A text without slash and colon is a tag if it has the shape of one that says all by itself. */
function bareTag(input: string, tag: string, digest: string | null): Located | Rejected {
  const telling = isTag(tag) && (ATTACHED.test(tag) || readTag(tag, '') !== null);
  return telling ? { input, repository: '', tag, digest } : { reason: 'neither a repository with a tag nor a tag that says what it is' };
}

function isRepository(path: string): boolean {
  if (path.length > MAX_NAME) return false;
  return path.includes('/') ? REPOSITORY.test(path) && !EMPTY_SEGMENT.test(path) : SEGMENT.test(path);
}

function readAttached(located: Located): Attached | null {
  const match = ATTACHED.exec(located.tag);
  if (match === null) return null;
  const [, hex, end] = match;
  const role = end === '.sig' || end === '.att' || end === '.sbom' ? ROLES[end] : 'referrers';
  return { ...located, kind: 'attached', subject: `sha256:${hex}`, role };
}

function readHolding(located: Located, holding: Holding): Reference {
  switch (holding.kind) {
    case 'flavor':
    case 'foreign':
    case 'unknown':
      return readImage(located, holding);
    case 'machine':
      return (
        artifact(located, holding.flavor, readRepositoryTag(located.tag, holding.fields), false) ??
        movingOr(located, 'no version at the start of the tag')
      );
    case 'component':
    case 'framework':
      return readComponent(located, holding);
    case 'packages':
      return readNamed(located, PACKAGE, 'not <name>-<category>-<version> with a version of three numbers');
    case 'bundles':
      return readNamed(located, BUNDLE, 'not <name>_<version> with a version of three numbers');
    case 'refused':
      return movingOr(located, holding.reason);
  }
}

function readImage(located: Located, holding: Extract<Holding, { kind: 'flavor' | 'foreign' | 'unknown' }>): Reference {
  const flavor = holding.kind === 'unknown' ? holding.name : holding.flavor;
  const image = artifact(located, flavor, readTag(located.tag, flavor), holding.kind === 'flavor' && holding.ci);
  if (image !== null) return image;
  if (holding.kind === 'unknown')
    return unrecognised(located, `${holding.namespace} has no repository "${holding.name}" that Herald knows`);
  return movingOr(located, holding.kind === 'flavor' ? `not ${LAYOUT}` : `not an image of Kairos: the tag is not ${LAYOUT}`);
}

/** An image of pull requests and branches is of channel dev whatever its version says: it never was that release. */
function artifact(located: Located, flavor: string, read: TagFields | Rejected | null, ci: boolean): Artifact | Unrecognised | null {
  if (read === null) return null;
  if ('reason' in read) return unrecognised(located, read.reason);
  const era = ci ? 'ci' : read.era;
  const channel = read.version.kind === 'dev' || era === 'ci' ? 'dev' : channelOf(read.version.version);
  return { ...located, ...read, flavor, era, channel };
}

function readComponent(located: Located, holding: Extract<Holding, { kind: 'component' | 'framework' }>): Reference {
  if (FLOATING.test(located.tag)) return { ...located, kind: 'moving' };
  const [, text = '', mark, suffix = null] = COMPONENT.exec(located.tag) ?? [];
  const version = parseVersion(text);
  if (version === null) return movingOr(located, 'neither a version nor a known branch');
  // A framework was named after the flavors it served, `v2.4.2_ubuntu-22-lts`, an open list.
  const known = suffix === null || SUFFIXES.has(suffix) || (holding.kind === 'framework' && mark === '_');
  if (!known) return unrecognised(located, `"${suffix}" after the version ${version.text} is unknown`);
  const name = holding.kind === 'framework' ? 'framework' : holding.name;
  return { ...located, kind: holding.kind, name, version, channel: suffix === 'scratch' ? 'dev' : channelOf(version), suffix };
}

/** Repositories that keep many things under one name, each tag beginning with its own. */
function readNamed(located: Located, shape: RegExp, otherwise: string): Reference {
  const [, name = '', text = ''] = shape.exec(located.tag) ?? [];
  const version = parseVersion(text);
  if (version === null) return movingOr(located, otherwise);
  return { ...located, kind: 'component', name, version, channel: channelOf(version), suffix: null };
}

function movingOr(located: Located, reason: string): Moving | Unrecognised {
  const moving = BRANCH.test(located.tag) || ENDS_IN_BRANCH.test(located.tag);
  return moving ? { ...located, kind: 'moving' } : unrecognised(located, reason);
}

function nowhere(input: string): Located {
  return { input, repository: '', tag: '', digest: null };
}

function unrecognised(located: Located, reason: string, format = foldTag(located.tag)): Unrecognised {
  return { ...located, kind: 'unrecognised', reason, format };
}

/** The beginning of a tag whose flavor release nobody gave: `standard-amd64-generic-v0.0.1`. */
const NO_RELEASE = /^(?:core|standard)-(?:amd64|arm64|riscv64)-/;

/**
 * A reference read another way than its own tag says: `reads` is a flavor and a tag of the project's layout,
 * `ubuntu:24.04-standard-amd64-generic-v0.0.1-k3s-v1.36.4-k3s1`; the release may be missing. Repository, tag and digest
 * stay what they are, because they are what is pulled. Null when `reads` is not such a text.
 */
export function readAs({ input, repository, tag, digest }: Reference, reads: string): Artifact | null {
  const [flavor = '', layout = ''] = reads.split(':', 2);
  const released = !NO_RELEASE.test(layout);
  const read = readTag(released ? layout : `0-${layout}`, '');
  const image = artifact({ input, repository, tag, digest }, flavor, read, false);
  return image === null || !isArtifact(image) ? null : { ...image, flavorRelease: released ? image.flavorRelease : null };
}

/** The reference text of a parsed one: `repository:tag[@digest]`. print(parse(x)) = x (less the transport prefix) for every recognised image. */
export function printReference(reference: Reference): string {
  // The tag is kept as it was found and never put together from the fields: a reference we offer has to exist.
  if (reference.tag === '') return reference.input;
  const name = reference.repository === '' ? reference.tag : `${reference.repository}:${reference.tag}`;
  return reference.digest === null ? name : `${name}@${reference.digest}`;
}

/** True for the two kinds that carry the OS. */
export function isArtifact(reference: Reference): reference is Artifact {
  return reference.kind === 'os-image' || reference.kind === 'raw-image';
}

/** Hadron's own version when the flavor is hadron and its release is a version; otherwise null. */
export function baseVersionOf(artifact: Artifact): Version | null {
  if (artifact.flavor !== 'hadron' || artifact.flavorRelease === null) return null;
  return parseVersion(artifact.flavorRelease);
}
