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
