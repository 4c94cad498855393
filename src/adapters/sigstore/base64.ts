/**
 * Base64 in its one canonical spelling (RFC 4648 §3.5, §4). Node skips what it does not know, so that many texts give the same bytes: what
 * one reader shows and another one hashes would be two things.
 */
import { Unsound } from './faults.ts';

/** Throws Unsound MALFORMED. */
export function decodeBase64(text: string): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(text, 'base64');
  if (!isBase64Of(text, bytes)) throw new Unsound('MALFORMED', 'its base64 is not canonical');
  return bytes;
}

export function isBase64(text: string): boolean {
  return isBase64Of(text, Buffer.from(text, 'base64'));
}

/** A multiple of three bytes, so that the parts of the text stand for parts of the bytes. */
const PART_BYTES = 3 * 64 * 1024;

/** Whether `text` is how these bytes are written: asked of the encoder, a part at a time, since payloads have tens of megabytes. */
export function isBase64Of(text: string, bytes: Buffer): boolean {
  if (text.length !== Math.ceil(bytes.length / 3) * 4) return false;
  for (let from = 0; from < bytes.length; from += PART_BYTES) {
    const part = bytes.toString('base64', from, from + PART_BYTES);
    const at = (from / 3) * 4;
    if (text.slice(at, at + part.length) !== part) return false;
  }
  return true;
}
