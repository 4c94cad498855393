/**
 * Cheap looks at release pages that only say whether anything changed; what it is, is then read through REST, the one reader
 * of facts. With a token one GraphQL query looks at fifty pages (about one point of 5,000 an hour). Without one the Atom feed
 * of a page does, which counts against no quota; sixty REST requests an hour would not carry twenty pages.
 *
 * A GitHub App's conditional REST requests earn few 304s, because the ETag varies with a token that changes every hour.
 */
import { createHash } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { HeraldError } from '../../core/errors.ts';
import { epochMs, MS } from '../../core/time.ts';
import type { Clock } from '../../ports.ts';
import { type Http, type Meter, parseJson } from '../http.ts';

/** A text that differs when anything on the release page of `owner/name` does. Throws the errors of adapters/http.ts. */
export type Probe = (repository: string, meter: Meter) => Promise<string>;

/** GitHub takes 500,000 nodes a query; fifty pages of ten releases with a hundred files are 50,500. */
const PAGES_A_QUERY = 50;
const MAX_QUERY_BYTES = 16 * 1024 * 1024;
/** The answer to one query serves every page that is polled within this time. */
const FRESH_MS = MS.minute;

interface GraphqlProbeOptions {
  readonly http: Http;
  readonly clock: Clock;
  readonly api: string;
  readonly token: string;
  /** `owner/name` of every page that is polled often: they are asked about together. */
  readonly repositories: readonly string[];
}

/** Asks about all pages at once. The requests are counted for the page whose poll asked. */
function createGraphqlProbe({ http, clock, api, token, repositories }: GraphqlProbeOptions): Probe {
  const url = graphqlUrl(api);
  const asked = new Map<string, { readonly at: number; readonly answer: Promise<ReadonlyMap<string, string | HeraldError>> }>();

  async function ask(batch: readonly string[], meter: Meter): Promise<ReadonlyMap<string, string | HeraldError>> {
    const response = await http.post({
      url,
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      body: JSON.stringify({ query: queryFor(batch) }),
      contentType: 'application/json',
      meter,
      maxBytes: MAX_QUERY_BYTES,
    });
    const { data, errors = [] } = parseJson(response, GraphqlAnswer);
    if (errors.some(({ type }) => type === 'RATE_LIMITED'))
      throw new HeraldError('RATE_LIMITED', `${response.what} answered that the hourly limit is used up.`);
    if (data == null) throw new HeraldError('UPSTREAM_UNAVAILABLE', `${response.what} answered no data.`);
    return new Map(batch.map((repository, index) => [repository, fingerprintOf(data[`r${index}`] ?? null, repository)]));
  }

  return async (repository, meter) => {
    const all = repositories.includes(repository) ? repositories : [repository];
    const first = Math.floor(all.indexOf(repository) / PAGES_A_QUERY) * PAGES_A_QUERY;
    const batch = all.slice(first, first + PAGES_A_QUERY);
    const key = batch.join(' ');
    const now = epochMs(clock.now());
    const known = asked.get(key);
    const answer = known !== undefined && now - known.at < FRESH_MS ? known.answer : ask(batch, meter);
    if (answer !== known?.answer) asked.set(key, { at: now, answer });
    try {
      const seen = (await answer).get(repository);
      if (typeof seen === 'string') return seen;
      throw seen ?? missing(repository);
    } catch (error) {
      // A query that failed is not kept: the next poll asks again.
      if (asked.get(key)?.answer === answer && !(error instanceof HeraldError && error.code === 'NOT_FOUND')) asked.delete(key);
      throw error;
    }
  };
}

/** https://docs.github.com/en/graphql; aliases, because one query may name a field once. Names were checked before they come here. */
function queryFor(batch: readonly string[]): string {
  const fields = batch.map((repository, index) => {
    const [owner, name] = repository.split('/');
    return `r${index}: repository(owner: ${JSON.stringify(owner)}, name: ${JSON.stringify(name)}) { ...releases }`;
  });
  return `query { ${fields.join(' ')} } fragment releases on Repository { releases(first: 10, orderBy: {field: CREATED_AT, direction: DESC}) { totalCount nodes { tagName name updatedAt publishedAt isPrerelease isDraft releaseAssets(first: 100) { totalCount nodes { name size updatedAt } } } } }`;
}

const Repository = z.object({ releases: z.object({ totalCount: z.int(), nodes: z.array(z.unknown()).max(100) }) }).nullable();
const GraphqlAnswer = z.object({
  data: z.record(z.string(), Repository).nullish(),
  errors: z.array(z.object({ type: z.string().optional() })).optional(),
});

/** Whether any of it changed is all that is asked, so it is not taken apart. */
function fingerprintOf(repository: z.infer<typeof Repository>, name: string): string | HeraldError {
  return repository === null ? missing(name) : hashOf(JSON.stringify(repository));
}

function missing(repository: string): HeraldError {
  return new HeraldError('NOT_FOUND', `GitHub knows no repository ${repository}.`, {
    hint: 'Check the name for a typing mistake; a private repository that the token may not read looks like this too.',
  });
}

function graphqlUrl(api: string): URL {
  return new URL(/\/api\/v3$/.test(api) ? api.replace(/\/v3$/, '/graphql') : `${api}/graphql`);
}

interface FeedProbeOptions {
  readonly http: Http;
  /** `https://github.com` */
  readonly web: string;
}

const MAX_FEED_BYTES = 4 * 1024 * 1024;
const Entry = z.object({ id: z.string().max(500), updated: z.string().max(100) });
const Feed = z.object({ feed: z.object({ entry: z.array(Entry).max(200).default([]) }) });
/** Hostile XML: entities beyond the five of the language are not expanded, a document type is not read, and every value stays text. */
const XML = new XMLParser({ ignoreAttributes: true, parseTagValue: false, processEntities: false, isArray: (name) => name === 'entry' });

/** Reads the page's Atom feed: about ten releases with the time of their last change, and nothing that counts against a quota. */
function createFeedProbe({ http, web }: FeedProbeOptions): Probe {
  return async (repository, meter) => {
    const response = await http.get({
      url: new URL(`${web}/${repository}/releases.atom`),
      headers: { accept: 'application/atom+xml' },
      meter,
      maxBytes: MAX_FEED_BYTES,
    });
    const feed = Feed.safeParse(xmlOf(response.body));
    if (!feed.success) throw new HeraldError('UNEXPECTED_CONTENT', `${response.what} answered something that is not a feed of releases.`);
    return hashOf(JSON.stringify(feed.data.feed.entry));
  };
}

function xmlOf(body: Uint8Array): unknown {
  try {
    return XML.parse(new TextDecoder().decode(body), true);
  } catch {
    // The parser's message quotes the document: it is dropped on purpose.
    return null;
  }
}

/** Where the web pages of an API are; null for a server that is neither github.com nor GitHub Enterprise. */
function webOrigin(api: string): string | null {
  if (api === 'https://api.github.com') return 'https://github.com';
  return /^https?:\/\/[^/]+\/api\/v3$/.test(api) ? new URL(api).origin : null;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** For a source: the cheapest probe an API allows, made once. */
export function probesFor(options: {
  readonly http: Http;
  readonly clock: Clock;
  readonly tokenFor: (api: string) => string | null;
  readonly repositoriesAt: (api: string) => readonly string[];
}): (api: string) => Probe | null {
  const made = new Map<string, Probe | null>();
  return (api) => {
    const known = made.get(api);
    if (known !== undefined) return known;
    const token = options.tokenFor(api);
    const web = webOrigin(api);
    const probe =
      token !== null
        ? createGraphqlProbe({ ...options, api, token, repositories: options.repositoriesAt(api) })
        : web === null
          ? null
          : createFeedProbe({ http: options.http, web });
    made.set(api, probe);
    return probe;
  };
}
