/**
 * The blocks of a body as entries in their order: each bullet, paragraph, alert and table row, with what the headings and
 * labels above it say. People wrote these pages over years without a template, so a label may be a heading, a bold line, a line
 * with a colon, or an emoji of its own.
 */
import type { Blockquote, List, ListItem, Paragraph, PhrasingContent, RootContent, Table } from 'mdast';
import { continuation, isContinuation, linesOf, withoutTags } from './notes-lines.ts';
import { plainOf, type Scope, type Token, tokensOf, visible } from './notes-runs.ts';
import { componentHeading, type HeadingKind, headingKind, type Kind, prefixOf } from './notes-words.ts';

/** Where an entry stands. */
export interface Place {
  /** The section its heading names; null when it names none. */
  readonly kind: HeadingKind;
  /** A heading or label with words of its own. */
  readonly under: string | null;
  /** The component whose changes are listed; null outside the differences by component. */
  readonly component: string | null;
  /** The list of the pull requests of a release and the differences by component name the same changes twice. */
  readonly part: 'changes' | 'components';
  /** Written by the image factory for machines: `<!-- kairos-factory:… -->`. */
  readonly aside: boolean;
}

export type Entry =
  | { readonly kind: 'item'; readonly form: 'bullet' | 'prose' | 'alert'; readonly place: Place; readonly tokens: readonly Token[] }
  | { readonly kind: 'row'; readonly place: Place; readonly head: readonly string[]; readonly cells: readonly string[] }
  | { readonly kind: 'code'; readonly place: Place; readonly language: string; readonly text: string };

/** A heading, its depth, and what it means until one of its depth or above. */
interface Level {
  readonly depth: number;
  readonly place: Place;
}

/** Words of a label: a short line above a list, not a sentence. */
const MAX_LABEL = 60;
/** Words of a section's name. */
const MAX_NAME = 3;
/** A heading longer than this is a sentence. */
const MAX_HEADING = 50;

const TOP: Place = { kind: null, under: null, component: null, part: 'changes', aside: false };

export function entriesOf(nodes: readonly RootContent[], repository: string | null): readonly Entry[] {
  return new Reader(nodes, repository).entries;
}

class Reader {
  readonly entries: Entry[] = [];
  readonly #repository: string | null;
  readonly #urls: ReadonlyMap<string, string>;
  #levels: readonly Level[] = [];
  /** Set by a label line until the next heading or label. */
  #label: Place | null = null;
  #head: readonly string[] = [];
  #aside = false;
  /** The last line of the last alert. */
  #alertEnd = 0;

  constructor(nodes: readonly RootContent[], repository: string | null) {
    this.#repository = repository;
    this.#urls = new Map(nodes.flatMap((node) => (node.type === 'definition' ? [[node.identifier, node.url]] : [])));
    for (const [index, node] of nodes.entries()) {
      if (node.type === 'heading') this.#heading(node.depth, plainOf(node.children) + continuation(node, nodes[index + 1]));
      else if (!isContinuation(nodes[index - 1], node)) this.#block(node, nodes[index + 1]?.type ?? null);
    }
  }

  get #place(): Place {
    const place = this.#label ?? this.#levels.at(-1)?.place ?? TOP;
    return this.#aside ? { ...place, aside: true } : place;
  }

  #isOwn(component: string): boolean {
    return component.toLowerCase() === (this.#repository?.split('/')[1] ?? 'kairos').toLowerCase();
  }

  #heading(depth: number, text: string): void {
    const above = this.#levels.filter((level) => level.depth < depth);
    const outer = above.at(-1)?.place ?? TOP;
    this.#label = null;
    const { kind, rest } = prefixOf(text.trim());
    const words = rest.replace(/[\s:]+$/, '');
    const component = componentHeading(words);
    const named = headingKind(words) ?? kind;
    // A heading that is a sentence is told as one.
    const sentence = component === null && words.length > MAX_HEADING && named !== 'general';
    const place: Place =
      component !== null
        ? { kind: 'general', under: null, component: this.#isOwn(component) ? null : component, part: 'components', aside: false }
        : {
            ...outer,
            kind: named ?? outer.kind,
            under: sentence ? null : named === null ? words || outer.under : ownWords(words, headingKind(words)),
          };
    if (component !== null || named !== null) this.#aside = false;
    this.#levels = [...above, { depth, place }];
    if (sentence) this.#add('prose', kind === 'breaking' ? { ...place, kind } : place, [{ kind: 'text', text: words }]);
  }

  #scope(place: Place): Scope {
    return { repository: this.#repository, component: place.component };
  }

  #tokens(nodes: readonly PhrasingContent[]): readonly Token[] {
    return tokensOf(nodes, this.#scope(this.#place), this.#urls);
  }

  #block(node: RootContent, next: RootContent['type'] | null): void {
    switch (node.type) {
      case 'paragraph':
        this.#paragraph(node, next);
        return;
      case 'list':
        this.#list(node, this.#place);
        return;
      case 'blockquote':
        this.#quote(node);
        return;
      case 'table':
        this.#table(node);
        return;
      case 'code':
        this.entries.push({ kind: 'code', place: this.#place, language: node.lang ?? '', text: visible(node.value) });
        return;
      case 'html':
        if (node.value.includes('<!-- kairos-factory:')) this.#aside = true;
        this.#add('prose', this.#place, [{ kind: 'text', text: withoutTags(node.value) }]);
        return;
      case 'footnoteDefinition':
        for (const child of node.children) this.#block(child, null);
        return;
      default:
        return;
    }
  }

  #add(form: 'bullet' | 'prose' | 'alert', place: Place, tokens: readonly Token[]): void {
    if (tokens.some((token) => !('text' in token) || token.text.trim() !== '')) this.entries.push({ kind: 'item', form, place, tokens });
  }

  #paragraph(node: Paragraph, next: RootContent['type'] | null): void {
    const words = plainOf(node.children).trim();
    const cells = words.startsWith('|') && words.endsWith('|') ? words.split('|').slice(1, -1) : [];
    if (cells.length > 1 && cells.length === this.#head.length) {
      // A row of a table that lost its place: Renovate puts blank lines between them.
      this.entries.push({ kind: 'row', place: this.#place, head: this.#head, cells: cells.map((cell) => cell.trim()) });
      return;
    }
    const tokens = this.#tokens(node.children);
    const short = words.length <= MAX_LABEL && !tokens.some(({ kind }) => kind === 'break');
    if (short && (next === 'list' || words.endsWith(':')) && this.#setLabel(words, next)) return;
    if (this.#joinsAlert(node, tokens)) return;
    // A label with its text in the next line of the same paragraph.
    const end = tokens.findIndex(({ kind }) => kind === 'break');
    const head = tokens
      .slice(0, Math.max(0, end))
      .map((token) => ('text' in token ? token.text : ''))
      .join('')
      .trim();
    const labelled = head.length <= MAX_LABEL && head.endsWith(':') && this.#setLabel(head, null);
    for (const line of linesOf(labelled ? tokens.slice(end + 1) : tokens)) this.#add('prose', this.#place, line);
  }

  /** Hard wrapping pushes the end of an alert out of it: the line right below it still belongs to it. */
  #joinsAlert(node: Paragraph, tokens: readonly Token[]): boolean {
    const last = this.entries.at(-1);
    if (last?.kind !== 'item' || last.form !== 'alert' || node.position?.start.line !== this.#alertEnd + 1) return false;
    this.entries[this.entries.length - 1] = { ...last, tokens: [...last.tokens, { kind: 'break' }, ...tokens] };
    return true;
  }

  /** True when the words were a label and nothing else. */
  #setLabel(words: string, next: RootContent['type'] | null): boolean {
    const outer = this.#levels.at(-1)?.place ?? TOP;
    const { kind, rest } = prefixOf(words.replace(/\s*:[a-z_]+:$/, (end) => (words === end ? end : '')));
    const label = rest.replace(/[\s:]+$/, '').trim();
    const named = headingKind(label) ?? kind;
    if (isGrave(outer.kind) && named !== null && !isGrave(named)) return false;
    if (named === null && next !== 'list') return false;
    this.#label =
      named === null ? { ...outer, under: label || outer.under } : { ...outer, kind: named, under: ownWords(label, headingKind(label)) };
    return true;
  }

  #list(list: List, place: Place): void {
    for (const item of list.children) this.#item(item, place);
  }

  /** A bullet with all its paragraphs; the lists inside it are bullets of their own. */
  #item(item: ListItem, place: Place): void {
    const tokens: Token[] = [];
    for (const child of item.children) {
      if (tokens.length > 0) tokens.push({ kind: 'break' });
      if (child.type === 'paragraph') tokens.push(...this.#tokens(child.children));
      else if (child.type === 'heading') tokens.push({ kind: 'strong', text: plainOf(child.children) });
      else if (child.type === 'code') tokens.push({ kind: 'code', text: visible(child.value) });
      else if (child.type === 'html') tokens.push({ kind: 'text', text: withoutTags(child.value) });
    }
    this.#add('bullet', place, tokens);
    for (const child of item.children) {
      if (child.type === 'list') this.#list(child, place);
      else if (child.type === 'blockquote' || child.type === 'table') this.#block(child, null);
    }
  }

  /** `> [!WARNING]` with all it says as one entry; any other quote as the blocks in it. */
  #quote(quote: Blockquote): void {
    const [first, ...others] = quote.children;
    const [, name = ''] = (first?.type === 'paragraph' && /^\\?\[!([A-Z]+)\]/i.exec(plainOf(first.children).trim())) || [];
    const kind = ALERTS.get(name.toUpperCase());
    if (first?.type !== 'paragraph' || kind === undefined) {
      for (const [index, child] of quote.children.entries()) this.#block(child, quote.children[index + 1]?.type ?? null);
      return;
    }
    const tokens: Token[] = [...withoutMark(this.#tokens(first.children))];
    for (const child of others) {
      tokens.push({ kind: 'break' }, ...this.#textOf(child));
    }
    this.#alertEnd = quote.position?.end.line ?? 0;
    this.#add('alert', { ...this.#place, kind, under: null }, tokens);
  }

  /** All that a block says, as one line. */
  #textOf(node: RootContent | ListItem): readonly Token[] {
    switch (node.type) {
      case 'paragraph':
      case 'heading':
        return this.#tokens(node.children);
      case 'code':
        return [{ kind: 'code', text: visible(node.value) }];
      case 'html':
        return [{ kind: 'text', text: withoutTags(node.value) }];
      case 'list':
      case 'listItem':
      case 'blockquote':
        return node.children.flatMap((child): readonly Token[] => [{ kind: 'break' }, ...this.#textOf(child)]);
      case 'table':
        return node.children.map(({ children }) => ({
          kind: 'text',
          text: ` ${children.map((cell) => plainOf(cell.children)).join(' ')}`,
        }));
      default:
        return [];
    }
  }

  #table({ children: [head, ...rows] }: Table): void {
    this.#head = head?.children.map((cell) => plainOf(cell.children).trim()) ?? [];
    for (const row of rows) {
      const cells = row.children.map((cell) => plainOf(cell.children).trim());
      if (cells.some((cell) => cell !== '')) this.entries.push({ kind: 'row', place: this.#place, head: this.#head, cells });
    }
  }
}

/** GitHub's alerts. What a caution is about is decided by its words; see notes.ts. */
const ALERTS: ReadonlyMap<string, Kind> = new Map([
  ['CAUTION', 'breaking'],
  ['WARNING', 'breaking'],
  ['IMPORTANT', 'highlights'],
  ['NOTE', 'highlights'],
  ['TIP', 'highlights'],
]);

function withoutMark(tokens: readonly Token[]): readonly Token[] {
  const [first, ...rest] = tokens;
  return first?.kind === 'text' ? [{ kind: 'text', text: first.text.replace(/^\s*\[![A-Za-z]+\]\s*/, '') }, ...rest] : tokens;
}

/** A heading that names its section in more than a few words, or only by its emoji, says something of its own. */
function ownWords(words: string, named: HeadingKind): string | null {
  const fewWords = named !== null && words.split(/\s+/).length <= MAX_NAME;
  return fewWords || words === '' || named === 'general' || named === 'contributors' ? null : words;
}

export function isGrave(kind: HeadingKind): boolean {
  return kind === 'retraction' || kind === 'security' || kind === 'breaking' || kind === 'knownIssues';
}
