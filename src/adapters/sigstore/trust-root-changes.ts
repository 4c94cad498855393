/** What is different between two trusted roots, for people who have to agree with it. Pure. */
import { day } from '../../core/time.ts';
import { readTrustRoot, type TrustRootMember, type TrustRootMembers } from './trust-root.ts';

const LABELS = {
  tlogs: 'transparency log',
  ctlogs: 'certificate log',
  certificateAuthorities: 'certificate authority',
  timestampAuthorities: 'timestamp authority',
} as const satisfies Record<keyof TrustRootMembers, string>;

/** A line each, in the order of the document; none when the two trust the same. Throws HeraldError TRUST_ROOT. */
export function trustRootChanges(from: string, to: string): readonly string[] {
  const [before, after] = [readTrustRoot(Buffer.from(from)).members, readTrustRoot(Buffer.from(to)).members];
  return (Object.keys(LABELS) as (keyof typeof LABELS)[]).flatMap((list) =>
    changesOf(before[list], after[list]).map((change) => `${LABELS[list]} ${change}`),
  );
}

function changesOf(before: readonly TrustRootMember[], after: readonly TrustRootMember[]): readonly string[] {
  const added = after.filter((member) => !before.some(isSame(member))).map((member) => `${named(member)} added, ${period(member)}`);
  const kept = before.flatMap((old) => {
    const now = after.find(isSame(old));
    if (now === undefined) return [`${named(old)} removed`];
    return now.from === old.from && now.until === old.until ? [] : [`${named(old)} ${periodChange(old, now)}`];
  });
  return [...added, ...kept];
}

function isSame(member: TrustRootMember): (other: TrustRootMember) => boolean {
  return ({ uri, id }) => uri === member.uri && id === member.id;
}

/** The host says who it is, the beginning of the fingerprint which of its keys. */
function named({ uri, id }: TrustRootMember): string {
  return `${URL.parse(uri)?.host ?? uri} (${id.slice(0, 12)})`;
}

function periodChange(old: TrustRootMember, now: TrustRootMember): string {
  const isEnding = old.until === null && now.until !== null && old.from === now.from;
  return isEnding ? `ends on ${day(now.until)}` : `is trusted ${period(now)}, was ${period(old)}`;
}

function period({ from, until }: TrustRootMember): string {
  return `from ${day(from)}${until === null ? '' : ` to ${day(until)}`}`;
}
