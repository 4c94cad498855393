/** herald parse: what the grammar says of image references, one JSON object a line. */
import { Command } from 'commander';
import { parseReference } from '../../core/image.ts';
import { parseLine } from '../../render/json.ts';
import type { CommandContext } from '../command-context.ts';
import { printJson } from '../terminal.ts';

export function parseCommand({ terminal }: CommandContext): Command {
  return new Command('parse')
    .description('say what the grammar knows of image references, one JSON object a line')
    .argument('<reference...>', 'references, or - to read one a line from standard input')
    .option('--json', 'accepted for symmetry: the output is always JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald parse quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0
  skopeo list-tags docker://quay.io/kairos/hadron | jq -r '.Tags[] | "quay.io/kairos/hadron:" + .' | herald parse -`,
    )
    .action(async (references: readonly string[]) => {
      const inputs = references.includes('-') ? lines(await terminal.readInput()) : references;
      for (const input of inputs) printJson(terminal, parseLine(parseReference(input)));
    });
}

function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
