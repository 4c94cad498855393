/** How what was signed is read: JSON and base64 in one spelling only, SBOMs in the wrappings they come in, statements nobody signed. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from '../../src/adapters/sigstore/base64.ts';
import { certificateFacts, parseCertificate } from '../../src/adapters/sigstore/certificate.ts';
import { checkEvidence } from '../../src/adapters/sigstore/check.ts';
import { Unsound } from '../../src/adapters/sigstore/faults.ts';
import { parseJsonBytes, parseJsonText } from '../../src/adapters/sigstore/strict-json.ts';
import { readTrustRoot } from '../../src/adapters/sigstore/trust-root.ts';
import type { IndexStatement } from '../../src/core/evidence.ts';
import { readSpdx } from '../../src/core/sbom-spdx.ts';
import { attestation, checkerFor, evidenceOf, rootFile } from '../support/checked-pieces.ts';
import { distinguishedName, extension, issueCertificate } from '../support/sigstore/certificate.ts';
import { explicit, implicit, octets, sequence, utf8 } from '../support/sigstore/der.ts';
import { kairosIdentity } from '../support/sigstore/kairos.ts';
import { createKey } from '../support/sigstore/keys.ts';
import { createPrivateSigstore } from '../support/sigstore/private-sigstore.ts';
import { provenanceStatement, type SpdxStatementOptions, spdxDocument, spdxStatement } from '../support/sigstore/statements.ts';

const LIMITS = { maxBytes: 1_000, maxValues: 100 };
/** One array inside another. */
const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

const faultFrom = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof Unsound) return error.fault;
    throw error;
  }
  return 'none';
};

describe('strict JSON', () => {
  it.each([
    '{}',
    '[]',
    deep(64),
    '0',
    '"a"',
    'null',
    ' {"a": [1, {"b": ":,{}[]"}]} ',
    '{"":1," ":2}',
    '{"a\\"":1,"a":2}',
    '{"\\\\":1,"\\\\\\"":2}',
  ])('takes %s', (text) => {
    expect(parseJsonText(text, LIMITS).value).toEqual(JSON.parse(text));
    expect(parseJsonBytes(Buffer.from(text), LIMITS).value).toEqual(JSON.parse(text));
  });

  it.each<[string, string]>([
    ['{"a":1,"a":2}', 'DUPLICATE_KEY'],
    ['{"a":1,"\\u0061":2}', 'DUPLICATE_KEY'],
    ['[{"a":{"b":1,"b":1}}]', 'DUPLICATE_KEY'],
    ['{"1":1,"1":2}', 'DUPLICATE_KEY'],
    ['{"__proto__":1,"__proto__":2}', 'MALFORMED'],
    ['{"__proto__":null}', 'MALFORMED'],
    ['{"a":{"\\u005f\\u005fproto__":{}}}', 'MALFORMED'],
    [deep(65), 'TOO_DEEP'],
    ['['.repeat(65), 'TOO_DEEP'],
    ['['.repeat(64), 'MALFORMED'],
    [`[${'[],'.repeat(50)}0]`, 'TOO_MANY'],
    [','.repeat(100), 'TOO_MANY'],
    ['{"a":', 'MALFORMED'],
    ['{"a', 'MALFORMED'],
    ['"a\\', 'MALFORMED'],
    ["{'a':1}", 'MALFORMED'],
    ['{"a":1}{"b":2}', 'MALFORMED'],
    ['', 'MALFORMED'],
    ['\ufeff{}', 'MALFORMED'],
    [`"${'x'.repeat(1_000)}"`, 'TOO_LARGE'],
  ])('refuses %s', (text, fault) => {
    expect(faultFrom(() => parseJsonText(text, LIMITS))).toBe(fault);
    expect(faultFrom(() => parseJsonBytes(Buffer.from(text), LIMITS))).toBe(fault);
  });

  it.each([[0xff], [0x22, 0xc0, 0xaf, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22]])('refuses bytes that are no UTF-8, %j', (...bytes) => {
    expect(faultFrom(() => parseJsonBytes(Uint8Array.from(bytes), LIMITS))).toBe('MALFORMED');
  });

  it('gives the text of a member as it stands there', () => {
    expect(parseJsonText('{"b":"a", "a" : [1, {"a":2}] ,"c":{"a":3}}', LIMITS, 'a').member).toBe('[1, {"a":2}]');
    expect(parseJsonText('{"ab":1,"a":"}"}', LIMITS, 'a').member).toBe('"}"');
    expect(parseJsonText('[{"a":1}]', LIMITS, 'a').member).toBeNull();
    expect(parseJsonText('{"\\u0061":1}', LIMITS, 'a').member).toBeNull();
  });

  it('reads a string of 28 MB, and one with millions of escapes', () => {
    const limits = { maxBytes: 64_000_000, maxValues: 4 };
    expect(parseJsonText(`{"a":"${'x'.repeat(28_000_000)}"}`, limits).value).toMatchObject({ a: expect.stringMatching(/^x{100}/) });
    expect(parseJsonText(`{"a":"${'\\"'.repeat(2_000_000)}"}`, limits).value).toMatchObject({ a: expect.stringMatching(/^"{100}/) });
  });
});

describe('strict base64', () => {
  it.each(['', 'AA==', 'AAA=', 'AAAA', '+/+/'])('takes %j', (text) => {
    expect(decodeBase64(text).toString('base64')).toBe(text);
  });

  it.each(['A', 'AA', 'AAA', 'AA=', 'AB==', 'AAB=', 'AA==AAAA', '====', '-_-_', 'AAAA\n', ' AAAA', '!!AAAA', 'AA\u0141A', 'ＡAAA'])(
    'refuses %j',
    (text) => {
      expect(faultFrom(() => decodeBase64(text))).toBe('MALFORMED');
    },
  );

  it('reads 28 MB', () => {
    const bytes = Buffer.alloc(21_000_001, 7);
    expect(decodeBase64(bytes.toString('base64')).equals(bytes)).toBe(true);
    expect(faultFrom(() => decodeBase64(`${bytes.toString('base64').slice(0, -4)}A===`))).toBe('MALFORMED');
  });
});

describe('a certificate', () => {
  const key = createKey('P-256');
  const name = distinguishedName('issuer');
  const period = { start: new Date('2024-01-01'), end: new Date('2025-01-01') };
  const fulcio = (n: number, value: Uint8Array) => extension(`1.3.6.1.4.1.57264.1.${n}`, value);
  const facts = (...extensions: readonly Buffer[]) =>
    certificateFacts(parseCertificate(issueCertificate({ subject: name, spki: key.spki, period, extensions }, { name, key })));
  const names = (...generalNames: readonly Buffer[]) => extension('2.5.29.17', sequence(...generalNames), true);

  it('says what its extensions say, in their two ways of writing', () => {
    const { extensions } = facts(
      fulcio(1, Buffer.from('plain ☃')),
      fulcio(8, utf8('wrapped ☃')),
      fulcio(7, Buffer.of(1)),
      fulcio(25, utf8('new')),
    );
    expect(extensions).toEqual({ 1: 'plain ☃', 8: 'wrapped ☃' });
    expect(facts(fulcio(1, Buffer.from('\ufeffa'))).extensions).toEqual({ 1: '\ufeffa' });
  });

  it('may have no name, and several of any kind', () => {
    expect(facts().names).toEqual([]);
    const uri = implicit(6, Buffer.from('https://a.example'));
    const odd = [implicit(6, Buffer.from('https://ä.example', 'latin1')), explicit(6, utf8('https://b.example')), implicit(6, Buffer.of())];
    expect(facts(names(uri, ...odd)).names.map(({ type }) => type)).toEqual(['uri', 'other', 'other', 'other']);
  });

  it.each<[string, () => readonly Buffer[]]>([
    ['the same extension twice', () => [fulcio(8, utf8('a')), fulcio(8, utf8('b'))]],
    ['two lists of names', () => [names(implicit(6, Buffer.from('a:b'))), names(implicit(6, Buffer.from('c:d')))]],
    ['plain text where it is wrapped', () => [fulcio(8, Buffer.from('https://token.example'))]],
    ['another kind of text', () => [fulcio(12, octets(Buffer.from('x')))]],
    ['something behind the text', () => [fulcio(12, Buffer.concat([utf8('x'), utf8('y')]))]],
    ['text that is no UTF-8', () => [fulcio(1, Buffer.of(0xff))]],
    ['names that are none', () => [extension('2.5.29.17', Buffer.of(0x30, 0x05))]],
  ])('is refused for %s', (_, extensions) => {
    expect(faultFrom(() => facts(...extensions()))).toBe('CERTIFICATE_ERROR');
  });

  it('is refused when it is none', () => {
    for (const der of [Buffer.of(), Buffer.of(0x30), Buffer.from('certificate'), sequence()]) {
      expect(faultFrom(() => certificateFacts(parseCertificate(der)))).toBe('CERTIFICATE_ERROR');
    }
  });
});

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const SIGNED = { at: new Date('2024-02-12T10:11:12Z'), identity: kairosIdentity('v2.4.3', 'B') };
const sigstore = createPrivateSigstore();
const check = checkerFor(sigstore);

const sbomIn = (statement: object | string) => {
  const checked = check(attestation(sigstore.attest(statement, SIGNED)));
  if (checked.kind === 'broken') return checked.fault;
  return checked.claim.kind === 'attestation' ? checked.claim.sbom : null;
};
const spdxIn = (options: Partial<SpdxStatementOptions>) => sbomIn(spdxStatement({ digest: DIGEST, ...options }));
const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('the SBOM in a statement', () => {
  const document = spdxDocument({ packages: 2, name: 'Käse ☃' });
  const text = JSON.stringify(document);

  it.each(['object', 'string', 'data-wrapped'] as const)('is the same in every wrapping, %s', (predicate) => {
    expect(spdxIn({ predicate, document })).toEqual({
      format: 'spdx',
      version: 'SPDX-2.3',
      supported: true,
      digest: sha256(text),
      inventory: readSpdx(document),
    });
  });

  it('is told from another one by how it is written', () => {
    const written = JSON.stringify(document, null, 2);
    expect(spdxIn({ predicate: 'string', document: written })).toMatchObject({ supported: true, digest: sha256(written) });
  });

  it.each<[string, object | string, object]>([
    ['SPDX 2.2', { spdxVersion: 'SPDX-2.2' }, { format: 'spdx', version: 'SPDX-2.2', supported: true }],
    ['SPDX 2.1', { spdxVersion: 'SPDX-2.1' }, { format: 'spdx', version: 'SPDX-2.1', supported: false }],
    [
      'SPDX 3',
      { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': [] },
      { format: 'spdx', version: 'SPDX-3.0.1', supported: false },
    ],
    ['tags and values', 'SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n', { format: 'spdx', version: 'SPDX-2.3', supported: false }],
    [
      'CycloneDX under another name',
      { bomFormat: 'CycloneDX', specVersion: '1.6' },
      { format: 'unknown', version: null, supported: false },
    ],
    ['a version that is none', { spdxVersion: 'SPDX-2.3\n' }, { format: 'unknown', version: null, supported: false }],
    ['something else', { hello: 'world' }, { format: 'unknown', version: null, supported: false }],
    ['a list', [], { format: 'unknown', version: null, supported: false }],
    ['any text', 'hello', { format: 'unknown', version: null, supported: false }],
  ])('row 34, %s: told, and not read', (_, of, expected) => {
    expect(spdxIn({ document: of, predicate: typeof of === 'string' ? 'string' : 'object' })).toMatchObject(expected);
  });

  it('is CycloneDX where it says so', () => {
    const cyclonedx = { type: 'https://cyclonedx.org/bom', document: { bomFormat: 'CycloneDX', specVersion: '1.6' } };
    expect(spdxIn(cyclonedx)).toMatchObject({ format: 'cyclonedx', version: '1.6', supported: true });
    expect(spdxIn({ ...cyclonedx, document: { spdxVersion: 'SPDX-2.3' } })).toMatchObject({ format: 'unknown', supported: false });
  });

  it.each<[string, string | object, string]>([
    ['a text that is broken JSON', '{"spdxVersion":', 'MALFORMED'],
    ['a text with the same key twice', '{"a":1,"a":1}', 'DUPLICATE_KEY'],
    ['a text that is too deep', `{"a":${'['.repeat(70)}${']'.repeat(70)}}`, 'TOO_DEEP'],
    ['half a character', '{"name":"\ud83d"}', 'MALFORMED'],
  ])('two readers must not see two things in it: %s', (_, of, fault) => {
    expect(spdxIn({ document: of, predicate: 'string' })).toBe(fault);
  });

  it('a predicate whose key is spelled in escapes cannot be pinned down', () => {
    expect(sbomIn(JSON.stringify(spdxStatement({ digest: DIGEST })).replace('"predicate":', '"\\u0070redicate":'))).toBe('MALFORMED');
  });

  it('a statement without a predicate has an SBOM of nothing', () => {
    const { predicate: _, ...without } = spdxStatement({ digest: DIGEST });
    expect(sbomIn(without)).toMatchObject({ format: 'unknown', supported: false });
  });

  it('more subjects than anybody attests are too many', () => {
    const subject = Array.from({ length: 5_000 }, () => ({ digest: {} }));
    expect(sbomIn({ ...spdxStatement({ digest: DIGEST }), subject })).toBe('TOO_MANY');
  });
});

describe('statements that BuildKit put into an index', () => {
  const about = `sha256:${'cd'.repeat(32)}`;
  const { material } = readTrustRoot(rootFile(sigstore));
  const statementOf = (bytes: Uint8Array | null, predicateType = 'https://spdx.dev/Document'): IndexStatement => ({
    digest: DIGEST,
    about,
    predicateType,
    bytes,
  });
  const read = (statement: IndexStatement) => checkEvidence(evidenceOf([], { statements: [statement] }), material).statements[0];
  const bytesOf = (statement: object) => Buffer.from(JSON.stringify(statement));

  it('are read like signed ones', () => {
    const spdx = statementOf(bytesOf(spdxStatement({ digest: about, packages: 2 })));
    expect(read(spdx)).toMatchObject({ kind: 'read', digest: DIGEST, about, subjects: [about], sbom: { version: 'SPDX-2.3' } });
    const provenance = statementOf(bytesOf(provenanceStatement({ digest: about })), 'https://slsa.dev/provenance/v0.2');
    expect(read(provenance)).toMatchObject({ kind: 'read', subjects: [about], sbom: null });
  });

  it.each<[string, Uint8Array | null, string]>([
    ['too large to be fetched', null, 'TOO_LARGE'],
    ['not JSON', Buffer.from('x'), 'MALFORMED'],
    ['no statement', Buffer.from('{}'), 'STATEMENT'],
    ['of another kind than announced', bytesOf(provenanceStatement({ digest: about })), 'PREDICATE_TYPE'],
  ])('are unreadable when they are %s', (_, bytes, fault) => {
    expect(read(statementOf(bytes))).toMatchObject({ kind: 'unreadable', fault, about, predicateType: 'https://spdx.dev/Document' });
  });
});
