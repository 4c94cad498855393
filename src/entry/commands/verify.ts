/** herald verify: who signed an image, asked now; the exit code is the verdict. */
import { Command } from 'commander';
import { imageVerdict, type Verdict, type VerdictState } from '../../core/verdict.ts';
import { verdictMessage } from '../../render/verdict.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { judgeNow, type WhoseRelease } from '../judge-now.ts';
import { printJson, printMessage } from '../terminal.ts';
import { withStore } from '../with-store.ts';

/** The exit code of each verdict; the same for `herald verify-bundle`. */
export const VERDICT_EXIT: Readonly<Record<VerdictState, number>> = { verified: EXIT.ok, unsigned: 3, rejected: 4, unknown: 5 };

interface VerifyOptions extends WhoseRelease {
  readonly json?: boolean;
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
      const { reference, verdict } = await withStore(terminal, (store, settings) => judgeNow({ terminal, store, settings }, text, options));
      context.exitCode = VERDICT_EXIT[verdict.state];
      if (options.json === true) printJson(terminal, { reference, ...verdict });
      else printMessage(terminal, verdictMessage(reference, verdict.digest, imageVerdict(verdict), reasonOf(verdict)));
    });
}

function reasonOf({ state, refusals, unknown }: Verdict): string | null {
  if (state === 'rejected') return refusals[0] === undefined ? null : `Do not use it: ${refusals[0].message}.`;
  if (state === 'unsigned') return 'Everything was looked at, and nobody signed it.';
  if (unknown?.kind === 'failed') return `It could not be checked: ${unknown.failure.message}`;
  return unknown === null ? null : 'It is signed, and no identity in the configuration says by whom it should be.';
}
