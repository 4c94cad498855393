/**
 * SPDX 2 as JSON (https://spdx.github.io/spdx-spec/v2.3/) → an inventory. Packages only: files and relationships are three quarters of a
 * document and more, and are not looked at.
 */
import type { Inventory } from './sbom.ts';
import { type Collector, createCollector } from './sbom-collect.ts';
import { isRecord, listOf, textOf } from './sbom-json.ts';
import { createdAt, toolsOfSpdx } from './sbom-tools.ts';

const VERSIONS = ['SPDX-2.2', 'SPDX-2.3'];
/** syft gives a package one package URL and up to twenty CPEs. */
const MAX_REFERENCES = 100;
const MAX_LICENCE_READ = 20_000;

/** Null for what is no SPDX of these versions. Never throws; what in it cannot be read is counted. */
export function readSpdx(value: unknown): Inventory | null {
  if (!isRecord(value)) return null;
  const { spdxVersion, packages, creationInfo } = value;
  if (typeof spdxVersion !== 'string' || !VERSIONS.includes(spdxVersion)) return null;
  const collector = createCollector();
  if (Array.isArray(packages)) for (const each of packages) addPackage(each, collector);
  else if (packages !== undefined) collector.unreadable();
  const { created, creators } = isRecord(creationInfo) ? creationInfo : {};
  return collector.finish({ format: 'spdx', specVersion: spdxVersion, created: createdAt(created), tools: toolsOfSpdx(creators) });
}

function addPackage(value: unknown, collector: Collector): void {
  if (!isRecord(value)) {
    collector.unreadable();
    return;
  }
  const { SPDXID, name, versionInfo, primaryPackagePurpose: purpose, externalRefs, licenseDeclared } = value;
  if (isImage(SPDXID, purpose)) return;
  const purls = purlsIn(externalRefs);
  if (purpose === 'OPERATING-SYSTEM' && purls.length === 0) collector.system(name, versionInfo);
  else collector.add({ purls, namespace: null, name, version: versionInfo, licence: licenceIn(licenseDeclared) });
}

/** What the document is about: syft calls it the root, others a container. Its version is the digest of the image. */
function isImage(id: unknown, purpose: unknown): boolean {
  return purpose === 'CONTAINER' || (typeof id === 'string' && id.startsWith('SPDXRef-DocumentRoot-'));
}

/** The category has been spelled in two ways, and nothing else is of type purl. */
function purlsIn(references: unknown): readonly unknown[] {
  const purls: unknown[] = [];
  for (const each of listOf(references).slice(0, MAX_REFERENCES)) {
    if (!isRecord(each)) continue;
    const { referenceType: type, referenceLocator } = each;
    if (type === 'purl' || type === 'http://spdx.org/rdf/references/purl') purls.push(referenceLocator);
  }
  return purls;
}

function licenceIn(declared: unknown): string | null {
  return declared === 'NOASSERTION' || declared === 'NONE' ? null : textOf(declared, MAX_LICENCE_READ);
}
