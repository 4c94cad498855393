/** Reads one configuration file and says of every mistake where it is and what was probably meant. */
import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { HeraldError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { ConfigFile } from './config-schema.ts';

/** A mistake in a file, with the line it stands on. */
export interface ConfigMistake {
  readonly file: string;
  readonly line: number | null;
  /** `subscriptions[0].filter`. */
  readonly key: string;
  readonly problem: string;
}

/** A parsed file, and where each of its keys stands. */
export interface LoadedFile {
  readonly file: string;
  readonly config: ConfigFile;
  readonly lineOf: (path: readonly PropertyKey[]) => number | null;
}

const MAX_BYTES = 1_048_576;

/** Parses and validates a file. Throws HeraldError INVALID_CONFIG that lists every mistake. */
export function loadConfigFile(file: string): LoadedFile {
  return parseConfig(file, readText(file));
}

/** The same for text that is already at hand. */
export function parseConfig(file: string, text: string): LoadedFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (path: readonly PropertyKey[]): number | null => lineIn(document, lines, path);
  const syntax = document.errors.map(
    (error): ConfigMistake => ({ file, line: lines.linePos(error.pos[0]).line, key: '', problem: error.message }),
  );
  if (syntax.length > 0) throw mistakesError(syntax);

  const parsed = ConfigFile.safeParse(plainData(file, document) ?? {});
  if (parsed.success) return { file, config: parsed.data, lineOf };
  const place: Place = { file, lineOf, isMissing: (path) => document.getIn(path) === undefined };
  throw mistakesError(parsed.error.issues.flatMap((issue) => describeIssue(place, issue)));
}

/** What the document says. An unknown alias, or aliases that multiply a file beyond the library's cap, are mistakes of the file. */
function plainData(file: string, document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw mistakesError([{ file, line: null, key: '', problem: error instanceof Error ? error.message : String(error) }]);
  }
}

/** One error for all mistakes: a person mends them in one go. */
export function mistakesError(mistakes: readonly ConfigMistake[]): HeraldError {
  return new HeraldError('INVALID_CONFIG', mistakes.map(printMistake).join('\n'), {
    hint: 'Nothing was started. Mend the file and run: npm run herald -- config check',
  });
}

function printMistake({ file, line, key, problem }: ConfigMistake): string {
  return `${file}${line === null ? '' : `:${line}`}: ${key === '' ? '' : `${key}: `}${problem}`;
}

/** Where an issue of the schema stands in the file. */
interface Place {
  readonly file: string;
  readonly lineOf: LoadedFile['lineOf'];
  readonly isMissing: (path: readonly PropertyKey[]) => boolean;
}

function describeIssue(place: Place, issue: z.core.$ZodIssue): readonly ConfigMistake[] {
  const mistake = (path: readonly PropertyKey[], problem: string): ConfigMistake => ({
    file: place.file,
    line: place.lineOf(path),
    key: printPath(path),
    problem,
  });
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => mistake([...issue.path, key], unknownKey(key, issue.path)));
  if (issue.code === 'invalid_union') {
    const { path } = issue;
    return nearestAlternative(issue.errors).flatMap((inner) => describeIssue(place, { ...inner, path: [...path, ...inner.path] }));
  }
  return [mistake(issue.path, place.isMissing(issue.path) ? 'is missing' : issue.message)];
}

/** Of several shapes an entry may have, the one it comes closest to. */
function nearestAlternative(alternatives: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const distance = (issues: readonly z.core.$ZodIssue[]): number =>
    issues.reduce((sum, issue) => sum + (issue.path.length === 0 && issue.code !== 'unrecognized_keys' ? 10 : 1), 0);
  return [...alternatives].sort((a, b) => distance(a) - distance(b)).at(0) ?? [];
}

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  const known = validKeys(path);
  const meant = nearest(key, known);
  return meant === null ? `there is no such key; known are ${known.join(', ')}` : `there is no such key; did you mean "${meant}"?`;
}

/** The keys the schema knows at a path, read from its JSON Schema form. */
function validKeys(path: readonly PropertyKey[]): readonly string[] {
  const root: JsonSchemaNode = z.toJSONSchema(ConfigFile, { io: 'input' });
  const nodes = path.reduce<readonly JsonSchemaNode[]>((at, step) => at.flatMap((node) => stepInto(node, step)), alternativesOf(root));
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

function stepInto(node: JsonSchemaNode, step: PropertyKey): readonly JsonSchemaNode[] {
  const next = typeof step === 'number' ? node.items : node.properties?.[String(step)];
  return isSchemaNode(next) ? alternativesOf(next) : [];
}

function alternativesOf(node: JsonSchemaNode): readonly JsonSchemaNode[] {
  return [node, ...[...(node.oneOf ?? []), ...(node.anyOf ?? [])].filter(isSchemaNode).flatMap(alternativesOf)];
}

type JsonSchemaNode = z.core.JSONSchema.BaseSchema;

function isSchemaNode(node: unknown): node is JsonSchemaNode {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

/** The line of the deepest part of the path that exists in the file: the key itself where there is one. */
function lineIn(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const node = nodeAt(document, path.slice(0, length));
    if (isNode(node) && node.range != null) return lines.linePos(node.range[0]).line;
  }
  return null;
}

function nodeAt(document: Document, path: readonly PropertyKey[]): unknown {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === last) : undefined;
  return pair?.key ?? document.getIn(path, true);
}

/** `subscriptions[0].filter`. */
export function printPath(path: readonly PropertyKey[]): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`)).join('');
}

function readText(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length <= MAX_BYTES) return text;
  } catch (cause) {
    throw new HeraldError('INVALID_CONFIG', `${file} cannot be read.`, {
      cause,
      hint: 'Check the path in HERALD_CONFIG and its permissions.',
    });
  }
  throw new HeraldError('INVALID_CONFIG', `${file} is larger than 1 MiB.`, {
    hint: 'A configuration is a few hundred lines; is this the right file?',
  });
}
