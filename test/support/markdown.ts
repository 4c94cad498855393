/** What GitHub would make of a Markdown text: read by a parser that is not ours. */
import type { Nodes, Root } from 'mdast';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';

export function parseMarkdown(text: string): Root {
  return unified().use(remarkParse).use(remarkGfm).parse(text);
}

export function nodesOf<T extends Nodes['type']>(root: Root, type: T): readonly Extract<Nodes, { type: T }>[] {
  const found: Extract<Nodes, { type: T }>[] = [];
  const is = (node: Nodes): node is Extract<Nodes, { type: T }> => node.type === type;
  visit(root, (node) => {
    if (is(node)) found.push(node);
  });
  return found;
}

/** Text outside code, where GitHub looks for mentions, references and commits. */
export function proseOf(root: Root): string {
  return nodesOf(root, 'text')
    .map(({ value }) => value)
    .join('\n');
}

/** What GitHub turns into a ping or a link by itself. */
export const ACTIVE: readonly RegExp[] = [
  /@[A-Za-z0-9]/,
  /#\d/,
  /(?<![a-z0-9])GH-\d/i,
  /https?:\/\//i,
  /www\.[a-z]/i,
  /(?<![a-z0-9])[0-9a-f]{7,40}(?![a-z0-9])/i,
];
