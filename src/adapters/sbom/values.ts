/**
 * How many values a JSON text has, before it is parsed. A heap with a limit is not enough: the parser does not stop in the middle, and a
 * thread whose parser outgrows its heap takes the whole process with it. `[[],[],[]…` takes three bytes each here and fifty there.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;

/** True as soon as there are more than `max`. The text need not be JSON: what is none is refused by the parser afterwards. */
export function hasMoreValues(text: string, max: number): boolean {
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === COMMA || code === OPEN_ARRAY || code === OPEN_OBJECT) {
      values += 1;
      if (values > max) return true;
    }
  }
  return false;
}

/** The place of the quote that ends the string beginning at `start`; the end of the text when none does. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    // An even number of backslashes escapes each other, not the quote.
    if ((at - before) % 2 === 1) return at;
  }
  return text.length;
}
