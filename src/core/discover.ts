/** What is new: the difference between what the store knows of a target and what a poll saw. Pure; the same input gives the same answer. */
import type { Instant } from './time.ts';

/** One row of a tag listing. Quay gives dead rows too (a re-push or a deletion is a row that ended). */
export interface TagRow {
  readonly kind: 'tag';
  readonly tag: string;
  readonly digest: string | null;
  readonly size: number | null;
  /** When the tag began to point at the digest. */
  readonly since: Instant | null;
  /** When it stopped; null while it still does. */
  readonly until: Instant | null;
}

/** One release page. */
export interface PageRow {
  readonly kind: 'page';
  readonly tag: string;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly prerelease: boolean;
  readonly draft: boolean;
  readonly publishedAt: Instant | null;
  readonly assets: readonly { readonly name: string; readonly size: number; readonly digest: string | null }[];
}

export type Observation = TagRow | PageRow;

/** What a source answers. `complete`: the whole listing, so what is not in it is gone. */
export interface Listing {
  readonly observations: readonly Observation[];
  readonly complete: boolean;
}

export interface KnownTag {
  readonly tag: string;
  readonly digest: string | null;
  readonly removedAt: Instant | null;
}

export type TagEvent =
  /** Never seen before. `history`: digests it had before the current one, oldest first. */
  | { readonly kind: 'added'; readonly row: TagRow; readonly history: readonly TagRow[] }
  /** Same tag, other digest; live again if it was gone. `history`: digests it had in between, oldest first. */
  | { readonly kind: 'moved'; readonly row: TagRow; readonly from: string; readonly history: readonly TagRow[] }
  /** Known without a digest, which is told now: no news, but offers can be pinned from here on. Live again if it was gone. */
  | { readonly kind: 'identified'; readonly row: TagRow }
  /** Known and live before, gone now. */
  | { readonly kind: 'vanished'; readonly tag: string; readonly at: Instant | null }
  /** Known as gone, live again with the digest it had. */
  | { readonly kind: 'restored'; readonly row: TagRow };

/**
 * The events that lead from what is known to what was listed, in the order they happened (undated last, then by tag).
 * Monotone: applying the events and discovering again gives none; the order of the rows does not matter.
 * A row with an unknown digest (a plain tag list) never counts as moved. Only a complete listing makes a tag vanish by
 * leaving it out; a row that says the tag ended does so in any listing. A tag that came and went before it was ever seen
 * live gives no event: there is nothing to tell about it and nothing to offer.
 */
export function discoverTags(known: ReadonlyMap<string, KnownTag>, rows: readonly TagRow[], complete: boolean): readonly TagEvent[] {
  const listed = Map.groupBy(rows, (row) => row.tag);
  const events: TagEvent[] = [];
  for (const [tag, ofTag] of listed) {
    const event = eventOf(known.get(tag), inOrder(ofTag));
    if (event !== null) events.push(event);
  }
  if (complete) {
    for (const { tag, removedAt } of known.values()) {
      if (removedAt === null && !listed.has(tag)) events.push({ kind: 'vanished', tag, at: null });
    }
  }
  return events.sort(byTimeThenTag);
}

/** What happened to one tag, from all its rows, oldest first. */
function eventOf(known: KnownTag | undefined, rows: readonly TagRow[]): TagEvent | null {
  const row = rows.findLast(({ until }) => until === null);
  if (row === undefined) {
    const last = rows.at(-1);
    if (known === undefined || known.removedAt !== null || last === undefined) return null;
    return { kind: 'vanished', tag: known.tag, at: last.until };
  }
  const ended = rows.filter(({ until, digest }) => until !== null && digest !== null);
  if (known === undefined) return { kind: 'added', row, history: ended };
  const { digest: from } = known;
  if (from !== null && row.digest !== null && row.digest !== from) {
    return { kind: 'moved', row, from, history: ended.slice(ended.findLastIndex(({ digest }) => digest === from) + 1) };
  }
  if (from === null && row.digest !== null) return { kind: 'identified', row };
  return known.removedAt === null ? null : { kind: 'restored', row };
}

/** Oldest first, equal rows once: a registry that is pushed to while it is paged through lists a row twice. */
function inOrder(rows: readonly TagRow[]): readonly TagRow[] {
  if (rows.length === 1) return rows;
  const keyed = new Map(rows.map((row) => [rowKey(row), row]));
  return [...keyed].sort(([a], [b]) => compareText(a, b)).map(([, row]) => row);
}

/** Orders as text: by beginning (undated first), then end (live last); the rest makes rows of one moment deterministic. */
function rowKey({ since, until, digest, size }: TagRow): string {
  return [since ?? '', until ?? '~', digest ?? '', size ?? ''].join(' ');
}

function byTimeThenTag(a: TagEvent, b: TagEvent): number {
  return compareText(timeOf(a) ?? '~', timeOf(b) ?? '~') || compareText(tagOf(a), tagOf(b));
}

function timeOf(event: TagEvent): Instant | null {
  return event.kind === 'vanished' ? event.at : event.row.since;
}

function tagOf(event: TagEvent): string {
  return event.kind === 'vanished' ? event.tag : event.row.tag;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
