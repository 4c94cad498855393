/**
 * Release notes as sections of a message: what a reader must not miss first and with the best rank, the chores last. Cut to
 * what fits a channel, with the number of what was left out; or whole, for a terminal. Names and numbers in them are plain
 * text: they ping nobody and link nowhere.
 */
import { type Inline, type Line, type Message, plainLine, type RankedSection } from '../core/message.ts';
import type { AggregatedNotes, VersionedItem } from '../core/notes-aggregate.ts';
import type { ComponentNote, DependencyNote, NoteReference, NoteSection } from '../core/notes-model.ts';
import type { Project } from '../core/release.ts';
import { bumpBetween, parseVersion } from '../core/version.ts';
import { type Palette, renderText } from './text.ts';
import { bumpWord, count, link, listing, projectName, strong } from './words.ts';

export interface NotesOptions {
  /** The release page, where everything is; null when there is none. */
  readonly page: string | null;
  /** Everything, however long: for a terminal. */
  readonly whole?: boolean;
}

/** The title of a section, its rank (see message.ts; beside the facts of a release, which are 1, and its images, 2), and how many items a channel is shown. */
const SECTIONS: readonly (readonly [name: NoteSection | 'components' | 'dependencies', title: string, rank: number, most: number])[] = [
  ['security', 'Security', 1, 5],
  ['breaking', 'Breaking changes and upgrade notes', 2, 5],
  ['knownIssues', 'Known issues', 2, 6],
  ['highlights', 'Highlights', 3, 4],
  ['features', 'New', 3, 8],
  ['fixes', 'Fixed', 4, 8],
  ['components', 'Components', 4, 12],
  ['other', 'Other changes', 5, 5],
  ['dependencies', 'Dependencies', 6, 1],
  ['chores', 'Documentation, tests and CI', 7, 2],
];
const MOST_RETRACTED = 4;

/** One item in a channel; the rest of it is on the page. */
const MAX_TEXT = 320;
/** What to do about a security problem often stands in its last sentence. */
const MAX_GRAVE_TEXT = 800;
const MAX_REFERENCES = 3;
const MAX_NAMES = 8;
/** A sink cuts a run that is longer than any image reference; prose comes in several. */
const RUN = 500;

/** Release notes as sections; none when there is nothing to say. */
export function notesSections(notes: AggregatedNotes, options: NotesOptions): readonly RankedSection[] {
  return [
    ...retractions(notes, options),
    ...SECTIONS.flatMap(([name, title, rank, most]) => {
      if (name === 'components') return components(notes.components, rank, most, title, options);
      if (name === 'dependencies') return dependencies(notes.dependencies, rank, title, options);
      const max = name === 'security' ? MAX_GRAVE_TEXT : MAX_TEXT;
      const lines = itemLines(notes.sections[name], notes, options, max).map((line) => withoutTitle(line, title));
      return listOf(rank, title, lines, most, options);
    }),
    ...endOf(notes, options),
  ];
}

/** The notes as a message of their own. */
export function notesMessage(project: Project, notes: AggregatedNotes, options: NotesOptions): Message {
  const [newest = '', ...older] = notes.versions;
  const { retraction, security, breaking } = notes.sections;
  const retracted = retraction.some(({ versions }) => versions[0] === newest);
  return {
    tone: retracted ? 'alarm' : security.length > 0 ? 'warning' : breaking.length > 0 ? 'notice' : 'neutral',
    title: `${projectName(project)} ${newest} · release notes`,
    summary: older.length === 0 ? [] : [`With the notes of ${count(older.length, 'release')} before it: ${listing(older)}.`],
    sections: notesSections(notes, options),
    footer: options.page === null ? [] : [['Source: ', link(options.page.replace(/^https?:\/\//, ''), options.page)]],
    labels: [],
  };
}

/** All of it for a terminal, without marks and without cuts. `title`: of notes that are no known release's. */
export function renderNotes(
  project: Project,
  notes: AggregatedNotes,
  {
    page,
    title,
    width,
    palette,
  }: { readonly page: string | null; readonly title?: string; readonly width: number; readonly palette: Palette },
): string {
  const message = notesMessage(project, notes, { page, whole: true });
  const titled = title === undefined ? message : { ...message, title };
  return renderText(titled, { width, palette, maxItems: Number.POSITIVE_INFINITY });
}

/** That the newest release is not to be taken is one thing; that one on the way was not is another. */
function retractions(notes: AggregatedNotes, options: NotesOptions): readonly RankedSection[] {
  const [newest] = notes.versions;
  const { retraction } = notes.sections;
  const own = retraction.filter(({ versions }) => versions[0] === newest);
  const others = retraction.filter(({ versions }) => versions[0] !== newest);
  return [
    ...listOf(1, `Do not upgrade to ${newest}`, itemLines(own, notes, options, MAX_GRAVE_TEXT), MOST_RETRACTED, options),
    ...listOf(
      1,
      `Do not stop at ${listing([...new Set(others.flatMap(({ versions }) => versions))])} on the way`,
      itemLines(others, notes, options, MAX_GRAVE_TEXT),
      MOST_RETRACTED,
      options,
    ),
  ];
}

function itemLines(items: readonly VersionedItem[], { versions }: AggregatedNotes, { whole }: NotesOptions, max: number): readonly Line[] {
  return items.map((item) => {
    const text = item.text.flatMap(inRuns);
    const said = plainLine(item.text);
    const labels = item.references.map((reference) => referenceLabel(reference, item.component)).filter((label) => !said.includes(label));
    const shown = labels.slice(0, MAX_REFERENCES);
    const tail = [
      ...(shown.length === 0 ? [] : [shown.join(', ') + (labels.length > shown.length ? ', …' : '')]),
      ...(versions.length < 2 ? [] : [versionsOf(item)]),
      ...(item.fixedIn === null ? [] : [`fixed in ${item.fixedIn}`]),
    ];
    return [
      ...[item.component, item.under].flatMap((of) => (of === null ? [] : [`${of}: `])),
      ...(whole === true ? text : shortened(text, max)),
      ...(tail.length === 0 ? [] : [` (${tail.join(' · ')})`]),
    ];
  });
}

/** Pages begin their warning with what it is: `**Security:** …` below "Security" would say it twice. */
function withoutTitle(line: Line, title: string): Line {
  const [first, next, ...rest] = line;
  const said = first === undefined ? '' : plainLine([first]).trim().replace(/:$/, '');
  if (said.toLowerCase() !== title.toLowerCase() || typeof next !== 'string') return line;
  return [next.replace(/^:?\s+/, ''), ...rest];
}

/** `v3.1.3`, `v3.1.1 and v3.1.0`, `v3.1.3 and 2 older`. */
function versionsOf({ versions }: VersionedItem): string {
  return versions.length < 3 ? listing(versions) : `${versions[0] ?? ''} and ${versions.length - 1} older`;
}

/** `#4103`; of another repository than the item says it is about `kairos-agent#1114`; a commit by its first seven digits. */
function referenceLabel({ kind, id, scope }: NoteReference, component: string | null): string {
  if (kind === 'commit') return id.slice(0, 7);
  return scope === null || scope === component?.toLowerCase() ? `#${id}` : `${scope}#${id}`;
}

function components(
  all: readonly ComponentNote[],
  rank: number,
  most: number,
  title: string,
  options: NotesOptions,
): readonly RankedSection[] {
  const moved = all.filter(({ from, to }) => from === null || from !== to);
  const same = all.filter(({ from, to }) => from !== null && from === to).map(({ name, to }) => `${name} ${to}`);
  const lines = moved.map(({ name, from, to }): Line => {
    if (to === null) return [`${name}: moved, the page does not say to which version`];
    return from === null ? [`${name} to `, strong(to)] : [`${name} ${from} → `, strong(to), bumpIn(from, to)];
  });
  const unchanged: readonly Line[] = same.length === 0 ? [] : [[`Unchanged: ${named(same, options)}`]];
  const shown = options.whole === true ? lines.length : most;
  const sections = listOf(rank, title, lines, shown, options);
  // Not one of the items: it must not be what is cut away to count the others.
  return [...sections, ...(unchanged[0] === undefined ? [] : [{ rank, section: { kind: 'text', line: unchanged[0] } } as const])];
}

function bumpIn(from: string, to: string): string {
  const [a, b] = [parseVersion(from), parseVersion(to)];
  const bump = a === null || b === null ? 'none' : bumpBetween(a, b);
  return bump === 'none' ? '' : ` (${bumpWord(bump)})`;
}

/** In a channel one line with the names; whole, one line each. */
function dependencies(all: readonly DependencyNote[], rank: number, title: string, options: NotesOptions): readonly RankedSection[] {
  const texts = all.map(({ name, from, to }) => (to === null ? name : from === null ? `${name} ${to}` : `${name} ${from} → ${to}`));
  if (texts.length === 0) return [];
  const items: readonly Line[] = options.whole === true ? texts.map((text) => [text]) : [[named(texts, options)]];
  return [{ rank, section: { kind: 'list', title: `${title} (${texts.length})`, items } }];
}

/** `a, b and 6 more`. */
function named(names: readonly string[], { whole }: NotesOptions): string {
  const shown = whole === true ? names : names.slice(0, MAX_NAMES);
  return listing([...shown, ...(names.length > shown.length ? [`${names.length - shown.length} more`] : [])]);
}

/** What stands apart, and what is not in here. */
function endOf({ versions, unwritten, contributors, changelog, cut }: AggregatedNotes, options: NotesOptions): readonly RankedSection[] {
  const missing =
    unwritten.length === 0
      ? []
      : [versions.length === 1 ? 'Nothing is written on the release page yet.' : `Nothing is written yet about ${listing(unwritten)}.`];
  const tooMuch = cut.items + cut.characters === 0 ? [] : [cutWords(cut)];
  const thanks = contributors.length === 0 ? [] : [`New contributors: ${named(contributors, options)}.`];
  const full: Line =
    changelog === null ? [] : ['All changes: ', changelog.url === null ? changelog.text : link(changelog.text, changelog.url)];
  return [
    ...missing.map((text) => textOf(3, [text])),
    ...tooMuch.map((text) => textOf(5, [text])),
    ...thanks.map((text) => textOf(8, [text])),
    ...(full.length === 0 ? [] : [textOf(8, full)]),
  ];
}

function cutWords({ items, characters }: AggregatedNotes['cut']): string {
  const what = [...(items === 0 ? [] : [count(items, 'item')]), ...(characters === 0 ? [] : [count(characters, 'character')])];
  return `The release page is longer than Herald reads: ${listing(what)} left out.`;
}

function textOf(rank: number, line: Line): RankedSection {
  return { rank, section: { kind: 'text', line } };
}

/** The title says how many there are, so that no cut hides it, whoever cuts. */
function listOf(
  rank: number,
  title: string,
  lines: readonly Line[],
  most: number,
  { page, whole }: NotesOptions,
): readonly RankedSection[] {
  if (lines.length === 0) return [];
  const shown = whole === true || lines.length <= most + 1 ? lines : lines.slice(0, most);
  const left = lines.length - shown.length;
  const rest: Line = page === null ? [`… and ${left} more`] : [`… and ${left} more on `, link('the release page', page)];
  const items = left === 0 ? shown : [...shown, rest];
  return [{ rank, section: { kind: 'list', title: lines.length === 1 ? title : `${title} (${lines.length})`, items } }];
}

/** A run in parts that no sink cuts; emphasis over a whole paragraph is none. */
function inRuns(run: Inline): readonly Inline[] {
  const text = typeof run === 'string' ? run : run.text;
  if (text.length <= RUN || (typeof run !== 'string' && run.kind !== 'strong')) return [run];
  return text.match(/.{1,400}(?:\s|$)|.{1,500}/gsu) ?? [];
}

/** At most `max` characters of a line, cut at a blank. */
function shortened(line: Line, max: number): Line {
  if (plainLine(line).length <= max) return line;
  const kept: Inline[] = [];
  let room = max;
  for (const run of line) {
    const text = typeof run === 'string' ? run : run.text;
    if (text.length > room) {
      const part = text
        .slice(0, room)
        .replace(/\s+\S*$/, '')
        .toWellFormed();
      return [...kept, typeof run === 'string' ? part : run.kind === 'link' ? '' : { ...run, text: part }, '…'];
    }
    kept.push(run);
    room -= text.length;
  }
  return kept;
}
