/**
 * Where signatures and attestations lie beside a digest, before their content is read: the tags of cosign 1 and 2, and the referrers of
 * cosign 3 and everything else that writes Sigstore bundles.
 */
import type { BrokenEvidence, EvidencePiece, PieceOrigin } from '../../core/evidence.ts';
import type { OciClient } from './client.ts';
import { broken, layerId, MAX_AT_A_PLACE, open, type Place, shortDigest } from './evidence-manifests.ts';
import type { OciImage } from './manifest.ts';
import type { ListReferrers } from './referrers.ts';
import type { Descriptor } from './schema.ts';

/** A piece of evidence whose bytes are still to be fetched. */
export interface FoundPiece extends PieceOrigin {
  readonly kind: EvidencePiece['kind'];
  readonly layer: Descriptor;
}

/** Three requests, and one more for each bundle. Throws what OciClient throws. */
export async function lookBeside(
  client: OciClient,
  listReferrers: ListReferrers,
  digest: string,
): Promise<readonly (FoundPiece | BrokenEvidence)[]> {
  const found = await Promise.all([
    atTag(client, digest, '.sig', 'cosign-signature'),
    atTag(client, digest, '.att', 'cosign-attestation'),
    amongReferrers(client, listReferrers, digest),
  ]);
  return found.flat();
}

/** The tag of cosign 1 and 2 for what belongs to a digest: `sha256-<hex>.sig`. */
export function cosignTag(digest: string, suffix: string): string {
  return `${digest.replace(':', '-')}${suffix}`;
}

const COSIGN_LAYERS = {
  'cosign-signature': 'application/vnd.dev.cosign.simplesigning.v1+json',
  'cosign-attestation': 'application/vnd.dsse.envelope.v1+json',
} as const;

/** Each layer of it is a piece of its own: signing again appends one. */
async function atTag(client: OciClient, digest: string, suffix: string, kind: keyof typeof COSIGN_LAYERS) {
  const tag = cosignTag(digest, suffix);
  const place = { name: cosignTag(shortDigest(digest), suffix), beside: digest };
  const opened = await open(client, tag, place);
  if (opened?.kind !== 'image') return opened === null ? [] : [opened];
  return opened.layers.map((layer, index) => {
    const name = `${place.name}, layer ${index + 1}`;
    return pieceOf(layer, kind, layer.mediaType === COSIGN_LAYERS[kind], { ...place, name });
  });
}

/** Of any version: which of them can be read is for those who read them, and a new one must not look like nothing. */
const BUNDLE = 'application/vnd.dev.sigstore.bundle';
const isBundle = (type: string): boolean => type.startsWith(`${BUNDLE}.`) || type.startsWith(`${BUNDLE}+`);

/**
 * What a list says when it does not know: nothing, as quay.io does where the manifest says nothing itself, or the type of the empty config,
 * as everything built on go-containerregistry before April 2026 wrote into fallback tags, cosign 3.0 among it.
 */
const UNTOLD: readonly string[] = ['', 'application/vnd.oci.empty.v1+json'];

async function amongReferrers(client: OciClient, listReferrers: ListReferrers, digest: string) {
  const listed = await listReferrers(client, digest);
  // Whatever else refers to an image is none of our business; it is neither evidence nor broken.
  const candidates = listed.filter(({ artifactType = '' }) => isBundle(artifactType) || UNTOLD.includes(artifactType));
  const distinct = [...new Map(candidates.map((candidate) => [candidate.digest, candidate])).values()];
  if (distinct.length > MAX_AT_A_PLACE) {
    const place = { name: `the referrers of ${shortDigest(digest)}`, beside: digest };
    return [broken(place, `referrers of ${digest}`, 'TOO_MANY', `there are more than ${MAX_AT_A_PLACE} that may be evidence`)];
  }
  const found = await Promise.all(distinct.map((candidate) => referrer(client, digest, candidate)));
  return found.filter((piece) => piece !== null);
}

/** Null when its manifest shows that it is no evidence. */
async function referrer(client: OciClient, digest: string, listed: Descriptor): Promise<FoundPiece | BrokenEvidence | null> {
  const place = { name: `referrer ${shortDigest(listed.digest)}`, beside: digest };
  const opened = await open(client, listed.digest, place);
  if (opened === null) return broken(place, listed.digest, 'MALFORMED', 'it is listed and not there');
  if (opened.kind !== 'image') return opened;
  const isTold = isBundle(listed.artifactType ?? '');
  if (!isTold && !isBundle(opened.artifactType)) return null;
  return bundleIn(opened, place);
}

/** One bundle a manifest, as cosign writes and reads them. */
function bundleIn({ digest, subject, layers }: OciImage, place: Place): FoundPiece | BrokenEvidence {
  const [layer] = layers;
  if (subject !== place.beside) return broken(place, digest, 'SUBJECT', 'it refers to another image than it is listed for');
  if (layer === undefined || layers.length > 1) return broken(place, digest, 'MALFORMED', 'it does not have exactly one layer');
  return pieceOf(layer, 'bundle', isBundle(layer.mediaType), place);
}

function pieceOf(layer: Descriptor, kind: FoundPiece['kind'], isOfItsType: boolean, place: Place): FoundPiece | BrokenEvidence {
  const id = layerId(layer);
  if (!isOfItsType) return broken(place, id, 'MEDIA_TYPE', 'its layer has another type than evidence of this kind');
  return { kind, id, ...place, layer };
}
