/** What is known of who signed, in words: for a release as counts, for one image whole. One place, so that every mouth says the same. */
import { unreachable } from '../core/errors.ts';
import type { Line, Message, RankedSection } from '../core/message.ts';
import type { PublishedImage } from '../core/release.ts';
import { isDigest } from '../core/repository.ts';
import { isAlarming } from '../core/signature-alert.ts';
import { day } from '../core/time.ts';
import type { Caution, ImageVerdict, SbomState, VerdictState } from '../core/verdict.ts';
import { code, count, link, moment, shortDigest, strong } from './words.ts';

type FactRow = { readonly label: string; readonly value: Line };

const STATE_WORDS: Readonly<Record<VerdictState, string>> = {
  verified: 'verified',
  unsigned: 'unsigned',
  rejected: 'rejected',
  unknown: 'could not be verified',
};

export const SBOM_WORDS: Readonly<Record<SbomState, string>> = {
  attested: 'attested',
  'in-signed-index': 'in the signed index',
  unsigned: 'unsigned',
  none: 'none',
  unknown: 'could not be read',
};

/** `38 verified · 4 unsigned · 1 rejected`, and the same of the SBOMs. Silence would be read as "fine", so it is said that nothing was checked. */
export function verdictRows(images: readonly PublishedImage[]): readonly FactRow[] {
  const live = images.filter(({ removedAt }) => removedAt === null);
  const verdicts = live.flatMap(({ verdict }) => verdict ?? []);
  if (verdicts.length === 0) return [{ label: 'Signatures', value: ['not checked yet'] }];
  const number = (state: VerdictState): number => verdicts.filter((verdict) => verdict.state === state).length;
  const waiting = live.length - verdicts.length;
  const signatures = [
    // Said also when there are none: that nothing was rejected is what people look for.
    ...(['verified', 'unsigned', 'rejected'] as const).map((state) => `${number(state)} ${STATE_WORDS[state]}`),
    ...(number('unknown') === 0 ? [] : [`${number('unknown')} ${STATE_WORDS.unknown}`]),
    ...(waiting === 0 ? [] : [`${waiting} not checked yet`]),
  ];
  const sboms = Map.groupBy(verdicts, ({ sbom }) => SBOM_WORDS[sbom]);
  return [
    { label: 'Signatures', value: [signatures.join(' · '), ...signedFor(verdicts)] },
    { label: 'SBOMs', value: [Array.from(sboms, ([word, all]) => `${all.length} ${word}`).join(' · ')] },
  ];
}

/** Whom for, where all that are verified were signed for the same. */
function signedFor(verdicts: readonly ImageVerdict[]): Line {
  const sources = new Set(verdicts.flatMap(({ signer }) => (signer === null ? [] : sourceOf(signer))));
  const [only, ...others] = sources;
  return only === undefined || others.length > 0 ? [] : [`, signed for ${only}`];
}

/** `kairos-io/kairos at v4.3.0`, or the name of whoever signed where there is no repository. */
function sourceOf({ repository, ref, identity }: NonNullable<ImageVerdict['signer']>): string {
  if (repository === null || ref === null) return identity;
  return `${URL.parse(repository)?.pathname.slice(1) ?? repository} at ${ref.replace(/^refs\/(?:tags|heads)\//, '')}`;
}

/** The images nobody should use first, then what a reader should know of the others. */
export function verdictSections(images: readonly PublishedImage[]): readonly RankedSection[] {
  const alarming = images.filter(isAlarming);
  const cautions = cautionLines(images);
  return [
    ...(alarming.length === 0
      ? []
      : [listed(1, `Do not use: ${count(alarming.length, 'signature')} wrong or gone`, alarming.map(alarmLine))]),
    ...(cautions.length === 0 ? [] : [listed(3, 'About the signatures', cautions)]),
  ];
}

function listed(rank: number, title: string, items: readonly Line[]): RankedSection {
  return { rank, section: { kind: 'list', title, items } };
}

/** `hadron:v0.5.1-… : it is signed by …`. The reasons quote certificates: foreign text, escaped where it is shown. */
export function alarmLine({ reference, verdict }: PublishedImage): Line {
  const reasons = [
    ...(verdict?.refusals ?? []).map(({ message }) => message),
    ...(verdict?.cautions ?? []).filter(({ kind }) => kind === 'evidence-gone').map(cautionWords),
  ];
  return [code(reference.slice(reference.lastIndexOf('/') + 1)), `: ${[...new Set(reasons)].slice(0, MAX_REASONS).join('; ')}`];
}

/** One image can have a hundred pieces of bad evidence; the first say what is going on. */
const MAX_REASONS = 3;

/** Each caution once, with how many images it is about. What is alarming stands elsewhere. */
function cautionLines(images: readonly PublishedImage[]): readonly Line[] {
  const live = images.filter(({ removedAt }) => removedAt === null);
  const words = live.flatMap(({ verdict }) => [
    ...new Set((verdict?.cautions ?? []).filter(({ kind }) => kind !== 'evidence-gone').map(cautionWords)),
  ]);
  return [...Map.groupBy(words, (word) => word)].map(([word, all]) => [strong(count(all.length, 'image')), `: ${word}`]);
}

/** A caution as the end of a sentence that began with what it is about. */
function cautionWords(caution: Caution): string {
  switch (caution.kind) {
    case 'unknown-builder':
      return `built by a commit of the release workflow that nobody has put on the list yet (${caution.builder.slice(0, 12)})`;
    case 'other-evidence':
      return `further evidence beside it proves nothing: ${caution.message}`;
    case 'conflicting-sboms':
      return `it has ${caution.signedAt.length} signed SBOMs that differ`;
    case 'sbom-of-another':
      return `the SBOM beside it is about another image (${shortDigest(caution.digest)})`;
    case 'sbom-unreadable':
      return caution.fault === 'TOO_LARGE' ? 'its SBOM is too large to be read' : 'its SBOM cannot be read';
    case 'sbom-unsupported':
      return `its SBOM is in a format Herald does not read (${caution.format})`;
    case 'evidence-gone':
      return `the signature of ${day(caution.signedAt)} that was there is gone`;
    default:
      return unreachable(caution);
  }
}

/** Everything about one image: who signed, what for, what it is over, its SBOM, and what is wrong. */
export function imageVerdictRows(verdict: ImageVerdict | undefined): readonly FactRow[] {
  if (verdict === undefined) return [{ label: 'Signature', value: ['not checked yet'] }];
  const { state, over, sbom, signer, rule, cautions, refusals, unknown } = verdict;
  const row = (label: string, value: Line): readonly FactRow[] => (value.length === 0 ? [] : [{ label, value }]);
  return [
    ...row('Signature', [
      state === 'verified' || state === 'rejected' ? strong(STATE_WORDS[state]) : STATE_WORDS[state],
      ...whyUnknown(unknown),
    ]),
    ...row('Signed by', signer === null ? [] : [signer.identity]),
    ...row(
      'Signed for',
      signer === null || signer.repository === null
        ? []
        : [sourceOf(signer), ...(signer.commit === null ? [] : [`, commit ${signer.commit.slice(0, 12)}`])],
    ),
    ...row(
      'Signed at',
      signer === null ? [] : [moment(signer.signedAt), ...(signer.runUrl === null ? [] : [' · ', link('the run', signer.runUrl)])],
    ),
    ...row('Covers', over === null ? [] : [OVER_WORDS[over]]),
    ...row('Policy', rule === null ? [] : [code(rule)]),
    ...row('SBOM', [SBOM_WORDS[sbom]]),
    ...refusals.slice(0, MAX_SHOWN).flatMap(({ name, fault, message }) => row('Refused', [code(fault), ` ${message} (${name})`])),
    ...cautions.slice(0, MAX_SHOWN).flatMap((caution) => row('Mind', [cautionWords(caution)])),
  ];
}

const MAX_SHOWN = 10;

const OVER_WORDS = {
  index: 'the index the tag points at, and with it all it names',
  image: 'the image the tag points at',
  platform: 'the image inside the index',
};

function whyUnknown(unknown: ImageVerdict['unknown']): Line {
  if (unknown === null) return [];
  return [unknown === 'no-policy' ? ': it is signed, and nobody said by whom it should be' : ` (${unknown})`];
}

/** The verdict on one image as a message, for `herald verify`. */
export function verdictMessage(reference: string, digest: string, verdict: ImageVerdict, reason: string | null): Message {
  const { state, cautions } = verdict;
  const tones = {
    verified: cautions.length === 0 ? 'good' : 'notice',
    rejected: 'alarm',
    unsigned: 'warning',
    unknown: 'warning',
  } as const;
  return {
    tone: tones[state],
    title: `${state === 'unknown' ? 'Unknown' : STATE_WORDS[state][0]?.toUpperCase() + STATE_WORDS[state].slice(1)}: ${reference}`,
    summary: reason === null ? [] : [reason],
    sections: [
      {
        rank: 1,
        section: {
          kind: 'facts',
          rows: [...(isDigest(digest) ? [{ label: 'Digest', value: [code(digest)] }] : []), ...imageVerdictRows(verdict)],
        },
      },
    ],
    footer: [],
    labels: [],
  };
}
