/** "Did you mean": the known word a typed one is closest to. */

/** Beyond this many slips a suggestion is a guess; short words allow fewer, or every one of them would match. */
const MAX_SLIPS = 2;

/** Longer words are nobody's typo of a name we know; the bound keeps hostile input cheap. */
const MAX_LENGTH = 64;

/**
 * The known word nearest to `word` (letter case ignored): a missing, an extra, a wrong and two swapped letters are one
 * slip each. At most one slip for every three letters typed, and never more than two. Ties go to the first in `known`.
 * Null when nothing is near.
 */
export function nearest(word: string, known: Iterable<string>): string | null {
  if (word.length > MAX_LENGTH) return null;
  const typed = word.toLowerCase();
  let best: string | null = null;
  let fewest = Math.min(MAX_SLIPS, Math.floor(typed.length / 3)) + 1;
  for (const candidate of known) {
    const count = slips(typed, candidate.toLowerCase());
    if (count < fewest) [best, fewest] = [candidate, count];
  }
  return best;
}

/** Optimal string alignment distance (Damerau–Levenshtein without edits inside a swap), by dynamic programming over three rows. */
function slips(a: string, b: string): number {
  let twoAbove: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const wrong = at(above, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const missingOrExtra = 1 + Math.min(at(above, column), at(current, column - 1));
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(Math.min(wrong, missingOrExtra, isSwap ? at(twoAbove, column - 2) + 1 : Infinity));
    }
    [twoAbove, above] = [above, current];
  }
  return at(above, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
