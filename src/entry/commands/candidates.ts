/** herald candidates: what a running image may be upgraded to. */
import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { HeraldError } from '../../core/errors.ts';
import { type Artifact, isArtifact } from '../../core/image.ts';
import type { FlavorKnowledge, Standing } from '../../core/query.ts';
import { artifactOf } from '../../core/release.ts';
import { isAlarming } from '../../core/signature-alert.ts';
import { candidates, type Track } from '../../core/upgrade.ts';
import { candidatesJson } from '../../render/json.ts';
import { candidatesMessage } from '../../render/upgrade.ts';
import { count } from '../../render/words.ts';
import type { CommandContext } from '../command-context.ts';
import { readKnowledge } from '../knowledge.ts';
import { printJson, printMessage, type Terminal } from '../terminal.ts';
import { artifactArgument, referenceReader } from './artifact-argument.ts';

interface Options {
  readonly json?: boolean;
  readonly tags?: string;
  readonly track: Track;
  readonly pre?: boolean;
}

export function candidatesCommand({ terminal }: CommandContext): Command {
  return new Command('candidates')
    .description('say what a running image may be upgraded to: never a wrong artifact, never a downgrade')
    .argument('<running>', 'the image that runs')
    .option('--tags <file>', 'choose among the tags in this file, one a line (- for standard input), instead of the store')
    .addOption(new Option('--track <track>', 'what may move').choices(['os', 'kubernetes', 'both']).default('os'))
    .option('--pre', 'offer prereleases too')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald candidates quay.io/kairos/hadron:v0.4.0-core-amd64-generic-v4.1.2
  herald candidates --track both --tags tags.txt quay.io/kairos/hadron:v0.4.0-standard-amd64-generic-v4.1.2-k3s-v1.34.8-k3s1`,
    )
    .action(async (running: string, options: Options) => {
      const artifact = artifactArgument(running, terminal);
      const { known, standing } =
        options.tags === undefined
          ? await fromStore(terminal, artifact, options.pre === true)
          : { known: await fromFile(terminal, options.tags, artifact), standing: null };
      const answer = candidates(artifact, known, { track: options.track, prereleases: options.pre === true });
      if (options.json === true) printJson(terminal, candidatesJson(answer, standing));
      else printMessage(terminal, candidatesMessage(answer, standing));
    });
}

/** Tags of the running image's repository; a line may also be a whole reference. */
async function fromFile(terminal: Terminal, file: string, running: Artifact): Promise<readonly Artifact[]> {
  const text = file === '-' ? await terminal.readInput() : await readTags(file);
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
    throw new HeraldError(
      'INVALID_QUERY',
      `None of the ${references.length} lines of ${file === '-' ? 'standard input' : file} is an image of Kairos.`,
      {
        hint: 'Give one tag a line, for example from: skopeo list-tags docker://REPOSITORY | jq -r ".Tags[]"',
      },
    );
  if (first !== undefined)
    terminal.err(`${strange.length} of ${references.length} lines were not recognised and are left out, the first: ${first.input}`);
  return artifacts;
}

async function readTags(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new HeraldError('INVALID_QUERY', `The tag file ${file} cannot be read.`, {
      cause,
      hint: 'Give a file with one tag a line, or - for standard input.',
    });
  }
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
