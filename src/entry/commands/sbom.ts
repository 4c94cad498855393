/** herald sbom: what is inside an image, by its SBOM and what vouches for that. */
import { Command } from 'commander';
import { sbomJson } from '../../render/json-sbom.ts';
import { sbomMessage } from '../../render/sbom.ts';
import type { CommandContext } from '../command-context.ts';
import { printJson, printMessage } from '../terminal.ts';
import { withStore } from '../with-store.ts';
import { type SbomOptions, sbomNamed } from './sbom-argument.ts';

export function sbomCommand({ terminal }: CommandContext): Command {
  return new Command('sbom')
    .description('say what is inside an image, by its SBOM, and what vouches for that')
    .argument('<image>', 'an image, a file with an SBOM (SPDX 2.2 and 2.3, CycloneDX, as JSON), or - for standard input')
    .option('--live', 'ask the registry now instead of the store; nothing is stored')
    .option('--project <name>', 'with --live: whose release it is, where the repository does not tell')
    .option('--release <version>', 'with --live: which release it is of, where the tag does not tell')
    .option('--json', 'print JSON, with every package')
    .addHelpText(
      'after',
      `
Examples:
  herald sbom hadron:v0.5.1-core-amd64-generic-v4.3.0
  herald sbom --live quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0
  syft quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0 -o spdx-json | herald sbom -`,
    )
    .action(async (text: string, options: SbomOptions & { json?: boolean }) => {
      const { subject, inventory } = await withStore(terminal, (store, settings) =>
        sbomNamed({ terminal, store, settings }, text, options),
      );
      if (options.json === true) printJson(terminal, sbomJson(subject, inventory));
      else printMessage(terminal, sbomMessage(subject));
    });
}
