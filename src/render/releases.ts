/** Lists of releases, one release in full, and what is still published, for people. */
import type { Line, Message, RankedSection } from '../core/message.ts';
import { partsOf } from '../core/parts.ts';
import type { Standing } from '../core/query.ts';
import type { ReleaseFacts } from '../core/release.ts';
import type { ReleaseDiff } from '../core/release-diff.ts';
import type { ReleaseLine, ReleaseSummary } from '../core/release-list.ts';
import { day, type Instant, msBetween } from '../core/time.ts';
import { distroOf, parseKubernetesVersion } from '../core/version.ts';
import { lastChecked, lifecycleLine, trouble } from './answer.ts';
import { releaseMessage } from './release.ts';
import { bumpWord, count, duration, kubernetesNumber, projectName, strong } from './words.ts';

/** Releases as a table, newest first. `total`: how many there are beyond those shown. */
export function releaseListMessage(
  project: string,
  shown: readonly ReleaseSummary[],
  total: number,
  standings: readonly Standing[],
): Message {
  const rows = shown.map(({ outline, classification, held, baseline }): readonly Line[] => [
    [strong(outline.version)],
    [day(outline.publishedAt)],
    [classification.bump === 'none' ? '' : bumpWord(classification.bump)],
    [contentsWords(outline)],
    [outline.images === 0 ? 'page only' : String(outline.images)],
    [marks({ classification, held, baseline })],
  ]);
  return {
    tone: standings.some(({ failingSince }) => failingSince !== null) ? 'warning' : 'neutral',
    title: `${projectName(project)}: ${shown.length === total ? count(total, 'release') : `${shown.length} of ${count(total, 'release')}`}`,
    summary: shown.length === 0 ? ['Nothing that is stored fits.'] : [],
    sections: [
      ...standings.flatMap(trouble),
      ...(rows.length === 0
        ? []
        : [
            {
              rank: 1,
              section: { kind: 'table', title: null, columns: ['Version', 'Date', 'Change', 'With', 'Images', ''], rows },
            } as const,
          ]),
    ],
    footer: standings.map(lastChecked),
    labels: [],
  };
}

/** `Hadron v0.5.1 · k3s 1.36.4 · k0s 1.36.4`. */
function contentsWords({ base, kubernetes }: ReleaseSummary['outline']): string {
  return [
    ...(base === null ? [] : [`Hadron ${base}`]),
    ...[kubernetes.k3s, kubernetes.k0s].flatMap((text) => (text === undefined ? [] : [shortKubernetes(text)])),
  ].join(' · ');
}

function shortKubernetes(text: string): string {
  const [distro, version] = [distroOf(text), parseKubernetesVersion(text)];
  return distro === null || version === null ? text : `${distro} ${kubernetesNumber({ distro, version })}`;
}

function marks({ classification, held }: Pick<ReleaseSummary, 'classification' | 'held' | 'baseline'>): string {
  return [...(classification.latest ? ['latest'] : []), ...(classification.backport ? ['backport'] : []), ...(held ? ['held'] : [])].join(
    ', ',
  );
}

/** One release in full: its message, and what only somebody who asks wants to read. */
export function releaseDetailMessage(facts: ReleaseFacts, standings: readonly Standing[]): Message {
  const message = releaseMessage(facts, null);
  const parts = facts.project === 'kairos' ? partsOf(facts.version) : [];
  return {
    ...message,
    sections: [
      ...standings.flatMap(trouble),
      ...message.sections,
      ...(parts.length === 0
        ? []
        : [{ rank: 3, section: { kind: 'facts', rows: parts.map(({ name, version }) => ({ label: name, value: [version] })) } } as const]),
    ],
    footer: standings.map(lastChecked),
  };
}

/** Two releases side by side. */
export function releaseDiffMessage(diff: ReleaseDiff, between: readonly ReleaseSummary[], project: string): Message {
  const back = diff.direction === 'back';
  return {
    tone: back ? 'warning' : 'neutral',
    title: `${projectName(project)} ${diff.from} → ${diff.to}${back ? ': going back' : ''}`,
    summary:
      between.length === 0
        ? ['No release lies between them.']
        : [
            `${count(between.length, 'release')} between them: ${between.map(({ outline, classification }) => `${outline.version} (${bumpWord(classification.bump)})`).join(', ')}.`,
          ],
    sections: [
      {
        rank: 1,
        section: { kind: 'facts', rows: diff.versions.map(({ name, from, to, bump }) => row(VERSION_NAMES[name], from, to, bump)) },
      },
      ...(diff.parts.length === 0
        ? []
        : [
            { rank: 2, section: { kind: 'facts', rows: diff.parts.map(({ name, from, to, bump }) => row(name, from, to, bump)) } } as const,
          ]),
      ...listed(2, 'Images that came', diff.added),
      ...listed(2, 'Images that went', diff.gone),
      ...listed(3, 'Kubernetes minors that came', diff.minorsAdded),
      ...listed(3, 'Kubernetes minors that went', diff.minorsGone),
      ...listed(4, 'Size to pull', diff.sizes.filter(({ from, to }) => from !== to).map(sizeWords)),
    ],
    footer: [],
    labels: [],
  };
}

const VERSION_NAMES: Readonly<Record<ReleaseDiff['versions'][number]['name'], string>> = {
  kairos: 'Kairos',
  base: 'Hadron',
  k3s: 'k3s',
  k0s: 'k0s',
};

function row(
  label: string,
  from: string | null,
  to: string | null,
  bump: ReleaseDiff['versions'][number]['bump'],
): { label: string; value: Line } {
  if (from === to) return { label, value: [`${to ?? ''} (unchanged)`] };
  if (from === null) return { label, value: [strong(to ?? ''), ' (not known before)'] };
  if (to === null) return { label, value: [`${from} (not known after)`] };
  return { label, value: [`${from} → `, strong(to), ...(bump === null || bump === 'none' ? [] : [` (${bumpWord(bump)})`])] };
}

function listed(rank: number, title: string, items: readonly string[]): readonly RankedSection[] {
  return items.length === 0
    ? []
    : [{ rank, section: { kind: 'list', title: `${title} (${items.length})`, items: items.map((item) => [item]) } }];
}

const MEGABYTE = 1_000_000;

function sizeWords({ combination, from, to }: ReleaseDiff['sizes'][number]): string {
  const delta = (to - from) / MEGABYTE;
  return `${combination}: ${Math.round(from / MEGABYTE)} → ${Math.round(to / MEGABYTE)} MB (${delta < 0 ? '' : '+'}${delta.toFixed(1)})`;
}

export interface LifecycleEntry {
  readonly standing: Standing;
  readonly project: string;
  readonly newest: string | null;
  readonly newestAt: Instant | null;
}

/** What is still published and what is not, and the lines of Kairos with their ages. */
export function endOfLifeMessage(entries: readonly LifecycleEntry[], lines: readonly ReleaseLine[], now: Instant): Message {
  const ended = entries.filter(({ standing }) => standing.lifecycle.state !== 'active');
  const active = entries.filter(({ standing }) => standing.lifecycle.state === 'active');
  const age = (at: Instant): string => `${duration(msBetween(at, now))} ago`;
  return {
    tone: 'neutral',
    title: `${count(active.length, 'place')} still published to, ${ended.length} no longer`,
    summary: ['Upstream says that only the newest release line gets patches; what it did is below.'],
    sections: [
      ...(lines.length === 0
        ? []
        : [
            {
              rank: 1,
              section: {
                kind: 'table',
                title: 'Lines of Kairos',
                columns: ['Line', 'Newest', 'Date', 'Last release', 'Releases'],
                rows: lines.map(({ line, newest, newestAt, releases }): readonly Line[] => [
                  [strong(line)],
                  [newest],
                  [day(newestAt)],
                  [age(newestAt)],
                  [String(releases)],
                ]),
              },
            } as const,
          ]),
      table(2, 'Still published', active, ({ newest, newestAt }) => [
        newest === null ? 'nothing known yet' : `${newest}${newestAt === null ? '' : ` (${day(newestAt)})`}`,
      ]),
      table(3, 'No longer published', ended, ({ standing }) => lifecycleLine(standing.lifecycle, standing.flavor)),
    ],
    footer: [],
    labels: [],
  };
}

function table(rank: number, title: string, entries: readonly LifecycleEntry[], value: (entry: LifecycleEntry) => Line): RankedSection {
  return {
    rank,
    section: {
      kind: 'table',
      title,
      columns: ['Place', title === 'Still published' ? 'Newest' : 'State'],
      rows: entries.map((entry): readonly Line[] => [[strong(entry.standing.flavor), ` ${entry.standing.repository}`], value(entry)]),
    },
  };
}
