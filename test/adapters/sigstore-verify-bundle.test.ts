/** `herald verify-bundle`: the verdict is the exit code, whatever the evidence is and wherever it comes from. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/entry/cli.ts';
import type { Terminal } from '../../src/entry/terminal.ts';
import { PLAIN } from '../../src/render/text.ts';
import { rootFile } from '../support/checked-pieces.ts';
import { kairosIdentity } from '../support/sigstore/kairos.ts';
import { type CosignLayer, createPrivateSigstore } from '../support/sigstore/private-sigstore.ts';
import { spdxStatement } from '../support/sigstore/statements.ts';

const SIGNED = { at: new Date('2024-02-12T10:11:12Z'), identity: kairosIdentity('v3.5.0', 'C') };
const BY = ['--certificate-identity', SIGNED.identity.san, '--certificate-oidc-issuer', SIGNED.identity.issuer];
const ISO = Buffer.from('kairos-hadron-v3.5.0.iso');
const MANIFEST = Buffer.from('{"schemaVersion":2}');
const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const OTHER = digestOf(Buffer.from('another'));

const sigstore = createPrivateSigstore();
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'herald-verify-bundle-'));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

let files = 0;

function file(content: Uint8Array | string): string {
  files += 1;
  const path = join(directory, `file-${files}`);
  writeFileSync(path, content);
  return path;
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function herald(args: readonly string[]): Promise<Ran> {
  const printed = { out: '', err: '' };
  const terminal: Terminal = {
    out: (text) => {
      printed.out += `${text}\n`;
    },
    err: (text) => {
      printed.err += `${text}\n`;
    },
    style: { width: 200, palette: PLAIN },
    interactive: false,
    env: {},
    readInput: async () => '',
  };
  const code = await runCli(['verify-bundle', '--trusted-root', join(directory, 'root.json'), ...args], terminal);
  return { code, ...printed };
}

beforeAll(() => writeFileSync(join(directory, 'root.json'), rootFile(sigstore)));

const bundleOver = (bytes: Buffer, options: Partial<Parameters<typeof sigstore.messageBundle>[1]> = {}): readonly string[] => [
  '--bundle',
  file(sigstore.messageBundle(bytes, { ...SIGNED, ...options })),
];
const layer = ({ bytes, annotations }: CosignLayer): readonly string[] => [
  '--layer',
  file(bytes),
  '--annotations',
  file(JSON.stringify(annotations)),
];
const ed25519 = () => generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' });
const attestation = () => spdxStatement({ digest: digestOf(MANIFEST), packages: 2 });

describe('a bundle over a file', () => {
  it.each(['rekor-v1', 'rekor-v2'] as const)('is verified with the file, and with its digest alone, %s', async (log) => {
    const bundle = bundleOver(ISO, { log });
    expect(await herald([...bundle, ...BY, file(ISO)])).toMatchObject({ code: 0, out: expect.stringContaining('Verified') });
    expect(await herald([...bundle, ...BY, digestOf(ISO)])).toMatchObject({ code: 0 });
  });

  it('is rejected for another file, and for its digest', async () => {
    for (const artifact of [file('another'), OTHER]) {
      const { code, out } = await herald([...bundleOver(ISO), ...BY, '--json', artifact]);
      expect([code, JSON.parse(out)]).toMatchObject([4, { state: 'rejected', fault: 'SUBJECT', signer: null }]);
    }
  });

  it('is rejected where the signature is by another key, also when only the digest is known', async () => {
    const bundle = bundleOver(ISO, { signedWith: 'another-key' });
    for (const artifact of [file(ISO), digestOf(ISO)]) {
      const { code, out } = await herald([...bundle, ...BY, '--json', artifact]);
      expect([code, JSON.parse(out)]).toMatchObject([4, { fault: 'SIGNATURE_ERROR' }]);
    }
  });

  it('is verified by the key that was asked for and by no other', async () => {
    const bundle = bundleOver(ISO, { signer: 'key' });
    const key = ['--key', file(sigstore.publicKey)];
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const another = ['--key', file(publicKey.export({ format: 'pem', type: 'spki' }))];
    expect(await herald([...bundle, ...key, file(ISO)])).toMatchObject({ code: 0, out: expect.stringContaining('the key that was given') });
    expect(await herald([...bundle, ...key, digestOf(ISO)])).toMatchObject({ code: 0 });
    expect(await herald([...bundle, ...another, file(ISO)])).toMatchObject({ code: 4 });
    expect(await herald([...bundle, ...another, digestOf(ISO)])).toMatchObject({ code: 4 });
    expect(await herald([...bundle, ...BY, file(ISO)])).toMatchObject({ code: 4, out: expect.stringContaining('NO_CERTIFICATE') });
    expect(await herald([...bundleOver(ISO), ...key, file(ISO)])).toMatchObject({ code: 4, out: expect.stringContaining('POLICY') });
  });
});

describe('what a statement is about', () => {
  it.each<[string, () => readonly string[]]>([
    ['a bundle', () => ['--bundle', file(sigstore.bundle(attestation(), SIGNED))]],
    ['an .att layer', () => layer(sigstore.attest(attestation(), SIGNED))],
    ['an .att layer, intoto 0.0.1', () => layer(sigstore.attest(attestation(), { ...SIGNED, entry: 'intoto-0.0.1' }))],
    ['a .sig layer', () => layer(sigstore.signImage(digestOf(MANIFEST), 'quay.io/kairos/hadron', SIGNED))],
  ])('is the artifact, %s', async (_, evidence) => {
    expect(await herald([...evidence(), ...BY, file(MANIFEST)])).toMatchObject({ code: 0 });
    expect(await herald([...evidence(), ...BY, digestOf(MANIFEST).toUpperCase().replace('SHA256', 'sha256')])).toMatchObject({ code: 0 });
    expect(await herald([...evidence(), ...BY, OTHER])).toMatchObject({ code: 4, out: expect.stringContaining('SUBJECT') });
  });

  it('is of the kind that was asked for', async () => {
    const evidence = layer(sigstore.attest(attestation(), SIGNED));
    const of = (type: string) => herald([...evidence, ...BY, '--predicate-type', type, digestOf(MANIFEST)]);
    expect(await of('https://spdx.dev/Document')).toMatchObject({ code: 0 });
    expect(await of('https://spdx.dev/Document/v2.3')).toMatchObject({ code: 4, out: expect.stringContaining('PREDICATE_TYPE') });
  });

  it('of a layer of a key is by that key', async () => {
    const key = ['--key', file(sigstore.publicKey)];
    const keyed = { ...SIGNED, signer: 'key' } as const;
    expect(await herald([...layer(sigstore.attest(attestation(), keyed)), ...key, digestOf(MANIFEST)])).toMatchObject({ code: 0 });
    expect(await herald([...layer(sigstore.attest(attestation(), keyed)), ...BY, digestOf(MANIFEST)])).toMatchObject({ code: 4 });
  });

  it('is nothing where nobody signed', async () => {
    const { bytes } = sigstore.signImage(digestOf(MANIFEST), 'quay.io/kairos/hadron', SIGNED);
    expect(await herald([...layer({ bytes, annotations: {} }), ...BY, digestOf(MANIFEST)])).toMatchObject({
      code: 3,
      out: expect.stringContaining('Not signed'),
    });
  });
});

describe('who signed', () => {
  const asked = async (identity: string, issuer: string, more: readonly string[] = []): Promise<string> => {
    const who = ['--certificate-identity', identity, '--certificate-oidc-issuer', issuer, ...more];
    const { code, out } = await herald([...bundleOver(ISO), ...who, '--json', digestOf(ISO)]);
    return code === 0 ? 'verified' : JSON.parse(out).fault;
  };
  const { san, issuer } = SIGNED.identity;

  it.each([
    [san, issuer, 'verified'],
    [san.slice(0, -1), issuer, 'POLICY'],
    [`${san}0`, issuer, 'POLICY'],
    ['.*', issuer, 'POLICY'],
    [san.replace('.github', 'xgithub'), issuer, 'POLICY'],
    [san, `${issuer}/`, 'POLICY'],
    [san, 'https://evil.example', 'POLICY'],
  ])('is compared letter by letter: %s, %s', async (identity, by, expected) => {
    expect(await asked(identity, by)).toBe(expected);
  });

  it.each<[readonly string[], string]>([
    [['--source-repository', 'https://github.com/kairos-io/kairos', '--source-ref', 'refs/tags/v3.5.0'], 'verified'],
    [['--source-repository', 'https://github.com/kairos-io/kairos'], 'verified'],
    [['--source-ref', 'refs/tags/v3.5.0'], 'verified'],
    [['--source-repository', 'https://github.com/evil/kairos'], 'POLICY'],
    [['--source-ref', 'refs/tags/v3.5'], 'POLICY'],
  ])('and what for, %j', async (source, expected) => {
    expect(await asked(san, issuer, source)).toBe(expected);
  });

  it('may be an e-mail address, which is no address of a workflow', async () => {
    const identity = { san: 'someone@example.com', sanType: 'email', issuer: 'https://accounts.example.com' } as const;
    const bundle = bundleOver(ISO, { identity });
    const by = (name: string) =>
      herald([...bundle, '--certificate-identity', name, '--certificate-oidc-issuer', identity.issuer, digestOf(ISO)]);
    expect(await by('someone@example.com')).toMatchObject({ code: 0 });
    expect(await by('someone@example.co')).toMatchObject({ code: 4 });
    const pretender = bundleOver(ISO, { identity: { ...SIGNED.identity, sanType: 'email' } });
    expect(await herald([...pretender, ...BY, digestOf(ISO)])).toMatchObject({ code: 4, out: expect.stringContaining('(email)') });
  });

  it('is told without what would change the terminal', async () => {
    const identity = { ...SIGNED.identity, issuerV2: 'https://evil.example/\u001b[2J' };
    const { code, out } = await herald([...bundleOver(ISO, { identity }), ...BY, digestOf(ISO)]);
    expect(code).toBe(4);
    expect(out).toContain('two issuers');
    expect(out).not.toContain('\u001b');
  });
});

describe('a question that cannot be answered', () => {
  it('for want of a trust root is unknown, which is not rejected', async () => {
    const args = [...bundleOver(ISO), ...BY, '--json', digestOf(ISO)];
    const { code, out } = await herald(['--trusted-root', file('{}'), ...args]);
    expect([code, JSON.parse(out)]).toMatchObject([5, { state: 'unknown', message: expect.stringContaining('trusted root') }]);
  });

  it.each<[string, () => readonly string[]]>([
    ['nothing is said of who should have signed', () => [...bundleOver(ISO), digestOf(ISO)]],
    ['only half of it is said', () => [...bundleOver(ISO), '--certificate-identity', 'x', digestOf(ISO)]],
    ['a name and a key are asked for', () => [...bundleOver(ISO), ...BY, '--key', file(sigstore.publicKey), digestOf(ISO)]],
    ['there is no evidence', () => [...BY, digestOf(ISO)]],
    ['there is half of it', () => ['--layer', file('{}'), ...BY, digestOf(ISO)]],
    ['there are two', () => [...bundleOver(ISO), '--layer', file('{}'), ...BY, digestOf(ISO)]],
    ['the bundle is not there', () => ['--bundle', join(directory, 'none'), ...BY, digestOf(ISO)]],
    ['the artifact is not there', () => [...bundleOver(ISO), ...BY, 'sha256:abc']],
    ['the key is none', () => [...bundleOver(ISO), '--key', file('x'), digestOf(ISO)]],
    ['a key of this kind needs the file itself', () => [...bundleOver(ISO, { signer: 'key' }), '--key', file(ed25519()), digestOf(ISO)]],
    ['the annotations are none', () => ['--layer', file('{}'), '--annotations', file('[]'), ...BY, digestOf(ISO)]],
    ['the artifact is missing', () => [...bundleOver(ISO), ...BY]],
  ])('is a mistake in the question: %s', async (_, args) => {
    expect(await herald(args())).toMatchObject({ code: 2, out: '' });
  });
});
