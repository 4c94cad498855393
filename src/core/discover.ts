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
  /** Same tag, other digest. */
  | { readonly kind: 'moved'; readonly row: TagRow; readonly from: string; readonly history: readonly TagRow[] }
  /** Known and live before, gone now. */
  | { readonly kind: 'vanished'; readonly tag: string; readonly at: Instant | null }
  /** Known as gone, live again with the digest it had. */
  | { readonly kind: 'restored'; readonly row: TagRow };

/**
 * The events that lead from what is known to what was listed, in the order they happened (undated last, then by tag).
 * Monotone: applying the events and discovering again gives none. A row with an unknown digest (a plain tag list) never counts as moved.
 */
export function discoverTags(_known: ReadonlyMap<string, KnownTag>, _rows: readonly TagRow[], _complete: boolean): readonly TagEvent[] {
  throw new Error('pending');
}
