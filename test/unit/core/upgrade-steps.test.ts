import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Artifact } from '../../../src/core/image.ts';
import { upgradeSteps } from '../../../src/core/upgrade-steps.ts';
import { upgradeSections, upgradeSnippet } from '../../../src/render/upgrade-snippet.ts';
import { image } from '../../support/artifacts.ts';
import { digestOf } from '../../support/kairos-release.ts';

const pinned = (tag: string): Artifact => image(`quay.io/kairos/hadron:${tag}@${digestOf(tag)}`);
const V420 = image('hadron:v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.35.3-k3s1');
const V430 = pinned('v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1');
const ARM = pinned('v0.5.1-standard-arm64-generic-v4.3.0-k3s-v1.36.4-k3s1');
const objects = (text: string): readonly unknown[] => parseAllDocuments(text).map((document) => document.toJS());
const said = (steps: ReturnType<typeof upgradeSteps>): string =>
  JSON.stringify(upgradeSections(steps).filter(({ section }) => section.kind === 'list'));

describe('an upgrade with kairos-operator', () => {
  const steps = upgradeSteps(V420, [V430, ARM], ['amd64', 'arm64']);
  const name = (of: Artifact) => `kairos-upgrade-v4-3-0-k3s-v1-36-4-k3s1-${of.arch}-${of.digest?.slice(7, 15)}`;

  it('is an object an architecture, pinned by digest, on nodes of that architecture only', () => {
    expect(steps.operator).toMatchObject(
      [V430, ARM].map((of) => ({
        apiVersion: 'operator.kairos.io/v1alpha1',
        kind: 'NodeOpUpgrade',
        metadata: { name: name(of) },
        spec: {
          image: `${of.repository}:${of.tag}@${of.digest}`,
          nodeSelector: { matchLabels: { 'kairos.io/managed': 'true', 'kubernetes.io/arch': of.arch } },
          concurrency: 1,
          stopOnFailure: true,
        },
      })),
    );
  });

  it('is printed as YAML that says exactly that', () => {
    expect(objects(upgradeSnippet(steps, 'operator'))).toEqual(steps.operator);
    expect(upgradeSnippet(steps, 'operator')).toMatch(/^# One object is one run\./);
  });

  it('of a rebuild runs although the versions are there already, under another name', () => {
    const before = { ...V430, digest: digestOf('before') };
    const rebuild = upgradeSteps(before, [V430]);
    expect(rebuild.operator).toMatchObject([{ spec: { force: true } }]);
    expect(rebuild.operator[0]?.metadata).not.toEqual(upgradeSteps(V420, [before]).operator[0]?.metadata);
    expect(said(rebuild)).toContain('switched off (force)');
    expect(JSON.stringify(steps.operator)).not.toContain('force');
  });

  it.each([
    ['a board with a long name', 'v0.5.1-core-arm64-nvidia-jetson-agx-orin-v4.3.0-rc11'],
    ['another board', 'v0.5.1-core-arm64-rpi4-v4.3.0'],
    ['a candidate', 'v0.5.1-core-amd64-generic-v4.3.0-RC1'],
  ])('gets a name Kubernetes takes: %s', (_, tag) => {
    const of = pinned(tag);
    const metadata = upgradeSteps(image(`hadron:${tag.replace(/v4.3.0.*/, 'v4.2.0')}`), [of]).operator[0]?.metadata;
    expect(metadata).toMatchObject({ name: expect.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/) });
  });
});

describe('an upgrade with the system-upgrade-controller', () => {
  it('splits the reference, pulls by digest and is called deprecated', () => {
    const text = upgradeSnippet(upgradeSteps(V420, [V430]), 'controller');
    expect(text).toMatch(/^# Deprecated/);
    expect(objects(text)).toMatchObject([
      {
        kind: 'Plan',
        spec: {
          version: V430.tag,
          upgrade: { image: `quay.io/kairos/hadron@${V430.digest}`, command: ['/usr/sbin/suc-upgrade'] },
          nodeSelector: { matchExpressions: [{ key: 'kubernetes.io/hostname' }, { key: 'kubernetes.io/arch', values: ['amd64'] }] },
        },
      },
    ]);
  });

  it('is left out where the tag does not fit into a label, and that is said', () => {
    const tag = 'leap-15.6-standard-arm64-nvidia-jetson-agx-orin-v3.7.2-k3s-v1.34.3-k3s1';
    const steps = upgradeSteps(image(`opensuse:${tag.replace('v3.7.2', 'v3.7.1')}`), [
      image(`quay.io/kairos/opensuse:${tag}@${digestOf(tag)}`),
    ]);
    expect([steps.operator.length, steps.plans.length, upgradeSnippet(steps, 'controller')]).toEqual([1, 0, '']);
    expect(said(steps)).toContain('does not fit into one');
  });
});

describe('an upgrade on a node', () => {
  it('is one command for the running system and one for the recovery system', () => {
    const reference = `quay.io/kairos/hadron:${V430.tag}@${V430.digest}`;
    expect(upgradeSnippet(upgradeSteps(V420, [V430]), 'agent')).toBe(
      `kairos-agent upgrade --source oci:${reference}
# Reboot. Once the node runs well, the recovery system:
kairos-agent upgrade --recovery --source oci:${reference}
`,
    );
  });

  it('with trusted boot is the only way, with its boot entries and its keys', () => {
    const steps = upgradeSteps(image('hadron:v0.5.1-core-amd64-generic-v4.1.2-uki'), [pinned('v0.5.1-core-amd64-generic-v4.2.0-uki')]);
    expect([upgradeSnippet(steps, 'operator'), upgradeSnippet(steps, 'controller')]).toEqual(['', '']);
    expect(upgradeSnippet(steps, 'agent')).toContain('--boot-entry NAME');
    expect(said(steps)).toMatch(/Trusted boot.*list-releases.*refused/);
  });
});

describe('what to mind', () => {
  it('is the Kubernetes step, an architecture without an image, and the boards', () => {
    const rpi = upgradeSteps(
      image('hadron:v0.5.1-standard-arm64-rpi4-v4.2.0-k3s-v1.35.3-k3s1'),
      [pinned('v0.5.1-standard-arm64-rpi4-v4.3.0-k3s-v1.36.4-k3s1')],
      ['arm64', 'amd64'],
    );
    expect(said(rpi)).toMatch(/No such image for amd64.*the next minor version.*control-plane nodes first.*Only for rpi4/);
  });

  it('is a change of the operating system', () => {
    const steps = upgradeSteps(image('ubuntu:22.04-core-amd64-generic-v3.7.1'), [
      image(`quay.io/kairos/ubuntu:24.04-core-amd64-generic-v3.7.2@${digestOf('noble')}`),
    ]);
    expect(said(steps)).toContain('The operating system changes from ubuntu 22.04 to ubuntu 24.04.');
  });
});

describe('no text is made for', () => {
  const hostile = { ...V430, tag: 'v1$(reboot)' };
  it.each([
    ['an image without a digest', { ...V430, digest: null }, 'not-pinned'],
    ['a digest that is none', { ...V430, digest: 'sha256:`id`' }, 'unsafe-name'],
    ['a tag that is none', hostile, 'unsafe-name'],
    ['a repository that is none', { ...V430, repository: 'quay.io/kairos/hadron\nx: y' }, 'unsafe-name'],
    ['a reference without a repository', { ...V430, repository: '' }, 'unsafe-name'],
    ['a raw disk', { ...V430, kind: 'raw-image' as const }, 'raw-disk'],
    ['another variant', pinned('v0.5.1-core-amd64-generic-v4.3.0'), 'crosses'],
    ['another Kubernetes distribution', pinned('v0.5.1-standard-amd64-generic-v4.3.0-k0s-v1.36.4-k0s.0'), 'crosses'],
    ['a skipped Kubernetes minor', pinned('v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.37.1-k3s1'), 'kubernetes-skips-minor'],
    ['a Kubernetes nobody names', pinned('v0.5.1-standard-amd64-generic-v4.3.0-k3s'), 'kubernetes-unknown'],
    ['a downgrade', pinned('v0.4.0-standard-amd64-generic-v4.1.2-k3s-v1.35.3-k3s1'), 'not-an-upgrade'],
    ['what runs already', { ...V420, digest: digestOf('x') }, 'not-an-upgrade'],
  ])('%s', (_, target, kind) => {
    const steps = upgradeSteps(V420, [target]);
    expect(steps).toMatchObject({ operator: [], plans: [], nodes: [], refused: [{ refusal: { kind } }] });
    expect(said(steps)).toContain('is left out');
  });
});
