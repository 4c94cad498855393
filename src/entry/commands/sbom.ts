/** herald sbom: what is inside an image, by its SBOM and what vouches for that. */
import { Command } from 'commander';
import { type Asked, stateOfHadronMain } from '../../app/vulnerabilities.ts';
import type { RankedSection } from '../../core/message.ts';
import type { HadronMain } from '../../core/security-dashboard.ts';
import { sbomJson } from '../../render/json-sbom.ts';
import { sbomMessage } from '../../render/sbom.ts';
import { hadronMainSections, vulnerabilitiesUnknown } from '../../render/vulnerabilities.ts';
import type { CommandContext } from '../command-context.ts';
import { printJson, printMessage } from '../terminal.ts';
import { dashboardSource } from '../vulnerability-sources.ts';
import { withStore } from '../with-store.ts';
import { type SbomOptions, sbomNamed } from './sbom-argument.ts';

interface Options extends SbomOptions {
  readonly offline?: boolean;
  readonly json?: boolean;
}

export function sbomCommand({ terminal }: CommandContext): Command {
  return new Command('sbom')
    .description('say what is inside an image, by its SBOM, and what vouches for that')
    .argument('<image>', 'an image, a file with an SBOM (SPDX 2.2 and 2.3, CycloneDX, as JSON), or - for standard input')
    .option('--offline', 'do not read the security dashboard, whatever the configuration says')
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
    .action(async (text: string, options: Options) => {
      const { subject, inventory, main } = await withStore(terminal, async (store, settings) => {
        const named = await sbomNamed({ terminal, store, settings }, text, options);
        const ofHadron = named.image?.flavor === 'hadron' && options.offline !== true;
        const dashboard = ofHadron ? dashboardSource(terminal, settings) : null;
        return { ...named, main: dashboard === null ? null : await stateOfHadronMain(dashboard) };
      });
      if (options.json === true) {
        printJson(terminal, { ...sbomJson(subject, inventory), hadronMain: main });
        return;
      }
      const message = sbomMessage(subject);
      printMessage(terminal, { ...message, sections: [...message.sections, ...sectionsOf(main)] });
    });
}

function sectionsOf(main: Asked<HadronMain> | null): readonly RankedSection[] {
  if (main === null) return [];
  return main.kind === 'asked' ? hadronMainSections(main.answer) : vulnerabilitiesUnknown(main.source, main.failure);
}
