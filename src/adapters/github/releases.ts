/**
 * Release pages on GitHub, through REST. Pages of 50: kairos-io/kairos has hundreds of files a release and answers 504 to a page of 100
 * (kairos-io/kairos pull request 4150).
 */
import { z } from 'zod';
import type { PageRow } from '../../core/discover.ts';
import { HeraldError } from '../../core/errors.ts';
import type { Target } from '../../core/target.ts';
import { instant, MS, msBetween } from '../../core/time.ts';
import type { Clock, Source } from '../../ports.ts';
import { createMeter, type Http, type HttpResponse, hasNextPage, type Meter, parseJson } from '../http.ts';
import { probesFor } from './probes.ts';
import { type GithubRelease, GithubReleasePage } from './schema.ts';

export interface GithubReleasesDeps {
  readonly http: Http;
  readonly clock: Clock;
  /** The token for an API, null where there is none: 60 REST requests an hour become 5,000, and pages are looked at fifty at a time. */
  readonly tokenFor?: (api: string) => string | null;
  /** `owner/name` of the pages of an API that are polled often. */
  readonly repositoriesAt?: (api: string) => readonly string[];
  /** How often all pages are read again, for notes edited and pages removed further down. Default 20 hours, as for Quay. */
  readonly fullEveryMs?: number;
  /** Default 100 pages, which is 5,000 releases. */
  readonly maxPages?: number;
}

const PAGE_SIZE = 50;
/** A page of releases with 500 files each is about 40 MB: each file carries its uploader. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;
const PAGE_DEADLINE_MS = MS.minute;
/** GitHub itself stops at 125,000 characters. */
const MAX_BODY = 256 * 1024;

const Etag = z.string().regex(/^(?:W\/)?"[\x21\x23-\x7e]{0,200}"$/);
/** `etag` of page 1; `newest`: the latest publication seen; `fullAt`: when all pages were last read; `seen`: what the last cheap look saw. */
const Mark = z.object({
  etag: Etag.nullable(),
  newest: z.iso.datetime().nullable(),
  fullAt: z.iso.datetime(),
  seen: z.string().max(100).nullable().default(null),
});

interface Pages {
  readonly releases: readonly GithubRelease[];
  readonly complete: boolean;
  readonly etag: string | null;
}

/**
 * Target: `owner/name`, on github.com unless its endpoint is another API. The first poll and one a day read all pages; others first look
 * whether anything changed (probes.ts), and only then read page 1, and further ones only while a page holds nothing but new releases.
 * An unchanged page answers no observations and the same watermark. Drafts are left out: they are not published.
 * Throws the errors of adapters/http.ts, INVALID_REFERENCE and TOO_MANY.
 */
export function createGithubReleasesSource(deps: GithubReleasesDeps): Source {
  const { http, clock, fullEveryMs = 20 * MS.hour, maxPages = 100, tokenFor = () => null, repositoriesAt = () => [] } = deps;
  const probeOf = probesFor({ http, clock, tokenFor, repositoriesAt });
  return {
    kind: 'github-releases',
    async observe(target, since) {
      const api = apiOf(target);
      const token = tokenFor(api) ?? undefined;
      const repository = requireRepository(target.repository);
      const base = `${api}/repos/${repository}/releases`;
      const now = clock.now();
      const mark = Mark.safeParse(since).data ?? null;
      const elapsed = mark === null ? Number.POSITIVE_INFINITY : msBetween(instant(mark.fullAt), now);
      const known = elapsed >= 0 && elapsed < fullEveryMs ? mark : null;
      const meter = createMeter();

      // Asked before the facts are read: what changes in between is seen as a change the next time.
      const seen = known === null ? null : ((await probeOf(api)?.(repository, meter)) ?? null);
      if (known !== null && seen !== null && seen === known.seen) {
        return { observations: [], complete: false, watermark: { ...known }, requests: meter.requests };
      }
      const ask = (page: number) => askPage(http, base, page, meter, token, page === 1 ? (known?.etag ?? null) : null);
      const pages = await readPages(ask, base, maxPages, known?.newest ?? null);
      if (pages === 'unchanged') return { observations: [], complete: false, watermark: { ...known, seen }, requests: meter.requests };
      const observations = pages.releases.filter(({ draft }) => !draft).map(observationOf);
      return {
        observations,
        complete: pages.complete,
        watermark: {
          etag: pages.etag,
          newest: newestOf(observations, mark?.newest ?? null),
          fullAt: pages.complete ? now : (mark?.fullAt ?? now),
          seen,
        },
        requests: meter.requests,
      };
    },
  };
}

/** The API a target's page is read through. */
export function apiOf({ endpoint }: Pick<Target, 'endpoint'>): string {
  return (endpoint ?? 'https://api.github.com').replace(/\/$/, '');
}

/** Reads to the end, or to the first page that holds a release published at `newest` or before. */
async function readPages(
  ask: (page: number) => Promise<HttpResponse>,
  what: string,
  maxPages: number,
  newest: string | null,
): Promise<Pages | 'unchanged'> {
  // A release published meanwhile shifts others to the next page: the same one may come twice.
  const releases = new Map<string, GithubRelease>();
  let etag: string | null = null;
  for (let page = 1; page <= maxPages; page += 1) {
    const response = await ask(page);
    if (response.status === 304) return 'unchanged';
    if (page === 1) etag = Etag.safeParse(response.header('etag')).data ?? null;
    const rows = parseJson(response, GithubReleasePage);
    const before = releases.size;
    for (const row of rows) releases.set(row.html_url, row);
    if (!hasNextPage(response.header)) return { releases: [...releases.values()], complete: true, etag };
    if (releases.size === before)
      throw new HeraldError('TOO_MANY', `${what} repeats itself: page ${page} has nothing new and promises more.`);
    if (newest !== null && rows.some((row) => isPublishedBy(row, newest)))
      return { releases: [...releases.values()], complete: false, etag };
  }
  throw new HeraldError('TOO_MANY', `${what} has more than ${maxPages} pages.`);
}

function isPublishedBy({ published_at: at }: GithubRelease, moment: string): boolean {
  return at != null && instant(at) <= moment;
}

function newestOf(pages: readonly PageRow[], before: string | null): string | null {
  return pages.reduce((newest, { publishedAt }) => (publishedAt !== null && publishedAt > (newest ?? '') ? publishedAt : newest), before);
}

function askPage(http: Http, base: string, page: number, meter: Meter, token: string | undefined, etag: string | null) {
  return http.get({
    url: new URL(`${base}?per_page=${PAGE_SIZE}&page=${page}`),
    headers: {
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(etag === null ? {} : { 'if-none-match': etag }),
    },
    meter,
    maxBytes: MAX_PAGE_BYTES,
    deadlineMs: PAGE_DEADLINE_MS,
    expect: etag === null ? [] : [304],
  });
}

function observationOf(release: GithubRelease): PageRow {
  return {
    kind: 'page',
    tag: release.tag_name,
    url: release.html_url,
    title: release.name ?? '',
    body: cut(release.body ?? ''),
    prerelease: release.prerelease,
    draft: release.draft,
    publishedAt: release.published_at == null ? null : instant(release.published_at),
    assets: release.assets.map(({ name, size, digest }) => ({ name, size, digest: digest ?? null })),
  };
}

/** toWellFormed: the cut may fall between the halves of an emoji. */
function cut(body: string): string {
  return body.length <= MAX_BODY
    ? body
    : `${body.slice(0, MAX_BODY).toWellFormed()}\n\n[Kairos Herald cut these notes after ${MAX_BODY} characters.]`;
}

function requireRepository(repository: string): string {
  const [, name] = /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/([A-Za-z0-9._-]{1,100})$/.exec(repository) ?? [];
  if (name !== undefined && name !== '.' && name !== '..') return repository;
  throw new HeraldError('INVALID_REFERENCE', `${JSON.stringify(repository.slice(0, 200))} is not a GitHub repository.`, {
    hint: 'Write it as owner/name, such as kairos-io/kairos.',
  });
}
