/** Manifests as values. The digest is always that of the bytes received; what a header says of them is only ever compared with it. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { HeraldError } from '../../core/errors.ts';
import { type HttpResponse, parseJson } from '../http.ts';
import { type Descriptor, IMAGE_TYPES, ImageBody, INDEX_TYPES, IndexBody } from './schema.ts';

interface Received {
  /** `sha256:…` of `bytes`. */
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
}

interface OciIndex extends Received {
  readonly kind: 'index';
  readonly manifests: readonly Descriptor[];
}

export interface OciImage extends Received {
  readonly kind: 'image';
  /** What it is when it is no image: its own word for it, or that of its config (image specification 1.1, "Guidelines for artifact usage"). */
  readonly artifactType: string;
  /** The digest it says it belongs to. */
  readonly subject: string | null;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export type OciManifest = OciIndex | OciImage;

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/**
 * Reads a manifest answer. `expected` is the digest that was asked for, null when a tag was.
 * Throws DIGEST_MISMATCH, and SCHEMA_MISMATCH when type and content disagree.
 */
export function readManifest(response: HttpResponse, expected: string | null): OciManifest {
  const { body: bytes, header, what } = response;
  const digest = digestOf(bytes);
  const claimed = expected ?? header('docker-content-digest') ?? digest;
  if (claimed !== digest) throw new HeraldError('DIGEST_MISMATCH', `${what} answered other content than its digest says.`);

  const mediaType = (header('content-type') ?? '').split(';', 1)[0]?.trim() ?? '';
  if (INDEX_TYPES.includes(mediaType)) {
    const { manifests, annotations = {} } = agreeing(response, IndexBody, mediaType);
    return { kind: 'index', digest, mediaType, bytes, annotations, manifests };
  }
  if (IMAGE_TYPES.includes(mediaType)) {
    const { config, layers, annotations = {}, artifactType = config.mediaType, subject } = agreeing(response, ImageBody, mediaType);
    return { kind: 'image', digest, mediaType, bytes, annotations, artifactType, subject: subject?.digest ?? null, config, layers };
  }
  throw new HeraldError('SCHEMA_MISMATCH', `${what} answered a type of manifest that is not known.`);
}

/** The type in the document must be the one in the header: two readers must not see two different things in it. */
function agreeing<T extends { mediaType?: string | undefined }>(response: HttpResponse, schema: z.ZodType<T>, mediaType: string): T {
  const body = parseJson(response, schema);
  if (body.mediaType === undefined || body.mediaType === mediaType) return body;
  throw new HeraldError('SCHEMA_MISMATCH', `${response.what} answered a manifest whose own type differs from its Content-Type.`);
}
