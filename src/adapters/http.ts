/**
 * The one way this project reads from other people's servers. Every answer is hostile until proven otherwise: it may stall,
 * never end, be a bomb, point at an inner address or be an error page. One try only; the queue retries.
 */
import got, { type Response } from 'got';
import type { z } from 'zod';
import { HeraldError } from '../core/errors.ts';
import { MS } from '../core/time.ts';
import type { Clock } from '../ports.ts';
import { checkUrl, describeUrl } from './http/addresses.ts';
import { createAgents, type Proxies } from './http/agents.ts';
import { createFlights } from './http/flights.ts';
import { createHosts, type HostState, type Outcome } from './http/hosts.ts';
import { type HeaderReader, isRedirect, refusalOf } from './http/refusals.ts';
import type { HostLimits } from './http/turns.ts';

export type { Proxies } from './http/agents.ts';
export type { HostState } from './http/hosts.ts';
export { sameSecret } from './http/same-secret.ts';
export { boundedFetch, neverSent } from './http/sdk-fetch.ts';
export type { HostLimits } from './http/turns.ts';

export interface HttpOptions {
  /** Herald's version, for the User-Agent. */
  readonly version: string;
  readonly clock: Clock;
  /** Origins the configuration names (`http://127.0.0.1:5000`): inner addresses, plain http and odd ports are allowed for these alone. */
  readonly allowOrigins?: readonly string[];
  /** How often a host (`quay.io`, `127.0.0.1:5000`) may be asked. */
  readonly limits: (host: string) => HostLimits;
  /** The proxies of the environment. They resolve names, so of an address behind them only its literal form is judged here. */
  readonly proxies?: Proxies | null;
  /** From 0 to 1, for waits that should not fall together. Default Math.random. */
  readonly random?: () => number;
}

/** Counts the requests of one piece of work, and bounds the time of all of them together. */
export interface Meter {
  /** Those on the wire: one that joined another's, or was not sent because the host wants a rest, is not among them. */
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
   * FORBIDDEN_ADDRESS, BAD_REDIRECT, TOO_LARGE or BAD_ENCODING; CIRCUIT_OPEN or RATE_LIMITED without asking while a host is down or
   * wants a rest. The deadline includes the wait for the host's turn.
   */
  get(request: HttpRequest): Promise<HttpResponse>;
  /** As get, without a body: enough to learn a digest. */
  head(request: Omit<HttpRequest, 'maxBytes'>): Promise<HttpResponse>;
  /** Sends once. A TIMEOUT or NETWORK error may mean that it arrived all the same. */
  post(request: HttpPost): Promise<HttpResponse>;
  /** get and parseJson in one. */
  getJson<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<T>;
  /** What is known of every host asked by this process, for status views. */
  hosts(): readonly HostState[];
}

const DEFAULT_DEADLINE_MS = 30 * MS.second;
const MAX_HOPS = 3;

export function createHttp(options: HttpOptions): Http {
  const named = new Set((options.allowOrigins ?? []).map((origin) => new URL(origin).origin));
  // Two pools: a kept-alive socket is only ever reused under the address rule it was opened with.
  const namedAgents = createAgents('named', options.proxies ?? null);
  const publicAgents = createAgents('public', options.proxies ?? null);
  const hosts = createHosts({ limits: options.limits, clock: options.clock, random: options.random ?? Math.random });
  const flights = createFlights<Answer>();
  const client = got.extend({
    headers: { 'user-agent': `kairos-herald/${options.version}`, 'accept-encoding': 'identity' },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
  });

  /** One request on the wire, and what it says about the host. */
  async function exchange(hop: Hop, signal: AbortSignal): Promise<Outcome<Answer>> {
    const { url, sent, what } = hop;
    hop.meter.requests += 1;
    const stream = client.stream(url, { ...sent, isStream: true, signal, agent: hop.isNamed ? namedAgents : publicAgents });
    try {
      const response = await new Promise<Response>((resolve, reject) => {
        stream.once('response', resolve);
        // Stays on after the response began: an error between here and the first read would otherwise have no listener.
        stream.once('error', reject);
      });
      const [status, header] = [response.statusCode, headerReader(response)];
      if (hop.wanted.has(status)) return answered({ status, header, body: await readWanted(stream, header, hop) });
      await readSmall(stream, header);
      if (isRedirect(status)) return answered({ status, header, body: null });
      return { kind: 'failed', error: refusalOf(status, header, what, options.clock.now()) };
    } catch (error) {
      return { kind: 'failed', error: translate(error, what, signal) };
    } finally {
      // After an answer that was read to its end this does nothing and the connection is kept; otherwise it is closed, not drained.
      stream.destroy();
    }
  }

  /** The hop's answer, from the wire when its host may be asked, or from an equal request that is under way. */
  function ask(hop: Hop, signal: AbortSignal): Promise<Answer> {
    const { url, what, sent } = hop;
    const start = (until: AbortSignal) => hosts.ask(url.host, what, until, () => exchange(hop, until));
    if (sent.method === 'POST') return start(signal);
    const late = () => new HeraldError('TIMEOUT', `${what} did not answer in time.`);
    return flights.join(keyOf(hop), signal, late, start);
  }

  async function send(request: HttpRequest, asked: Omit<Sent, 'headers'>): Promise<HttpResponse> {
    const signal = AbortSignal.any([request.meter.signal, AbortSignal.timeout(request.deadlineMs ?? DEFAULT_DEADLINE_MS)]);
    const { meter, maxBytes } = request;
    const wanted = new Set([200, ...(request.expect ?? [])]);
    const startNamed = named.has(request.url.origin);
    let url = request.url;
    let headers = { ...request.headers };
    for (let hop = 0; ; hop += 1) {
      // A public server must not point us at an inner one, not even at one that the configuration names.
      const isNamed = startNamed && named.has(url.origin);
      checkUrl(url, isNamed);
      const what = describeUrl(url);
      const { status, header, body } = await ask({ url, isNamed, what, sent: { ...asked, headers }, wanted, maxBytes, meter }, signal);
      if (body !== null) return { status, header, body, what };
      if (request.redirects !== 'blobs') throw refusalOf(status, header, what, options.clock.now());
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
    hosts: hosts.states,
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

/** One request of several that a redirected one is made of. */
interface Hop {
  readonly url: URL;
  readonly isNamed: boolean;
  readonly what: string;
  readonly sent: Sent;
  readonly wanted: ReadonlySet<number>;
  readonly maxBytes: number;
  readonly meter: Meter;
}

/** `body` is null for a redirect. */
interface Answer extends Pick<HttpResponse, 'status' | 'header'> {
  readonly body: Uint8Array | null;
}

function answered(answer: Answer): Outcome<Answer> {
  return { kind: 'answered', answer };
}

/** Equal for requests whose answers are exchangeable. Only ever kept in memory: credentials are part of it. */
function keyOf({ url, isNamed, sent, wanted, maxBytes }: Hop): string {
  return JSON.stringify([sent.method, url.href, isNamed, Object.entries(sent.headers).sort(), [...wanted].sort(), maxBytes]);
}

/** A refusal up to this size is read to its end, which keeps the connection for the next request. */
const SMALL_BODY = 16 * 1024;

function readWanted(stream: AsyncIterable<Uint8Array>, header: HeaderReader, { sent, maxBytes, what }: Hop): Promise<Uint8Array> {
  // The headers of an answer to HEAD describe a body that does not come.
  return sent.method === 'HEAD' ? drain(stream) : readBody(stream, header, maxBytes, what);
}

async function readSmall(stream: AsyncIterable<Uint8Array>, header: HeaderReader): Promise<void> {
  // What breaks off here was not wanted anyway: the status is known.
  if (Number(header('content-length') ?? Number.NaN) <= SMALL_BODY) await drain(stream).catch(() => undefined);
}

async function drain(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const _chunk of stream);
  return new Uint8Array();
}

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
