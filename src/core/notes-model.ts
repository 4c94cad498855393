/**
 * Release notes as data: what a release page says, by what it means for a reader. Plain JSON; every text is data, never markup.
 * notes.ts reads them from a page, notes-aggregate.ts joins those of several releases, notes-change.ts compares two readings of one.
 */
import { type Line, plainLine } from './message.ts';

/** What the items of release notes are about, in the order a reader has to read them. */
export const NOTE_SECTIONS = [
  'retraction',
  'security',
  'breaking',
  'knownIssues',
  'highlights',
  'features',
  'fixes',
  'other',
  'chores',
] as const;

/**
 * `retraction`: the page says not to take this release. `breaking`: breaking changes and what to know before upgrading.
 * `highlights`: prose. `other`: what fits no section. `chores`: documentation, tests, CI: nothing a node would notice.
 */
export type NoteSection = (typeof NOTE_SECTIONS)[number];

/** Something for each section. */
export function perSection<T>(of: (name: NoteSection) => T): Readonly<Record<NoteSection, T>> {
  return {
    retraction: of('retraction'),
    security: of('security'),
    breaking: of('breaking'),
    knownIssues: of('knownIssues'),
    highlights: of('highlights'),
    features: of('features'),
    fixes: of('fixes'),
    other: of('other'),
    chores: of('chores'),
  };
}

/** The sections whose growth after publication is news, worst first. */
export const GRAVE_SECTIONS = ['retraction', 'security', 'breaking', 'knownIssues'] as const satisfies readonly NoteSection[];

/** A pull request, issue or commit. Data, so that no renderer links or pings by accident. */
export interface NoteReference {
  readonly kind: 'number' | 'commit';
  /** `4103`, `2b0b20c`. */
  readonly id: string;
  /** Whose it is: a component (`kairos-agent`), another repository (`owner/name`), or null for the release's own repository. */
  readonly scope: string | null;
  /** Where it is, when the page or the release's own repository says so. */
  readonly url: string | null;
}

export interface NoteItem {
  /** What it says, without its prefix, authors and trailing references. */
  readonly text: Line;
  /** Account names without `@`. */
  readonly authors: readonly string[];
  readonly references: readonly NoteReference[];
  /** The component it is a change of; null for the release's own and where the page does not say. */
  readonly component: string | null;
  /** The heading or label it stands under; null where that says no more than the section does. */
  readonly under: string | null;
}

/** A component of the release: `Version: a -> b`, a row of an "updated packages" table, or a bump of one of Kairos' own parts. */
export interface ComponentNote {
  readonly name: string;
  /** Null where the page does not say. Equal to `to` for "no changes". */
  readonly from: string | null;
  readonly to: string | null;
  readonly references: readonly NoteReference[];
}

/** All bumps of one dependency. */
export interface DependencyNote {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly count: number;
  readonly references: readonly NoteReference[];
}

/** The "Full Changelog" line. */
export interface ChangelogNote {
  /** `v4.1.0...v4.1.1`. */
  readonly text: string;
  readonly url: string | null;
}

export interface Notes {
  /** Nothing is written yet: an empty body, or the `Release vX` the first finished build leaves. */
  readonly placeholder: boolean;
  readonly sections: Readonly<Record<NoteSection, readonly NoteItem[]>>;
  readonly components: readonly ComponentNote[];
  readonly dependencies: readonly DependencyNote[];
  /** Account names of new contributors, without `@`. */
  readonly contributors: readonly string[];
  readonly changelog: ChangelogNote | null;
  /** What was too much and is not in here; zero for any body a person would write. */
  readonly cut: { readonly items: number; readonly characters: number };
}

/** What an item refers to, as a key; null when to nothing. */
export function referencesKey({ references }: Pick<NoteItem, 'references'>): string | null {
  if (references.length === 0) return null;
  return references
    .map(({ kind, id, scope }) => `${scope ?? ''}${kind === 'number' ? '#' : '@'}${kind === 'commit' ? id.slice(0, 7) : id}`)
    .sort()
    .join(' ');
}

/** What an item says, as a key: its words without marks, blanks and case. */
export function wordsKey({ text }: Pick<NoteItem, 'text'>): string {
  return plainLine(text)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
