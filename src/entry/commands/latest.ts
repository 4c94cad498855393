/** herald latest: the newest image of a flavor, and whether the flavor is still published. */
import { Command } from 'commander';
import { HeraldError } from '../../core/errors.ts';
import { latest, namesIn, parseQuery, type QueryProblem } from '../../core/query.ts';
import { latestMessage, queryProblemWords } from '../../render/answer.ts';
import { latestJson } from '../../render/json.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { readKnowledge } from '../knowledge.ts';
import { printJson, printMessage } from '../terminal.ts';

export function latestCommand(context: CommandContext): Command {
  const { terminal } = context;
  return new Command('latest')
    .description('say which image is the newest, when that was last checked, and whether it is still published')
    .argument('[words...]', 'flavor or your own project, variant, arch, model, k3s or k0s, a Kubernetes minor: in any order')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald latest
  herald latest rocky standard
  herald latest hadron core arm64 rpi4
  herald latest hadron k3s 1.35

Exit code 1 when there is no answer: nothing was checked yet, or no such image is known.`,
    )
    .action(async (words: readonly string[], options: { json?: boolean }) => {
      const knowledge = await readKnowledge(terminal);
      const parsed = parseQuery(words, namesIn(knowledge));
      if (parsed.kind === 'problem') throw notUnderstood(words, parsed.problems);
      const answer = latest(parsed.query, knowledge);
      // A script must not take "I do not know" for an answer.
      if (answer.flavors.every(({ version }) => version === null)) context.exitCode = EXIT.failed;
      if (options.json === true) printJson(terminal, latestJson(answer));
      else printMessage(terminal, latestMessage(answer));
    });
}

function notUnderstood(words: readonly string[], problems: readonly QueryProblem[]): HeraldError {
  return new HeraldError('INVALID_QUERY', problems.map(queryProblemWords).join(' '), {
    hint: `You asked: herald latest ${words.join(' ')}`,
  });
}
