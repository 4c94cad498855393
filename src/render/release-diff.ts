/** Two releases side by side, for people. */
import type { Comparison } from '../core/comparison.ts';
import type { Place } from '../core/history.ts';
import type { Line, Message, RankedSection } from '../core/message.ts';
import type { PackageNews } from '../core/news.ts';
import type { AggregatedNotes } from '../core/notes-aggregate.ts';
import type { ReleaseDiff } from '../core/release-diff.ts';
import type { ListedRelease } from '../core/releases.ts';
import type { Bump } from '../core/version.ts';
import { notesSections } from './notes.ts';
import { packageSections } from './package-news.ts';
import { marksOf } from './releases.ts';
import { sizeSections } from './sizes.ts';
import { checkedLines, troubles } from './standing.ts';
import { bumpWord, coordinateName, count, listing, projectName, strong, warningWords } from './words.ts';

export interface DiffAnswer {
  readonly project: string;
  readonly diff: ReleaseDiff;
  readonly between: readonly ListedRelease[];
  /** What there is to know of the release one would go to. */
  readonly to: Pick<ListedRelease, 'facts' | 'held'>;
  /** Where two images were given: how they relate. */
  readonly comparison: Comparison | null;
  /** What is written about the releases on the way; null where nothing is, and for going back. */
  readonly notes: AggregatedNotes | null;
  /** What moved inside, by the SBOMs. */
  readonly packages: readonly PackageNews[];
}

/** Two releases side by side. */
export function releaseDiffMessage(
  { project, diff, between, to, comparison, notes, packages }: DiffAnswer,
  places: readonly Place[],
): Message {
  const back = diff.direction === 'back';
  const warnings = comparison === null ? diff.warnings : comparison.warnings;
  return {
    tone: back || places.some(({ failingSince }) => failingSince !== null) ? 'warning' : 'neutral',
    title: `${projectName(project)} ${diff.from} → ${diff.to}${back ? ': going back' : ''}`,
    summary: [betweenWords(between)],
    sections: [
      ...troubles(places),
      ...(comparison === null ? [] : [{ rank: 1, section: { kind: 'text', line: relationLine(comparison) } } as const]),
      ...minding([
        ...marksOf(to)
          .filter((mark) => mark !== 'latest')
          .map((mark) => `${diff.to}: ${mark}.`),
        ...warnings.map(warningWords),
      ]),
      ...versionTable(
        1,
        'Versions',
        diff.versions.map((change) => ({ ...change, name: VERSION_NAMES[change.name] })),
      ),
      ...versionTable(2, 'Components', diff.parts),
      ...listed(2, 'Images that came', diff.added),
      ...listed(2, 'Images that went', diff.gone),
      ...listed(3, 'Kubernetes minors that came', diff.minorsAdded),
      ...listed(3, 'Kubernetes minors that went', diff.minorsGone),
      ...packageSections(packages, 3, diff.from),
      ...(notes === null ? [] : notesSections({ ...notes, components: [] }, { page: to.facts.page?.url ?? null })),
      ...sizeSections(diff.sizes),
    ],
    footer: checkedLines(places),
    labels: [],
  };
}

/** More than these are counted. */
const MAX_BETWEEN = 8;

function betweenWords(between: readonly ListedRelease[]): string {
  if (between.length === 0) return 'No release lies between them.';
  const named = between.slice(0, MAX_BETWEEN).map(({ facts }) => `${facts.version} (${bumpWord(facts.classification.bump)})`);
  const left = between.length - named.length;
  return `${count(between.length, 'release')} between them: ${named.join(', ')}${left === 0 ? '' : ` and ${left} more`}.`;
}

/** Two images, and not only their releases, were given. */
function relationLine({ relation, crosses }: Comparison): Line {
  const words: Readonly<Record<Comparison['relation'], Line>> = {
    upgrade: [strong('An upgrade'), ': one image may become the other.'],
    downgrade: [strong('A downgrade'), ' of at least one component.'],
    same: ['The two images are the same.'],
    incompatible:
      crosses.length === 0
        ? ['Which image is newer cannot be told.']
        : [strong('No upgrade path'), `: other ${listing(crosses.map(coordinateName))}.`],
  };
  return words[relation];
}

function minding(items: readonly string[]): readonly RankedSection[] {
  return items.length === 0 ? [] : [{ rank: 1, section: { kind: 'list', title: 'Mind', items: items.map((item) => [item]) } }];
}

const VERSION_NAMES: Readonly<Record<ReleaseDiff['versions'][number]['name'], string>> = {
  kairos: 'Kairos',
  base: 'Hadron',
  k3s: 'k3s',
  k0s: 'k0s',
};

interface VersionRow {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly bump: Bump | null;
}

/** A version that nobody wrote down is a dash: the component may well have been there. */
function versionTable(rank: number, title: string, rows: readonly VersionRow[]): readonly RankedSection[] {
  if (rows.length === 0) return [];
  const lines = rows.map(({ name, from, to, bump }): readonly Line[] => [
    [name],
    [from ?? '–'],
    [from === to ? (to ?? '–') : strong(to ?? '–')],
    [from === to ? 'unchanged' : bump === null || bump === 'none' ? '' : bumpWord(bump)],
  ]);
  return [{ rank, section: { kind: 'table', title, columns: ['', 'From', 'To', 'Change'], rows: lines } }];
}

function listed(rank: number, title: string, items: readonly string[]): readonly RankedSection[] {
  return items.length === 0
    ? []
    : [{ rank, section: { kind: 'list', title: `${title} (${items.length})`, items: items.map((item) => [item]) } }];
}
