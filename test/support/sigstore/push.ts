/** Puts an image and what proves it into a real registry, in the shapes buildx, cosign 1 to 3 and other OCI 1.1 clients push. */
import { type DockerRegistry, digestOf } from '../docker-registry.ts';
import { BUNDLE_TYPE } from './bundle.ts';
import type { CosignLayer } from './cosign-layer.ts';
import type { Statement } from './statements.ts';

const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  empty: 'application/vnd.oci.empty.v1+json',
  statement: 'application/vnd.in-toto+json',
  sbom: 'text/spdx+json',
  sig: 'application/vnd.dev.cosign.simplesigning.v1+json',
  att: 'application/vnd.dsse.envelope.v1+json',
} as const;

/** Where to push. */
export interface Place {
  readonly registry: DockerRegistry;
  /** Without the registry: `kairos/hadron`. */
  readonly repository: string;
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface PushedImage {
  /** What the tag points at: the index. */
  readonly index: Descriptor;
  /** Its one image. */
  readonly platform: Descriptor;
}

/** A statement as BuildKit stores it. Bytes are stored as they are, under the type that is said. */
export type IndexStatement = Statement | { readonly predicateType: string; readonly bytes: Buffer };

export interface ImageOptions {
  readonly tag: string;
  readonly architecture?: 'amd64' | 'arm64';
  /** Other content, other digests. Default: the tag. */
  readonly content?: string;
  /** What BuildKit says of the platform with this digest. Default: nothing, and no attestation manifest. */
  readonly statements?: (platform: string) => readonly IndexStatement[];
  /** The digest the attestation manifest is said to be about. Default: the platform's. */
  readonly about?: string;
}

type Manifest = { readonly mediaType: string } & Readonly<Record<string, unknown>>;

/** Pushes under its digest, and under `reference` when there is one. */
async function pushManifest({ registry, repository }: Place, manifest: Manifest, reference?: string): Promise<Descriptor> {
  const body = JSON.stringify(manifest);
  const digest = digestOf(body);
  await registry.pushManifest(repository, reference ?? digest, manifest);
  return { mediaType: manifest.mediaType, digest, size: Buffer.byteLength(body) };
}

function pushBlob({ registry, repository }: Place, content: Buffer, mediaType: string): Promise<Descriptor> {
  return registry.pushBlob(repository, content, mediaType);
}

/** A single image around layers that are there already. */
async function pushImageManifest(place: Place, layers: readonly Descriptor[], platform: object, reference?: string): Promise<Descriptor> {
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  const config = await pushBlob(place, Buffer.from(JSON.stringify({ ...platform, config: {}, rootfs })), MEDIA.config);
  return pushManifest(place, { schemaVersion: 2, mediaType: MEDIA.manifest, config, layers }, reference);
}

/** An index with one platform and, where there are statements, the attestation manifest of BuildKit. */
export async function pushImage(place: Place, options: ImageOptions): Promise<PushedImage> {
  const { tag, architecture = 'amd64', content = tag, statements = () => [], about } = options;
  const layer = await pushBlob(place, Buffer.from(`a layer of ${content}`), MEDIA.layer);
  const linux = { architecture, os: 'linux' };
  const platform = await pushImageManifest(place, [layer], linux);
  const manifests: object[] = [{ ...platform, platform: linux }];
  const said = statements(platform.digest);
  if (said.length > 0) {
    const annotations = { 'vnd.docker.reference.digest': about ?? platform.digest, 'vnd.docker.reference.type': 'attestation-manifest' };
    const unknown = { architecture: 'unknown', os: 'unknown' };
    manifests.push({ ...(await pushStatements(place, said, unknown)), annotations, platform: unknown });
  }
  return { index: await pushManifest(place, { schemaVersion: 2, mediaType: MEDIA.index, manifests }, tag), platform };
}

async function pushStatements(place: Place, statements: readonly IndexStatement[], platform: object): Promise<Descriptor> {
  const layers: Descriptor[] = [];
  for (const statement of statements) {
    const bytes = 'bytes' in statement ? statement.bytes : Buffer.from(JSON.stringify(statement));
    const annotations = { 'in-toto.io/predicate-type': statement.predicateType };
    layers.push(annotated(await pushBlob(place, bytes, MEDIA.statement), annotations));
  }
  return pushImageManifest(place, layers, platform);
}

const annotated = (descriptor: Descriptor, annotations: Readonly<Record<string, string>>) => ({ ...descriptor, annotations });

/** The tag under which cosign 1 and 2 keep something beside a digest. */
export function cosignTag(digest: string, suffix: 'sig' | 'att' | 'sbom'): string {
  return `${digest.replace(':', '-')}.${suffix}`;
}

/** The signatures or attestations of an image, all of them in one manifest; a second push replaces the first. */
export async function pushCosign(place: Place, digest: string, suffix: 'sig' | 'att', layers: readonly CosignLayer[]): Promise<Descriptor> {
  const pushed: Descriptor[] = [];
  for (const { bytes, annotations } of layers) pushed.push(annotated(await pushBlob(place, bytes, MEDIA[suffix]), annotations));
  return pushImageManifest(place, pushed, { architecture: '', os: '' }, cosignTag(digest, suffix));
}

/** What `cosign attach sbom` leaves: a document that nothing signs. */
export async function pushAttachedSbom(place: Place, digest: string, document: object): Promise<Descriptor> {
  const layer = await pushBlob(place, Buffer.from(JSON.stringify(document)), MEDIA.sbom);
  return pushImageManifest(place, [layer], { architecture: '', os: '' }, cosignTag(digest, 'sbom'));
}

/** A bundle on its way to a registry; the type is a hint for who looks for one. */
export interface BundleReferrer {
  readonly bytes: Buffer;
  readonly predicateType?: string;
}

/** An entry of the list of referrers. */
export interface Referrer extends Descriptor {
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Bundles as referrers of an image, and the index under `sha256-<hex>` that lists them for registries without a referrers API;
 * a second push replaces the list.
 */
export async function pushReferrers(place: Place, subject: Descriptor, bundles: readonly BundleReferrer[]): Promise<readonly Referrer[]> {
  const referrers: Referrer[] = [];
  for (const bundle of bundles) referrers.push(await pushReferrer(place, subject, bundle));
  await pushReferrersList(place, subject.digest, referrers);
  return referrers;
}

/** The index under `sha256-<hex>` alone: what a client without a referrers API believes. */
export async function pushReferrersList(place: Place, digest: string, manifests: readonly Descriptor[]): Promise<Descriptor> {
  return pushManifest(place, { schemaVersion: 2, mediaType: MEDIA.index, manifests }, digest.replace(':', '-'));
}

async function pushReferrer(place: Place, subject: Descriptor, { bytes, predicateType }: BundleReferrer): Promise<Referrer> {
  const config = await pushBlob(place, Buffer.from('{}'), MEDIA.empty);
  const annotations = {
    'dev.sigstore.bundle.content': 'dsse-envelope',
    ...(predicateType === undefined ? {} : { 'dev.sigstore.bundle.predicateType': predicateType }),
  };
  const kind = { mediaType: MEDIA.manifest, artifactType: BUNDLE_TYPE };
  const layers = [await pushBlob(place, bytes, BUNDLE_TYPE)];
  const referrer = await pushManifest(place, { schemaVersion: 2, ...kind, config, layers, subject, annotations });
  return { ...referrer, artifactType: BUNDLE_TYPE, annotations };
}
