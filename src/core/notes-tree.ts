/**
 * A Markdown body as syntax trees, whatever is in it. The parser (micromark) is right and is not linear: a page of `* * *` or
 * `> > >` costs it minutes or the stack, a page of `*a_` seconds (measured: 20 KB of `* ` 46 s, of `*a_ ` 3 s). So it gets the
 * body in pieces cut where a block ends, with the nesting of a line bounded, and with emphasis or links switched off in
 * a piece that holds more of their signs than a person would write.
 */
import type { RootContent } from 'mdast';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { type Processor, unified } from 'unified';

/** Longer bodies are cut; GitHub itself takes 125,000 characters. */
const MAX_BODY = 200_000;
const MAX_LINES = 10_000;
/** A piece ends at the next block after this many characters, and at the next line after twice as many. */
const PIECE = 3_000;
const LINE = 4_000;
/** Quotes and lists inside each other. */
const MAX_DEPTH = 8;
/** Signs of a kind in one piece. */
const MAX_MARKS = 400;
const MAX_UNDERLINES = 20;

export interface Blocks {
  readonly nodes: readonly RootContent[];
  /** Characters that were too many. */
  readonly cut: number;
}

/** The blocks of a body in their order. */
export function blocksOf(body: string): Blocks {
  const text = body.slice(0, MAX_BODY);
  const lines = text.split(/\r\n|[\n\r]/);
  const kept = lines.slice(0, MAX_LINES).map((line) => shallow(line.slice(0, LINE)));
  const beyond = lines.reduce((sum, line, index) => sum + (index < MAX_LINES ? Math.max(0, line.length - LINE) : line.length), 0);
  return { nodes: piecesOf(kept).flatMap(parse), cut: body.length - text.length + beyond };
}

/** A line with no more quotes and list items opened in it than a person would: the sign that opens one more is made text. */
function shallow(line: string): string {
  let depth = 0;
  for (const { index, 1: marker = '' } of line.matchAll(/[ \t]*(>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))/gy)) {
    depth += 1;
    if (depth <= MAX_DEPTH) continue;
    const at = line.indexOf(marker, index);
    const sign = at + marker.length - 1;
    return `${line.slice(0, sign)}\\${line.slice(sign)}`;
  }
  return line;
}

/** The lines in pieces that a parser can read one by one: fenced code and comments stay whole as far as they are not too long. */
function piecesOf(lines: readonly string[]): readonly string[] {
  const pieces: string[][] = [[]];
  let length = 0;
  let until: RegExp | null = null;
  let blank = true;
  for (const line of lines) {
    const may = until === null && (/^(?:#{1,6}[ \t]|[-*+][ \t])/.test(line) || (blank && /^\S/.test(line)));
    if ((length >= PIECE && may) || length >= 2 * PIECE) {
      pieces.push([]);
      length = 0;
    }
    pieces.at(-1)?.push(line);
    length += line.length + 1;
    blank = line.trim() === '';
    until = until === null ? opened(line) : until.test(line) ? null : until;
  }
  return pieces.map((piece) => piece.join('\n'));
}

/** What ends the fenced code or the comment that a line begins; null when it begins none. */
function opened(line: string): RegExp | null {
  const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1];
  if (fence !== undefined) return fence.startsWith('`') ? /^ {0,3}`{3,}[ \t]*$/ : /^ {0,3}~{3,}[ \t]*$/;
  return /^ {0,3}<!--/.test(line) && !line.includes('-->') ? /-->/ : null;
}

/** What a dense piece is read without, by its names in micromark and its GFM extension: emphasis, links and images, underlined headings. */
const SWITCHED_OFF = ['attention', 'strikethrough', 'labelStartImage', 'labelStartLink', 'labelEnd', 'setextUnderline'];

const READER = unified().use(remarkParse).use(remarkGfm).freeze();
const PLAIN_READER = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(function (this: Processor) {
    const data = this.data();
    data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { disable: { null: SWITCHED_OFF } }];
  })
  .freeze();

function parse(piece: string): readonly RootContent[] {
  const dense =
    count(piece, /[*_~]/g) > MAX_MARKS || count(piece, /[[\]]/g) > MAX_MARKS || count(piece, /^ {0,3}(?:=+|-+)[ \t]*$/gm) > MAX_UNDERLINES;
  return (dense ? PLAIN_READER : READER).parse(piece).children;
}

function count(text: string, sign: RegExp): number {
  return text.match(sign)?.length ?? 0;
}
