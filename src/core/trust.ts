/**
 * The verdict on an image: evidence × policy → verdict. Pure and synchronous; form and cryptography were checked before
 * (adapters/sigstore), everything was fetched before that (adapters/oci). The rules are explained in docs/verification.md.
 */
import type { Failure } from './errors.ts';
import type { BrokenEvidence, CheckedEvidence, CheckedStatement, Fault, SbomDocument, SoundEvidence } from './evidence.ts';
import { EXTENSION, matchSigner, type Policy } from './identity-policy.ts';
import { type Instant, MS, plusMs } from './time.ts';
import type { Caution, EvidenceMark, Refusal, Signer, Verdict } from './verdict.ts';

export interface TrustInput {
  readonly evidence: CheckedEvidence;
  /** Null when nobody said who should have signed. */
  readonly policy: Policy | null;
  readonly now: Instant;
}

/** Evidence that stands, and what it is over. */
interface Accepted {
  readonly piece: SoundEvidence;
  readonly over: NonNullable<Verdict['over']>;
  readonly signer: Signer;
  readonly rule: string;
  readonly unknownBuilder: string | null;
}

/** SBOM predicates by their exact types. */
export const SBOM_PREDICATES: ReadonlySet<string> = new Set([
  'https://spdx.dev/Document',
  'https://spdx.dev/Document/v2.2',
  'https://spdx.dev/Document/v2.3',
  'https://cyclonedx.org/bom',
]);

/** What a statement about an image may be of. Anything else, a look-alike above all, says nothing that is understood here. */
const KNOWN_PREDICATES: ReadonlySet<string> = new Set([
  ...SBOM_PREDICATES,
  'https://slsa.dev/provenance/v0.2',
  'https://slsa.dev/provenance/v1',
]);

/** How far a log's clock may be ahead of ours. */
const CLOCK_DIFFERENCE_MS = 10 * MS.minute;

/** Judges all evidence of one image. One piece that stands is enough; what does not stand beside it is said. */
export function decide({ evidence, policy, now }: TrustInput): Verdict {
  const judged = evidence.pieces.map((piece) => judge(piece, evidence, policy, now));
  const accepted = judged.flatMap((each) => ('signer' in each ? [each] : [])).sort(newestFirst);
  const refusals = judged.flatMap((each) => ('fault' in each ? [each] : []));
  const common = {
    digest: evidence.digest,
    marks: marksOf(evidence),
    unknown: null,
  };
  const [best] = accepted;
  if (best !== undefined) {
    const { sbom, sbomDigest, cautions } = sbomOf(evidence, accepted);
    const builder: readonly Caution[] = best.unknownBuilder === null ? [] : [{ kind: 'unknown-builder', builder: best.unknownBuilder }];
    const others = refusals.map((refusal): Caution => ({ kind: 'other-evidence', ...refusal }));
    return {
      ...common,
      state: 'verified',
      rule: best.rule,
      over: best.over,
      sbom,
      sbomDigest,
      signer: best.signer,
      accepted: accepted.length,
      cautions: [...builder, ...cautions, ...others],
      refusals: [],
    };
  }
  const nothing = { ...common, rule: null, over: null, signer: null, accepted: 0, ...sbomOf(evidence, []) };
  if (evidence.pieces.length === 0) return { ...nothing, state: 'unsigned', refusals: [] };
  if (policy === null) return { ...nothing, state: 'unknown', refusals: [], unknown: { kind: 'no-policy' } };
  return { ...nothing, state: 'rejected', refusals };
}

/** The verdict on what could not be looked at: never "unsigned". */
export function undecided(digest: string, failure: Failure): Verdict {
  return {
    state: 'unknown',
    digest,
    over: null,
    sbom: 'unknown',
    sbomDigest: null,
    signer: null,
    accepted: 0,
    rule: null,
    cautions: [],
    refusals: [],
    unknown: { kind: 'failed', failure },
    marks: [],
  };
}

function judge(piece: SoundEvidence | BrokenEvidence, evidence: CheckedEvidence, policy: Policy | null, now: Instant): Accepted | Refusal {
  const refuse = (fault: Fault, message: string): Refusal => ({ name: piece.name, fault, message });
  if (piece.kind === 'broken') return refuse(piece.fault, piece.message);
  const { claim, signer, signedAt } = piece;
  const over = coveredBy(claim.subjects, evidence);
  if (over === null) return refuse('SUBJECT', 'it speaks of another image');
  if (claim.kind === 'attestation' && !KNOWN_PREDICATES.has(claim.predicateType)) {
    return refuse('PREDICATE_TYPE', 'it states something about the image that is neither an SBOM nor provenance');
  }
  if (signedAt > plusMs(now, CLOCK_DIFFERENCE_MS)) return refuse('TIMESTAMP_ERROR', `it was signed in the future, at ${signedAt}`);
  if (policy === null) return refuse('POLICY', 'nobody said who should have signed');
  const match = matchSigner(policy, signer);
  if (match.kind === 'mismatch') return refuse('POLICY', match.message);
  const { identity, rule, unknownBuilder } = match;
  return { piece, over, signer: signerOf(piece, identity, rule.issuer), rule: rule.id, unknownBuilder };
}

/** The digest a tag resolves to comes first; the image inside its index is as good, and said. */
function coveredBy(subjects: readonly string[], { digest, form, platforms }: CheckedEvidence): Accepted['over'] | null {
  if (subjects.includes(digest)) return form;
  return platforms.some((platform) => subjects.includes(platform)) ? 'platform' : null;
}

function newestFirst(a: Accepted, b: Accepted): number {
  return b.piece.signedAt.localeCompare(a.piece.signedAt) || a.piece.id.localeCompare(b.piece.id);
}

function signerOf({ signer, signedAt }: SoundEvidence, identity: string, issuer: string): Signer {
  const extensions = signer.kind === 'certificate' ? signer.certificate.extensions : {};
  return {
    identity,
    issuer,
    repository: extensions[EXTENSION.repository] ?? null,
    ref: extensions[EXTENSION.ref] ?? extensions[EXTENSION.refV1] ?? null,
    commit: extensions[EXTENSION.commit] ?? null,
    runUrl: runUrlOf(extensions[EXTENSION.runUrl], extensions[EXTENSION.repository]),
    signedAt,
  };
}

/** A link for people: only where it leads into the repository the certificate is for. */
function runUrlOf(text: string | undefined, repository: string | undefined): string | null {
  const within = text !== undefined && repository?.startsWith('https://') === true && text.startsWith(`${repository}/`);
  return within ? text : null;
}

type SbomFinding = Pick<Verdict, 'sbom' | 'sbomDigest' | 'cautions'>;

/** The SBOM that a verdict can vouch for, the best first, and what a reader should know of those there are. */
function sbomOf(evidence: CheckedEvidence, accepted: readonly Accepted[]): SbomFinding {
  const attested = accepted.flatMap(({ piece: { claim, signedAt } }) =>
    claim.kind === 'attestation' && SBOM_PREDICATES.has(claim.predicateType) ? [{ sbom: claim.sbom, signedAt }] : [],
  );
  if (attested.length > 0) {
    const documents = new Set(attested.map(({ sbom }) => sbom?.digest));
    const conflict: readonly Caution[] =
      documents.size > 1 ? [{ kind: 'conflicting-sboms', signedAt: attested.map(({ signedAt }) => signedAt) }] : [];
    const [newest] = attested;
    const cautions = [...conflict, ...unsupported(newest?.sbom ?? null)];
    return { sbom: 'attested', sbomDigest: newest?.sbom?.digest ?? null, cautions };
  }
  const indexSigned = accepted.some(({ piece, over }) => over === 'index' && piece.claim.kind === 'signature');
  return sbomInIndex(evidence, indexSigned);
}

/** A signature over an index covers what the index names by digest: the SBOM is as good as that, if it is about an image of the index. */
function sbomInIndex({ statements, platforms, attachedSbom }: CheckedEvidence, signed: boolean): SbomFinding {
  const sboms = statements.filter(({ predicateType }) => SBOM_PREDICATES.has(predicateType));
  const fitting = sboms.find((statement) => isAbout(statement, platforms));
  if (fitting?.kind === 'read') {
    return { sbom: signed ? 'in-signed-index' : 'unsigned', sbomDigest: fitting.sbom?.digest ?? null, cautions: unsupported(fitting.sbom) };
  }
  const none = { sbomDigest: null };
  const [other] = sboms;
  if (other?.kind === 'unreadable') return { ...none, sbom: 'unknown', cautions: [{ kind: 'sbom-unreadable', fault: other.fault }] };
  if (other !== undefined) return { ...none, sbom: 'none', cautions: [{ kind: 'sbom-of-another', digest: other.about }] };
  return { ...none, sbom: attachedSbom ? 'unsigned' : 'none', cautions: [] };
}

function isAbout(statement: CheckedStatement, platforms: readonly string[]): boolean {
  return statement.kind === 'read' && platforms.includes(statement.about) && statement.subjects.includes(statement.about);
}

function unsupported(
  sbom: { readonly supported: boolean; readonly format: string; readonly version: string | null } | null,
): readonly Caution[] {
  if (sbom === null || sbom.supported) return [];
  return [{ kind: 'sbom-unsupported', format: sbom.version ?? sbom.format }];
}

function marksOf({ pieces, digest, platforms }: CheckedEvidence): Verdict['marks'] {
  return pieces.flatMap((piece) => {
    if (piece.kind === 'broken' || !piece.claim.subjects.some((subject) => subject === digest || platforms.includes(subject))) return [];
    const { id, logEntry, signedAt } = piece;
    return [{ id, logEntry, signedAt }];
  });
}

/** The SBOM a verdict speaks of, among the evidence it was made on. */
export function sbomBehind({ pieces, statements }: CheckedEvidence, { sbomDigest }: Verdict): SbomDocument | null {
  const attested = pieces.flatMap((piece) =>
    piece.kind === 'sound' && piece.claim.kind === 'attestation' ? (piece.claim.sbom ?? []) : [],
  );
  const inside = statements.flatMap((statement) => (statement.kind === 'read' ? (statement.sbom ?? []) : []));
  return [...attested, ...inside].find(({ digest }) => digest === sbomDigest) ?? null;
}

/** The verdict, with what was seen at an earlier look and is here no more: whoever takes a signature away may be rolling something back. */
export function goneSince(verdict: Verdict, seen: readonly EvidenceMark[]): Verdict {
  if (verdict.unknown?.kind === 'failed') return verdict;
  const here = new Set(verdict.marks.map(({ id }) => id));
  const gone = seen.filter(({ id }) => !here.has(id));
  const cautions = gone.map(({ logEntry, signedAt }): Caution => ({ kind: 'evidence-gone', logEntry, signedAt }));
  return cautions.length === 0 ? verdict : { ...verdict, cautions: [...verdict.cautions, ...cautions] };
}
