import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ERAS } from '../../../src/core/eras.ts';
import { type Artifact, baseVersionOf, isArtifact, parseReference, printReference } from '../../../src/core/image.ts';
import { readTable } from '../../support/fixtures.ts';

const cell = z.string();
const ROW = z.strictObject({
  reference: cell,
  kind: cell,
  name: cell,
  release: cell,
  variant: cell,
  arch: cell,
  model: cell,
  version: cell,
  channel: cell,
  kubernetes: cell,
  boot: cell,
  era: cell,
  note: cell,
});
type Row = z.infer<typeof ROW>;

const TABLE = readTable('references.tsv', ROW);
/** `says`: a part of the reason, or the era of one that parses although it was never published. */
const KNOWN_BAD = readTable('known-bad-references.tsv', z.strictObject({ reference: cell, kind: cell, says: cell, why: cell }));

const NOTHING: Omit<Row, 'reference' | 'kind'> = {
  name: '-',
  release: '-',
  variant: '-',
  arch: '-',
  model: '-',
  version: '-',
  channel: '-',
  kubernetes: '-',
  boot: '-',
  era: '-',
  note: '-',
};

/** A parsed reference in the columns of the table. */
function rowOf(text: string): Row {
  const read = parseReference(text);
  const row = { ...NOTHING, reference: text, kind: read.kind };
  switch (read.kind) {
    case 'os-image':
    case 'raw-image':
      return { ...row, ...artifactColumns(read) };
    case 'component':
    case 'framework':
      return { ...row, name: read.name, version: read.version.text, channel: read.channel, note: read.suffix ?? '-' };
    case 'unrecognised':
      return { ...row, note: read.reason };
    case 'attached':
    case 'moving':
      return row;
  }
}

function artifactColumns(read: Artifact): Partial<Row> {
  const { flavor, flavorRelease, variant, arch, model, version, channel, kubernetes, uki, era } = read;
  const built = version.kind === 'dev' && version.base !== null ? `built after ${version.base.text}` : 'built from a branch or commit';
  return {
    name: flavor,
    release: flavorRelease ?? '-',
    variant,
    arch,
    model,
    version: version.kind === 'release' ? version.version.text : version.text,
    channel,
    kubernetes: kubernetes === null ? '-' : `${kubernetes.distro} ${kubernetes.version?.text ?? '-'}`,
    boot: uki ? 'uki' : '-',
    era,
    note: version.kind === 'dev' ? built : '-',
  };
}

function artifact(text: string): Artifact {
  const read = parseReference(text);
  if (!isArtifact(read)) throw new Error(`${text} is ${read.kind}`);
  return read;
}

function reasonOf(text: string): string {
  const read = parseReference(text);
  return read.kind === 'unrecognised' ? read.reason : `it is ${read.kind}`;
}

function formatOf(text: string): string {
  const read = parseReference(text);
  return read.kind === 'unrecognised' ? read.format : `it is ${read.kind}`;
}

describe('every reference seen in public', () => {
  it.each(TABLE)('$reference is $kind', (row) => {
    expect(rowOf(row.reference)).toEqual(row);
    expect(printReference(parseReference(row.reference))).toBe(row.reference);
  });

  it('is of these kinds', () => {
    const kinds = Map.groupBy(TABLE, ({ reference }) => parseReference(reference).kind);
    expect(Object.fromEntries([...kinds].map(([kind, rows]) => [kind, rows.length]))).toEqual({
      'os-image': 158,
      'raw-image': 22,
      component: 166,
      framework: 34,
      moving: 70,
      unrecognised: 23,
    });
  });
});

describe('references that never existed', () => {
  it.each(KNOWN_BAD)('$reference: $why', ({ reference, kind, says }) => {
    const read = parseReference(reference);
    expect(read.kind).toBe(kind);
    if (read.kind === 'unrecognised') expect(read.reason).toContain(says);
    else expect(read).toMatchObject({ era: says });
  });
});

describe('the eras', () => {
  it.each(ERAS)('$era, from $from: $example', ({ era, example }) => {
    const read = parseReference(example);
    if (era === 'E0') expect(read).toMatchObject({ kind: 'unrecognised', reason: expect.stringContaining('c3os era') });
    else expect(read).toMatchObject({ era });
  });

  it.each<[string, object, string]>([
    ['alpine:3.19-standard-arm64-rpi4-v3.3.0', { era: 'E3', kubernetes: null }, 'v3.3.0 for arm64 was pushed three times over one tag'],
    [
      'opensuse:leap-15.6-standard-arm64-rpi4-v3.3.1-k3s1.32.1',
      { era: 'E3', kubernetes: { distro: 'k3s', version: { text: 'v1.32.1', build: null } } },
      'v3.3.1 to v3.3.6 for arm64 lost the v and the stamp',
    ],
    [
      'alpine:3.21-standard-amd64-generic-v3.4.1-k3s1.32.3-k3s1',
      { era: 'E4a', kubernetes: { version: { text: 'v1.32.3+k3s1' } } },
      'v3.4.0 and v3.4.1 lost the v only',
    ],
    ['alpine:3.21-standard-amd64-generic-v3.4.2-k3sv1.32.3-k3s1', { era: 'E4b' }, 'v3.4.2 had it back'],
    [
      'kairos-opensuse-leap:v2.4.0-k3svlatest-k3s1',
      { era: 'E2', kubernetes: { distro: 'k3s', version: null } },
      'the release notes of v2.4.0 admit it',
    ],
    ['kairos-opensuse-leap:v2.3.3-rc2', { era: 'E2', variant: 'standard', kubernetes: null }, 'kairos issue 1725: standard without k3s'],
    ['core-alpine:v2.0.0-k3sv1.26.1-k3s1', { variant: 'core', kubernetes: { distro: 'k3s' } }, 'core with a suffix'],
    ['kairos-opensuse-arm-rpi:v1.4.0-k3sv1.26.0-k3s1.img', { kind: 'raw-image', arch: 'arm64', model: 'rpi4' }, '.img as a tag suffix'],
    ['core-ubuntu-arm-rpi-img:v2.3.2', { kind: 'raw-image', flavor: 'ubuntu', model: 'rpi4' }, '-img as a repository'],
    [
      'core-ubuntu-20-lts-arm-nvidia-jetson-agx-orin:v2.3.2',
      { flavor: 'ubuntu-20-lts', model: 'nvidia-jetson-agx-orin' },
      'a Jetson board',
    ],
    ['ubuntu:24.04-standard-amd64-generic-v3.7.2-uki', { uki: true, kubernetes: null }, 'standard UKI never named its Kubernetes'],
    [
      'alpine:3.21-standard-arm64-generic-v3.6.0-rc3-k3s-v1.32.9-k3s1',
      { model: 'generic' },
      'kairos issue 3773: rpi4 images under generic',
    ],
    ['hadron:v0.5.1-standard-amd64-generic-v4.5.0-k0s', { era: 'E5', kubernetes: { distro: 'k0s', version: null } }, 'to come'],
    ['hadron:hadron-v0.5.1-core-amd64-generic-43dabf5', { era: 'ci', channel: 'dev', flavorRelease: 'v0.5.1' }, 'master of 2026-08-21'],
    ['ubuntu:22.04-core-arm64-nvidia-jetson-thor-v4.3.0', { model: 'nvidia-jetson-thor' }, 'a model with dashes'],
    ['opensuse:tumbleweed-core-riscv64-generic-v4.3.0', { arch: 'riscv64' }, 'RISC-V'],
  ])('reads %s: %o (%s)', (text, expected) => {
    expect(parseReference(`quay.io/kairos/${text}`)).toMatchObject(expected);
  });

  it.each([
    ['hadron-v0.5.1-standard-amd64-generic-k3s-v4.5.0', { distro: 'k3s', version: null }],
    ['hadron-v0.5.1-standard-amd64-generic-k0s-v1.36.4-k0s.0-v4.5.0', { distro: 'k0s', version: { text: 'v1.36.4+k0s.0' } }],
    ['hadron-v0.5.1-core-amd64-generic-v4.5.0', null],
  ])('takes %s for a build of the CI, never for the release it names', (tag, kubernetes) => {
    expect(parseReference(`ghcr.io/kairos-io/kairos/hadron:${tag}`)).toMatchObject({
      kind: 'os-image',
      flavor: 'hadron',
      flavorRelease: 'v0.5.1',
      version: { kind: 'release', version: { text: 'v4.5.0' } },
      kubernetes,
      channel: 'dev',
      era: 'ci',
    });
  });

  it.each([
    'v3.0.4-96-g83cf366',
    'v3.3.1-rc2-2-g53b68481',
    'v0.0.0-43dabf5',
    'v3.7.2-dirty',
    '43dabf5',
    'master',
    'main',
    'latest',
    'pr-12',
  ])('an image built as %s is of channel dev', (built) => {
    const read = artifact(`quay.io/kairos/ubuntu:24.04-core-amd64-generic-${built}`);
    expect(read).toMatchObject({ channel: 'dev', version: { kind: 'dev', text: built } });
  });
});

describe('what cannot be read is said, not guessed', () => {
  it.each([
    ['quay.io/kairos/ubuntu:24.04-core-amd64-rpi5-v4.3.0', 'unknown model "rpi5"'],
    ['quay.io/kairos/ubuntu:24.04-core-arm64-nvidia-jetson-nano-super-v4.3.0', 'unknown model "nvidia-jetson-nano-super"'],
    ['quay.io/kairos/ubuntu:24.04-core-amd64-generic-feature-x', '"feature-x" is neither a version nor'],
    ['quay.io/kairos/hadron:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k0s.0', 'mixes k3s and k0s'],
    ['quay.io/kairos/hadron:v0.5.1-standard-amd64-generic-v4.3.0-k3s_v1.36.4', 'unknown spelling of the Kubernetes part'],
    ['quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0-uki-img', '-uki-img does not exist'],
    ['quay.io/kairos/kairos-opensuse:v2.0.0-k3s-v1.26.1-k3s1', 'unknown spelling of the Kubernetes part'],
    ['quay.io/kairos/operator:v0.0.1-rc5-rc4', '"rc4" after the version v0.0.1-rc5'],
    ['quay.io/kairos/kairos-init:43dabf5', 'neither a version nor a known branch'],
    ['quay.io/kairos/hadron:sha256-abc.sig', 'not <release>-<variant>-<arch>-<model>-<version>'],
    ['quay.io/kairos/hadron', 'no tag'],
    ['quay.io/kairos/hadron:', 'the tag is not one'],
    ['quay.io/kairos/hadron:a b', 'the tag is not one'],
    ['quay.io/kairos/hadron:v1.36.4+k3s1', 'the tag is not one'],
    [`quay.io/kairos/hadron:${'a'.repeat(129)}`, 'the tag is not one'],
    [`quay.io/${'a'.repeat(250)}:latest`, 'the repository name is not one'],
    ['quay.io/Kairos/hadron:latest', 'the repository name is not one'],
    ['quay.io//hadron:latest', 'the repository name is not one'],
    ['quay.io/kairos/hadron@sha256:abc', 'the digest is not'],
    [`quay.io/kairos/hadron@sha256:${'a'.repeat(64)}`, 'pinned by digest'],
    ['docker.io/library/nginx:1.29.0', 'not an image of Kairos'],
    ['v4.3.0', 'neither a repository with a tag'],
    ['latest', 'neither a repository with a tag'],
    ['hadron', 'neither a repository with a tag'],
    ['', 'neither a repository with a tag'],
    ['x'.repeat(1_000_000), 'longer than a reference can be (1000000 characters)'],
  ])('%.80s: %s', (text, reason) => {
    expect(reasonOf(text)).toContain(reason);
  });

  it('keeps no more of an endless text than a reference could have', () => {
    expect(parseReference('x'.repeat(1_000_000)).input.length).toBeLessThan(1_000);
  });

  it('gives the tags of one unknown dialect one format, and another dialect another', () => {
    const dialect = [
      '4.4.0_core_amd64_generic',
      '4.4.0_standard_arm64_rpi4',
      '4.4.1_standard_amd64_nvidia-jetson-agx-orin',
      '4.10.0_standard_riscv64_generic',
    ].map((tag) => formatOf(`quay.io/kairos/hadron:${tag}`));
    expect(new Set(dialect)).toEqual(new Set(['N.N.N_x_x_x']));

    const kubernetes = ['k3s_1.36.4_k3s1', 'k3s_1.35.18_k3s12', 'k0s_1.36.4_k0s.0'].map((part) =>
      formatOf(`quay.io/kairos/hadron:v0.6.0-standard-amd64-generic-v4.4.0-${part}`),
    );
    expect(new Set(kubernetes)).toEqual(new Set(['vN.N.N-x-x-x-vN.N.N-x_N.N.N_xN']));

    const commits = ['43dabf5', '9f3c1e07', 'g9f3c1e0'].map((commit) => formatOf(`quay.io/kairos/kairos-init:${commit}`));
    expect(new Set(commits)).toEqual(new Set(['x']));
  });

  it('repeats no group in any of its expressions, so that none can take more than linear time', () => {
    const files = ['version', 'image', 'image-tag', 'image-repository', 'tag-format', 'release-file'];
    const expressions = files.flatMap((file) => {
      const source = readFileSync(new URL(`../../../src/core/${file}.ts`, import.meta.url), 'utf8');
      return source.match(/(?<=[\s(])\/\S.*\/[gi]*(?=[;,.)])/g)?.filter((text) => !/^\/[/*]/.test(text)) ?? [];
    });
    expect(expressions.length).toBeGreaterThan(30);
    expect(expressions.filter((expression) => /[^\\]\)(?:[*+]|\{\d)/.test(expression))).toEqual([]);
  });
});

describe('where a reference comes from', () => {
  it.each(['docker:', 'docker://', 'oci:', 'oci://'])('%s is dropped', (transport) => {
    const plain = 'quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0';
    expect(parseReference(transport + plain)).toEqual(parseReference(plain));
  });

  it('keeps the digest of a pinned one', () => {
    const digest = `sha256:${'ab'.repeat(32)}`;
    const text = `quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0@${digest}`;
    expect(artifact(text)).toMatchObject({ tag: 'v0.5.1-core-amd64-generic-v4.3.0', digest });
    expect(printReference(parseReference(text))).toBe(text);
  });

  it('reads mirrors and own builds by their tag, registry ports included', () => {
    expect(parseReference('registry.local:5000/mirror/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0')).toMatchObject({
      kind: 'os-image',
      repository: 'registry.local:5000/mirror/kairos/hadron',
      flavor: 'hadron',
    });
    expect(parseReference('ghcr.io/acme/edge:24.04-standard-amd64-generic-v0.0.1-k3s-v1.36.4-k3s1')).toMatchObject({ flavor: 'edge' });
    expect(parseReference('registry.local/kairos-init:v0.17.2')).toMatchObject({ kind: 'component', name: 'kairos-init' });
  });

  it('completes a bare flavor:tag with the official namespace', () => {
    expect(parseReference('hadron:v0.5.1-core-amd64-generic-v4.3.0')).toMatchObject({ repository: 'quay.io/kairos/hadron' });
  });

  it('takes a lone tag for one when it says all by itself, without inventing a repository or a flavor', () => {
    const tag = 'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1';
    expect(parseReference(tag)).toMatchObject({ kind: 'os-image', repository: '', flavor: '', tag });
    expect(printReference(parseReference(tag))).toBe(tag);
  });
});

describe('what is no operating system', () => {
  const hex = 'e4'.repeat(32);

  it.each([
    [`sha256-${hex}.sig`, 'signature'],
    [`sha256-${hex}.att`, 'attestation'],
    [`sha256-${hex}.sbom`, 'sbom'],
    [`sha256-${hex}`, 'referrers'],
  ])('%s is attached to its image', (tag, role) => {
    expect(parseReference(`quay.io/kairos/hadron:${tag}`)).toMatchObject({ kind: 'attached', subject: `sha256:${hex}`, role });
  });

  it.each<[string, object]>([
    ['quay.io/kairos/kairos-init:v4.3.0', { kind: 'component', version: { text: 'v4.3.0' }, suffix: null, channel: 'stable' }],
    ['quay.io/kairos/kairos-init:v4.3.0-scratch', { kind: 'component', suffix: 'scratch', channel: 'dev' }],
    ['quay.io/kairos/auroraboot:v0.28.0-arm64', { kind: 'component', name: 'auroraboot', suffix: 'arm64' }],
    ['quay.io/kairos/framework:v2.7.33-fips', { kind: 'framework', version: { text: 'v2.7.33' }, suffix: 'fips' }],
    ['quay.io/kairos/framework:v2.0.0-alpha1_ubuntu-22-lts', { kind: 'framework', channel: 'alpha', suffix: 'ubuntu-22-lts' }],
    ['ghcr.io/kairos-io/hadron:v0.2.0-beta.1', { kind: 'component', name: 'hadron', channel: 'beta' }],
    ['ghcr.io/kairos-io/charts/auroraboot:0.27.1', { kind: 'component', name: 'charts/auroraboot' }],
    ['quay.io/kairos/framework:v2.16', { kind: 'moving' }],
    ['quay.io/kairos/framework:v2-fips', { kind: 'moving' }],
    ['quay.io/kairos/community-bundles:cert-manager_1.2.3', { kind: 'component', name: 'cert-manager' }],
  ])('%s', (text, expected) => {
    expect(parseReference(text)).toMatchObject(expected);
  });
});

describe('the base', () => {
  const running = 'quay.io/kairos/hadron:v0.4.0-standard-amd64-generic-v4.1.2-k3s-v1.36.1-k3s1';

  it('is that of hadron, and of nothing else', () => {
    expect(baseVersionOf(artifact(running))?.text).toBe('v0.4.0');
    expect(baseVersionOf(artifact('quay.io/kairos/hadron:v0.0.1-beta1-core-amd64-generic-v3.6.1-beta1-uki'))?.text).toBe('v0.0.1-beta1');
    expect(baseVersionOf(artifact('quay.io/kairos/ubuntu:24.04-core-amd64-generic-v3.7.2'))).toBeNull();
  });
});
