/** herald candidates: what a running image may be upgraded to. */
import { Command, Option } from 'commander';
import { HeraldError } from '../../core/errors.ts';
import { type Artifact, isArtifact } from '../../core/image.ts';
import type { Arch } from '../../core/image-tag.ts';
import type { Message } from '../../core/message.ts';
import type { FlavorKnowledge, Standing } from '../../core/query.ts';
import { artifactOf } from '../../core/release.ts';
import { isAlarming } from '../../core/signature-alert.ts';
import { type Candidates, candidates, type Track } from '../../core/upgrade.ts';
import { onArchs, upgradeSteps } from '../../core/upgrade-steps.ts';
import { candidatesJson } from '../../render/json.ts';
import { renderText } from '../../render/text.ts';
import { candidatesMessage } from '../../render/upgrade.ts';
import { type UpgradeWay, upgradeSections, upgradeSnippet } from '../../render/upgrade-snippet.ts';
import { count } from '../../render/words.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { readKnowledge } from '../knowledge.ts';
import { nameOf, textNamed } from '../named-file.ts';
import { printJson, printMessage, type Terminal } from '../terminal.ts';
import { artifactArgument, referenceReader } from './artifact-argument.ts';

interface Options {
  readonly json?: boolean;
  readonly tags?: string;
  readonly track: Track;
  readonly pre?: boolean;
  readonly apply?: UpgradeWay;
  readonly archs?: readonly Arch[];
}

export function candidatesCommand(context: CommandContext): Command {
  const { terminal } = context;
  return new Command('candidates')
    .description('say what a running image may be upgraded to: never a wrong artifact, never a downgrade')
    .argument('<running>', 'the image that runs')
    .option('--tags <file>', 'choose among the tags in this file, one a line (- for standard input), instead of the store')
    .addOption(new Option('--track <track>', 'what may move').choices(['os', 'kubernetes', 'both']).default('os'))
    .option('--pre', 'offer prereleases too')
    .addOption(
      new Option('--apply <way>', 'print what to apply for the recommended upgrade, pinned by digest').choices([
        'operator',
        'controller',
        'agent',
      ]),
    )
    .option('--archs <list>', "with --apply: the architectures of your nodes (default: the running image's)", archsIn)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald candidates quay.io/kairos/hadron:v0.4.0-core-amd64-generic-v4.1.2
  herald candidates --track both --tags tags.txt quay.io/kairos/hadron:v0.4.0-standard-amd64-generic-v4.1.2-k3s-v1.34.8-k3s1
  herald candidates --apply operator --archs amd64,arm64 quay.io/kairos/hadron:v0.4.0-core-amd64-generic-v4.1.2 > upgrade.yaml

With --apply the text alone goes to standard output and what to mind to standard error; exit code 1 when there is nothing to apply.`,
    )
    .action(async (running: string, options: Options) => {
      const artifact = artifactArgument(running, terminal);
      const { known, standing } =
        options.tags === undefined
          ? await fromStore(terminal, artifact, options.pre === true)
          : { known: await fromFile(terminal, options.tags, artifact), standing: null };
      const answer = candidates(artifact, known, { track: options.track, prereleases: options.pre === true });
      if (options.apply !== undefined) apply(context, answer, known, options.apply, options);
      else if (options.json === true) printJson(terminal, candidatesJson(answer, standing));
      else printMessage(terminal, candidatesMessage(answer, standing));
    });
}

const ARCHS: readonly Arch[] = ['amd64', 'arm64', 'riscv64'];

function archsIn(list: string): readonly Arch[] {
  return list.split(',').map((word) => {
    const arch = ARCHS.find((known) => known === word.trim());
    if (arch !== undefined) return arch;
    throw new HeraldError('INVALID_QUERY', `"${word.trim().slice(0, 50)}" is no architecture of Kairos.`, {
      hint: `Write a list of ${ARCHS.join(', ')}, such as --archs amd64,arm64.`,
    });
  });
}

/** The text of the recommended offer for a file or a pipe; what a person has to mind goes beside it. */
function apply(context: CommandContext, answer: Candidates, known: readonly Artifact[], way: UpgradeWay, options: Options): void {
  const { terminal } = context;
  const { running, offers } = answer;
  const recommended = offers.find((offer) => offer.recommended) ?? offers[0];
  if (recommended === undefined) {
    throw new HeraldError('NOT_FOUND', `There is nothing to apply: ${answer.reason ?? 'nothing newer fits.'}`, {
      hint: 'Ask without --apply for more, or with another --track.',
    });
  }
  const archs = options.archs ?? [running.arch];
  const steps = upgradeSteps(running, onArchs(recommended.artifact, known, archs), archs);
  const text = upgradeSnippet(steps, way);
  if (text === '') context.exitCode = EXIT.failed;
  if (options.json === true) {
    printJson(terminal, steps);
    return;
  }
  if (text !== '') terminal.out(text.trimEnd());
  const sections = upgradeSections(steps, []);
  const title = text === '' ? 'Nothing can be applied this way' : `Upgrade to ${recommended.artifact.tag}`;
  const minding: Message = { tone: 'notice', title, summary: [], sections, footer: [], labels: [] };
  if (sections.length > 0 || text === '') terminal.err(renderText(minding, terminal.style).trimEnd());
}

/** Tags of the running image's repository; a line may also be a whole reference. */
async function fromFile(terminal: Terminal, file: string, running: Artifact): Promise<readonly Artifact[]> {
  const text = await textNamed(terminal, file);
  const readReference = referenceReader(terminal);
  const references = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => readReference(line.includes(':') || running.repository === '' ? line : `${running.repository}:${line}`));
  const artifacts = references.filter(isArtifact);
  const strange = references.filter(({ kind }) => kind === 'unrecognised');
  const [first] = strange;
  if (artifacts.length === 0)
    throw new HeraldError('INVALID_QUERY', `None of the ${references.length} lines of ${nameOf(file)} is an image of Kairos.`, {
      hint: 'Give one tag a line, for example from: skopeo list-tags docker://REPOSITORY | jq -r ".Tags[]"',
    });
  if (first !== undefined)
    terminal.err(`${strange.length} of ${references.length} lines were not recognised and are left out, the first: ${first.input}`);
  return artifacts;
}

async function fromStore(
  terminal: Terminal,
  running: Artifact,
  pre: boolean,
): Promise<{ readonly known: readonly Artifact[]; readonly standing: Standing }> {
  const flavors = await readKnowledge(terminal);
  const own = flavors.filter((flavor) => flavor.repository === running.repository);
  const [known] = own;
  if (known === undefined) {
    throw new HeraldError('NOT_FOUND', `${running.repository} is not watched, so nothing is known of its images.`, {
      hint: 'Add it to the targets of your configuration, or give its tags with --tags.',
    });
  }
  if (known.lastSuccessAt === null) {
    throw new HeraldError('NOT_FOUND', `${running.repository} was never checked from here, so nothing is known of its images.`, {
      hint: 'Run "herald check" first, or give its tags with --tags.',
    });
  }
  const live = own.flatMap(({ images }) => images.filter((image) => image.removedAt === null));
  const alarming = live.filter(isAlarming);
  if (alarming.length > 0)
    terminal.err(`${count(alarming.length, 'image')} left out, whose signature is wrong or gone: see "herald releases".`);
  // An offer is pinned: what is pulled must be what was seen.
  const artifacts = live.flatMap((image) => {
    const artifact = isAlarming(image) ? null : artifactOf(image);
    return artifact === null ? [] : [{ ...artifact, digest: image.digest }];
  });
  return { known: artifacts.filter((artifact) => pre || !isCalledPrerelease(artifact, known)), standing: known };
}

/** The version does not say so, its release page does. */
function isCalledPrerelease({ version }: Artifact, { calledPrereleases }: FlavorKnowledge): boolean {
  return version.kind === 'release' && calledPrereleases.has(version.version.text);
}
