/**
 * What this world's images hold: a handful of packages whose versions move with the release, so that something is there to be told of.
 * Chosen to be plausible, no facts: only the versions of Kairos, Hadron, Kubernetes and the components that notes name are real.
 */
import type { SbomPackage } from '../support/sbom-packages.ts';
import { RELEASES, type RecordedRelease } from './history.ts';

/** Packages of the image of a tag such as `v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1`. */
export function packagesOf(tag: string, version: string): readonly SbomPackage[] {
  const step = RELEASES.findIndex((release) => release.version === version);
  const hadron = /^v0\.(\d+)\.(\d+)-/.exec(tag);
  const base = hadron === null ? 0 : Number(hadron[1]) * 3 + Number(hadron[2]);
  const [, k3s] = /-k3s-(v[\d.]+)-(?:k3s\d+)$/.exec(tag) ?? [];
  return [
    system('linux-kernel', `6.12.${40 + base}`, 'GPL-2.0-only'),
    system('systemd', `257.${1 + Math.floor(base / 2)}`, 'LGPL-2.1-or-later'),
    system('openssl', base < 9 ? '3.5.4' : '3.5.6', 'Apache-2.0'),
    system('musl', '1.2.5', 'MIT'),
    system('openssh', '10.0p2', 'BSD-2-Clause'),
    ...(base < 12 ? [system('rng-tools', '6.17', 'GPL-2.0-only')] : [system('jitterentropy', '3.6.3', 'BSD-3-Clause')]),
    golang('', 'stdlib', step < 25 ? 'v1.26.1' : 'v1.26.3'),
    golang('golang.org/x', 'net', `v0.${40 + Math.floor(step / 4)}.0`),
    ...COMPONENTS.flatMap((component) => {
      const known = lastKnown(component, step);
      return known === null ? [] : [golang('github.com/kairos-io', component, known)];
    }),
    ...(k3s === undefined ? [] : [golang('github.com/k3s-io', 'k3s', k3s), golang('github.com/k3s-io', 'containerd/v2', 'v2.1.5-k3s1')]),
  ];
}

const COMPONENTS = ['kairos-agent', 'immucore'] as const;

function lastKnown(component: keyof RecordedRelease['components'], step: number): string | null {
  const versions = RELEASES.slice(0, step + 1).map(({ components }) => components[component]);
  return versions.findLast((version) => version !== undefined) ?? null;
}

function system(name: string, version: string, licence: string): SbomPackage {
  return { type: 'generic', namespace: '', name, version, arch: '', licence };
}

function golang(namespace: string, name: string, version: string): SbomPackage {
  return { type: 'golang', namespace, name, version, arch: '', licence: null };
}
