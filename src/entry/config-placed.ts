/** Entries of the configuration with the place they came from, so that a mistake in one is told with file, line and key. */
import { HeraldError } from '../core/errors.ts';
import { type ConfigMistake, type LoadedFile, printPath } from './config-file.ts';

/** An entry of a list with the place it came from. */
export interface Placed<T> {
  readonly entry: T;
  readonly from: LoadedFile;
  readonly path: readonly PropertyKey[];
}

/** Runs a parser of the core and turns what it refuses into a mistake at that key. */
export function attempt<T>(mistakes: ConfigMistake[], placed: Placed<unknown>, key: string, parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof HeraldError)) throw error;
    addMistake(mistakes, placed, key, error.hint === undefined ? error.message : `${error.message} ${error.hint}`);
    return null;
  }
}

/** Says of one key of an entry, or of one deeper in it, what is wrong with it. */
export function addMistake(
  mistakes: ConfigMistake[],
  placed: Placed<unknown>,
  key: string | readonly PropertyKey[],
  problem: string,
): void {
  const path = [...placed.path, ...(typeof key === 'string' ? [key] : key)];
  mistakes.push({ file: placed.from.file, line: placed.from.lineOf(path), key: printPath(path), problem });
}
