/**
 * The words people describe images with, read one at a time. Subscriptions and questions share them, so that
 * `rocky standard arm64` means the same in both.
 */
import type { Arch, Variant } from './image.ts';
import { FLAVORS } from './image-repository.ts';
import { MODELS } from './image-tag.ts';
import { nearest } from './nearest.ts';
import { COMPONENT_PROJECTS, type KnownNames, NO_NAMES } from './projects.ts';
import type { Distro } from './version.ts';

export type Choice = 'only' | 'no' | 'any';
export type Level = 'patch' | 'minor' | 'major';

/** What one word says. */
export type Meaning =
  | { readonly field: 'project' | 'base' | 'flavor' | 'flavorRelease' | 'model' | 'kubernetesMinor'; readonly value: string }
  | { readonly field: 'variant'; readonly value: Variant }
  | { readonly field: 'arch'; readonly value: Arch }
  | { readonly field: 'distro'; readonly value: Distro }
  | { readonly field: 'uki' | 'raw'; readonly value: Choice }
  | { readonly field: 'level'; readonly value: Level }
  | { readonly field: 'prereleases'; readonly value: boolean }
  /** `any` says nothing on purpose; `stable`, `linux` and `kubernetes` say what is so anyway. */
  | { readonly field: 'nothing' };

export interface WordProblem {
  readonly word: string;
  readonly suggestion: string | null;
  /** Why it was not understood, as the end of a sentence. */
  readonly explanation: string;
}

export type ReadWord =
  | { readonly kind: 'meaning'; readonly meaning: Meaning }
  | { readonly kind: 'problem'; readonly problem: WordProblem };

const FLAVOR_ALIASES = new Map<string, string>([
  ['rocky', 'rockylinux'],
  ['suse', 'opensuse'],
]);

const MODEL_ALIASES = new Map<string, string>([
  ...MODELS.filter((model) => model.startsWith('nvidia-')).map((model) => [model.replace('nvidia-', ''), model] as const),
  ['agx-orin', 'nvidia-jetson-agx-orin'],
  ['orin-nx', 'nvidia-jetson-orin-nx'],
  ['thor', 'nvidia-jetson-thor'],
  ['pi3', 'rpi3'],
  ['pi4', 'rpi4'],
]);

type Dictionary = ReadonlyMap<string, Meaning>;

const VARIANTS = dictionary<Variant>({ core: 'core', standard: 'standard' }, (value) => ({ field: 'variant', value }));
const ARCHS = dictionary<Arch>(
  { amd64: 'amd64', arm64: 'arm64', riscv64: 'riscv64', x86_64: 'amd64', 'x86-64': 'amd64', x64: 'amd64', aarch64: 'arm64', arm: 'arm64' },
  (value) => ({ field: 'arch', value }),
);
const DISTROS = dictionary<Distro>({ k3s: 'k3s', k0s: 'k0s' }, (value) => ({ field: 'distro', value }));
const LEVELS = dictionary<Level>(
  { patch: 'patch', minor: 'minor', major: 'major', '>=patch': 'patch', '>=minor': 'minor', '>=major': 'major' },
  (value) => ({ field: 'level', value }),
);
const CHOICES: Readonly<Record<Choice, Choice>> = { only: 'only', no: 'no', any: 'any' };
const UKI = dictionary<Choice>(CHOICES, (value) => ({ field: 'uki', value }));
const RAW = dictionary<Choice>(CHOICES, (value) => ({ field: 'raw', value }));
const PRERELEASES = dictionary({ yes: true, no: false }, (value) => ({ field: 'prereleases', value }));
const KNOWN_MODELS = dictionary<string>(Object.fromEntries([...MODELS.map((model) => [model, model]), ...MODEL_ALIASES]), (value) => ({
  field: 'model',
  value,
}));

/** Words that stand alone. Flavors are added by the caller, who knows which exist. */
const BARE: Dictionary = new Map<string, Meaning>([
  ...VARIANTS,
  ...ARCHS,
  ...DISTROS,
  ...KNOWN_MODELS,
  ['patch', { field: 'level', value: 'patch' }],
  ['minor', { field: 'level', value: 'minor' }],
  ['major', { field: 'level', value: 'major' }],
  ['uki', { field: 'uki', value: 'only' }],
  ['raw', { field: 'raw', value: 'only' }],
  ['pre', { field: 'prereleases', value: true }],
  ...['any', 'stable', 'linux', 'kubernetes', 'k8s'].map((word) => [word, { field: 'nothing' }] as const),
]);

/** `key:value` words: those with a closed list of values, and those that take a name or a number. */
const KEYS = new Map<string, Dictionary | 'project' | 'base' | 'flavor' | 'flavorRelease' | 'model' | 'kubernetes'>([
  ['project', 'project'],
  ['component', 'project'],
  ['base', 'base'],
  ['flavor', 'flavor'],
  ['release', 'flavorRelease'],
  ['variant', VARIANTS],
  ['arch', ARCHS],
  ['model', 'model'],
  ['device', 'model'],
  ['board', 'model'],
  ['k8s', 'kubernetes'],
  ['kubernetes', 'kubernetes'],
  ['k8s-minor', 'kubernetes'],
  ['level', LEVELS],
  ['pre', PRERELEASES],
  ['uki', UKI],
  ['raw', RAW],
]);

/** Projects that may be named before any configuration is read. */
export const KAIROS_PROJECTS = ['kairos', ...COMPONENT_PROJECTS];

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const KUBERNETES_MINOR = /^v?(1\.\d{2,3})$/;
const KUBERNETES_PATCH = /^v?(1\.\d{2,3})\.\d/;
/** Flavor releases that need no `release:` before them: `24.04`, `9`, `v0.5.1` and `v0.5` (hadron's own line is v0), `leap-15.6`, and names. */
const RELEASE =
  /^(?:\d{1,2}(?:\.\d{1,2})?|v?0\.\d{1,3}(?:\.\d{1,3}(?:-[a-z0-9.]{1,16})?)?|(?:leap|tumbleweed)(?:-[a-z0-9.]{1,16})?|bookworm|testing)$/;

/** `project:any`: every project there is. */
export const EVERY_PROJECT = 'any';
/** `base:yes`: whatever the images of the named projects are built with, by the configuration. */
export const OWN_BASE = 'yes';

/** Longer than any name there is; keeps an answer short when somebody pastes a page. */
const MAX_WORD = 80;

/** The words of a text, lower-cased. Blanks separate them; commas do too, and a key before the first goes for all: `arch:amd64,arm64`. */
export function splitWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .flatMap((chunk) => {
      const key = chunk.slice(0, chunk.indexOf(':') + 1);
      const values = chunk
        .slice(key.length)
        .split(',')
        .filter((value) => value !== '');
      return values.length === 0 && key !== '' ? [key] : values.map((value) => key + value);
    });
}

/** Reads one lower-cased word. `names`: flavors that may be named without `flavor:`, and projects, of the configuration at hand. */
export function readWord(word: string, names: Pick<KnownNames, 'flavors' | 'projects'> = NO_NAMES): ReadWord {
  if (word.length > MAX_WORD) return problem(`${word.slice(0, MAX_WORD)}…`, null, 'it is longer than any name there is');
  const colon = word.indexOf(':');
  const known = { flavors: [...new Set([...FLAVORS, ...names.flavors])], projects: [...KAIROS_PROJECTS, ...names.projects] };
  return colon < 0 ? readBare(word, known.flavors) : readKeyed(word, word.slice(0, colon), word.slice(colon + 1), known);
}

/** Every word of a closed list that stands alone, for whoever offers words: flavors, variants, architectures, models and the rest. */
export function bareWords(): readonly string[] {
  return [...FLAVORS, ...FLAVOR_ALIASES.keys(), ...BARE.keys()];
}

/** Whether a word means exactly this when it stands alone; otherwise it needs its key when printed. */
export function meansAlone(word: string, field: Meaning['field']): boolean {
  const read = readBare(word, FLAVORS);
  return read.kind === 'meaning' && read.meaning.field === field && 'value' in read.meaning && read.meaning.value === word;
}

function readBare(word: string, flavors: readonly string[]): ReadWord {
  const flavor = FLAVOR_ALIASES.get(word) ?? word;
  if (flavors.includes(flavor)) return meaning({ field: 'flavor', value: flavor });
  const found = BARE.get(word) ?? kubernetesMinor(word);
  if (found !== undefined) return meaning(found);
  const patch = KUBERNETES_PATCH.exec(word)?.[1];
  if (patch !== undefined) return problem(word, patch, 'Kubernetes is asked for by its minor version');
  if (RELEASE.test(word)) return meaning({ field: 'flavorRelease', value: word });
  const near = nearest(word, [...flavors, ...bareWords()]) ?? familyOf(word);
  return problem(word, near, `it is no known flavor (${flavors.join(', ')}), variant, architecture or model`);
}

/** `jetson` is the beginning of several models: which one is for the person to say. */
function familyOf(word: string): string | null {
  const members = [...KNOWN_MODELS.keys()].filter((model) => model.startsWith(`${word}-`));
  return members.length === 0 ? null : members.join(' or ');
}

function readKeyed(word: string, key: string, value: string, known: Pick<KnownNames, 'flavors' | 'projects'>): ReadWord {
  const kind = KEYS.get(key);
  switch (kind) {
    case undefined: {
      const near = nearest(key, KEYS.keys());
      return problem(word, near === null ? null : `${near}:${value}`, `known keys are ${[...KEYS.keys()].join(', ')}`);
    }
    case 'project':
      return named(word, key, { field: 'project', value }, [...known.projects, EVERY_PROJECT]);
    case 'base':
      return named(word, key, { field: 'base', value }, [...known.projects, OWN_BASE]);
    case 'flavor':
      return named(word, key, { field: 'flavor', value: FLAVOR_ALIASES.get(value) ?? value }, known.flavors);
    case 'model':
      return named(word, key, { field: 'model', value: MODEL_ALIASES.get(value) ?? value }, MODELS);
    case 'flavorRelease':
      return named(word, key, { field: 'flavorRelease', value }, []);
    case 'kubernetes':
      return listed(word, key, value, DISTROS, kubernetesMinor(value), 'k3s, k0s or a minor version such as 1.35');
    default:
      return listed(word, key, value, kind, undefined, [...kind.keys()].join(', '));
  }
}

/**
 * A name there is no full list of: people build images of their own. So any name is taken, unless it looks like a slip
 * of one we know, which would make a subscription that never says anything. Names that differ in their digits only
 * (`rpi5`, `rpi4`) are no slips.
 */
function named(word: string, key: string, said: Extract<Meaning, { value: string }>, known: readonly string[]): ReadWord {
  if (!NAME.test(said.value)) return problem(word, null, `${key}: takes a name of letters, digits, dots and dashes`);
  const near = known.includes(said.value) ? null : nearest(said.value, known);
  if (near !== null && near.replace(/\d/g, '') !== said.value.replace(/\d/g, ''))
    return problem(word, `${key}:${near}`, 'it looks like a slip');
  return meaning(said);
}

function listed(word: string, key: string, value: string, allowed: Dictionary, other: Meaning | undefined, choices: string): ReadWord {
  const found = allowed.get(value) ?? other;
  if (found !== undefined) return meaning(found);
  const near = nearest(value, allowed.keys());
  return problem(word, near === null ? null : `${key}:${near}`, `${key}: takes ${choices}`);
}

function kubernetesMinor(text: string): Meaning | undefined {
  const minor = KUBERNETES_MINOR.exec(text)?.[1];
  return minor === undefined ? undefined : { field: 'kubernetesMinor', value: minor };
}

function dictionary<V>(table: Readonly<Record<string, V>>, mean: (value: V) => Meaning): Dictionary {
  return new Map(Object.entries(table).map(([word, value]) => [word, mean(value)]));
}

function meaning(said: Meaning): ReadWord {
  return { kind: 'meaning', meaning: said };
}

function problem(word: string, suggestion: string | null, explanation: string): ReadWord {
  return { kind: 'problem', problem: { word, suggestion, explanation } };
}
