/** Packages as they are met in a document → an inventory, whatever their order there, and never larger than can be kept. */
import { type Inventory, inOrder, type PackageIdentity, type PackageRow, packageKey } from './sbom.ts';
import { isStorable, MAX_NAME, MAX_VERSION, textOf } from './sbom-json.ts';
import { readPurl } from './sbom-purl.ts';

/** An image of Kairos has 700 to 2,500 packages, a distribution with everything in it 10,000. */
const MAX_PACKAGES = 20_000;
/** Names, versions and licences in all: 150 characters for each of them. */
const MAX_TEXT = 3_000_000;
/** Entries that are looked at: one module may be in many programs. */
const MAX_ENTRIES = 200_000;
/** Debian joins the licences of all files of a package. The beginning tells them apart, and goes into a line. */
const MAX_LICENCE = 200;
const MAX_DISTRO = 100;
const MAX_SYSTEMS = 100;
/** Of one package; a Go module is in five at most. Bounds what looking through a list takes. */
const MAX_VERSIONS = 200;
const MAX_LICENCES = 20;

/** A package as either format says it; everything in it may be anything. */
export interface Entry {
  readonly purls: readonly unknown[];
  readonly namespace: unknown;
  readonly name: unknown;
  readonly version: unknown;
  readonly licence: string | null;
}

export interface Collector {
  readonly add: (entry: Entry) => void;
  /** An entry that is no package at all. */
  readonly unreadable: () => void;
  /** An entry that stands for the operating system itself. */
  readonly system: (name: unknown, version: unknown) => void;
  readonly finish: (head: Pick<Inventory, 'format' | 'specVersion' | 'created' | 'tools'>) => Inventory;
}

/** What is known of one identity. Lists are short: most packages have one version, one licence and no other source. */
interface Kept {
  readonly key: string;
  readonly type: string;
  readonly versions: string[];
  readonly licences: string[];
  readonly sources: string[];
}

export function createCollector(): Collector {
  const kept = new Map<string, Kept>();
  const distros = new Map<string, number>();
  const systems: string[] = [];
  let [entries, packages, text, unreadable, omitted] = [0, 0, 0, 0, 0];

  function add(entry: Entry): void {
    entries += 1;
    if (entries > MAX_ENTRIES) {
      omitted += 1;
      return;
    }
    const found = packageOf(entry);
    if (found === null) {
      unreadable += 1;
      return;
    }
    if (!keep(found)) omitted += 1;
    const { distro } = found;
    if (distro !== null) distros.set(distro, (distros.get(distro) ?? 0) + 1);
  }

  /** False when there is no room for it. */
  function keep(found: Found): boolean {
    const { version, licence, source } = found;
    const key = packageKey(found);
    let row = kept.get(key);
    if (row?.versions.includes(version) !== true) {
      if (packages >= MAX_PACKAGES || text > MAX_TEXT || (row?.versions.length ?? 0) >= MAX_VERSIONS) return false;
      packages += 1;
      text += key.length + version.length;
    }
    if (row === undefined) {
      row = { key, type: found.type, versions: [], licences: [], sources: [] };
      kept.set(key, row);
    }
    note(row.versions, version);
    if (source !== null) note(row.sources, source);
    if (licence !== null && row.licences.length < MAX_LICENCES && note(row.licences, licence)) text += licence.length;
    return true;
  }

  return {
    add,
    unreadable: () => {
      unreadable += 1;
    },
    system: (name, version) => {
      const said = [textOf(name, MAX_DISTRO), textOf(version, MAX_DISTRO)].filter((each) => each !== null).join('-');
      if (said !== '' && systems.length < MAX_SYSTEMS) systems.push(said);
    },
    finish: (head) => {
      // Without a function to compare, texts are put in the order of their code units, four times as fast.
      const rows = [...kept.keys()].sort().flatMap((key) => kept.get(key) ?? []);
      const declared = rows.map(licenceText);
      const licences = [...new Set(declared.filter((licence) => licence !== null))].sort();
      const places = new Map(licences.map((licence, index) => [licence, index]));
      const counts = countsOf(rows);
      return {
        ...head,
        distro: mostFrequent(distros) ?? systems.sort()[0] ?? null,
        ecosystems: Object.fromEntries([...counts].filter(([type]) => type !== '').sort(([a], [b]) => inOrder(a, b))),
        withoutPurl: counts.get('') ?? 0,
        unreadable,
        omitted,
        licences,
        packages: rows.map((row, index) => rowOf(row, places.get(declared[index] ?? '') ?? -1)),
      };
    },
  };
}

/** True when it is new. */
function note(list: string[], text: string): boolean {
  if (list.includes(text)) return false;
  list.push(text);
  return true;
}

interface Found extends PackageIdentity {
  readonly version: string;
  readonly licence: string | null;
  readonly source: string | null;
  readonly distro: string | null;
}

/** The package URL says it best. Without one that can be read there are the name and the version beside it. */
function packageOf({ purls, namespace, name, version, licence: declared }: Entry): Found | null {
  const licence = declared === null ? null : shortened(declared);
  const said = known(textOf(version, MAX_VERSION));
  for (const text of purls) {
    const purl = typeof text === 'string' ? readPurl(text) : null;
    if (purl === null) continue;
    const { type, arch, distro } = purl;
    const source = purl.source === purl.name ? null : textOf(purl.source, MAX_NAME);
    const named = { type, namespace: purl.namespace, name: purl.name, arch, version: purl.version === '' ? said : purl.version };
    return isUnfit(named) ? null : { ...named, licence, source, distro: textOf(distro, MAX_DISTRO) };
  }
  const own = textOf(name, MAX_NAME);
  if (own === null || (typeof version === 'string' && version.length > MAX_VERSION)) return null;
  const common = { type: '', arch: '', licence, source: null, distro: null };
  return { ...common, namespace: textOf(namespace, MAX_NAME) ?? '', name: own, version: said };
}

function isUnfit({ type, namespace, name, arch, version }: PackageIdentity & { readonly version: string }): boolean {
  const tooLong = Math.max(type.length, namespace.length, name.length, arch.length) > MAX_NAME || version.length > MAX_VERSION;
  return tooLong || !isStorable(namespace + name + arch + version);
}

/** Words for "not known", by SPDX and by syft. */
function known(version: string | null): string {
  return version === null || version === 'NOASSERTION' || version === 'NONE' || version === 'UNKNOWN' ? '' : version;
}

function shortened(licence: string): string {
  return licence.length <= MAX_LICENCE ? licence : `${licence.slice(0, MAX_LICENCE - 1)}…`.toWellFormed();
}

/** Null for none. Versions of one package rarely have different ones. */
function licenceText({ licences }: Kept): string | null {
  const [first = null] = licences;
  return licences.length < 2 ? first : licences.sort().join(' / ');
}

function rowOf({ key, versions, sources }: Kept, licence: number): PackageRow {
  if (versions.length > 1) versions.sort();
  const [source] = sources.sort();
  if (source !== undefined) return [key, versions, licence, source];
  return licence === -1 ? [key, versions] : [key, versions, licence];
}

function countsOf(rows: readonly Kept[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { type, versions } of rows) counts.set(type, (counts.get(type) ?? 0) + versions.length);
  return counts;
}

/** Of several that are as frequent the first by name, so that the order of the document does not matter. */
function mostFrequent(counts: ReadonlyMap<string, number>): string | undefined {
  return [...counts].sort(([a, x], [b, y]) => y - x || inOrder(a, b))[0]?.[0];
}
