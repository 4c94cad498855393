/**
 * Reads any registry that speaks the OCI distribution specification 1.1. Own and small, because the clients on npm either only write, or
 * return content without checking its digest.
 */
import { HeraldError } from '../../core/errors.ts';
import { isDigest, isTag, registryOrigin, splitRepository } from '../../core/repository.ts';
import { MS } from '../../core/time.ts';
import type { Clock } from '../../ports.ts';
import { type Http, type HttpRequest, type HttpResponse, hasNextPage, type Meter, parseJson } from '../http.ts';
import { type AccessTo, ANYBODY } from './access.ts';
import { type Admissions, createAdmissions } from './admissions.ts';
import { digestOf, type OciManifest, readManifest } from './manifest.ts';
import { confirmAbsence, confirmUnsupported } from './refusal.ts';
import { type Descriptor, IMAGE_TYPES, INDEX_TYPES, TagPage } from './schema.ts';
import { type Admission, type Door, refused } from './token.ts';

export interface OciClientOptions {
  readonly http: Http;
  readonly clock: Clock;
  readonly meter: Meter;
  /** `quay.io/kairos/hadron` */
  readonly repository: string;
  /** Where the registry is, when not at the repository's host. */
  readonly endpoint: string | null;
  /** Default: every registry is asked over https, as nobody. */
  readonly accessTo?: AccessTo;
  /** What let us in before, to be shared by the clients of one program. Default: this client's own. */
  readonly admissions?: Admissions;
  /** Default 200 pages of tags. */
  readonly maxPages?: number;
}

/** What a tag points at, as far as a HEAD request tells. `untold`: this registry does not say it there. */
export type TagDigest = { readonly kind: 'digest'; readonly digest: string } | { readonly kind: 'absent' } | { readonly kind: 'untold' };

/** One repository. Every method throws the errors of adapters/http.ts. */
export interface OciClient {
  /** All tags, in the registry's order. Also TOO_MANY for a listing without an end. */
  tags(): Promise<readonly string[]>;
  /** What a tag points at now, without reading it. Also INVALID_REFERENCE. */
  digest(tag: string): Promise<TagDigest>;
  /** By tag or digest. Also INVALID_REFERENCE, DIGEST_MISMATCH and SCHEMA_MISMATCH. */
  manifest(reference: string): Promise<OciManifest>;
  /** As manifest, null when there is none. NOT_FOUND is left for a repository that is not there; UNEXPECTED_CONTENT for a "no" that is not the registry's own. */
  find(reference: string): Promise<OciManifest | null>;
  /** Manifests that say of themselves that they belong to this one; null when the registry keeps no such lists. Also TOO_MANY for one without an end. */
  referrers(digest: string): Promise<readonly Descriptor[] | null>;
  /** The bytes a descriptor names, checked against its digest and size. TOO_LARGE, before asking, when it says more than `maxBytes`. */
  blob(descriptor: Pick<Descriptor, 'digest' | 'size'>, maxBytes?: number): Promise<Uint8Array>;
}

const TAGS_PER_PAGE = 100;
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST_TYPES = [...INDEX_TYPES, ...IMAGE_TYPES].join(', ');
/** About 100,000 tags of Kairos' length: a registry may ignore the page size. */
const MAX_TAGS_BYTES = 8 * 1024 * 1024;
/** The specification asks registries to accept manifests up to this size. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const DEFAULT_MAX_BLOB_BYTES = 64 * 1024 * 1024;
/** A blob may take half a minute, and two seconds more for each MiB: an SBOM has tens of them, and a link to a lab may be slow. */
const BLOB_DEADLINE_MS = 30 * MS.second;
const BLOB_BYTES_PER_MS = 512;
const MAX_REFERRER_PAGES = 10;
/** How registries say that they keep no lists of referrers: 404 by the specification, 405 and 406 (Artifactory) by habit. */
const NO_REFERRERS = [404, 405, 406];

/** Throws INVALID_REFERENCE for a repository that breaks the grammar. */
export function createOciClient(options: OciClientOptions): OciClient {
  const { http, meter, admissions = createAdmissions(), maxPages = 200 } = options;
  const door = doorOf(options);
  const base = `${door.registry}/v2/${door.path}`;

  /**
   * Public repositories mostly answer without a token, so the first try is bare unless we were let in before; a refusal leads to one new
   * admission and one more try.
   */
  async function ask(request: Omit<HttpRequest, 'meter'>, method: 'get' | 'head' = 'get'): Promise<HttpResponse> {
    const send = (admission: Admission | null, refusals: readonly number[]) =>
      http[method]({
        ...request,
        meter,
        headers: { ...request.headers, ...(admission === null ? {} : { authorization: admission.authorization }) },
        expect: [...(request.expect ?? []), ...refusals],
      });
    const standing = await admissions.standing(door, meter);
    const first = await send(standing, mayBeOver(standing) ? [401, 403] : [401]);
    if (first.status !== 401 && first.status !== 403) return first;
    const fresh = await admissions.renew(door, first.header('www-authenticate'), meter);
    const second = fresh.authorization === standing?.authorization ? first : await send(fresh, [401]);
    if (second.status !== 401 && second.status !== 403) return second;
    admissions.forget(door);
    throw refused(door, second.what);
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

  async function digest(tag: string): Promise<TagDigest> {
    if (!isTag(tag)) throw new HeraldError('INVALID_REFERENCE', `${JSON.stringify(tag.slice(0, 200))} is not a tag.`);
    const { status, header } = await ask(
      { url: new URL(`${base}/manifests/${tag}`), headers: { accept: MANIFEST_TYPES }, maxBytes: 0, expect: [404] },
      'head',
    );
    if (status === 404) return { kind: 'absent' };
    const told = header('docker-content-digest') ?? '';
    return isDigest(told) ? { kind: 'digest', digest: told } : { kind: 'untold' };
  }

  function askManifest(reference: string, expect: readonly number[]): Promise<HttpResponse> {
    if (!isTag(reference) && !isDigest(reference)) {
      throw new HeraldError('INVALID_REFERENCE', `${JSON.stringify(reference.slice(0, 200))} is neither a tag nor a digest.`);
    }
    const url = new URL(`${base}/manifests/${reference}`);
    return ask({ url, headers: { accept: MANIFEST_TYPES }, maxBytes: MAX_MANIFEST_BYTES, expect });
  }

  async function manifest(reference: string): Promise<OciManifest> {
    return readManifest(await askManifest(reference, []), digestIn(reference));
  }

  async function find(reference: string): Promise<OciManifest | null> {
    const response = await askManifest(reference, [404]);
    if (response.status !== 404) return readManifest(response, digestIn(reference));
    confirmAbsence(response);
    return null;
  }

  async function referrers(digest: string): Promise<readonly Descriptor[] | null> {
    if (!isDigest(digest)) throw new HeraldError('INVALID_REFERENCE', `${JSON.stringify(digest.slice(0, 200))} is not a digest.`);
    const url = new URL(`${base}/referrers/${digest}`);
    const found = new Map<string, Descriptor>();
    for (let page = 1; page <= MAX_REFERRER_PAGES; page += 1) {
      const response = await ask({ url, headers: { accept: OCI_INDEX }, maxBytes: MAX_MANIFEST_BYTES, expect: NO_REFERRERS });
      if (response.status !== 200) {
        confirmUnsupported(response);
        return null;
      }
      const list = readManifest(response, null);
      if (list.kind !== 'index') throw new HeraldError('SCHEMA_MISMATCH', `${response.what} answered an image instead of a list.`);
      const before = found.size;
      for (const descriptor of list.manifests) found.set(descriptor.digest, descriptor);
      if (!hasNextPage(response.header)) return [...found.values()];
      if (found.size === before) throw new HeraldError('TOO_MANY', `${response.what} repeats itself: page ${page} has nothing new.`);
      url.search = nextQuery(response, url);
    }
    throw new HeraldError('TOO_MANY', `${base}/referrers/${digest} has more than ${MAX_REFERRER_PAGES} pages.`);
  }

  async function blob({ digest, size }: Pick<Descriptor, 'digest' | 'size'>, maxBytes = DEFAULT_MAX_BLOB_BYTES): Promise<Uint8Array> {
    if (!isDigest(digest)) throw new HeraldError('INVALID_REFERENCE', `${JSON.stringify(digest.slice(0, 200))} is not a digest.`);
    if (size > maxBytes) throw new HeraldError('TOO_LARGE', `${base}/blobs/${digest} has ${size} bytes; ${maxBytes} are read at most.`);
    const deadlineMs = BLOB_DEADLINE_MS + Math.ceil(size / BLOB_BYTES_PER_MS);
    const { body, what } = await ask({ url: new URL(`${base}/blobs/${digest}`), maxBytes: size, redirects: 'blobs', deadlineMs });
    if (body.byteLength === size && digestOf(body) === digest) return body;
    throw new HeraldError('DIGEST_MISMATCH', `${what} answered other content than its digest and size say.`);
  }

  return { tags, digest, manifest, find, referrers, blob };
}

function digestIn(reference: string): string | null {
  return isDigest(reference) ? reference : null;
}

/**
 * Referrers are paged by an address of the server's choice (RFC 8288), without a parameter of which we know the meaning. Its query alone is
 * taken, so that it stays ours which server is asked, and for what.
 */
function nextQuery({ header }: HttpResponse, asked: URL): string {
  const address = /<([^<>]{1,2048})>\s?;[^<>]*?rel="?next"?/.exec(header('link') ?? '')?.[1] ?? '';
  return URL.parse(address, asked.href)?.search ?? '';
}

/** A token whose end was not told may be over by now, which some registries (ghcr.io) answer with 403. */
function mayBeOver(admission: Admission | null): boolean {
  return admission !== null && admission.expiresAt === null && admission.authorization.startsWith('Bearer ');
}

/** Where a repository is asked, and as whom: the login of a host goes to that host's own origin and nowhere else, an endpoint included. */
function doorOf({ http, clock, repository, endpoint, accessTo = () => ANYBODY }: OciClientOptions): Door {
  const { host, path } = splitRepository(repository);
  const asked = endpoint === null ? host : new URL(endpoint).host;
  const { plainHttp, tokenServices, login } = accessTo(asked);
  const own = registryOrigin(asked, plainHttp);
  const registry = endpoint === null ? own : endpoint.replace(/\/$/, '');
  // Docker Hub keeps official images under `library/`.
  const isOfficial = endpoint === null && host === 'docker.io' && !path.includes('/');
  const isOwn = new URL(registry).origin === own;
  return { http, clock, registry, path: isOfficial ? `library/${path}` : path, tokenServices, login: isOwn ? login : null };
}
