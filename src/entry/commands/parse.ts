/** herald parse: what the grammar says of image references and release files, one JSON object a line. */
import { Command } from 'commander';
import type { Reference } from '../../core/image.ts';
import { parseReleaseFile } from '../../core/release-file.ts';
import { parseLine, releaseFileLine } from '../../render/json.ts';
import type { CommandContext } from '../command-context.ts';
import { printJson } from '../terminal.ts';
import { referenceReader } from './artifact-argument.ts';

export function parseCommand({ terminal }: CommandContext): Command {
  return new Command('parse')
    .description('say what the grammar knows of image references and of the names of release files, one JSON object a line')
    .argument('<reference...>', 'references or file names, or - to read one a line from standard input')
    .option('--json', 'accepted for symmetry: the output is always JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald parse quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0
  herald parse kairos-hadron-v0.5.1-core-amd64-generic-v4.3.0.iso
  skopeo list-tags docker://quay.io/kairos/hadron | jq -r '.Tags[] | "quay.io/kairos/hadron:" + .' | herald parse -`,
    )
    .action(async (references: readonly string[]) => {
      const inputs = references.includes('-') ? lines(await terminal.readInput()) : references;
      const read = referenceReader(terminal);
      for (const input of inputs) printJson(terminal, parsed(input, read));
    });
}

/** A name without slash and colon may be that of a release file; a bare tag never looks like one. */
function parsed(input: string, read: (text: string) => Reference): unknown {
  const file = /[/:]/.test(input) ? null : parseReleaseFile(input);
  return file === null || file.kind === 'unrecognised' ? parseLine(read(input)) : releaseFileLine(input, file);
}

function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
