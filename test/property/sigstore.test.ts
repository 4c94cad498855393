/**
 * Whatever is changed in evidence that holds, it is refused, or it still says the same of the same: by the same signer, at the same time.
 * Never does it say something else, and never does the checker fall over.
 */
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from '../../src/adapters/sigstore/base64.ts';
import { Unsound } from '../../src/adapters/sigstore/faults.ts';
import { verifyDigest } from '../../src/adapters/sigstore/prehashed.ts';
import { parseJsonBytes, parseJsonText } from '../../src/adapters/sigstore/strict-json.ts';
import type { EvidencePiece } from '../../src/core/evidence.ts';
import { attestation, bundle, checkerFor, outcomeOf, signature } from '../support/checked-pieces.ts';
import { integer, sequence } from '../support/sigstore/der.ts';
import { kairosIdentity } from '../support/sigstore/kairos.ts';
import { createPrivateSigstore } from '../support/sigstore/private-sigstore.ts';
import { spdxStatement } from '../support/sigstore/statements.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const SIGNED = { at: new Date('2024-02-12T10:11:12Z'), identity: kairosIdentity('v2.4.3', 'B') };
const sigstore = createPrivateSigstore();
const check = checkerFor(sigstore);
const statement = spdxStatement({ digest: DIGEST, predicate: 'string', packages: 1 });

/** Every layout, and whether its bytes are bound as they are or only what is read of them. */
const LAYOUTS: readonly (readonly [name: string, piece: EvidencePiece, bound: 'bytes' | 'content'])[] = [
  ['.sig', signature(sigstore.signImage(DIGEST, 'quay.io/kairos/ubuntu', SIGNED)), 'bytes'],
  ['.att, dsse 0.0.1', attestation(sigstore.attest(statement, SIGNED)), 'bytes'],
  ['.att, intoto 0.0.1', attestation(sigstore.attest(statement, { ...SIGNED, entry: 'intoto-0.0.1' })), 'bytes'],
  ['.att, intoto 0.0.2', attestation(sigstore.attest(statement, { ...SIGNED, entry: 'intoto-0.0.2' })), 'content'],
  ['bundle 0.1', bundle(sigstore.bundle(statement, { ...SIGNED, version: '0.1' })), 'content'],
  ['bundle 0.2', bundle(sigstore.bundle(statement, { ...SIGNED, version: '0.2', entry: 'intoto-0.0.2' })), 'content'],
  ['bundle 0.3', bundle(sigstore.bundle(statement, { ...SIGNED, timestamp: 'tsa' })), 'content'],
  ['bundle 0.3, Rekor 2', bundle(sigstore.bundle(statement, { ...SIGNED, log: 'rekor-v2' })), 'content'],
  ['bundle 0.3, Rekor 2, dsse 0.0.2', bundle(sigstore.bundle(statement, { ...SIGNED, log: 'rekor-v2', entry: 'dsse-0.0.2' })), 'content'],
];

const RUNS = { numRuns: 60 };

/** A value inside a JSON document. */
type Path = readonly (string | number)[];

function pathsIn(value: unknown, here: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => {
    const path = [...here, key];
    return [path, ...pathsIn((value as Record<string | number, unknown>)[key], path)];
  });
}

/** The document with one value replaced, or gone. */
function changedAt(document: unknown, [key, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(document);
  if (Array.isArray(document)) {
    return document.flatMap((item, index) => {
      const changed = index === key ? changedAt(item, rest, change) : item;
      return changed === undefined ? [] : [changed];
    });
  }
  const object = document as Record<string, unknown>;
  return { ...object, [key]: changedAt(object[key], rest, change) };
}

const flipped = (bytes: Uint8Array, at: number, bit: number): Uint8Array => {
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ (1 << bit);
  return changed;
};

/** Refused, or as it was. Without its promise an entry of Rekor 1 is known by its place in the tree alone, which is another number. */
function expectSame(changed: EvidencePiece, original: ReturnType<typeof outcomeOf>): void {
  const outcome = outcomeOf(check(changed));
  if (typeof outcome === 'string' || typeof original === 'string') return;
  const [logId] = original.logEntry?.split(':') ?? [];
  expect({ ...outcome, logEntry: null }).toEqual({ ...original, logEntry: null });
  expect(outcome.logEntry).toMatch(new RegExp(`^${logId}:\\d+$`));
}

const replacement = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', '0', '-1', 'AA==', 0, -1, 1e300, true, [], {}, [[]], '\u0000', 'a'.repeat(70_000)),
  fc.jsonValue({ maxDepth: 2 }),
);

describe.each(LAYOUTS)('%s', { timeout: 30_000 }, (_, piece, bound) => {
  const original = outcomeOf(check(piece));
  const expectRefused = (changed: EvidencePiece) => {
    expect(outcomeOf(check(changed))).toBeTypeOf('string');
  };
  const expectNothingElse = (changed: EvidencePiece) => expectSame(changed, original);

  it('holds', () => {
    expect(original).toMatchObject({ claim: { subjects: [DIGEST] } });
  });

  it('any byte of it', () => {
    const byte = fc.nat({ max: piece.bytes.length - 1 });
    fc.assert(
      fc.property(byte, fc.nat({ max: 7 }), (at, bit) => {
        const changed = { ...piece, bytes: flipped(piece.bytes, at, bit) };
        if (bound === 'bytes') expectRefused(changed);
        else expectNothingElse(changed);
      }),
      RUNS,
    );
  });

  it('any field of it, and its length', () => {
    const document: unknown = JSON.parse(Buffer.from(piece.bytes).toString('utf8'));
    fc.assert(
      fc.property(fc.constantFrom(...pathsIn(document)), replacement, (path, by) => {
        const changed = JSON.stringify(changedAt(document, path, () => by));
        expectNothingElse({ ...piece, bytes: Buffer.from(changed) });
      }),
      RUNS,
    );
    fc.assert(
      fc.property(fc.nat({ max: piece.bytes.length - 1 }), (end) => {
        expectRefused({ ...piece, bytes: piece.bytes.subarray(0, end) });
      }),
      { numRuns: 30 },
    );
  });
});

describe.each(LAYOUTS.filter(([, { kind }]) => kind !== 'bundle'))(
  'what is written beside a layer, %s',
  { timeout: 30_000 },
  (_, piece) => {
    const annotations = 'annotations' in piece ? piece.annotations : {};
    const original = outcomeOf(check(piece));
    const LOG_ENTRY = 'dev.sigstore.cosign/bundle';
    const with_ = (name: string, text: string | undefined): EvidencePiece => {
      const { [name]: __, ...others } = annotations;
      return { ...piece, annotations: text === undefined ? others : { ...others, [name]: text } } as EvidencePiece;
    };
    const expectNothingElse = (changed: EvidencePiece) => expectSame(changed, original);

    it('any annotation', () => {
      const names = fc.constantFrom(...Object.keys(annotations));
      const text = fc.oneof(fc.constant(undefined), fc.string(), fc.constantFrom(...Object.values(annotations)));
      fc.assert(
        fc.property(names, text, (name, by) => expectNothingElse(with_(name, by))),
        RUNS,
      );
      fc.assert(
        fc.property(names, fc.nat(), fc.nat({ max: 6 }), (name, at, bit) => {
          const bytes = Buffer.from(annotations[name] ?? '');
          expectNothingElse(with_(name, Buffer.from(flipped(bytes, at % Math.max(1, bytes.length), bit)).toString('latin1')));
        }),
        RUNS,
      );
    });

    it('any field of the log entry', () => {
      const entry: unknown = JSON.parse(annotations[LOG_ENTRY] ?? '');
      fc.assert(
        fc.property(fc.constantFrom(...pathsIn(entry)), replacement, (path, by) => {
          const changed = JSON.stringify(changedAt(entry, path, () => by));
          expectNothingElse(with_(LOG_ENTRY, changed));
        }),
        RUNS,
      );
    });
  },
);

describe('strict reading', () => {
  const LIMITS = { maxBytes: 1_000_000, maxValues: 100_000 };
  const parsed = (read: () => unknown): { readonly value: unknown } | string => {
    try {
      return { value: read() };
    } catch (error) {
      if (error instanceof Unsound) return error.fault;
      throw error;
    }
  };
  const isClean = (value: unknown): boolean => !/"(_|\\u005f){2}proto/.test(JSON.stringify(value) ?? '');

  it('takes every document that says each thing once, however it is written', () => {
    fc.assert(
      fc.property(fc.jsonValue().filter(isClean), fc.nat({ max: 3 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJsonText(text, LIMITS).value).toEqual(JSON.parse(text));
        expect(parseJsonBytes(Buffer.from(text), LIMITS).value).toEqual(JSON.parse(text));
      }),
    );
  });

  it('finds a key that stands there twice, in whatever spelling and wherever', () => {
    const spelled = (key: string): string =>
      `"${[...key].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
    const key = fc.stringMatching(/^[a-z{}":,\\ ]{0,6}$/);
    fc.assert(
      fc.property(
        key,
        fc.jsonValue().filter(isClean),
        fc.jsonValue().filter(isClean),
        fc.boolean(),
        fc.nat({ max: 5 }),
        (name, a, b, escaped, depth) => {
          const again = escaped ? spelled(name) : JSON.stringify(name);
          const inner = `{${JSON.stringify(name)}:${JSON.stringify(a)},"another key":0,${again}:${JSON.stringify(b)}}`;
          expect(parsed(() => parseJsonText('[{"in":'.repeat(depth) + inner + '}]'.repeat(depth), LIMITS))).toBe('DUPLICATE_KEY');
        },
      ),
    );
  });

  it('takes nothing that JSON.parse refuses, and refuses with a fault', () => {
    const noise = fc.array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', ' ', '1', 'a', 'null', '\u0000', 'é'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(noise, (pieces) => {
        const text = pieces.join('');
        const outcome = parsed(() => parseJsonText(text, LIMITS).value);
        if (typeof outcome !== 'string') expect(outcome.value).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const outcome = parsed(() => parseJsonBytes(bytes, LIMITS).value);
        if (typeof outcome !== 'string') expect(outcome.value).toEqual(JSON.parse(Buffer.from(bytes).toString('utf8')));
      }),
    );
  });

  it('takes base64 in one spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(decodeBase64(Buffer.from(bytes).toString('base64')).equals(bytes)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.base64String(), fc.string(), fc.string({ unit: 'binary' })), (text) => {
        const outcome = parsed(() => decodeBase64(text));
        expect(typeof outcome === 'string').toBe(Buffer.from(text, 'base64').toString('base64') !== text);
      }),
    );
  });
});

/** The orders of the curves, FIPS 186-5. */
const ORDERS: Readonly<Record<string, string>> = {
  'P-256': 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
  'P-384': 'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
};

describe.each(Object.keys(ORDERS))('a signature over a digest, %s', (namedCurve) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

  it('is taken exactly when one over the file is', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), fc.nat(), fc.nat({ max: 7 }), (file, other, at, bit) => {
        const made = sign('sha256', file, privateKey);
        expect(verifyDigest(sha256(file), publicKey, made)).toBe(true);
        expect(verifyDigest(sha256(other), publicKey, made)).toBe(verify('sha256', other, publicKey, made));
        // Within the second number: in how they take the form Node and we may differ.
        const changed = flipped(made, made.length - 1 - (at % 24), bit);
        expect(verifyDigest(sha256(file), publicKey, changed)).toBe(verify('sha256', file, publicKey, changed));
      }),
      { numRuns: 30 },
    );
  });

  it('is none when one of its numbers goes around once more', () => {
    const file = Buffer.from('file');
    const made = sign('sha256', file, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const [r, s] = [made.subarray(0, made.length / 2), made.subarray(made.length / 2)];
    const order = BigInt(`0x${ORDERS[namedCurve]}`);
    const around = (value: Buffer): Buffer =>
      Buffer.from(`0${(BigInt(`0x${value.toString('hex')}`) + order).toString(16)}`.slice(-made.length - 2), 'hex');
    const taken = (...numbers: readonly Uint8Array[]): boolean => verifyDigest(sha256(file), publicKey, sequence(...numbers.map(integer)));
    expect(taken(r, s)).toBe(true);
    expect(taken(r, around(s))).toBe(false);
    expect(taken(around(r), s)).toBe(false);
    expect(taken(Buffer.of(0), s)).toBe(false);
    expect(taken(r, Buffer.of(0))).toBe(false);
    expect(taken(r, s, s)).toBe(false);
  });

  it('is none of bytes that are none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 110 }), (noise) => {
        expect(verifyDigest(sha256(noise), publicKey, noise)).toBe(false);
      }),
    );
  });
});

it('a signature over a digest is not verified with a key of another kind', () => {
  const digest = createHash('sha256').digest();
  for (const { privateKey, publicKey } of [generateKeyPairSync('ec', { namedCurve: 'P-521' }), generateKeyPairSync('ed25519')]) {
    const algorithm = publicKey.asymmetricKeyType === 'ec' ? 'sha256' : null;
    expect(verifyDigest(digest, publicKey, sign(algorithm, Buffer.of(), privateKey))).toBe(false);
  }
});
