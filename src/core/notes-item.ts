/** One bullet or paragraph as an item: who did it and where it was discussed apart from what it says. */
import type { Inline } from './message.ts';
import type { NoteReference } from './notes-model.ts';
import { type Scope, scanned, type Token } from './notes-runs.ts';

export interface Draft {
  readonly text: readonly Inline[];
  readonly authors: readonly string[];
  readonly references: readonly NoteReference[];
  /** Characters that were too many. */
  readonly cut: number;
}

const MAX_TEXT = 2_000;
const MAX_RUNS = 60;
const MAX_PEOPLE = 10;
const MAX_REFERENCES = 20;

const NO_TEXT = { kind: 'text', text: '' } as const;

/** The draft of one line of tokens. */
export function draftOf(tokens: readonly Token[], scope: Scope): Draft {
  const authors = new Set<string>();
  const references: NoteReference[] = [];
  const left = withoutTail(withoutBylines(scanned(tokens, scope), authors, references), authors, references);
  const inline = left.flatMap((token): readonly Inline[] => {
    if (token.kind === 'reference') {
      references.push(token.reference);
      return [token.text];
    }
    if (token.kind === 'mention') return [token.name];
    if (token.kind === 'break') return [' '];
    if (token.kind === 'text') return [token.text];
    return token.kind === 'link' ? [token] : [{ kind: token.kind, text: token.text }];
  });
  const { runs, cut } = bounded(tidy(inline));
  const unique = new Map(references.map((reference) => [`${reference.scope} ${reference.kind} ${reference.id}`, reference]));
  return { text: runs, authors: [...authors].slice(0, MAX_PEOPLE), references: [...unique.values()].slice(0, MAX_REFERENCES), cut };
}

const BY = /(?:^|(?<=[\s(]))(?:fixed )?by $/i;

/** `… by @a and @b in #1 …`: wherever it stands, it is no part of the sentence. */
function withoutBylines(tokens: readonly Token[], authors: Set<string>, references: NoteReference[]): readonly Token[] {
  const kept: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? NO_TEXT;
    const before = kept.at(-1);
    if (token.kind !== 'mention' || before?.kind !== 'text' || !BY.test(before.text)) {
      kept.push(token);
      continue;
    }
    kept[kept.length - 1] = { kind: 'text', text: before.text.replace(BY, '') };
    authors.add(token.name);
    while (isText(tokens[at + 1], /^\s*(?:,|and|&|,\s*and)\s*$/i) && tokens[at + 2]?.kind === 'mention') {
      const next = tokens[at + 2];
      if (next?.kind === 'mention') authors.add(next.name);
      at += 2;
    }
    if (at + 2 === tokens.length && isText(tokens[at + 1], /^\s*in\s*$/i)) at += 1;
    while (isText(tokens[at + 1], /^\s*(?:in|,|and)?\s*$/i) && tokens[at + 2]?.kind === 'reference') {
      const next = tokens[at + 2];
      if (next?.kind === 'reference') references.push(next.reference);
      at += 2;
    }
  }
  return kept;
}

function isText(token: Token | undefined, pattern: RegExp): boolean {
  return token?.kind === 'text' && pattern.test(token.text);
}

/** Words before a reference that make it part of the sentence. */
const NEEDED =
  /(?:^|[\s(])(?:see|fix(?:es|ed)?|closes?d?|resolves?d?|issues?|prs?|pull requests?|of|to|with|from|for|like|than|reverts?|per|via)\s*:?\s*$|:\s*$/i;

/** Authors and references at the end: `… #1 by @a`, `… (#1)`, `… in #1, #2`. */
function withoutTail(tokens: readonly Token[], authors: Set<string>, references: NoteReference[]): readonly Token[] {
  const rest = [...tokens];
  const found: NoteReference[] = [];
  for (;;) {
    const end = rest.findLastIndex((token) => !isText(token, /^(?:[\s,.)\]]|\/commits\/[0-9a-f]{7,40})*$/));
    const token = rest[end];
    const text = rest[end - 1];
    if (token?.kind === 'mention') {
      authors.add(token.name);
    } else if (token?.kind === 'reference' && end > 0 && !(text?.kind === 'text' && NEEDED.test(text.text.slice(-TAIL)))) {
      found.unshift(token.reference);
    } else {
      break;
    }
    rest.length = end;
    if (text?.kind === 'text') rest[end - 1] = { kind: 'text', text: withoutConnector(text.text) };
  }
  references.push(...found);
  return rest;
}

/** Only the end is looked at: a pattern that ends a text is tried at each of its characters. */
const TAIL = 40;

function withoutConnector(text: string): string {
  return text.slice(0, -TAIL) + text.slice(-TAIL).replace(/[\s,([]*(?:\b(?:in|by|and|fixed by))?[\s,([]*$/i, '');
}

/** Neighbouring plain runs as one, no blanks at the ends, no empty runs. */
export function tidy(runs: readonly Inline[]): readonly Inline[] {
  const joined: Inline[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (typeof run !== 'string') {
      if (run.text.trim() !== '') joined.push({ ...run, text: run.text.replace(/\s+/g, ' ') });
    } else if (typeof last === 'string') joined[joined.length - 1] = last + run;
    else joined.push(run);
  }
  const folded = joined.map((run) => (typeof run === 'string' ? run.replace(/\s+/g, ' ').replace(/ ([,;)])/g, '$1') : run));
  const [first, last] = [folded.at(0), folded.at(-1)];
  if (typeof first === 'string') folded[0] = first.trimStart();
  const end = folded.length - 1;
  const closing = end === 0 && typeof first === 'string' ? first.trim() : typeof last === 'string' ? last.trimEnd() : last;
  if (closing !== undefined) folded[end] = closing;
  return folded.filter((run) => run !== '');
}

function bounded(runs: readonly Inline[]): { readonly runs: readonly Inline[]; readonly cut: number } {
  const kept: Inline[] = [];
  let room = MAX_TEXT;
  let cut = 0;
  for (const run of runs) {
    const text = typeof run === 'string' ? run : run.text;
    const part = kept.length < MAX_RUNS ? text.slice(0, room).toWellFormed() : '';
    cut += text.length - part.length;
    room -= part.length;
    if (part !== '') kept.push(typeof run === 'string' ? part : { ...run, text: part });
  }
  if (cut > 0) kept.push('…');
  return { runs: kept, cut };
}
