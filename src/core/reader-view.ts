/** What of a release concerns a reader: the release as the filter of a subscription, or the words of a question, let it through. */
import { bumpsOf } from './classify.ts';
import { type Artifact, baseVersionOf } from './image.ts';
import {
  artifactOf,
  type Classification,
  type Completeness,
  largestBump,
  type PublishedImage,
  type Reason,
  type ReleaseFacts,
  rebuiltImages,
} from './release.ts';
import { asksForImages, type Filter, hearsOf, imagesAskedFor, matchesArtifact, matchesCombination } from './subscription.ts';
import { type Bump, distroOf } from './version.ts';

/**
 * What of a release concerns this filter: the artifacts that pass, or null when the release is not news for it
 * (another project, level below, a prerelease not asked for, no live artifact passes). A component has no OS images: its
 * releases concern every filter that names it and does not ask for particular images. A release of a base concerns the
 * filter as a whole, because the words for images are about the images built on it.
 */
export function viewFor(filter: Filter, facts: ReleaseFacts): ReleaseFacts | null {
  if (!hearsOf(filter, facts.project)) return null;
  if (facts.channel === 'dev' || (facts.channel !== 'stable' && !filter.prereleases)) return null;
  if (LEVEL_OF[facts.classification.bump] < LEVEL_OF[filter.level]) return null;
  if (!carriesOs(facts)) return asksForImages(imagesAskedFor(filter, facts.project)) ? null : facts;
  const view = narrow(filter, facts);
  if (LEVEL_OF[view.classification.bump] < LEVEL_OF[filter.level]) return null;
  return view.images.some((image) => image.removedAt === null) ? view : null;
}

/** The release with only the images that pass, removed ones among them; for a reader who was told of it before. */
export function narrow(filter: Filter, facts: ReleaseFacts): ReleaseFacts {
  if (!carriesOs(facts)) return facts;
  const asked = imagesAskedFor(filter, facts.project);
  const passing = artifactsOf(facts.images).filter(({ artifact }) => matchesArtifact(asked, artifact));
  const images = passing.map(({ image }) => image);
  const reasons = reasonsFor(images, facts.classification).filter((reason) => concerns(reason, passing));
  const classification = { ...facts.classification, ...sizeOf(reasons), reasons };
  const own = { ...facts, images, classification, ...narrowNews(filter, facts, images) };
  return facts.completeness == null ? own : { ...own, completeness: narrowCompleteness(asked, facts.completeness, images) };
}

/** A reader of every patch has read what the releases before it said; whoever waits for more has not. */
function narrowNews(
  { level }: Filter,
  { notes, packages }: ReleaseFacts,
  own: readonly PublishedImage[],
): Pick<ReleaseFacts, 'notes' | 'packages'> {
  const references = new Set(own.map(({ reference }) => reference));
  const news = packages?.filter(({ to }) => references.has(to)) ?? [];
  return {
    ...(notes === undefined ? {} : { notes: level === 'patch' ? notes.slice(0, 1) : notes }),
    ...(packages === undefined ? {} : { packages: news }),
  };
}

/** What this reader waits for: an image that is not there passes as far as it is known what it would be. */
function narrowCompleteness(
  filter: Filter,
  { images, mislabelled, deadline }: Completeness,
  own: readonly PublishedImage[],
): Completeness | null {
  const expected = images.filter(({ combination, kubernetes }) => matchesCombination(filter, combination, kubernetes));
  if (expected.length === 0) return null;
  const references = new Set(own.map(({ reference }) => reference));
  return { images: expected, mislabelled: mislabelled.filter(({ reference }) => references.has(reference)), deadline };
}

/** Whether a release is one of OS images. A release of Kairos is, also while only its page is there. */
function carriesOs({ project, images }: ReleaseFacts): boolean {
  return project === 'kairos' || artifactsOf(images).length > 0;
}

/** Kubernetes moves nothing in a core image, k0s nothing in one with k3s, Hadron nothing in Ubuntu. */
function concerns(reason: Reason, images: readonly ParsedImage[]): boolean {
  if (reason.kind !== 'compared' || reason.component === 'kairos' || images.length === 0) return true;
  if (reason.component === 'base') return images.some(({ artifact }) => baseVersionOf(artifact) !== null);
  const distro = distroOf(reason.to);
  return images.some(({ artifact }) => artifact.kubernetes !== null && (distro === null || artifact.kubernetes.distro === distro));
}

/** How large the change is for a reader of these comparisons; a first release has none and keeps its size. */
function sizeOf(reasons: readonly Reason[]): Partial<Pick<Classification, 'bump' | 'components'>> {
  const compared = reasons.filter((reason) => reason.kind === 'compared');
  return compared.length === 0 ? {} : { bump: largestBump(compared.map(({ bump }) => bump)), components: bumpsOf(compared) };
}

/** Why the release is what it is, for a reader of these images: an image pushed again that he does not get is none of his business. */
function reasonsFor(images: readonly PublishedImage[], { reasons }: Classification): readonly Reason[] {
  const rebuilt = rebuiltImages(images);
  return reasons.flatMap((reason): readonly Reason[] => {
    if (reason.kind !== 'rebuilt') return [reason];
    return rebuilt === 0 ? [] : [{ ...reason, images: rebuilt }];
  });
}

interface ParsedImage {
  readonly image: PublishedImage;
  readonly artifact: Artifact;
}

/** Ten thousand subscriptions look at the same release one after the other: its references are parsed once, not once for each. */
const parsedImages = new WeakMap<readonly PublishedImage[], readonly ParsedImage[]>();

function artifactsOf(images: readonly PublishedImage[]): readonly ParsedImage[] {
  const known = parsedImages.get(images);
  if (known !== undefined) return known;
  const parsed = images.flatMap((image) => {
    const artifact = artifactOf(image);
    return artifact === null ? [] : [{ image, artifact }];
  });
  parsedImages.set(images, parsed);
  return parsed;
}

/** A rebuild and a prerelease are patch-level news. */
const LEVEL_OF: Readonly<Record<Bump, number>> = { none: 1, rebuild: 1, prerelease: 1, patch: 1, minor: 2, major: 3 };
