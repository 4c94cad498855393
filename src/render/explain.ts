/** The whole decision about one tag, for people. */

import type { Delivery } from '../core/delivery.ts';
import { ERAS } from '../core/eras.ts';
import { unreachable } from '../core/errors.ts';
import type { Decision, Exclusion, Explanation } from '../core/explain.ts';
import { type Artifact, type Era, isArtifact, type Reference } from '../core/image.ts';
import type { Line, Message, RankedSection } from '../core/message.ts';
import type { ExpectedImage } from '../core/release.ts';
import type { Instant } from '../core/time.ts';
import { lastChecked, lifecycleLine } from './answer.ts';
import { incomplete } from './completeness.ts';
import { changesLine, notesLine, releaseTitle } from './release.ts';
import { imageVerdictRows } from './verdict.ts';
import { bumpWord, code, kubernetesNumber, listing, moment, shortDigest, strong } from './words.ts';

/** Everything that is known of one tag; `asked`: when its place was asked for this answer, null when it was not. */
export function explanationMessage(explanation: Explanation, asked: Instant | null = null): Message {
  const { reference, release, assumed, health } = explanation;
  const failing = health?.failingSince != null;
  return {
    tone: reference.kind === 'unrecognised' || failing ? 'warning' : 'neutral',
    title: `${reference.tag || reference.input}: ${KINDS[reference.kind]}`,
    summary: reference.kind === 'unrecognised' ? [`Not understood: ${reference.reason}.`] : [],
    sections: [
      ...(assumed === null ? [] : [text(`No repository was given, so it is read as a tag of ${assumed}.`)]),
      facts(1, [...readingOf(reference), ...resemblanceOf(explanation)]),
      facts(2, [...placeOf(explanation), ...storedOf(explanation)]),
      ...(release === null ? [] : releaseOf(release)),
      ...readersOf(explanation),
    ],
    footer: [
      ...(asked === null || explanation.target === null
        ? []
        : [[`Asked ${explanation.target.repository} for this answer, ${moment(asked)}; nothing was stored.`]]),
      ...(explanation.target === null || health === null ? [] : [lastChecked({ ...explanation.target, ...health })]),
    ],
    labels: [],
  };
}

/** What an unrecognised tag is like, with the place where the two part. */
function resemblanceOf({ resembles }: Explanation): readonly Row[] {
  if (resembles === null) return [];
  const { tag, shared } = resembles;
  return [{ label: 'Resembles', value: [code(tag), shared === 0 ? '' : `, alike up to "${tag.slice(0, shared).slice(-MAX_SHARED)}"`] }];
}

/** So much of the common beginning shows where it ends. */
const MAX_SHARED = 24;

function text(words: string): RankedSection {
  return { rank: 1, section: { kind: 'text', line: [words] } };
}

/** Earlier digests of a tag that are shown: a moving one has had many. */
const MAX_BEFORE = 5;

const KINDS: Readonly<Record<Reference['kind'], string>> = {
  'os-image': 'an operating system image',
  'raw-image': 'a raw disk in a scratch image, which is no operating system image',
  attached: 'a signature, attestation or SBOM of another image',
  component: 'an image of a component, which no node is upgraded to',
  framework: 'a framework image, which no node is upgraded to',
  moving: 'a tag that is moved by design, so it names no release',
  unrecognised: 'in a format Herald does not know',
};

type Row = { readonly label: string; readonly value: Line };

function facts(rank: number, rows: readonly Row[]): RankedSection {
  return { rank, section: { kind: 'facts', rows } };
}

/** A standard image has Kubernetes inside, also where the tag does not say which: the arm64 images of v3.3.0, and trusted boot images. */
function kubernetesWords({ kubernetes, variant }: Artifact): string {
  if (kubernetes !== null) return `${kubernetes.distro} ${kubernetesNumber(kubernetes)}`;
  return variant === 'standard' ? 'inside; the tag does not say which' : 'none';
}

/** Every field that the grammar read, in the order of the tag. */
function readingOf(reference: Reference): readonly Row[] {
  const row = (label: string, value: string | null): readonly Row[] => (value === null ? [] : [{ label, value: [value] }]);
  const where = [...row('Repository', reference.repository || null), ...row('Tag', reference.tag || null)];
  if (isArtifact(reference)) {
    const { flavor, flavorRelease, variant, arch, model, version, channel, uki, era } = reference;
    return [
      ...where,
      ...row('Flavor', [flavor, flavorRelease].filter((part) => part !== null).join(' ')),
      ...row('Variant', variant),
      ...row('Architecture', `${arch} · ${model}${uki ? ' · trusted boot' : ''}`),
      ...row('Version', `${version.kind === 'release' ? version.version.text : version.text} (${channel})`),
      ...row('Kubernetes', kubernetesWords(reference)),
      ...row('Naming era', channel === 'dev' ? null : eraWords(era)),
    ];
  }
  switch (reference.kind) {
    case 'component':
    case 'framework':
      return [...where, ...row('Component', reference.name), ...row('Version', `${reference.version.text} (${reference.channel})`)];
    case 'attached':
      return [...where, ...row('Belongs to', reference.subject), ...row('Role', reference.role)];
    case 'unrecognised':
      return [...where, ...row('Format', reference.format)];
    case 'moving':
      return where;
    default:
      return unreachable(reference);
  }
}

/** `E5, since v3.5.0-rc1`; an era is a period of the naming grammar. */
function eraWords(era: Era): string {
  const row = ERAS.find((period) => period.era === era && period.from !== null);
  if (row === undefined) return era;
  return row.to === null ? `${era}, since ${row.from}` : `${era}, ${row.from} to ${row.to}`;
}

function placeOf({ reference, target, health }: Explanation): readonly Row[] {
  if (target === null) {
    const why =
      reference.repository === ''
        ? 'It names no repository, and its tag does not tell which. Ask with flavor:tag.'
        : `${reference.repository} is not among the targets of the configuration.`;
    return [{ label: 'Watched', value: [`No. ${why}`] }];
  }
  const state = lifecycleLine(target.lifecycle, target.id);
  const failing = health?.failingSince;
  return [
    { label: 'Watched', value: [`Yes, as target ${target.id}, ${target.cadence.name}.`] },
    ...(state.length === 0 ? [] : [{ label: 'Lifecycle', value: state }]),
    ...(failing == null
      ? []
      : [{ label: 'Trouble', value: [strong(`Could not check since ${moment(failing)}.`), ` ${health?.failure?.message ?? ''}`] }]),
  ];
}

function storedOf({ target, health, stored }: Explanation): readonly Row[] {
  if (target === null) return [];
  if (stored === null)
    return [
      {
        label: 'Stored',
        value: [health?.lastSuccessAt == null ? 'Nothing: the place was never checked.' : 'No: this tag was not seen there.'],
      },
    ];
  const { image } = stored;
  return [
    { label: 'First seen', value: [moment(image.firstSeenAt)] },
    ...(image.pushedAt === null ? [] : [{ label: 'Pushed', value: [moment(image.pushedAt)] }]),
    { label: 'Digest', value: [image.digest === null ? 'not told by the registry' : code(image.digest)] },
    ...(stored.releaseKey === null ? [] : imageVerdictRows(image.verdict)),
    ...(image.size === null ? [] : [{ label: 'Size', value: [`${Math.round(image.size / 1_000_000)} MB to pull`] }]),
    ...(image.removedAt === null ? [] : [{ label: 'Gone since', value: [moment(image.removedAt)] }]),
    ...image.replaced
      .slice(-MAX_BEFORE)
      .map(({ digest, until }) => ({ label: 'Before', value: [code(shortDigest(digest)), ` until ${moment(until)}`] })),
    ...(stored.releaseKey === null ? [{ label: 'Release', value: ['None: it belongs to no published version.'] }] : []),
  ];
}

function releaseOf({ facts: release, baseline, held, expected }: NonNullable<Explanation['release']>): readonly RankedSection[] {
  const told = held
    ? 'It is held: its version jumps far beyond all before it, and nobody has accepted it.'
    : baseline
      ? 'It was there when Herald first looked, so it was recorded and not announced.'
      : 'It came out while Herald was watching.';
  const moved = changesLine(release);
  const notes = notesLine(release);
  const row = (label: string, value: Line): readonly Row[] => (value.length === 0 ? [] : [{ label, value }]);
  const rows: readonly Row[] = [
    ...row('Release', [strong(releaseTitle(release))]),
    ...row('Compared with', [release.classification.previous ?? 'nothing: it is the first that is known']),
    ...row('Moved', moved),
    ...row('Announced', [told]),
    ...row('Note', notes),
    ...row('Superseded by', release.supersededBy === null ? [] : [release.supersededBy]),
    ...row('Expected', expectedWords(expected)),
  ];
  return [facts(3, rows), ...incomplete(release)];
}

/** What the release was expected to have of this kind of image. */
function expectedWords(expected: readonly ExpectedImage[]): Line {
  const groups = Map.groupBy(expected, ({ status, expectedBy }) => `${THERE[status]} (${WHY[expectedBy]})`);
  const parts = [...groups].map(([words, of]) => {
    const versions = of.flatMap(({ kubernetes }) => kubernetes ?? []);
    return `${versions.length === 0 ? 'this kind' : listing(versions)}: ${words}`;
  });
  return parts.length === 0 ? [] : [parts.join('; ')];
}

const THERE: Readonly<Record<ExpectedImage['status'], string>> = { present: 'there', late: 'not there yet', missing: 'missing' };
const WHY: Readonly<Record<ExpectedImage['expectedBy'], string>> = {
  page: 'the release page has its installer',
  history: 'earlier releases had it',
};

function readersOf({ subscriptions }: Explanation): readonly RankedSection[] {
  if (subscriptions.length === 0) return [];
  const rows = subscriptions.map(({ id, destination, decision }) => [[strong(id)], [destination], decisionLine(decision)]);
  return [{ rank: 2, section: { kind: 'table', title: 'Who is told', columns: ['Subscription', 'Destination', 'Told'], rows } }];
}

function decisionLine(decision: Decision): Line {
  switch (decision.kind) {
    case 'delivery':
      return deliveryLine(decision);
    case 'excluded':
      return [`No: ${decision.exclusions.map(exclusionWords).join('; ')}`];
    case 'topic':
      return ["No: it gets Herald's own notices only"];
    case 'baseline':
      return ['No: it was there at the first look'];
    case 'held':
      return ['No: the release is held'];
    case 'not-begun':
      return ['No: it was announced before this subscription was made, or none of its images had come yet'];
    default:
      return unreachable(decision);
  }
}

/** The release was told; whether this image was part of it is another question. */
function deliveryLine({ delivery, exclusions }: Extract<Decision, { kind: 'delivery' }>): Line {
  const state = stateWords(delivery);
  return exclusions.length === 0
    ? [state]
    : [
        `Not of this image: ${exclusions.map(exclusionWords).join('; ')}. Of the release: ${state.charAt(0).toLowerCase()}${state.slice(1)}`,
      ];
}

function stateWords(delivery: Delivery): string {
  const { state, collect, dueAt, shownRevision, owedRevision, failure } = delivery;
  const why = failure === null ? '' : `: ${failure.message}`;
  switch (state) {
    case 'shown':
      return `Yes, revision ${shownRevision ?? owedRevision} is shown`;
    case 'owed':
      return collect ? `In the digest of ${moment(dueAt)}` : `Owed, due ${moment(dueAt)}${why}`;
    case 'sending':
      return 'Being sent now';
    case 'collected':
      return 'Yes, in a digest';
    case 'ambiguous':
      return `It may have been sent, and the destination cannot be asked${why}`;
    case 'dead':
      return `Given up${why}`;
    default:
      return unreachable(state);
  }
}

/** One exclusion as the end of a sentence. */
function exclusionWords(exclusion: Exclusion): string {
  switch (exclusion.kind) {
    case 'dev':
      return 'it was built from a branch or a commit';
    case 'project':
      return `it is a release of ${exclusion.actual}, and the filter is about ${exclusion.asked}`;
    case 'prerelease':
      return `it is a prerelease (${exclusion.channel}), and the filter does not say pre:yes`;
    case 'level':
      return `the change is ${bumpWord(exclusion.bump)} for this reader, and the filter says level:${exclusion.level}`;
    case 'word':
      return `${exclusion.field} is ${exclusion.actual}, and the filter says ${exclusion.asked}`;
    case 'no-image':
      return 'no live image of the release passes the filter';
    default:
      return unreachable(exclusion);
  }
}
