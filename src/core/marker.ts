/** The hidden comment that says which delivery an issue shows: the only thing that tells an issue of ours from any other. */

const PREFIX = '<!-- kairos-herald:v1 key=';
const SUFFIX = ' -->';
/** What encodeURIComponent leaves: no space and no angle bracket, so that a key can never end the comment. */
const MARKER = /<!-- kairos-herald:v1 key=([A-Za-z0-9%._~!*'()-]{1,1000}) -->/g;

/** The marker of a delivery's key. Throws URIError for a key that is not well-formed text. */
export function printMarker(key: string): string {
  return `${PREFIX}${encodeURIComponent(key)}${SUFFIX}`;
}

/**
 * The key of the LAST marker in a text, null when there is none. The last, because ours is appended to the text: release
 * notes quoted above it may carry a marker that somebody planted there.
 */
export function parseMarker(text: string): string | null {
  const encoded = [...text.matchAll(MARKER)].at(-1)?.[1];
  return encoded === undefined ? null : decode(encoded);
}

/** A percent sign that starts no UTF-8 sequence was not printed by us. */
function decode(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}
