/** herald compare: how two images relate, and what an upgrade between them would cross. */
import { Command } from 'commander';
import { compareArtifacts } from '../../core/upgrade.ts';
import { compareJson } from '../../render/json.ts';
import { comparisonMessage } from '../../render/upgrade.ts';
import type { CommandContext } from '../command-context.ts';
import { printJson, printMessage } from '../terminal.ts';
import { artifactArgument } from './artifact-argument.ts';

export function compareCommand({ terminal }: CommandContext): Command {
  return new Command('compare')
    .description('say how two images relate: upgrade, downgrade, same, incompatible')
    .argument('<from>', 'the image that runs')
    .argument('<to>', 'the image it would become')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Example:
  herald compare quay.io/kairos/hadron:v0.4.0-core-amd64-generic-v4.1.2 quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0`,
    )
    .action((from: string, to: string, options: { json?: boolean }) => {
      const [left, right] = [artifactArgument(from, terminal), artifactArgument(to, terminal)];
      const comparison = compareArtifacts(left, right);
      if (options.json === true) printJson(terminal, compareJson(comparison));
      else printMessage(terminal, comparisonMessage(comparison, from, to));
    });
}
