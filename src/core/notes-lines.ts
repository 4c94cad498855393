/** Lines inside blocks: which begin an item of their own, which were only wrapped, and what HTML says. */
import type { RootContent } from 'mdast';
import { plainOf, type Token, visible } from './notes-runs.ts';
import { hasPrefix } from './notes-words.ts';

/** The rest of a heading that was wrapped. */
const MAX_REST = 60;

/**
 * A paragraph as the lines that are items of their own: each that begins with an emoji, and what follows a line that is a
 * reference only. Any other line break comes from wrapping.
 */
export function linesOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const items: Token[][] = [[]];
  let line: Token[] = [];
  let loneReference = false;
  const close = (next: Token | undefined): void => {
    loneReference =
      line.length > 0 && line.every((token) => token.kind === 'reference' || (token.kind === 'text' && token.text.trim() === ''));
    const text = next?.kind === 'text' ? next.text.trimStart() : '';
    if (hasPrefix(text) || (loneReference && /^\p{Lu}/u.test(text))) items.push([]);
    line = [];
  };
  for (const [index, token] of tokens.entries()) {
    items.at(-1)?.push(token);
    if (token.kind === 'break') close(tokens[index + 1]);
    else line.push(token);
  }
  return items;
}

/** HTML as its text, without a parser: what stands between the tags. Comments say nothing to a reader. */
export function withoutTags(html: string): string {
  let text = '';
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open === -1) return visible(text + html.slice(at));
    text += `${html.slice(at, open)} `;
    const comment = html.startsWith('<!--', open);
    const close = html.indexOf(comment ? '-->' : '>', open);
    if (close === -1) return visible(comment ? text : text + html.slice(open + 1));
    at = close + (comment ? 3 : 1);
  }
  return visible(text);
}

/** A heading that was hard-wrapped goes on in the line below it, in lower case. */
export function isContinuation(before: RootContent | undefined, node: RootContent): boolean {
  if (before?.type !== 'heading' || node.type !== 'paragraph') return false;
  const [end, start] = [before.position?.end.line ?? 0, node.position];
  const text = plainOf(node.children);
  return start?.start.line === end + 1 && start.end.line === start.start.line && text.length <= MAX_REST && /^[a-z]/.test(text);
}

export function continuation(heading: RootContent, next: RootContent | undefined): string {
  return next?.type === 'paragraph' && isContinuation(heading, next) ? ` ${plainOf(next.children)}` : '';
}
