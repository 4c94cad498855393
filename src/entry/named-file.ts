/** Files a person names on the command line. */
import { readFile, stat } from 'node:fs/promises';
import { HeraldError } from '../core/errors.ts';
import type { Terminal } from './terminal.ts';

/** What standard input is called where a file has a name. */
export function nameOf(named: string): string {
  return named === '-' ? 'standard input' : named;
}

/** The bytes of a file, or of standard input for `-`. Throws HeraldError INVALID_QUERY for what cannot be read. */
export async function bytesNamed({ readInput }: Pick<Terminal, 'readInput'>, named: string): Promise<Uint8Array> {
  if (named === '-') return new TextEncoder().encode(await readInput());
  const hint = 'Give a file you may read, or - for standard input.';
  try {
    const found = await stat(named);
    // A pipe is what `<(command)` gives; a device may never end.
    if (found.isFile() || found.isFIFO()) return await readFile(named);
  } catch (cause) {
    throw new HeraldError('INVALID_QUERY', `The file ${named} cannot be read.`, { cause, hint });
  }
  throw new HeraldError('INVALID_QUERY', `${named} is no file.`, { hint });
}

/** The same as text; bytes that are no UTF-8 become replacement characters. */
export async function textNamed(terminal: Pick<Terminal, 'readInput'>, named: string): Promise<string> {
  return new TextDecoder().decode(await bytesNamed(terminal, named));
}
