/**
 * Names inside a registry, checked before anything is asked: a repository such as `../v2/secret` or a tag such as `a/../b`
 * would otherwise become part of a URL. The grammar is that of the OCI distribution specification 1.1, "Pulling manifests".
 */
import { HeraldError } from './errors.ts';

const HOST = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const MAX_NAME = 255;

/** Where a repository lives and what it is called there. */
export interface RepositoryName {
  /** `quay.io`, `localhost:5000`. */
  readonly host: string;
  /** `kairos/hadron`. */
  readonly path: string;
}

/** Splits `quay.io/kairos/hadron` into host and path. Throws INVALID_REFERENCE when either breaks the grammar. */
export function splitRepository(repository: string): RepositoryName {
  const slash = repository.indexOf('/');
  const host = repository.slice(0, Math.max(slash, 0));
  const path = repository.slice(slash + 1);
  if (!HOST.test(host) || !isRepositoryPath(path)) {
    throw new HeraldError('INVALID_REFERENCE', `${JSON.stringify(repository.slice(0, MAX_NAME))} is not a repository name.`, {
      hint: 'Write it as host/organisation/name in lower case, such as quay.io/kairos/hadron, without a tag.',
    });
  }
  return { host, path };
}

/** Where the API of a registry is: `https://quay.io`. Docker Hub's has another host than its images are named by. */
export function registryOrigin(host: string, plainHttp = false): string {
  if (host === 'docker.io') return 'https://registry-1.docker.io';
  return new URL(`${plainHttp ? 'http' : 'https'}://${host}`).origin;
}

/** A place that holds copies: what is named `of/…` is read at `at/…`. Both are a host, or a host and the beginning of a path. */
export interface Mirror {
  /** `quay.io/kairos` */
  readonly of: string;
  /** `harbor.example.com:8443/quay-proxy/kairos` */
  readonly at: string;
}

/** Where a mirror keeps the repository, by the longest prefix that fits; null when none does. Only whole segments count. */
export function mirrored(repository: string, mirrors: readonly Mirror[]): string | null {
  const fitting = mirrors.filter(({ of }) => repository.startsWith(`${of}/`));
  const mirror = fitting.toSorted((a, b) => b.of.length - a.of.length).at(0);
  return mirror === undefined ? null : `${mirror.at}${repository.slice(mirror.of.length)}`;
}

/** True for a tag as the specification allows it. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** True for `sha256:` and 64 lower-case hex digits; the specification's other algorithms are not used by Kairos. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

function isRepositoryPath(path: string): boolean {
  return path.length > 0 && path.length <= MAX_NAME && path.split('/').every(isComponent);
}

/** Lower-case letters and digits, joined by one of `.`, `_`, `__` or any number of `-`. */
function isComponent(text: string): boolean {
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(text) || !/[a-z0-9]$/.test(text)) return false;
  return (text.match(/[._-]+/g) ?? []).every((separator) => ['.', '_', '__'].includes(separator) || /^-+$/.test(separator));
}
