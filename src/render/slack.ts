/**
 * A message for Slack: Block Kit within its limits, and a plain text for notifications and screen readers.
 * Limits: docs.slack.dev/reference/block-kit (50 blocks, header 150, section text 3000); a whole message fails
 * somewhere above 13,000 characters (slackapi/bolt-js#2509), so the budget stays below.
 */
import { unreachable } from '../core/errors.ts';
import {
  firstLink,
  type Inline,
  type Line,
  type Message,
  plainLine,
  type RankedSection,
  type Section,
  type Tone,
} from '../core/message.ts';
import type { Payload, SlackBlock } from '../ports.ts';
import { type Drawn, type Fitted, omittedWords, sectionName, withinLimits } from './budget.ts';
import { cap, cleanLine, cleanLines, cleanRuns, safeUrl } from './sanitize.ts';

const HEADER = 150;
const SECTION = 3_000;
/** One line of a list, one paragraph, one footer. */
const LINE = 1_200;
const NOTIFICATION = 300;
/** All sections together, and how many; title, summary, footer and the "left out" line have the rest. */
const BODY = 7_000;
const SECTIONS = 40;

/** A message in a channel is read in passing: what is longer than this belongs on the release page. */
const MAX_ITEMS = 12;
const MAX_CODE_LINES = 2;

const MARKS: Readonly<Record<Tone, string>> = { neutral: '', good: '', notice: '', warning: '⚠️ ', alarm: '🚨 ' };

/** The Slack payload of a message; within Slack's limits whatever is in it. */
export function renderSlack(message: Message): Extract<Payload, { kind: 'slack' }> {
  const title = cap(MARKS[message.tone] + (cleanLine(message.title) || 'Kairos Herald'), HEADER);
  const url = firstLink(message);
  const rest = url === null ? '' : ` – ${linkTo('see all', url)}`;
  const drawn = message.sections.map((section) => draw(section, rest));
  const { texts, omitted } = withinLimits(drawn, { total: BODY, each: SECTION, sections: SECTIONS });
  const summary = mrkdwn(message.summary);
  const footer = message.footer
    .slice(0, 4)
    .map((line) => mrkdwn(line, LINE / 4))
    .filter(hasText);
  return {
    kind: 'slack',
    text: escaped(cleanLine([message.title, plainLine(message.summary)].filter((part) => part !== '').join(': '), NOTIFICATION) || title),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
      ...[summary, ...texts].filter(hasText).map(sectionBlock),
      ...(omitted.length === 0 ? [] : [contextBlock(leftOut(omitted) + rest)]),
      ...(footer.length === 0 ? [] : [contextBlock(footer.join('\n'))]),
    ],
  };
}

function draw({ rank, section }: RankedSection, rest: string): Drawn {
  const parts = partsOf(section);
  return {
    rank,
    name: sectionName(section),
    ...parts,
    maxItems: section.kind === 'code' ? MAX_CODE_LINES : MAX_ITEMS,
    more: (left) => (section.kind === 'code' ? `\n… and ${left} more` : `… and ${left} more${rest}`),
  };
}

function partsOf(section: Section): Pick<Drawn, 'open' | 'items' | 'close'> {
  switch (section.kind) {
    case 'text':
      return { open: mrkdwn(section.line), items: [], close: '' };
    case 'facts':
      return {
        open: '',
        items: section.rows.map(({ label, value }, index) => `${index === 0 ? '' : ' · '}${bold(`${label}:`)} ${mrkdwn(value)}`),
        close: '',
      };
    case 'list':
      return { open: heading(section.title), items: section.items.map((item) => `• ${mrkdwn(item)}\n`), close: '' };
    case 'table':
      return {
        open: heading(section.title),
        items: section.rows.map(
          (row) =>
            `• ${row
              .map((cell) => mrkdwn(cell))
              .filter((cell) => cell !== '')
              .join(' – ')}\n`,
        ),
        close: '',
      };
    case 'code': {
      const items = cleanLines(section.text).map((line) => `${literal(line)}\n`);
      return { open: `${heading(section.title)}\`\`\`\n`, items, close: '```' };
    }
    default:
      return unreachable(section);
  }
}

/** A line as mrkdwn of at most `max` characters. It is cut between runs of text, never inside an entity or a link. */
function mrkdwn(line: Line, max: number = LINE): string {
  let text = '';
  for (const inline of cleanRuns(line)) {
    const next = inlineOf(inline);
    const room = max - text.length;
    if (next.length > room) {
      const part = inlineOf(shortened(inline, Math.floor(room / LONGEST_ESCAPE) - MARKS_AROUND));
      return text + (part.length <= room ? part : '…');
    }
    text += next;
  }
  return text;
}

/** `&amp;` */
const LONGEST_ESCAPE = 5;
const MARKS_AROUND = 2;

/** A run of at most so many characters, cut before it is escaped so that no entity is; an address cannot be cut. */
function shortened(inline: Inline, max: number): Inline {
  if (typeof inline === 'string') return cap(inline, max);
  return { ...inline, text: cap(cleanLine(inline.text), max) };
}

function inlineOf(inline: Inline): string {
  if (typeof inline === 'string') return escaped(inline);
  switch (inline.kind) {
    case 'strong':
      return bold(inline.text);
    case 'code': {
      const text = literal(cleanLine(inline.text));
      return text === '' ? '' : `\`${text}\``;
    }
    case 'link':
      return linkTo(inline.text, inline.url);
    default:
      return unreachable(inline);
  }
}

function linkTo(text: string, url: string): string {
  const address = safeUrl(url);
  const label = escaped(cleanLine(text, 150));
  return address === null ? label : `<${address.replaceAll('&', '&amp;')}|${label}>`;
}

function bold(text: string): string {
  const label = escaped(cleanLine(text, 240));
  return label === '' ? '' : `*${label}*`;
}

function heading(title: string | null): string {
  return title === null ? '' : `${bold(title)}\n`;
}

/** Foreign text as mrkdwn. Slack knows no escape for formatting marks, so those become look-alikes. */
function escaped(text: string): string {
  return inert(text)
    .replaceAll('*', '∗')
    .replaceAll('~', '∼')
    .replaceAll('`', 'ʼ')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, 'ˍ');
}

/** Code as it is: only what Slack reads even there is escaped, and the sign that would end it. */
function literal(text: string): string {
  return inert(text.replaceAll('`', "'"));
}

/** `&lt;` keeps `<!channel>`, `<@U…>` and `<http://…|…>` plain text; `@here` and its like are cut from their sign, for clients that link names. */
function inert(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/@(?=here|channel|everyone|group)/gi, '@\u2060');
}

/** `verbatim` keeps Slack from linking addresses and names it finds in the text by itself. */
function sectionBlock(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: text.trimEnd(), verbatim: true } };
}

/** Slack refuses a block without text. */
function hasText(text: string): boolean {
  return text.trim() !== '';
}

function contextBlock(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

function leftOut(omitted: Fitted['omitted']): string {
  return `Left out for length: ${escaped(cleanLine(omittedWords(omitted), 400))}`;
}
