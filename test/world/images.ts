/**
 * The bytes behind a tag, in the shapes Kairos pushes: an image index with one platform manifest and BuildKit's statement about it, their
 * blobs, and the cosign signature manifest that lives beside it as a tag. Deterministic: the same image has the same digest in every run.
 */
import { createHash } from 'node:crypto';
import type { Instant } from '../../src/core/time.ts';
import type { SbomPackage } from '../support/sbom-packages.ts';
import type { CosignLayer } from '../support/sigstore/private-sigstore.ts';
import { spdxStatement } from '../support/sigstore/statements.ts';
import { packagesOf } from './packages.ts';

const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  signature: 'application/vnd.dev.cosign.simplesigning.v1+json',
  statement: 'application/vnd.in-toto+json',
} as const;

export interface Content {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export interface ImageContent {
  /** What the tag points at. */
  readonly top: Content;
  readonly manifests: readonly Content[];
  readonly blobs: readonly Content[];
  /** Sum of the compressed layers; null for an index, as Quay answers. */
  readonly size: number | null;
}

export function sha256(bytes: string | Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function contentOf(mediaType: string, value: unknown): Content {
  const bytes = Buffer.from(JSON.stringify(value));
  return { digest: sha256(bytes), mediaType, bytes };
}

const descriptor = ({ mediaType, digest, bytes }: Content) => ({ mediaType, digest, size: bytes.length });

/** `build` counts how often the tag was pushed: a new build of the same tag has other bytes. */
export interface ImageRecipe {
  readonly repository: string;
  readonly tag: string;
  readonly arch: 'amd64' | 'arm64';
  readonly variant: 'core' | 'standard';
  readonly version: string;
  readonly at: Instant;
  readonly build: number;
}

/** The image of a recipe. Its layer is described and not kept: nobody who tracks releases downloads 400 MB. */
export function imageContent({ repository, tag, arch, variant, version, at, build }: ImageRecipe): ImageContent {
  const layerDigest = sha256(`${repository}:${tag} build ${build}`);
  const spread = Number.parseInt(layerDigest.slice(7, 13), 16);
  const layer = { mediaType: MEDIA.layer, digest: layerDigest, size: (variant === 'core' ? 380_000_000 : 540_000_000) + spread };
  const config = contentOf(MEDIA.config, {
    created: at,
    architecture: arch,
    os: 'linux',
    config: { Labels: { 'org.opencontainers.image.version': version, 'io.kairos.version': version } },
    rootfs: { type: 'layers', diff_ids: [sha256(`${layerDigest} unpacked`)] },
  });
  const manifest = contentOf(MEDIA.manifest, { schemaVersion: 2, mediaType: MEDIA.manifest, config: descriptor(config), layers: [layer] });
  const sbom = sbomContent(manifest, `${repository}:${tag}`, at, packagesOf(tag, version));
  const index = contentOf(MEDIA.index, {
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: [
      { ...descriptor(manifest), platform: { architecture: arch, os: 'linux' } },
      {
        ...descriptor(sbom.top),
        annotations: { 'vnd.docker.reference.digest': manifest.digest, 'vnd.docker.reference.type': 'attestation-manifest' },
        platform: { architecture: 'unknown', os: 'unknown' },
      },
    ],
  });
  return { top: index, manifests: [index, manifest, ...sbom.manifests], blobs: [config, ...sbom.blobs], size: null };
}

/** BuildKit's attestation manifest with the SBOM of an image. */
function sbomContent(image: Content, name: string, created: Instant, packages: readonly SbomPackage[]): ImageContent {
  const creators = ['Organization: Anchore, Inc', 'Tool: syft-v1.18.0', 'Tool: buildkit-v0.20.0'];
  const statement = contentOf(MEDIA.statement, spdxStatement({ digest: image.digest, packages, name, created, creators }));
  return manifestAround({ ...descriptor(statement), annotations: { 'in-toto.io/predicate-type': 'https://spdx.dev/Document' } }, statement);
}

/** A manifest with one layer that is no file system, as both cosign and BuildKit make them. */
function manifestAround(layer: object, content: Content): ImageContent {
  const config = contentOf(MEDIA.config, { architecture: '', os: '', config: {}, rootfs: { type: 'layers', diff_ids: [content.digest] } });
  const manifest = contentOf(MEDIA.manifest, { schemaVersion: 2, mediaType: MEDIA.manifest, config: descriptor(config), layers: [layer] });
  return { top: manifest, manifests: [manifest], blobs: [config, content], size: content.bytes.length };
}

/** The name cosign gives the tag that carries the signature of a digest. */
export function signatureTag(digest: string): string {
  return `${digest.replace(':', '-')}.sig`;
}

/** The manifest of a `.sig` tag. */
export function signatureContent({ bytes, annotations }: CosignLayer): ImageContent {
  const payload: Content = { digest: sha256(bytes), mediaType: MEDIA.signature, bytes };
  return manifestAround({ ...descriptor(payload), annotations }, payload);
}
