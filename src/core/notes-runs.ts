/**
 * The inline part of a Markdown tree as runs of text, with the people and the pull requests in them told apart: a name after `@`
 * or a `#1` must never reach a place where it pings somebody or links to the wrong repository.
 */
import type { PhrasingContent } from 'mdast';
import type { NoteReference } from './notes-model.ts';

export type Token =
  | { readonly kind: 'text' | 'code' | 'strong'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string }
  | { readonly kind: 'mention'; readonly name: string }
  | { readonly kind: 'reference'; readonly text: string; readonly reference: NoteReference }
  | { readonly kind: 'break' };

/** Whose release it is, and what the part of the page is about. */
export interface Scope {
  /** `kairos-io/kairos`; null when not known. */
  readonly repository: string | null;
  /** The component whose changes are listed; a bare `#1` is then that component's. */
  readonly component: string | null;
}

/** Format characters: Renovate puts zero-width spaces behind `@` and `#`, an attacker puts direction marks. Tags and joiners go with them. */
const INVISIBLE = /[\p{Cf}\p{Cs}]|(?![\n\t\r])\p{Cc}/gu;

export function visible(text: string): string {
  return text.replace(INVISIBLE, '');
}

const MAX_URL = 1_000;

/** The address when it is one to link to: http or https, no user name in it. */
function webAddress(url: string): URL | null {
  const parsed = url.length > MAX_URL ? null : URL.parse(url);
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === '' ? parsed : null;
}

/** The tokens of inline nodes. Text is not looked into yet; see scanned(). Images and HTML tags leave nothing. */
export function tokensOf(nodes: readonly PhrasingContent[], scope: Scope, urls: ReadonlyMap<string, string>): readonly Token[] {
  const tokens: Token[] = [];
  for (const node of nodes) collect(node, tokens, scope, urls);
  return tokens;
}

function collect(node: PhrasingContent, into: Token[], scope: Scope, urls: ReadonlyMap<string, string>): void {
  switch (node.type) {
    case 'text':
      into.push(...broken(visible(node.value)));
      return;
    case 'inlineCode':
      into.push({ kind: 'code', text: visible(node.value) });
      return;
    case 'break':
      into.push({ kind: 'break' });
      return;
    case 'html':
      if (/^<br\b/i.test(node.value)) into.push({ kind: 'break' });
      return;
    case 'link':
      into.push(linkToken(plainOf(node.children), node.url, scope));
      return;
    case 'linkReference': {
      const url = urls.get(node.identifier);
      if (url === undefined) for (const child of node.children) collect(child, into, scope, urls);
      else into.push(linkToken(plainOf(node.children), url, scope));
      return;
    }
    case 'strong': {
      const inner = tokensOf(node.children, scope, urls);
      const onlyText = inner.every(({ kind }) => kind === 'text' || kind === 'break' || kind === 'strong');
      if (onlyText) into.push({ kind: 'strong', text: plainOf(node.children) });
      else into.push(...inner);
      return;
    }
    case 'emphasis':
    case 'delete':
      for (const child of node.children) collect(child, into, scope, urls);
      return;
    default:
      // Images, footnote marks: nothing to read.
      return;
  }
}

/** Text with its line breaks as tokens. */
function broken(text: string): readonly Token[] {
  return text.split('\n').flatMap((line, index): readonly Token[] => {
    const own: readonly Token[] = line === '' ? [] : [{ kind: 'text', text: line }];
    return index === 0 ? own : [{ kind: 'break' }, ...own];
  });
}

/** The words of inline nodes without any mark; of an image its description. */
export function plainOf(nodes: readonly PhrasingContent[]): string {
  return nodes
    .map((node): string => {
      if ('children' in node) return plainOf(node.children);
      if (node.type === 'image' || node.type === 'imageReference') return visible(node.alt ?? '');
      if (node.type === 'break') return ' ';
      return node.type === 'html' || !('value' in node) ? '' : visible(node.value);
    })
    .join('')
    .replace(/\s+/g, ' ');
}

/**
 * A link by what it leads to: a person, a pull request, a commit, or somewhere. One that leads nowhere allowed is its text. `@` is
 * written as `%40`, which is the same address and looks like no mention to whoever searches a message for one.
 */
function linkToken(text: string, url: string, scope: Scope): Token {
  const address = webAddress(url);
  const label = text.trim();
  if (address === null) return { kind: 'text', text };
  if (/^(?:www\.|redirect\.)?github\.com$/i.test(address.hostname)) {
    const path = address.pathname;
    if (/^@[\w-]+(?:\[bot\])?$/.test(label) && /^\/(?:apps\/)?[\w-]+\/?$/.test(path)) return { kind: 'mention', name: label.slice(1) };
    const reference = referenceAt(address, scope);
    // A link with words of its own stays a link: the words are part of the sentence.
    if (reference !== null && /^(?:https?:\/\/\S+|[\w./-]*#\d+|[0-9a-f]{7,40}|)$/i.test(label)) {
      return { kind: 'reference', text: labelOf(reference), reference };
    }
  }
  return { kind: 'link', text: label === '' ? address.host + address.pathname : label, url: address.href.replaceAll('@', '%40') };
}

function referenceAt(address: URL, scope: Scope): NoteReference | null {
  const path = address.pathname;
  const [, owner = '', name = '', commitOfPull, number, commit] =
    /^\/([\w.-]+)\/([\w.-]+)\/(?:pull\/\d+\/commits\/([0-9a-f]{7,40})|(?:issues|pull|discussions)\/(\d{1,9})|commit\/([0-9a-f]{7,40}))\/?$/.exec(
      path,
    ) ?? [];
  const id = number ?? commitOfPull ?? commit;
  if (id === undefined) return null;
  return {
    kind: number === undefined ? 'commit' : 'number',
    id,
    scope: scopeOf(`${owner}/${name}`, scope.repository),
    url: `https://github.com${path}`,
  };
}

/** A repository as a scope: null for the release's own, the bare name for a sister of it. */
function scopeOf(repository: string, own: string | null): string | null {
  const name = repository.toLowerCase();
  if (name === own?.toLowerCase()) return null;
  const [owner, bare] = name.split('/');
  return owner === (own ?? 'kairos-io/kairos').toLowerCase().split('/')[0] ? (bare ?? name) : name;
}

/** `#4103`, `kairos-agent#1114`, `2b0b20c`. */
export function labelOf({ kind, id, scope }: NoteReference): string {
  return kind === 'number' ? `${scope ?? ''}#${id}` : id.slice(0, 7);
}

/** A mention, a reference with or without its repository, or a commit at the end of a line behind "in" or a bracket. */
const FOUND =
  /(?<![\w/@.`-])@([a-z\d][a-z\d-]{0,38}(?:\[bot\])?)(?![\w/@])|(?<![\w/.#-])([\w.-]{1,60}\/[\w.-]{1,60})?#(\d{1,9})(?!\w)|(?<=(?:\bin |\())([0-9a-f]{7,40})(?=\)?\s*$)/gi;

/** One line: breaks as blanks, runs of text joined, and what they mention or refer to as tokens. */
export function scanned(tokens: readonly Token[], scope: Scope): readonly Token[] {
  const joined: Token[] = [];
  for (const token of tokens) {
    const text = token.kind === 'break' ? ' ' : token.kind === 'text' ? token.text : null;
    const last = joined.at(-1);
    if (text === null) joined.push(token);
    else if (last?.kind === 'text') joined[joined.length - 1] = { kind: 'text', text: last.text + text };
    else joined.push({ kind: 'text', text });
  }
  return joined.flatMap((token, index) => {
    if (token.kind !== 'text') return [token];
    // `…/pull/1` linked, and the `/commits/…` behind it left over.
    const text = joined[index - 1]?.kind === 'reference' ? token.text.replace(/^\/(?:commits|files)(?:\/[0-9a-f]{7,40})?/, '') : token.text;
    return scannedText(text.replace(/\s+/g, ' '), scope);
  });
}

function scannedText(text: string, scope: Scope): readonly Token[] {
  const tokens: Token[] = [];
  let from = 0;
  for (const { index, 0: whole, 1: name, 2: repository, 3: number, 4: commit } of text.matchAll(FOUND)) {
    if (commit !== undefined && !/\d/.test(commit)) continue;
    if (index > from) tokens.push({ kind: 'text', text: text.slice(from, index) });
    if (name !== undefined) tokens.push({ kind: 'mention', name });
    else tokens.push(referenceToken(repository, number, commit ?? '', scope));
    from = index + whole.length;
  }
  if (from < text.length) tokens.push({ kind: 'text', text: text.slice(from) });
  return tokens;
}

function referenceToken(repository: string | undefined, number: string | undefined, commit: string, scope: Scope): Token {
  const own = repository === undefined ? (scope.component?.toLowerCase() ?? null) : scopeOf(repository, scope.repository);
  const home = repository ?? (scope.component === null ? scope.repository : null);
  const url = home === null ? null : `https://github.com/${home}/${number === undefined ? `commit/${commit}` : `issues/${number}`}`;
  const reference: NoteReference = { kind: number === undefined ? 'commit' : 'number', id: number ?? commit, scope: own, url };
  return { kind: 'reference', text: labelOf(reference), reference };
}
