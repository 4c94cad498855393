/**
 * Release notes: a Markdown body as sections, read on its syntax tree. Whatever is in a body, reading it ends soon, never
 * throws, and loses nothing but images, markup and what is counted as cut.
 */
import type { Inline } from './message.ts';
import { type Entry, entriesOf, isGrave, type Place } from './notes-blocks.ts';
import { bumpOf, versionLine } from './notes-bump.ts';
import { type Draft, draftOf, tidy } from './notes-item.ts';
import {
  type ChangelogNote,
  NOTE_SECTIONS,
  type NoteItem,
  type NoteSection,
  type Notes,
  perSection,
  referencesKey,
  wordsKey,
} from './notes-model.ts';
import { Parts, pairOfRow, pairsOfDiff } from './notes-parts.ts';
import { labelOf, type Scope, scanned, type Token } from './notes-runs.ts';
import { blocksOf } from './notes-tree.ts';
import { advisoriesIn, isAboutSecurity, type Kind, kindOfWords, type Prefix, prefixOf, saysRetracted } from './notes-words.ts';

export interface NotesOptions {
  /** `kairos-io/kairos`: whose release it is, so that `#1` is known to be one of its own; null when that is not known. */
  readonly repository: string | null;
}

const MAX_ITEMS = 500;
const MAX_CONTRIBUTORS = 100;
/** A paragraph up to this long is a commit's subject rather than prose. */
const SUBJECT = 80;
const MAX_CODE = 300;

/** The notes a body holds. */
export function readNotes(body: string, { repository }: NotesOptions): Notes {
  const { nodes, cut } = blocksOf(body);
  const collected = new Collected(repository, cut);
  for (const entry of entriesOf(nodes, repository)) collected.add(entry);
  return collected.notes;
}

class Collected {
  readonly #repository: string | null;
  readonly #sections = perSection((): NoteItem[] => []);
  readonly #parts = new Parts();
  readonly #contributors = new Set<string>();
  /** In which part of the page a reference or a text was seen first. */
  readonly #seen = new Map<string, Place['part']>();
  #changelog: ChangelogNote | null = null;
  #items = 0;
  #cutItems = 0;
  #cutCharacters: number;
  #own = 0;

  constructor(repository: string | null, cutCharacters: number) {
    this.#repository = repository;
    this.#cutCharacters = cutCharacters;
  }

  get notes(): Notes {
    return {
      placeholder: this.#own === 0,
      sections: this.#sections,
      components: this.#parts.components,
      dependencies: this.#parts.dependencies,
      contributors: [...this.#contributors],
      changelog: this.#changelog,
      cut: { items: this.#cutItems + this.#parts.cut, characters: this.#cutCharacters },
    };
  }

  add(entry: Entry): void {
    const said = this.#said(entry);
    // What the image factory appends says nothing about what changed.
    if (said && !entry.place.aside) this.#own += 1;
  }

  /** False for what says nothing: the placeholder. */
  #said(entry: Entry): boolean {
    switch (entry.kind) {
      case 'code':
        return this.#code(entry.place, entry.language, entry.text);
      case 'row': {
        const pair = pairOfRow(entry.head, entry.cells);
        if (pair !== null) this.#parts.state(pair.name, pair.from, pair.to);
        else this.#item('bullet', entry.place, [{ kind: 'text', text: entry.cells.filter((cell) => cell !== '').join(' · ') }]);
        return true;
      }
      default:
        return this.#item(entry.form, entry.place, entry.tokens);
    }
  }

  #code(place: Place, language: string, text: string): boolean {
    const pairs = language === 'diff' ? pairsOfDiff(text) : [];
    for (const { name, from, to } of pairs) this.#parts.state(name, from, to);
    if (pairs.length > 0 || text.trim() === '') return true;
    const shown = text.slice(0, MAX_CODE).toWellFormed().replace(/\s+/g, ' ').trim();
    this.#cutCharacters += text.length - Math.min(text.length, MAX_CODE);
    this.#keep(isGrave(place.kind) ? sectionOf(place.kind) : 'other', {
      text: [{ kind: 'code', text: shown }, ...(text.length > MAX_CODE ? ['…'] : [])],
      authors: [],
      references: [],
      component: place.component,
      under: place.under,
    });
    return true;
  }

  #item(form: 'bullet' | 'prose' | 'alert', place: Place, tokens: readonly Token[]): boolean {
    const scope: Scope = { repository: this.#repository, component: place.component };
    if (place.kind === 'contributors') {
      const names = scanned(tokens, scope).flatMap((token) => (token.kind === 'mention' ? [token.name] : []));
      for (const name of names.slice(0, MAX_CONTRIBUTORS - this.#contributors.size)) this.#contributors.add(name);
      if (names.length > 0) return true;
    }
    const changelog = form === 'bullet' ? null : changelogOf(tokens);
    if (changelog !== null) {
      this.#changelog = changelog;
      return true;
    }
    const draft = draftOf(tokens, scope);
    const prefix = prefixOf(typeof draft.text[0] === 'string' ? draft.text[0] : '');
    const text = withoutPrefix(draft, prefix);
    const plain = text.map((run) => (typeof run === 'string' ? run : run.text)).join('');
    if (form === 'prose' && /^Release v?\d\S{0,60}$/i.test(plain)) return false;
    this.#cutCharacters += draft.cut;
    if (text.length === 0) return true;
    const version = place.component !== null || place.part === 'components' ? versionLine(plain) : null;
    if (version !== null) {
      this.#parts.state(place.component ?? this.#repository?.split('/')[1] ?? 'kairos', version.from, version.to);
      return true;
    }
    const { authors, references } = draft;
    const { component, under } = place;
    const repeated = under !== null && plain.toLowerCase().startsWith(under.toLowerCase());
    this.#sort(form, place, prefix, plain, { text, authors, references, component, under: repeated ? null : under });
    return true;
  }

  #sort(form: 'bullet' | 'prose' | 'alert', place: Place, prefix: Prefix, plain: string, item: NoteItem): void {
    if (this.#isKnown(item, place.part)) return;
    const subject =
      form === 'bullet' || (form === 'prose' && plain.length <= SUBJECT && !plain.endsWith('.') && place.kind !== 'highlights');
    const kind = graveKind(form, place, prefix, plain) ?? plainKind(subject, place, prefix, plain);
    const mayBump = kind === 'dependencies' || (subject && (kind === null || (kind === 'chores' && place.kind !== 'chores')));
    const bump = mayBump ? bumpOf(plain, kind === 'dependencies') : null;
    if (bump !== null) this.#parts.bump(bump, item.references);
    else this.#keep(kind === 'dependencies' ? 'chores' : (kind ?? (subject ? (kindOfWords(plain) ?? 'other') : 'highlights')), item);
  }

  /** The same change in the other part of the page, or the same words twice in one. */
  #isKnown(item: NoteItem, part: Place['part']): boolean {
    const references = referencesKey(item);
    const words = wordsKey(item);
    const keys = [...(references === null ? [] : [`reference ${references}`]), `words ${words}`];
    const elsewhere = keys.some((key) => this.#seen.has(key) && this.#seen.get(key) !== part);
    const twice = `twice ${item.component} ${item.under} ${references} ${words}`;
    const again = this.#seen.has(twice);
    for (const key of [...keys, twice]) if (!this.#seen.has(key)) this.#seen.set(key, part);
    return elsewhere || again;
  }

  #keep(section: NoteSection, item: NoteItem): void {
    this.#items += 1;
    if (this.#items > MAX_ITEMS * 2 || this.#sections[section].length >= MAX_ITEMS) this.#cutItems += 1;
    else this.#sections[section].push(item);
  }
}

/** The section of what a reader must not miss; null for everything else. */
function graveKind(form: 'bullet' | 'prose' | 'alert', place: Place, prefix: Prefix, plain: string): NoteSection | null {
  const grave = isGrave(place.kind);
  if (place.kind === 'retraction') return 'retraction';
  // A bullet of the changes that begins "do not" is a change.
  if ((form !== 'bullet' || grave) && saysRetracted(plain)) return 'retraction';
  if (form === 'alert' && isAboutSecurity(plain)) return 'security';
  if (grave) return sectionOf(place.kind);
  if (prefix.kind === 'breaking') return 'breaking';
  return advisoriesIn(plain).length > 0 || (form === 'prose' && (place.kind === null || place.kind === 'general') && isAboutSecurity(plain))
    ? 'security'
    : null;
}

/** What its heading or its prefix says; null when they say nothing. */
function plainKind(subject: boolean, place: Place, prefix: Prefix, plain: string): Kind | null {
  if (place.kind === 'highlights') {
    const words = subject ? kindOfWords(plain) : null;
    return prefix.kind ?? (words === null || words === 'chores' ? 'highlights' : words);
  }
  return place.kind === null || place.kind === 'general' || place.kind === 'contributors' ? prefix.kind : place.kind;
}

function sectionOf(kind: Place['kind']): NoteSection {
  return NOTE_SECTIONS.find((name) => name === kind) ?? 'other';
}

/** The text behind its prefix. What is nothing but a reference is that reference. */
function withoutPrefix({ text: [first, ...others], references }: Draft, { rest }: Prefix): readonly Inline[] {
  const runs = tidy(typeof first === 'string' ? [rest, ...others] : first === undefined ? [] : [first, ...others]);
  if (runs.length > 0) return runs;
  return references.length === 0 ? [] : [references.map(labelOf).join(', ')];
}

/** `**Full Changelog**: …`, its link or its range; null for other lines. */
function changelogOf(tokens: readonly Token[]): ChangelogNote | null {
  const line = tokens.map((token) => ('text' in token ? token.text : ' ')).join('');
  if (line.length > 600 || !/^\s*full changelog\b/i.test(line)) return null;
  const url = tokens.find((token) => token.kind === 'link')?.url ?? null;
  const range = /([^\s/]{1,120}\.{2,3}[^\s/]{1,120})\s*$/.exec(line)?.[1] ?? url ?? line.replace(/^\s*full changelog\W*/i, '');
  return { text: range, url };
}
