/**
 * What every sink does to foreign text before its own escaping: no control characters, no terminal sequences, no
 * invisible or direction-changing characters (they make a text read differently from what it is), and a length.
 */

import type { Inline, Line } from '../core/message.ts';

/** Longer than any reference with its digest (repository 255, tag 128, digest 71); what is longer is noise or an attack. */
const MAX_INLINE = 600;

const ESC = String.fromCharCode(27);

/** What follows an ESC: CSI (colours, cursor), OSC (titles, links) up to its terminator, or one letter. Bounded, so that a stray ESC cannot swallow a page. */
const SEQUENCE = /^(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\p{Cc}]{0,2048}\p{Cc}?|[@-Z\\-_])/u;

/** Controls, and the format characters: zero-width and bidi marks, embeddings, overrides and isolates, soft hyphens, BOM, tag characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;

const BREAKS = /\s+/g;

/** One line of foreign text: cleaned, blanks folded, at most `max` characters. */
export function cleanLine(text: string, max: number = MAX_INLINE): string {
  return cap(cleanRun(text, max + 1).trim(), max);
}

/** As cleanLine, with the blanks at its ends kept: a run of text inside a line. */
export function cleanRun(text: string, max: number = MAX_INLINE): string {
  // Only so much of a huge text is looked at; what is cut away first would be cut away anyway, less what cleaning takes out.
  return cap(visible(text.slice(0, max * 4).replace(BREAKS, ' ')), max);
}

/**
 * A line with its plain runs cleaned, and those that touch made one: an escape must see `@` and `here` together.
 * A link that may not be one is a plain run, and so is a mark around nothing.
 */
export function cleanRuns(line: Line): Line {
  const runs: Inline[] = [];
  for (const inline of line) {
    const text = plainRun(inline);
    const last = runs.at(-1);
    if (text === null) runs.push(inline);
    else if (typeof last === 'string') runs[runs.length - 1] = last + text;
    else runs.push(text);
  }
  return runs;
}

function plainRun(inline: Inline): string | null {
  if (typeof inline === 'string') return cleanRun(inline);
  const text = cleanLine(inline.text);
  if (text === '') return '';
  return inline.kind === 'link' && safeUrl(inline.url) === null ? text : null;
}

/** Several lines of foreign text, each cleaned; tabs become two blanks. */
export function cleanLines(text: string): readonly string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => cap(visible(line.replaceAll('\t', '  ')).trimEnd(), MAX_INLINE));
}

/** At most `max` characters, the last of them `…` when something was cut; never half of a surrogate pair. */
export function cap(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(max - 2)) ? max - 2 : max - 1;
  return `${text.slice(0, Math.max(0, end))}…`;
}

/** The address when it is one a message may link to: http or https, with a host and no user name in it. Null otherwise. */
export function safeUrl(url: string): string | null {
  const parsed = url.length <= 2048 ? URL.parse(url) : null;
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return null;
  // `https://github.com@evil.example/` reads like the wrong site.
  if (parsed.username !== '' || parsed.password !== '' || parsed.hostname === '') return null;
  return parsed.href.replace(/[|<>\\()`'"*_~\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

function visible(text: string): string {
  return withoutSequences(text).replace(INVISIBLE, '').toWellFormed();
}

function withoutSequences(text: string): string {
  const [start = '', ...rest] = text.split(ESC);
  return start + rest.map((piece) => piece.replace(SEQUENCE, '')).join('');
}
