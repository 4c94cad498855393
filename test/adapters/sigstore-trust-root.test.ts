/** Whom to trust: a file that is read whole or not at all, and what is different between two of them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEvidenceChecker } from '../../src/adapters/sigstore/checker.ts';
import { readTrustRoot } from '../../src/adapters/sigstore/trust-root.ts';
import { trustRootChanges } from '../../src/adapters/sigstore/trust-root-changes.ts';
import { HeraldError } from '../../src/core/errors.ts';
import { edited } from '../support/checked-pieces.ts';
import { createPrivateSigstore } from '../support/sigstore/private-sigstore.ts';
import type { TrustedRoot } from '../support/sigstore/trusted-root.ts';

const PINNED = readFileSync(join(import.meta.dirname, '../../config/trusted_root.json'));
const { trustedRoot } = createPrivateSigstore();

type Writable<T> = { -readonly [K in keyof T]: T[K] extends object ? Writable<T[K]> : T[K] };
type Root = Writable<TrustedRoot>;

const rootWith = (edit: (root: Root) => void): Buffer =>
  edited(Buffer.from(JSON.stringify(trustedRoot)), (json) => edit(json as unknown as Root));

/** JSON drops what is undefined. */
const set = (object: object | undefined, fields: Readonly<Record<string, unknown>>): void => void Object.assign(object ?? {}, fields);
const unset = (object: object | undefined, field: string): void => set(object, { [field]: undefined });

const refusalOf = (bytes: Uint8Array): string => {
  try {
    readTrustRoot(bytes);
  } catch (error) {
    if (error instanceof HeraldError && error.code === 'TRUST_ROOT') return error.message;
    throw error;
  }
  return 'none';
};

describe('the pinned trust root', () => {
  it('is the one of the production of Sigstore, byte by byte as its library carries it', () => {
    const seeds = createRequire(import.meta.url)('@sigstore/tuf/seeds.json');
    const seed = Buffer.from(seeds['https://tuf-repo-cdn.sigstore.dev'].targets['trusted_root.json'], 'base64');
    expect(PINNED.equals(seed)).toBe(true);
  });

  it('can be read, and is known by the hash of the file', () => {
    const { sha256, members } = readTrustRoot(PINNED);
    expect(sha256).toBe(createHash('sha256').update(PINNED).digest('hex'));
    expect(members.tlogs.map(({ uri }) => uri)).toEqual(['https://rekor.sigstore.dev', 'https://log2025-1.rekor.sigstore.dev']);
    expect(Object.values(members).map(({ length }) => length)).toEqual([2, 2, 2, 1]);
  });
});

describe('row 33, a trust root nothing may be checked by', () => {
  it.each<[string, (root: Root) => void, RegExp]>([
    ['a log without a beginning', ({ tlogs }) => unset(tlogs[1]?.publicKey.validFor, 'start'), /tlogs\.1\.publicKey\.validFor\.start/],
    ['a log without a period', ({ ctlogs }) => unset(ctlogs[0]?.publicKey, 'validFor'), /ctlogs\.0\.publicKey\.validFor/],
    [
      'an authority without a beginning',
      ({ certificateAuthorities: [first] }) => unset(first?.validFor, 'start'),
      /certificateAuthorities\.0\.validFor\.start/,
    ],
    [
      'a timestamp authority without a period',
      ({ timestampAuthorities: [first] }) => unset(first, 'validFor'),
      /timestampAuthorities\.0\.validFor/,
    ],
    ['no certificate logs', (root) => set(root, { ctlogs: [] }), /ctlogs/],
    ['no certificate logs at all', (root) => unset(root, 'ctlogs'), /ctlogs/],
    ['no transparency logs', (root) => set(root, { tlogs: [] }), /tlogs/],
    ['no authorities', (root) => set(root, { certificateAuthorities: [] }), /certificateAuthorities/],
    ['an empty chain', ({ certificateAuthorities: [first] }) => first?.certChain.certificates.splice(0), /certificates/],
    ['a key that is none', ({ tlogs: [first] }) => set(first?.publicKey, { rawBytes: 'AAAA' }), /cannot be read/],
    ['a key of an unknown kind', ({ tlogs: [first] }) => set(first?.publicKey, { keyDetails: 'ROT13' }), /cannot be read/],
    ['base64 with junk', ({ tlogs: [first] }) => set(first?.publicKey, { rawBytes: '!AAAA' }), /base64/],
    ['a period that ends first', ({ tlogs: [first] }) => set(first?.publicKey.validFor, { end: '1999-01-01T00:00:00Z' }), /ends/],
    ['a date that is none', ({ tlogs: [first] }) => set(first?.publicKey.validFor, { start: 'yesterday' }), /start/],
    ['an unknown version', (root) => set(root, { mediaType: 'application/vnd.dev.sigstore.trustedroot.v9+json' }), /mediaType/],
  ])('has %s', (_, edit, message) => {
    expect(refusalOf(rootWith(edit))).toMatch(message);
  });

  it.each<[string, string]>([
    ['', 'it is not JSON'],
    ['{}', 'mediaType'],
    [JSON.stringify(trustedRoot).replace('{', '{"tlogs":[],'), 'the same key twice'],
    [`\ufeff${JSON.stringify(trustedRoot)}`, 'it is not JSON'],
  ])('is %s', (text, message) => {
    expect(refusalOf(Buffer.from(text))).toContain(message);
  });

  it('keeps a checker from coming into being', () => {
    expect(() => createEvidenceChecker({ trustRoot: Buffer.from('{}') })).toThrow(expect.objectContaining({ code: 'TRUST_ROOT' }));
  });

  it('may lack timestamp authorities, names and what protobuf writes as null', () => {
    const bare = rootWith((root) => {
      set(root, { timestampAuthorities: null });
      for (const authority of root.certificateAuthorities) set(authority, { subject: null, uri: undefined });
      for (const log of root.tlogs) set(log, { checkpointKeyId: null });
    });
    expect(refusalOf(bare)).toBe('none');
  });
});

describe('what is different between two', () => {
  const changes = (edit: (root: Root) => void): readonly string[] =>
    trustRootChanges(JSON.stringify(trustedRoot), rootWith(edit).toString('utf8'));

  it('is nothing when only its writing is', () => {
    expect(trustRootChanges(JSON.stringify(trustedRoot), JSON.stringify(trustedRoot, null, 2))).toEqual([]);
    expect(changes(({ tlogs: [first] }) => set(first?.publicKey.validFor, { start: '2020-01-01T00:00:00.000000Z' }))).toEqual([]);
  });

  it('is told by host, key and period', () => {
    expect(changes(({ tlogs }) => tlogs.pop())).toEqual([
      expect.stringMatching(/^transparency log log2025-1\.rekor\.private\.example \([0-9a-f]{12}\) removed$/),
    ]);
    expect(changes(({ ctlogs: [first] }) => set(first?.publicKey.validFor, { end: '2027-05-06T00:00:00Z' }))).toEqual([
      expect.stringMatching(/^certificate log ctfe\.private\.example \([0-9a-f]{12}\) ends on 2027-05-06$/),
    ]);
    expect(changes(({ certificateAuthorities: [first] }) => set(first?.validFor, { start: '2021-02-03T00:00:00Z' }))).toEqual([
      expect.stringMatching(
        /^certificate authority fulcio\.private\.example \([0-9a-f]{12}\) is trusted from 2021-02-03, was from 2020-01-01$/,
      ),
    ]);
  });

  it('tells two keys of the same host apart', () => {
    const other = JSON.stringify(createPrivateSigstore().trustedRoot);
    const told = trustRootChanges(JSON.stringify(trustedRoot), other);
    expect(told.filter((line) => line.includes(' added, from 2020-01-01'))).toHaveLength(5);
    expect(told.filter((line) => line.endsWith(' removed'))).toHaveLength(5);
  });

  it('cannot be told of a document that is none', () => {
    expect(() => trustRootChanges(JSON.stringify(trustedRoot), '{}')).toThrow(expect.objectContaining({ code: 'TRUST_ROOT' }));
  });
});
