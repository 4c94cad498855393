/**
 * Known vulnerabilities as sections of a message. Every figure stands with who said it and when: it is about a day and not about an image,
 * and what was not asked for is said beside what was.
 */
import type { Failure } from '../core/errors.ts';
import type { Inline, Line, RankedSection } from '../core/message.ts';
import type { NotAsked } from '../core/package-question.ts';
import type { DashboardFinding, HadronMain } from '../core/security-dashboard.ts';
import { isVulnerabilityId, type Vulnerability, type VulnerabilityReport } from '../core/vulnerabilities.ts';
import { cleanLine } from './sanitize.ts';
import { code, count, dotted, link, listing, moment, strong } from './words.ts';

/** More than these are counted. */
const MAX_LISTED = 10;
const MAX_PACKAGES = 3;
const MAX_NAME = 120;
const MAX_SUMMARY = 140;

/** What going from one image to another means. */
export function vulnerabilitySections(report: VulnerabilityReport): readonly RankedSection[] {
  const { source, askedAt, fixed, introduced, unchanged, packages, asked } = report;
  const by = `${source}, asked ${moment(askedAt)}`;
  if (packages === 0) return [textOf(2, ['Vulnerabilities: the two have the same packages, so nothing was asked for.'])];
  if (asked === 0)
    return [textOf(2, [`Vulnerabilities: none of ${count(packages, 'changed package')} can be asked for (${leftOut(report.notAsked)}).`])];
  return [
    textOf(2, [
      'Vulnerabilities known of the packages that changed: ',
      strong(`${fixed.length} fixed`),
      ' by upgrading · ',
      strong(`${introduced.length} new`),
      ` · ${unchanged} in both (${by}).`,
    ]),
    ...listed(2, `New with the upgrade (${by})`, introduced),
    ...listed(3, `Fixed by upgrading (${by})`, fixed),
    textOf(4, [limits(report)]),
  ];
}

/** In place of figures, when there are none: nobody may take silence for good news. */
export function vulnerabilitiesUnknown(source: string, { code: reason }: Pick<Failure, 'code'>): readonly RankedSection[] {
  return [textOf(2, [`Vulnerabilities: not known. ${source} could not be asked (${reason}); this says nothing about the images.`])];
}

/** Why there are no figures where nobody was asked: `off` in the configuration, or because of `--offline`. */
export function vulnerabilitiesNotAsked(why: 'off' | 'offline'): readonly RankedSection[] {
  const off: Line = [
    'Vulnerabilities: not asked for. ',
    code('vulnerabilities: { source: osv }'),
    ' in the configuration switches it on; names and versions of the packages that differ are then sent to OSV.',
  ];
  return [textOf(5, why === 'off' ? off : ['Vulnerabilities: not asked for, because with --offline nobody is.'])];
}

/** The state of Hadron's main branch on a day. */
export function hadronMainSections({ readAt, seenOn, incomplete, open, setAside }: HadronMain): readonly RankedSection[] {
  const when = seenOn === null ? `as read on ${readAt.slice(0, 10)}` : `on ${seenOn}`;
  const summary: Line = [
    `Hadron main ${when}, which is no release: ${open.length} open`,
    setAside === 0 ? '' : `, ${setAside} set aside by the security team`,
    ` (kairos-io/security, read ${moment(readAt)}).`,
    incomplete ? ' Its scan could not look at everything.' : '',
  ];
  const items = open.slice(0, MAX_LISTED).map(findingLine);
  const title = `Open in Hadron main ${when}, not a release's own state`;
  return [
    textOf(
      4,
      summary.filter((part) => part !== ''),
    ),
    ...(items.length === 0 ? [] : [{ rank: 5, section: { kind: 'list', title, items: withRest(items, open.length) } } as const]),
  ];
}

function findingLine({ name, id, severity, package: of, version }: DashboardFinding): Line {
  return dotted([[named(name, id)], [severity], [code(cleanLine(`${of} ${version}`, MAX_NAME))]]);
}

function listed(rank: number, title: string, vulnerabilities: readonly Vulnerability[]): readonly RankedSection[] {
  if (vulnerabilities.length === 0) return [];
  const items = vulnerabilities.slice(0, MAX_LISTED).map(vulnerabilityLine);
  return [{ rank, section: { kind: 'list', title, items: withRest(items, vulnerabilities.length) } }];
}

function vulnerabilityLine({ name, id, severity, packages, summary }: Vulnerability): Line {
  const shown = packages.slice(0, MAX_PACKAGES).map((text) => code(cleanLine(text, MAX_NAME)));
  const left = packages.length - shown.length;
  const places = shown.flatMap((place, index): readonly Inline[] => (index === 0 ? [place] : [', ', place]));
  return dotted([
    [named(name, id)],
    [severity === 'unknown' ? 'severity not known' : severity],
    left === 0 ? places : [...places, ` and ${left} more`],
    summary === null ? [] : [cleanLine(summary, MAX_SUMMARY)],
  ]);
}

function withRest(items: readonly Line[], all: number): readonly Line[] {
  return all > items.length ? [...items, [`and ${all - items.length} more`]] : items;
}

/** A link to an address that is made here, of an id that can be nothing else. */
function named(name: string, id: string | null): Inline {
  const text = cleanLine(name, MAX_NAME);
  return id !== null && isVulnerabilityId(id) ? link(text, `https://osv.dev/vulnerability/${encodeURIComponent(id)}`) : text;
}

const NOT_ASKED: Readonly<Record<NotAsked, string>> = {
  kind: 'of a kind no database is kept of, such as what Hadron builds from source',
  release: 'whose distribution has no release there, or does not say it',
  malformed: 'that name themselves wrongly',
};

function leftOut(notAsked: Readonly<Record<NotAsked, number>>): string {
  const why = (['kind', 'release', 'malformed'] as const).filter((reason) => notAsked[reason] > 0);
  return listing(why.map((reason) => `${count(notAsked[reason], 'version')} ${NOT_ASKED[reason]}`));
}

function limits({ asked, notAsked, undescribed }: VulnerabilityReport): string {
  const out = leftOut(notAsked);
  return [
    `Asked for: ${count(asked, 'version')} of packages that changed; what is the same in both was not.`,
    ...(out === '' ? [] : [`Not asked for: ${out}.`]),
    ...(undescribed === 0 ? [] : [`Not looked up: ${undescribed}, which may be counted twice or under another name.`]),
  ].join(' ');
}

function textOf(rank: number, line: Line): RankedSection {
  return { rank, section: { kind: 'text', line } };
}
