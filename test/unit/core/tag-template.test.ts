import { describe, expect, it } from 'vitest';
import { parseTemplate, readTagWith, type TagDefaults, type TagTemplate } from '../../../src/core/tag-template.ts';

const FACTORY = '$FLAVOR_RELEASE-$VARIANT-$ARCH-$MODEL-$VERSION$K8S$UKI';

function template(text: string): TagTemplate {
  const parsed = parseTemplate(text);
  if (parsed.kind === 'problem') throw new Error(parsed.problem);
  return parsed.template;
}

/** What is read, with versions as text. */
function read(text: string, tag: string, defaults?: TagDefaults): unknown {
  const fields = readTagWith(template(text), tag, defaults);
  if (fields === null || 'reason' in fields) return fields;
  const { version, kubernetes } = fields;
  return {
    ...fields,
    version: version.kind === 'release' ? version.version.text : version.text,
    kubernetes: kubernetes === null ? null : `${kubernetes.distro} ${kubernetes.version?.text ?? '?'}`,
  };
}

describe('a template', () => {
  it.each([
    ['$FLAVOR_RELEASE-$ARCH', '$VERSION is missing'],
    ['$VERSON', '"$VERSON" is no variable; did you mean "$VERSION"?'],
    ['$version', '"$version" is no variable; did you mean "$VERSION"?'],
    ['$FLAVOR_$VERSION', '"$FLAVOR_" is no variable; did you mean "$FLAVOR"?'],
    ['$QUANTUM-$VERSION', 'known are $FLAVOR, $FLAVOR_RELEASE'],
    ['$-$VERSION', '"$" is no variable'],
    ['$VERSION-$VERSION', '$VERSION stands in it twice'],
    ['$FLAVOR$FLAVOR_RELEASE-$VERSION', 'nothing stands between $FLAVOR and $FLAVOR_RELEASE'],
    ['$FLAVOR$UKI$VERSION', 'nothing stands between $FLAVOR and $VERSION'],
    ['$VERSION$K8S-$K8S_DISTRO', '$K8S is the whole Kubernetes part'],
    ['$VERSION/$ARCH', '"/" cannot stand in a tag'],
    ['$VERSION.*[a-z]+$ARCH', '".*[a-z]+" cannot stand in a tag'],
    [`$VERSION${'x'.repeat(300)}`, 'longer than 200 characters'],
  ])('is refused in words: %s', (text, problem) => {
    expect(parseTemplate(text)).toEqual({ kind: 'problem', problem: expect.stringContaining(problem) });
  });
});

describe('a tag by a template', () => {
  const generic = { flavor: null, flavorRelease: null, variant: 'core', arch: 'amd64', model: 'generic', kubernetes: null, uki: false };
  const os = { ...generic, kind: 'os-image' };

  it.each([
    [FACTORY, '24.04-core-amd64-generic-v0.0.1', { flavorRelease: '24.04', version: 'v0.0.1' }],
    [
      FACTORY,
      'leap-15.6-standard-arm64-nvidia-jetson-agx-orin-v0.0.1-rc2-k3s-v1.36.4-k3s1-uki',
      {
        flavorRelease: 'leap-15.6',
        variant: 'standard',
        arch: 'arm64',
        model: 'nvidia-jetson-agx-orin',
        version: 'v0.0.1-rc2',
        kubernetes: 'k3s v1.36.4+k3s1',
        uki: true,
      },
    ],
    [
      FACTORY,
      'v0.5.1-standard-amd64-generic-v0.0.1-k0sv1.36.4-k0s.0',
      { flavorRelease: 'v0.5.1', variant: 'standard', version: 'v0.0.1', kubernetes: 'k0s v1.36.4+k0s.0' },
    ],
    ['$VERSION', '1.2.3', { version: 'v1.2.3' }],
    ['$VERSION$K8S', 'v1.2.3-k3s-v1.36.4-k3s1', { version: 'v1.2.3', kubernetes: 'k3s v1.36.4+k3s1', variant: 'standard' }],
    [`edge_\${FLAVOR}_$VERSION`, 'edge_my-os_v1.2.3', { flavor: 'my-os', version: 'v1.2.3' }],
    ['$VERSION-$FLAVOR', 'v1.2.3-rc1-ubuntu', { version: 'v1.2.3-rc1', flavor: 'ubuntu' }],
    ['$VERSION-$ARCH', 'v1.2.3-4-g83cf366-arm64', { version: 'v1.2.3-4-g83cf366', arch: 'arm64' }],
    [
      '$ARCH.$VERSION.$K8S_DISTRO.$K8S_VERSION$IMG',
      'arm64.v1.2.3.k3s.v1.36.4-img',
      { arch: 'arm64', version: 'v1.2.3', kubernetes: 'k3s v1.36.4', variant: 'standard', kind: 'raw-image' },
    ],
    ['$VERSION-$K8S_VERSION', 'v1.2.3-v1.36.4-k0s.1', { version: 'v1.2.3', kubernetes: 'k0s v1.36.4+k0s.1', variant: 'standard' }],
  ])('%s reads %s', (text, tag, expected) => {
    expect(read(text, tag)).toEqual({ ...os, ...expected });
  });

  it('takes what it does not say from the defaults', () => {
    const defaults = { variant: 'standard', arch: 'arm64', model: 'rpi4', release: '24.04', distro: 'k3s' } as const;
    expect(read('$VERSION', 'v1.2.3', defaults)).toMatchObject({
      variant: 'standard',
      arch: 'arm64',
      model: 'rpi4',
      flavorRelease: '24.04',
    });
    expect(read('$VERSION-$K8S_VERSION', 'v1.2.3-v1.36.4', defaults)).toMatchObject({ kubernetes: 'k3s v1.36.4' });
    expect(read('$ARCH-$VERSION', 'amd64-v1.2.3', defaults)).toMatchObject({ arch: 'amd64' });
  });

  it.each([
    [FACTORY, '24.04-core-amd64-rpi5-v0.0.1'],
    [FACTORY, '24.04-core-amd64-generic-v0.0'],
    [FACTORY, '24.04-core-amd64-generic-v0.0.1-k3s_1.36'],
    [FACTORY, 'x24.04-core-amd64-generic-v0.0.1-'],
    ['$VERSION', ''],
    ['$VERSION', 'v1.2.3.4'],
    ['edge-$VERSION', 'EDGE-v1.2.3'],
  ])('%s does not know %s', (text, tag) => {
    expect(read(text, tag)).toBeNull();
  });

  it.each([
    ['$VERSION$UKI$IMG', 'v1.2.3-uki-img', 'trusted-boot'],
    ['$VERSION-$K8S_VERSION', 'v1.2.3-v1.36.4', 'whether it is k3s or k0s'],
    ['$VERSION-$K8S_DISTRO-$K8S_VERSION', 'v1.2.3-k0s-v1.36.4-k3s1', 'mixes k3s and k0s'],
    ['$VERSION$K8S', 'v1.2.3-k0s-v1.36.4-k3s1', 'mixes k3s and k0s'],
  ])('%s sees that %s contradicts itself', (text, tag, reason) => {
    expect(read(text, tag)).toEqual({ reason: expect.stringContaining(reason) });
  });
});
