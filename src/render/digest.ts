/** The releases of a period in one message: newest first, superseded ones folded into a line. */
import type { Line, Message, RankedSection } from '../core/message.ts';
import type { DigestFacts, ReleaseFacts } from '../core/release.ts';
import { isAlarming } from '../core/signature-alert.ts';
import type { Subscription } from '../core/subscription.ts';
import { day } from '../core/time.ts';
import { compareVersions, parseVersion } from '../core/version.ts';
import { footerOf } from './footer.ts';
import { groupsOf, imageTable } from './images.ts';
import { changesLine, notesLine, pageLink } from './release.ts';
import { verdictRows, verdictSections } from './verdict.ts';
import { bumpWord, count, dotted, projectName, strong, toneOf } from './words.ts';

/** One message for a period. A release that was collected twice is told once, as it is now. */
export function digestMessage(facts: DigestFacts, subscription: Subscription | null): Message {
  const releases = [...new Map(facts.releases.map((release) => [release.key, release])).values()].sort(newestFirst);
  const current = releases.filter((release) => release.supersededBy === null);
  const superseded = releases.filter((release) => release.supersededBy !== null);
  // A period in which everything was superseded by something this reader does not get still has its newest to tell.
  const told = current.length > 0 ? current : superseded.slice(0, 1);
  const folded = superseded.filter((release) => !told.includes(release));
  const loudest = told.map((release) => release.classification.bump).sort((a, b) => BUMPS.indexOf(a) - BUMPS.indexOf(b))[0];
  return {
    tone: told.some(({ images }) => images.some(isAlarming)) ? 'alarm' : loudest === undefined ? 'neutral' : toneOf(loudest),
    title: titleOf(facts, told),
    summary: [`${count(releases.length, 'release')} from ${day(facts.from)} to ${day(facts.to)}.`],
    sections: [
      ...told.flatMap(sectionsOf),
      ...(folded.length === 0
        ? []
        : [{ rank: 40, section: { kind: 'list', title: 'Superseded meanwhile', items: folded.map(foldedLine) } } as const]),
    ],
    footer: footerOf(
      releases.flatMap((release) => release.images),
      subscription,
    ),
    labels: ['kairos/digest', ...(loudest === undefined || loudest === 'none' ? [] : [`kairos/${loudest}`])],
  };
}

/** Loudest first. */
const BUMPS = ['major', 'minor', 'patch', 'rebuild', 'prerelease', 'none'];

function titleOf({ from, to }: DigestFacts, told: readonly ReleaseFacts[]): string {
  const [first, ...others] = told;
  const period = `${day(from)} to ${day(to)}`;
  if (first === undefined) return `Release digest · ${period} · nothing new`;
  const name = `${projectName(first.project)} ${first.version}`;
  return `Release digest · ${period} · ${name}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}

/** Each release is a line of what moved (kept to the last) and its images (dropped first). */
function sectionsOf(release: ReleaseFacts, index: number): readonly RankedSection[] {
  const groups = groupsOf(release.images);
  const { bump } = release.classification;
  const name = `${projectName(release.project)} ${release.version}${bump === 'none' ? '' : ` · ${bumpWord(bump)}`}`;
  const page: Line = release.page === null ? [] : [pageLink(release.page.url)];
  const line = dotted([[strong(name)], changesLine(release), notesLine(release), page]);
  return [
    { rank: 2 + index, section: { kind: 'text', line } },
    { rank: 2 + index, section: { kind: 'facts', rows: verdictRows(release.images) } },
    ...verdictSections(release.images),
    ...(groups.length === 0 ? [] : [{ rank: 1000 + index, section: imageTable(groups, null) }]),
  ];
}

function foldedLine({ project, version, supersededBy, classification }: ReleaseFacts): Line {
  return [`${projectName(project)} ${version} (${bumpWord(classification.bump)}), superseded by ${supersededBy ?? 'a newer one'}`];
}

/** Kairos itself first, then components by name; newest version first within each. */
function newestFirst(a: ReleaseFacts, b: ReleaseFacts): number {
  if (a.project !== b.project) return a.project === 'kairos' ? -1 : b.project === 'kairos' ? 1 : a.project < b.project ? -1 : 1;
  const [left, right] = [parseVersion(a.version), parseVersion(b.version)];
  return left === null || right === null ? Number(left === null) - Number(right === null) : compareVersions(right, left);
}
