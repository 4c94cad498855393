/**
 * A message as a GitHub issue: a title, a Markdown body, labels. Foreign text must not ping people, link other issues,
 * hide things in HTML or forge the marker by which Herald finds its own issue again.
 */
import { unreachable } from '../core/errors.ts';
import { firstLink, type Inline, type Line, type Message, type RankedSection, type Section, type Tone } from '../core/message.ts';
import type { Payload } from '../ports.ts';
import { type Drawn, omittedWords, sectionName, withinLimits } from './budget.ts';
import { cap, cleanLine, cleanLines, cleanRuns, safeUrl } from './sanitize.ts';

/** GitHub's limits are 256 and 65,536 characters; the marker and a margin have the rest. */
const TITLE = 256;
const BODY = 60_000;
const SECTIONS = 52_000;
/** One paragraph, one cell, one line of a list; and one line of small print, of which there are few. */
const LINE = 3_000;
const FOOTER_LINE = 600;
const FOOTER_LINES = 5;

/** An invisible break inside what GitHub would otherwise turn into a mention or a link. */
const BREAK = '\u200b';

/** Alerts of GitHub's Markdown, for what a reader must not miss. */
const ALERTS: Readonly<Partial<Record<Tone, string>>> = { warning: 'WARNING', alarm: 'CAUTION' };

/** The issue of a message; within GitHub's limits whatever is in it. */
export function renderGithub(message: Message): Extract<Payload, { kind: 'github' }> {
  const url = firstLink(message);
  const rest = url === null ? '' : `, ${linkTo('see all', url)}`;
  const { texts, omitted } = withinLimits(
    message.sections.map((section) => draw(section, rest)),
    { total: SECTIONS, each: SECTIONS, sections: 1_000 },
  );
  const summary = markdown(message.summary);
  const alert = ALERTS[message.tone];
  const parts = [
    ...(summary === '' ? [] : [alert === undefined ? summary : `> [!${alert}]\n> ${summary}`]),
    ...texts.map((text) => text.trimEnd()),
    ...(omitted.length === 0 ? [] : [`*Left out for length: ${escaped(cleanLine(omittedWords(omitted)))}${rest}*`]),
    ...(message.footer.length === 0 ? [] : ['---', smallPrint(message.footer)]),
  ];
  return {
    kind: 'github',
    title: cap(unlinked(cleanLine(message.title)) || 'Kairos Herald', TITLE),
    body: cap(parts.join('\n\n'), BODY),
    labels: message.labels,
  };
}

function smallPrint(lines: readonly Line[]): string {
  return lines
    .slice(0, FOOTER_LINES)
    .map((line) => `<sub>${markdown(line, FOOTER_LINE)}</sub>`)
    .join('<br>\n');
}

function draw({ rank, section }: RankedSection, rest: string): Drawn {
  const before = section.kind === 'code' || section.kind === 'table' ? '\n' : '';
  return {
    rank,
    name: sectionName(section),
    ...partsOf(section),
    maxItems: Number.POSITIVE_INFINITY,
    more: (left) => `${before}\n… and ${left} more${rest}`,
  };
}

function partsOf(section: Section): Pick<Drawn, 'open' | 'items' | 'close'> {
  switch (section.kind) {
    case 'text':
      return { open: markdown(section.line), items: [], close: '' };
    case 'facts':
      return { open: '', items: section.rows.map(({ label, value }) => `- ${bold(`${label}:`)} ${markdown(value)}\n`), close: '' };
    case 'list':
      return { open: heading(section.title), items: section.items.map((item) => `- ${markdown(item)}\n`), close: '' };
    case 'table': {
      const rule = section.columns.map(() => '---');
      const open = heading(section.title) + row(section.columns.map((column) => markdown([column]))) + row(rule);
      return { open, items: section.rows.map((cells) => row(cells.map((cell) => markdown(cell)))), close: '' };
    }
    case 'code': {
      const lines = cleanLines(section.text).map(unmarked);
      const fence = '`'.repeat(Math.max(3, longestRun(lines) + 1));
      const language = section.language.replace(/[^A-Za-z0-9-]/g, '').slice(0, 20);
      return { open: `${heading(section.title)}${fence}${language}\n`, items: lines.map((line) => `${line}\n`), close: fence };
    }
    default:
      return unreachable(section);
  }
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

/** A line as Markdown of at most `max` characters, cut between runs of text; a first character that would open a list, a heading, a quote or a rule is escaped. */
function markdown(line: Line, max: number = LINE): string {
  let text = '';
  for (const inline of cleanRuns(line)) {
    const next = inlineOf(inline);
    if (text.length + next.length > max) {
      text += '…';
      break;
    }
    // Two marks that touch would be read as one longer mark.
    text += /[`*]$/.test(text) && text.at(-1) === next[0] ? BREAK + next : next;
  }
  return text.replace(/^([-+=])/, '\\$1').replace(/^(\d{1,9})([.)])/, '$1\\$2');
}

function inlineOf(inline: Inline): string {
  if (typeof inline === 'string') return escaped(inline);
  switch (inline.kind) {
    case 'strong':
      return bold(inline.text);
    case 'code':
      return codeSpan(cleanLine(inline.text));
    case 'link':
      return linkTo(inline.text, inline.url);
    default:
      return unreachable(inline);
  }
}

/** A code span with a fence longer than any run inside it. A pipe would end a table cell even in code, so it becomes a look-alike. */
function codeSpan(text: string): string {
  if (text === '') return '';
  const fence = '`'.repeat(longestRun([text]) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return fence + pad + unmarked(text).replaceAll('|', '¦') + pad + fence;
}

function bold(text: string): string {
  const label = escaped(cleanLine(text));
  return label === '' ? '' : `**${label}**`;
}

function heading(title: string | null): string {
  return title === null ? '' : `${bold(title)}\n\n`;
}

/** Issue and commit pages of strangers would show "mentioned this"; GitHub's own redirector does not. */
function linkTo(text: string, url: string): string {
  const address = safeUrl(url)?.replace(
    /^https?:\/\/(?:www\.)?github\.com(?=\/[^/]+\/[^/]+\/(?:issues|pull|commit|discussions)\b)/i,
    'https://redirect.github.com',
  );
  const label = escaped(cleanLine(text));
  return address === undefined ? label : `[${label}](<${address}>)`;
}

/** Foreign text as Markdown that says exactly this text. */
function escaped(text: string): string {
  return unlinked(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]~|#!]/g, '\\$&')
    .replaceAll('$', '&#36;');
}

/**
 * Text in which GitHub finds nothing to link by itself. A backslash does not help: mentions and references are found
 * in the finished page. Mentions `@name`, `#1`, `o/r#1`, `GH-1`, addresses, and runs of seven or more hexadecimal digits (commits).
 */
function unlinked(text: string): string {
  return text
    .replaceAll('@', `@${BREAK}`)
    .replace(/#(?=\d)/g, `#${BREAK}`)
    .replace(/(?<![a-z0-9])(gh-)(?=\d)/gi, `$1${BREAK}`)
    .replace(/:\/\//g, `:${BREAK}//`)
    .replace(/www\./gi, `www${BREAK}.`)
    .replace(/(?<![a-z0-9])[0-9a-f]{7,64}(?![a-z0-9])/gi, (run) => (run.match(/.{1,6}/g) ?? []).join(BREAK));
}

/** No HTML comment opens even in code: Herald finds its issues by the marker in one. */
function unmarked(text: string): string {
  return text.replaceAll('<!--', `<${BREAK}!--`);
}

function longestRun(lines: readonly string[]): number {
  return Math.max(0, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
}
