/** A release: all artifacts of one project at one version, joined with its release page; and what is said about it. */

import type { Combination } from './combination.ts';
import { type Artifact, isArtifact, parseReference, type Reference, readAs } from './image.ts';
import type { PackageNews, ReleaseNotes } from './news.ts';
import type { MaterialChange } from './notes-change.ts';
import type { Instant } from './time.ts';
import type { ImageVerdict } from './verdict.ts';
import type { Bump, Channel, Version } from './version.ts';

/** `kairos` for OS images; a component's own name otherwise. */
export type Project = string;

/** `kairos@v4.3.0`. */
export type ReleaseKey = string;

export function releaseKey(project: Project, version: string): ReleaseKey {
  return `${project}@${version}`;
}

/** An image of a release as the store knows it. */
export interface PublishedImage {
  /** `repository:tag`; core/image parses it again wherever its fields are wanted. */
  readonly reference: string;
  readonly digest: string | null;
  /** Compressed size in bytes, where the registry tells. */
  readonly size: number | null;
  readonly pushedAt: Instant | null;
  readonly firstSeenAt: Instant;
  /** Set when the tag is gone from the registry. */
  readonly removedAt: Instant | null;
  /** Earlier digests of the same tag, oldest first. */
  readonly replaced: readonly { readonly digest: string; readonly until: Instant }[];
  /** What its target's configuration reads from the tag, where that is not what the project's own grammar does; see readAs() in image.ts. */
  readonly reads?: string | null;
  /** What is known of who signed it. Absent until it was looked at. */
  readonly verdict?: ImageVerdict;
}

/** What a stored image's name says of it; null when it carries no OS. The one way from a stored image to its fields. */
export function artifactOf({ reference, reads }: Pick<PublishedImage, 'reference' | 'reads'>): Artifact | null {
  const parsed = parseReference(reference);
  if (reads != null) return readAs(parsed, reads);
  return isArtifact(parsed) ? parsed : null;
}

/** The version an image was published as; null for branches, signatures, what is not recognised, and builds on the way to a version. */
export function publishedVersion(reference: Reference): Version | null {
  // A pull-request image tagged v4.5.0 and kairos-init's v4.4.0-scratch are builds on the way to that version, not the release.
  if ('channel' in reference && reference.channel === 'dev') return null;
  if (isArtifact(reference)) return reference.version.kind === 'release' ? reference.version.version : null;
  return reference.kind === 'component' || reference.kind === 'framework' ? reference.version : null;
}

/** `repository:tag@sha256:…`; without the digest where the registry did not tell it. */
export function pinnedReference({ reference, digest }: PublishedImage): string {
  return digest === null || reference.includes('@') ? reference : `${reference}@${digest}`;
}

/** How many images were pushed again after Herald had seen them. While a release is being made images are pushed twice; that is no news. */
export function rebuiltImages(images: readonly PublishedImage[]): number {
  return images.filter(({ replaced, firstSeenAt }) => replaced.some(({ until }) => until > firstSeenAt)).length;
}

/** The project's page for this version (a GitHub release). */
export interface ReleasePage {
  readonly url: string;
  readonly title: string;
  readonly publishedAt: Instant | null;
  readonly prerelease: boolean;
  readonly assets: number;
  /** Set when the page is gone. Absent in what an older Herald stored. */
  readonly removedAt?: Instant | null;
  /** When it was seen that the page calls the release a prerelease no more. */
  readonly promotedAt?: Instant;
  /** Files that were replaced by others of the same name, or removed, when the release was out already. */
  readonly changedFiles?: readonly ChangedFile[];
}

/** A file of a release page whose content is not the one it had. */
export interface ChangedFile {
  readonly name: string;
  /** `sha256:…`; null where GitHub did not tell, as of older files. */
  readonly from: string | null;
  /** Null when the file is gone. */
  readonly to: string | null;
  /** When the change was seen. */
  readonly at: Instant;
}

export type Component = 'kairos' | 'base' | 'kubernetes';

const BUMPS_BY_SIZE: readonly Bump[] = ['none', 'rebuild', 'prerelease', 'patch', 'minor', 'major'];

/** The largest of some bumps: none < rebuild < prerelease < patch < minor < major. `none` when there are none. */
export function largestBump(bumps: Iterable<Bump>): Bump {
  const sizes = Array.from(bumps, (bump) => BUMPS_BY_SIZE.indexOf(bump));
  return BUMPS_BY_SIZE[Math.max(0, ...sizes)] ?? 'none';
}

/** Why a classification says what it says, as data; render turns it into sentences. */
export type Reason =
  | { readonly kind: 'first-release' }
  | { readonly kind: 'compared'; readonly component: Component; readonly from: string; readonly to: string; readonly bump: Bump }
  | { readonly kind: 'backport'; readonly newest: string }
  | { readonly kind: 'prerelease-of'; readonly version: string }
  /** The version does not say so, its page does. */
  | { readonly kind: 'called-prerelease' }
  /** `from` is the candidate; null where its own page called it a prerelease. */
  | { readonly kind: 'promoted'; readonly from: string | null }
  | { readonly kind: 'renumbered'; readonly from: string; readonly to: string }
  | { readonly kind: 'rebuilt'; readonly images: number };

export interface Classification {
  /** The largest of the components' bumps. */
  readonly bump: Bump;
  readonly components: Readonly<Partial<Record<Component, Bump>>>;
  /** The stable release it was compared with. */
  readonly previous: string | null;
  /** Lower than a stable release that was out before it: not "latest". */
  readonly backport: boolean;
  readonly latest: boolean;
  readonly reasons: readonly Reason[];
}

/** An image the release should have. */
export interface ExpectedImage {
  readonly combination: Combination;
  /** `v1.36.4+k3s1` where the release's own list names it; null where any will do. */
  readonly kubernetes: string | null;
  /** How many Kubernetes versions it should come with, where there is no list to name them and it is more than one. */
  readonly versions?: number;
  /** `page`: an ISO of the same build is on the release page. `history`: the releases before it had one. */
  readonly expectedBy: 'page' | 'history';
  /** `late`: not there, and releases of this project have taken longer. `missing`: not there after that. */
  readonly status: 'present' | 'late' | 'missing';
}

/** An image whose name cannot be right, or may not be. */
export interface Mislabelled {
  readonly reference: string;
  /** `no-kubernetes`: a standard image without the part that says which Kubernetes is inside (v3.3.0 on arm64). `pushed-twice`: it was
   * pushed over while another board of its kind never came (v3.6.0-rc3 pushed its rpi4 images as generic ones, issue 3773). */
  readonly reason: 'no-kubernetes' | 'pushed-twice';
}

/** What of a release is there, see core/completeness.ts. */
export interface Completeness {
  /** Every expected image, in the order of their names. */
  readonly images: readonly ExpectedImage[];
  readonly mislabelled: readonly Mislabelled[];
  /** Until when what is not there counts as late. */
  readonly deadline: Instant;
}

/** Everything an announcement says about a release. Plain JSON: stored, compared and rendered. */
export interface ReleaseFacts {
  readonly kind: 'release';
  readonly key: ReleaseKey;
  readonly project: Project;
  readonly version: string;
  readonly channel: Channel;
  readonly classification: Classification;
  readonly images: readonly PublishedImage[];
  readonly page: ReleasePage | null;
  /** The newer stable release of the same minor line, once there is one. */
  readonly supersededBy: string | null;
  /** Its page says not to take it. */
  readonly retracted?: true;
  /** What of it is there and what is not; null when nothing is expected of it. Absent in what an older Herald stored. */
  readonly completeness?: Completeness | null;
  /** What its page says, and what those of the releases before it said that some readers skip; newest first. */
  readonly notes?: readonly ReleaseNotes[];
  /** What moved inside its images since the release before, where both have an SBOM. */
  readonly packages?: readonly PackageNews[];
  /** It was published and taken back: its images, its page, or all of it. */
  readonly withdrawn?: 'all' | 'images' | 'page' | null;
}

/** Releases of a period, collected for one subscription. Each is the view that subscription has of it. */
export interface DigestFacts {
  readonly kind: 'digest';
  readonly from: Instant;
  readonly to: Instant;
  readonly releases: readonly ReleaseFacts[];
}

/** Something Herald's operator should know. */
export type NoticeFacts =
  | {
      readonly kind: 'notice';
      readonly notice: 'unrecognised-format';
      readonly target: string;
      readonly format: string;
      readonly reason: string;
      readonly examples: readonly string[];
      readonly count: number;
    }
  | {
      readonly kind: 'notice';
      readonly notice: 'source-blind';
      readonly target: string;
      readonly since: Instant;
      readonly error: string;
    }
  /** A release nobody should believe at once: it is not announced until a person accepts it. */
  | {
      readonly kind: 'notice';
      readonly notice: 'release-held';
      readonly target: string;
      readonly project: Project;
      readonly version: string;
      readonly highest: string | null;
    }
  /** Signatures of a release that are wrong or gone; none any more when it has no images. */
  | {
      readonly kind: 'notice';
      readonly notice: 'signatures';
      readonly project: Project;
      readonly version: string;
      readonly images: readonly PublishedImage[];
    }
  /** The page of a release was edited after it came out, and says something now that whoever was told of it must hear. */
  | {
      readonly kind: 'notice';
      readonly notice: 'release-edited';
      readonly project: Project;
      readonly version: string;
      readonly url: string | null;
      readonly added: MaterialChange;
    }
  /** The trust root is another one, or it could not be confirmed for long. */
  | { readonly kind: 'notice'; readonly notice: 'trust-root'; readonly changes: readonly string[]; readonly confirmedAt: Instant }
  /** Sent because somebody asked whether messages arrive. */
  | { readonly kind: 'notice'; readonly notice: 'test'; readonly subscription: string }
  | { readonly kind: 'notice'; readonly notice: 'source-recovered'; readonly target: string; readonly blindFor: number };

export type Facts = ReleaseFacts | DigestFacts | NoticeFacts;
