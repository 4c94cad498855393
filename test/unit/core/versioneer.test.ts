/** Names as upstream's versioneer makes them, and where our reading of the same tags differs from its own. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Artifact, isArtifact, parseReference } from '../../../src/core/image.ts';
import { compareKubernetesVersions, compareVersions } from '../../../src/core/version.ts';
import { baseContainerName, baseTag, bootableName, containerName, type Naming, tag } from '../../../src/core/versioneer.ts';
import { coordinatesOf } from '../../support/artifacts.ts';
import { readDocument } from '../../support/fixtures.ts';

const field = z.string();
const { cases, tagsets } = readDocument(
  'versioneer.json',
  z.object({
    cases: z.array(
      z.object({
        case: field,
        op: z.enum(['tag', 'bootableName', 'containerName', 'baseTag', 'baseContainerName']),
        artifact: z.object({
          flavor: field,
          flavorRelease: field,
          variant: field,
          arch: field,
          model: field,
          version: field,
          softwareVersion: field,
          softwareVersionPrefix: field,
        }),
        registry: field.default(''),
        id: field.default(''),
        name: field.optional(),
        error: field.optional(),
      }),
    ),
    tagsets: z.object({
      mixed: z.array(field),
      'ubuntu_24.04_v3.3_to_v3.7': z.array(field),
      'hadron_v4.1_to_v4.3': z.array(field),
      leap_sort: z.array(field),
    }),
  }),
);

function naming({ op, artifact, registry, id }: (typeof cases)[number]): Naming {
  switch (op) {
    case 'tag':
      return tag(artifact);
    case 'bootableName':
      return bootableName(artifact);
    case 'containerName':
      return containerName(artifact, registry);
    case 'baseTag':
      return baseTag(artifact);
    case 'baseContainerName':
      return baseContainerName(artifact, registry, id);
  }
}

const LEAP = {
  flavor: 'opensuse',
  flavorRelease: 'leap-15.5',
  variant: 'standard',
  arch: 'amd64',
  model: 'generic',
  version: 'v2.4.2',
  softwareVersion: 'v1.26.9+k3s1',
  softwareVersionPrefix: 'k3s',
};

describe('the names of versioneer', () => {
  it.each(cases)('$case: $op', (one) => {
    expect(naming(one)).toEqual(one.error === undefined ? { name: one.name } : { error: one.error });
  });

  it('need neither variant nor version for a base image', () => {
    expect(baseContainerName({ ...LEAP, variant: '', version: '' }, 'quay.io/kairos', 'master')).toEqual({
      name: 'quay.io/kairos/opensuse:leap-15.5-amd64-generic-master',
    });
  });

  it('lack what versioneer looks at first when several fields are missing', () => {
    const bare = { ...LEAP, flavor: '', flavorRelease: '', variant: '', arch: '', model: '' };
    expect(tag({ ...bare, version: '' })).toEqual({ error: 'Version is empty' });
    expect(tag(bare)).toEqual({ error: 'Variant is empty' });
    expect(bootableName({ ...LEAP, flavor: '', model: '' })).toEqual({ error: 'Model is empty' });
    expect(containerName({ ...LEAP, flavor: '', model: '' }, 'quay.io/kairos')).toEqual({ error: 'Flavor is empty' });
    expect(baseContainerName({ ...LEAP, model: '' }, 'quay.io/kairos', '')).toEqual({ error: 'no id passed' });
  });

  it('are read back by the grammar as long as they were those of the registry', () => {
    const named = containerName(LEAP, 'quay.io/kairos');
    expect('name' in named && parseReference(named.name)).toMatchObject({
      flavor: 'opensuse',
      kubernetes: { version: { text: 'v1.26.9+k3s1' } },
    });
  });
});

function read(tag: string, flavor: string): Artifact {
  const reference = parseReference(`quay.io/kairos/${flavor}:${tag}`);
  if (!isArtifact(reference)) throw new Error(`${tag} is ${reference.kind}`);
  return reference;
}

/** By Kairos version, then Kubernetes version, none being lowest. */
function compare(a: Artifact, b: Artifact): number {
  if (a.version.kind === 'dev' || b.version.kind === 'dev') throw new Error('not a release');
  const [from, to] = [a.kubernetes?.version ?? null, b.kubernetes?.version ?? null];
  const software = from === null || to === null ? Number(from !== null) - Number(to !== null) : compareKubernetesVersions(from, to);
  return compareVersions(a.version.version, b.version.version) || software;
}

/** What lies after the running image along its own coordinates: the candidates, before the rules of upgrading choose among them. */
function newer(running: string, tags: readonly string[], flavor: string): string[] {
  const from = read(running, flavor);
  const along = tags.map((tag) => read(tag, flavor)).filter((artifact) => coordinatesOf(artifact) === coordinatesOf(from));
  return along
    .filter((artifact) => compare(from, artifact) < 0)
    .toSorted(compare)
    .map(({ tag }) => tag);
}

/** Versioneer splits a tag at `-k3s`, finds `-v1.36.1-k3s1`, which is no version to it, and cannot order what follows. */
describe('where versioneer goes wrong on the tags since v3.5.0, and we do not', () => {
  const ubuntu = tagsets['ubuntu_24.04_v3.3_to_v3.7'];
  const hadron = tagsets['hadron_v4.1_to_v4.3'];

  it('it reads "-v1.36.1-k3s1"; we read a Kubernetes version', () => {
    const tag = 'v0.4.0-standard-amd64-generic-v4.1.2-k3s-v1.36.1-k3s1';
    expect(read(tag, 'hadron')).toMatchObject({
      version: { version: { text: 'v4.1.2' } },
      kubernetes: { distro: 'k3s', version: { text: 'v1.36.1+k3s1' } },
    });
  });

  it('it finds nothing newer than v3.7.2 with k3s v1.33.7; we see the two newer Kubernetes of the same release', () => {
    expect(newer('24.04-standard-amd64-generic-v3.7.2-k3s-v1.33.7-k3s3', ubuntu, 'ubuntu')).toEqual([
      '24.04-standard-amd64-generic-v3.7.2-k3s-v1.34.3-k3s3',
      '24.04-standard-amd64-generic-v3.7.2-k3s-v1.35.0-k3s3',
    ]);
  });

  it('it lists the three builds of v3.7.2 in any order; ours is by Kubernetes', () => {
    expect(newer('24.04-standard-amd64-generic-v3.6.0-k3s-v1.33.5-k3s1', ubuntu, 'ubuntu')).toEqual([
      '24.04-standard-amd64-generic-v3.7.2-k3s-v1.33.7-k3s3',
      '24.04-standard-amd64-generic-v3.7.2-k3s-v1.34.3-k3s3',
      '24.04-standard-amd64-generic-v3.7.2-k3s-v1.35.0-k3s3',
    ]);
  });

  it('it never offers the next hadron, because the base is part of its match; to us the base is a component', () => {
    expect(newer('v0.4.0-standard-amd64-generic-v4.1.2-k3s-v1.36.1-k3s1', hadron, 'hadron')).toEqual([
      'v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.36.3-k3s1',
      'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1',
    ]);
    expect(newer('v0.5.1-core-amd64-generic-v4.2.0', hadron, 'hadron')).toEqual(['v0.5.1-core-amd64-generic-v4.3.0']);
  });

  it('it takes a k0s image for another version of a k3s one; the distribution is a coordinate', () => {
    const k3s = read('24.04-standard-amd64-generic-v3.7.2-k3s-v1.34.3-k3s3', 'ubuntu');
    const k0s = read('24.04-standard-amd64-generic-v3.7.2-k0s-v1.34.3-k0s.0', 'ubuntu');
    expect(coordinatesOf(k0s)).not.toBe(coordinatesOf(k3s));
  });

  it('it lists the running image as another one; nothing is newer than itself', () => {
    expect(newer('24.04-standard-amd64-generic-v3.7.2-k3s-v1.35.0-k3s3', ubuntu, 'ubuntu')).toEqual([]);
  });

  it('it prints the running image under a tag that is not on Quay; we print the tag that was read', () => {
    const printed = containerName({ ...LEAP, flavor: 'hadron', version: 'v4.3.0', softwareVersion: 'v1.36.4+k3s1' }, 'quay.io/kairos');
    expect(printed).toEqual({ name: expect.stringContaining('v4.3.0-k3sv1.36.4-k3s1') });
    expect(read('v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1', 'hadron').tag).toContain('v4.3.0-k3s-v1.36.4-k3s1');
  });

  it('it orders the tags of its own time rightly, and so do we', () => {
    const sorted = tagsets.leap_sort
      .filter((tag) => isArtifact(parseReference(`quay.io/kairos/opensuse:${tag}`)))
      .map((tag) => read(tag, 'opensuse'))
      .toSorted(compare);
    expect(
      sorted.map(({ version, kubernetes }) => [version.kind === 'release' && version.version.text, kubernetes?.version?.text]),
    ).toEqual([
      ['v2.4.2-rc1', 'v1.26.9+k3s1'],
      ['v2.4.2-rc2', 'v1.26.9+k3s1'],
      ['v2.4.2', 'v1.26.9+k3s1'],
      ['v2.4.2', 'v1.26.10+k3s1'],
      ['v2.4.3', 'v1.26.8+k3s1'],
      ['v2.4.3', 'v1.26.9+k3s1'],
    ]);
  });

  it('it drops builds of branches and commits and keeps a stray ".sbom"; we know the first and not the second', () => {
    const kinds = tagsets.mixed.map((tag) => [tag, parseReference(`quay.io/kairos/any:${tag}`).kind] as const);
    const upgradable = kinds.filter(([, kind]) => kind === 'os-image').map(([tag]) => tag);
    expect(upgradable).toContain('leap-15.5-core-arm64-generic-43dabf5');
    expect(upgradable).toContain('24.04-core-amd64-generic-master-uki');
    expect(upgradable).not.toContain('22.04-standard-amd64-generic-v2.4.3-k3sv1.28.2-k3s1.sbom');
    expect(kinds.filter(([, kind]) => kind === 'raw-image').map(([tag]) => tag)).toEqual([
      'leap-15.5-core-amd64-generic-v2.4.2-img',
      '24.04-core-arm64-rpi4-v3.7.2-img',
    ]);
  });
});
