/** The command line: one file a command in commands/, gathered here. Errors become a sentence and an exit code. */
import { Command, CommanderError } from 'commander';
import { HeraldError } from '../core/errors.ts';
import { type CommandContext, EXIT } from './command-context.ts';
import { candidatesCommand } from './commands/candidates.ts';
import { checkCommand } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { configCommand } from './commands/config.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { eolCommand } from './commands/eol.ts';
import { explainCommand } from './commands/explain.ts';
import { latestCommand } from './commands/latest.ts';
import { migrateCommand } from './commands/migrate.ts';
import { notesCommand } from './commands/notes.ts';
import { parseCommand } from './commands/parse.ts';
import { releasesCommand } from './commands/releases.ts';
import { replayCommand } from './commands/replay.ts';
import { sbomCommand } from './commands/sbom.ts';
import { sbomDiffCommand } from './commands/sbom-diff.ts';
import { serveCommand } from './commands/serve.ts';
import { showCommand } from './commands/show.ts';
import { subscriptionsCommand } from './commands/subscriptions.ts';
import { trustRootCommand } from './commands/trust-root.ts';
import { verifyCommand } from './commands/verify.ts';
import { verifyBundleCommand } from './commands/verify-bundle.ts';
import { addCompletions } from './completions.ts';
import { printError, type Terminal } from './terminal.ts';
import { readVersion } from './version.ts';

/** Every command; adding one is a file and a line. */
const COMMANDS: readonly ((context: CommandContext) => Command)[] = [
  parseCommand,
  compareCommand,
  candidatesCommand,
  latestCommand,
  releasesCommand,
  showCommand,
  diffCommand,
  notesCommand,
  sbomCommand,
  sbomDiffCommand,
  eolCommand,
  explainCommand,
  verifyCommand,
  verifyBundleCommand,
  checkCommand,
  serveCommand,
  migrateCommand,
  configCommand,
  subscriptionsCommand,
  replayCommand,
  doctorCommand,
  trustRootCommand,
];

/** Runs one command line (without node and script); gives the exit code. Never throws. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const context: CommandContext = { terminal, exitCode: EXIT.ok };
  try {
    await createProgram(context).parseAsync([...argv], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    printError(terminal, error, argv.includes('--debug'));
    return error instanceof HeraldError && error.code === 'INVALID_QUERY' ? EXIT.usage : EXIT.failed;
  }
}

function createProgram(context: CommandContext): Command {
  const program = new Command('herald')
    .description('Watches where Kairos is published and tells people what is new.')
    .version(readVersion())
    .option('--debug', 'print stack traces')
    .showSuggestionAfterError()
    .showHelpAfterError('Run "herald help" for the commands, "herald help <command>" for examples.')
    .addHelpText('after', EXAMPLES);
  for (const create of COMMANDS) program.addCommand(create(context));
  addCompletions(program, context.terminal);
  quieten(program, context.terminal);
  return program;
}

/** commander writes through the terminal and throws instead of ending the process. */
function quieten(command: Command, terminal: Terminal): void {
  command
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text.trimEnd()), writeErr: (text) => terminal.err(text.trimEnd()) });
  for (const sub of command.commands) quieten(sub, terminal);
}

const EXAMPLES = `
Examples:
  herald latest rocky standard          what is the newest image, and is it still published
  herald check                          look once at everything watched, tell what is new
  herald candidates quay.io/kairos/hadron:v0.4.0-core-amd64-generic-v4.1.2
  herald serve                          keep watching

Exit codes: 0 done, 1 something failed, 2 the command line is wrong.`;
