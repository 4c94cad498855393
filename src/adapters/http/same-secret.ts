/** Comparing a secret with what somebody sent, in a time that tells nothing of it. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Hashed first: timingSafeEqual wants equal lengths, and a length tells something too. */
export function sameSecret(given: string, secret: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(secret));
}
