/** The notes of a release with the version they are of, and which releases lie between it and the one a reader was last told of. */
import type { ReleaseOutline } from './classify.ts';
import type { ReleaseNotes } from './news.ts';
import { readNotes } from './notes.ts';
import type { Classification, Project } from './release.ts';
import { compareVersions, parseVersion, type Version } from './version.ts';

/** How many skipped releases are told of; the release page of each says the rest. */
const MAX_SKIPPED = 6;

/** Null when nothing is written on the page. */
export function readReleaseNotes(project: Project, version: string, body: string): ReleaseNotes | null {
  if (body.trim() === '') return null;
  return { version, notes: readNotes(body, { repository: repositoryOf(project) }) };
}

/** Where `#123` of a project's own notes leads; a project nobody knows leads nowhere. */
function repositoryOf(project: Project): string {
  return project === 'auroraboot' ? 'kairos-io/AuroraBoot' : `kairos-io/${project}`;
}

/**
 * The stable releases that a reader who hears of minors (or majors) only was not told of before this one, newest first: after a minor those
 * of the line before, less the one that began it; after a major all of the major before, less its first.
 */
export function releasesBetween(
  known: readonly ReleaseOutline[],
  version: string,
  { previous, components }: Classification,
): readonly string[] {
  const [own, before] = [parseVersion(version), parseVersion(previous ?? '')];
  const bump = components.kairos;
  if (own === null || before === null || (bump !== 'minor' && bump !== 'major')) return [];
  const ofThatTime = ({ major, minor }: Version): boolean => major === before.major && (bump === 'major' || minor === before.minor);
  const line = known
    .filter(({ prerelease }) => prerelease !== true)
    .flatMap((outline) => parseVersion(outline.version) ?? [])
    .filter((other) => other.prerelease === null && ofThatTime(other) && compareVersions(other, own) < 0)
    .sort(compareVersions);
  return line
    .slice(1)
    .reverse()
    .slice(0, MAX_SKIPPED)
    .map(({ text }) => text);
}
