/** An image looked at now: who signed it, and what its SBOM says. For the questions that ask a registry instead of the store. */
import { type Judged, judgedAt } from '../app/assess-image.ts';
import { failureOf, HeraldError } from '../core/errors.ts';
import { printReference, type Reference } from '../core/image.ts';
import { readImage, watching } from '../core/naming.ts';
import { publishedVersion } from '../core/release.ts';
import type { Target } from '../core/target.ts';
import { undecided } from '../core/trust.ts';
import type { StoreReader } from '../ports.ts';
import type { Settings } from './config.ts';
import { openNetwork } from './network.ts';
import { systemClock } from './open-store.ts';
import { readSecrets } from './secrets.ts';
import type { Terminal } from './terminal.ts';
import { createVerification } from './verification.ts';

interface JudgeDeps {
  readonly terminal: Pick<Terminal, 'env'>;
  readonly store: StoreReader | null;
  readonly settings: Settings;
}

/** Who should have signed depends on it. */
export interface WhoseRelease {
  /** Whose release the image is of, where the repository does not tell. */
  readonly project?: string;
  /** Which release, where the tag does not tell. */
  readonly release?: string;
}

export interface JudgedNow extends Judged {
  /** As it was read: with its repository. */
  readonly reference: string;
}

/**
 * Fetches, checks and judges the evidence of an image now; what could not be looked at is a verdict too. Stores nothing. Throws HeraldError
 * INVALID_QUERY for what is no image, or does not tell whose it should be.
 */
export async function judgeNow({ terminal, store, settings }: JudgeDeps, text: string, options: WhoseRelease): Promise<JudgedNow> {
  const { reference, target, project, version } = subjectOf(text, options, settings);
  const secrets = readSecrets(terminal.env, settings.registries);
  const http = openNetwork({ settings, secrets, clock: systemClock });
  const verification = await createVerification({
    settings: { verification: { ...settings.verification, enabled: true } },
    secrets,
    http,
    clock: systemClock,
    store,
    stateDir: terminal.env.HERALD_DATA_DIR ?? './data',
  });
  if (verification === null) throw new HeraldError('INVALID_CONFIG', 'Verification is switched off.');
  const { repository } = reference;
  const location = {
    repository,
    via: target?.via ?? null,
    endpoint: target?.endpoint ?? null,
    reference: reference.digest ?? reference.tag,
  };
  const printed = printReference(reference);
  try {
    return { reference: printed, ...(await judgedAt(verification, location, project, version, systemClock.now())) };
  } catch (error) {
    if (!(error instanceof HeraldError)) throw error;
    return { reference: printed, verdict: undecided(reference.digest ?? reference.tag, failureOf(error)), inventory: null };
  }
}

interface Subject {
  readonly reference: Reference;
  readonly target: Target | null;
  readonly project: string;
  readonly version: string;
}

/** Who should have signed depends on whose release it is and on which: from the reference and its target, or as the person says. */
function subjectOf(text: string, options: WhoseRelease, { targets }: Settings): Subject {
  const plain = readImage(text, undefined).reference;
  const target = watching(targets, plain.repository);
  const { reference } = readImage(text, target?.naming);
  if (reference.repository === '' || (reference.tag === '' && reference.digest === null)) {
    throw new HeraldError('INVALID_QUERY', `"${text.slice(0, 200)}" names no image in a registry.`, {
      hint: 'Write repository:tag, such as quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0, or repository@sha256:…',
    });
  }
  const version = options.release ?? publishedVersion(reference)?.text;
  if (version === undefined) {
    throw new HeraldError(
      'INVALID_QUERY',
      `"${text.slice(0, 200)}" does not tell which release it is of, so who should have signed it is not known.`,
      {
        hint: 'Say it with --release, such as --release v4.3.0.',
      },
    );
  }
  return { reference, target, project: options.project ?? target?.project ?? projectOf(reference), version };
}

/** Of repositories nobody configured: components have names of their own, everything else is meant to be Kairos. */
function projectOf(reference: Reference): string {
  return reference.kind === 'component' ? reference.name : 'kairos';
}
