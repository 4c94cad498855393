/** herald sbom-diff: what moved inside, from one image to another, by their SBOMs. */
import { Command } from 'commander';
import { type Asked, vulnerabilitiesBetween } from '../../app/vulnerabilities.ts';
import type { RankedSection } from '../../core/message.ts';
import { diffInventories } from '../../core/sbom-diff.ts';
import type { VulnerabilityReport } from '../../core/vulnerabilities.ts';
import { sbomDiffJson } from '../../render/json-sbom.ts';
import { sbomDiffMessage } from '../../render/sbom.ts';
import { vulnerabilitiesNotAsked, vulnerabilitiesUnknown, vulnerabilitySections } from '../../render/vulnerabilities.ts';
import type { CommandContext } from '../command-context.ts';
import { printJson, printMessage } from '../terminal.ts';
import { vulnerabilitySource } from '../vulnerability-sources.ts';
import { withStore } from '../with-store.ts';
import { type SbomOptions, sbomNamed } from './sbom-argument.ts';

interface Options extends SbomOptions {
  readonly all?: boolean;
  readonly offline?: boolean;
  readonly json?: boolean;
}

export function sbomDiffCommand({ terminal }: CommandContext): Command {
  return new Command('sbom-diff')
    .description('say which packages came, went and moved from one image to another, by their SBOMs')
    .argument('<from>', 'an image, a file with an SBOM, or - for standard input')
    .argument('<to>', 'the other one')
    .option('--all', 'name every package, not only the important ones')
    .option('--offline', 'ask nobody for known vulnerabilities, whatever the configuration says')
    .option('--live', 'ask the registry now instead of the store; nothing is stored')
    .option('--json', 'print JSON, with every package')
    .addHelpText(
      'after',
      `
Examples:
  herald sbom-diff hadron:v0.4.0-core-amd64-generic-v4.1.2 hadron:v0.5.1-core-amd64-generic-v4.3.0
  herald sbom-diff --json before.spdx.json after.spdx.json

Known vulnerabilities of what differs are asked for when the configuration says so (vulnerabilities.source), because it sends names and
versions of packages out.

Two SBOMs of other formats, other tools or other images are not compared: the difference would be that of the tools.`,
    )
    .action(async (older: string, newer: string, options: Options) => {
      const { comparison, vulnerabilities } = await withStore(terminal, async (store, settings) => {
        const places = { terminal, store, settings };
        const from = await sbomNamed(places, older, options);
        const to = await sbomNamed(places, newer, options);
        const diff = diffInventories(from.inventory, to.inventory, { from: from.image, to: to.image });
        const source = options.offline === true ? null : vulnerabilitySource(terminal, settings);
        return {
          comparison: { from: from.subject, to: to.subject, diff },
          // Of what cannot be compared the difference is that of the tools.
          vulnerabilities:
            source === null || diff.kind === 'suppressed' ? null : await vulnerabilitiesBetween(source, from.inventory, to.inventory),
        };
      });
      if (options.json === true) {
        printJson(terminal, { ...sbomDiffJson(comparison), vulnerabilities });
        return;
      }
      const message = sbomDiffMessage(comparison, options.all === true ? Number.POSITIVE_INFINITY : undefined);
      const known = comparison.diff.kind === 'suppressed' ? [] : sectionsOf(vulnerabilities, options);
      printMessage(terminal, { ...message, sections: [...message.sections, ...known] });
    });
}

function sectionsOf(asked: Asked<VulnerabilityReport> | null, { offline }: Options): readonly RankedSection[] {
  if (asked === null) return vulnerabilitiesNotAsked(offline === true ? 'offline' : 'off');
  return asked.kind === 'asked' ? vulnerabilitySections(asked.answer) : vulnerabilitiesUnknown(asked.source, asked.failure);
}
