/** What a release's message says of packages, and of which images they are compared. */
import { describe, expect, it } from 'vitest';
import { imagePairs, packageNews } from '../../../src/core/package-news.ts';
import type { PublishedImage } from '../../../src/core/release.ts';
import type { Inventory } from '../../../src/core/sbom.ts';
import { readSpdx } from '../../../src/core/sbom-spdx.ts';
import { instant } from '../../../src/core/time.ts';
import type { ImageVerdict } from '../../../src/core/verdict.ts';
import { imageOf } from '../../support/kairos-release.ts';
import type { SbomPackage } from '../../support/sbom-packages.ts';
import { spdxDocument } from '../../support/sigstore/spdx-document.ts';

const hadron = (tag: string, changes: Partial<PublishedImage> = {}) => imageOf(`quay.io/kairos/hadron:${tag}`, changes);
const kernel = (version: string): SbomPackage => ({ type: 'generic', namespace: '', name: 'linux', version, arch: '', licence: null });

const REJECTED: ImageVerdict = {
  state: 'rejected',
  over: null,
  sbom: 'unsigned',
  signer: null,
  rule: null,
  cautions: [],
  refusals: [],
  unknown: null,
};

function inventory(packages: readonly SbomPackage[], creators: readonly string[] = ['Tool: syft-v1.29.0']): Inventory {
  const read = readSpdx(spdxDocument({ packages, creators }));
  if (read === null) throw new Error('it was not read');
  return read;
}

describe('which images are compared', () => {
  it('those of one kind, each with the newest Kubernetes', () => {
    const before = ['v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.36.3-k3s1', 'v0.5.1-core-amd64-generic-v4.2.0'];
    const now = [
      'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.35.8-k3s1',
      'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1',
      'v0.5.1-core-arm64-generic-v4.3.0',
    ];
    const pairs = imagePairs(
      before.map((tag) => hadron(tag)),
      now.map((tag) => hadron(tag)),
    );
    expect(pairs.map(({ from, to }) => [from.reference, to.reference])).toEqual([
      [
        'quay.io/kairos/hadron:v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.36.3-k3s1',
        'quay.io/kairos/hadron:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1',
      ],
    ]);
  });

  it('not those that are gone, for trusted boot, or raw disks', () => {
    const kinds = ['core-amd64-generic-VERSION-uki', 'core-amd64-generic-VERSION-img'];
    const of = (version: string) => kinds.map((kind) => hadron(`v0.5.1-${kind.replace('VERSION', version)}`));
    const gone = { removedAt: instant('2026-09-09') };
    expect(imagePairs(of('v4.2.0'), of('v4.3.0'))).toEqual([]);
    expect(imagePairs([hadron('v0.5.1-core-amd64-generic-v4.2.0')], [hadron('v0.5.1-core-amd64-generic-v4.3.0', gone)])).toEqual([]);
  });
});

it('an image whose signature is wrong is compared with nothing: its SBOM is a stranger’s', () => {
  const [before, now] = [hadron('v0.5.1-core-amd64-generic-v4.2.0'), hadron('v0.5.1-core-amd64-generic-v4.3.0')];
  expect(imagePairs([before], [now])).toHaveLength(1);
  expect(imagePairs([{ ...before, verdict: REJECTED }], [now])).toEqual([]);
  expect(imagePairs([before], [{ ...now, verdict: REJECTED }])).toEqual([]);
});

describe('what is said of two images', () => {
  const [pair] = imagePairs([hadron('v0.5.1-core-amd64-generic-v4.2.0')], [hadron('v0.5.1-core-amd64-generic-v4.3.0')]);
  if (pair === undefined) throw new Error('there is no pair');

  it('figures, the important packages, and what vouches for the SBOMs', () => {
    const news = packageNews(pair, inventory([kernel('6.12.1')]), inventory([kernel('6.12.2')]));
    expect(news).toMatchObject({
      combination: 'hadron core amd64 generic',
      sbom: { from: 'unknown', to: 'unknown' },
      difference: { kind: 'compared', changed: 1, added: 0, removed: 0, highlights: [{ name: 'Linux kernel', to: ['6.12.2'] }] },
    });
  });

  it('nothing of packages that another tool lists otherwise', () => {
    const news = packageNews(pair, inventory([kernel('1')], ['Tool: one-1.0']), inventory([kernel('2')], ['Tool: other-1.0']));
    expect(news.difference).toEqual({ kind: 'suppressed', reasons: [{ kind: 'generator', from: 'one 1.0', to: 'other 1.0' }] });
  });
});
