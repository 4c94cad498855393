/** What happened to the files of a release page after the release was out. */
import type { ReplacedFile } from './release.ts';
import { type Instant, MS, msBetween } from './time.ts';

interface File {
  readonly name: string;
  readonly digest: string | null;
}

/** While a release is being made, its files are uploaded over each other (`--clobber` in its workflow): that is no news. */
const PUBLISHING_MS = MS.day;

/** More replacements than this of one page are a page nobody can read. */
const MAX_REPLACED = 100;

/** The replacements known so far, and those that this look adds. A file whose digest GitHub does not tell is not compared. */
export function replacedFiles(
  known: readonly ReplacedFile[],
  before: readonly File[],
  after: readonly File[],
  publishedAt: Instant | null,
  now: Instant,
): readonly ReplacedFile[] {
  if (publishedAt !== null && msBetween(publishedAt, now) < PUBLISHING_MS) return known;
  const digests = new Map(before.map(({ name, digest }) => [name, digest]));
  const fresh = after.flatMap(({ name, digest: to }): readonly ReplacedFile[] => {
    const from = digests.get(name) ?? null;
    return from === null || to === null || from === to ? [] : [{ name, from, to, at: now }];
  });
  return [...known, ...fresh].slice(-MAX_REPLACED);
}
