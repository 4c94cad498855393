/**
 * The Distribution v2 API of the same repositories, as quay.io speaks it: a bearer challenge, tags in lexical order at most 100 a
 * page with a Link to the next, manifests served directly, blobs behind a redirect.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Instant } from '../../src/core/time.ts';
import type { Registry } from './registry.ts';

interface Repository {
  readonly namespace: string;
  readonly name: string;
}

const MAX_PAGE = 100;

/** A token is good for one repository: the text says which. */
const tokenFor = (repository: string): string => Buffer.from(`pull ${repository}`).toString('base64url');

function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ errors: [{ code, detail: {}, message }] });
}

function challenge(request: FastifyRequest, reply: FastifyReply, repository: string | null): FastifyReply {
  const scope = repository === null ? '' : `,scope="repository:${repository}:pull"`;
  reply.header('www-authenticate', `Bearer realm="http://${request.host}/v2/auth",service="${request.host}"${scope}`);
  return refuse(reply, 401, 'UNAUTHORIZED', 'access to the requested resource is not authorized');
}

/** The live tags, each with the digest it points at. */
function liveTags(registry: Registry, repository: string, now: Instant): ReadonlyMap<string, string> {
  return new Map(
    registry
      .lives(repository, now)
      .filter((life) => life.end === null)
      .map((life) => [life.tag, life.digest]),
  );
}

export function serveOciApi(server: FastifyInstance, registry: Registry, now: () => Instant): void {
  server.get('/v2/', async (request, reply) =>
    request.headers.authorization?.startsWith('Bearer ') === true ? {} : challenge(request, reply, null),
  );

  server.get<{ Querystring: { scope?: string } }>('/v2/auth', async ({ query }, reply) => {
    const [type, repository, action] = (query.scope ?? '').split(':');
    if (type !== 'repository' || repository === undefined || action !== 'pull') {
      return refuse(reply, 401, 'UNAUTHORIZED', 'an anonymous token needs the scope of a repository');
    }
    return { token: tokenFor(repository), expires_in: 3600 };
  });

  /** The repository of a request that may read it; otherwise the refusal has been sent. */
  function admitted(request: FastifyRequest<{ Params: Repository }>, reply: FastifyReply): string | null {
    const repository = `${request.params.namespace}/${request.params.name}`;
    if (request.headers.authorization !== `Bearer ${tokenFor(repository)}`) {
      challenge(request, reply, repository);
      return null;
    }
    if (!registry.has(repository)) {
      refuse(reply, 404, 'NAME_UNKNOWN', 'repository name not known to registry');
      return null;
    }
    return repository;
  }

  server.get<{ Params: Repository; Querystring: { n?: string; last?: string } }>(
    '/v2/:namespace/:name/tags/list',
    async (request, reply) => {
      const repository = admitted(request, reply);
      if (repository === null) {
        return reply;
      }
      const asked = Number.parseInt(request.query.n ?? '', 10);
      const size = Number.isNaN(asked) ? MAX_PAGE : Math.min(MAX_PAGE, Math.max(1, asked));
      const after = request.query.last ?? '';
      const rest = [...liveTags(registry, repository, now()).keys()].sort((a, b) => (a < b ? -1 : 1)).filter((tag) => tag > after);
      const tags = rest.slice(0, size);
      if (rest.length > size) {
        const next = `http://${request.host}/v2/${repository}/tags/list?n=${size}&last=${encodeURIComponent(tags.at(-1) ?? '')}`;
        reply.header('link', `<${next}>; rel="next"`);
      }
      return { name: repository, tags };
    },
  );

  server.get<{ Params: Repository & { reference: string } }>('/v2/:namespace/:name/manifests/:reference', async (request, reply) => {
    const repository = admitted(request, reply);
    if (repository === null) {
      return reply;
    }
    const { reference } = request.params;
    const byDigest = reference.startsWith('sha256:');
    const digest = byDigest ? reference : liveTags(registry, repository, now()).get(reference);
    const content = digest === undefined ? null : registry.manifest(repository, digest, now());
    if (content === null) {
      const deleted = !byDigest && registry.lives(repository, now()).some((life) => life.tag === reference);
      return deleted
        ? refuse(reply, 404, 'TAG_EXPIRED', `tag ${reference} was deleted or has expired`)
        : refuse(reply, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    }
    return reply.type(content.mediaType).header('docker-content-digest', content.digest).send(content.bytes);
  });

  server.get<{ Params: Repository & { digest: string } }>('/v2/:namespace/:name/blobs/:digest', async (request, reply) => {
    const repository = admitted(request, reply);
    if (repository === null) {
      return reply;
    }
    const { digest } = request.params;
    if (registry.blob(repository, digest) === null) {
      return refuse(reply, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');
    }
    return reply.header('docker-content-digest', digest).redirect(`http://${request.host}/storage/${repository}/${digest}`, 302);
  });

  server.get<{ Params: Repository & { digest: string } }>('/storage/:namespace/:name/:digest', async ({ params }, reply) => {
    const blob = registry.blob(`${params.namespace}/${params.name}`, params.digest);
    return blob === null ? reply.code(404).send() : reply.type('application/octet-stream').send(blob.bytes);
  });
}
