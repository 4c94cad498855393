/** What is still published and what is not, for people. */
import type { Cycle, EolAnswer, FlavorLife, ProjectLife } from '../core/eol.ts';
import { unreachable } from '../core/errors.ts';
import type { Line, Message, RankedSection } from '../core/message.ts';
import type { Lifecycle } from '../core/target.ts';
import { type Instant, instant, msBetween } from '../core/time.ts';
import { distroOf, parseKubernetesVersion } from '../core/version.ts';
import { checkedLines, troubles } from './standing.ts';
import { count, duration, flavorName, kubernetesNumber, projectName, strong } from './words.ts';

/** `words`: what was asked; empty when everything was. */
export function eolMessage({ flavors, projects }: EolAnswer, words: string, now: Instant): Message {
  const places = [...flavors.map(({ place }) => place), ...projects.flatMap((life) => life.places)];
  const living = [...flavors, ...projects].filter(({ lifecycle }) => lifecycle.state === 'active').length;
  const ended = flavors.length + projects.length - living;
  const lines = flavors.filter(({ lifecycle, cycles }) => cycles.length > 0 && (lifecycle.state === 'active' || flavors.length === 1));
  return {
    tone: places.some(({ failingSince }) => failingSince !== null) ? 'warning' : 'neutral',
    title: `${words === '' ? '' : `${words}: `}${living} still published, ${ended} no longer`,
    summary: [],
    sections: [
      ...troubles(places),
      ...lines.map((life) => linesTable(life, now)),
      ...flavors.flatMap(kubernetesTable),
      ...lifeTable('Flavors', flavors.map(flavorRow)),
      ...advice(flavors),
      ...lifeTable('Components', projects.map(projectRow)),
    ],
    footer: [
      ...(lines.some(({ lifecycle, cycles }) => lifecycle.state === 'active' && cycles.length > 1)
        ? [
            [
              "Kairos' documentation says that only the newest line gets patches. Releases of an older line after the first of a newer one are counted as late patches.",
            ],
          ]
        : []),
      ...checkedLines(places),
    ],
    labels: [],
  };
}

function linesTable({ flavor, lifecycle, cycles }: FlavorLife, now: Instant): RankedSection {
  const living = lifecycle.state === 'active';
  const late = cycles.some(({ backports }) => backports > 0);
  const row = ({ cycle, latest, latestReleaseDate, releaseDate, backports }: Cycle, index: number): readonly Line[] => [
    [strong(`v${cycle}`)],
    [releaseDate],
    [latest],
    [latestReleaseDate],
    [`${duration(msBetween(instant(latestReleaseDate), now))} ago`],
    ...(late ? [[backports === 0 ? '' : String(backports)]] : []),
    ...(living ? [[index === 0 ? 'newest line' : '']] : []),
  ];
  const columns = ['Line', 'Began', 'Last release', 'Date', 'Age', ...(late ? ['Late patches'] : []), ...(living ? [''] : [])];
  return { rank: 1, section: { kind: 'table', title: `Lines of ${flavorName(flavor)} images`, columns, rows: cycles.map(row) } };
}

function kubernetesTable({ flavor, kubernetes, cycles }: FlavorLife): readonly RankedSection[] {
  const [newest] = cycles;
  if (kubernetes.length === 0 || newest === undefined) return [];
  const rows = kubernetes.map(({ distro, minor, newest: text, archs }): readonly Line[] => [
    [strong(`${distro} ${minor}`)],
    [numberOf(text)],
    [archs.join(', ')],
  ]);
  const title = `Kubernetes in ${flavorName(flavor)} images of ${newest.latest}`;
  return [{ rank: 2, section: { kind: 'table', title, columns: ['Minor', 'Version', 'Architectures'], rows } }];
}

function numberOf(text: string): string {
  const [distro, version] = [distroOf(text), parseKubernetesVersion(text)];
  return distro === null || version === null ? text : kubernetesNumber({ distro, version });
}

interface LifeRow {
  readonly name: string;
  readonly state: string;
  readonly last: string;
}

function flavorRow({ flavor, lifecycle, cycles }: FlavorLife): LifeRow {
  const [newest] = cycles;
  const seen = newest === undefined ? null : `${newest.latest} (${newest.latestReleaseDate})`;
  return { name: flavorName(flavor), state: stateWords(lifecycle), last: seen ?? recordedLast(lifecycle) };
}

function projectRow({ project, lifecycle, latest, latestReleaseDate }: ProjectLife): LifeRow {
  const last = latest === null ? recordedLast(lifecycle) : `${latest}${latestReleaseDate === null ? '' : ` (${latestReleaseDate})`}`;
  return { name: projectName(project), state: stateWords(lifecycle), last };
}

function recordedLast(lifecycle: Lifecycle): string {
  return lifecycle.state === 'active' ? 'not checked yet' : (lifecycle.lastVersion ?? 'not known');
}

function stateWords(lifecycle: Lifecycle): string {
  switch (lifecycle.state) {
    case 'active':
      return 'published';
    case 'frozen':
      return `ended ${lifecycle.since}`;
    case 'absorbed':
      return `part of ${projectName(lifecycle.into)} since ${lifecycle.since}`;
    case 'archived':
      return `archived ${lifecycle.since}`;
    default:
      return unreachable(lifecycle);
  }
}

/** Rows that say the same of many names become one: the sixteen repositories of before v2.4.2 ended on one day. */
function lifeTable(title: string, rows: readonly LifeRow[]): readonly RankedSection[] {
  if (rows.length === 0) return [];
  const groups = [...Map.groupBy(rows, ({ state, last }) => `${state} ${last}`).values()];
  const lines = groups.flatMap((group): readonly (readonly Line[])[] => {
    const [first] = group;
    if (first === undefined) return [];
    const names = group.map(({ name }) => name);
    return [
      [
        [
          strong(
            names.length > MAX_NAMES ? `${names.slice(0, MAX_NAMES).join(', ')} and ${names.length - MAX_NAMES} more` : names.join(', '),
          ),
        ],
        [first.state],
        [first.last],
      ],
    ];
  });
  return [
    { rank: 3, section: { kind: 'table', title: `${title} (${rows.length})`, columns: ['Name', 'State', 'Last release'], rows: lines } },
  ];
}

const MAX_NAMES = 8;

/** What to do instead, once for all flavors of which the same is said. */
function advice(flavors: readonly FlavorLife[]): readonly RankedSection[] {
  const frozen = flavors.flatMap(({ flavor, lifecycle }) => (lifecycle.state === 'frozen' ? [{ flavor, advice: lifecycle.advice }] : []));
  if (frozen.length === 0) return [];
  const items = frozen.map(({ flavor, advice: text }): Line => [strong(flavorName(flavor)), `: ${text}`]);
  return [{ rank: 4, section: { kind: 'list', title: `What to do instead (${count(frozen.length, 'flavor')})`, items } }];
}
