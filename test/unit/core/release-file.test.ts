import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseReleaseFile, printReleaseFile, type ReleaseFile } from '../../../src/core/release-file.ts';
import { readTable } from '../../support/fixtures.ts';

const cell = z.string();
const ROW = z.strictObject({
  name: cell,
  kind: cell,
  flavor: cell,
  release: cell,
  variant: cell,
  arch: cell,
  model: cell,
  version: cell,
  channel: cell,
  kubernetes: cell,
  boot: cell,
  era: cell,
});
const TABLE = readTable('release-files.tsv', ROW);

function rowOf(file: ReleaseFile): z.infer<typeof ROW> | string {
  if (file.of !== 'image') return file.kind;
  const { name, kind, flavor, flavorRelease, variant, arch, model, version, channel, kubernetes, uki, era } = file;
  return {
    name,
    kind,
    flavor,
    release: flavorRelease ?? '-',
    variant,
    arch,
    model,
    version: version.kind === 'release' ? version.version.text : version.text,
    channel,
    kubernetes: kubernetes === null ? '-' : `${kubernetes.distro} ${kubernetes.version?.text ?? '-'}`,
    boot: uki ? 'uki' : '-',
    era,
  };
}

const CURRENT = 'kairos-hadron-v0.5.1-standard-amd64-generic-v4.3.0-k3sv1.36.4+k3s1.iso';

describe('every name of a release file seen in public', () => {
  it.each(TABLE)('$name is $kind', (row) => {
    expect(rowOf(parseReleaseFile(row.name))).toEqual(row);
    expect(printReleaseFile(parseReleaseFile(row.name))).toBe(row.name);
  });
});

describe('a release file', () => {
  it.each<[string, object, string]>([
    ['kairos-opensuse-leap-arm-rpi-v1.5.0-k3sv1.24.6+k3s1.img', { kind: 'raw', arch: 'arm64', model: 'rpi4', variant: 'standard' }, 'E2'],
    ['kairos-alpine-3.21-standard-amd64-v3.4.0-beta1k3s1.32.3-k3s1.iso', { model: 'generic', era: 'E4a' }, 'the beta without a model'],
    ['kairos-alpine-3.21-standard-amd64-generic-v3.4.0k3s1.32.3-k3s1.iso', { era: 'E4a' }, 'no dash and no v'],
    [
      'kairos-ubuntu-24.04-standard-amd64-generic-v3.3.0-k3sv1.32.0-k3s1.raw',
      { kind: 'raw', era: 'E3' },
      'a raw image with the stamp of a tag',
    ],
    ['kairos-ubuntu-24.04-core-amd64-generic-v3.2.4-uki.iso', { kind: 'uki-iso', uki: true, era: 'E3' }, 'trusted boot'],
    ['kairos-opensuse-tumbleweed-20250723-core-amd64-generic-v3.5.0.iso', { flavor: 'opensuse', flavorRelease: 'tumbleweed-20250723' }, ''],
    [
      'kairos-hadron-v0-5-1-core-amd64-generic-v4-3-0',
      { kind: 'cloud-image', flavorRelease: 'v0.5.1', variant: 'core' },
      'Google allows no dots',
    ],
    ['kairos-alpine-v1.6.0-ipxe-usb.img', { kind: 'netboot', flavor: 'alpine' }, 'not a raw image'],
    ['kairos-alpine-v1.6.0-initrd', { kind: 'netboot' }, ''],
    ['core-opensuse-leap-v2.0.0-sbom.spdx.json', { kind: 'sbom', variant: 'core', flavor: 'opensuse-leap' }, 'named after the image'],
    ['kairos-ubuntu-24.04-core-amd64-generic-v3.2.4-sbom-scan-reports.tar.gz', { kind: 'reports' }, 'a tar that is not gzipped'],
    ['kairos-opensuse-leap-15.5-core-amd64-generic-v2.4.2-trivy.sarif', { kind: 'scan' }, ''],
  ])('%s is %o %s', (name, expected) => {
    expect(parseReleaseFile(name)).toMatchObject({ of: 'image', name, ...expected });
  });

  it.each([
    ['.sha256', 'checksum', ''],
    ['.sha256.sig', 'signature', '.sha256'],
    ['.sha256.pem', 'certificate', '.sha256'],
    ['.sha256.bundle', 'bundle', '.sha256'],
  ])('%s is a %s of the file it is named after', (end, kind, of) => {
    expect(parseReleaseFile(CURRENT + end)).toMatchObject({ kind, about: CURRENT + of, version: { version: { text: 'v4.3.0' } } });
  });

  it('is found under the name a download URL gives it', () => {
    expect(parseReleaseFile(CURRENT.replace('+', '%2B'))).toEqual(parseReleaseFile(CURRENT));
    expect(parseReleaseFile(CURRENT.replace('+', '%2b'))).toEqual(parseReleaseFile(CURRENT));
  });

  it.each<[string, object]>([
    ['kairos-init-v4.3.0-linux-amd64.tar.gz', { kind: 'archive', component: 'kairos-init', arch: 'amd64', fips: false }],
    [
      'kairos-agent-v2.1.10-Linux-arm64.tar.gz.sig',
      { kind: 'signature', component: 'kairos-agent', about: 'kairos-agent-v2.1.10-Linux-arm64.tar.gz' },
    ],
    ['immucore-v0.20.4-linux-amd64-fips.tar.gz', { kind: 'archive', fips: true }],
    ['kcrypt-challenger-v0.12.1-checksums.txt', { kind: 'checksums', component: 'kcrypt-challenger' }],
    ['immucore-v0.20.4-source.tar.gz', { kind: 'source' }],
  ])('%s belongs to a component: %o', (name, expected) => {
    expect(parseReleaseFile(name)).toMatchObject({ of: 'component', name, ...expected });
  });

  it('lists the digests of the whole release in one file', () => {
    expect(parseReleaseFile('checksums.txt')).toEqual({ kind: 'checksums', of: 'release', name: 'checksums.txt' });
  });

  it.each([
    ['kairos-hadron-v0.5.1-standard-amd64-generic-v4.3.0-k3sv1.36.4+k0s.0.iso', 'mixes k3s and k0s'],
    ['kairos-hadron-v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1.iso', 'unknown spelling'],
    ['kairos-hadron-v0.5.1-core-amd64-rpi5-v4.3.0.iso', 'unknown model'],
    ['kairos-slackware-v1.5.0.iso', 'unknown flavor "slackware"'],
    ['kairos-hadron-v0.5.1-core-amd64-generic-nightly.iso', '"nightly" is neither'],
    ['install.yaml', 'neither an image'],
    ['something.sig', 'a signature of a file that is not known'],
    ['artifacts/kairos-hadron-v0.5.1-core-amd64-generic-v4.3.0.iso', 'not the name of a release file'],
    ['../../etc/passwd', 'not the name of a release file'],
    ['a%00b.iso', 'not the name of a release file'],
    ['', 'not the name of a release file'],
    ['x'.repeat(1_000_000), 'longer than a file name can be'],
  ])('%.90s is unrecognised: %s', (name, reason) => {
    const file = parseReleaseFile(name);
    expect(file).toMatchObject({ kind: 'unrecognised', reason: expect.stringContaining(reason) });
    expect(file.name.length).toBeLessThan(256);
  });
});
