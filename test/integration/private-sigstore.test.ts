/**
 * The private Sigstore of the tests, against programs that know nothing of it: Sigstore's own verifier, OpenSSL, and a real registry.
 * What it makes is accepted, and each defect it offers is found, but for the few that verifier is known to pass.
 */
import { execFile } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DockerRegistry, digestOf, probeDockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { serviceOrSkip } from '../support/services.ts';
import { kairosIdentity } from '../support/sigstore/kairos.ts';
import { pemOf } from '../support/sigstore/keys.ts';
import { converted, plainVerdict } from '../support/sigstore/plain-verifier.ts';
import {
  type AttestOptions,
  type BundleOptions,
  type CosignLayer,
  createPrivateSigstore,
  type SigningOptions,
} from '../support/sigstore/private-sigstore.ts';
import { cosignTag, pushAttachedSbom, pushCosign, pushImage, pushReferrers, pushReferrersList } from '../support/sigstore/push.ts';
import { noteKeyId } from '../support/sigstore/rekor.ts';
import { cosignSignStatement, provenanceStatement, spdxDocument, spdxStatement } from '../support/sigstore/statements.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const AT = new Date('2024-02-12T10:11:12Z');
const REPOSITORY = 'quay.io/kairos/ubuntu';
const hours = (n: number): Date => new Date(AT.getTime() + n * 3_600_000);
const signed = { at: AT, identity: kairosIdentity('v2.5.0', 'B') };
const statement = spdxStatement({ digest: DIGEST, predicate: 'string' });
const sigstore = createPrivateSigstore();

const parsed = (bytes: Buffer): unknown => JSON.parse(bytes.toString());
/** By whom trusts this Sigstore, or what else is said. */
const verdictOn = (bundle: unknown, trust: Partial<Parameters<typeof plainVerdict>[1]> = {}): string =>
  plainVerdict(bundle, { root: sigstore.trustedRoot, ...trust });
const accepted = `accepted ${signed.identity.san}`;
const bundled = (options: Partial<BundleOptions>): unknown => parsed(sigstore.bundle(statement, { ...signed, ...options }));

describe('what it makes is accepted by @sigstore/verify', () => {
  it.each<Partial<BundleOptions>>([
    {},
    { version: '0.1' },
    { version: '0.1', proof: 'missing' },
    { version: '0.2' },
    { timestamp: 'tsa' },
    { entry: 'intoto-0.0.2', version: '0.2' },
    { entry: 'hashedrekord-0.0.1' },
    { log: 'rekor-v2' },
    { log: 'rekor-v2', entry: 'dsse-0.0.2' },
    { at: new Date('2020-06-01T00:00:00Z') },
    { at: new Date('2049-06-01T00:00:00Z'), log: 'rekor-v2' },
  ])('a bundle of a statement, %j', (options) => {
    expect(verdictOn(bundled(options))).toBe(accepted);
  });

  it.each<Partial<SigningOptions>>([{}, { timestamp: 'tsa' }, { log: 'rekor-v2' }])('a bundle of a file, %j', (options) => {
    const artifact = Buffer.from('v4.3.0.iso.sha256');
    const bundle = parsed(sigstore.messageBundle(artifact, { ...signed, ...options }));
    expect(verdictOn(bundle, { artifact })).toBe(accepted);
    expect(verdictOn(bundle, { artifact: Buffer.from('another file') })).toBe('SIGNATURE_ERROR');
  });

  it.each(['rekor-v1', 'rekor-v2'] as const)('a bundle signed by a key, %s', (log) => {
    const bundle = bundled({ log, signer: 'key' });
    expect(verdictOn(bundle, { key: createPublicKey(sigstore.publicKey) })).toBe('accepted');
    expect(verdictOn(bundle)).toBe('PUBLIC_KEY_ERROR');
  });

  it('a layer of a .sig tag', () => {
    const layer = sigstore.signImage(DIGEST, REPOSITORY, signed);
    expect(parsed(layer.bytes)).toMatchObject({ critical: { image: { 'docker-manifest-digest': DIGEST } } });
    expect(verdictOn(converted(layer), { artifact: layer.bytes })).toBe(accepted);
  });

  it('a layer of an .att tag', () => {
    expect(verdictOn(converted(sigstore.attest(statement, signed)))).toBe(accepted);
    expect(verdictOn(converted(sigstore.attest(statement, { ...signed, entry: 'intoto-0.0.2' })))).toBe(accepted);
  });

  it('but not intoto/0.0.1, which it does not know', () => {
    expect(verdictOn(converted(sigstore.attest(statement, { ...signed, entry: 'intoto-0.0.1' })))).toBe('TLOG_BODY_ERROR');
  });

  it('and a hundred in one log, each with its own place', () => {
    const bundles = Array.from({ length: 100 }, () =>
      sigstore.bundle(cosignSignStatement({ digest: DIGEST }), { ...signed, log: 'rekor-v2' }),
    );
    expect(bundles.map((bundle) => verdictOn(parsed(bundle)))).toEqual(bundles.map(() => accepted));
    expect(new Set(bundles.map((bundle) => /"logIndex":"([0-9]+)"/.exec(bundle.toString())?.[1])).size).toBe(100);
  });

  it('and two of them are strangers', () => {
    const stranger = createPrivateSigstore();
    expect(verdictOn(bundled({}), { root: stranger.trustedRoot })).toBe('CERTIFICATE_ERROR');
    expect(verdictOn(bundled({ log: 'rekor-v2' }), { root: stranger.trustedRoot })).toBe('TIMESTAMP_ERROR');
  });
});

describe('a defect is refused', () => {
  it.each<[string, Partial<BundleOptions>]>([
    ['CERTIFICATE_ERROR', { chain: 'stranger' }],
    ['CERTIFICATE_ERROR', { sct: 'missing' }],
    ['CERTIFICATE_ERROR', { sct: 'unknown-log' }],
    ['CERTIFICATE_ERROR', { loggedAt: hours(1) }],
    ['CERTIFICATE_ERROR', { loggedAt: hours(-1) }],
    ['CERTIFICATE_ERROR', { loggedAt: hours(1), log: 'rekor-v2' }],
    ['TLOG_INCLUSION_PROMISE_ERROR', { loggedAt: hours(1), claimedTime: AT }],
    ['TLOG_ERROR', { log: 'none', timestamp: 'tsa' }],
    ['TIMESTAMP_ERROR', { log: 'none' }],
    ['TIMESTAMP_ERROR', { promise: 'missing' }],
    ['invalid bundle', { promise: 'missing', version: '0.1' }],
    ['invalid bundle', { proof: 'missing' }],
    ['invalid bundle', { checkpoint: 'missing' }],
    ['TLOG_INCLUSION_PROMISE_ERROR', { rekor: 'unknown' }],
    ['TLOG_INCLUSION_PROMISE_ERROR', { rekor: 'impostor' }],
    ['TLOG_INCLUSION_PROOF_ERROR', { rekor: 'unknown', log: 'rekor-v2' }],
    ['TLOG_INCLUSION_PROOF_ERROR', { rekor: 'impostor', log: 'rekor-v2' }],
    ['TLOG_BODY_ERROR', { entryOf: 'another' }],
    ['TLOG_BODY_ERROR', { entryOf: 'another', log: 'rekor-v2' }],
    ['TLOG_INCLUSION_PROOF_ERROR', { proofOf: 'another' }],
    ['TLOG_INCLUSION_PROOF_ERROR', { proofOf: 'another', log: 'rekor-v2' }],
    ['TIMESTAMP_ERROR', { timestamp: 'none', log: 'rekor-v2' }],
    ['TIMESTAMP_ERROR', { timestamp: 'unknown-tsa', log: 'rekor-v2' }],
    ['TIMESTAMP_ERROR', { timestamp: 'other-data', log: 'rekor-v2' }],
    ['TIMESTAMP_ERROR', { timestamp: 'unknown-tsa' }],
    ['TIMESTAMP_ERROR', { entries: 'twice' }],
    ['TLOG_ERROR', { entries: 'twice', log: 'rekor-v2' }],
    ['TLOG_BODY_ERROR', { kindVersion: { kind: 'intoto', version: '0.0.2' } }],
    ['SIGNATURE_ERROR', { signedWith: 'another-key' }],
    ['TLOG_BODY_ERROR', { tampered: 'payload' }],
    ['TLOG_BODY_ERROR', { tampered: 'signature' }],
    ['SIGNATURE_ERROR', { tampered: 'certificate' }],
    ['invalid bundle', { signatures: 0 }],
    ['invalid bundle', { signatures: 2 }],
  ])('%s: a bundle with %j', (code, options) => {
    expect(verdictOn(bundled(options))).toBe(code);
  });

  it.each<[string, Partial<AttestOptions>]>([
    ['CERTIFICATE_ERROR', { chain: 'stranger' }],
    ['CERTIFICATE_ERROR', { sct: 'missing' }],
    ['CERTIFICATE_ERROR', { loggedAt: hours(1) }],
    ['TLOG_INCLUSION_PROMISE_ERROR', { loggedAt: hours(1), claimedTime: AT }],
    ['TLOG_INCLUSION_PROMISE_ERROR', { rekor: 'impostor' }],
    ['TLOG_INCLUSION_PROMISE_ERROR', { promise: 'missing' }],
    ['TLOG_BODY_ERROR', { entryOf: 'another' }],
    ['TLOG_BODY_ERROR', { tampered: 'payload' }],
    ['SIGNATURE_ERROR', { signedWith: 'another-key' }],
  ])('%s: an .att layer with %j', (code, options) => {
    expect(verdictOn(converted(sigstore.attest(statement, { ...signed, ...options })))).toBe(code);
  });

  it('by whom trusts a Rekor whose key had been retired, but for version 2', () => {
    const retired = createPrivateSigstore({ retired: { 'rekor-v1': hours(-24), 'rekor-v2': hours(-24) } });
    const bundle = (log: 'rekor-v1' | 'rekor-v2') => parsed(retired.bundle(statement, { ...signed, log }));
    expect(verdictOn(bundle('rekor-v1'), { root: retired.trustedRoot })).toBe('TLOG_INCLUSION_PROMISE_ERROR');
    expect(verdictOn(bundle('rekor-v2'), { root: retired.trustedRoot })).toBe(accepted);
  });

  it('unless it lies in the layer alone, where that verifier does not look', () => {
    const logged = (layer: CosignLayer): string => {
      const { Payload } = JSON.parse(layer.annotations['dev.sigstore.cosign/bundle'] ?? '');
      return `sha256:${JSON.parse(Buffer.from(Payload.body, 'base64').toString()).spec.envelopeHash.value}`;
    };
    const honest = sigstore.attest(statement, signed);
    expect(logged(honest)).toBe(digestOf(honest.bytes));
    for (const envelope of ['reencoded', 'extra-field'] as const) {
      const layer = sigstore.attest(statement, { ...signed, envelope });
      expect(logged(layer)).not.toBe(digestOf(layer.bytes));
      expect(verdictOn(converted(layer))).toBe(accepted);
    }
    const two = sigstore.attest(statement, { ...signed, certificates: 2 }).annotations['dev.sigstore.cosign/certificate'];
    expect(two?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(sigstore.attest(statement, { ...signed, log: 'none' }).annotations).not.toHaveProperty('dev.sigstore.cosign/bundle');
  });
});

describe('what it computes', () => {
  it('finds the id of the public Rekor version 2 from its name and key', () => {
    const spki = Buffer.from('MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=', 'base64');
    const id = noteKeyId('log2025-1.rekor.sigstore.dev', spki.subarray(-32));
    expect(id.toString('base64')).toBe('zxGZFVvd0FEmjR8WrFwMdcAJ9vtaY/QXf44Y1wUeP6A=');
  });

  it.each([
    ['v2.4.2', 'B', 'kairos-io/kairos/.github/workflows/release.yaml@refs/tags/v2.4.2'],
    ['v2.4.2', 'B-arm', 'kairos-io/kairos/.github/workflows/release-arm.yaml@refs/tags/v2.4.2'],
    ['v2.4.3', 'B-arm', 'kairos-io/kairos/.github/workflows/reusable-docker-arm-build.yaml@refs/tags/v2.4.3'],
    ['v3.4.0', 'C', 'kairos-io/kairos/.github/workflows/reusable-release.yaml@refs/tags/v3.4.0'],
    ['v4.2.0', 'D', 'kairos-io/kairos-factory-action/.github/workflows/reusable-factory.yaml@9bf6ee71187036eb832f28c29f0c699507bc1ca3'],
    ['v4.3.0', 'E', 'kairos-io/kairos/.github/workflows/reusable-factory.yaml@refs/tags/v4.3.0'],
  ] as const)('knows who signed %s in period %s', (version, period, san) => {
    const claims = { 12: 'https://github.com/kairos-io/kairos', 14: `refs/tags/${version}`, 20: 'push' };
    expect(kairosIdentity(version, period)).toMatchObject({ san: `https://github.com/${san}`, extensions: claims });
    const stranger = kairosIdentity(version, period, { repository: 'evil/kairos' });
    expect(stranger.san === `https://github.com/${san}`).toBe(period === 'D' || period === 'E');
    expect(stranger.extensions?.[12]).toBe('https://github.com/evil/kairos');
  });

  it('gives SPDX documents of a wanted size', () => {
    const megabyte = 1_048_576;
    const document = spdxDocument({ packages: 100, bytes: megabyte });
    const size = JSON.stringify(document).length;
    expect(size).toBeGreaterThanOrEqual(megabyte);
    expect(size).toBeLessThan(megabyte + 2000);
    // Those asked for, and the image itself.
    expect(document.packages).toHaveLength(101);
  });
});

const openssl = (...args: string[]) => promisify(execFile)('openssl', args);
const withOpenssl = await serviceOrSkip('openssl', () => openssl('version'));

describe.runIf(withOpenssl)('OpenSSL', () => {
  let folder = '';
  const file = (name: string) => join(folder, name);
  const chainOf = ([authority]: (typeof sigstore.trustedRoot)['certificateAuthorities']) =>
    authority?.certChain.certificates.map(({ rawBytes }) => pemOf('CERTIFICATE', Buffer.from(rawBytes, 'base64'))) ?? [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'herald-sigstore-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('accepts the certificate in its ten minutes and not outside of them', async () => {
    const [intermediate = '', root = ''] = chainOf(sigstore.trustedRoot.certificateAuthorities);
    const leaf = sigstore.attest(statement, signed).annotations['dev.sigstore.cosign/certificate'] ?? '';
    await Promise.all(Object.entries({ intermediate, root, leaf }).map(([name, pem]) => writeFile(file(name), pem)));
    const verify = (at: number) =>
      openssl('verify', '-attime', String(at), '-CAfile', file('root'), '-untrusted', file('intermediate'), file('leaf'));

    const at = AT.getTime() / 1000;
    expect((await verify(at)).stdout).toContain('OK');
    expect((await verify(at + 590)).stdout).toContain('OK');
    await expect(verify(at + 600)).rejects.toThrow('certificate has expired');
    await expect(verify(at - 10)).rejects.toThrow('certificate is not yet valid');

    const { stdout } = await openssl('x509', '-in', file('leaf'), '-noout', '-text');
    expect(stdout).toContain(`URI:${signed.identity.san}`);
    expect(stdout).toMatch(/CT Precertificate SCTs:.*Feb 12 10:11:07.000 2024 GMT.*ecdsa-with-SHA256/s);
    expect(stdout).toMatch(/1\.3\.6\.1\.4\.1\.57264\.1\.12:\s+\S*https:\/\/github\.com\/kairos-io\/kairos/);
  });

  it('accepts the timestamp, of these data only', async () => {
    const [leaf = '', root = ''] = chainOf(sigstore.trustedRoot.timestampAuthorities);
    const layer = sigstore.attest(statement, { ...signed, timestamp: 'tsa' });
    const { SignedRFC3161Timestamp } = JSON.parse(layer.annotations['dev.sigstore.cosign/rfc3161timestamp'] ?? '');
    const files = { tsa: leaf, root, data: layer.bytes, other: 'other', token: Buffer.from(SignedRFC3161Timestamp, 'base64') };
    await Promise.all(Object.entries(files).map(([name, content]) => writeFile(file(name), content)));
    const verify = (data: string) =>
      openssl('ts', '-verify', '-in', file('token'), '-data', file(data), '-CAfile', file('root'), '-untrusted', file('tsa'));

    expect((await verify('data')).stdout).toContain('Verification: OK');
    await expect(verify('other')).rejects.toThrow('message imprint mismatch');
    expect((await openssl('ts', '-reply', '-in', file('token'), '-text')).stdout).toContain('Time stamp: Feb 12 10:11:12 2024 GMT');
  });
});

const withRegistry = await serviceOrSkip('docker-registry', probeDockerRegistry);

describe.runIf(withRegistry)('in a registry', () => {
  let registry: DockerRegistry;
  beforeAll(async () => {
    registry = await startDockerRegistry();
  });
  afterAll(() => registry.stop());

  async function read(path: string) {
    const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
    const response = await fetch(`${registry.origin}/v2/kairos/ubuntu/${path}`, { headers: { accept } });
    expect(response.status).toBe(200);
    return JSON.parse(await response.text());
  }

  it('lies beside the image it is about, in each of the shapes', async () => {
    const place = { registry, repository: 'kairos/ubuntu' };
    const statements = (digest: string) => [spdxStatement({ digest }), provenanceStatement({ digest })];
    const { index, platform } = await pushImage(place, { tag: 'v3.4.0', statements });
    const { digest } = index;

    const { manifests } = await read('manifests/v3.4.0');
    expect(manifests).toMatchObject([platform, { annotations: { 'vnd.docker.reference.digest': platform.digest } }]);
    const { layers } = await read(`manifests/${manifests[1].digest}`);
    expect(await read(`blobs/${layers[0].digest}`)).toEqual(spdxStatement({ digest: platform.digest }));

    await pushCosign(place, digest, 'sig', [sigstore.signImage(digest, REPOSITORY, signed)]);
    const attestation = sigstore.attest(spdxStatement({ digest }), signed);
    await pushCosign(place, digest, 'att', [attestation, sigstore.attest(provenanceStatement({ digest }), signed)]);
    await pushAttachedSbom(place, digest, spdxDocument());
    const attestations = await read(`manifests/${cosignTag(digest, 'att')}`);
    expect(attestations.layers.map((layer: { annotations: object }) => layer.annotations)).toMatchObject([attestation.annotations, {}]);
    expect(await read(`blobs/${attestations.layers[0].digest}`)).toEqual(parsed(attestation.bytes));
    for (const suffix of ['sig', 'sbom'] as const) expect((await read(`manifests/${cosignTag(digest, suffix)}`)).layers).toHaveLength(1);

    const bytes = sigstore.bundle(cosignSignStatement({ digest }), { ...signed, log: 'rekor-v2' });
    const [referrer] = await pushReferrers(place, index, [{ bytes }]);
    expect((await read(`manifests/${digest.replace(':', '-')}`)).manifests).toEqual([referrer]);
    const manifest = await read(`manifests/${referrer?.digest}`);
    expect(manifest.subject).toEqual(index);
    const other = await pushImage(place, { tag: 'other' });
    await pushReferrersList(place, other.index.digest, [referrer ?? index]);
    expect((await read(`manifests/${other.index.digest.replace(':', '-')}`)).manifests).toEqual([referrer]);
    expect(verdictOn(await read(`blobs/${manifest.layers[0].digest}`))).toBe(accepted);
  });
});
