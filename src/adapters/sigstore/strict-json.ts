/**
 * JSON that every reader reads the same way: UTF-8 without a byte order mark, no key twice in an object, no `__proto__`, and neither deep nor
 * large beyond measure. The values are JSON.parse's; before it there is one pass over the text, which counts.
 */
import { isUtf8 } from 'node:buffer';
import { Unsound } from './faults.ts';

export interface JsonLimits {
  readonly maxBytes: number;
  /** Values in all: `[[],[],[]…` takes a few bytes each here and a hundred in memory. */
  readonly maxValues: number;
}

/** Objects and arrays inside one another: twice as many as in the deepest known documents (provenance with the event that started a build). */
const MAX_DEPTH = 64;

export interface StrictJson {
  readonly value: unknown;
  /** The text of the member that was asked for, as it stands in the document; null when the document is no object or has none. */
  readonly member: string | null;
}

/** Throws Unsound MALFORMED, DUPLICATE_KEY, TOO_DEEP, TOO_MANY or TOO_LARGE. */
export function parseJsonBytes(bytes: Uint8Array, limits: JsonLimits, wanted: string | null = null): StrictJson {
  if (bytes.byteLength > limits.maxBytes) throw new Unsound('TOO_LARGE');
  if (!isUtf8(bytes)) throw new Unsound('MALFORMED', 'it is not UTF-8');
  return parseJsonText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'), limits, wanted);
}

/** The same for a document that came inside another one. `wanted` is a key of the top-level object, without anything to escape. */
export function parseJsonText(text: string, limits: JsonLimits, wanted: string | null = null): StrictJson {
  if (text.length > limits.maxBytes) throw new Unsound('TOO_LARGE');
  const { members, span } = scan(text, limits.maxValues, wanted === null ? null : `"${wanted}"`);
  const value = parsed(text);
  // JSON.parse keeps the last of several equal keys, however they are spelled: then the value has fewer members than the text.
  if (membersOf(value) !== members) throw new Unsound('DUPLICATE_KEY');
  return { value, member: span === null ? null : text.slice(span.from, span.to).trim() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unsound('MALFORMED', 'it is not JSON');
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

interface Scan {
  /** Colons outside of strings: one for each member of each object. */
  members: number;
  span: { readonly from: number; readonly to: number } | null;
}

/** The text is not known to be JSON yet. What is none is counted anyhow, and refused by the parser afterwards. */
function scan(text: string, maxValues: number, wanted: string | null): Scan {
  const found: Scan = { members: 0, span: null };
  let depth = 0;
  let values = 1;
  let lastString = 0;
  let from = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      lastString = at;
      at = endOfString(text, at);
    } else if (code === COLON) {
      found.members += 1;
      if (depth === 1 && wanted !== null && text.startsWith(wanted, lastString)) from = at + 1;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      depth += 1;
      values += 1;
      if (depth > MAX_DEPTH) throw new Unsound('TOO_DEEP');
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY || code === COMMA) {
      if (depth === 1 && from !== -1) {
        found.span = { from, to: at };
        from = -1;
      }
      if (code === COMMA) values += 1;
      else depth -= 1;
    }
    if (values > maxValues) throw new Unsound('TOO_MANY');
  }
  return found;
}

/** The place of the quote that ends the string beginning at `start`; the last place of the text when none does. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    // An even number of backslashes escapes each other, not the quote.
    if ((at - before) % 2 === 1) return at;
  }
  return text.length;
}

/** Members of all objects in a value whose depth is known to be bounded. */
function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += membersOf(item);
    return members;
  }
  for (const key in value) {
    if (key === '__proto__') throw new Unsound('MALFORMED', 'its JSON has a key that would change how objects behave');
    members += 1 + membersOf((value as Record<string, unknown>)[key]);
  }
  return members;
}
