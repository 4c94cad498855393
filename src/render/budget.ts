/**
 * Fits a message's sections into a sink's limits. The order of degradation is fixed: sections are served by rank (1
 * first), the one that does not fit loses its last items, and what comes after it is left out. Nothing disappears
 * without a line that says so.
 */

import type { Section } from '../core/message.ts';
import { count, listing } from './words.ts';

/** A section as a sink draws it: its opening, its items, its end. Every part is finished text. */
export interface Drawn {
  readonly rank: number;
  /** What it is called when it had to be left out. */
  readonly name: string;
  readonly open: string;
  readonly items: readonly string[];
  readonly close: string;
  /** More items than this are left out even where there is room. */
  readonly maxItems: number;
  /** The line that stands for items left out; it comes last. */
  readonly more: (left: number) => string;
}

export interface Limits {
  /** Characters for all sections together. */
  readonly total: number;
  /** Characters for one section. */
  readonly each: number;
  /** Sections. */
  readonly sections: number;
}

export interface Fitted {
  /** What is shown, in the order of the message. */
  readonly texts: readonly string[];
  /** What was left out whole. */
  readonly omitted: readonly { readonly name: string }[];
}

export function withinLimits(sections: readonly Drawn[], limits: Limits): Fitted {
  const byRank = sections
    .map((section, index) => ({ section, index }))
    .sort((a, b) => a.section.rank - b.section.rank || a.index - b.index);
  const shown = new Map<number, string>();
  const omitted: { name: string; index: number }[] = [];
  let room = limits.total;
  for (const { section, index } of byRank) {
    const text = shown.size < limits.sections ? cut(section, Math.min(room, limits.each)) : null;
    if (text === null) {
      omitted.push({ name: section.name, index });
      // Nothing of a lower rank may take the place of what was left out.
      room = 0;
    } else {
      shown.set(index, text);
      room -= text.length;
    }
  }
  return {
    texts: [...shown].sort(([a], [b]) => a - b).map(([, text]) => text),
    omitted: omitted.sort((a, b) => a.index - b.index).map(({ name }) => ({ name })),
  };
}

/** The section within `room` characters, with its "more" line when cut; null when not even one item fits. */
function cut({ open, items, close, maxItems, more }: Drawn, room: number): string | null {
  const whole = open + items.join('') + close;
  if (items.length <= maxItems && whole.length <= room) return whole;
  let used = open.length + close.length + more(items.length).length;
  let kept = 0;
  for (const item of items) {
    used += item.length;
    if (used > room || kept === maxItems) break;
    kept += 1;
  }
  return kept === 0 ? null : open + items.slice(0, kept).join('') + close + more(items.length - kept);
}

/** What a section is called where it cannot be shown. */
export function sectionName(section: Section): string {
  switch (section.kind) {
    case 'text':
      return 'a note';
    case 'facts':
      return 'facts';
    default:
      return section.title ?? 'a list';
  }
}

/** `Images (120), a note and 3 more sections`. */
export function omittedWords(omitted: Fitted['omitted']): string {
  const named = omitted.slice(0, 3).map(({ name }) => name);
  const left = omitted.length - named.length;
  return listing([...named, ...(left > 0 ? [count(left, 'more section')] : [])]);
}
