/**
 * An SBOM as an inventory: which packages in which versions, and who says so. Plain data, small enough to be stored for each image; what an
 * SBOM holds beside that (files and relationships, nine tenths of it) is not kept. Read by sbom-spdx.ts and sbom-cyclonedx.ts.
 */
import type { Instant } from './time.ts';

export type SbomFormat = 'spdx' | 'cyclonedx';

/** What made an SBOM. BuildKit's names two: the scanner, and BuildKit. */
export interface Tool {
  readonly name: string;
  /** Without a leading `v`; null where the SBOM does not say. */
  readonly version: string | null;
}

/** What stays the same from one version of a package to the next. All four are texts as people write them, empty where there is nothing. */
export interface PackageIdentity {
  /** The type of its package URL: `rpm`, `deb`, `apk`, `golang`, `generic`…; empty for a package without one. */
  readonly type: string;
  readonly namespace: string;
  /** Of a Go module in a folder of its repository the name goes on: `aws-sdk-go-v2/service/s3`. */
  readonly name: string;
  readonly arch: string;
}

/**
 * `[key, versions, licence, source]`, a row for each identity. Rows and versions are in the order of their code units, whatever the order
 * in the document. `licence` is an index into `licences`, -1 for none, and missing with `source` where there is neither. `source` is the
 * source package that a package of a distribution was built from, where it has another name: vulnerabilities are filed under it. Where its
 * version is another too it stands behind an `@`.
 */
export type PackageRow =
  | readonly [key: string, versions: readonly string[]]
  | readonly [key: string, versions: readonly string[], licence: number]
  | readonly [key: string, versions: readonly string[], licence: number, source: string];

export interface Inventory {
  readonly format: SbomFormat;
  /** `SPDX-2.3`, `1.6`. */
  readonly specVersion: string;
  readonly created: Instant | null;
  /** In the order of their names. */
  readonly tools: readonly Tool[];
  /** What most of its package URLs say: `opensuse-leap-15.6`. */
  readonly distro: string | null;
  /** Packages by type, each version counted; those without a package URL apart. Of a Go module that is in ten programs there is one. */
  readonly ecosystems: Readonly<Record<string, number>>;
  readonly withoutPurl: number;
  /** Entries that say no name, or something longer than names and versions are. */
  readonly unreadable: number;
  /** Packages beyond what Herald keeps of one SBOM: such an inventory cannot say that something is not there. */
  readonly omitted: number;
  readonly licences: readonly string[];
  readonly packages: readonly PackageRow[];
}

/** `type|namespace|name|arch`: https://github.com/package-url/purl-spec less the version. */
export function packageKey({ type, namespace, name, arch }: PackageIdentity): string {
  return `${part(type)}|${part(namespace)}|${part(name)}|${part(arch)}`;
}

/** The inverse of packageKey. */
export function identityOf(key: string): PackageIdentity {
  const [type = '', namespace = '', name = '', arch = ''] = key.split('|').map(unpart);
  return { type, namespace, name, arch };
}

/** Nobody names a package so; if somebody does, two packages stay two. */
function part(text: string): string {
  return text.includes('%') || text.includes('|') ? text.replaceAll('%', '%25').replaceAll('|', '%7C') : text;
}

function unpart(text: string): string {
  return text.includes('%') ? text.replaceAll('%7C', '|').replaceAll('%25', '%') : text;
}

/** The licence of a row, null where none is declared. */
export function licenceOf({ licences }: Inventory, [, , licence = -1]: PackageRow): string | null {
  return licences[licence] ?? null;
}

/** Whether the package manager of a distribution installed it. */
export function isSystemPackage({ type }: Pick<PackageIdentity, 'type'>): boolean {
  return type === 'rpm' || type === 'deb' || type === 'apk' || type === 'alpm';
}

/** By code units: the same everywhere, whatever the language of the machine. */
export function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
