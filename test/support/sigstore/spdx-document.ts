/** SPDX 2.3 documents of a wanted size, in the proportions syft gives them: few packages, many files, and a relationship for each. */
import { imagePackages, purlOf, type SbomPackage } from '../sbom-packages.ts';

export interface SpdxOptions {
  /** What it lists, or how many of what images have. Default: 20. */
  readonly packages?: number | readonly SbomPackage[];
  /** At least this many bytes of JSON: files are added until there are. Default: no files. */
  readonly bytes?: number;
  readonly name?: string;
  readonly created?: string;
  /** What made it. Default: syft. */
  readonly creators?: readonly string[];
}

interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo?: string;
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
  const { packages: listed = 20, bytes = 0, name = 'kairos', created = '2026-01-01T00:00:00Z', creators = CREATORS } = options;
  const packages = (typeof listed === 'number' ? imagePackages(listed) : listed).map(packageOf);
  const files: ReturnType<typeof fileOf>[] = [];
  const relationships = packages.map(({ SPDXID }) => contains(ROOT.SPDXID, SPDXID));
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    documentNamespace: `https://anchore.com/syft/image/${name}-00000000-0000-4000-8000-000000000000`,
    creationInfo: { licenseListVersion: '3.25', creators, created },
    packages: [...packages, ROOT],
    files,
    relationships,
  };
  for (let size = JSON.stringify(document).length; size < bytes; ) {
    const file = fileOf(files.length);
    const owner = packages[files.length % Math.max(1, packages.length)]?.SPDXID ?? ROOT.SPDXID;
    const relationship = contains(owner, file.SPDXID);
    files.push(file);
    relationships.push(relationship);
    size += JSON.stringify(file).length + JSON.stringify(relationship).length + 2;
  }
  return document;
}

const CREATORS = ['Organization: Anchore, Inc', 'Tool: syft-1.18.0'];

/** The image itself. */
const ROOT: SpdxPackage = {
  SPDXID: 'SPDXRef-DocumentRoot-Image-kairos',
  name: 'kairos',
  versionInfo: `sha256:${'ab'.repeat(32)}`,
  externalRefs: [
    { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: 'pkg:oci/kairos@sha256%3Aabab?arch=amd64' },
  ],
};

function packageOf(each: SbomPackage, n: number): SpdxPackage & Readonly<Record<string, unknown>> {
  const { type, namespace, name, version, licence } = each;
  const purl = purlOf(each);
  return {
    name: type === 'golang' ? `${namespace}/${name}` : name,
    SPDXID: `SPDXRef-Package-${type ?? 'binary'}-${n}`,
    ...(version === '' ? {} : { versionInfo: version }),
    supplier: 'Organization: Example developers <developers@lists.example.org>',
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    sourceInfo: `acquired package info from the database of packages: /usr/share/doc/${name}/copyright, /var/lib/packages/info/${name}.list, /var/lib/packages/status`,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: licence ?? 'NOASSERTION',
    copyrightText: 'NOASSERTION',
    externalRefs: [
      ...['example', 'example-project', 'example_project'].map((vendor) => ({
        referenceCategory: 'SECURITY',
        referenceType: 'cpe23Type',
        referenceLocator: `cpe:2.3:a:${vendor}:package-${n}:${version}:*:*:*:*:*:*:*`,
      })),
      ...(purl === null ? [] : [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }]),
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
