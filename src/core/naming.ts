/** Images with a naming of their own: what a target's configuration says of its tags, laid over the project's own grammar. */
import { type Artifact, isArtifact, parseReference, type Reference, readAs } from './image.ts';
import { sameData } from './same.ts';
import { foldTag } from './tag-format.ts';
import {
  hasVariable,
  parseTemplate,
  printTag,
  readTagWith,
  type TagDefaults,
  type TagTemplate,
  type TemplateFields,
} from './tag-template.ts';

/** How the images of a target are named, where that is not how the project names its own. */
export interface Naming {
  readonly tags: TagTemplate | null;
  /** What the images are called; null: by the last segment of their repository. */
  readonly flavor: string | null;
  readonly defaults: TagDefaults;
}

/** A reference as a target's naming reads it; `reads` as PublishedImage has it. */
export interface Reading {
  readonly reference: Reference;
  readonly reads: string | null;
}

/** The target that watches a repository, if one does. */
export function watching<T extends { readonly kind: string; readonly repository: string }>(
  targets: readonly T[],
  repository: string,
): T | null {
  return targets.find((target) => target.kind !== 'github-releases' && target.repository === repository) ?? null;
}

/** The layout every reading is kept in. */
const LAYOUT = parseTemplate('$FLAVOR_RELEASE-$VARIANT-$ARCH-$MODEL-$VERSION$K8S$UKI$IMG');

/**
 * Reads a reference by a naming. Signatures and moving tags are what they are under any naming; a tag that the template
 * does not know may still be of the project's layout, which says all by itself.
 */
export function readImage(text: string, naming: Naming | undefined): Reading {
  const official = parseReference(text);
  if (naming === undefined || official.tag === '' || official.kind === 'attached' || official.kind === 'moving') {
    return { reference: official, reads: null };
  }
  const { tags, flavor, defaults } = naming;
  const read = tags === null ? null : readTagWith(tags, official.tag, defaults);
  if (read !== null && 'reason' in read) return unrecognised(official, read.reason);
  if (read !== null) return reading(official, { ...read, flavor: read.flavor ?? flavor ?? lastSegment(official.repository) });
  if (!isArtifact(official)) return tags === null ? { reference: official, reads: null } : unrecognised(official, `not ${tags.text}`);
  // What a pull request built never was that release, whatever it is called.
  return flavor === null || official.era === 'ci' ? { reference: official, reads: null } : reading(official, { ...official, flavor });
}

function reading(official: Reference, fields: TemplateFields): Reading {
  const layout = LAYOUT.kind === 'template' ? printTag(LAYOUT.template, fields) : '';
  const reads = `${fields.flavor}:${layout.replace(/^-/, '')}`;
  const image = readAs(official, reads);
  if (image === null) return unrecognised(official, `"${reads}" is not an image of Kairos`);
  return isArtifact(official) && sameData(saidOf(official), saidOf(image))
    ? { reference: official, reads: null }
    : { reference: image, reads };
}

function saidOf({ era: _, ...image }: Artifact): Omit<Artifact, 'era'> {
  return image;
}

function unrecognised({ input, repository, tag, digest }: Reference, reason: string): Reading {
  return { reference: { input, repository, tag, digest, kind: 'unrecognised', reason, format: foldTag(tag) }, reads: null };
}

/** Whether each tag names its own flavor, so that one repository holds several. */
export function namesFlavors(naming: Naming | undefined): boolean {
  return naming?.tags != null && hasVariable(naming.tags, 'FLAVOR');
}

export function lastSegment(repository: string): string {
  return repository.slice(repository.lastIndexOf('/') + 1);
}
