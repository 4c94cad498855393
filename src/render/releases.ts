/** Lists of releases, and one release in full, for people. */
import type { Place } from '../core/history.ts';
import { type Line, type Message, plainLine, type Section } from '../core/message.ts';
import { type Part, partsOf } from '../core/parts.ts';
import type { PublishedImage, ReleaseFacts } from '../core/release.ts';
import type { ListedRelease, ReleaseList } from '../core/releases.ts';
import { day, type Instant } from '../core/time.ts';
import { distroOf, parseKubernetesVersion } from '../core/version.ts';
import { releaseMessage } from './release.ts';
import { checkedLines, troubles } from './standing.ts';
import { bumpWord, code, count, kubernetesNumber, moment, projectName, shortDigest, strong } from './words.ts';

/** What a list of releases is about, in words. */
export interface ReleaseListSubject {
  readonly project: string;
  /** The words for images; empty when all were asked for. */
  readonly words: string;
}

/** Releases as a table, newest version first. */
export function releaseListMessage(
  { project, words }: ReleaseListSubject,
  { releases, total }: ReleaseList,
  places: readonly Place[],
): Message {
  const all = releases.length === total;
  const counted = all ? count(total, 'release') : `the newest ${releases.length} of ${count(total, 'release')}`;
  return {
    tone: places.some(({ failingSince }) => failingSince !== null) ? 'warning' : 'neutral',
    title: `${projectName(project)}${words === '' ? '' : `, ${words}`}: ${counted}`,
    summary: releases.length === 0 ? [nothingListed(places)] : all ? [] : ['All of them: ', code('--all'), '.'],
    sections: [...troubles(places), ...(releases.length === 0 ? [] : [{ rank: 1, section: listTable(releases) }])],
    footer: checkedLines(places),
    labels: [],
  };
}

function nothingListed(places: readonly Place[]): string {
  const looked = places.some(({ lastSuccessAt }) => lastSuccessAt !== null);
  return looked ? 'No release that is known fits.' : 'Nothing was checked yet, so no release is known. Run "herald check" first.';
}

/** Columns that say nothing of any of these releases are left out. */
function listTable(releases: readonly ListedRelease[]): Section {
  const columns: readonly (readonly [string, (release: ListedRelease) => Line])[] = [
    ['Version', ({ facts }) => [strong(facts.version)]],
    ['Date', ({ publishedAt }) => [day(publishedAt)]],
    ['Change', ({ facts }) => [facts.classification.bump === 'none' ? '' : bumpWord(facts.classification.bump)]],
    ['Hadron', ({ base }) => [base ?? '']],
    ['Kubernetes', ({ kubernetes }) => [kubernetesWords(kubernetes)]],
    ['Images', ({ images, facts }) => [images === 0 && facts.page !== null ? 'page only' : String(images)]],
    ['', (release) => [marksOf(release).join(', ')]],
  ];
  const telling = columns.filter(([, value]) => releases.some((release) => plainLine(value(release)) !== ''));
  return {
    kind: 'table',
    title: null,
    columns: telling.map(([name]) => name),
    rows: releases.map((release) => telling.map(([, value]) => value(release))),
  };
}

/** `k3s/k0s 1.36.4`, `k3s 1.36.0 · k0s 1.35.4`: the newest of each. */
function kubernetesWords({ k3s, k0s }: ListedRelease['kubernetes']): string {
  const [first, second] = [k3s, k0s].map((text) => (text === undefined ? '' : numberOf(text)));
  if (first === second) return first === undefined || first === '' ? '' : `k3s/k0s ${first}`;
  return [first === '' ? '' : `k3s ${first}`, second === '' ? '' : `k0s ${second}`].filter((part) => part !== '').join(' · ');
}

function numberOf(text: string): string {
  const [distro, version] = [distroOf(text), parseKubernetesVersion(text)];
  return distro === null || version === null ? text : kubernetesNumber({ distro, version });
}

/** What a reader of a list should know of a release before he takes it. */
export function marksOf({ facts, held }: Pick<ListedRelease, 'facts' | 'held'>): readonly string[] {
  const { classification, supersededBy, retracted, withdrawn, completeness, images } = facts;
  const absent = withdrawn == null && images.length > 0 ? (completeness?.images ?? []).filter(({ status }) => status !== 'present') : [];
  return [
    ...(held ? ['held: its version is hard to believe'] : []),
    ...(withdrawn == null ? [] : ['withdrawn']),
    ...(retracted === true ? ['retracted: its page says not to take it'] : []),
    ...(classification.latest && !held && retracted !== true ? ['latest'] : []),
    ...(classification.backport ? ['backport'] : []),
    ...(supersededBy === null ? [] : [`superseded by ${supersededBy}`]),
    ...(absent.length === 0 ? [] : [`${absent.length} ${absent[0]?.status === 'late' ? 'late' : 'missing'}`]),
  ];
}

/** What is known of a release beyond what is said of it everywhere. */
export interface ReleaseDetail {
  readonly facts: ReleaseFacts;
  readonly held: boolean;
  readonly baseline: boolean;
  /** `now`: the registry was asked for this answer. */
  readonly asked: { readonly repository: string; readonly at: Instant } | null;
}

/** One release in full: its message, and what only somebody who asks wants to read. */
export function releaseDetailMessage({ facts, held, baseline, asked }: ReleaseDetail, places: readonly Place[]): Message {
  const message = releaseMessage(facts, null);
  const parts = facts.project === 'kairos' ? partsOf(facts.version) : [];
  const again = facts.images.flatMap(historyOf);
  return {
    ...message,
    tone: held || places.some(({ failingSince }) => failingSince !== null) ? 'warning' : message.tone,
    sections: [
      ...troubles(places),
      ...(held ? [{ rank: 1, section: { kind: 'text', line: [strong('Held.'), ` ${HELD}`] } } as const] : []),
      ...message.sections,
      ...(parts.length === 0 ? [] : [{ rank: 3, section: partsTable(parts) }]),
      ...(again.length === 0
        ? []
        : [{ rank: 6, section: { kind: 'list', title: `Earlier digests (${again.length})`, items: again } } as const]),
    ],
    footer: [
      ...(baseline ? [['It was there when Herald first looked, so it was recorded and not announced.']] : []),
      ...(asked === null ? [] : [[`Asked ${asked.repository} for this answer, ${moment(asked.at)}; nothing was stored.`]]),
      ...checkedLines(places),
    ],
  };
}

function partsTable(parts: readonly Part[]): Section {
  const rows = parts.map(({ name, version }): readonly Line[] => [[name], [version]]);
  return { kind: 'table', title: `Made of (${parts.length})`, columns: ['Component', 'Version'], rows };
}

const HELD =
  'Its version jumps far beyond all before it, so it is announced to nobody until somebody accepts it in the configuration (accept).';

/** Every digest a tag had before the one it has, also those of the hours in which the release was made. */
function historyOf({ reference, replaced }: PublishedImage): readonly Line[] {
  const tag = reference.slice(reference.lastIndexOf('/') + 1);
  return replaced.map(({ digest, until }): Line => [code(tag), ' ', code(shortDigest(digest)), ` until ${moment(until)}`]);
}
