/** The little of DER (ITU-T X.690) that certificates and timestamps need, written out: each function gives one encoded value. */

/** One value: tag, length in the shortest form, content. */
function tagged(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const length = bigEndian(BigInt(body.length));
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, body]);
}

export const sequence = (...content: readonly Uint8Array[]): Buffer => tagged(0x30, ...content);
/** DER wants the members of a SET OF in the order of their encodings. */
export const setOf = (...content: readonly Uint8Array[]): Buffer => tagged(0x31, ...content.toSorted(Buffer.compare));
export const octets = (content: Uint8Array): Buffer => tagged(0x04, content);
export const bits = (content: Uint8Array, unused = 0): Buffer => tagged(0x03, Buffer.of(unused), content);
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text));
export const yes: Buffer = tagged(0x01, Buffer.of(0xff));
/** `[n]` around a value (EXPLICIT), or around several that it holds (IMPLICIT, constructed). */
export const explicit = (n: number, ...content: readonly Uint8Array[]): Buffer => tagged(0xa0 | n, ...content);
/** `[n]` in place of the tag of a primitive value. */
export const implicit = (n: number, content: Uint8Array): Buffer => tagged(0x80 | n, content);

/** A number, or the bytes of a positive one. */
export function integer(value: number | Uint8Array): Buffer {
  const bytes = typeof value === 'number' ? bigEndian(BigInt(value)) : withoutZeros(Buffer.from(value));
  return tagged(0x02, (bytes[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** UTCTime until 2049 and GeneralizedTime from then on, as RFC 5280 wants it in certificates. */
export function time(date: Date): Buffer {
  return date.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(digitsOf(date).slice(2))) : generalizedTime(date);
}

export const generalizedTime = (date: Date): Buffer => tagged(0x18, Buffer.from(digitsOf(date)));

const digitsOf = (date: Date): string =>
  `${date
    .toISOString()
    .slice(0, 19)
    .replaceAll(/[^0-9]/g, '')}Z`;

function base128(arc: number): number[] {
  const groups = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) groups.unshift(0x80 | (rest % 128));
  return groups;
}

function bigEndian(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

function withoutZeros(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  return start === -1 ? Buffer.of(0) : bytes.subarray(start);
}
