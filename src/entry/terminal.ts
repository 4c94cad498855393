/** How the command line talks: text for people, JSON for programs, errors on standard error with what to do next. */
import { HeraldError } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import { ANSI, PLAIN, renderText, type TextOptions } from '../render/text.ts';

/** The streams and facts a command needs of its terminal; tests pass their own. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** How wide and how colourful text for people is. */
  readonly style: TextOptions;
  /** A person is watching: progress is worth printing. */
  readonly interactive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Everything on standard input, for `-`. */
  readonly readInput: () => Promise<string>;
}

/** Columns of text that goes into a file or a pipe. */
const PIPE_WIDTH = 100;

/** The terminal of this process. Honours NO_COLOR and FORCE_COLOR (https://no-color.org). */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const color = env.NO_COLOR === undefined || env.NO_COLOR === '' ? env.FORCE_COLOR !== undefined || stdout.isTTY : false;
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    style: { width: stdout.isTTY ? stdout.columns : PIPE_WIDTH, palette: color ? ANSI : PLAIN },
    interactive: stderr.isTTY,
    env,
    readInput,
  };
}

/** Prints a value as JSON on one line. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(JSON.stringify(value));
}

/** Prints a message for a person. */
export function printMessage(terminal: Terminal, message: Message, style: Partial<TextOptions> = {}): void {
  terminal.out(renderText(message, { ...terminal.style, ...style }).trimEnd());
}

/** Prints an error for a person: the sentence, the next step, and the stack only when it was asked for. */
export function printError(terminal: Terminal, error: unknown, debug: boolean): void {
  if (error instanceof HeraldError) {
    terminal.err(`herald: ${error.message}`);
    if (error.hint !== undefined) terminal.err(`        ${error.hint}`);
  } else {
    terminal.err(`herald: ${error instanceof Error ? error.message : String(error)}`);
    terminal.err('        This is a defect of Herald. Run again with --debug and report what it prints.');
  }
  if (debug && error instanceof Error) terminal.err(error.stack ?? '');
}

const MAX_INPUT_BYTES = 64 * 1_048_576;

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_INPUT_BYTES)
      throw new HeraldError('TOO_LARGE', 'Standard input is larger than 64 MiB.', { hint: 'Split it and run once a part.' });
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
