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

/** SP 800-186 §3.2.1: the keys of today's clients are on P-256, those of some older ones on P-384. */
const CURVES: readonly Curve[] = [
  {
    name: 'prime256v1',
    bytes: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  {
    name: 'secp384r1',
    bytes: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
];

function curveOf(key: KeyObject): Curve | undefined {
  return CURVES.find(({ name }) => key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === name);
}

/** Whether a signature over a digest can be verified with this key at all. */
export function isPrehashable(key: KeyObject): boolean {
  return curveOf(key) !== undefined;
}

/** `digest`: SHA-256, which is not longer than the order of either curve. False for whatever is no signature by this key. */
export function verifyDigest(digest: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  const curve = curveOf(key);
  if (curve === undefined) return false;
  try {
    return satisfies(curve, numberOf(digest), pointOf(key), integersOf(signature));
  } catch {
    return false;
  }
}

function satisfies({ name, bytes, p, n }: Curve, z: bigint, Q: Point, { r, s }: Signature): boolean {
  if (r <= 0n || r >= n || s <= 0n || s >= n) return false;
  const u2 = (r * inverse(s, n)) % n;
  const t = (z * inverse(r, n)) % n;
  const ecdh = createECDH(name);
  ecdh.setPrivateKey(bytesOf(t, bytes));
  const T = parsePoint(ecdh.getPublicKey(), bytes);
  // Equal or opposite points are not added this way, and are not met with either.
  if (T.x === Q.x) return false;
  const slope = ((T.y - Q.y) * inverse(T.x - Q.x, p)) % p;
  const x = modulo(slope * slope - T.x - Q.x, p);
  const y = modulo(slope * (Q.x - x) - Q.y, p);
  ecdh.setPrivateKey(bytesOf(u2, bytes));
  const R = numberOf(ecdh.computeSecret(Buffer.concat([UNCOMPRESSED, bytesOf(x, bytes), bytesOf(y, bytes)])));
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

function parsePoint(point: Buffer, bytes: number): Point {
  return { x: numberOf(point.subarray(1, 1 + bytes)), y: numberOf(point.subarray(1 + bytes)) };
}

interface Signature {
  readonly r: bigint;
  readonly s: bigint;
}

/** Ecdsa-Sig-Value, RFC 3279 §2.2.3. */
function integersOf(signature: Uint8Array): Signature {
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

function bytesOf(value: bigint, bytes: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * bytes, '0'), 'hex');
}
