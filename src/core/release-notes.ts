/** The notes of a release with the version they are of, and which releases lie between it and the one a reader was last told of. */
import type { ReleaseOutline } from './classify.ts';
import type { ReleaseNotes } from './news.ts';
import { readNotes } from './notes.ts';
import { type MaterialChange, materialChange } from './notes-change.ts';
import type { NoteItem, NoteSection, Notes } from './notes-model.ts';
import type { Classification, Project, ReleaseFacts } from './release.ts';
import { compareVersions, parseVersion, type Version } from './version.ts';

/** How many skipped releases are told of; the release page of each says the rest. */
const MAX_SKIPPED = 6;

/** Null when nothing is written on the page. */
export function readReleaseNotes(project: Project, version: string, body: string): ReleaseNotes | null {
  if (body.trim() === '') return null;
  return { version, notes: readNotes(body, { repository: repositoryOf(project) }) };
}

/** Whether its page says not to take this release. */
export function isRetracted(project: Project, version: string, body: string): boolean {
  return (readReleaseNotes(project, version, body)?.notes.sections.retraction.length ?? 0) > 0;
}

/**
 * What of an edit of its page whoever was told of a release must hear; null for everything else. Notes that were not written when it was
 * told are an edit too: pages come first and empty.
 */
export function editOf(before: ReleaseFacts, after: ReleaseFacts): MaterialChange | null {
  // Told by a Herald that did not read notes yet: what was on the page then, nobody knows.
  if (before.notes === undefined || after.notes === undefined) return null;
  return materialChange(ownNotes(before), ownNotes(after));
}

/** What an edit added, as notes that say nothing else. */
export function notesOfEdit(added: MaterialChange): Notes {
  const nothing = readNotes('', { repository: null });
  return { ...nothing, placeholder: false, sections: { ...nothing.sections, ...added } };
}

function ownNotes({ version, notes = [] }: ReleaseFacts): Notes {
  return notes.find((each) => each.version === version)?.notes ?? readNotes('', { repository: null });
}

/** What is written about these releases, in their order; those about which nothing is written are left out. */
export function notesIn(
  project: Project,
  releases: readonly { readonly version: string; readonly body: string }[],
): readonly ReleaseNotes[] {
  return releases.flatMap(({ version, body }) => readReleaseNotes(project, version, body) ?? []);
}

/** The notes of a component inside, newest first. */
export interface ComponentNotes {
  readonly name: string;
  readonly notes: readonly ReleaseNotes[];
}

/** What of a component's notes concerns whoever takes it as a part of Kairos. Whether a version of it was taken back is not among it: Kairos chose the one it has. */
const OF_COMPONENTS = ['security', 'breaking', 'knownIssues', 'features', 'fixes', 'other'] as const satisfies readonly NoteSection[];

/** Notes of Kairos, newest first, with those of the components inside the newest: each item says of which version of which component it is. */
export function withComponents(notes: readonly ReleaseNotes[], components: readonly ComponentNotes[]): readonly ReleaseNotes[] {
  const [newest, ...older] = notes;
  if (newest === undefined) return notes;
  const joined = Object.fromEntries(
    OF_COMPONENTS.map((section) => [section, [...newest.notes.sections[section], ...components.flatMap((each) => itemsOf(each, section))]]),
  );
  return [{ ...newest, notes: { ...newest.notes, sections: { ...newest.notes.sections, ...joined } } }, ...older];
}

function itemsOf({ name, notes }: ComponentNotes, section: NoteSection): readonly NoteItem[] {
  return notes.flatMap(({ version, notes: { sections } }) =>
    sections[section].map((item) => ({ ...item, component: `${name} ${version}` })),
  );
}

/** Where `#123` of a project's own notes leads; a project nobody knows leads nowhere. */
function repositoryOf(project: Project): string {
  return project === 'auroraboot' ? 'kairos-io/AuroraBoot' : `kairos-io/${project}`;
}

/**
 * The stable releases that a reader who hears of minors (or majors) only was not told of before this one, newest first: after a minor those
 * of the line before, less the one that began it; after a major all of the major before, less its first.
 */
export function skippedReleases(
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
