/** What of a release is not there, as people read it. Nothing is said of a release that is complete. */
import type { Line, RankedSection } from '../core/message.ts';
import type { ExpectedImage, Mislabelled, ReleaseFacts } from '../core/release.ts';
import type { Instant } from '../core/time.ts';
import { parseKubernetesVersion } from '../core/version.ts';
import { code, count, kubernetesNumber, moment, strong } from './words.ts';

/** The sections about what is late, missing or wrongly named; empty when all is there. A release that was taken back is not incomplete. */
export function incomplete({ completeness, withdrawn, images }: ReleaseFacts): readonly RankedSection[] {
  if (completeness == null || withdrawn != null || images.length === 0) return [];
  const gaps = completeness.images.filter(({ status }) => status !== 'present');
  const [first] = gaps;
  const wrong = completeness.mislabelled.map(mislabelledLine);
  return [
    ...(first === undefined
      ? []
      : [listed(titleOf(completeness.images.length, gaps.length, first, completeness.deadline), gaps.map(gapLine))]),
    ...(wrong.length === 0 ? [] : [listed('Named wrongly, or so it seems', wrong)]),
  ];
}

function listed(title: string, items: readonly Line[]): RankedSection {
  return { rank: 2, section: { kind: 'list', title, items } };
}

/** All gaps of a release share one deadline, so they are all late or all missing. */
function titleOf(expected: number, absent: number, { status }: ExpectedImage, deadline: Instant): string {
  const there = `${expected - absent} of ${count(expected, 'expected image')}`;
  return status === 'late'
    ? `${there} so far. Not there yet; missing from ${moment(deadline)} on`
    : `${there}. Missing since ${moment(deadline)}`;
}

function gapLine({ combination, kubernetes, versions, expectedBy }: ExpectedImage): Line {
  const before =
    versions === undefined ? 'earlier releases had it' : `earlier releases had it with ${count(versions, 'Kubernetes version')}`;
  const why = expectedBy === 'page' ? 'its installer is on the release page' : before;
  return [strong(combinationWords(combination, kubernetes)), ` (${why})`];
}

/** `hadron · standard · amd64 · generic · k0s 1.35.8`. */
function combinationWords(combination: ExpectedImage['combination'], kubernetes: string | null): string {
  const { flavor, variant, arch, model, distro, uki, raw } = combination;
  const version = kubernetes === null ? null : parseKubernetesVersion(kubernetes);
  const inside = distro === null ? [] : [version === null ? distro : `${distro} ${kubernetesNumber({ distro, version })}`];
  return [flavor, variant, arch, model, ...inside, ...(uki ? ['trusted boot'] : []), ...(raw ? ['raw disk'] : [])].join(' · ');
}

function mislabelledLine({ reference, reason }: Mislabelled): Line {
  const tag = reference.slice(reference.lastIndexOf(':') + 1);
  return reason === 'no-kubernetes'
    ? [code(tag), ' does not say which Kubernetes is inside; its siblings do']
    : [code(tag), ' was pushed twice while the image of another board never came: it may be that one'];
}
