/** herald verify: who signed an image, asked now; the exit code is the verdict. */
import { Command } from 'commander';
import { judgedAt } from '../../app/assess-image.ts';
import { failureOf, HeraldError } from '../../core/errors.ts';
import { printReference, type Reference } from '../../core/image.ts';
import { readImage, watching } from '../../core/naming.ts';
import { publishedVersion } from '../../core/release.ts';
import type { Target } from '../../core/target.ts';
import { undecided } from '../../core/trust.ts';
import { imageVerdict, type Verdict, type VerdictState } from '../../core/verdict.ts';
import { verdictMessage } from '../../render/verdict.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import type { Settings } from '../config.ts';
import { openNetwork } from '../network.ts';
import { systemClock } from '../open-store.ts';
import { readSecrets } from '../secrets.ts';
import { printJson, printMessage, type Terminal } from '../terminal.ts';
import { createVerification } from '../verification.ts';
import { withStore } from '../with-store.ts';

/** The exit code of each verdict; the same for `herald verify-bundle`. */
export const VERDICT_EXIT: Readonly<Record<VerdictState, number>> = { verified: EXIT.ok, unsigned: 3, rejected: 4, unknown: 5 };

interface VerifyOptions {
  readonly json?: boolean;
  readonly project?: string;
  readonly release?: string;
}

export function verifyCommand(context: CommandContext): Command {
  const { terminal } = context;
  return new Command('verify')
    .description('say who signed an image and whether that is who should have; asks the registry now')
    .argument('<reference>', 'an image reference, by tag, digest or both')
    .option('--project <name>', 'whose release it is, where the repository does not tell')
    .option('--release <version>', 'which release it is of, where the tag does not tell')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 verified, 3 unsigned, 4 rejected, 5 unknown (could not be checked, or nobody said who should sign), 2 usage.

Examples:
  herald verify hadron:v0.5.1-core-amd64-generic-v4.3.0
  herald verify registry.example.com/edge/images:24.04-standard-amd64-generic-v0.0.1 --project edge-ubuntu`,
    )
    .action(async (text: string, options: VerifyOptions) => {
      const { reference, verdict } = await verify(terminal, text, options);
      context.exitCode = VERDICT_EXIT[verdict.state];
      if (options.json === true) printJson(terminal, { reference, ...verdict });
      else printMessage(terminal, verdictMessage(reference, verdict.digest, imageVerdict(verdict), reasonOf(verdict)));
    });
}

async function verify(terminal: Terminal, text: string, options: VerifyOptions): Promise<{ reference: string; verdict: Verdict }> {
  return withStore(terminal, async (store, settings) => {
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
      return { reference: printed, verdict: await judgedAt(verification, location, project, version, systemClock.now()) };
    } catch (error) {
      if (!(error instanceof HeraldError)) throw error;
      return { reference: printed, verdict: undecided(reference.digest ?? reference.tag, failureOf(error)) };
    }
  });
}

interface Subject {
  readonly reference: Reference;
  readonly target: Target | null;
  readonly project: string;
  readonly version: string;
}

/** Who should have signed depends on whose release it is and on which: from the reference and its target, or as the person says. */
function subjectOf(text: string, options: VerifyOptions, { targets }: Settings): Subject {
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

function reasonOf({ state, refusals, unknown }: Verdict): string | null {
  if (state === 'rejected') return refusals[0] === undefined ? null : `Do not use it: ${refusals[0].message}.`;
  if (state === 'unsigned') return 'Everything was looked at, and nobody signed it.';
  if (unknown?.kind === 'failed') return `It could not be checked: ${unknown.failure.message}`;
  return unknown === null ? null : 'It is signed, and no identity in the configuration says by whom it should be.';
}
