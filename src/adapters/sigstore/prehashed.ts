/**
 * ECDSA over a digest, for when the file that was signed is not at hand. Node hashes whatever it verifies, so the equation of FIPS 186-5
 * §6.4.2 is put together from what Node does offer: its ECDH multiplies points. Of R = u1·G + u2·Q only the x coordinate is needed, and
 * R = u2·(Q + t·G) with t = u1/u2, so that all that is left to do here is to add two points. Everything in it is public.
 */
import { createECDH, type KeyObject } from 'node:crypto';
import { ASN1Obj } from '@sigstore/core';

interface Curve {
  /** As OpenSSL calls it. */
  readonly name: string;
  readonly bytes: number;
  /** The field, and the order of G. */
  readonly p: bigint;
  readonly n: bigint;
}

/** SP 800-186 §3.2.1.3: the curve of every certificate of Fulcio, and of cosign's keys. */
const P256: Curve = {
  name: 'prime256v1',
  bytes: 32,
  p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
};

/** Whether a signature over a digest can be verified with this key at all. */
export function isPrehashable(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === P256.name;
}

/** `digest`: SHA-256. False for whatever is no signature by this key. */
export function verifyDigest(digest: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  if (!isPrehashable(key)) return false;
  try {
    return satisfies(numberOf(digest), pointOf(key), integersOf(signature));
  } catch {
    return false;
  }
}

function satisfies(z: bigint, Q: Point, { r, s }: { readonly r: bigint; readonly s: bigint }): boolean {
  const { p, n } = P256;
  if (r <= 0n || r >= n || s <= 0n || s >= n) return false;
  const u2 = (r * inverse(s, n)) % n;
  const t = (z * inverse(r, n)) % n;
  const ecdh = createECDH(P256.name);
  ecdh.setPrivateKey(bytesOf(t));
  const T = parsePoint(ecdh.getPublicKey());
  // Equal or opposite points are not added this way, and are not met with either.
  if (T.x === Q.x) return false;
  const slope = ((T.y - Q.y) * inverse(T.x - Q.x, p)) % p;
  const x = modulo(slope * slope - T.x - Q.x, p);
  const y = modulo(slope * (Q.x - x) - Q.y, p);
  ecdh.setPrivateKey(bytesOf(u2));
  const R = numberOf(ecdh.computeSecret(Buffer.concat([UNCOMPRESSED, bytesOf(x), bytesOf(y)])));
  return R % n === r;
}

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

const UNCOMPRESSED = Buffer.of(4);

function pointOf(key: KeyObject): Point {
  const { x, y } = key.export({ format: 'jwk' });
  return { x: numberOf(Buffer.from(x ?? '', 'base64url')), y: numberOf(Buffer.from(y ?? '', 'base64url')) };
}

function parsePoint(bytes: Buffer): Point {
  return { x: numberOf(bytes.subarray(1, 1 + P256.bytes)), y: numberOf(bytes.subarray(1 + P256.bytes)) };
}

/** Ecdsa-Sig-Value, RFC 3279 §2.2.3. */
function integersOf(signature: Uint8Array): { readonly r: bigint; readonly s: bigint } {
  const [r, s, ...more] = ASN1Obj.parseBuffer(Buffer.from(signature)).subs;
  if (r === undefined || s === undefined || more.length > 0) throw new Error('not two integers');
  return { r: r.toInteger(), s: s.toInteger() };
}

/** By Fermat: the modulus is prime. */
function inverse(value: bigint, prime: bigint): bigint {
  let [power, base] = [1n, modulo(value, prime)];
  for (let exponent = prime - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) power = (power * base) % prime;
    base = (base * base) % prime;
  }
  return power;
}

function modulo(value: bigint, by: bigint): bigint {
  const rest = value % by;
  return rest < 0n ? rest + by : rest;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function bytesOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * P256.bytes, '0'), 'hex');
}
