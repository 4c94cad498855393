/** What happened to the files of a release page after the release was out. */
import type { ChangedFile } from './release.ts';
import { type Instant, MS, msBetween } from './time.ts';

interface File {
  readonly name: string;
  readonly digest: string | null;
}

/** While a release is being made, its files are uploaded over each other (`--clobber` in its workflow): that is no news. */
const PUBLISHING_MS = MS.day;

/** More changes than this of one page nobody reads; v1.6 to v3.0 had more than 500 files each. */
const MAX_CHANGES = 100;

/**
 * The changes known so far, and those that this look adds: files with another digest, and files that are gone (all Tumbleweed
 * files of v3.0.1 and v3.0.2, after the xz backdoor). One that is back is gone no more. A file whose digest GitHub does not
 * tell is only missed, not compared.
 */
export function changedFiles(
  known: readonly ChangedFile[],
  before: readonly File[],
  after: readonly File[],
  publishedAt: Instant | null,
  now: Instant,
): readonly ChangedFile[] {
  if (publishedAt !== null && msBetween(publishedAt, now) < PUBLISHING_MS) return known;
  const there = new Set(after.map(({ name }) => name));
  const [gone, others] = [known.filter(isGone), known.filter((change) => !isGone(change))];
  const digests = new Map([
    ...gone.map(({ name, from }) => [name, from] as const),
    ...before.map(({ name, digest }) => [name, digest] as const),
  ]);
  const replaced = after.flatMap(({ name, digest: to }): readonly ChangedFile[] => {
    const from = digests.get(name) ?? null;
    return from === null || to === null || from === to ? [] : [{ name, from, to, at: now }];
  });
  const removed = before.flatMap(({ name, digest }): readonly ChangedFile[] =>
    there.has(name) ? [] : [{ name, from: digest, to: null, at: now }],
  );
  return [...others, ...gone.filter(({ name }) => !there.has(name)), ...replaced, ...removed].slice(-MAX_CHANGES);
}

function isGone({ to }: ChangedFile): boolean {
  return to === null;
}
