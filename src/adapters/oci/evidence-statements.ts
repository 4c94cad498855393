/**
 * What BuildKit puts into an index beside its images: manifests that are attestations, with one unsigned in-toto statement a layer.
 * https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
 */
import type { BrokenEvidence, IndexStatement } from '../../core/evidence.ts';
import type { OciClient } from './client.ts';
import { broken, MAX_AT_A_PLACE, open, shortDigest } from './evidence-manifests.ts';
import type { OciManifest } from './manifest.ts';
import { type Descriptor, IMAGE_TYPES } from './schema.ts';

/** A statement whose bytes are still to be fetched. */
export interface FoundStatement extends Omit<IndexStatement, 'bytes'> {
  readonly kind: 'statement';
  readonly layer: Descriptor;
  readonly isSbom: boolean;
}

const STATEMENT = 'application/vnd.in-toto+json';

/** The manifests of an index that hold an image, each once; none for a single image. */
export function platformsOf(image: OciManifest): readonly string[] {
  if (image.kind === 'image') return [];
  const images = image.manifests.filter((manifest) => IMAGE_TYPES.includes(manifest.mediaType) && manifest.platform?.os !== 'unknown');
  return [...new Set(images.filter((manifest) => !isAttestation(manifest)).map(({ digest }) => digest))];
}

/** One request an attestation manifest, which there is one of for each platform. Throws what OciClient throws. */
export async function lookInside(client: OciClient, image: OciManifest): Promise<readonly (FoundStatement | BrokenEvidence)[]> {
  if (image.kind === 'image') return [];
  const attestations = image.manifests.filter(isAttestation);
  if (attestations.length > MAX_AT_A_PLACE) {
    const place = { name: `the attestation manifests of ${shortDigest(image.digest)}`, beside: image.digest };
    return [broken(place, image.digest, 'TOO_MANY', `there are more than ${MAX_AT_A_PLACE}`)];
  }
  const found = await Promise.all(attestations.map((attestation) => statementsOf(client, image.digest, attestation)));
  return found.flat();
}

async function statementsOf(
  client: OciClient,
  beside: string,
  { digest, annotations = {} }: Descriptor,
): Promise<readonly (FoundStatement | BrokenEvidence)[]> {
  const opened = await open(client, digest, { name: `attestation manifest ${shortDigest(digest)}`, beside });
  // An index may name more than was copied with it: then there is no statement.
  if (opened?.kind !== 'image') return opened === null ? [] : [opened];
  const about = annotations['vnd.docker.reference.digest'] ?? '';
  return opened.layers.flatMap((layer) => {
    const predicateType = layer.annotations?.['in-toto.io/predicate-type'] ?? '';
    return layer.mediaType === STATEMENT ? [statementOf(layer, about, predicateType)] : [];
  });
}

function statementOf(layer: Descriptor, about: string, predicateType: string): FoundStatement {
  return { kind: 'statement', digest: layer.digest, about, predicateType, layer, isSbom: isSbom(predicateType) };
}

function isAttestation({ annotations = {} }: Descriptor): boolean {
  return annotations['vnd.docker.reference.type'] === 'attestation-manifest';
}

/** Of any version. */
function isSbom(predicateType: string): boolean {
  return /^https:\/\/(?:spdx\.dev\/Document|cyclonedx\.org\/bom)\b/.test(predicateType);
}
