/** SBOMs in words: what one says, and what differs between two. Beside every figure stands what vouches for the SBOM it was read from. */
import { unreachable } from '../core/errors.ts';
import type { Line, Message, RankedSection } from '../core/message.ts';
import type { PackageIdentity } from '../core/sbom.ts';
import type { Incomparable, InventoryDiff, PackageChange, SbomCoordinates } from '../core/sbom-diff.ts';
import type { InventorySummary } from '../core/sbom-summary.ts';
import { printTools } from '../core/sbom-tools.ts';
import type { SbomState } from '../core/verdict.ts';
import { SBOM_WORDS } from './verdict.ts';
import { code, count, dotted, listing, moment, strong } from './words.ts';

/** An SBOM that was read. */
export interface SbomSubject {
  /** The image it is of, or the file it was read from. */
  readonly name: string;
  /** Nothing vouches for a file: `unsigned`. */
  readonly state: SbomState;
  readonly summary: InventorySummary;
}

export interface SbomComparison {
  readonly from: SbomSubject;
  readonly to: SbomSubject;
  readonly diff: InventoryDiff;
}

/** What is in an image, for people. */
export function sbomMessage(sbom: SbomSubject): Message {
  const { name, state, summary } = sbom;
  return {
    tone: 'neutral',
    title: `SBOM of ${name}`,
    summary: [`${count(summary.packages, 'package')}, by an SBOM that is `, strong(SBOM_WORDS[state]), '.'],
    sections: sbomSections(sbom),
    footer: [],
    labels: [],
  };
}

function sbomSections({ state, summary }: Pick<SbomSubject, 'state' | 'summary'>): readonly RankedSection[] {
  const { highlights } = summary;
  const vouched = SBOM_WORDS[state];
  const rows = highlights.map(({ name, versions }): readonly Line[] => [[name], [strong(versionsWords(versions))]]);
  return [
    { rank: 2, section: { kind: 'facts', rows: factRows(summary, vouched) } },
    ...(rows.length === 0
      ? []
      : ([{ rank: 2, section: { kind: 'table', title: `Highlights (${vouched})`, columns: ['Package', 'Version'], rows } }] as const)),
  ];
}

type FactRow = { readonly label: string; readonly value: Line };

function factRows(summary: InventorySummary, vouched: string): readonly FactRow[] {
  const { packages, ecosystems, withoutPurl, unreadable, omitted, licences, distro, format, specVersion, created, tools } = summary;
  const kinds = [
    ...ecosystems.map(({ type, packages: number }) => ecosystemWords(type, number)),
    ...(withoutPurl === 0 ? [] : [`${withoutPurl} without a package URL`]),
  ];
  const missing = [
    ...(unreadable === 0 ? [] : [`${unreadable} ${unreadable === 1 ? 'entry' : 'entries'} could not be read`]),
    ...(omitted === 0 ? [] : [`${count(omitted, 'package')} beyond what Herald keeps of one SBOM`]),
  ];
  const made = [...(created === null ? [] : [moment(created)]), `by ${printTools(tools) ?? 'a tool that it does not name'}`];
  const rows: readonly (FactRow | null)[] = [
    { label: 'SBOM', value: dotted([[strong(vouched)], [format === 'spdx' ? specVersion : `CycloneDX ${specVersion}`]]) },
    { label: 'Made', value: [made.join(' ')] },
    distro === null ? null : { label: 'System', value: [`${distro} (${vouched})`] },
    { label: 'Packages', value: [`${[String(packages), ...kinds].join(' · ')} (${vouched})`] },
    licences === 0 ? null : { label: 'Licences', value: [`${licences} declared (${vouched})`] },
    missing.length === 0 ? null : { label: 'Left out', value: [strong(missing.join(' · ')), ` (${vouched})`] },
  ];
  return rows.filter((row) => row !== null);
}

function ecosystemWords(type: string, packages: number): string {
  return type === 'golang' ? count(packages, 'Go module') : `${packages} ${type}`;
}

/** More packages of a list are counted. */
const MAX_LISTED = 20;

/** What differs between two images, for people. */
export function sbomDiffMessage(comparison: SbomComparison, maxListed: number = MAX_LISTED): Message {
  const { from, to, diff } = comparison;
  return {
    tone: diff.kind === 'compared' ? 'neutral' : 'notice',
    title: `SBOM of ${from.name} → ${to.name}`,
    summary: diff.kind === 'compared' ? [figures(diff, vouchedFor(comparison))] : ['The two SBOMs cannot be compared.'],
    sections: sbomDiffSections(comparison, maxListed),
    footer: [],
    labels: [],
  };
}

type Compared = Extract<InventoryDiff, { kind: 'compared' }>;

function figures({ changed, added, removed, unchanged }: Compared, vouched: string): string {
  return `${changed.length} changed, ${added.length} added, ${removed.length} removed, ${unchanged} unchanged (${vouched}).`;
}

/** `attested`, or `attested → unsigned`. */
export function vouchedFor({ from, to }: { readonly from: Pick<SbomSubject, 'state'>; readonly to: Pick<SbomSubject, 'state'> }): string {
  const [before, after] = [SBOM_WORDS[from.state], SBOM_WORDS[to.state]];
  return before === after ? after : `${before} → ${after}`;
}

function sbomDiffSections(comparison: SbomComparison, maxListed: number = MAX_LISTED): readonly RankedSection[] {
  const { from, to, diff } = comparison;
  if (diff.kind === 'suppressed') {
    return [
      listed(
        2,
        'No difference of the two SBOMs is shown',
        diff.reasons.map((reason) => [incomparableWords(reason)]),
      ),
    ];
  }
  const vouched = vouchedFor(comparison);
  const { highlights, changed, added, removed, licences } = diff;
  const madeBy = [from, to].map(({ summary: { tools } }) => printTools(tools) ?? 'a tool that it does not name');
  const table = highlights.map((each): readonly Line[] => [[each.name], [versionsWords(each.from)], [strong(versionsWords(each.to))]]);
  const packages = (rank: number, what: string, changes: readonly PackageChange[], words: (change: PackageChange) => Line) =>
    changes.length === 0
      ? []
      : [
          listed(
            rank,
            `${what} (${changes.length}), ${vouched}`,
            cut(
              named(changes).map(({ name, each }) => [code(name), ...words(each)]),
              maxListed,
            ),
          ),
        ];
  return [
    ...(table.length === 0
      ? []
      : ([
          { rank: 2, section: { kind: 'table', title: `Highlights (${vouched})`, columns: ['Package', 'From', 'To'], rows: table } },
        ] as const)),
    ...packages(3, 'Changed', changed, (each) => [` ${versionsWords(each.from)} → `, strong(versionsWords(each.to))]),
    ...packages(3, 'Added', added, (each) => [' ', strong(versionsWords(each.to))]),
    ...packages(3, 'Removed', removed, (each) => [` ${versionsWords(each.from)}`]),
    ...(licences.length === 0
      ? []
      : [
          listed(
            4,
            `Other licences (${licences.length}), ${vouched}`,
            cut(
              named(licences).map(({ name, each }) => [code(name), ` ${each.from} → `, strong(each.to)]),
              maxListed,
            ),
          ),
        ]),
    { rank: 4, section: { kind: 'facts', rows: contextRows(diff, madeBy, vouched) } },
  ];
}

function contextRows({ distro, unreadable, unchanged }: Compared, madeBy: readonly string[], vouched: string): readonly FactRow[] {
  const rows: readonly (FactRow | null)[] = [
    { label: 'Unchanged', value: [`${count(unchanged, 'package')} (${vouched})`] },
    distro === null
      ? null
      : { label: 'System', value: [`${distro.from ?? 'not said'} → `, strong(distro.to ?? 'not said'), ` (${vouched})`] },
    { label: 'SBOMs made by', value: [[...new Set(madeBy)].join(' → ')] },
    unreadable.from + unreadable.to === 0
      ? null
      : {
          label: 'Left out',
          value: [
            `entries that could not be read: ${unreadable.from} before, ${unreadable.to} after; what seems added or removed may be among them`,
          ],
        },
  ];
  return rows.filter((row) => row !== null);
}

function listed(rank: number, title: string, items: readonly Line[]): RankedSection {
  return { rank, section: { kind: 'list', title, items } };
}

/** The important ones come first, so the end may go. */
function cut(items: readonly Line[], max: number): readonly Line[] {
  return items.length <= max ? items : [...items.slice(0, max), [`${items.length - max} more`]];
}

/** Each with its name, and with its architecture where the name alone is not enough. */
function named<T extends PackageIdentity>(list: readonly T[]): readonly { readonly name: string; readonly each: T }[] {
  const names = Map.groupBy(list, packageName);
  return list.map((each) => {
    const name = packageName(each);
    return { name: (names.get(name)?.length ?? 0) > 1 && each.arch !== '' ? `${name} (${each.arch})` : name, each };
  });
}

/** Whole for what is known by its path; in a distribution the namespace is always the same. */
export function packageName({ type, namespace, name }: PackageIdentity): string {
  const inDistribution = type === 'rpm' || type === 'deb' || type === 'apk';
  return namespace === '' || inDistribution ? name : `${namespace}/${name}`;
}

/** A Go module may be in as many versions as there are programs. */
const MAX_VERSIONS = 4;

export function versionsWords(versions: readonly string[]): string {
  if (versions.length === 0) return '–';
  const words = versions.slice(0, MAX_VERSIONS).map((version) => (version === '' ? 'version not said' : version));
  const left = versions.length - words.length;
  return left === 0 ? words.join(', ') : `${words.join(', ')} and ${left} more`;
}

const COORDINATE_WORDS: Readonly<Record<keyof SbomCoordinates, string>> = {
  flavor: 'flavor',
  variant: 'variant',
  arch: 'architecture',
  model: 'model',
};

const FORMAT_WORDS = { spdx: 'SPDX', cyclonedx: 'CycloneDX' } as const;

/** A reason as a sentence. */
export function incomparableWords(reason: Incomparable): string {
  switch (reason.kind) {
    case 'coordinates':
      return `The images are different ones: another ${listing(reason.differ.map((name) => COORDINATE_WORDS[name]))}.`;
    case 'format':
      return `One is ${FORMAT_WORDS[reason.from]}, the other ${FORMAT_WORDS[reason.to]}.`;
    case 'generator':
      return `They were made by tools that list packages differently: ${reason.from ?? 'one it does not name'}, then ${reason.to ?? 'one it does not name'}.`;
    case 'incomplete':
      return `Not all packages could be kept: ${reason.from} are missing before, ${reason.to} after.`;
    default:
      return unreachable(reason);
  }
}
