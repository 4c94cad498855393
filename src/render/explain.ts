/** The whole decision about one tag, for people. */
import { unreachable } from '../core/errors.ts';
import type { Decision, Exclusion, Explanation } from '../core/explain.ts';
import { isArtifact, type Reference } from '../core/image.ts';
import type { Line, Message, RankedSection } from '../core/message.ts';
import { lastChecked, lifecycleLine } from './answer.ts';
import { incomplete } from './completeness.ts';
import { notesLine, releaseTitle } from './release.ts';
import { bumpWord, code, kubernetesNumber, moment, shortDigest, strong } from './words.ts';

export function explanationMessage(explanation: Explanation): Message {
  const { reference, release } = explanation;
  return {
    tone: reference.kind === 'unrecognised' ? 'warning' : 'neutral',
    title: `${reference.input}: ${KINDS[reference.kind]}`,
    summary: reference.kind === 'unrecognised' ? [`Not understood: ${reference.reason}.`] : [],
    sections: [
      facts(1, readingOf(reference)),
      facts(2, [...placeOf(explanation), ...storedOf(explanation)]),
      ...(release === null ? [] : releaseOf(release)),
      ...readersOf(explanation),
    ],
    footer:
      explanation.target === null || explanation.health === null ? [] : [lastChecked({ ...explanation.target, ...explanation.health })],
    labels: [],
  };
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

/** Every field that the grammar read, in the order of the tag. */
function readingOf(reference: Reference): readonly Row[] {
  const row = (label: string, value: string | null): readonly Row[] => (value === null ? [] : [{ label, value: [value] }]);
  const where = [...row('Repository', reference.repository || null), ...row('Tag', reference.tag || null)];
  if (isArtifact(reference)) {
    const { flavor, flavorRelease, variant, arch, model, version, kubernetes, channel, uki, era } = reference;
    return [
      ...where,
      ...row('Flavor', [flavor, flavorRelease].filter((part) => part !== null).join(' ')),
      ...row('Variant', variant),
      ...row('Architecture', `${arch} · ${model}${uki ? ' · trusted boot' : ''}`),
      ...row('Version', `${version.kind === 'release' ? version.version.text : version.text} (${channel})`),
      ...row('Kubernetes', kubernetes === null ? 'none' : `${kubernetes.distro} ${kubernetesNumber(kubernetes)}`),
      ...row('Naming era', channel === 'dev' ? null : era),
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

function placeOf({ reference, target, health }: Explanation): readonly Row[] {
  if (target === null) {
    const why =
      reference.repository === '' ? 'It names no repository.' : `${reference.repository} is not among the targets of the configuration.`;
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
    ...(image.removedAt === null ? [] : [{ label: 'Gone since', value: [moment(image.removedAt)] }]),
    ...image.replaced
      .slice(-MAX_BEFORE)
      .map(({ digest, until }) => ({ label: 'Before', value: [code(shortDigest(digest)), ` until ${moment(until)}`] })),
    ...(stored.releaseKey === null ? [{ label: 'Release', value: ['None: it belongs to no published version.'] }] : []),
  ];
}

function releaseOf({ facts: release, baseline, held }: NonNullable<Explanation['release']>): readonly RankedSection[] {
  const told = held
    ? 'It is held: its version jumps far beyond all before it, and nobody has accepted it.'
    : baseline
      ? 'It was there when Herald first looked, so it was recorded and not announced.'
      : 'It came out while Herald was watching.';
  const rows: readonly Row[] = [
    { label: 'Release', value: [strong(releaseTitle(release))] },
    { label: 'Compared with', value: [release.classification.previous ?? 'nothing: it is the first that is known'] },
    { label: 'Announced', value: [told] },
  ];
  const notes = notesLine(release);
  return [facts(3, notes.length === 0 ? rows : [...rows, { label: 'Note', value: notes }]), ...incomplete(release)];
}

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

function deliveryLine({ delivery }: Extract<Decision, { kind: 'delivery' }>): Line {
  const { state, collect, dueAt, shownRevision, owedRevision, failure } = delivery;
  const why = failure === null ? '' : `: ${failure.message}`;
  switch (state) {
    case 'shown':
      return [`Yes, revision ${shownRevision ?? owedRevision} is shown`];
    case 'owed':
      return [collect ? `In the digest of ${moment(dueAt)}` : `Owed, due ${moment(dueAt)}${why}`];
    case 'sending':
      return ['Being sent now'];
    case 'collected':
      return ['Yes, in a digest'];
    case 'ambiguous':
      return [`It may have been sent, and the destination cannot be asked${why}`];
    case 'dead':
      return [`Given up${why}`];
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
