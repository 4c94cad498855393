/**
 * Reads any registry that speaks the OCI distribution specification 1.1. Own and small, because the clients on npm either only write, or
 * return content without checking its digest.
 */
import { HeraldError } from '../../core/errors.ts';
import { isDigest, isTag, splitRepository } from '../../core/repository.ts';
import { epochMs } from '../../core/time.ts';
import type { Clock } from '../../ports.ts';
import { type Http, type HttpRequest, type HttpResponse, hasNextPage, type Meter, parseJson } from '../http.ts';
import { digestOf, type OciManifest, readManifest } from './manifest.ts';
import { type Descriptor, IMAGE_TYPES, INDEX_TYPES, TagPage } from './schema.ts';
import { requestToken, type Token } from './token.ts';

export interface OciClientOptions {
  readonly http: Http;
  readonly clock: Clock;
  readonly meter: Meter;
  /** `quay.io/kairos/hadron` */
  readonly repository: string;
  /** Where the registry is, when not at `https://` and the repository's host. */
  readonly endpoint: string | null;
  /** Origins of token services that belong to this registry, beyond the well-known ones. */
  readonly realmOrigins?: readonly string[];
  /** Default 200 pages of tags. */
  readonly maxPages?: number;
}

/** One repository. Every method throws the errors of adapters/http.ts. */
export interface OciClient {
  /** All tags, in the registry's order. Also TOO_MANY for a listing without an end. */
  tags(): Promise<readonly string[]>;
  /** By tag or digest. Also INVALID_REFERENCE, DIGEST_MISMATCH and SCHEMA_MISMATCH. */
  manifest(reference: string): Promise<OciManifest>;
  /** The bytes a descriptor names, checked against its digest and size. TOO_LARGE, before asking, when it says more than `maxBytes`. */
  blob(descriptor: Pick<Descriptor, 'digest' | 'size'>, maxBytes?: number): Promise<Uint8Array>;
}

const TAGS_PER_PAGE = 100;
/** About 100,000 tags of Kairos' length: a registry may ignore the page size. */
const MAX_TAGS_BYTES = 8 * 1024 * 1024;
/** The specification asks registries to accept manifests up to this size. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const DEFAULT_MAX_BLOB_BYTES = 64 * 1024 * 1024;

/** Throws INVALID_REFERENCE for a repository that breaks the grammar. */
export function createOciClient(options: OciClientOptions): OciClient {
  const { http, clock, meter, endpoint, realmOrigins = [], maxPages = 200 } = options;
  const { registry, path } = locate(options.repository, endpoint);
  const base = `${registry}/v2/${path}`;
  let token: Token | null = null;

  /** Public repositories mostly answer without a token, so the first try is bare; a 401 names the token service. */
  async function ask(request: Omit<HttpRequest, 'meter'>): Promise<HttpResponse> {
    const first = await http.get({ ...withToken(request), meter, expect: [401] });
    if (first.status !== 401) return first;
    token = await requestToken({ http, clock, meter, registry, path, realmOrigins }, first.header('www-authenticate'));
    return http.get({ ...withToken(request), meter });
  }

  function withToken(request: Omit<HttpRequest, 'meter'>): Omit<HttpRequest, 'meter'> {
    if (token === null || token.expiresAt <= epochMs(clock.now())) return request;
    return { ...request, headers: { ...request.headers, authorization: `Bearer ${token.value}` } };
  }

  async function tags(): Promise<readonly string[]> {
    const found = new Set<string>();
    let last: string | null = null;
    for (let page = 1; page <= maxPages; page += 1) {
      const url = new URL(`${base}/tags/list?n=${TAGS_PER_PAGE}`);
      if (last !== null) url.searchParams.set('last', last);
      const response = await ask({ url, headers: { accept: 'application/json' }, maxBytes: MAX_TAGS_BYTES });
      const names = parseJson(response, TagPage).tags ?? [];
      const before = found.size;
      for (const name of names) found.add(name);
      // Only whether there is a next page is taken from the Link header, never where: its address is the server's choice.
      if (!hasNextPage(response.header)) return [...found];
      if (found.size === before) throw new HeraldError('TOO_MANY', `${base}/tags/list repeats itself: page ${page} has nothing new.`);
      last = names.at(-1) ?? null;
    }
    throw new HeraldError('TOO_MANY', `${base}/tags/list has more than ${maxPages} pages.`);
  }

  async function manifest(reference: string): Promise<OciManifest> {
    if (!isTag(reference) && !isDigest(reference)) {
      throw new HeraldError('INVALID_REFERENCE', `${JSON.stringify(reference.slice(0, 200))} is neither a tag nor a digest.`);
    }
    const response = await ask({
      url: new URL(`${base}/manifests/${reference}`),
      headers: { accept: [...INDEX_TYPES, ...IMAGE_TYPES].join(', ') },
      maxBytes: MAX_MANIFEST_BYTES,
    });
    return readManifest(response, isDigest(reference) ? reference : null);
  }

  async function blob({ digest, size }: Pick<Descriptor, 'digest' | 'size'>, maxBytes = DEFAULT_MAX_BLOB_BYTES): Promise<Uint8Array> {
    if (!isDigest(digest)) throw new HeraldError('INVALID_REFERENCE', `${JSON.stringify(digest.slice(0, 200))} is not a digest.`);
    if (size > maxBytes) throw new HeraldError('TOO_LARGE', `${base}/blobs/${digest} has ${size} bytes; ${maxBytes} are read at most.`);
    const { body, what } = await ask({ url: new URL(`${base}/blobs/${digest}`), maxBytes: size, redirects: 'blobs' });
    if (body.byteLength === size && digestOf(body) === digest) return body;
    throw new HeraldError('DIGEST_MISMATCH', `${what} answered other content than its digest and size say.`);
  }

  return { tags, manifest, blob };
}

/** Docker Hub's API has another host than its images are named by, and official images live under `library/`. */
function locate(repository: string, endpoint: string | null): { readonly registry: string; readonly path: string } {
  const { host, path } = splitRepository(repository);
  if (endpoint !== null) return { registry: endpoint.replace(/\/$/, ''), path };
  if (host !== 'docker.io') return { registry: `https://${host}`, path };
  return { registry: 'https://registry-1.docker.io', path: path.includes('/') ? path : `library/${path}` };
}
