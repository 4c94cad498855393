/**
 * What a package URL says of a package (https://github.com/package-url/purl-spec), with the ways syft and its like write them; and back.
 * Read here and not with packageurl-js, which takes three times as long, and an image has 2,000 of them. Besides, it refuses a Go module
 * for a version like `v1`. Otherwise both read the same (test/property/sbom-purl.test.ts).
 */
import { type Inventory, identityOf, isSystemPackage, type PackageIdentity } from './sbom.ts';

export interface Purl extends PackageIdentity {
  /** Empty where it says none. */
  readonly version: string;
  readonly distro: string | null;
  /** As in a PackageRow. */
  readonly source: string | null;
}

/** The longest on Kairos images have 180 characters. */
const MAX_PURL = 2_000;
const TYPE = /^[a-z][a-z0-9.+-]*$/;

/** Kinds of packages whose names are the same in capitals. */
const CASELESS: ReadonlySet<string> = new Set(['alpm', 'apk', 'bitbucket', 'composer', 'deb', 'github', 'gitlab', 'hex', 'npm', 'pypi']);

/** Null for what is none. */
export function readPurl(text: string): Purl | null {
  if (text.length > MAX_PURL || !text.startsWith('pkg:')) return null;
  const [beforeHash, subpath] = cutAt(text, text.indexOf('#'));
  const [path, query] = cutAt(beforeHash, beforeHash.indexOf('?'));
  let start = 'pkg:'.length;
  while (path[start] === '/') start += 1;
  const slash = path.indexOf('/', start);
  if (slash === -1) return null;
  const type = path.slice(start, slash).toLowerCase();
  if (!TYPE.test(type)) return null;
  try {
    return purlOf(type, path.slice(slash + 1), query, subpath);
  } catch (error) {
    // Half of an escape.
    if (error instanceof URIError) return null;
    throw error;
  }
}

/** Throws URIError. */
function purlOf(type: string, path: string, query: string, subpath: string): Purl | null {
  const at = path.lastIndexOf('@');
  // `npm/@scope/name` begins with one that should have been escaped.
  const [names, version] = cutAt(path, at > 0 && path[at - 1] !== '/' ? at : -1);
  const last = names.lastIndexOf('/');
  const name = decoded(names.slice(last + 1)).trim();
  if (name === '') return null;
  const { arch = '', distro = null, epoch, upstream } = qualifiersIn(query);
  const plain = decoded(version).trim();
  const caseless = CASELESS.has(type);
  const namespace = last === -1 ? '' : slashed(decoded(names.slice(0, last)));
  return {
    type,
    namespace: caseless || type === 'rpm' ? namespace.toLowerCase() : namespace,
    // A Go module is known by its whole path. A purl has a name of one part, and the rest behind the `#`.
    name: type === 'golang' && subpath !== '' ? `${name}/${slashed(decoded(subpath))}` : caseless ? name.toLowerCase() : name,
    arch,
    // A package of version 1:2.0 is newer than one of 3.0; rpm alone has its epoch elsewhere.
    version: type === 'rpm' && epoch !== undefined && plain !== '' ? `${epoch}:${plain}` : plain,
    distro,
    source: upstream === undefined ? null : sourceName(type, upstream),
  };
}

/** Both sides of a sign; all and nothing where it is not there. */
function cutAt(text: string, at: number): readonly [string, string] {
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string {
  return text.includes('%') ? decodeURIComponent(text) : text;
}

/** Without empty parts. */
function slashed(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/^\/|\/$/g, '');
}

interface Qualifiers {
  arch?: string;
  distro?: string;
  epoch?: string;
  upstream?: string;
}

function qualifiersIn(query: string): Qualifiers {
  const found: Qualifiers = {};
  if (query === '') return found;
  for (const each of query.split('&')) {
    const [key, value] = cutAt(each, each.indexOf('='));
    if (value === '') continue;
    const name = key.toLowerCase();
    if (name === 'arch' || name === 'distro' || name === 'epoch' || name === 'upstream') found[name] = decoded(value).trim();
  }
  return found;
}

/** `openssl-3.0.8-150600.src.rpm` by rpm; `openssl` or, where its version is another, `openssl@3.0.2-0ubuntu1` by the others. */
function sourceName(type: string, upstream: string): string | null {
  const name = type === 'rpm' ? upstream.replace(/-[^-]{1,200}-[^-]{1,200}\.(?:no)?src\.rpm$/, '') : upstream;
  return name === '' ? null : name;
}

/** The packages that have a package URL, each by the one without a version, and its versions: what databases of packages are asked by. */
export function purlsOf({ packages, distro }: Inventory): readonly { readonly purl: string; readonly versions: readonly string[] }[] {
  return packages.flatMap(([key, versions, , source = '']) => {
    const { type, namespace, name, arch } = identityOf(key);
    if (type === '') return [];
    const path = [...namespace.split('/'), ...name.split('/')].filter((part) => part !== '').map(encoded);
    const qualifiers = Object.entries({ arch, distro: isSystemPackage({ type }) ? (distro ?? '') : '', upstream: source })
      .filter(([, value]) => value !== '')
      .map(([qualifier, value]) => `${qualifier}=${encoded(value)}`);
    return [{ purl: `pkg:${[type, ...path].join('/')}${qualifiers.length === 0 ? '' : `?${qualifiers.join('&')}`}`, versions }];
  });
}

/** Half a character cannot be encoded. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
