/** A message for a terminal: wrapped to its width, tables fitted, coloured by the caller's palette. Nothing foreign reaches the terminal as a control. */
import { unreachable } from '../core/errors.ts';
import type { Inline, Line, Message, Section, Tone } from '../core/message.ts';
import { cleanLine, cleanLines, cleanRun, safeUrl } from './sanitize.ts';
import { type Piece as AnyPiece, columnsOf, fitColumns, lengthOf, wrap } from './wrap.ts';

export type Style = 'bold' | 'dim' | 'code' | Tone;
/** Paints a text; see ANSI and PLAIN. */
export type Palette = (style: Style, text: string) => string;

export interface TextOptions {
  /** Columns of the terminal; fewer than 40 are taken as 40. */
  readonly width: number;
  readonly palette: Palette;
  /** Lists and tables longer than this are cut; by default they are, because what scrolls away nobody reads. */
  readonly maxItems?: number;
}

type Piece = AnyPiece<Style>;
type Row = readonly Piece[];

const ESC = String.fromCharCode(27);
const SGR: Readonly<Record<Style, string>> = {
  bold: '1',
  dim: '2',
  code: '36',
  neutral: '1',
  good: '1;32',
  notice: '1;34',
  warning: '1;33',
  alarm: '1;31',
};

/** No colour: pipes, files, logs. */
export const PLAIN: Palette = (_style, text) => text;

/** ANSI colours. */
export const ANSI: Palette = (style, text) => `${ESC}[${SGR[style]}m${text}${ESC}[0m`;

const MARKS: Readonly<Record<Tone, string>> = { neutral: '•', good: '✓', notice: '▲', warning: '!', alarm: '✗' };

/** More lines than this scroll away before anybody reads them. */
const MAX_ITEMS = 60;
const GAP = 2;

/** The message as lines of text, ending with a line break. Only a single word longer than a line (a reference) goes beyond the width. */
export function renderText(message: Message, { width, palette, maxItems = MAX_ITEMS }: TextOptions): string {
  const inner = Math.max(40, width) - 2;
  const [title = [], ...titleRest] = wrap([piece(cleanLine(message.title), message.tone)], inner);
  const footer = message.footer.flatMap((line) => wrap(dimmed(piecesOf(line)), inner));
  const body: readonly Row[] = [
    ...titleRest,
    ...wrap(piecesOf(message.summary), inner).filter((row) => row.length > 0),
    ...message.sections.flatMap(({ section }) => sectionRows(section, inner, maxItems)),
    ...(footer.length === 0 ? [] : [[], ...footer]),
  ];
  const rows: readonly Row[] = [[piece(`${MARKS[message.tone]} `, message.tone), ...title], ...body.map((row) => indent(row, 2))];
  return rows.map((row) => `${paint(row, palette).trimEnd()}\n`).join('');
}

/** A section as rows, set apart by an empty one. */
function sectionRows(section: Section, width: number, maxItems: number): readonly Row[] {
  switch (section.kind) {
    case 'text':
      return [[], ...wrap(piecesOf(section.line), width)];
    case 'facts': {
      const labels = section.rows.map(({ label }) => cleanLine(label, 30));
      const column = Math.max(0, ...labels.map(columnsOf)) + GAP;
      return [
        [],
        ...section.rows.flatMap(({ value }, index) => hanging(padded([piece(labels[index] ?? '', 'dim')], column), piecesOf(value), width)),
      ];
    }
    case 'list':
      return [
        ...headingRows(section.title, width),
        ...capped(
          section.items.map((item) => hanging([piece('- ', null)], piecesOf(item), width)),
          maxItems,
        ),
      ];
    case 'table':
      return [...headingRows(section.title, width), ...tableRows(section.columns, section.rows, width, maxItems)];
    case 'code':
      return [
        ...headingRows(section.title, width),
        ...capped(
          cleanLines(section.text).map((line) => [[piece(line, 'code')]]),
          maxItems,
        ),
      ];
    default:
      return unreachable(section);
  }
}

function tableRows(columns: readonly string[], rows: readonly (readonly Line[])[], width: number, maxItems: number): readonly Row[] {
  const head = columns.map((column): Row => [piece(cleanLine(column, 60), 'dim')]);
  const cells = [head, ...rows.map((row) => columns.map((_, index): Row => piecesOf(row[index] ?? [])))];
  const wanted = columns.map((_, index) => Math.max(1, ...cells.map((row) => lengthOf(row[index] ?? []))));
  const widths = fitColumns(wanted, width, GAP);
  const [first = [], ...others] = cells.map((row) =>
    besideEachOther(
      row.map((cell, index) => wrap(cell, widths[index] ?? 1, true)),
      widths,
    ),
  );
  return [...first, ...capped(others, maxItems)];
}

/** Cells of one table row, each of several lines, as rows of text. */
function besideEachOther(cells: readonly (readonly Row[])[], widths: readonly number[]): readonly Row[] {
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) => cells.flatMap((cell, index) => padded(cell[line] ?? [], (widths[index] ?? 0) + GAP)));
}

/** Items, and a row that says how many were left out. */
function capped(items: readonly (readonly Row[])[], maxItems: number): readonly Row[] {
  const left = items.length - maxItems;
  return left <= 0 ? items.flat() : [...items.slice(0, maxItems).flat(), [piece(`… and ${left} more`, 'dim')]];
}

/** `lead` before the first row, and the others under its end. */
function hanging(lead: Row, text: Row, width: number): readonly Row[] {
  const column = lengthOf(lead);
  return wrap(text, Math.max(20, width - column)).map((row, index) => (index === 0 ? [...lead, ...row] : indent(row, column)));
}

function headingRows(title: string | null, width: number): readonly Row[] {
  return title === null ? [[]] : [[], ...wrap([piece(cleanLine(title), 'bold')], width)];
}

function piecesOf(line: Line): Row {
  return line.flatMap(pieceOf);
}

function pieceOf(inline: Inline): Row {
  if (typeof inline === 'string') return [piece(cleanRun(inline), null)];
  const text = cleanLine(inline.text);
  switch (inline.kind) {
    case 'strong':
      return [piece(text, 'bold')];
    case 'code':
      return [piece(text, 'code')];
    case 'link': {
      const url = safeUrl(inline.url);
      if (url === null) return [piece(text, null)];
      return url.endsWith(text) ? [piece(url, null)] : [piece(`${text} `, null), piece(`(${url})`, 'dim')];
    }
    default:
      return unreachable(inline);
  }
}

function dimmed(row: Row): Row {
  return row.map(({ text }) => piece(text, 'dim'));
}

function indent(row: Row, columns: number): Row {
  return row.length === 0 ? row : [piece(' '.repeat(columns), null), ...row];
}

function padded(row: Row, columns: number): Row {
  return [...row, piece(' '.repeat(Math.max(0, columns - lengthOf(row))), null)];
}

function piece(text: string, style: Style | null): Piece {
  return { text, style };
}

function paint(row: Row, palette: Palette): string {
  return merged(row)
    .map(({ text, style }) => (style === null || text.trim() === '' ? text : palette(style, text)))
    .join('');
}

/** Neighbours of one style as one run: a colour is switched on once for a sentence, not once a word. */
function merged(row: Row): Row {
  const runs: Piece[] = [];
  for (const { text, style } of row) {
    const last = runs.at(-1);
    if (last?.style === style) runs[runs.length - 1] = piece(last.text + text, style);
    else runs.push(piece(text, style));
  }
  return runs;
}
