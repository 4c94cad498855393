/**
 * Which tags a poll asks for their digests. A plain tag list has names only, so an image that is pushed again under its old tag is not
 * seen in it. Asking for every tag would cost a request a tag and poll; this spreads the question over polls. Pure.
 */
import type { Reference } from './image.ts';
import { publishedVersion } from './release.ts';
import { channelOf, compareVersions, type Version } from './version.ts';

/**
 * The most digests a poll asks for. No setting: a release of some forty images has its digests after two polls, a round over the watched
 * releases takes a few hours at three polls an hour, and the poll stays within a burst that registries allow a single client.
 */
export const MAX_DIGEST_CHECKS = 20;

/** How many of the newest stable releases are watched for re-pushes: what people install or roll back to. */
const WATCHED_RELEASES = 3;

export interface DigestChecks {
  readonly tags: readonly string[];
  /** Where the round over the watched images stands, to be given again at the next poll. */
  readonly checked: string | null;
}

interface Candidate {
  readonly tag: string;
  readonly version: Version;
}

/**
 * The tags to ask for, at most MAX_DIGEST_CHECKS: those never seen before, those stored without a digest, then the images of the newest
 * stable releases in turn, the one asked longest ago first. Among equals the newest version comes first. Tags that belong to no release
 * (signatures, branches, what is not recognised) are never asked for. `read`: how the target reads a tag.
 *
 * While tags without a digest and images to look at again both wait, each gets half of what is left: a repository with thousands of old
 * tags must not put off noticing a re-push for days.
 */
export function planDigestChecks(
  read: (tag: string) => Reference,
  listed: readonly string[],
  known: ReadonlyMap<string, { readonly digest: string | null }>,
  checked: string | null,
): DigestChecks {
  const candidates = listed.flatMap((tag): readonly Candidate[] => {
    const version = publishedVersion(read(tag));
    return version === null ? [] : [{ tag, version }];
  });
  const newest = candidates.toSorted(byNewest);
  const fresh = newest.filter(({ tag }) => !known.has(tag)).slice(0, MAX_DIGEST_CHECKS);
  const blank = newest.filter(({ tag }) => known.get(tag)?.digest === null);
  const round = inTurn(
    watchedTags(newest).filter((tag) => typeof known.get(tag)?.digest === 'string'),
    checked,
  );

  const left = MAX_DIGEST_CHECKS - fresh.length;
  const blanks = blank.slice(0, Math.max(Math.ceil(left / 2), left - round.length));
  const again = round.slice(0, left - blanks.length);
  return { tags: [...[...fresh, ...blanks].map(({ tag }) => tag), ...again], checked: again.at(-1) ?? checked };
}

/** The tags of the newest stable releases among candidates that come newest first. */
function watchedTags(newest: readonly Candidate[]): readonly string[] {
  const stable = newest.filter(({ version }) => channelOf(version) === 'stable');
  const releases = new Set([...new Set(stable.map(({ version }) => version.text))].slice(0, WATCHED_RELEASES));
  return stable.flatMap(({ tag, version }) => (releases.has(version.text) ? [tag] : []));
}

/** In alphabetical order, beginning after the tag that was asked last: tags may come and go between two polls. */
function inTurn(tags: readonly string[], checked: string | null): readonly string[] {
  const sorted = tags.toSorted();
  const next = checked === null ? 0 : sorted.findIndex((tag) => tag > checked);
  return next <= 0 ? sorted : [...sorted.slice(next), ...sorted.slice(0, next)];
}

function byNewest(a: Candidate, b: Candidate): number {
  return compareVersions(b.version, a.version) || (a.tag < b.tag ? -1 : 1);
}
