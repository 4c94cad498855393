/**
 * The verdict on one image: its evidence is fetched by the digest its tag resolves to, checked, and judged by the policy for its release.
 * Kept by everything it rests on; what could not be looked at is `unknown`, and looked at again.
 */
import { failureOf, HeraldError } from '../core/errors.ts';
import { policyFor } from '../core/identity-policy.ts';
import type { Project } from '../core/release.ts';
import type { Inventory } from '../core/sbom.ts';
import { type Instant, MS, msBetween, plusMs } from '../core/time.ts';
import { decide, goneSince, sbomBehind, undecided } from '../core/trust.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Assessment, EvidenceChecker, ImageLocation, VerdictKey } from '../ports.ts';
import type { AppDeps, Verification } from './deps.ts';

/** Looks at the image of a tag, if it still belongs to a release. Gives the verdict; null when there is nothing to look at or verification is off. */
export async function assessImage(deps: AppDeps, targetId: string, tag: string): Promise<Verdict | null> {
  const { store, verification, clock, log } = deps;
  const assessment = await store.assessment(targetId, tag);
  if (verification === null || assessment === null) return null;
  const basis = basisText(verification, await verification.checker());
  const verdict = (await recentVerdict(deps, assessment, basis)) ?? (await freshVerdict(deps, verification, assessment));
  const at = clock.now();
  const key = keyOf(verification, basis, assessment, verdict.digest);
  const nextAt = nextLook(verdict, assessment.publishedAt, at);
  const failed = verdict.unknown?.kind === 'failed';
  log.info('looked at the evidence of an image', { targetId, tag, state: verdict.state, sbom: verdict.sbom });
  // What was found on exactly this basis still holds when a later look does not get through.
  if (failed && nextAt !== null && (await store.verdict(key)) !== null) await store.assessAt(targetId, tag, nextAt);
  else await store.saveVerdict({ targetId, tag, key, verdict, at, nextAt });
  return verdict;
}

/** How long a verdict serves other tags of the same image. */
const SHARED_FOR_MS = 10 * MS.minute;

/** The same bytes under another tag, or asked about twice: one look is enough. */
async function recentVerdict({ store, verification, clock }: AppDeps, assessment: Assessment, basis: string): Promise<Verdict | null> {
  if (verification === null || assessment.digest === null) return null;
  const kept = await store.verdict(keyOf(verification, basis, assessment, assessment.digest));
  if (kept === null || kept.verdict.unknown !== null) return null;
  return msBetween(kept.checkedAt, clock.now()) < SHARED_FOR_MS ? kept.verdict : null;
}

async function freshVerdict(deps: AppDeps, verification: Verification, assessment: Assessment): Promise<Verdict> {
  const { targetId, repository, tag, digest, project, version } = assessment;
  const target = deps.targets.find(({ id }) => id === targetId);
  const location = { repository, via: target?.via ?? null, endpoint: target?.endpoint ?? null, reference: digest ?? tag };
  try {
    const { verdict, inventory } = await judgedAt(verification, location, project, version, deps.clock.now());
    if (inventory !== null) await deps.store.saveInventory(verdict.digest, inventory);
    return goneSince(verdict, await deps.store.seenEvidence(repository, verdict.digest));
  } catch (error) {
    if (!(error instanceof HeraldError)) throw error;
    return undecided(digest ?? UNRESOLVED, failureOf(error));
  }
}

export interface Judged {
  readonly verdict: Verdict;
  /** What the SBOM says that the verdict speaks of; null when none was read. */
  readonly inventory: Inventory | null;
}

/** Fetches, checks and judges the evidence of an image, for a release of a project. Throws HeraldError for what could not be looked at. */
export async function judgedAt(
  { evidence, checker, identities }: Verification,
  location: ImageLocation,
  project: Project,
  version: string,
  now: Instant,
): Promise<Judged> {
  const checked = await (await checker()).check(await evidence.collect(location));
  const verdict = decide({ evidence: checked, policy: policyFor(identities, project, version), now });
  return { verdict, inventory: sbomBehind(checked, verdict)?.inventory ?? null };
}

/** In place of the digest of a tag that could not even be resolved. */
const UNRESOLVED = 'unresolved';

function keyOf({ identities }: Verification, basis: string, assessment: Assessment, digest: string): VerdictKey {
  const { repository, project, version } = assessment;
  return { repository, digest, policy: policyFor(identities, project, version), basis };
}

/** What every verdict rests on that is made with this trust root, this verifier and these identities. */
export function basisText({ identitiesHash }: Verification, { basis: { trustRoot, verifier } }: EvidenceChecker): string {
  return [trustRoot, verifier, identitiesHash].join(' ');
}

/** Images older than this are not looked at again by themselves. */
const WATCHED_FOR_MS = 180 * MS.day;

/** How soon a look is repeated while an image has no signature: it is signed after it was pushed, mostly within minutes. */
const UNSIGNED_PAUSES = [
  { youngerThan: MS.hour, pause: 10 * MS.minute },
  { youngerThan: 6 * MS.hour, pause: MS.hour },
  { youngerThan: 2 * MS.day, pause: 6 * MS.hour },
];

/** When to look again: at what may change soon, and once a week whether what was there is there still. Null for what is old. */
function nextLook({ state, unknown }: Verdict, publishedAt: Instant, now: Instant): Instant | null {
  const age = msBetween(publishedAt, now);
  if (unknown?.kind === 'failed') return plusMs(now, unknown.failure.disposition === 'transient' ? 30 * MS.minute : 6 * MS.hour);
  const soon = state === 'unsigned' ? UNSIGNED_PAUSES.find(({ youngerThan }) => age < youngerThan)?.pause : undefined;
  if (soon !== undefined) return plusMs(now, soon);
  return age > WATCHED_FOR_MS ? null : plusMs(now, state === 'rejected' ? MS.day : 7 * MS.day);
}
