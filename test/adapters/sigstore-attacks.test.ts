/**
 * The attacks on evidence that show in its form, its cryptography or its statement, each with what is said of it. Who should have signed is
 * judged elsewhere (test/unit/core): of those attacks, it is the facts that have to come out as they are. The numbers are those of the
 * threat list in docs/verification.md.
 */
import { describe, expect, it } from 'vitest';
import type { EvidencePiece, Fault, SoundEvidence } from '../../src/core/evidence.ts';
import { attestation, bundle, checkerFor, edited, outcomeOf, replaced, signature } from '../support/checked-pieces.ts';
import { kairosIdentity } from '../support/sigstore/kairos.ts';
import {
  type AttestOptions,
  type BundleOptions,
  createPrivateSigstore,
  type Identity,
  type PrivateSigstore,
  type SigningOptions,
} from '../support/sigstore/private-sigstore.ts';
import { cosignSignStatement, type Statement, spdxStatement } from '../support/sigstore/statements.ts';

const AT = new Date('2024-02-12T10:11:12Z');
const hours = (n: number): Date => new Date(AT.getTime() + n * 3_600_000);
const HEX = 'ab'.repeat(32);
const DIGEST = `sha256:${HEX}`;
const ISSUER = 'https://token.actions.githubusercontent.com';
const WORKFLOW = 'https://github.com/kairos-io/kairos/.github/workflows/release.yaml@refs/tags/v2.4.3';
const SIGNED = { at: AT, identity: kairosIdentity('v2.4.3', 'B') };

const sigstore = createPrivateSigstore();
const check = checkerFor(sigstore);
const statement = spdxStatement({ digest: DIGEST, packages: 2 });

const bundled = (options: Partial<BundleOptions> = {}, what: object | string = statement, by: PrivateSigstore = sigstore): EvidencePiece =>
  bundle(by.bundle(what, { ...SIGNED, ...options }));
const attested = (options: Partial<AttestOptions> = {}, what: object | string = statement): EvidencePiece =>
  attestation(sigstore.attest(what, { ...SIGNED, ...options }));
const imageSigned = (options: Partial<SigningOptions> = {}): EvidencePiece =>
  signature(sigstore.signImage(DIGEST, 'quay.io/kairos/ubuntu', { ...SIGNED, ...options }));
const V2 = { log: 'rekor-v2' } as const;

/** A statement with its fields replaced, or as a text of its own. */
const stating = (fields: Partial<Record<keyof Statement, unknown>>): object => ({ ...statement, ...fields });
const statementText = JSON.stringify(statement);

describe('evidence that is as it should be', () => {
  it.each<[string, EvidencePiece]>([
    ['a .sig layer', imageSigned()],
    ['an .att layer, dsse 0.0.1', attested()],
    ['an .att layer, intoto 0.0.1', attested({ entry: 'intoto-0.0.1' })],
    ['an .att layer, intoto 0.0.2', attested({ entry: 'intoto-0.0.2' })],
    ['an .att layer with a timestamp over its envelope', attested({ timestamp: 'tsa' })],
    ['a bundle 0.1', bundled({ version: '0.1' })],
    ['a bundle 0.1 whose proof has no checkpoint', bundled({ version: '0.1', checkpoint: 'missing' })],
    ['a bundle 0.1 without a proof', bundled({ version: '0.1', proof: 'missing' })],
    ['a bundle 0.2, intoto 0.0.2', bundled({ version: '0.2', entry: 'intoto-0.0.2' })],
    ['a bundle 0.3', bundled()],
    ['a bundle 0.3 with promise, proof and timestamp', bundled({ timestamp: 'tsa' })],
    ['a bundle 0.3, hashedrekord 0.0.1', bundled({ entry: 'hashedrekord-0.0.1' })],
    ['a bundle 0.3 of Rekor 2', bundled(V2)],
    ['a bundle 0.3 of Rekor 2, dsse 0.0.2', bundled({ ...V2, entry: 'dsse-0.0.2' })],
  ])('%s says what it says', (_, piece) => {
    expect(check(piece)).toMatchObject({
      kind: 'sound',
      id: piece.id,
      claim: { subjects: [DIGEST] },
      signedAt: AT.toISOString(),
      logEntry: expect.stringMatching(/^[0-9a-f]{64}:\d+$/),
      signer: { kind: 'certificate', certificate: { names: [{ type: 'uri', value: WORKFLOW }], extensions: { 1: ISSUER, 8: ISSUER } } },
    });
  });

  it('tells a signature from a statement', () => {
    expect(check(imageSigned())).toMatchObject({ claim: { kind: 'signature' } });
    expect(check(bundled({}, cosignSignStatement({ digest: DIGEST })))).toMatchObject({ claim: { kind: 'signature', subjects: [DIGEST] } });
    expect(check(attested())).toMatchObject({
      claim: {
        kind: 'attestation',
        predicateType: 'https://spdx.dev/Document',
        sbom: { format: 'spdx', version: 'SPDX-2.3', supported: true },
      },
    });
  });
});

/** A row of the list (or + for what is not on it), the attack, the piece, and the fault that has to be said. */
type Refused = readonly [row: number | '+', attack: string, piece: () => EvidencePiece, fault: Fault];

const withJson = (edit: Parameters<typeof edited>[1], options: Partial<BundleOptions> = {}): EvidencePiece =>
  bundle(edited(sigstore.bundle(statement, { ...SIGNED, ...options }), edit));
const withText = (part: string, by: string): EvidencePiece => bundle(replaced(sigstore.bundle(statement, SIGNED), part, by));
const withBytes = (change: (bytes: Buffer) => Uint8Array): EvidencePiece => bundle(change(sigstore.bundle(statement, SIGNED)));
const withLayer = (change: (bytes: Buffer) => Uint8Array): EvidencePiece => {
  const layer = sigstore.attest(statement, SIGNED);
  return attestation({ ...layer, bytes: Buffer.from(change(layer.bytes)) });
};
const withAnnotation = (name: string, change: (text: string) => string | undefined): EvidencePiece => {
  const layer = sigstore.attest(statement, SIGNED);
  const { [name]: text = '', ...others } = layer.annotations;
  const changed = change(text);
  return attestation({ ...layer, annotations: changed === undefined ? others : { ...others, [name]: changed } });
};
/** What a bundle over a file has in place of an envelope. */
const fileSignature = '"messageSignature":{"messageDigest":{"algorithm":"SHA2_256","digest":"AAAA"},"signature":"AAAA"}';
/** The text of the payload in an envelope. */
const payloadIn = (json: Record<string, unknown>): { payload: string } => json.dsseEnvelope as { payload: string };
const retired = (which: 'rekor-v1' | 'rekor-v2'): PrivateSigstore => createPrivateSigstore({ retired: { [which]: hours(-24) } });

const REFUSED: readonly Refused[] = [
  [11, 'the payload is no in-toto statement', () => bundled({ payloadType: 'application/json' }), 'PAYLOAD_TYPE'],
  [11, 'the payload type looks alike', () => attested({ payloadType: 'application/vnd.in-toto+json ' }), 'PAYLOAD_TYPE'],
  [11, 'an unknown type of statement', () => bundled({}, stating({ _type: 'https://in-toto.io/Statement/v9' })), 'STATEMENT'],
  [11, 'a statement without a predicate type', () => bundled({}, stating({ predicateType: undefined })), 'STATEMENT'],
  [12, 'a CA of his own in the chain, layer', () => attested({ chain: 'stranger' }), 'CERTIFICATE_ERROR'],
  [12, 'a CA of his own in the chain, bundle', () => bundled({ chain: 'stranger', version: '0.1' }), 'CERTIFICATE_ERROR'],
  [13, 'no proof of a certificate log', () => bundled({ sct: 'missing' }), 'CERTIFICATE_ERROR'],
  [13, 'a certificate log nobody knows', () => attested({ sct: 'unknown-log' }), 'CERTIFICATE_ERROR'],
  [14, 'logged after the certificate was over', () => bundled({ loggedAt: hours(1) }), 'CERTIFICATE_ERROR'],
  [14, 'logged after it was over, intoto 0.0.1', () => attested({ loggedAt: hours(1), entry: 'intoto-0.0.1' }), 'CERTIFICATE_ERROR'],
  [14, 'logged before the certificate began', () => bundled({ loggedAt: hours(-1) }), 'CERTIFICATE_ERROR'],
  [14, 'stamped after it was over', () => bundled({ ...V2, loggedAt: hours(1) }), 'CERTIFICATE_ERROR'],
  [15, 'the time moved, bundle', () => bundled({ loggedAt: hours(1), claimedTime: AT }), 'TLOG_INCLUSION_PROMISE_ERROR'],
  [15, 'the time moved, layer', () => attested({ loggedAt: hours(1), claimedTime: AT }), 'TLOG_INCLUSION_PROMISE_ERROR'],
  [
    15,
    'the time moved, intoto 0.0.1',
    () => attested({ loggedAt: hours(1), claimedTime: AT, entry: 'intoto-0.0.1' }),
    'TLOG_INCLUSION_PROMISE_ERROR',
  ],
  [16, 'no log entry', () => bundled({ log: 'none', timestamp: 'tsa' }), 'TLOG'],
  [16, 'no log entry beside a layer', () => attested({ log: 'none' }), 'NO_TLOG'],
  [16, 'neither promise nor proof', () => bundled({ promise: 'missing', proof: 'missing' }), 'BUNDLE'],
  [16, 'no promise in version 0.1', () => bundled({ version: '0.1', promise: 'missing' }), 'BUNDLE'],
  [16, 'no proof in version 0.3', () => bundled({ proof: 'missing' }), 'BUNDLE'],
  [16, 'a proof without a checkpoint', () => bundled({ ...V2, checkpoint: 'missing' }), 'BUNDLE'],
  [16, 'the annotation is not there', () => withAnnotation('dev.sigstore.cosign/bundle', () => undefined), 'NO_TLOG'],
  [17, 'the entry of another attestation', () => bundled({ entryOf: 'another' }), 'TLOG_BODY_ERROR'],
  [17, 'the entry of another, layer', () => attested({ entryOf: 'another' }), 'TLOG_BODY_ERROR'],
  [17, 'the entry of another, intoto 0.0.1', () => attested({ entryOf: 'another', entry: 'intoto-0.0.1' }), 'TLOG_BODY_ERROR'],
  [17, 'the entry of another, Rekor 2', () => bundled({ ...V2, entryOf: 'another' }), 'TLOG_BODY_ERROR'],
  [17, 'the proof of another attestation', () => bundled({ proofOf: 'another' }), 'TLOG_INCLUSION_PROOF_ERROR'],
  [17, 'the proof of another, Rekor 2', () => bundled({ ...V2, proofOf: 'another' }), 'TLOG_INCLUSION_PROOF_ERROR'],
  [18, 'a log nobody knows', () => attested({ rekor: 'unknown' }), 'TLOG_INCLUSION_PROMISE_ERROR'],
  [18, 'a log nobody knows, intoto 0.0.1', () => attested({ rekor: 'unknown', entry: 'intoto-0.0.1' }), 'TLOG_INCLUSION_PROMISE_ERROR'],
  [18, 'an impostor of the log', () => bundled({ rekor: 'impostor' }), 'TLOG_INCLUSION_PROMISE_ERROR'],
  [18, 'an impostor of Rekor 2', () => bundled({ ...V2, rekor: 'impostor' }), 'TLOG_INCLUSION_PROOF_ERROR'],
  [20, 'Rekor 2 without a timestamp', () => bundled({ ...V2, timestamp: 'none' }), 'TIMESTAMP_ERROR'],
  [20, 'a timestamp by nobody we know', () => bundled({ ...V2, timestamp: 'unknown-tsa' }), 'TIMESTAMP_ERROR'],
  [20, 'the timestamp of something else', () => bundled({ ...V2, timestamp: 'other-data' }), 'TIMESTAMP_ERROR'],
  [21, 'the same entry twice', () => bundled({ entries: 'twice' }), 'TLOG'],
  [21, 'the same entry twice, Rekor 2', () => bundled({ ...V2, entries: 'twice' }), 'TLOG'],
  [21, 'the kind of the entry is a lie', () => bundled({ kindVersion: { kind: 'intoto', version: '0.0.2' } }), 'TLOG_BODY_ERROR'],
  [21, 'intoto 0.0.1 in a bundle', () => bundled({ kindVersion: { kind: 'intoto', version: '0.0.1' } }), 'TLOG_BODY_ERROR'],
  [22, 'another payload', () => bundled({ tampered: 'payload' }), 'TLOG_BODY_ERROR'],
  [22, 'another payload, layer', () => attested({ tampered: 'payload' }), 'TLOG_BODY_ERROR'],
  [22, 'another payload, intoto 0.0.1', () => attested({ tampered: 'payload', entry: 'intoto-0.0.1' }), 'TLOG_BODY_ERROR'],
  [22, 'another signature', () => bundled({ tampered: 'signature' }), 'TLOG_BODY_ERROR'],
  [22, 'another signature, .sig', () => imageSigned({ tampered: 'signature' }), 'TLOG_BODY_ERROR'],
  [22, 'another certificate', () => bundled({ tampered: 'certificate' }), 'SIGNATURE_ERROR'],
  [22, 'another certificate, layer', () => attested({ tampered: 'certificate' }), 'SIGNATURE_ERROR'],
  [22, 'another certificate, intoto 0.0.1', () => attested({ tampered: 'certificate', entry: 'intoto-0.0.1' }), 'SIGNATURE_ERROR'],
  [22, 'signed with another key', () => imageSigned({ signedWith: 'another-key' }), 'SIGNATURE_ERROR'],
  [22, 'signed with another key, intoto 0.0.1', () => attested({ signedWith: 'another-key', entry: 'intoto-0.0.1' }), 'SIGNATURE_ERROR'],
  [23, 'two signatures', () => bundled({ signatures: 2 }), 'SIG_COUNT'],
  [23, 'two signatures, layer', () => attested({ signatures: 2 }), 'SIG_COUNT'],
  [23, 'no signature', () => bundled({ signatures: 0 }), 'BUNDLE'],
  [23, 'no signature, .sig', () => imageSigned({ signatures: 0 }), 'MALFORMED'],
  [24, 'signed with a key', () => bundled({ signer: 'key' }), 'NO_CERTIFICATE'],
  [24, 'signed with a key, layer', () => attested({ signer: 'key' }), 'NO_CERTIFICATE'],
  [25, 'the envelope written anew', () => attested({ envelope: 'reencoded' }), 'TLOG_BODY_ERROR'],
  [25, 'something added to the envelope', () => attested({ envelope: 'extra-field' }), 'TLOG_BODY_ERROR'],
  [25, 'written anew, intoto 0.0.1', () => attested({ envelope: 'reencoded', entry: 'intoto-0.0.1' }), 'TLOG_BODY_ERROR'],
  [26, 'two certificates', () => attested({ certificates: 2 }), 'MALFORMED'],
  [27, 'a key twice in the statement', () => bundled({}, statementText.replace('{', '{"_type":"x",')), 'DUPLICATE_KEY'],
  [27, 'the same key in escapes', () => bundled({}, statementText.replace('{', '{"\\u005ftype":"x",')), 'DUPLICATE_KEY'],
  [27, 'a key twice deep inside', () => bundled({}, statementText.replace('"SPDXID"', '"SPDXID":"x","SPDXID"')), 'DUPLICATE_KEY'],
  [27, 'a key twice in the envelope', () => withLayer((bytes) => replaced(bytes, '{', '{"payload":"e30=",')), 'DUPLICATE_KEY'],
  [27, 'a key twice in the bundle', () => withText('{', '{"mediaType":"x",'), 'DUPLICATE_KEY'],
  [
    27,
    'a key twice beside the layer',
    () => withAnnotation('dev.sigstore.cosign/bundle', (text) => text.replace('{', '{"Payload":{},')),
    'DUPLICATE_KEY',
  ],
  [
    27,
    'a key twice in an SBOM that is text',
    () => bundled({}, stating({ predicate: '{"spdxVersion":"SPDX-2.3","a":1,"a":2}' })),
    'DUPLICATE_KEY',
  ],
  [28, 'a __proto__ in the statement', () => bundled({}, statementText.replace('{', '{"__proto__":{},')), 'MALFORMED'],
  [28, 'a __proto__ in escapes in the bundle', () => withText('{', '{"\\u005f_proto__":{},'), 'MALFORMED'],
  [28, 'no UTF-8', () => withBytes((bytes) => Buffer.concat([bytes.subarray(0, 40), Buffer.of(0xff), bytes.subarray(41)])), 'MALFORMED'],
  [28, 'truncated', () => withBytes((bytes) => bytes.subarray(0, -1)), 'MALFORMED'],
  [28, 'truncated inside a string', () => withBytes((bytes) => bytes.subarray(0, 20)), 'MALFORMED'],
  [28, 'a byte order mark', () => withBytes((bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes])), 'MALFORMED'],
  [28, 'a byte order mark in a layer', () => withLayer((bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes])), 'MALFORMED'],
  [28, 'a byte order mark in the statement', () => bundled({}, `\ufeff${statementText}`), 'MALFORMED'],
  [28, 'nothing at all', () => withBytes(() => Buffer.of()), 'MALFORMED'],
  [
    29,
    'junk in base64',
    () => withJson((json) => Object.assign(payloadIn(json), { payload: `!!${payloadIn(json).payload}` })),
    'MALFORMED',
  ],
  [
    29,
    'a line break in base64',
    () => withJson((json) => Object.assign(payloadIn(json), { payload: payloadIn(json).payload.replace(/.{8}/, '$&\n') })),
    'MALFORMED',
  ],
  [29, 'the alphabet of addresses', () => bundle(urlSafe(sigstore.bundle(`${statementText} ~~~???`, SIGNED))), 'MALFORMED'],
  [29, 'no padding', () => withJson((json) => Object.assign(payloadIn(json), { payload: `${payloadIn(json).payload}=` })), 'MALFORMED'],
  [30, '100,000 arrays', () => bundled({}, stating({ predicate: JSON.parse('['.repeat(1000) + ']'.repeat(1000)) })), 'TOO_DEEP'],
  [30, '100,000 arrays in a bundle', () => withBytes(() => Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)), 'TOO_DEEP'],
  [30, '100,000 objects', () => withLayer(() => Buffer.from(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)), 'TOO_DEEP'],
  [32, 'version 9.9', () => withText('bundle.v0.3+json', 'bundle.v9.9+json'), 'BUNDLE'],
  [32, 'version 0.9', () => withText('bundle.v0.3+json', 'bundle.v0.9+json'), 'BUNDLE'],
  [32, 'a version with something behind it', () => withText('bundle.v0.3+json', 'bundle.v0.3+json;x'), 'BUNDLE'],
  [32, 'both a certificate and a key', () => withText('"certificate":', '"publicKey":{"hint":""},"certificate":'), 'BUNDLE'],
  [32, 'a chain in version 0.3', () => withText('"certificate":{', '"x509CertificateChain":{"certificates":[],'), 'BUNDLE'],
  [32, 'a negative index', () => withText('"logIndex":"', '"logIndex":"-'), 'BUNDLE'],
  [32, 'an index with a zero before it', () => withText('"logIndex":"', '"logIndex":"0'), 'BUNDLE'],
  ['+', 'a bundle that signs a file and states something', () => withText('"dsseEnvelope":', `${fileSignature},"dsseEnvelope":`), 'BUNDLE'],
  ['+', 'a bundle of thousands of nothings', () => withBytes(() => Buffer.from(`[${'[],'.repeat(20_000)}0]`)), 'TOO_MANY'],
  [
    '+',
    'a log entry of thousands of nothings',
    () => withAnnotation('dev.sigstore.cosign/bundle', () => `[${'0,'.repeat(200)}0]`),
    'TOO_MANY',
  ],
  ['+', 'a bundle over a file', () => bundle(sigstore.messageBundle(Buffer.from('iso'), SIGNED)), 'STATEMENT'],
  ['+', 'a certificate that is none', () => withJson(brokenCertificate), 'CERTIFICATE_ERROR'],
  ['+', 'a timestamp that is none', () => withJson(brokenTimestamp, V2), 'TIMESTAMP_ERROR'],
  ['+', 'JSON of no form', () => withBytes(() => Buffer.from('[]')), 'BUNDLE'],
  ['+', 'a layer of no form', () => withLayer(() => Buffer.from('"text"')), 'MALFORMED'],
];

/** The payload in the spelling for addresses, which has two letters of its own. */
function urlSafe(bytes: Uint8Array): Buffer {
  return edited(bytes, (json) => {
    const { payload } = payloadIn(json);
    if (!/[+/]/.test(payload)) throw new Error('there is nothing to spell differently in it');
    payloadIn(json).payload = payload.replaceAll('+', '-').replaceAll('/', '_');
  });
}

function brokenCertificate(json: Record<string, unknown>): void {
  Object.assign(json.verificationMaterial as object, { certificate: { rawBytes: 'MAMCAQE=' } });
}

function brokenTimestamp(json: Record<string, unknown>): void {
  Object.assign(json.verificationMaterial as object, {
    timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: 'MAMCAQE=' }] },
  });
}

describe('evidence that proves nothing', () => {
  it.each(REFUSED)('row %s, %s', (_row, _attack, piece, fault) => {
    const checked = check(piece());
    expect(outcomeOf(checked)).toBe(fault);
    // The evidence may say anything: what is said of it is ours.
    expect(checked).toMatchObject({ kind: 'broken', message: expect.stringMatching(/^[ -~]{10,120}$/) });
  });

  it('row 18, a log whose key had retired', () => {
    const sigstoreThen = retired('rekor-v1');
    expect(outcomeOf(checkerFor(sigstoreThen)(bundled({}, statement, sigstoreThen)))).toBe('TLOG_INCLUSION_PROMISE_ERROR');
    const layer = sigstoreThen.attest(statement, { ...SIGNED, entry: 'intoto-0.0.1' });
    expect(outcomeOf(checkerFor(sigstoreThen)(attestation(layer)))).toBe('TLOG_INCLUSION_PROMISE_ERROR');
  });

  it('row 19, a log of Rekor 2 whose key had retired, which the library takes', () => {
    const sigstoreThen = retired('rekor-v2');
    expect(outcomeOf(checkerFor(sigstoreThen)(bundled(V2, statement, sigstoreThen)))).toBe('TLOG');
    expect(checkerFor(sigstoreThen)(bundled({ ...V2, at: hours(-48) }, statement, sigstoreThen)).kind).toBe('sound');
  });

  it('row 31, a payload or a document over the limit, before it is decoded', () => {
    const small = checkerFor(sigstore, { maxBytes: 20_000, maxPayloadBytes: 1_000, maxValues: 1_000 });
    expect(outcomeOf(small(bundled({}, stating({ predicate: 'x'.repeat(1_000) }))))).toBe('TOO_LARGE');
    expect(outcomeOf(small(bundled({}, stating({ predicate: 'x'.repeat(20_000) }))))).toBe('TOO_LARGE');
    expect(small(bundled({}, stating({ predicate: 'x' }))).kind).toBe('sound');
  });

  it('row 54, one that holds among several that do not', () => {
    const outcomes = [bundled({ sct: 'missing' }), attested(), imageSigned({ signedWith: 'another-key' })]
      .map(check)
      .map(({ kind }) => kind);
    expect(outcomes).toEqual(['broken', 'sound', 'broken']);
  });
});

describe('facts that others judge', () => {
  const sound = (piece: EvidencePiece): SoundEvidence => {
    const checked = check(piece);
    if (checked.kind === 'broken') throw new Error(checked.message);
    return checked;
  };
  const factsOf = (identity: Identity) => {
    const { signer } = sound(imageSigned({ identity }));
    if (signer.kind !== 'certificate') throw new Error('it is signed with a key');
    return signer.certificate;
  };
  const subjectsOf = (subject: unknown) => sound(bundled({}, stating({ subject }))).claim.subjects;

  it.each<[number, string, string]>([
    [1, "another repository's workflow", 'https://github.com/evil/kairos/.github/workflows/release.yaml@refs/tags/v2.4.3'],
    [2, 'a longer tag', `${WORKFLOW}0`],
    [3, 'the good name inside another one', `https://evil.example/?${WORKFLOW}`],
    [3, 'any character for the dot', WORKFLOW.replace('/.github/', '/xgithub/')],
    [6, 'a branch', WORKFLOW.replace('refs/tags/v2.4.3', 'refs/heads/master')],
  ])('row %i, %s, is named as it is', (_row, _attack, san) => {
    expect(factsOf({ ...SIGNED.identity, san }).names).toEqual([{ type: 'uri', value: san }]);
  });

  it('row 4, an e-mail address with the text of the workflow is an e-mail address', () => {
    expect(factsOf({ ...SIGNED.identity, sanType: 'email' }).names).toEqual([{ type: 'email', value: WORKFLOW }]);
  });

  it('row 4, every name is named, the unreadable ones too', () => {
    const extraSans = [
      { type: 'email', value: 'someone@evil.example' },
      { type: 'dns', value: 'evil.example' },
      { type: 'uri', value: `${WORKFLOW}\u0000.evil.example` },
    ] as const;
    expect(factsOf({ ...SIGNED.identity, extraSans }).names.map(({ type }) => type)).toEqual(['uri', 'email', 'other', 'other']);
  });

  it('row 5, whose repository called a workflow that anybody may call', () => {
    const { names, extensions } = factsOf(kairosIdentity('v4.2.0', 'D', { repository: 'evil/kairos' }));
    expect(names).toEqual(factsOf(kairosIdentity('v4.2.0', 'D')).names);
    expect(extensions).toMatchObject({
      5: 'evil/kairos',
      6: 'refs/tags/v4.2.0',
      12: 'https://github.com/evil/kairos',
      14: 'refs/tags/v4.2.0',
    });
  });

  it('row 7, an issuer with something behind it', () => {
    expect(factsOf({ ...SIGNED.identity, issuer: `${ISSUER}/hammer-time` }).extensions).toMatchObject({ 1: `${ISSUER}/hammer-time` });
  });

  it('row 8, two issuers that differ', () => {
    expect(factsOf({ ...SIGNED.identity, issuerV2: 'https://evil.example' }).extensions).toMatchObject({
      1: ISSUER,
      8: 'https://evil.example',
    });
    expect(factsOf({ ...SIGNED.identity, issuerV2: null }).extensions).not.toHaveProperty('8');
  });

  it('row 9, what names no digest names nothing', () => {
    expect(subjectsOf([{ digest: { sha256: 'cd'.repeat(32) } }])).toEqual([`sha256:${'cd'.repeat(32)}`]);
    expect(subjectsOf([{ digest: { sha512: HEX.repeat(2) } }, {}])).toEqual([]);
    expect(subjectsOf([])).toEqual([]);
    expect(subjectsOf([{ digest: { sha256: HEX.toUpperCase() } }, { digest: { sha256: `${HEX}0` } }])).toEqual([]);
    expect(subjectsOf([{ digest: { sha256: HEX } }, { digest: { sha256: HEX } }])).toEqual([DIGEST]);
  });

  it('row 10, the type of a statement, exactly', () => {
    const typed = (predicateType: string) => sound(attested({}, stating({ predicateType }))).claim;
    expect(typed('https://spdx.dev/Document/')).toMatchObject({ predicateType: 'https://spdx.dev/Document/', sbom: null });
    expect(typed('https://spdx.dev/document')).toMatchObject({ predicateType: 'https://spdx.dev/document', sbom: null });
    expect(typed('https://spdx.dev/Document/v2.3')).toMatchObject({ sbom: { format: 'spdx' } });
  });

  it('row 51, a signature copied from another image still speaks of that one', () => {
    const other = `sha256:${'cd'.repeat(32)}`;
    const piece = signature(sigstore.signImage(other, 'quay.io/kairos/ubuntu', SIGNED));
    expect(sound({ ...piece, beside: DIGEST }).claim).toEqual({ kind: 'signature', subjects: [other] });
  });

  it('row 53, of two attestations of the same image each has its own time and place', () => {
    const [older, newer] = [sound(attested({ at: hours(-1) })), sound(attested())];
    expect([older.signedAt, newer.signedAt]).toEqual([hours(-1).toISOString(), AT.toISOString()]);
    expect(older.logEntry).not.toBe(newer.logEntry);
  });
});
