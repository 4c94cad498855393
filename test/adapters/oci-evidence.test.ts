/** What the collector asks of a registry, request by request, and what it makes of the answers of quay.io and of others. */
import { describe, expect, it } from 'vitest';
import { mockHost } from '../support/http-mock.ts';
import {
  cosignTagOf,
  createLayout,
  IMAGE,
  INDEX,
  imageOf,
  pushAttested,
  pushBundle,
  pushIndex,
  pushSignature,
} from '../support/image-layout.ts';
import {
  type Answer,
  answerOf,
  at,
  att,
  BASE,
  beside,
  blob,
  collect,
  manifest,
  mockAnswer,
  mockAsked,
  QUAY,
  referrers,
  refusal,
  sbomTag,
  sig,
  sourceFor,
  TAG,
} from '../support/layout-mock.ts';
import { failureFrom } from '../support/sources.ts';

const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString());

describe('the evidence beside an image of Kairos', () => {
  it('v2.0 to v3.3 (core) is an attestation at a tag, found with six requests', async () => {
    const layout = createLayout();
    const { image, envelope } = pushAttested(layout, TAG);
    mockAsked(layout, `manifests/${TAG}`, ...beside(image), blob(envelope), sbomTag(image));
    const found = await collect();
    expect(found).toMatchObject({ digest: image.digest, form: 'image', platforms: [], broken: [], statements: [], requests: 6 });
    expect(found.attachedSbom).toBe(true);
    expect(found.pieces).toEqual([
      {
        kind: 'cosign-attestation',
        id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        name: `sha256-${image.digest.slice(7, 19)}….att, layer 1`,
        beside: image.digest,
        bytes: Buffer.from(`{"payload":"the SBOM of ${TAG}"}`),
        annotations: envelope.annotations,
      },
    ]);
  });

  it('v3.4 to v4.2 is a signature over an index with statements in it, found with eight requests', async () => {
    const layout = createLayout();
    const { index, platform, attestation, sbom, provenance } = pushIndex(layout, TAG);
    const claim = pushSignature(layout, index);
    mockAsked(layout, `manifests/${TAG}`, ...beside(index), manifest(attestation), blob(claim), blob(sbom), blob(provenance));
    const found = await collect();
    expect(found).toMatchObject({ digest: index.digest, form: 'index', platforms: [platform.digest], broken: [], requests: 8 });
    expect(found.attachedSbom).toBe(false);
    expect(found.pieces).toMatchObject([{ kind: 'cosign-signature', beside: index.digest, annotations: claim.annotations }]);
    expect(found.statements.map(({ bytes, ...statement }) => ({ ...statement, text: text(bytes) }))).toEqual([
      {
        digest: sbom.digest,
        about: platform.digest,
        predicateType: 'https://spdx.dev/Document',
        text: `{"predicate":"SBOM of ${TAG}"}`,
      },
      {
        digest: provenance.digest,
        about: platform.digest,
        predicateType: 'https://slsa.dev/provenance/v0.2',
        text: `{"predicate":"provenance of ${TAG}"}`,
      },
    ]);
  });

  it('signed by cosign 3 is a bundle among the referrers, found with nine requests', async () => {
    const layout = createLayout();
    const { index, attestation, sbom, provenance } = pushIndex(layout, TAG);
    const { bundle, referrer } = pushBundle(layout, index);
    mockAsked(layout, `manifests/${TAG}`, ...beside(index), manifest(referrer), blob(bundle));
    mockAsked(layout, manifest(attestation), blob(sbom), blob(provenance));
    const found = await collect();
    expect(found).toMatchObject({ broken: [], requests: 9 });
    const name = `referrer sha256:${referrer.digest.slice(7, 19)}…`;
    expect(found.pieces).toEqual([
      { kind: 'bundle', id: expect.any(String), name, beside: index.digest, bytes: Buffer.from(`{"bundle":"of ${index.digest}"}`) },
    ]);
  });

  it('is asked for with a token where the registry wants one, and with the same one the next time', async () => {
    const layout = createLayout();
    const { image, envelope } = pushAttested(layout, TAG);
    mockHost(QUAY, { badheaders: ['authorization'] })
      .get(`${BASE}/manifests/${TAG}`)
      .reply(401, refusal('UNAUTHORIZED'), {
        'www-authenticate': 'Bearer realm="https://quay.io/v2/auth",service="quay.io",scope="repository:kairos/hadron:pull,push"',
      });
    mockHost(QUAY).get('/v2/auth?scope=repository%3Akairos%2Fhadron%3Apull&service=quay.io').reply(200, { token: 'abc' });
    const asked = [`manifests/${TAG}`, ...beside(image), blob(envelope)];
    for (const path of [...asked, ...asked]) {
      const [status, body, headers] = answerOf(layout, path);
      mockHost(QUAY, { reqheaders: { authorization: 'Bearer abc' } })
        .get(`${BASE}/${path}`)
        .reply(status, body, headers);
    }
    mockAsked(layout, sbomTag(image), sbomTag(image));
    const source = sourceFor();
    expect((await source.collect(at(TAG))).requests).toBe(8);
    expect((await source.collect(at(TAG))).requests).toBe(6);
  });

  it('is fetched from where the registry keeps its blobs', async () => {
    const layout = createLayout();
    const { image, envelope } = pushAttested(layout, TAG);
    mockAsked(layout, `manifests/${TAG}`, ...beside(image), sbomTag(image));
    mockAnswer(blob(envelope), 302, '', { location: 'https://cdn.quay.example/x' });
    mockHost('https://cdn.quay.example').get('/x').reply(200, layout.blobs.get(envelope.digest)?.content);
    expect((await collect()).pieces).toHaveLength(1);
  });

  it('is none when the registry has looked everywhere, at the images of an index too', async () => {
    const layout = createLayout();
    const { index, platform, attestation, sbom, provenance } = pushIndex(layout, TAG);
    mockAsked(layout, `manifests/${TAG}`, ...beside(index), ...beside(platform), manifest(attestation), blob(sbom), blob(provenance));
    expect(await collect()).toMatchObject({ pieces: [], broken: [], attachedSbom: false, requests: 10 });
  });

  it('is looked for beside the images of an index only where there is none beside the index', async () => {
    const layout = createLayout();
    const { index, platform, attestation, sbom, provenance } = pushIndex(layout, TAG);
    const claim = pushSignature(layout, platform);
    mockAsked(layout, `manifests/${TAG}`, ...beside(index), ...beside(platform), blob(claim));
    mockAsked(layout, manifest(attestation), blob(sbom), blob(provenance));
    expect((await collect()).pieces).toMatchObject([{ kind: 'cosign-signature', beside: platform.digest }]);
  });

  it('is that of the digest its tag had when the look began, wherever the tag points later', async () => {
    const layout = createLayout();
    const { image, envelope } = pushAttested(layout, TAG);
    mockAsked(layout, `manifests/${TAG}`);
    pushSignature(layout, layout.manifest(imageOf(layout, []), TAG));
    mockAsked(layout, ...beside(image), blob(envelope), sbomTag(image));
    expect(await collect()).toMatchObject({ digest: image.digest, pieces: [{ kind: 'cosign-attestation', beside: image.digest }] });
  });

  it('is read at the mirror', async () => {
    const layout = createLayout();
    const { image } = pushAttested(layout, TAG);
    layout.manifest(imageOf(layout, []), cosignTagOf(image, '.att'));
    const mirror = mockHost('https://harbor.example');
    for (const path of [`manifests/${TAG}`, ...beside(image)]) mirror.get(`/v2/proxy/hadron/${path}`).reply(...answerOf(layout, path));
    mirror.head(`/v2/proxy/hadron/${sbomTag(image).slice(5)}`).reply(404);
    expect(await sourceFor().collect(at(TAG, { via: 'harbor.example/proxy/hadron' }))).toMatchObject({ pieces: [], requests: 5 });
  });
});

describe('a registry that', () => {
  const layout = createLayout();
  const { image, envelope } = pushAttested(layout, TAG);

  it.each<[string, Answer]>([
    ['never had the tag', [404, refusal('MANIFEST_UNKNOWN')]],
    ['had the tag once', [404, refusal('TAG_EXPIRED')]],
    ['says no more than the status', [404]],
    ['has codes of its own', [404, refusal('NOT_FOUND')]],
    ['has errors of its own', [404, { message: 'no such tag' }]],
  ])('%s says that nothing is there', async (_what, answer) => {
    mockAsked(layout, `manifests/${TAG}`, referrers(image), sbomTag(image));
    mockAnswer(sig(image), ...answer);
    mockAnswer(att(image), ...answer);
    expect(await collect()).toMatchObject({ pieces: [], broken: [] });
  });

  const HTML = { 'content-type': 'text/html' };
  const FAILURES: readonly (readonly [what: string, answer: Answer, code: string])[] = [
    ['is too busy', [429, '', { 'retry-after': '7' }], 'RATE_LIMITED'],
    ['is out of order', [500, refusal('INTERNAL_ERROR')], 'UPSTREAM_UNAVAILABLE'],
    ['is behind a proxy that cannot reach it', [502, '<html>Bad Gateway</html>', HTML], 'UPSTREAM_UNAVAILABLE'],
    ['is being worked on', [503], 'UPSTREAM_UNAVAILABLE'],
    ['forbids it', [403, refusal('DENIED')], 'UNAUTHORIZED'],
    ['does not know the repository any more', [404, refusal('NAME_UNKNOWN')], 'NOT_FOUND'],
    ['does not know the manifest any more', [400, refusal('MANIFEST_INVALID')], 'UNEXPECTED_STATUS'],
    ['answers a web page', [200, '<html>Sign in</html>', { 'content-type': INDEX }], 'UNEXPECTED_CONTENT'],
    ['sends us elsewhere', [302, '', { location: 'https://elsewhere.example/' }], 'BAD_REDIRECT'],
  ];
  const places = { sig, att, referrers };
  const cases = FAILURES.flatMap(([what, answer, code]) =>
    (['sig', 'att', 'referrers'] as const).map((place) => ({ what, place, answer, code })),
  );

  it.each(cases)('$what when asked for $place is not taken for one that has nothing ($code)', async ({ place, answer, code }) => {
    mockAsked(layout, `manifests/${TAG}`, ...beside(image).filter((path) => path !== places[place](image)));
    mockAnswer(places[place](image), ...answer);
    expect((await failureFrom(collect())).code).toBe(code);
  });

  it.each<[string, Answer, string]>([
    ['whose proxy answers for it', [404, '<html>no such page</html>', HTML], 'UNEXPECTED_CONTENT'],
    ['that is not reached', [404, 'default backend - 404', { 'content-type': 'text/plain' }], 'UNEXPECTED_CONTENT'],
  ])('%s is not taken for one that has nothing', async (_what, answer, code) => {
    mockAsked(layout, `manifests/${TAG}`, att(image), referrers(image));
    mockAnswer(sig(image), ...answer);
    expect((await failureFrom(collect())).code).toBe(code);
  });

  it.each([
    [429, 'RATE_LIMITED'],
    [503, 'UPSTREAM_UNAVAILABLE'],
  ])('answers %i when asked for an SBOM beside it gives no answer at all', async (status, code) => {
    const bare = createLayout();
    const single = bare.manifest(imageOf(bare, []), TAG);
    mockAsked(bare, `manifests/${TAG}`, ...beside(single));
    mockAnswer(sbomTag(single), status);
    expect((await failureFrom(collect())).code).toBe(code);
  });

  it.each([['TAG_EXPIRED'], ['MANIFEST_UNKNOWN'], ['NAME_UNKNOWN']])('does not have the image itself says so (%s)', async (code) => {
    mockAnswer(`manifests/${TAG}`, 404, refusal(code));
    expect((await failureFrom(collect())).code).toBe('NOT_FOUND');
  });

  it.each([
    ['other content', (content: string) => content.toUpperCase(), 'DIGEST_MISMATCH'],
    ['less', (content: string) => content.slice(1), 'DIGEST_MISMATCH'],
    ['more', (content: string) => `${content} `, 'TOO_LARGE'],
  ])('gives %s than its digest says is caught lying: an error, and not evidence that is broken', async (_what, change, code) => {
    mockAsked(layout, `manifests/${TAG}`, ...beside(image), sbomTag(image));
    mockAnswer(blob(envelope), 200, change(layout.blobs.get(envelope.digest)?.content ?? ''));
    expect((await failureFrom(collect())).code).toBe(code);
  });

  it.each([
    ['http://169.254.169.254/latest/meta-data/'],
    ['https://10.0.0.1/blob'],
    ['https://127.0.0.1/blob'],
    ['https://[::ffff:7f00:1]/blob'],
    ['https://2130706433/blob'],
    ['https://0177.0.0.1/blob'],
    ['http://cdn.example/blob'],
    ['https://cdn.example:8443/blob'],
    ['https://user@cdn.example/blob'],
    ['file:///etc/passwd'],
  ])('keeps evidence at %s is not followed there', async (location) => {
    mockAsked(layout, `manifests/${TAG}`, ...beside(image), sbomTag(image));
    mockAnswer(blob(envelope), 302, '', { location });
    expect((await failureFrom(collect())).code).toBe('FORBIDDEN_ADDRESS');
  });

  it('lost what a manifest in it names is at fault itself: an error, and not nothing', async () => {
    mockAsked(layout, `manifests/${TAG}`, ...beside(image), sbomTag(image));
    mockAnswer(blob(envelope), 404, refusal('BLOB_UNKNOWN'));
    expect((await failureFrom(collect())).code).toBe('NOT_FOUND');
  });

  it('gives another referrer than its digest says is caught lying', async () => {
    const signed = createLayout();
    const { index, attestation } = pushIndex(signed, TAG);
    const { referrer } = pushBundle(signed, index);
    mockAsked(signed, `manifests/${TAG}`, ...beside(index), manifest(attestation));
    mockAnswer(manifest(referrer), 200, imageOf(signed, []), { 'content-type': IMAGE });
    expect((await failureFrom(collect())).code).toBe('DIGEST_MISMATCH');
  });
});
