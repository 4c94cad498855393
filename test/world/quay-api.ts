/** Quay's own tag listing, in the shape of quay/quay `endpoints/api/tag.py`: live and dead rows, newest first, 100 a page at most. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { epochMs, type Instant } from '../../src/core/time.ts';
import type { Registry, TagLife } from './registry.ts';

interface Query {
  readonly limit?: string;
  readonly page?: string;
  readonly onlyActiveTags?: string;
  readonly specificTag?: string;
  readonly filter_tag_name?: string;
}

const seconds = (at: Instant): number => Math.floor(epochMs(at) / 1000);

/** RFC 2822 as Python's `formatdate` prints it. */
const rfc2822 = (at: Instant): string => new Date(epochMs(at)).toUTCString().replace('GMT', '-0000');

function rowOf({ tag, digest, size, isIndex, start, end }: TagLife) {
  return {
    name: tag,
    reversion: false,
    start_ts: seconds(start),
    ...(end === null ? {} : { end_ts: seconds(end) }),
    manifest_digest: digest,
    is_manifest_list: isIndex,
    size,
    last_modified: rfc2822(start),
    ...(end === null ? {} : { expiration: rfc2822(end) }),
  };
}

/** `like:text` or `eq:text` as a test on a tag name; null when it is neither. */
function filterOf(text: string): ((tag: string) => boolean) | null {
  const [operation, ...rest] = text.split(':');
  const wanted = rest.join(':');
  switch (operation) {
    case 'like':
      return (tag) => tag.includes(wanted);
    case 'eq':
      return (tag) => tag === wanted;
    default:
      return null;
  }
}

function refuse(reply: FastifyReply, status: 400 | 404, detail: string): FastifyReply {
  const title = status === 404 ? 'not_found' : 'invalid_request';
  return reply.code(status).send({ status, error_message: detail, error_type: title, title, detail });
}

const numberOr = (text: string | undefined, otherwise: number): number => {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isNaN(value) ? otherwise : value;
};

export function serveQuayApi(server: FastifyInstance, registry: Registry, now: () => Instant): void {
  server.get<{ Params: { namespace: string; name: string }; Querystring: Query }>(
    '/api/v1/repository/:namespace/:name/tag/',
    async ({ params, query }, reply) => {
      const repository = `${params.namespace}/${params.name}`;
      if (!registry.has(repository)) {
        return refuse(reply, 404, 'Not Found');
      }
      const filter = query.filter_tag_name === undefined ? () => true : filterOf(query.filter_tag_name);
      if (filter === null) {
        return refuse(reply, 400, 'Unsupported syntax for filter_tag_name');
      }
      const activeOnly = ['true', '1', 'yes'].includes((query.onlyActiveTags ?? '').toLowerCase());
      const rows = registry
        .lives(repository, now())
        .filter((life) => !activeOnly || life.end === null)
        .filter((life) => query.specificTag === undefined || query.specificTag === '' || life.tag === query.specificTag)
        .filter((life) => filter(life.tag));
      const limit = Math.min(100, Math.max(1, numberOr(query.limit, 50)));
      const page = Math.max(1, numberOr(query.page, 1));
      const end = page * limit;
      return { tags: rows.slice(end - limit, end).map(rowOf), page, has_additional: rows.length > end };
    },
  );
}
