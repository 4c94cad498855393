import { describe, expect, it } from 'vitest';
import { isArtifact, parseReference } from '../../../src/core/image.ts';
import { type Naming, readImage } from '../../../src/core/naming.ts';
import { artifactOf } from '../../../src/core/release.ts';
import { parseTemplate } from '../../../src/core/tag-template.ts';
import { compareArtifacts } from '../../../src/core/upgrade.ts';
import { image } from '../../support/artifacts.ts';
import { imageOf } from '../../support/kairos-release.ts';

const REPOSITORY = 'registry.example.com/edge/images';

function naming(tags: string | null, flavor: string | null = 'ubuntu', defaults: Naming['defaults'] = {}): Naming {
  const parsed = tags === null ? null : parseTemplate(tags);
  return { tags: parsed?.kind === 'template' ? parsed.template : null, flavor, defaults };
}

const FACTORY = naming('$FLAVOR_RELEASE-$VARIANT-$ARCH-$MODEL-$VERSION$K8S$UKI', null);
const SHORT = naming('$VERSION$K8S-$ARCH');

describe('an image with a naming of its own', () => {
  it.each([
    ['v0.0.1-arm64', SHORT, 'ubuntu:core-arm64-generic-v0.0.1'],
    ['v0.0.1-k3s-v1.36.4-k3s1-amd64', SHORT, 'ubuntu:standard-amd64-generic-v0.0.1-k3s-v1.36.4-k3s1'],
    ['24.04-core-amd64-generic-v0.0.1', FACTORY, null],
    ['24.04-core-amd64-generic-v0.0.1', naming(null), 'ubuntu:24.04-core-amd64-generic-v0.0.1'],
    ['v0.5.1-core-arm64-rpi4-v0.0.1-img', naming(null), 'ubuntu:v0.5.1-core-arm64-rpi4-v0.0.1-img'],
    ['24.04-core-amd64-generic-v0.0.1', SHORT, 'ubuntu:24.04-core-amd64-generic-v0.0.1'],
    ['noble_v0.0.1', naming(`\${FLAVOR_RELEASE}_$VERSION`, 'kairos-init'), 'kairos-init:noble-core-amd64-generic-v0.0.1'],
    ['edgeos-v0.0.1', naming('$FLAVOR-$VERSION', null), 'edgeos:core-amd64-generic-v0.0.1'],
  ])('keeps of %s what was read', (tag, by, reads) => {
    const reading = readImage(`${REPOSITORY}:${tag}`, by);
    expect(reading.reads).toBe(reads);
    expect(isArtifact(reading.reference)).toBe(true);
    expect(artifactOf(imageOf(`${REPOSITORY}:${tag}`, reads === null ? {} : { reads }))).toEqual(reading.reference);
  });

  it('says what the tag says and stays where it is', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(readImage(`${REPOSITORY}:v0.0.1-k3s-v1.36.4-k3s1-arm64@${digest}`, SHORT).reference).toMatchObject({
      kind: 'os-image',
      repository: REPOSITORY,
      tag: 'v0.0.1-k3s-v1.36.4-k3s1-arm64',
      digest,
      flavor: 'ubuntu',
      flavorRelease: null,
      variant: 'standard',
      arch: 'arm64',
      channel: 'stable',
      kubernetes: { distro: 'k3s', version: { text: 'v1.36.4+k3s1' } },
    });
  });

  it.each([
    [`sha256-${'a'.repeat(64)}.sig`, 'attached'],
    ['latest', 'moving'],
    ['master', 'moving'],
    ['nonsense', 'unrecognised'],
    ['v0.0.1-mips', 'unrecognised'],
  ])('is not %s, which is %s', (tag, kind) => {
    expect(readImage(`${REPOSITORY}:${tag}`, SHORT)).toMatchObject({ reference: { kind }, reads: null });
  });

  it('is unrecognised with its template as the reason', () => {
    expect(readImage(`${REPOSITORY}:nonsense`, SHORT).reference).toMatchObject({ reason: 'not $VERSION$K8S-$ARCH', format: 'nonsense' });
  });

  it('is read by the official grammar without one', () => {
    const text = 'quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0';
    expect(readImage(text, undefined)).toEqual({ reference: parseReference(text), reads: null });
  });

  it('of a pull request stays a build on the way, whatever it is called', () => {
    const text = `${REPOSITORY}:images-24.04-core-amd64-generic-v4.5.0`;
    expect(readImage(text, naming(null)).reference).toMatchObject({ channel: 'dev' });
  });

  it('is never compared with an official one: it is another registry', () => {
    const { reference } = readImage(`${REPOSITORY}:v0.0.1-amd64`, SHORT);
    if (!isArtifact(reference)) throw new Error(reference.kind);
    expect(compareArtifacts(reference, image('ubuntu:24.04-core-amd64-generic-v3.7.2'))).toMatchObject({
      relation: 'incompatible',
      crosses: ['registry'],
    });
  });
});
