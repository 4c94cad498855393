/** A summary: figures, and the packages people ask for first, by all their names. */
import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../../src/core/sbom.ts';
import { readSpdx } from '../../../src/core/sbom-spdx.ts';
import { summarise } from '../../../src/core/sbom-summary.ts';
import { imagePackages, type SbomPackage, truthOf } from '../../support/sbom-packages.ts';
import { spdxDocument } from '../../support/sigstore/spdx-document.ts';

function spdx(packages: readonly SbomPackage[]): Inventory {
  const inventory = readSpdx(spdxDocument({ packages }));
  if (inventory === null) throw new Error('it was not read');
  return inventory;
}

describe('a summary', () => {
  const named = (type: SbomPackage['type'], name: string, version: string): SbomPackage => ({
    type,
    namespace: '',
    name,
    version,
    arch: '',
    licence: null,
  });
  const module = (path: string, version: string): SbomPackage => {
    const [host = '', owner = '', ...rest] = path.split('/');
    return { ...named('golang', rest.join('/'), version), namespace: `${host}/${owner}` };
  };
  const highlights = (...packages: readonly SbomPackage[]) =>
    Object.fromEntries(summarise(spdx(packages)).highlights.map(({ name, versions }) => [name, versions.join(' ')]));

  it('counts', () => {
    const summary = summarise(spdx(imagePackages(1_000)));
    const truth = [...truthOf(imagePackages(1_000))];
    const number = (type: string) =>
      truth.filter(([key]) => key.startsWith(`${type}|`)).reduce((sum, [, versions]) => sum + versions.size, 0);
    expect(summary.ecosystems).toEqual(['golang', 'deb', 'generic'].map((type) => ({ type, packages: number(type) })));
    expect(summary).toMatchObject({ withoutPurl: number(''), distro: 'ubuntu-24.04', unreadable: 0, omitted: 0 });
    expect(summary.packages).toBe(truth.reduce((sum, [, versions]) => sum + versions.size, 0));
    expect(JSON.stringify(summary).length).toBeLessThan(500);
  });

  it.each([
    ['Linux kernel', named('deb', 'linux-image-6.8.0-47-generic', '6.8.0-47.47')],
    ['Linux kernel', named('deb', 'linux-image-unsigned-6.8.0-47-generic', '6.8.0-47.47')],
    ['Linux kernel', named('rpm', 'kernel-default', '6.4.0')],
    ['Linux kernel', named('rpm', 'kernel-core', '6.4.0')],
    ['Linux kernel', named('apk', 'linux-lts', '6.12.13-r0')],
    ['Linux kernel', named('generic', 'linux', '6.12.13')],
    ['systemd', named('deb', 'systemd', '255')],
    ['OpenRC', named('apk', 'openrc', '0.55')],
    ['glibc', named('deb', 'libc6', '2.39')],
    ['glibc', named('rpm', 'glibc', '2.38')],
    ['musl', named('apk', 'musl', '1.2.5')],
    ['OpenSSL', named('apk', 'libcrypto3', '3.3.3')],
    ['OpenSSL', named('rpm', 'libopenssl1_1', '1.1.1')],
    ['OpenSSL', named('rpm', 'libopenssl3', '3.1.4')],
    ['OpenSSL', named('deb', 'libssl3t64', '3.0.13')],
    ['OpenSSL', named('rpm', 'openssl-3', '3.1.4')],
    ['GRUB', named('rpm', 'grub2-x86_64-efi', '2.12')],
    ['GRUB', named('deb', 'grub-efi-amd64-bin', '2.12')],
    ['shim', named('deb', 'shim-signed', '1.58')],
    ['systemd-boot', named('deb', 'systemd-boot', '255')],
    ['dracut', named('rpm', 'dracut', '059')],
    ['k3s', module('github.com/k3s-io/k3s', 'v1.36.4')],
    ['k0s', module('github.com/k0sproject/k0s', 'v1.36.4')],
    ['Kubernetes', module('github.com/k3s-io/kubernetes', 'v1.36.4')],
    ['containerd', module('github.com/containerd/containerd/v2', 'v2.1.4')],
    ['containerd', module('github.com/k3s-io/containerd', 'v1.7.4')],
    ['runc', module('github.com/opencontainers/runc', 'v1.3.0')],
    ['kairos-agent', module('github.com/kairos-io/kairos-agent/v2', 'v2.21.0')],
    ['immucore', module('github.com/kairos-io/immucore', 'v0.11.0')],
    ['kairos/sdk', module('github.com/kairos-io/kairos/sdk', 'v0.11.0')],
    ['kairos-agent', named('generic', 'kairos-agent', '2.21.0')],
    ['kairos-io/runc', module('github.com/kairos-io/runc', 'v0')],
    ['Go standard library', named('golang', 'stdlib', '1.24.4')],
  ])('has %s among its highlights: %j', (name, each) => {
    expect(highlights(each)).toEqual({ [name]: each.version });
  });

  it.each([
    named('deb', 'linux-image-amd64', '6.1'),
    named('deb', 'libsystemd0', '255'),
    named('deb', 'libssl-dev', '3'),
    module('github.com/systemd/systemd', 'v1'),
    named('deb', 'stdlib', '1'),
    named('deb', 'systemd', ''),
  ])('has not %j', (each) => {
    expect(highlights(each)).toEqual({});
  });

  it('believes the package manager where a file says otherwise', () => {
    const packages = [named('generic', 'linux-kernel', '6.8.0-47-generic'), named('deb', 'linux-image-6.8.0-47-generic', '6.8.0-47.47')];
    expect(highlights(...packages)).toEqual({ 'Linux kernel': '6.8.0-47.47' });
  });

  it('has Kairos first and the others in a fixed order', () => {
    const packages = [
      named('golang', 'stdlib', '1'),
      named('deb', 'dracut', '1'),
      module('github.com/kairos-io/immucore', 'v1'),
      named('deb', 'systemd', '1'),
    ];
    expect(Object.keys(highlights(...packages))).toEqual(['immucore', 'systemd', 'dracut', 'Go standard library']);
  });
});
