/**
 * Fits a message's sections into a sink's limits. The order of degradation is fixed: sections are served by rank (1
 * first), the one that does not fit loses its last items, and what comes after it is left out. Nothing disappears
 * without a line that says so.
 */

/** A section as a sink draws it: its opening, its items, its end. Every part is finished text. */
export interface Drawn {
  readonly rank: number;
  /** What it is called when it had to be left out; null for a plain paragraph. */
  readonly name: string | null;
  readonly open: string;
  readonly items: readonly string[];
  readonly close: string;
  /** The line that stands for items left out. */
  readonly more: (left: number) => string;
}

export interface Limits {
  /** Characters for all sections together. */
  readonly total: number;
  /** Characters for one section. */
  readonly each: number;
  /** Items of one section. */
  readonly items: number;
  /** Sections. */
  readonly sections: number;
}

export interface Fitted {
  /** What is shown, in the order of the message. */
  readonly texts: readonly string[];
  /** What was left out whole: names with their item counts. */
  readonly omitted: readonly { readonly name: string; readonly items: number }[];
}

export function fit(sections: readonly Drawn[], limits: Limits): Fitted {
  const byRank = sections
    .map((section, index) => ({ section, index }))
    .sort((a, b) => a.section.rank - b.section.rank || a.index - b.index);
  const shown = new Map<number, string>();
  const omitted: { name: string; items: number; index: number }[] = [];
  let room = limits.total;
  for (const { section, index } of byRank) {
    const text = shown.size < limits.sections ? cut(section, Math.min(room, limits.each), limits.items) : null;
    if (text === null) {
      omitted.push({ name: section.name ?? 'text', items: section.items.length, index });
      // Nothing of a lower rank may take the place of what was left out.
      room = 0;
    } else {
      shown.set(index, text);
      room -= text.length;
    }
  }
  return {
    texts: [...shown].sort(([a], [b]) => a - b).map(([, text]) => text),
    omitted: omitted.sort((a, b) => a.index - b.index).map(({ name, items }) => ({ name, items })),
  };
}

/** The section within `room` characters and `maxItems` items, with its "more" line when cut; null when not even one item fits. */
function cut(section: Drawn, room: number, maxItems: number): string | null {
  const { open, items, close, more } = section;
  const whole = open + items.join('') + close;
  if (items.length <= maxItems && whole.length <= room) return whole;
  let used = open.length + close.length + more(items.length).length;
  let kept = 0;
  for (const item of items) {
    used += item.length;
    if (used > room || kept === maxItems) break;
    kept += 1;
  }
  if (kept === 0) return null;
  return open + items.slice(0, kept).join('') + more(items.length - kept) + close;
}
