/** What the collector does not read, or not more of: evidence that cannot be used, what is too large, too many or there twice. */
import { describe, expect, it } from 'vitest';
import { createMeter } from '../../src/adapters/http.ts';
import { createOciClient } from '../../src/adapters/oci/client.ts';
import { createErrands } from '../../src/adapters/oci/errands.ts';
import { createShelf } from '../../src/adapters/oci/shelf.ts';
import { digestOf } from '../support/docker-registry.ts';
import {
  BUNDLE,
  CLAIM,
  cosignTagOf,
  createLayout,
  ENVELOPE,
  IMAGE,
  INDEX,
  imageOf,
  indexOf,
  type Layout,
  type LayoutDescriptor,
  pushBundle,
  pushIndex,
  pushSignature,
} from '../support/image-layout.ts';
import {
  at,
  att,
  beside,
  blob,
  collect,
  manifest,
  mockAnswer,
  mockAsked,
  referrers,
  refusal,
  sbomTag,
  sig,
  sourceFor,
  TAG,
} from '../support/layout-mock.ts';
import { clockAt, failureFrom, httpFor } from '../support/sources.ts';

const MIB = 1024 * 1024;

describe('evidence that cannot be used is part of the answer', () => {
  const huge = { mediaType: ENVELOPE, digest: digestOf('huge'), size: 64 * MIB + 1 };
  const tooLarge = { fault: 'TOO_LARGE' };

  it.each<[string, (layout: Layout, image: LayoutDescriptor) => { asked?: LayoutDescriptor[]; fault: string; message?: RegExp }]>([
    [
      'a list at the tag of attestations',
      (layout, image) => {
        layout.manifest(indexOf([image]), cosignTagOf(image, '.att'));
        return { fault: 'MALFORMED', message: /list of manifests/ };
      },
    ],
    [
      'an unheard-of manifest',
      (layout, image) => {
        layout.manifest({ schemaVersion: 1, mediaType: 'application/vnd.example+json' }, cosignTagOf(image, '.sig'));
        return { fault: 'MALFORMED' };
      },
    ],
    [
      'a manifest that is an index and an image',
      (layout, image) => {
        layout.manifest({ ...imageOf(layout, []), manifests: [image] }, cosignTagOf(image, '.sig'));
        return { fault: 'MALFORMED' };
      },
    ],
    [
      '101 layers',
      (layout, image) => {
        const layers = Array.from({ length: 101 }, (_, nr) => layout.blob(`claim ${nr}`, CLAIM));
        layout.manifest(imageOf(layout, layers), cosignTagOf(image, '.sig'));
        return { fault: 'TOO_MANY' };
      },
    ],
    [
      'an attestation where signatures belong',
      (layout, image) => {
        layout.manifest(imageOf(layout, [layout.blob('{}', ENVELOPE)]), cosignTagOf(image, '.sig'));
        return { fault: 'MEDIA_TYPE' };
      },
    ],
    [
      'an attestation of more than 64 MiB',
      (layout, image) => {
        layout.manifest(imageOf(layout, [huge]), cosignTagOf(image, '.att'));
        return tooLarge;
      },
    ],
    [
      'a referrer that is not there',
      (layout, image) => {
        const { referrer } = pushBundle(layout, image);
        return { asked: [referrer], fault: 'MALFORMED', message: /listed and not there/ };
      },
    ],
  ])('%s', async (_what, push) => {
    const layout = createLayout();
    const image = layout.manifest(imageOf(layout, []), TAG);
    const { asked = [], fault, message = /./ } = push(layout, image);
    mockAsked(layout, `manifests/${TAG}`, sig(image), att(image), sbomTag(image));
    mockAnswer(referrers(image), 200, indexOf(asked), { 'content-type': INDEX });
    for (const missing of asked) mockAnswer(manifest(missing), 404, refusal('MANIFEST_UNKNOWN'));
    const { pieces, broken } = await collect();
    expect(pieces).toEqual([]);
    expect(broken).toMatchObject([{ kind: 'broken', fault, beside: image.digest, message: expect.stringMatching(message) }]);
  });

  it.each<[string, string, (layout: Layout, image: LayoutDescriptor) => Partial<Parameters<Layout['manifest']>[0]>]>([
    ['refers to another image', 'SUBJECT', (layout) => ({ subject: layout.manifest(indexOf([])) })],
    ['refers to nothing', 'SUBJECT', () => ({ subject: undefined as never })],
    ['has no layer', 'MALFORMED', () => ({ layers: [] })],
    ['has two layers', 'MALFORMED', (layout) => ({ layers: [layout.blob('1', BUNDLE), layout.blob('2', BUNDLE)] })],
    ['holds something else', 'MEDIA_TYPE', (layout) => ({ layers: [layout.blob('{}', 'text/plain')] })],
  ])('a referrer that %s (%s)', async (_what, fault, change) => {
    const layout = createLayout();
    const image = layout.manifest(imageOf(layout, []), TAG);
    const good = { ...imageOf(layout, [layout.blob('{}', BUNDLE)]), artifactType: BUNDLE, subject: image };
    const referrer = { ...layout.manifest({ ...good, ...change(layout, image) }), artifactType: BUNDLE };
    mockAsked(layout, `manifests/${TAG}`, sig(image), att(image), sbomTag(image), manifest(referrer));
    mockAnswer(referrers(image), 200, indexOf([referrer]), { 'content-type': INDEX });
    expect(await collect()).toMatchObject({ pieces: [], broken: [{ fault, beside: image.digest }] });
  });

  it('a hundred and one referrers, of which none is asked for', async () => {
    const layout = createLayout();
    const image = layout.manifest(imageOf(layout, []), TAG);
    const many = Array.from({ length: 101 }, (_, nr) => ({ ...image, digest: digestOf(`bundle ${nr}`), artifactType: BUNDLE }));
    mockAsked(layout, `manifests/${TAG}`, sig(image), att(image), sbomTag(image));
    mockAnswer(referrers(image), 200, indexOf(many), { 'content-type': INDEX });
    expect((await collect()).broken).toMatchObject([{ fault: 'TOO_MANY' }]);
  });

  it('beside what can: one does not hide the other', async () => {
    const layout = createLayout();
    const image = layout.manifest(imageOf(layout, []), TAG);
    const claim = pushSignature(layout, image);
    layout.manifest(imageOf(layout, [huge]), cosignTagOf(image, '.att'));
    mockAsked(layout, `manifests/${TAG}`, ...beside(image), blob(claim), sbomTag(image));
    const { pieces, broken } = await collect();
    expect([pieces.length, broken.length]).toEqual([1, 1]);
  });
});

describe('a statement in an index', () => {
  it.each([
    ['an SBOM of more than 64 MiB', 'https://spdx.dev/Document', 64 * MIB + 1, true],
    ['an SBOM of CycloneDX of 1 MiB and a byte', 'https://cyclonedx.org/bom/v1.6', MIB + 1, false],
    ['provenance of more than 1 MiB', 'https://slsa.dev/provenance/v1', MIB + 1, true],
  ])('is named and not read when it is %s: %s, %i bytes', async (_what, predicateType, size, unread) => {
    const layout = createLayout();
    const { index, platform, attestation } = statementOf(layout, predicateType, size);
    mockAsked(layout, `manifests/${TAG}`, ...beside(index), ...beside(platform), manifest(attestation));
    const isSbom = !predicateType.includes('slsa');
    if (!isSbom) mockAsked(layout, sbomTag(index), sbomTag(platform));
    if (!unread) mockAnswer(`blobs/${digestOf('x'.repeat(size))}`, 200, 'x'.repeat(size));
    const { statements } = await collect();
    expect(statements).toMatchObject([{ predicateType, about: platform.digest }]);
    expect(statements.map(({ bytes }) => bytes?.byteLength ?? null)).toEqual([unread ? null : size]);
  });

  it('that was not copied along with the index is not there', async () => {
    const layout = createLayout();
    const { index, attestation } = pushIndex(layout, TAG);
    const claim = pushSignature(layout, index);
    mockAsked(layout, `manifests/${TAG}`, ...beside(index), blob(claim), sbomTag(index));
    mockAnswer(manifest(attestation), 404, refusal('MANIFEST_UNKNOWN'));
    expect(await collect()).toMatchObject({ statements: [], broken: [], pieces: [{ kind: 'cosign-signature' }] });
  });

  it('is not read any more when there are more than a hundred manifests of them', async () => {
    const layout = createLayout();
    const annotations = { 'vnd.docker.reference.type': 'attestation-manifest' };
    const many = Array.from({ length: 101 }, (_, nr) => ({ mediaType: IMAGE, digest: digestOf(`${nr}`), size: 1, annotations }));
    const index = layout.manifest(indexOf(many), TAG);
    mockAsked(layout, `manifests/${TAG}`, ...beside(index), sbomTag(index));
    expect(await collect()).toMatchObject({ platforms: [], statements: [], broken: [{ fault: 'TOO_MANY', beside: index.digest }] });
  });

  it('makes no image of what holds it, annotated or not', async () => {
    const layout = createLayout();
    const unknown = { ...layout.manifest(imageOf(layout, [])), platform: { os: 'unknown', architecture: 'unknown' } };
    const index = layout.manifest(indexOf([unknown]), TAG);
    mockAsked(layout, `manifests/${TAG}`, ...beside(index), sbomTag(index));
    expect(await collect()).toMatchObject({ form: 'index', platforms: [], statements: [] });
  });

  it('whose manifest the registry cannot give now is an error', async () => {
    const layout = createLayout();
    const { index, attestation } = pushIndex(layout, TAG);
    mockAsked(layout, `manifests/${TAG}`, ...beside(index));
    mockAnswer(manifest(attestation), 500);
    expect((await failureFrom(collect())).code).toBe('UPSTREAM_UNAVAILABLE');
  });

  /** An index with one attestation of that size. */
  function statementOf(layout: Layout, predicateType: string, size: number) {
    const platform = { ...layout.manifest(imageOf(layout, [])), platform: { os: 'linux', architecture: 'amd64' } };
    const annotations = { 'in-toto.io/predicate-type': predicateType };
    const layer = { mediaType: 'application/vnd.in-toto+json', digest: digestOf('x'.repeat(size)), size, annotations };
    const attestation = {
      ...layout.manifest(imageOf(layout, [layer])),
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': platform.digest },
    };
    return { platform, attestation, index: layout.manifest(indexOf([platform, attestation]), TAG) };
  }
});

describe('a piece of evidence', () => {
  const signedTwice = (first: string, second: string) => {
    const layout = createLayout();
    const image = layout.manifest(imageOf(layout, []), TAG);
    const claim = pushSignature(layout, image, first);
    const again = { ...claim, annotations: { ...claim.annotations, 'dev.cosignproject.cosign/signature': second, chain: 'any' } };
    layout.manifest(imageOf(layout, [claim, again]), cosignTagOf(image, '.sig'));
    // The signed bytes are the same: they are fetched once.
    mockAsked(layout, `manifests/${TAG}`, ...beside(image), blob(claim), sbomTag(image));
    return collect();
  };

  it('that is there twice is one', async () => {
    expect((await signedTwice('MEUC', 'MEUC')).pieces).toHaveLength(1);
  });

  it('is another one with another signature, and has the same id every time', async () => {
    const ids = (await signedTwice('MEUC', 'MEQC')).pieces.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect((await signedTwice('MEQC', 'MEUC')).pieces.map(({ id }) => id)).toEqual(ids.toReversed());
  });
});

describe('a look', () => {
  it('at an unsigned index of more images than can be looked at politely is an error', async () => {
    const layout = createLayout();
    const images = Array.from({ length: 17 }, (_, nr) => layout.manifest(imageOf(layout, [layout.blob(`${nr}`, 'text/plain')])));
    const index = layout.manifest(indexOf(images), TAG);
    mockAsked(layout, `manifests/${TAG}`, ...beside(index));
    expect((await failureFrom(collect())).code).toBe('TOO_MANY');
  });

  it.each(['../../secret', 'a/b', 'sha256:abc', ''])('at %j is refused before anything is asked', async (reference) => {
    expect((await failureFrom(collect(reference))).code).toBe('INVALID_REFERENCE');
  });

  it.each(['quay.io/../secret', 'quay.io/kairos/a/../../b', 'quay.io/A'])(
    'at %s is refused before anything is asked',
    async (repository) => {
      expect((await failureFrom(sourceFor().collect(at(TAG, { repository })))).code).toBe('INVALID_REFERENCE');
    },
  );

  it('asks for three things at a time, and for nothing more when it is over', async () => {
    const begun: (() => void)[] = [];
    const find = () => new Promise<null>((resolve) => begun.push(() => resolve(null)));
    const errands = createErrands({ ...clientFor(), find }, createMeter());
    const asked = Array.from({ length: 6 }, () => errands.client.find('x'));
    await expect.poll(() => begun.length).toBe(3);
    begun[0]?.();
    await expect.poll(() => begun.length).toBe(4);
    errands.end();
    for (const answer of begun) answer();
    expect(await Promise.all(asked.slice(0, 4))).toEqual([null, null, null, null]);
    for (const late of asked.slice(4)) expect((await failureFrom(late)).code).toBe('TIMEOUT');
    expect(begun).toHaveLength(4);
  });

  it('that takes too many requests ends with an error', async () => {
    const meter = { ...createMeter(), requests: 250 };
    expect((await failureFrom(createErrands(clientFor(), meter).client.find('x'))).code).toBe('TOO_MANY');
  });

  it('holds no more content than a process can, whoever came first', async () => {
    const asked: string[] = [];
    const blobOf = async ({ digest }: { digest: string }) => {
      asked.push(digest);
      return new Uint8Array();
    };
    const shelf = createShelf({ ...clientFor(), blob: blobOf });
    const layer = (name: string, size: number) => ({ mediaType: ENVELOPE, digest: digestOf(name), size: size * MIB });
    const taken = [layer('a', 60), layer('b', 60), layer('c', 9), layer('a', 60), layer('d', 8)].map((each) => shelf(each, 64 * MIB));
    expect(taken.map((bytes) => bytes !== null)).toEqual([true, true, false, true, true]);
    expect(asked).toEqual(['a', 'b', 'd'].map((name) => digestOf(name)));
  });

  function clientFor() {
    return createOciClient({
      http: httpFor(),
      clock: clockAt(),
      meter: createMeter(),
      repository: 'quay.io/kairos/hadron',
      endpoint: null,
    });
  }
});
