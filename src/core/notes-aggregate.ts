/**
 * What somebody has to read who skipped releases: the notes of all of them as one, each item once and with the versions it is
 * of. What was known or retracted on the way stays, marked with its version: the reader may still meet a node that runs it.
 */
import {
  type ChangelogNote,
  type ComponentNote,
  type DependencyNote,
  type NoteItem,
  type NoteSection,
  type Notes,
  perSection,
  referencesKey,
  wordsKey,
} from './notes-model.ts';

const MAX_REFERENCES = 20;

export interface VersionedNotes {
  readonly version: string;
  readonly notes: Notes;
}

export interface VersionedItem extends NoteItem {
  /** The releases that say so, newest first. */
  readonly versions: readonly string[];
  /** Of a known issue: the newer release among these that fixed it; null when none says so. */
  readonly fixedIn: string | null;
}

export interface AggregatedNotes {
  /** What was joined, newest first. */
  readonly versions: readonly string[];
  /** Those of them nothing is written about yet. */
  readonly unwritten: readonly string[];
  readonly sections: Readonly<Record<NoteSection, readonly VersionedItem[]>>;
  /** From the version before the oldest to the newest. */
  readonly components: readonly ComponentNote[];
  readonly dependencies: readonly DependencyNote[];
  readonly contributors: readonly string[];
  readonly changelog: ChangelogNote | null;
  readonly cut: Notes['cut'];
}

/** The notes of several releases, given newest first, as one. */
export function aggregate(releases: readonly VersionedNotes[]): AggregatedNotes {
  const oldestFirst = [...releases].reverse();
  const fixes = fixedBy(releases);
  const section = (name: NoteSection): readonly VersionedItem[] => {
    const folded = foldItems(releases, name);
    return name === 'knownIssues' ? folded.map((item) => ({ ...item, fixedIn: fixOf(item, releases, fixes) })) : folded;
  };
  return {
    versions: releases.map(({ version }) => version),
    unwritten: releases.filter(({ notes }) => notes.placeholder).map(({ version }) => version),
    sections: perSection(section),
    components: foldParts(
      oldestFirst.map(({ notes }) => notes.components),
      (earlier, later) => ({ ...later, ...joined(earlier, later) }),
    ),
    dependencies: foldParts(
      oldestFirst.map(({ notes }) => notes.dependencies),
      (earlier, later) => ({ ...later, ...joined(earlier, later), count: earlier.count + later.count }),
    ),
    contributors: [...new Set(releases.flatMap(({ notes }) => notes.contributors))],
    changelog: joinedChangelog(oldestFirst.flatMap(({ notes }) => notes.changelog ?? [])),
    cut: {
      items: releases.reduce((sum, { notes }) => sum + notes.cut.items, 0),
      characters: releases.reduce((sum, { notes }) => sum + notes.cut.characters, 0),
    },
  };
}

/** The keys under which an item is known again. */
function keysOf(item: NoteItem): readonly string[] {
  const references = referencesKey(item);
  return [`${item.component ?? ''} ${item.under ?? ''} ${wordsKey(item)}`, ...(references === null ? [] : [`reference ${references}`])];
}

/** The items of a section; one that a newer release has already gains the older version. Within one release nothing is folded: that was done when it was read. */
function foldItems(releases: readonly VersionedNotes[], name: NoteSection): readonly VersionedItem[] {
  const items: { item: NoteItem; versions: string[] }[] = [];
  const known = new Map<string, { item: NoteItem; versions: string[] }>();
  for (const { version, notes } of releases) {
    const fresh: { item: NoteItem; versions: string[] }[] = [];
    for (const item of notes.sections[name]) {
      const twin = keysOf(item)
        .map((key) => known.get(key))
        .find((other) => other !== undefined);
      if (twin === undefined) fresh.push({ item, versions: [version] });
      else if (twin.versions.at(-1) !== version) twin.versions.push(version);
    }
    items.push(...fresh);
    for (const entry of fresh) for (const key of keysOf(entry.item)) known.set(key, known.get(key) ?? entry);
  }
  return items.map(({ item, versions }) => ({ ...item, versions, fixedIn: null }));
}

/** For each key of a fix the index of the newest release that has it. */
function fixedBy(releases: readonly VersionedNotes[]): ReadonlyMap<string, number> {
  const fixed = new Map<string, number>();
  for (const [index, { notes }] of releases.entries()) {
    for (const key of notes.sections.fixes.flatMap(keysOf)) if (!fixed.has(key)) fixed.set(key, index);
  }
  return fixed;
}

/** The release that fixed a known issue, when it is newer than every release that knows it. */
function fixOf(item: VersionedItem, releases: readonly VersionedNotes[], fixes: ReadonlyMap<string, number>): string | null {
  const knownAt = releases.findIndex(({ version }) => version === item.versions[0]);
  const fixedAt = keysOf(item)
    .map((key) => fixes.get(key))
    .find((index) => index !== undefined && index < knownAt);
  return fixedAt === undefined ? null : (releases[fixedAt]?.version ?? null);
}

type Part = Pick<ComponentNote, 'name' | 'from' | 'to' | 'references'>;

/** Parts by name, from the oldest release to the newest; in the order of the newest that names them. */
function foldParts<P extends Part>(oldestFirst: readonly (readonly P[])[], join: (earlier: P, later: P) => P): readonly P[] {
  const parts = new Map<string, P>();
  for (const part of oldestFirst.flat()) {
    const key = part.name.toLowerCase();
    const earlier = parts.get(key);
    parts.set(key, earlier === undefined ? part : join(earlier, part));
  }
  const names = new Set(oldestFirst.toReversed().flatMap((list) => list.map(({ name }) => name.toLowerCase())));
  return [...names].flatMap((name) => parts.get(name) ?? []);
}

/** From where the older one began to where the newer one arrived. Where it began is not known when the older one does not say. */
function joined(earlier: Part, later: Part): Omit<Part, 'name'> {
  return {
    from: earlier.from,
    to: later.to ?? earlier.to,
    references: [...later.references, ...earlier.references].slice(0, MAX_REFERENCES),
  };
}

/** `a...b` and `b...c` as `a...c`. */
function joinedChangelog(oldestFirst: readonly ChangelogNote[]): ChangelogNote | null {
  const [oldest, newest] = [oldestFirst.at(0), oldestFirst.at(-1)];
  if (oldest === undefined || newest === undefined || oldest === newest) return newest ?? null;
  const [from] = oldest.text.split('...');
  const to = newest.text.split('...').at(1);
  if (from === undefined || to === undefined) return newest;
  const text = `${from}...${to}`;
  const base = newest.url?.endsWith(`/compare/${newest.text}`) === true ? newest.url.slice(0, -newest.text.length) : null;
  return { text, url: base === null ? null : base + text };
}
