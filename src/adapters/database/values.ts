/** Values on their way into the tables. */
import type { JsonText } from './schema.ts';

/**
 * Foreign text as PostgreSQL can store it: it has no NUL character and no half of a surrogate pair, and a release title
 * holding one would otherwise make every poll of its target fail.
 */
export function text(value: string): string {
  return value.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

/** JSON text for a jsonb column. */
export function json(value: unknown): JsonText {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? text(part) : part)) as JsonText;
}

/** Rows in pieces: PostgreSQL takes 65,535 parameters a statement. */
export function* chunks<T>(rows: readonly T[], size = 1_000): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
