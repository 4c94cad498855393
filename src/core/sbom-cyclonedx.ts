/** CycloneDX as JSON (https://cyclonedx.org/docs/1.6/json/) → an inventory. Components only, and of them not the files. */
import type { Inventory, Tool } from './sbom.ts';
import { type Collector, createCollector } from './sbom-collect.ts';
import { isRecord, listOf, textOf } from './sbom-json.ts';
import { createdAt, sorted, toolFrom } from './sbom-tools.ts';

const VERSIONS = ['1.4', '1.5', '1.6'];
const MAX_LICENCES = 50;
const MAX_LICENCE_READ = 20_000;

/** Null for what is no CycloneDX of these versions. Never throws; what in it cannot be read is counted. */
export function readCycloneDx(value: unknown): Inventory | null {
  if (!isRecord(value)) return null;
  const { bomFormat, specVersion, metadata, components } = value;
  if (bomFormat !== 'CycloneDX' || typeof specVersion !== 'string' || !VERSIONS.includes(specVersion)) return null;
  const collector = createCollector();
  if (components !== undefined && !Array.isArray(components)) collector.unreadable();
  addComponents(components, collector);
  const { timestamp, tools } = isRecord(metadata) ? metadata : {};
  return collector.finish({ format: 'cyclonedx', specVersion, created: createdAt(timestamp), tools: toolsIn(tools) });
}

/** Components may hold components. They are taken off a pile, so that no depth of them is too deep. */
function addComponents(components: unknown, collector: Collector): void {
  const pile: unknown[][] = [[...listOf(components)].reverse()];
  for (let list = pile.at(-1); list !== undefined; list = pile.at(-1)) {
    if (list.length === 0) {
      pile.pop();
      continue;
    }
    const inner = addComponent(list.pop(), collector);
    if (inner.length > 0) pile.push([...inner].reverse());
  }
}

/** Gives what lies inside it. */
function addComponent(value: unknown, collector: Collector): readonly unknown[] {
  if (!isRecord(value)) {
    collector.unreadable();
    return [];
  }
  const { type, group, name, version, purl, licenses, components } = value;
  if (type === 'file') return [];
  if (type === 'operating-system' && purl === undefined) collector.system(name, version);
  else collector.add({ purls: [purl], namespace: group, name, version, licence: licenceIn(licenses) });
  return listOf(components);
}

/** A list of licences, each by its id, its name or an expression; concluded ones (since 1.6) are somebody's opinion. */
function licenceIn(licenses: unknown): string | null {
  const texts = listOf(licenses)
    .slice(0, MAX_LICENCES)
    .flatMap((each) => {
      if (!isRecord(each)) return [];
      const { license, expression, acknowledgement } = each;
      const { id, name, acknowledgement: inner } = isRecord(license) ? license : {};
      if (acknowledgement === 'concluded' || inner === 'concluded') return [];
      return [expression, id, name].map((said) => textOf(said, MAX_LICENCE_READ)).find((said) => said !== null) ?? [];
    });
  return texts.length === 0 ? null : [...new Set(texts)].sort().join(' AND ');
}

/** A list of tools until 1.4, an object with components since 1.5. */
function toolsIn(tools: unknown): readonly Tool[] {
  const listed = isRecord(tools) ? listOf(tools.components) : listOf(tools);
  return sorted(listed.slice(0, 100).flatMap((each) => (isRecord(each) ? (toolFrom(each.name, each.version) ?? []) : [])));
}
