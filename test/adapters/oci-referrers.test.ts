/** How bundles are found that refer to an image: at registries that keep lists of referrers, and at those that do not. */
import { describe, expect, it } from 'vitest';
import { MS, plusMs } from '../../src/core/time.ts';
import { digestOf } from '../support/docker-registry.ts';
import {
  BUNDLE,
  cosignTagOf,
  createLayout,
  INDEX,
  imageOf,
  indexOf,
  type Layout,
  type LayoutDescriptor,
  pushBundle,
  pushFallback,
} from '../support/image-layout.ts';
import {
  at,
  att,
  blob,
  collect,
  fallbackTag,
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
import { failureFrom, NOW } from '../support/sources.ts';

describe('referrers', () => {
  /** A single image, so that there is nothing else to ask for. */
  function plain() {
    const layout = createLayout();
    return { layout, image: layout.manifest(imageOf(layout, []), TAG) };
  }
  const around = (image: LayoutDescriptor) => [`manifests/${TAG}`, sig(image), att(image), sbomTag(image)];

  it.each<[string, number, string]>([
    ['as the specification has it', 404, '404 page not found\n'],
    ['with an error of its own', 404, JSON.stringify(refusal('NOT_FOUND'))],
    ['as a registry that knows no such method', 405, ''],
    ['as Artifactory does', 406, ''],
  ])('at a registry that keeps no lists of them (%s) are listed under a tag', async (_how, status, body) => {
    const { layout, image } = plain();
    const { bundle, referrer } = pushBundle(layout, image);
    pushFallback(layout, image, [referrer]);
    mockAnswer(referrers(image), status, body);
    mockAsked(layout, ...around(image), fallbackTag(image), manifest(referrer), blob(bundle));
    expect((await collect()).pieces).toMatchObject([{ kind: 'bundle' }]);
  });

  it('are not asked for again for an hour where there are no lists of them, for any image', async () => {
    let now = NOW;
    const source = sourceFor({ now: () => now });
    const { layout, image } = plain();
    const other = layout.manifest(imageOf(layout, [layout.blob('x', 'text/plain')]), 'other');
    mockAnswer(referrers(image), 404);
    mockAsked(layout, ...around(image), fallbackTag(image));
    expect((await source.collect(at(TAG))).requests).toBe(6);
    mockAsked(layout, 'manifests/other', sig(other), att(other), sbomTag(other), fallbackTag(other));
    expect((await source.collect(at('other'))).requests).toBe(5);

    // It may have been upgraded meanwhile, and then new signatures are in its lists only.
    now = plusMs(NOW, MS.hour);
    const { bundle, referrer } = pushBundle(layout, image);
    mockAsked(layout, ...around(image), referrers(image), manifest(referrer), blob(bundle));
    expect((await source.collect(at(TAG))).pieces).toHaveLength(1);
  });

  it.each<[string, (layout: Layout, image: LayoutDescriptor) => void]>([
    ['nothing', () => undefined],
    ['an image, which is nobody’s list', (layout, image) => layout.manifest(imageOf(layout, []), cosignTagOf(image, ''))],
  ])('are none where that tag is %s', async (_what, push) => {
    const { layout, image } = plain();
    push(layout, image);
    mockAnswer(referrers(image), 404);
    mockAsked(layout, ...around(image), fallbackTag(image));
    expect(await collect()).toMatchObject({ pieces: [], broken: [] });
  });

  it('are none where the registry takes that tag for the image itself', async () => {
    const { layout } = plain();
    const inner = layout.manifest(imageOf(layout, []));
    const index = layout.manifest(indexOf([inner]), TAG);
    layout.manifest(indexOf([inner]), cosignTagOf(index, ''));
    mockAnswer(referrers(index), 404);
    mockAsked(layout, `manifests/${TAG}`, sig(index), att(index), fallbackTag(index));
    mockAsked(layout, sig(inner), att(inner), fallbackTag(inner), sbomTag(index), sbomTag(inner));
    expect(await collect()).toMatchObject({ pieces: [], broken: [] });
  });

  it('are an error where that tag cannot be looked at', async () => {
    const { layout, image } = plain();
    mockAnswer(referrers(image), 404);
    mockAsked(layout, `manifests/${TAG}`, sig(image), att(image));
    mockAnswer(fallbackTag(image), 503);
    expect((await failureFrom(collect())).code).toBe('UPSTREAM_UNAVAILABLE');
  });

  it('of other kinds are none of our business, whether or not the registry filtered them', async () => {
    const { layout, image } = plain();
    const { bundle, referrer } = pushBundle(layout, image);
    const foreign = { ...referrer, digest: digestOf('helm'), artifactType: 'application/vnd.cncf.helm.chart.provenance.v1.prov' };
    mockAnswer(referrers(image), 200, indexOf([foreign, referrer]), { 'content-type': INDEX, 'oci-filters-applied': 'artifactType' });
    mockAsked(layout, ...around(image), manifest(referrer), blob(bundle));
    expect(await collect()).toMatchObject({ pieces: [{ kind: 'bundle' }], broken: [] });
  });

  it.each([[undefined], ['application/vnd.oci.empty.v1+json']])('listed as %s are looked at, for that says nothing', async (listedAs) => {
    const { layout, image } = plain();
    const { bundle, referrer } = pushBundle(layout, image);
    const other = layout.manifest({ ...imageOf(layout, [layout.blob('{}', 'text/plain')]), artifactType: 'text/plain', subject: image });
    const listed = [referrer, other].map(({ mediaType, digest, size }) => ({ mediaType, digest, size, artifactType: listedAs }));
    mockAnswer(referrers(image), 200, JSON.stringify({ ...indexOf([]), manifests: listed }), { 'content-type': INDEX });
    mockAsked(layout, ...around(image), manifest(referrer), manifest(other), blob(bundle));
    expect(await collect()).toMatchObject({ pieces: [{ kind: 'bundle' }], broken: [] });
  });

  it('of an older form of bundle, and of one that is not known yet, are evidence', async () => {
    const { layout, image } = plain();
    for (const type of ['application/vnd.dev.sigstore.bundle+json;version=0.1', 'application/vnd.dev.sigstore.bundle.v0.4+json']) {
      const layer = layout.blob(type, type);
      const referrer = layout.manifest({ ...imageOf(layout, [layer]), artifactType: type, subject: image });
      mockAsked(layout, manifest(referrer), blob(layer));
    }
    mockAsked(layout, ...around(image), referrers(image));
    expect((await collect()).pieces).toHaveLength(2);
  });

  it('come in pages; of the address of the next one only the query is taken', async () => {
    const { layout, image } = plain();
    const first = pushBundle(layout, image, 'first');
    const second = pushBundle(layout, image, 'second');
    const link = '<https://169.254.169.254/v2/evil/referrers/x?nextToken=abc%3D>; rel="next"';
    mockAnswer(referrers(image), 200, indexOf([first.referrer]), { 'content-type': INDEX, link });
    mockAnswer(`${referrers(image)}?nextToken=abc%3D`, 200, indexOf([second.referrer]), { 'content-type': INDEX });
    mockAsked(layout, ...around(image), manifest(first.referrer), blob(first.bundle), manifest(second.referrer), blob(second.bundle));
    expect((await collect()).pieces).toHaveLength(2);
  });

  it.each([
    ['the same page again', (_page: number) => 'again'],
    ['pages without end', (page: number) => `page ${page}`],
  ])('that are %s are an error', async (_what, content) => {
    const { layout, image } = plain();
    const pages = content(1) === content(2) ? 2 : 10;
    for (let page = 1; page <= pages; page += 1) {
      const listed = indexOf([{ ...image, digest: digestOf(content(page)), artifactType: BUNDLE }]);
      const query = page === 1 ? '' : `?p=${page - 1}`;
      mockAnswer(`${referrers(image)}${query}`, 200, listed, { 'content-type': INDEX, link: `<?p=${page}>; rel=next` });
    }
    mockAsked(layout, `manifests/${TAG}`, sig(image), att(image));
    expect((await failureFrom(collect())).code).toBe('TOO_MANY');
  });
});
