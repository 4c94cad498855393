/** Packages as SBOMs of Kairos images list them: what a document is made of, and what has to be found in it again. */

type PackageType = 'rpm' | 'deb' | 'apk' | 'golang' | 'generic';

export interface SbomPackage {
  /** Null: it has no package URL. */
  readonly type: PackageType | null;
  readonly namespace: string;
  /** Of a Go module everything after its namespace: `module-3/sub/v2`. */
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly licence: string | null;
  /** What the purl says of its source package, as it says it. */
  readonly upstream?: string;
  readonly distro?: string;
}

const SYSTEMS = {
  rpm: { namespace: 'opensuse', arch: 'x86_64', distro: 'opensuse-leap-15.6' },
  deb: { namespace: 'ubuntu', arch: 'amd64', distro: 'ubuntu-24.04' },
  apk: { namespace: 'alpine', arch: 'x86_64', distro: 'alpine-3.21.3' },
} as const;

const LICENCES = ['Apache-2.0', 'GPL-2.0-only', 'MIT', null] as const;

/**
 * So many entries for an image, always the same ones: a third packages of the distribution, Go modules in several programs and versions,
 * some built from source, some that nobody knows more of than a name.
 */
export function imagePackages(count: number, system: keyof typeof SYSTEMS = 'deb'): readonly SbomPackage[] {
  return Array.from({ length: count }, (_, n) => packageOf(n, system));
}

function packageOf(n: number, system: keyof typeof SYSTEMS): SbomPackage {
  const version = `${1 + (n % 5)}.${n % 17}.${n % 7}`;
  const licence = LICENCES[n % LICENCES.length] ?? null;
  if (n % 3 === 0) {
    const upstream = n % 2 === 0 ? `source-${n}` : `package-${n}`;
    const written = system === 'rpm' ? `${upstream}-${version}-1.1.src.rpm` : upstream;
    return { type: system, ...SYSTEMS[system], name: `package-${n}`, version: `${version}-150600.${n % 40}.1`, licence, upstream: written };
  }
  if (n % 40 === 1) return { type: 'generic', namespace: '', name: `built-${n}`, version, arch: '', licence };
  if (n % 60 === 2) return { type: null, namespace: '', name: `nameless-${n}`, version, arch: '', licence };
  // Twenty programs have the same modules, some of them in another version.
  const module = n - (n % 20 < 12 ? 0 : n % 20);
  const name = n % 8 === 4 ? `module-${module}/sub/v2` : `module-${module}`;
  return { type: 'golang', namespace: 'github.com/example', name, version: `v${version}`, arch: '', licence };
}

/** `pkg:golang/github.com/example/module-3@v1.2.3#sub/v2`, as syft writes it; null for one without. */
export function purlOf({ type, namespace, name, version, arch, upstream, distro }: SbomPackage): string | null {
  if (type === null) return null;
  const [first = '', ...rest] = type === 'golang' ? name.split('/') : [name];
  const path = [...(namespace === '' ? [] : namespace.split('/')), first].map(encodeURIComponent).join('/');
  const [, epoch, plain] = type === 'rpm' ? (/^(\d+):(.*)$/.exec(version) ?? []) : [];
  const qualifiers = Object.entries({ arch: arch || undefined, distro, epoch, upstream })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${encodeURIComponent(value ?? '')}`);
  const query = qualifiers.length === 0 ? '' : `?${qualifiers.join('&')}`;
  const at = version === '' ? '' : `@${encodeURIComponent(plain ?? version)}`;
  return `pkg:${type}/${path}${at}${query}${rest.length === 0 ? '' : `#${rest.join('/')}`}`;
}

/** Each package once, with all versions of it: what an inventory of these entries has to hold. */
export function truthOf(packages: readonly SbomPackage[]): ReadonlyMap<string, ReadonlySet<string>> {
  const truth = new Map<string, Set<string>>();
  for (const { type, namespace, name, arch, version } of packages) {
    const key = [type ?? '', namespace, name, arch].map((part) => part.replaceAll('%', '%25').replaceAll('|', '%7C')).join('|');
    truth.set(key, (truth.get(key) ?? new Set()).add(version));
  }
  return truth;
}
