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
  // Aliases are capped by the library; that is what stops a "billion laughs" file.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (path: readonly PropertyKey[]): number | null => lineIn(document, lines, path);
  const syntax = document.errors.map(
    (error): ConfigMistake => ({ file, line: lines.linePos(error.pos[0]).line, key: '', problem: error.message }),
  );
  if (syntax.length > 0) throw mistakesError(syntax);

  const parsed = ConfigFile.safeParse(document.toJS() ?? {});
  if (parsed.success) return { file, config: parsed.data, lineOf };
  throw mistakesError(parsed.error.issues.flatMap((issue) => describeIssue(file, issue, lineOf)));
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

function describeIssue(file: string, issue: z.core.$ZodIssue, lineOf: LoadedFile['lineOf']): readonly ConfigMistake[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const meant = nearest(key, validKeys(issue.path));
      const problem =
        meant === null
          ? `there is no such key; known are ${validKeys(issue.path).join(', ')}`
          : `there is no such key; did you mean "${meant}"?`;
      return { file, line: lineOf(path), key: printPath(path), problem };
    });
  }
  return [{ file, line: lineOf(issue.path), key: printPath(issue.path), problem: issue.message }];
}

/** The keys the schema knows at a path, read from its JSON Schema form. */
function validKeys(path: readonly PropertyKey[]): readonly string[] {
  let node: JsonSchemaNode | undefined = z.toJSONSchema(ConfigFile, { io: 'input' }) as JsonSchemaNode;
  for (const step of path) node = typeof step === 'number' ? node?.items : node?.properties?.[String(step)];
  const alternatives = [node, ...(node?.oneOf ?? []), ...(node?.anyOf ?? [])];
  return [...new Set(alternatives.flatMap((alternative) => Object.keys(alternative?.properties ?? {})))];
}

interface JsonSchemaNode {
  readonly properties?: Readonly<Record<string, JsonSchemaNode>>;
  readonly items?: JsonSchemaNode;
  readonly oneOf?: readonly JsonSchemaNode[];
  readonly anyOf?: readonly JsonSchemaNode[];
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
