/**
 * What Herald says, before it is known where: a neutral message of sections. Every text in it is data, never markup;
 * each renderer escapes it for its own sink and keeps within that sink's limits by dropping the least important sections first.
 */

/** A run of text. Foreign text only ever appears as a plain string or as `text`. */
export type Inline =
  | string
  | { readonly kind: 'strong'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

export type Line = readonly Inline[];

export type Section =
  | { readonly kind: 'text'; readonly line: Line }
  | { readonly kind: 'facts'; readonly rows: readonly { readonly label: string; readonly value: Line }[] }
  | { readonly kind: 'list'; readonly title: string | null; readonly items: readonly Line[] }
  | {
      readonly kind: 'table';
      readonly title: string | null;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Line[])[];
    }
  | { readonly kind: 'code'; readonly title: string | null; readonly language: string; readonly text: string };

/** A section with its rank: 1 is dropped last. A section that was cut or dropped leaves a line that says so. */
export interface RankedSection {
  readonly rank: number;
  readonly section: Section;
}

export type Tone = 'neutral' | 'good' | 'notice' | 'warning' | 'alarm';

export interface Message {
  readonly tone: Tone;
  /** One line, plain: the notification text, the issue title, the console headline. */
  readonly title: string;
  /** One or two sentences under the title. */
  readonly summary: Line;
  readonly sections: readonly RankedSection[];
  /** Small print: where it comes from, when it was checked, why this reader gets it. */
  readonly footer: readonly Line[];
  /** Labels for sinks that have labels. */
  readonly labels: readonly string[];
}

/** The text of a line without its marks. */
export function plainLine(line: Line): string {
  return line.map((inline) => (typeof inline === 'string' ? inline : inline.text)).join('');
}

/** Where a reader finds the rest when a message had to be cut: the first link among its facts and texts, or null. */
export function firstLink(message: Message): string | null {
  const lines = message.sections.flatMap(({ section }) => {
    if (section.kind === 'facts') return section.rows.map((row) => row.value);
    return section.kind === 'text' ? [section.line] : [];
  });
  const link = lines.flat().find((inline) => typeof inline !== 'string' && inline.kind === 'link');
  return link === undefined || typeof link === 'string' || link.kind !== 'link' ? null : link.url;
}
