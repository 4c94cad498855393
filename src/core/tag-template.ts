/**
 * Tag templates: how people who build their own images name them, in the words of the factory workflow
 * (`$FLAVOR_RELEASE-$VARIANT-$ARCH-$MODEL-$VERSION$K8S$UKI`). A template is made of closed word lists and version shapes
 * and never of a regular expression of the user's, so that reading a tag is bounded whatever the registry answers.
 */
import {
  isArch,
  isDistro,
  isVariant,
  type Kubernetes,
  MODELS,
  type Rejected,
  readKubernetes,
  readVersion,
  type TagFields,
} from './image-tag.ts';
import { nearest } from './nearest.ts';
import { type Distro, distroOf, parseKubernetesVersion } from './version.ts';

const VARIABLES = [
  'FLAVOR',
  'FLAVOR_RELEASE',
  'VARIANT',
  'ARCH',
  'MODEL',
  'VERSION',
  'K8S',
  'K8S_DISTRO',
  'K8S_VERSION',
  'UKI',
  'IMG',
] as const;

export type Variable = (typeof VARIABLES)[number];

type Part = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'variable'; readonly name: Variable };

/** A checked template. */
export interface TagTemplate {
  readonly text: string;
  readonly parts: readonly Part[];
}

export type ParsedTemplate =
  | { readonly kind: 'template'; readonly template: TagTemplate }
  /** What is wrong with it, as a sentence without its full stop. */
  | { readonly kind: 'problem'; readonly problem: string };

/** What a template has no variable for. Without them: core, or standard where there is Kubernetes; amd64; generic; no flavor release. */
export type TagDefaults = Partial<Pick<TagFields, 'variant' | 'arch' | 'model'>> & { readonly release?: string; readonly distro?: Distro };

/** What a template read; `flavor` is null where it has no variable for it. */
export interface TemplateFields extends Omit<TagFields, 'era'> {
  readonly flavor: string | null;
}

const MAX_TEMPLATE = 200;
/** A tag has at most so many characters by the distribution specification; what is longer is not looked at. */
const MAX_TAG = 128;

const TOKEN = /\$\{([^{}$]*)\}|\$([A-Za-z][A-Za-z0-9_]*)|\$/g;
const TAG_TEXT = /^[A-Za-z0-9._-]*$/;

/** Variables whose end is found by what follows: two of them in a row have no border. */
const OPEN: ReadonlySet<Variable> = new Set(['FLAVOR', 'FLAVOR_RELEASE', 'VERSION', 'K8S_VERSION']);
/** Variables that may be empty, and therefore are no border. */
const OPTIONAL: ReadonlySet<Variable> = new Set(['K8S', 'UKI', 'IMG']);

/** Reads a template, `${NAME}` for `$NAME` where a letter follows; or says what is wrong with it. */
export function parseTemplate(text: string): ParsedTemplate {
  if (text.length > MAX_TEMPLATE) return problem(`it is longer than ${MAX_TEMPLATE} characters`);
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const name = match[1] ?? match[2] ?? '';
    if (!isVariable(name)) return problem(unknownVariable(match[0], name));
    parts.push({ kind: 'text', text: text.slice(end, match.index) }, { kind: 'variable', name });
    end = match.index + match[0].length;
  }
  parts.push({ kind: 'text', text: text.slice(end) });
  const kept = parts.filter((part) => part.kind === 'variable' || part.text !== '');
  const wrong = problemOf(kept);
  return wrong === null ? { kind: 'template', template: { text, parts: kept } } : problem(wrong);
}

function problemOf(parts: readonly Part[]): string | null {
  const strange = parts.find((part) => part.kind === 'text' && !TAG_TEXT.test(part.text));
  if (strange?.kind === 'text') return `"${strange.text}" cannot stand in a tag: letters, digits, ".", "_" and "-" can`;
  const names = parts.flatMap((part) => (part.kind === 'variable' ? [part.name] : []));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `$${twice} stands in it twice`;
  if (!names.includes('VERSION')) return '$VERSION is missing: without it there is no telling which image is newer';
  if (names.includes('K8S') && (names.includes('K8S_DISTRO') || names.includes('K8S_VERSION')))
    return '$K8S is the whole Kubernetes part: it stands alone, or $K8S_DISTRO and $K8S_VERSION do';
  const borders = parts.filter((part) => part.kind === 'text' || !OPTIONAL.has(part.name));
  const open = (part: Part | undefined) => part?.kind === 'variable' && OPEN.has(part.name);
  const at = borders.findIndex((part, index) => open(part) && open(borders[index + 1]));
  const [left, right] = [borders[at], borders[at + 1]];
  if (left?.kind !== 'variable' || right?.kind !== 'variable') return null;
  return `nothing stands between $${left.name} and $${right.name}, so where one ends cannot be told; put a "-" there`;
}

function unknownVariable(written: string, name: string): string {
  const near = nearest(name, VARIABLES);
  const meant = near === null ? `known are ${VARIABLES.map((known) => `$${known}`).join(', ')}` : `did you mean "$${near}"?`;
  return `"${written}" is no variable; ${meant}`;
}

function problem(text: string): ParsedTemplate {
  return { kind: 'problem', problem: text };
}

function isVariable(name: string): name is Variable {
  return VARIABLES.some((known) => known === name);
}

/** Whether a template says this itself. */
export function hasVariable({ parts }: TagTemplate, name: Variable): boolean {
  return parts.some((part) => part.kind === 'variable' && part.name === name);
}

type Values = Readonly<Partial<Record<Variable, string>>>;

/**
 * What a tag says by a template; null when it is not of its shape, a reason when it is and contradicts itself. Of several
 * ways to read it: flavors and releases as short as can be, versions as long. Takes at most (parts × characters²) small steps.
 */
export function readTagWith(template: TagTemplate, tag: string, defaults: TagDefaults = {}): TemplateFields | Rejected | null {
  if (tag.length > MAX_TAG) return null;
  const values = matchParts(template.parts, tag);
  return values === null ? null : fieldsFrom(values, defaults);
}

/** The first way through the parts that uses up the tag. A part that failed at a place is not tried there again. */
function matchParts(parts: readonly Part[], tag: string): Values | null {
  const failed = new Set<number>();
  const from = (index: number, at: number): Values | null => {
    const part = parts[index];
    if (part === undefined) return at === tag.length ? {} : null;
    const place = index * (MAX_TAG + 1) + at;
    if (failed.has(place)) return null;
    for (const end of part.kind === 'text' ? endOfWord(tag, at, part.text) : endsOf(part.name, tag, at)) {
      const rest = from(index + 1, end);
      if (rest !== null) return part.kind === 'text' ? rest : { ...rest, [part.name]: tag.slice(at, end) };
    }
    failed.add(place);
    return null;
  };
  return from(0, 0);
}

const WORDS: Readonly<Partial<Record<Variable, readonly string[]>>> = {
  VARIANT: ['core', 'standard'],
  ARCH: ['amd64', 'arm64', 'riscv64'],
  MODEL: MODELS,
  K8S_DISTRO: ['k3s', 'k0s'],
  UKI: ['-uki', ''],
  IMG: ['-img', ''],
};

const NUMBERS = 'v?\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}';
const CANDIDATE = '(?:-(?:alpha|beta|rc)\\.?\\d{1,9})?';
const KUBERNETES_NUMBERS = `${NUMBERS}(?:-rc\\.?\\d{1,9})?`;
const STAMP = '-(?:k3s|k0s\\.)\\d{1,9}';

/** Where a version may end: everything that belongs to it, or less of it where the rest is the template's. */
const VERSION_SHAPES = [
  `${NUMBERS}${CANDIDATE}(?:-\\d{1,9}-g[0-9a-f]{7,40})?(?:-dirty|_linux_(?:amd64|arm64))?`,
  `${NUMBERS}${CANDIDATE}`,
  NUMBERS,
  '(?:v0\\.0\\.0-)?[0-9a-f]{7,40}(?![0-9a-f])(?:-dirty|_linux_(?:amd64|arm64))?',
  '(?:master|main|latest|pr-\\d{1,9})',
].map(sticky);
const K8S_SHAPES = [
  `-(?:k3s|k0s)(?:-v|v|)${KUBERNETES_NUMBERS}${STAMP}`,
  `-(?:k3s|k0s)(?:-v|v|)${KUBERNETES_NUMBERS}`,
  '-(?:k3s|k0s)',
  '',
].map(sticky);
const K8S_VERSION_SHAPES = [`${KUBERNETES_NUMBERS}${STAMP}`, KUBERNETES_NUMBERS].map(sticky);

function sticky(shape: string): RegExp {
  return new RegExp(shape, 'iy');
}

/** Where the value of a variable that begins here may end, the best first. */
function endsOf(name: Variable, tag: string, at: number): Iterable<number> {
  switch (name) {
    case 'FLAVOR':
    case 'FLAVOR_RELEASE':
      return Array.from({ length: tag.length - at }, (_, length) => at + length + 1);
    case 'VERSION':
      return endsOfShapes(VERSION_SHAPES, tag, at).filter((end) => readVersion(tag.slice(at, end)) !== null);
    case 'K8S':
      return endsOfShapes(K8S_SHAPES, tag, at);
    case 'K8S_VERSION':
      return endsOfShapes(K8S_VERSION_SHAPES, tag, at);
    default:
      return (WORDS[name] ?? []).flatMap((word) => endOfWord(tag, at, word));
  }
}

function endOfWord(tag: string, at: number, word: string): readonly number[] {
  return tag.startsWith(word, at) ? [at + word.length] : [];
}

function endsOfShapes(shapes: readonly RegExp[], tag: string, at: number): readonly number[] {
  const ends = shapes.flatMap((shape) => {
    shape.lastIndex = at;
    return shape.test(tag) ? [shape.lastIndex] : [];
  });
  return [...new Set(ends)].sort((a, b) => b - a);
}

function fieldsFrom(values: Values, defaults: TagDefaults): TemplateFields | Rejected {
  const version = readVersion(values.VERSION ?? '');
  const kubernetes = kubernetesFrom(values, defaults);
  if (version === null) return { reason: `"${values.VERSION}" is not a version` };
  if (kubernetes !== null && 'reason' in kubernetes) return kubernetes;
  const [uki, raw] = [values.UKI === '-uki', values.IMG === '-img'];
  if (uki && raw) return { reason: 'a trusted-boot image has no raw-image twin: -uki-img does not exist' };
  return {
    flavor: values.FLAVOR ?? null,
    flavorRelease: values.FLAVOR_RELEASE ?? defaults.release ?? null,
    variant: isVariant(values.VARIANT) ? values.VARIANT : (defaults.variant ?? (kubernetes === null ? 'core' : 'standard')),
    arch: isArch(values.ARCH) ? values.ARCH : (defaults.arch ?? 'amd64'),
    model: values.MODEL ?? defaults.model ?? 'generic',
    version,
    kubernetes,
    uki,
    kind: raw ? 'raw-image' : 'os-image',
  };
}

function kubernetesFrom(values: Values, defaults: TagDefaults): Kubernetes | Rejected | null {
  if (values.K8S !== undefined) {
    const read = readKubernetes(values.K8S);
    return 'reason' in read ? read : read.kubernetes;
  }
  const named = isDistro(values.K8S_DISTRO) ? values.K8S_DISTRO : null;
  if (values.K8S_VERSION === undefined) return named === null ? null : { distro: named, version: null };
  // In a tag the stamp begins with a dash, because a tag has no plus sign.
  const text = values.K8S_VERSION.replace(/-(?=k3s|k0s)/, '+');
  const [version, stamped] = [parseKubernetesVersion(text), distroOf(text)];
  const distro = named ?? stamped ?? defaults.distro;
  if (version === null) return { reason: `"${values.K8S_VERSION}" is not a Kubernetes version` };
  if (distro === undefined) return { reason: `"${values.K8S_VERSION}" does not say whether it is k3s or k0s` };
  if (stamped !== null && stamped !== distro) return { reason: `the Kubernetes version "${values.K8S_VERSION}" mixes k3s and k0s` };
  return { distro, version };
}

/** The tag of an image by a template. What the template has no variable for is not said. */
export function printTag(template: TagTemplate, fields: TemplateFields): string {
  return template.parts.map((part) => (part.kind === 'text' ? part.text : textOf(part.name, fields))).join('');
}

function textOf(name: Variable, fields: TemplateFields): string {
  const { flavor, flavorRelease, variant, arch, model, version, kubernetes, uki, kind } = fields;
  switch (name) {
    case 'FLAVOR':
      return flavor ?? '';
    case 'FLAVOR_RELEASE':
      return flavorRelease ?? '';
    case 'VARIANT':
      return variant;
    case 'ARCH':
      return arch;
    case 'MODEL':
      return model;
    case 'VERSION':
      return version.kind === 'release' ? version.version.text : version.text;
    case 'K8S':
      return kubernetes === null ? '' : ['', kubernetes.distro, ...kubernetesInTag(kubernetes)].join('-');
    case 'K8S_DISTRO':
      return kubernetes?.distro ?? '';
    case 'K8S_VERSION':
      return kubernetes === null ? '' : kubernetesInTag(kubernetes).join('');
    case 'UKI':
      return uki ? '-uki' : '';
    case 'IMG':
      return kind === 'raw-image' ? '-img' : '';
  }
}

function kubernetesInTag({ version }: Kubernetes): readonly string[] {
  return version === null ? [] : [version.text.replace('+', '-')];
}
