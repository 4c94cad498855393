/**
 * How a package of an SBOM is named in OSV's database: the ecosystem, the name in it, the version. The other way to ask, by package URL, is
 * answered with "nothing" for a URL of a kind OSV does not know (osv.dev `go/internal/api`, ErrUnknownPURL), loses the end of a Go
 * module's path and does not know which release of a distribution is meant, whose fixes then count for all of them.
 * Sources: google/osv.dev `osv/purl_helpers.py`, the ecosystems of https://ossf.github.io/osv-schema/#defined-ecosystems.
 */
import { PackageURL } from 'packageurl-js';

/** What is sent of a package, and nothing else. */
export interface PackageQuestion {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
}

/** Why a package is not asked for. `kind`: OSV has no such kind of package (`generic`). `release`: of which release of its distribution is not known. */
export type NotAsked = 'malformed' | 'kind' | 'release';

const MAX_PURL = 2_000;
const MAX_TEXT = 300;
/** What names and versions are made of everywhere. Whatever else an SBOM says was not written by a package manager. */
const PRINTABLE = /^[\x21-\x7e]+$/;

/** Kinds whose name in OSV is the name in the URL, after its namespace where it has one. */
const LANGUAGES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    cargo: 'crates.io',
    composer: 'Packagist',
    gem: 'RubyGems',
    golang: 'Go',
    hex: 'Hex',
    maven: 'Maven',
    npm: 'npm',
    nuget: 'NuGet',
    pub: 'Pub',
    pypi: 'PyPI',
  }),
);

/** The question for one version of a package, given by its URL with or without a version in it. */
export function questionFor(purl: string, version: string): PackageQuestion | NotAsked {
  const parsed = parse(purl);
  if (parsed === null) return 'malformed';
  const { type = '', name = '' } = parsed;
  const [namespace, subpath, qualifiers] = [parsed.namespace ?? '', parsed.subpath ?? '', parsed.qualifiers ?? {}];
  const question = !LANGUAGES.has(type) ? distributed(type, name, version, qualifiers) : language(type, namespace, name, subpath, version);
  if (typeof question === 'string') return question;
  return Object.values(question).every((text) => text.length <= MAX_TEXT) && isPrintable(question) ? question : 'malformed';
}

/** What is the same for all versions of a package: not of which release of its distribution it is; the text itself where it is no URL. */
export function packageKey(purl: string): string {
  const parsed = parse(purl);
  return parsed === null ? purl : JSON.stringify([parsed.type, parsed.namespace, parsed.name, parsed.subpath, parsed.qualifiers?.arch]);
}

function parse(purl: string): PackageURL | null {
  if (purl.length > MAX_PURL) return null;
  // The version in it is not used, and the library takes none of a Go module that is not of three numbers.
  const [, name = '', rest = ''] = /^([^?#]*?)(?:@[^/?#]*)?([?#].*)?$/s.exec(purl) ?? [];
  try {
    return PackageURL.fromString(`${name}${rest}`);
  } catch {
    // Its message quotes the text; that it is none is all that counts.
    return null;
  }
}

function isPrintable({ name, version }: PackageQuestion): boolean {
  return PRINTABLE.test(name) && PRINTABLE.test(version);
}

function language(type: string, namespace: string, name: string, subpath: string, version: string): PackageQuestion {
  const parts = [namespace, name].filter((part) => part !== '');
  // syft cuts a module's path after three segments: of `github.com/a/b/v2` the end stands in the subpath, and without it is another module.
  if (type === 'golang' && subpath !== '') parts.push(subpath);
  return { ecosystem: LANGUAGES.get(type) ?? '', name: parts.join(type === 'maven' ? ':' : '/'), version };
}

/** Packages of a distribution: advisories are kept by its release and, but for RPM, by the source package. */
function distributed(
  type: string,
  name: string,
  version: string,
  qualifiers: Readonly<Record<string, string>>,
): PackageQuestion | NotAsked {
  if (type !== 'deb' && type !== 'apk' && type !== 'rpm') return 'kind';
  const [, id = '', release = ''] = /^([a-z-]+)-([0-9a-z.]+)$/.exec(qualifiers.distro ?? '') ?? [];
  const ecosystem = ecosystemOf(id, release);
  if (ecosystem === null) return 'release';
  if (type === 'rpm') {
    const epoch = qualifiers.epoch ?? '';
    return { ecosystem, name, version: epoch === '' || version.includes(':') ? version : `${epoch}:${version}` };
  }
  const [source = '', sourceVersion = ''] = (qualifiers.upstream ?? '').split('@', 2);
  return { ecosystem, name: source === '' ? name : source, version: sourceVersion === '' ? version : sourceVersion };
}

function ecosystemOf(id: string, release: string): string | null {
  const [major = '', minor = ''] = release.split('.');
  if (!/^\d+$/.test(major)) return null;
  switch (id) {
    case 'debian':
      return `Debian:${major}`;
    case 'alpine':
      return minor === '' ? null : `Alpine:v${major}.${minor}`;
    case 'ubuntu':
      // Long-term support begins in April of even years.
      return `Ubuntu:${major}.${minor}${Number(major) % 2 === 0 && minor === '04' ? ':LTS' : ''}`;
    case 'rocky':
      return `Rocky Linux:${major}`;
    case 'almalinux':
      return `AlmaLinux:${major}`;
    case 'opensuse-leap':
      return `openSUSE:Leap ${major}.${minor}`;
    default:
      return null;
  }
}
