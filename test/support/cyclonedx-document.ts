/** CycloneDX documents as syft and others write them: components, among them the operating system and files, one inside another. */
import { imagePackages, purlOf, type SbomPackage } from './sbom-packages.ts';

export interface CycloneDxOptions {
  /** What it lists, or how many of what images have. Default: 20. */
  readonly packages?: number | readonly SbomPackage[];
  /** At least this many bytes of JSON: files are added until there are. Default: no files. */
  readonly bytes?: number;
  readonly specVersion?: '1.4' | '1.5' | '1.6';
  /** Every other package lies inside the one before. */
  readonly nested?: boolean;
}

interface Component {
  readonly type: string;
  readonly name: string;
  readonly version?: string;
  readonly components?: readonly Component[];
}

/** Deterministic: the same options give the same document. */
export function cycloneDxDocument(options: CycloneDxOptions = {}) {
  const { packages = 20, bytes = 0, specVersion = '1.6', nested = false } = options;
  const list = (typeof packages === 'number' ? imagePackages(packages) : packages).map(componentOf);
  const components: Component[] = nested ? pairsOf(list) : [...list];
  components.push({ type: 'operating-system', name: 'ubuntu', version: '24.04' });
  const tool = { name: 'syft', version: '1.29.0' };
  const document = {
    bomFormat: 'CycloneDX',
    specVersion,
    version: 1,
    metadata: {
      timestamp: '2026-01-01T00:00:00Z',
      tools:
        specVersion === '1.4' ? [{ vendor: 'anchore', ...tool }] : { components: [{ type: 'application', author: 'anchore', ...tool }] },
      component: { type: 'container', name: 'quay.io/kairos/ubuntu', version: `sha256:${'ab'.repeat(32)}` },
    },
    components,
  };
  for (let size = JSON.stringify(document).length; size < bytes; ) {
    const file = fileOf(components.length);
    components.push(file);
    size += JSON.stringify(file).length + 1;
  }
  return document;
}

function componentOf(each: SbomPackage): Component & Readonly<Record<string, unknown>> {
  const { type, namespace, name, version, licence } = each;
  const purl = purlOf(each);
  return {
    'bom-ref': `${purl ?? name}&package-id=0123456789abcdef`,
    type: 'library',
    ...(type === null && namespace !== '' ? { group: namespace } : {}),
    name: type === 'golang' ? `${namespace}/${name}` : name,
    version,
    ...(licence === null ? {} : { licenses: [licence.includes(' ') ? { expression: licence } : { license: { id: licence } }] }),
    ...(purl === null ? {} : { purl }),
    properties: [{ name: 'syft:package:type', value: type ?? 'binary' }],
  };
}

function pairsOf(list: readonly Component[]): Component[] {
  return list.flatMap((component, index) => {
    if (index % 2 === 1) return [];
    const inner = list[index + 1];
    return [inner === undefined ? component : { ...component, components: [inner] }];
  });
}

function fileOf(n: number): Component & Readonly<Record<string, unknown>> {
  const hex = n.toString(16).padStart(8, '0');
  return {
    'bom-ref': hex.repeat(2),
    type: 'file',
    name: `/usr/lib/modules/6.6.80/kernel/drivers/part-${n % 100}/module-${n}.ko`,
    hashes: [
      { alg: 'SHA-1', content: hex.repeat(5) },
      { alg: 'SHA-256', content: hex.repeat(8) },
    ],
  };
}
