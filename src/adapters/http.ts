/**
 * The one way this project reads from other people's servers. Every answer is hostile until proven otherwise: it may stall,
 * never end, be a bomb, point at an inner address or be an error page. One try only; the queue retries.
 */
import http from 'node:http';
import https from 'node:https';
import got, { type Response } from 'got';
import type { z } from 'zod';
import { HeraldError } from '../core/errors.ts';
import { MS } from '../core/time.ts';
import type { Clock } from '../ports.ts';
import { checkUrl, describeUrl, publicLookup } from './http/addresses.ts';
import { type HeaderReader, isRedirect, refusalOf } from './http/refusals.ts';

export { sameSecret } from './http/same-secret.ts';
export { boundedFetch, neverSent } from './http/sdk-fetch.ts';

export interface HttpOptions {
  /** Herald's version, for the User-Agent. */
  readonly version: string;
  readonly clock: Clock;
  /** Origins the configuration names (`http://127.0.0.1:5000`): inner addresses, plain http and odd ports are allowed for these alone. */
  readonly allowOrigins?: readonly string[];
}

/** Counts the requests of one piece of work, and bounds the time of all of them together. */
export interface Meter {
  requests: number;
  readonly signal: AbortSignal;
}

/** A meter whose requests are all over `totalMs` after now: a server that is slow on each of 200 pages must not hold a worker for hours. */
export function createMeter(totalMs: number = 10 * MS.minute): Meter {
  return { requests: 0, signal: AbortSignal.timeout(totalMs) };
}

export interface HttpRequest {
  readonly url: URL;
  /** Lower-case names. All but `accept` are dropped when a redirect leaves the origin. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly meter: Meter;
  /** The most body bytes that are read. */
  readonly maxBytes: number;
  /** For the whole exchange, redirects included. Default 30 seconds. */
  readonly deadlineMs?: number;
  /** `blobs`: up to three hops, as registries send blob readers to their storage. Default `none`. */
  readonly redirects?: 'none' | 'blobs';
  /** Statuses besides 200 that are answers and not errors. */
  readonly expect?: readonly number[];
}

export interface HttpResponse {
  readonly status: number;
  readonly header: HeaderReader;
  readonly body: Uint8Array;
  /** What was asked, for messages: no query, no secret. */
  readonly what: string;
}

/** A request that carries something. Redirects are never followed: what is in it is meant for this address. */
export interface HttpPost extends Omit<HttpRequest, 'redirects'> {
  readonly body: string;
  /** `application/json`. */
  readonly contentType: string;
}

export interface Http {
  /**
   * Asks once. Throws TIMEOUT, NETWORK, RATE_LIMITED, UPSTREAM_UNAVAILABLE, NOT_FOUND, UNAUTHORIZED, UNEXPECTED_STATUS,
   * FORBIDDEN_ADDRESS, BAD_REDIRECT, TOO_LARGE or BAD_ENCODING.
   */
  get(request: HttpRequest): Promise<HttpResponse>;
  /** As get, without a body: enough to learn a digest. */
  head(request: Omit<HttpRequest, 'maxBytes'>): Promise<HttpResponse>;
  /** Sends once. A TIMEOUT or NETWORK error may mean that it arrived all the same. */
  post(request: HttpPost): Promise<HttpResponse>;
  /** get and parseJson in one. */
  getJson<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<T>;
}

const DEFAULT_DEADLINE_MS = 30 * MS.second;
const MAX_HOPS = 3;

export function createHttp(options: HttpOptions): Http {
  const named = new Set((options.allowOrigins ?? []).map((origin) => new URL(origin).origin));
  // Two pools: a kept-alive socket is only ever reused under the address rule it was opened with.
  const namedAgents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
  const publicAgents = {
    http: new http.Agent({ keepAlive: true, lookup: publicLookup }),
    https: new https.Agent({ keepAlive: true, lookup: publicLookup }),
  };
  const client = got.extend({
    headers: { 'user-agent': `kairos-herald/${options.version}`, 'accept-encoding': 'identity' },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
  });

  /** One request on the wire: the single place where a limit per host would sit. */
  async function exchange(url: URL, isNamed: boolean, sent: Sent, signal: AbortSignal, read: BodyReader) {
    const stream = client.stream(url, { ...sent, isStream: true, signal, agent: isNamed ? namedAgents : publicAgents });
    try {
      const response = await new Promise<Response>((resolve, reject) => {
        stream.once('response', resolve);
        // Stays on after the response began: an error between here and the first read would otherwise have no listener.
        stream.once('error', reject);
      });
      const header = headerReader(response);
      return { status: response.statusCode, header, body: await read(response.statusCode, header, stream) };
    } catch (error) {
      throw translate(error, describeUrl(url), signal);
    } finally {
      // Also after an answer that was not read to its end: the connection is closed, not drained.
      stream.destroy();
    }
  }

  async function send(request: HttpRequest, asked: Omit<Sent, 'headers'>): Promise<HttpResponse> {
    const signal = AbortSignal.any([request.meter.signal, AbortSignal.timeout(request.deadlineMs ?? DEFAULT_DEADLINE_MS)]);
    const wanted = new Set([200, ...(request.expect ?? [])]);
    const startNamed = named.has(request.url.origin);
    let url = request.url;
    let headers = { ...request.headers };
    for (let hop = 0; ; hop += 1) {
      // A public server must not point us at an inner one, not even at one that the configuration names.
      const isNamed = startNamed && named.has(url.origin);
      checkUrl(url, isNamed);
      const what = describeUrl(url);
      request.meter.requests += 1;
      const read: BodyReader = (status, header, stream) => {
        if (!wanted.has(status)) return Promise.resolve(null);
        return asked.method === 'HEAD' ? Promise.resolve(new Uint8Array()) : readBody(stream, header, request.maxBytes, what);
      };
      const { status, header, body } = await exchange(url, isNamed, { ...asked, headers }, signal, read);
      if (body !== null) return { status, header, body, what };
      if (!isRedirect(status) || request.redirects !== 'blobs') throw refusalOf(status, header, what, options.clock.now());
      if (hop === MAX_HOPS) throw new HeraldError('BAD_REDIRECT', `${what}: more than ${MAX_HOPS} redirects.`);
      const next = redirectTarget(header('location'), url, what);
      // Credentials stay at their origin, and do not come back when a later hop returns to it.
      if (next.origin !== url.origin) headers = headers.accept === undefined ? {} : { accept: headers.accept };
      url = next;
    }
  }

  const get = (request: HttpRequest) => send(request, { method: 'GET' });
  return {
    get,
    head: (request) => send({ ...request, maxBytes: 0 }, { method: 'HEAD' }),
    post: ({ body, contentType, headers, ...request }) =>
      send({ ...request, headers: { ...headers, 'content-type': contentType } }, { method: 'POST', body }),
    getJson: async (request, schema) => parseJson(await get(request), schema),
  };
}

/**
 * The body as JSON that fits the schema. Throws UNEXPECTED_CONTENT for anything that is not JSON (a proxy's error page: try later) and
 * SCHEMA_MISMATCH, which names the place and never the value.
 */
export function parseJson<T>(response: Pick<HttpResponse, 'header' | 'body' | 'what'>, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(jsonOf(response));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? 'its top level' : issue.path.join('.').slice(0, 100);
  throw new HeraldError('SCHEMA_MISMATCH', `${response.what} answered JSON that does not fit at ${place} (${issue?.code ?? 'unknown'}).`);
}

/** True when the answer's `Link` header names a next page (RFC 8288). The address in it is never followed. */
export function hasNextPage(header: HeaderReader): boolean {
  return (header('link') ?? '').split(',').some((link) => /;\s?rel="?next"?\s?(?:;|$)/.test(link));
}

/** What one request says besides where it goes. */
interface Sent {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: Record<string, string>;
  readonly body?: string;
}

type BodyReader = (status: number, header: HeaderReader, stream: AsyncIterable<Uint8Array>) => Promise<Uint8Array | null>;

async function readBody(stream: AsyncIterable<Uint8Array>, header: HeaderReader, maxBytes: number, what: string): Promise<Uint8Array> {
  const encoding = header('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    throw new HeraldError('BAD_ENCODING', `${what} answered with a compressed body, which was not asked for.`);
  }
  const tooLarge = new HeraldError('TOO_LARGE', `${what} answered more than ${maxBytes} bytes.`);
  if (Number(header('content-length') ?? 0) > maxBytes) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function jsonOf({ header, body, what }: Pick<HttpResponse, 'header' | 'body' | 'what'>): unknown {
  const isHtml = (header('content-type') ?? '').startsWith('text/html') || body[0] === '<'.charCodeAt(0);
  const content = isHtml ? 'a web page' : 'something';
  try {
    if (!isHtml) return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    // The parser's own message quotes the payload: it is dropped on purpose.
  }
  throw new HeraldError('UNEXPECTED_CONTENT', `${what} answered ${content} that is not JSON.`, {
    hint: 'Usually a proxy or an overloaded server; it is tried again later.',
  });
}

function redirectTarget(location: string | undefined, from: URL, what: string): URL {
  const target = location === undefined ? null : URL.parse(location, from.href);
  if (target === null) throw new HeraldError('BAD_REDIRECT', `${what} redirects without a readable address.`);
  return target;
}

function headerReader(response: Response): HeaderReader {
  return (name) => {
    const value = response.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
}

/** got's errors carry the request's headers, so none of them is ever passed on as a cause: only their code is. What has no code is our own bug. */
function translate(error: unknown, what: string, signal: AbortSignal): unknown {
  const own = heraldErrorIn(error);
  if (own !== null) return own;
  if (signal.aborted) return new HeraldError('TIMEOUT', `${what} did not answer in time.`);
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return error;
  return new HeraldError(error.code === 'ETIMEDOUT' ? 'TIMEOUT' : 'NETWORK', `${what} could not be read (${error.code}).`);
}

function heraldErrorIn(error: unknown): HeraldError | null {
  if (error instanceof HeraldError) return error;
  return error instanceof Error && error.cause !== undefined ? heraldErrorIn(error.cause) : null;
}
