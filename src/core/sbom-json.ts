/** Guards for JSON that was parsed and is anything: what does not fit is not there. */

/** Longer names and versions are noise, or meant to fill memory. Cutting them would make one of two. */
export const MAX_NAME = 256;
export const MAX_VERSION = 200;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text of at most `max` characters that says something; null for anything else. */
export function textOf(value: unknown, max: number): string | null {
  return typeof value === 'string' && value.length <= max && value.trim() !== '' && isStorable(value) ? value.trim() : null;
}

/** JSON may hold half a character, and the character 0; a database of texts refuses both, and with them the whole inventory. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
