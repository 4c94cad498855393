/** Answers to questions as messages: `latest`, and what to say when a question was not understood. */
import type { BaseStanding } from '../core/base.ts';
import { unreachable } from '../core/errors.ts';
import type { Line, Message, RankedSection } from '../core/message.ts';
import { type Awaited, type LatestAnswer, type LatestFlavorAnswer, printQuery, type QueryProblem, type Standing } from '../core/query.ts';
import type { Lifecycle } from '../core/target.ts';
import { day } from '../core/time.ts';
import { compareVersions, parseVersion } from '../core/version.ts';
import { flavorsOf, groupsOf, imageTable, newestReferences } from './images.ts';
import { verdictRows, verdictSections } from './verdict.ts';
import { bumpWord, code, flavorName, listing, moment, projectName, strong } from './words.ts';

/** "Latest" for one flavor or for several. */
export function latestMessage(answer: LatestAnswer): Message {
  const asked = printQuery(answer.query) || 'any image';
  const [only, ...others] = answer.flavors;
  if (only === undefined) return nothingWatched(asked);
  if (others.length > 0) return severalFlavors(asked, answer.flavors);
  return {
    tone: toneOf(only),
    title: `Latest ${asked}: ${only.version === null ? 'no answer' : `${projectName(only.project)} ${only.version} on ${flavorsOf(groupsOf(only.images))}`}`,
    summary: summaryOf(only),
    sections: [...trouble(only), ...missing(only), ...builtOn(only), ...imagesOf(only, 2)],
    footer: [definition(answer.query.prereleases), checked(only)],
    labels: [],
  };
}

/** Words of a question nobody understood, each with what is wrong with it. */
export function queryProblemMessage(problems: readonly QueryProblem[]): Message {
  return {
    tone: 'warning',
    title: `Not understood: ${listing(problems.map(({ word }) => word))}`,
    summary: ['Ask with words such as ', code('hadron standard arm64 rpi4 k3s 1.35'), ', in any order.'],
    sections: [{ rank: 1, section: { kind: 'list', title: null, items: problems.map((problem) => [queryProblemWords(problem)]) } }],
    footer: [],
    labels: [],
  };
}

/** What is wrong with one word of a question, as a sentence. */
export function queryProblemWords({ word, suggestion, why }: QueryProblem): string {
  switch (why) {
    case 'unknown':
      return `"${word}" is not a word I know here${suggestion === null ? '.' : `; did you mean "${suggestion}"?`}`;
    case 'conflict':
      return `"${word}" contradicts what stands before it; ask one thing at a time.`;
    case 'no-question':
      return `"${word}" chooses among news; it has no meaning in a question.`;
    default:
      return unreachable(why);
  }
}

function severalFlavors(asked: string, flavors: readonly LatestFlavorAnswer[]): Message {
  return {
    tone: flavors.some(({ failingSince }) => failingSince !== null) ? 'warning' : 'neutral',
    title: `Latest ${asked}`,
    summary: [inSeveral(flavors)],
    sections: flavors.flatMap((flavor, index) => [
      {
        rank: 1 + index,
        section: {
          kind: 'text',
          line: [strong(`${nameOf(flavor)}: ${flavor.version ?? 'no answer'}`), ' ', ...summaryOf(flavor)],
        },
      } as const,
      ...trouble(flavor),
      ...missing(flavor),
      ...builtOn(flavor),
      ...imagesOf(flavor, 100 + index),
    ]),
    footer: [definition(false), ...flavors.map(checked)],
    labels: [],
  };
}

/** Without a flavor asked for, either all are published, or none of those that are has what was asked. */
function inSeveral(flavors: readonly LatestFlavorAnswer[]): string {
  const states = new Set(flavors.map(({ lifecycle }) => lifecycle.state === 'active'));
  if (states.size > 1) return `In ${flavors.length} repositories.`;
  return `In ${flavors.length} flavors that are ${states.has(true) ? 'still' : 'no longer'} published.`;
}

/** `Ubuntu`; `Ubuntu of edge-ubuntu` for somebody's own. */
function nameOf({ flavor, project }: LatestFlavorAnswer): string {
  return `${flavorName(flavor)}${project === 'kairos' || project === flavor ? '' : ` of ${projectName(project)}`}`;
}

/** What people's own images are built with: whether they are to be built again is for them to say. */
function builtOn({ builtOn: bases }: LatestFlavorAnswer): readonly RankedSection[] {
  return bases.length === 0 ? [] : [{ rank: 1, section: { kind: 'list', title: 'Built on', items: bases.map(baseLine) } }];
}

function baseLine({ project, builtWith, newest, publishedAt, bump }: BaseStanding): Line {
  const own = `${projectName(project)} ${builtWith}`;
  if (newest === null) return [`${own}; no release of it is known yet`];
  if (bump === 'none') return [`${own}, the newest`];
  return [`${own}; `, strong(newest), ` is out${publishedAt === null ? '' : ` since ${day(publishedAt)}`} (${bumpWord(bump)})`];
}

function nothingWatched(asked: string): Message {
  return {
    tone: 'warning',
    title: `Latest ${asked}: no answer`,
    summary: ['Nothing that Herald watches fits. Add the image repository to the targets in the configuration.'],
    sections: [],
    footer: [],
    labels: [],
  };
}

function toneOf({ failingSince, version, newest, retracted, lifecycle }: LatestFlavorAnswer): Message['tone'] {
  if (failingSince !== null || version === null) return 'warning';
  if (retracted.length > 0) return 'notice';
  return lifecycle.state === 'active' && !behind(version, newest) ? 'good' : 'notice';
}

function summaryOf({ lifecycle, flavor, version, newest, awaited, retracted, missing: why }: LatestFlavorAnswer): Line {
  const state = lifecycleLine(lifecycle, flavor);
  if (state.length > 0) return state;
  if (retracted.length > 0)
    return [strong(`${listing(retracted)} came out since and is retracted`), ': its own notes say not to upgrade to it.'];
  if (awaited !== null) return awaitedLine(awaited);
  if (version !== null && behind(version, newest))
    return [strong(`Not in ${newest}, the newest of ${flavorName(flavor)}`), ': this is the last version that has it.'];
  if (version !== null) return ['Still published.'];
  return why?.kind === 'never-checked' ? [] : ['Still published, but not in this combination.'];
}

/** "Your combination has not arrived" is an answer, and not that the combination ended. */
function awaitedLine({ version, status, deadline }: Awaited): Line {
  return status === 'late'
    ? [strong(`${version} is out, but not yet in this combination`), `: it is late, and missing from ${moment(deadline)} on.`]
    : [strong(`${version} came out without this combination`), `, which was expected: it is missing since ${moment(deadline)}.`];
}

/** The flavor went on without the combination asked for. */
function behind(version: string, newest: string | null): boolean {
  const [own, best] = [parseVersion(version), parseVersion(newest ?? '')];
  return own !== null && best !== null && compareVersions(own, best) < 0;
}

/** What can still be expected of a flavor; nothing to say while it is published. */
export function lifecycleLine(lifecycle: Lifecycle, flavor: string): Line {
  switch (lifecycle.state) {
    case 'active':
      return [];
    case 'frozen':
      return [
        strong(`Official ${flavorName(flavor)} images are no longer published`),
        `; the last were ${lifecycle.lastVersion} (${lifecycle.since}). ${lifecycle.advice}`,
      ];
    case 'absorbed':
      return [`Part of ${projectName(lifecycle.into)} since ${lifecycle.since}; look there.`, ...lastOwn(lifecycle.lastVersion)];
    case 'archived':
      return [`Archived since ${lifecycle.since}: nothing new will come.`, ...lastOwn(lifecycle.lastVersion)];
    default:
      return unreachable(lifecycle);
  }
}

function lastOwn(version: string | null): Line {
  return version === null ? [] : [` Its last version was ${version}.`];
}

/** "Could not check" is said before anything that may be out of date because of it. */
export function trouble({ failingSince, failure, lastSuccessAt }: Standing): readonly RankedSection[] {
  if (failingSince === null) return [];
  const known = lastSuccessAt === null ? '' : ` What is shown is from ${moment(lastSuccessAt)}.`;
  const why = failure === null ? '' : ` ${failure.message}`;
  return [{ rank: 1, section: { kind: 'text', line: [strong(`Could not check since ${moment(failingSince)}.`), `${why}${known}`] } }];
}

function missing({ missing: why, repository }: LatestFlavorAnswer): readonly RankedSection[] {
  switch (why?.kind) {
    case undefined:
      return [];
    case 'never-checked':
      return [
        {
          rank: 1,
          section: {
            kind: 'text',
            line: [`${repository} has not been checked yet, so there is no answer. `, 'Check now: ', code('herald check')],
          },
        },
      ];
    case 'no-such-combination':
      return why.nearest.length === 0
        ? [{ rank: 1, section: { kind: 'text', line: [`No released image is known in ${repository}.`] } }]
        : [{ rank: 1, section: { kind: 'list', title: 'The nearest that exist', items: why.nearest.map((words) => [code(words)]) } }];
  }
}

function imagesOf({ images }: LatestFlavorAnswer, rank: number): readonly RankedSection[] {
  const groups = groupsOf(images);
  if (groups.length === 0) return [];
  return [
    { rank, section: imageTable(groups) },
    ...verdictSections(images).map(({ section }) => ({ rank, section })),
    ...(images.some(({ verdict }) => verdict !== undefined)
      ? [{ rank, section: { kind: 'facts' as const, rows: verdictRows(images) } }]
      : []),
    { rank, section: { kind: 'code', title: 'Pull, newest Kubernetes of each', language: '', text: newestReferences(groups).join('\n') } },
  ];
}

function definition(prereleases: boolean): Line {
  return [`Latest: the highest ${prereleases ? '' : 'stable '}version with images of the asked combination.`];
}

function checked({ origin, repository, lastSuccessAt }: LatestFlavorAnswer): Line {
  if (origin === 'recorded') return [`From the list that comes with Herald; ${repository} has not been asked yet.`];
  return lastChecked({ repository, lastSuccessAt });
}

export function lastChecked({ repository, lastSuccessAt }: Pick<Standing, 'repository' | 'lastSuccessAt'>): Line {
  return [lastSuccessAt === null ? `${repository}: never checked.` : `${repository}, last checked ${moment(lastSuccessAt)}.`];
}
