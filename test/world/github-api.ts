/**
 * GitHub's list of releases for kairos-io/kairos: pages with a Link header, an ETag that answers 304, and the gateway timeout
 * that this repository really gives when more than 50 are asked at once (kairos-io/kairos#4149).
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Instant } from '../../src/core/time.ts';
import { GATEWAY_TIMEOUT_PAGE } from './disturb.ts';
import type { Page, Pages } from './pages.ts';

const REPOSITORY = 'kairos-io/kairos';
const WEB = `https://github.com/${REPOSITORY}`;
const LARGEST_PAGE_SERVED = 50;

/** GitHub writes whole seconds. */
const stamp = (at: Instant): string => `${at.slice(0, 19)}Z`;

function releaseOf({ version, createdAt, publishedAt, updatedAt, body, assets }: Page) {
  return {
    html_url: `${WEB}/releases/tag/${version}`,
    tag_name: version,
    target_commitish: 'master',
    name: version,
    draft: false,
    immutable: false,
    prerelease: version.includes('-'),
    created_at: stamp(createdAt),
    updated_at: stamp(updatedAt),
    published_at: stamp(publishedAt),
    author: { login: 'github-actions[bot]', type: 'Bot' },
    assets: assets.map(({ name, size, digest, at }) => ({
      name,
      label: '',
      content_type: 'application/octet-stream',
      state: 'uploaded',
      size,
      digest,
      download_count: 0,
      created_at: stamp(at),
      updated_at: stamp(at),
      browser_download_url: `${WEB}/releases/download/${version}/${encodeURIComponent(name)}`,
    })),
    body,
  };
}

/** The Link header of one page among `last`; undefined when there is only one. */
function linkOf(base: string, perPage: number, page: number, last: number): string | undefined {
  const to = (rel: string, number: number): string => `<${base}?per_page=${perPage}&page=${number}>; rel="${rel}"`;
  const links = [
    ...(page > 1 ? [to('prev', page - 1)] : []),
    ...(page < last ? [to('next', page + 1), to('last', last)] : []),
    ...(page > 1 ? [to('first', 1)] : []),
  ];
  return links.length === 0 ? undefined : links.join(', ');
}

const numberOr = (text: string | undefined, otherwise: number): number => {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isNaN(value) || value < 1 ? otherwise : value;
};

export function serveGithubApi(server: FastifyInstance, pages: Pages, now: () => Instant): void {
  server.get<{ Params: { owner: string; repo: string }; Querystring: { per_page?: string; page?: string } }>(
    '/repos/:owner/:repo/releases',
    async (request, reply) => {
      const { owner, repo } = request.params;
      reply.headers({ 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '59', 'x-github-media-type': 'github.v3; format=json' });
      if (`${owner}/${repo}` !== REPOSITORY) {
        return reply.code(404).send({ message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' });
      }
      const perPage = Math.min(100, numberOr(request.query.per_page, 30));
      if (perPage > LARGEST_PAGE_SERVED) {
        return reply.code(504).type('text/html').send(GATEWAY_TIMEOUT_PAGE);
      }
      const page = numberOr(request.query.page, 1);
      const all = pages.at(now());
      const body = JSON.stringify(all.slice((page - 1) * perPage, page * perPage).map(releaseOf));
      const etag = `W/"${createHash('sha256').update(body).digest('hex')}"`;
      const link = linkOf(`http://${request.host}/repos/${REPOSITORY}/releases`, perPage, page, Math.ceil(all.length / perPage));
      reply.header('etag', etag);
      if (link !== undefined) {
        reply.header('link', link);
      }
      return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.type('application/json; charset=utf-8').send(body);
    },
  );
}
