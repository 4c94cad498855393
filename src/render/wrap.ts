/** Lines of styled words within a width. Widths are counted in terminal columns: wide characters take two, combining marks none. */

/** A run of text in one style; null is plain. */
export interface Piece<S> {
  readonly text: string;
  readonly style: S | null;
}

const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u;
const ZERO = /\p{M}/u;

/** Terminal columns of a text without control characters. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const sign of text) columns += ZERO.test(sign) ? 0 : WIDE.test(sign) ? 2 : 1;
  return columns;
}

/** Columns of a whole line. */
export function lengthOf<S>(line: readonly Piece<S>[]): number {
  return line.reduce((sum, piece) => sum + columnsOf(piece.text), 0);
}

/**
 * The pieces as lines of at most `width` columns, broken at blanks. A word longer than a line stays whole (an image
 * reference must be copyable), unless `hard` asks for it to be broken (inside a table).
 */
export function wrap<S>(pieces: readonly Piece<S>[], width: number, hard = false): readonly (readonly Piece<S>[])[] {
  const lines: Piece<S>[][] = [[]];
  let used = 0;
  for (const word of wordsOf(pieces).flatMap((word) => (hard ? broken(word, width) : [word]))) {
    const line = lines.at(-1) ?? [];
    const length = lengthOf(word);
    if (line.length === 0) {
      line.push(...word);
      used = length;
    } else if (used + 1 + length <= width) {
      const style = line.at(-1)?.style ?? null;
      line.push({ text: ' ', style: style === word[0]?.style ? style : null }, ...word);
      used += 1 + length;
    } else {
      lines.push([...word]);
      used = length;
    }
  }
  return lines;
}

/**
 * Column widths that fit `width` with `gap` between them: as wide as their cells want; where that is too much, the
 * widest gives way first.
 */
export function fitColumns(wanted: readonly number[], width: number, gap: number): readonly number[] {
  const widths = [...wanted];
  let excess = widths.reduce((sum, column) => sum + column, 0) + gap * (widths.length - 1) - width;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const column = widths[widest];
    if (column === undefined || column <= 1) break;
    widths[widest] = column - 1;
    excess -= 1;
  }
  return widths;
}

/** Words: runs of pieces with no blank between them. */
function wordsOf<S>(pieces: readonly Piece<S>[]): readonly (readonly Piece<S>[])[] {
  const words: Piece<S>[][] = [];
  let open = false;
  for (const { text, style } of pieces) {
    for (const part of text.split(/( +)/)) {
      if (part === '') continue;
      if (part.startsWith(' ')) {
        open = false;
      } else if (open) {
        words.at(-1)?.push({ text: part, style });
      } else {
        words.push([{ text: part, style }]);
        open = true;
      }
    }
  }
  return words;
}

/** A word in parts of at most `width` columns. */
function broken<S>(word: readonly Piece<S>[], width: number): readonly (readonly Piece<S>[])[] {
  if (lengthOf(word) <= width) return [word];
  const parts: Piece<S>[][] = [[]];
  let used = 0;
  for (const { text, style } of word) {
    for (const sign of text) {
      const columns = columnsOf(sign);
      if (used > 0 && used + columns > width) {
        parts.push([]);
        used = 0;
      }
      parts.at(-1)?.push({ text: sign, style });
      used += columns;
    }
  }
  return parts;
}
