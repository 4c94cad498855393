/**
 * An image repository as data: blobs, manifests and tags, as the three ways in which Kairos was published left them. It is mocked, served by
 * a server that lies about it, or pushed to a real registry. What is signed here is signed by nobody: whoever only collects does not look.
 */
import { type DockerRegistry, digestOf } from './docker-registry.ts';

export const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX = 'application/vnd.oci.image.index.v1+json';
export const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const CLAIM = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';
const EMPTY = 'application/vnd.oci.empty.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const STATEMENT = 'application/vnd.in-toto+json';

export interface LayoutDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

interface StoredManifest {
  readonly schemaVersion: number;
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly subject?: LayoutDescriptor;
  readonly config?: LayoutDescriptor;
  readonly layers?: readonly LayoutDescriptor[];
  readonly manifests?: readonly LayoutDescriptor[];
}

export interface Layout {
  readonly blobs: ReadonlyMap<string, { readonly content: string; readonly mediaType: string }>;
  /** By digest and by tag, in the order in which they can be pushed. */
  readonly manifests: ReadonlyMap<string, StoredManifest>;
  blob(content: string, mediaType: string, annotations?: Readonly<Record<string, string>>): LayoutDescriptor;
  manifest(body: StoredManifest, tag?: string): LayoutDescriptor;
  /** What a registry with lists of referrers answers. */
  referrersOf(digest: string): StoredManifest;
}

export function createLayout(): Layout {
  const blobs = new Map<string, { content: string; mediaType: string }>();
  const manifests = new Map<string, StoredManifest>();
  return {
    blobs,
    manifests,
    blob(content, mediaType, annotations) {
      const digest = digestOf(content);
      blobs.set(digest, { content, mediaType });
      return { mediaType, digest, size: Buffer.byteLength(content), ...(annotations === undefined ? {} : { annotations }) };
    },
    manifest(body, tag) {
      const descriptor = described(body);
      manifests.set(descriptor.digest, body);
      if (tag !== undefined) manifests.set(tag, body);
      return descriptor;
    },
    referrersOf(subject) {
      const bodies = [...new Set(manifests.values())].filter((body) => body.subject?.digest === subject);
      return indexOf(
        bodies.map((body) => ({ ...described(body), ...(body.artifactType === undefined ? {} : { artifactType: body.artifactType }) })),
      );
    },
  };
}

/** Uploads all of it. */
export async function pushLayout(registry: DockerRegistry, repository: string, { blobs, manifests }: Layout): Promise<void> {
  for (const { content, mediaType } of blobs.values()) await registry.pushBlob(repository, Buffer.from(content), mediaType);
  for (const [reference, body] of manifests) await registry.pushManifest(repository, reference, { ...body });
}

/** Of the text it is pushed as. */
function described(body: StoredManifest): LayoutDescriptor {
  const text = JSON.stringify(body);
  return { mediaType: body.mediaType, digest: digestOf(text), size: Buffer.byteLength(text) };
}

export function indexOf(manifests: readonly LayoutDescriptor[]): StoredManifest {
  return { schemaVersion: 2, mediaType: INDEX, manifests };
}

/** A manifest with these layers. */
export function imageOf(layout: Layout, layers: readonly LayoutDescriptor[]): StoredManifest {
  return { schemaVersion: 2, mediaType: IMAGE, config: layout.blob('{}', CONFIG), layers };
}

/** v2.0 to v3.3, core: one manifest, an attestation with the SBOM, and the SBOM once more as a tag of its own. */
export function pushAttested(layout: Layout, tag: string) {
  const image = layout.manifest(imageOf(layout, [layout.blob(`the system of ${tag}`, 'application/vnd.oci.image.layer.v1.tar+gzip')]), tag);
  const envelope = layout.blob(`{"payload":"the SBOM of ${tag}"}`, ENVELOPE, {
    'dev.cosignproject.cosign/signature': '',
    'dev.sigstore.cosign/bundle': '{"Payload":{}}',
    'dev.sigstore.cosign/certificate': 'a certificate',
    predicateType: 'https://spdx.dev/Document',
  });
  layout.manifest(imageOf(layout, [envelope]), cosignTagOf(image, '.att'));
  layout.manifest(imageOf(layout, [layout.blob(`the SBOM of ${tag}`, 'text/spdx')]), cosignTagOf(image, '.sbom'));
  return { image, envelope };
}

/** v3.4 and later: an index of one image and its BuildKit attestations. */
export function pushIndex(layout: Layout, tag: string) {
  const platform = {
    ...layout.manifest(imageOf(layout, [layout.blob(`the system of ${tag}`, 'application/vnd.oci.image.layer.v1.tar+gzip')])),
    platform: { os: 'linux', architecture: 'amd64' },
  };
  const sbom = layout.blob(`{"predicate":"SBOM of ${tag}"}`, STATEMENT, { 'in-toto.io/predicate-type': 'https://spdx.dev/Document' });
  const provenance = layout.blob(`{"predicate":"provenance of ${tag}"}`, STATEMENT, {
    'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v0.2',
  });
  const attestation = {
    ...layout.manifest(imageOf(layout, [sbom, provenance])),
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': platform.digest },
  };
  const index = layout.manifest(indexOf([platform, attestation]), tag);
  return { index, platform, attestation, sbom, provenance };
}

/** What `cosign sign` left beside a digest until its version 3. */
export function pushSignature(layout: Layout, image: LayoutDescriptor, signature = 'MEUC') {
  const claim = layout.blob(`{"critical":{"image":{"docker-manifest-digest":"${image.digest}"}}}`, CLAIM, {
    'dev.cosignproject.cosign/signature': signature,
    'dev.sigstore.cosign/bundle': '{"Payload":{}}',
    'dev.sigstore.cosign/certificate': 'a certificate',
  });
  layout.manifest(imageOf(layout, [claim]), cosignTagOf(image, '.sig'));
  return claim;
}

/** What cosign 3 pushes: a bundle that refers to the image. */
export function pushBundle(layout: Layout, image: LayoutDescriptor, content = `{"bundle":"of ${image.digest}"}`) {
  const bundle = layout.blob(content, BUNDLE);
  const { mediaType, digest, size } = image;
  const subject = { mediaType, digest, size };
  const referrer = layout.manifest({
    ...imageOf(layout, [bundle]),
    config: layout.blob('{}', EMPTY),
    artifactType: BUNDLE,
    subject,
  });
  return { bundle, referrer: { ...referrer, artifactType: BUNDLE } };
}

/** The list that whoever pushes a referrer keeps at a registry that does not; `artifactType` as cosign 3.0 wrote it. */
export function pushFallback(layout: Layout, image: LayoutDescriptor, referrers: readonly LayoutDescriptor[], artifactType = EMPTY) {
  const listed = referrers.map((referrer) => ({ ...referrer, artifactType }));
  return layout.manifest(indexOf(listed), cosignTagOf(image, ''));
}

export function cosignTagOf({ digest }: LayoutDescriptor, suffix: string): string {
  return `${digest.replace(':', '-')}${suffix}`;
}
