/**
 * Ready-to-apply text for an upgrade, a way each: kairos-operator, the deprecated system-upgrade-controller, kairos-agent on a node.
 *
 * The YAML is printed here and not with the `yaml` package, which render may not import: messages of every sink hold this text, so it
 * cannot wait for the command line either. What is printed is a fixed set of keys and checked values: words, and for all else JSON.
 */
import { unreachable } from '../core/errors.ts';
import { type Artifact, printReference } from '../core/image.ts';
import type { Line, RankedSection } from '../core/message.ts';
import type { Manifest, ManifestValue, Refusal, StepNote, UpgradeSteps } from '../core/upgrade-steps.ts';
import { code, coordinateName, listing, warningWords } from './words.ts';

export type UpgradeWay = 'operator' | 'controller' | 'agent';

/** The text alone, for a file or a pipe; empty where this way does not fit. Ends with a line break. */
export function upgradeSnippet(steps: UpgradeSteps, way: UpgradeWay): string {
  switch (way) {
    case 'operator':
      return documents(ONE_RUN, steps.operator);
    case 'controller':
      return documents(DEPRECATED, steps.plans);
    case 'agent':
      return agentText(steps);
    default:
      return unreachable(way);
  }
}

/** Everything about applying an upgrade: what to mind first, then each way. */
export function upgradeSections(
  steps: UpgradeSteps,
  ways: readonly UpgradeWay[] = ['operator', 'agent', 'controller'],
): readonly RankedSection[] {
  const items = [...steps.notes.map((note): Line => [noteWords(note)]), ...steps.refused.map(refusedLine)];
  return [
    ...(items.length === 0 ? [] : [{ rank: 1, section: { kind: 'list', title: 'Before you apply it', items } } as const]),
    ...ways.flatMap((way): readonly RankedSection[] => {
      const text = upgradeSnippet(steps, way);
      const { rank, title, language } = WAYS[way];
      return text === '' ? [] : [{ rank, section: { kind: 'code', title, language, text: text.trimEnd() } }];
    }),
  ];
}

const WAYS: Readonly<Record<UpgradeWay, { readonly rank: number; readonly title: string; readonly language: string }>> = {
  operator: { rank: 2, title: 'With kairos-operator', language: 'yaml' },
  agent: { rank: 3, title: 'On a node', language: 'sh' },
  controller: { rank: 5, title: 'With the system-upgrade-controller (deprecated)', language: 'yaml' },
};

const ONE_RUN = '# One object is one run. To run it again, delete it or give it another name.';
const DEPRECATED = '# Deprecated: Kairos recommends kairos-operator instead of the system-upgrade-controller.';

function documents(comment: string, objects: readonly Manifest[]): string {
  return objects.length === 0 ? '' : `${comment}\n${objects.map((object) => `---\n${block(object, 0).join('\n')}\n`).join('')}`;
}

function agentText({ nodes, notes }: UpgradeSteps): string {
  const trusted = notes.some(({ kind }) => kind === 'trusted-boot');
  const several = nodes.length > 1;
  return nodes
    .flatMap(({ arch, active, recovery }) => [
      ...(several ? [`# Nodes with ${arch}`] : []),
      active,
      '# Reboot. Once the node runs well, the recovery system:',
      recovery,
      ...(trusted ? ['# A boot entry of your own: NAME is the name of its .efi file', `${active} --boot-entry NAME`] : []),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

/** A mapping as lines of block style. */
function block(object: Manifest, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  return Object.entries(object).flatMap(([key, value]) => {
    const name = `${indent}${scalar(key)}:`;
    return isManifest(value) ? [name, ...block(value, depth + 1)] : [`${name} ${scalar(value)}`];
  });
}

/** Words without quotes: nothing in them is a mark of YAML, and the first letter makes them no number. */
const PLAIN = /^[A-Za-z](?:[A-Za-z0-9._/:@-]*[A-Za-z0-9])?$/;
/** What is no text without quotes, in YAML 1.1 too, which Kubernetes reads; some readers take `e3` for a number. */
const RESERVED = /^(?:y|yes|n|no|true|false|on|off|null|e[\d._-]*)$/i;

/** Everything else is JSON, which is YAML: lists and what is in them are short enough for a line. */
function scalar(value: ManifestValue): string {
  return typeof value === 'string' && PLAIN.test(value) && !RESERVED.test(value) ? value : JSON.stringify(value);
}

function isManifest(value: ManifestValue): value is Manifest {
  return typeof value === 'object' && !Array.isArray(value);
}

function noteWords(note: StepNote): string {
  switch (note.kind) {
    case 'kubernetes-step':
      return `${warningWords(note)} Upgrade the control-plane nodes first: a kubelet must not be newer than its API server.`;
    case 'missing-architecture':
      return `No such image for ${listing(note.archs)}: nodes with ${note.archs.length === 1 ? 'it' : 'them'} stay as they are.`;
    case 'trusted-boot':
      return (
        'Trusted boot: a node starts only what is signed with its own keys. If yours are not those of this image, make an upgrade image from it first ' +
        '(auroraboot build-uki -t container). It holds boot files and does not start as a pod, so kairos-operator cannot use it as it is; ' +
        '"kairos-agent upgrade list-releases" is refused on such nodes.'
      );
    case 'boards':
      return `Only for ${listing(note.models)}: the selector knows architectures and not boards, so narrow it to those nodes.`;
    case 'rebuild':
      return 'The versions stay the same, so the check that skips nodes which have them already is switched off (force).';
    case 'no-plan':
      return `No plan for the system-upgrade-controller: it puts the tag into a label, and ${note.tag} does not fit into one (63 characters).`;
    default:
      return warningWords(note);
  }
}

function refusedLine({ image, refusal }: { readonly image: Artifact; readonly refusal: Refusal }): Line {
  return [code(printReference(image)), ` is left out: ${refusalWords(refusal)}`];
}

function refusalWords(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'not-pinned':
      return 'its digest is not known, and what is applied has to be what was seen.';
    case 'unsafe-name':
      return 'its name is not one that can be put into a file or a command.';
    case 'raw-disk':
      return 'a raw disk is written once and not upgraded to.';
    case 'crosses':
      return `it is an image of another ${listing(refusal.coordinates.map(coordinateName))}.`;
    case 'not-an-upgrade':
      return refusal.relation === 'downgrade' ? 'it would take a component back.' : 'it is not newer than what runs.';
    case 'kubernetes-skips-minor':
      return 'Kubernetes would skip a minor version.';
    case 'kubernetes-unknown':
      return 'its tag, or that of what runs, does not say which Kubernetes is inside.';
    default:
      return unreachable(refusal);
  }
}
