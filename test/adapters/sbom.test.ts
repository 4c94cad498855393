/** SBOMs in files: read in a thread with bounded memory, refused with a sentence that says what to do. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readSbomFile } from '../../src/adapters/sbom/reader.ts';
import { readSpdx } from '../../src/core/sbom-spdx.ts';
import { cycloneDxDocument } from '../support/cyclonedx-document.ts';
import { imagePackages, truthOf } from '../support/sbom-packages.ts';
import { kairosIdentity } from '../support/sigstore/kairos.ts';
import { createPrivateSigstore } from '../support/sigstore/private-sigstore.ts';
import { provenanceStatement, type SpdxStatementOptions, spdxDocument, spdxStatement } from '../support/sigstore/statements.ts';

const MB = 1_000_000;
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const file = (value: unknown) => readSbomFile(bytesOf(value));
const statement = (options: Partial<SpdxStatementOptions> = {}) => spdxStatement({ digest: DIGEST, ...options });

describe('a file', () => {
  const packages = imagePackages(200, 'rpm');
  const document = spdxDocument({ packages });
  const inventory = readSpdx(document);

  it.each<[string, unknown]>([
    ['SPDX', document],
    ['a statement of BuildKit', statement({ document })],
    ['a statement with the document as text', statement({ document, predicate: 'string' })],
    ['a statement of cosign 1', statement({ document, predicate: 'data-wrapped' })],
    ['a statement of version 1', { ...statement({ document }), _type: 'https://in-toto.io/Statement/v1' }],
    ['SPDX behind a byte order mark', `\ufeff${JSON.stringify(document)}`],
  ])('is read: %s', async (_, value) => {
    expect(await file(value)).toEqual(inventory);
  });

  it('is read: CycloneDX', async () => {
    const { format, packages: rows } = await file(cycloneDxDocument({ packages, bytes: MB }));
    expect([format, rows]).toEqual(['cyclonedx', inventory?.packages]);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['nothing', '', 'SCHEMA_MISMATCH', /not JSON/],
    ['any text', 'hello', 'SCHEMA_MISMATCH', /not JSON/],
    ['tags and values', 'SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n', 'SCHEMA_MISMATCH', /tags and values/],
    ['XML', '<?xml version="1.0"?><bom/>', 'SCHEMA_MISMATCH', /XML/],
    ['a list', [], 'SCHEMA_MISMATCH', /no SBOM/],
    ['something else', { hello: 'world' }, 'SCHEMA_MISMATCH', /no SBOM/],
    ['SPDX 3', { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld' }, 'SCHEMA_MISMATCH', /SPDX 3/],
    ['SPDX 2.1', { spdxVersion: 'SPDX-2.1' }, 'SCHEMA_MISMATCH', /SPDX of another version/],
    ['CycloneDX 1.2', { bomFormat: 'CycloneDX', specVersion: '1.2' }, 'SCHEMA_MISMATCH', /CycloneDX of another version/],
    ["syft's own format", { artifacts: [], descriptor: { name: 'syft' } }, 'SCHEMA_MISMATCH', /syft convert/],
    ['a statement about something else', provenanceStatement({ digest: DIGEST }), 'SCHEMA_MISMATCH', /statement in it holds no SBOM/],
    ['a statement without a predicate', { ...statement(), predicate: undefined }, 'SCHEMA_MISMATCH', /statement in it holds no SBOM/],
    ['a statement with a broken text', statement({ document: '{"spdxVersion"', predicate: 'string' }), 'SCHEMA_MISMATCH', /not JSON/],
  ])('is refused: %s', async (_, value, code, message) => {
    await expect(file(value)).rejects.toMatchObject({
      name: 'HeraldError',
      code,
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
  });

  it('is refused where it is no text', async () => {
    await expect(readSbomFile(Uint8Array.of(0x7b, 0xff, 0x7d))).rejects.toMatchObject({ code: 'BAD_ENCODING' });
    const packed = new Uint8Array(gzipSync(bytesOf(document)));
    await expect(readSbomFile(packed)).rejects.toMatchObject({ code: 'BAD_ENCODING', hint: expect.stringContaining('gunzip') });
  });

  it('is refused where it is signed, with the command that checks it', async () => {
    const signed = { at: new Date('2024-02-12T10:11:12Z'), identity: kairosIdentity('v2.4.3', 'B') };
    const sigstore = createPrivateSigstore();
    const envelope = sigstore.attest(statement({ document }), signed).bytes;
    const bundle = sigstore.bundle(statement({ document }), signed);
    for (const bytes of [envelope, bundle]) {
      const reading = readSbomFile(new Uint8Array(bytes));
      await expect(reading).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH', hint: expect.stringContaining('herald verify-bundle') });
    }
  });

  it('says nothing of what is in it when it is refused', async () => {
    const hostile = '\u001b[31m@channel';
    for (const value of [{ spdxVersion: hostile }, { bomFormat: hostile }, `${hostile}{`, { '@context': hostile }]) {
      const error: unknown = await file(value).catch((thrown: unknown) => thrown);
      expect(JSON.stringify(error, ['code', 'message', 'hint'])).not.toContain('channel');
    }
  });
});

describe('reading a file', () => {
  it('takes the bytes with it, but for those that lie in memory of others', async () => {
    const whole = bytesOf(spdxDocument()).slice();
    const text = bytesOf(spdxDocument());
    const roomy = new Uint8Array(text.length + 10);
    roomy.set(text);
    const shared = roomy.subarray(0, text.length);
    await readSbomFile(whole);
    await readSbomFile(shared);
    expect([whole.byteLength, shared.byteLength]).toEqual([0, text.length]);
  });

  it('finds everything in 40 MB and leaves the main thread free meanwhile', { timeout: 60_000 }, async () => {
    const packages = imagePackages(1_500);
    const bytes = bytesOf(spdxDocument({ packages, bytes: 40 * MB }));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    await sleep(20);
    delay.enable();
    const inventory = await readSbomFile(bytes);
    delay.disable();
    expect(new Map(inventory.packages.map(([key, versions]) => [key, new Set(versions)]))).toEqual(truthOf(packages));
    console.log(`main thread: at most ${(delay.max / 1e6).toFixed(1)} ms late while 40 MB were read`);
    expect(delay.percentile(99) / 1e6).toBeLessThan(50);
  });

  it('ends where the file does not fit into its memory', { timeout: 60_000 }, async () => {
    const bytes = bytesOf(spdxDocument({ bytes: 20 * MB }));
    await expect(readSbomFile(bytes, { heapMb: 16 })).rejects.toMatchObject({ code: 'TOO_LARGE', disposition: 'permanent' });
  });

  it.each([
    ['millions of nothings', () => `[${'[],'.repeat(5_000_000)}0]`],
    ['them in a text', () => JSON.stringify(statement({ document: `[${'[],'.repeat(5_000_000)}0]`, predicate: 'string' }))],
    ['millions of objects that have other keys', () => `[${Array.from({ length: 2_000_000 }, (_, n) => `{"${n}":0}`).join(',')}]`],
  ])('does not begin with %s, which would outgrow any memory', { timeout: 60_000 }, async (_, text) => {
    await expect(readSbomFile(bytesOf(text()))).rejects.toMatchObject({ code: 'TOO_MANY', disposition: 'permanent' });
  });

  it('takes as many of the worst values as there may be', { timeout: 60_000 }, async () => {
    const worst = `[${Array.from({ length: 990_000 }, (_, n) => `{"${n}":0}`).join(',')}]`;
    await expect(readSbomFile(bytesOf(worst))).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' });
  });

  it('does not begin with a file that is larger than any', async () => {
    await expect(readSbomFile(new Uint8Array(64 * 1024 * 1024 + 1))).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });

  it('ends after its time', async () => {
    const bytes = bytesOf(spdxDocument({ bytes: 5 * MB }));
    await expect(readSbomFile(bytes, { timeoutMs: 1 })).rejects.toMatchObject({ code: 'TIMEOUT', disposition: 'transient' });
  });

  it('is not confused by depth', { timeout: 60_000 }, async () => {
    const deep = `${'{"components":['.repeat(200_000)}${']}'.repeat(200_000)}`;
    const document = `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[${deep}]}`;
    expect(await readSbomFile(bytesOf(document))).toMatchObject({ unreadable: 200_000, packages: [] });
  });
});
