/** SPDX 2.3 documents of a wanted size, in the proportions syft gives them: few packages, many files, and a relationship for each. */

export interface SpdxOptions {
  /** Default: 20. */
  readonly packages?: number;
  /** At least this many bytes of JSON: files are added until there are. Default: no files. */
  readonly bytes?: number;
  readonly name?: string;
  readonly created?: string;
}

interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo: string;
  readonly externalRefs: readonly {
    readonly referenceCategory: string;
    readonly referenceType: string;
    readonly referenceLocator: string;
  }[];
}

interface SpdxRelationship {
  readonly spdxElementId: string;
  readonly relatedSpdxElement: string;
  readonly relationshipType: string;
}

export interface SpdxDocument {
  readonly spdxVersion: string;
  readonly packages: readonly SpdxPackage[];
  readonly files: readonly { readonly SPDXID: string; readonly fileName: string }[];
  readonly relationships: readonly SpdxRelationship[];
}

/** Deterministic: the same options give the same document. */
export function spdxDocument(options: SpdxOptions = {}): SpdxDocument {
  const { packages: count = 20, bytes = 0, name = 'kairos', created = '2026-01-01T00:00:00Z' } = options;
  const packages = Array.from({ length: count }, (_, n) => packageOf(n));
  const files: ReturnType<typeof fileOf>[] = [];
  const relationships = packages.map(({ SPDXID }) => contains('SPDXRef-DocumentRoot-Image-kairos', SPDXID));
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    documentNamespace: `https://anchore.com/syft/image/${name}-00000000-0000-4000-8000-000000000000`,
    creationInfo: { licenseListVersion: '3.25', creators: ['Organization: Anchore, Inc', 'Tool: syft-1.18.0'], created },
    packages,
    files,
    relationships,
  };
  for (let size = JSON.stringify(document).length; size < bytes; ) {
    const file = fileOf(files.length);
    const owner = packages[files.length % Math.max(1, packages.length)]?.SPDXID ?? 'SPDXRef-DocumentRoot-Image-kairos';
    const relationship = contains(owner, file.SPDXID);
    files.push(file);
    relationships.push(relationship);
    size += JSON.stringify(file).length + JSON.stringify(relationship).length + 2;
  }
  return document;
}

function packageOf(n: number): SpdxPackage & Readonly<Record<string, unknown>> {
  const kind = (['golang', 'deb', 'apk'] as const)[n % 3] ?? 'generic';
  const version = `${1 + (n % 5)}.${n % 17}.${n % 7}`;
  const name = kind === 'golang' ? `github.com/example/module-${n}` : `package-${n}`;
  const path = { golang: name, deb: `debian/${name}`, apk: `alpine/${name}`, generic: name }[kind];
  return {
    name,
    SPDXID: `SPDXRef-Package-${kind}-${n}`,
    versionInfo: kind === 'golang' ? `v${version}` : version,
    supplier: 'NOASSERTION',
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: n % 2 === 0 ? 'Apache-2.0' : 'GPL-2.0-only',
    copyrightText: 'NOASSERTION',
    externalRefs: [
      {
        referenceCategory: 'SECURITY',
        referenceType: 'cpe23Type',
        referenceLocator: `cpe:2.3:a:example:package-${n}:${version}:*:*:*:*:*:*:*`,
      },
      { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: `pkg:${kind}/${path}@${version}` },
    ],
  };
}

function fileOf(n: number) {
  const hex = n.toString(16).padStart(8, '0');
  return {
    fileName: `usr/lib/modules/6.6.80/kernel/drivers/part-${n % 100}/module-${n}.ko`,
    SPDXID: `SPDXRef-File-usr-lib-modules-module-${n}-${hex}${hex}`,
    fileTypes: ['OTHER'],
    checksums: [
      { algorithm: 'SHA1', checksumValue: hex.repeat(5) },
      { algorithm: 'SHA256', checksumValue: hex.repeat(8) },
    ],
    licenseConcluded: 'NOASSERTION',
    licenseInfoInFiles: ['NOASSERTION'],
    copyrightText: 'NOASSERTION',
    comment: `layerID: sha256:${hex.repeat(8)}`,
  };
}

function contains(owner: string, owned: string): SpdxRelationship {
  return { spdxElementId: owner, relatedSpdxElement: owned, relationshipType: 'CONTAINS' };
}
