/** What a registry answers: OCI distribution specification 1.1 and image specification 1.1 (Docker's schema 2 is the same shape). Only the fields used. */
import { z } from 'zod';
import { isDigest, isTag } from '../../core/repository.ts';

export const INDEX_TYPES = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'];
export const IMAGE_TYPES = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'];

/**
 * Docker's registry answers null for a repository whose last tag was deleted, and before version 3 all tags at once whatever page size is
 * asked for: the bytes are capped, the number of tags is not.
 */
export const TagPage = z.object({ tags: z.array(z.string().refine(isTag)).nullable() });

/** The token service: https://distribution.github.io/distribution/spec/auth/token/. A token becomes part of a header, hence the alphabet (RFC 6750). */
const BearerToken = z
  .string()
  .max(16_384)
  .regex(/^[A-Za-z0-9._~+/-]+=*$/);
export const TokenAnswer = z
  .object({ token: BearerToken.optional(), access_token: BearerToken.optional(), expires_in: z.number().min(0).max(1e9).optional() })
  .refine(({ token, access_token }) => token !== undefined || access_token !== undefined);

const Annotations = z.record(z.string(), z.string());

export const Descriptor = z.object({
  mediaType: z.string().min(1).max(255),
  digest: z.string().refine(isDigest),
  size: z.int().min(0),
  artifactType: z.string().max(255).optional(),
  annotations: Annotations.optional(),
  platform: z.object({ architecture: z.string(), os: z.string(), variant: z.string().optional() }).optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;

const Common = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().max(255).optional(),
  annotations: Annotations.optional(),
  /** What it says it belongs to. Only ever compared with a digest we have, so its form does not matter. */
  subject: z.object({ digest: z.string().max(255) }).nullish(),
});

/** A list of manifests, one a platform. `config` and `layers` must be absent: a document that is both is read differently by different clients (CVE-2021-41190). */
export const IndexBody = Common.extend({
  manifests: z.array(Descriptor).max(1_000),
  config: z.undefined().optional(),
  layers: z.undefined().optional(),
});

/** One image. */
export const ImageBody = Common.extend({
  config: Descriptor,
  layers: z.array(Descriptor).max(1_000),
  manifests: z.undefined().optional(),
});

/** What a registry says went wrong, with codes of the specification and of its own: https://github.com/opencontainers/distribution-spec, "Error codes". */
export const Refusal = z.object({
  errors: z
    .array(z.object({ code: z.string().max(100) }))
    .max(100)
    .catch([]),
});
export type Refusal = z.infer<typeof Refusal>;
