/**
 * What Kairos published, from v3.7.2 to v4.3.0, as data: the facts the recorded upstream serves.
 *
 * Dates are the commit dates of the tags of kairos-io/kairos. Hadron versions and build lists were read from
 * `.github/workflows/release.yaml` and `release-arm.yaml` at those tags. A Kubernetes stamp is here only when a public file names
 * it (documentation, a pull log, an ISO name): where the newest patch of a minor is not documented, the minor is missing here,
 * and a release without any documented stamp (v4.0.0, v4.0.2, v4.1.1, the prereleases) has core images only.
 *
 * Not facts, and chosen to be plausible: how long after the tag each piece appeared (`DELAY`), sizes, and every digest.
 */
import { type Instant, instant, MS, plusMs } from '../../src/core/time.ts';

export interface RecordedRelease {
  readonly version: string;
  readonly taggedAt: Instant;
  /** The Hadron base of its images: the flavor release in their tags. */
  readonly hadron: string;
  readonly k3s: readonly string[];
  readonly k0s: readonly string[];
  /** Versions of components that its release notes name. */
  readonly components: Readonly<Partial<Record<'kairos-init' | 'provider-kairos' | 'immucore' | 'kairos-agent', string>>>;
}

const release = (
  version: string,
  taggedAt: string,
  hadron: string,
  rest: Partial<Pick<RecordedRelease, 'k3s' | 'k0s' | 'components'>> = {},
): RecordedRelease => ({ version, taggedAt: instant(taggedAt), hadron, k3s: [], k0s: [], components: {}, ...rest });

/** Oldest first. v4.2.0-rc2 was tagged too, but the vulnerability gate stopped it: no page and no image ever appeared. */
export const RELEASES: readonly RecordedRelease[] = [
  release('v3.7.2', '2026-02-05T09:43:30+01:00', 'v0.0.1', {
    k3s: ['v1.35.0+k3s3', 'v1.34.3+k3s3', 'v1.33.7+k3s3'],
    k0s: ['v1.34.3+k0s.0'],
    components: { 'provider-kairos': 'v2.14.0' },
  }),
  release('v4.0.0-beta1', '2026-02-24T11:53:30+02:00', 'v0.0.3'),
  release('v4.0.0-beta2', '2026-02-25T16:10:33+01:00', 'v0.0.3'),
  release('v4.0.0-beta3', '2026-02-25T16:49:18+01:00', 'v0.0.3'),
  release('v4.0.0-beta4', '2026-02-25T19:49:45+01:00', 'v0.0.3'),
  release('v4.0.0-RC1', '2026-02-26T15:11:34+01:00', 'v0.0.3'),
  release('v4.0.0-RC2', '2026-02-27T10:29:51+01:00', 'v0.0.3'),
  release('v4.0.0', '2026-02-27T10:29:51+01:00', 'v0.0.3'),
  release('v4.0.1-RC1', '2026-03-02T16:07:17+01:00', 'v0.0.4'),
  release('v4.0.1-RC2', '2026-03-03T07:19:19+01:00', 'v0.0.4'),
  release('v4.0.1', '2026-03-03T07:19:19+01:00', 'v0.0.4', { k0s: ['v1.34.4+k0s.0'], components: { 'kairos-init': 'v0.7.0' } }),
  release('v4.0.2-rc1', '2026-03-11T16:01:15+01:00', 'v0.0.4'),
  release('v4.0.2-rc2', '2026-03-16T15:34:54+01:00', 'v0.0.4'),
  release('v4.0.2-rc3', '2026-03-16T21:36:00+01:00', 'v0.0.4'),
  release('v4.0.2-rc4', '2026-03-16T22:05:24+01:00', 'v0.0.4'),
  release('v4.0.2-rc5', '2026-03-18T09:26:51+01:00', 'v0.0.4'),
  release('v4.0.2-rc6', '2026-03-18T15:23:46+01:00', 'v0.0.4'),
  release('v4.0.2', '2026-03-18T15:23:46+01:00', 'v0.0.4', {
    components: { 'kairos-init': 'v0.7.3', immucore: 'v0.13.1', 'kairos-agent': 'v2.27.0', 'provider-kairos': 'v2.14.1' },
  }),
  release('v4.0.3-rc1', '2026-03-20T14:37:00+01:00', 'v0.0.4'),
  release('v4.0.3', '2026-03-20T14:37:00+01:00', 'v0.0.4', {
    k3s: ['v1.35.2+k3s1'],
    k0s: ['v1.34.3+k0s.0'],
    components: { 'kairos-init': 'v0.8.4', 'provider-kairos': 'v2.14.2' },
  }),
  release('v4.1.0-rc1', '2026-05-14T19:40:58+03:00', 'v0.2.0'),
  release('v4.1.0', '2026-05-14T19:40:58+03:00', 'v0.2.0', {
    k3s: ['v1.36.0+k3s1', 'v1.35.4+k3s1'],
    k0s: ['v1.35.4+k0s.0'],
    components: { 'kairos-init': 'v0.13.0', 'provider-kairos': 'v2.16.0' },
  }),
  release('v4.1.1', '2026-06-15T19:03:21+03:00', 'v0.3.0', { components: { 'kairos-init': 'v0.14.3' } }),
  release('v4.1.2', '2026-06-17T16:11:14+02:00', 'v0.4.0', {
    k3s: ['v1.36.1+k3s1', 'v1.34.8+k3s1'],
    k0s: ['v1.36.1+k0s.0', 'v1.34.8+k0s.0'],
    components: { 'kairos-init': 'v0.14.6', 'provider-kairos': 'v2.16.1' },
  }),
  release('v4.2.0-rc1', '2026-08-10T14:15:16+03:00', 'v0.5.1'),
  release('v4.2.0-rc3', '2026-08-14T17:14:13+02:00', 'v0.5.1'),
  release('v4.2.0-rc4', '2026-08-18T12:43:18+02:00', 'v0.5.1'),
  release('v4.2.0', '2026-08-18T12:43:18+02:00', 'v0.5.1', {
    k3s: ['v1.36.3+k3s1'],
    k0s: ['v1.36.3+k0s.2'],
    components: { 'kairos-init': 'v0.17.2', 'provider-kairos': 'v2.16.4', immucore: 'v0.20.4', 'kairos-agent': 'v2.31.4' },
  }),
  // Only the day is public: noon stands for its time.
  release('v4.3.0', '2026-09-08T12:00:00Z', 'v0.5.1', {
    k3s: ['v1.36.4+k3s1', 'v1.35.8+k3s1', 'v1.34.11+k3s1'],
    k0s: ['v1.36.4+k0s.0', 'v1.35.8+k0s.0', 'v1.34.11+k0s.0'],
    components: { 'kairos-init': 'v4.3.0' },
  }),
];

/** How long after its tag each piece of a release appears: release pages come first and empty, standard images last. */
export const DELAY = {
  page: 15 * MS.minute,
  core: 40 * MS.minute,
  standard: 80 * MS.minute,
  notes: 4 * MS.hour,
  /** A final that was tagged on the commit of its last candidate follows that candidate. */
  finalAfterCandidate: 3 * MS.hour,
  /** The k0s images of v4.0.3 appear days after its k3s images, so that a release can be seen to grow late. */
  lateK0s: 5 * MS.day,
} as const;

/** When the work on a release begins: its tag, or some hours later when a candidate was made from the same commit. */
export function startOf(recorded: RecordedRelease): Instant {
  const shared = RELEASES.some((other) => other.taggedAt === recorded.taggedAt && other.version.startsWith(`${recorded.version}-`));
  return shared ? plusMs(recorded.taggedAt, DELAY.finalAfterCandidate) : recorded.taggedAt;
}

/** What of a flavor a release builds; every flavor has core and k3s standard images for amd64 and arm64. */
export interface Build {
  readonly flavor: string;
  readonly flavorRelease: string;
  readonly uki: boolean;
  readonly k0s: boolean;
  /** Raspberry Pi 4: core images, and standard ones where true. */
  readonly rpi4: 'none' | 'core' | 'all';
  readonly jetson: boolean;
}

const build = (flavor: string, flavorRelease: string, rest: Partial<Build> = {}): Build => ({
  flavor,
  flavorRelease,
  uki: false,
  k0s: false,
  rpi4: 'none',
  jetson: false,
  ...rest,
});

/** The build list of v3.7.2, the last release of every flavor but Hadron. */
const LAST_OF_ALL_FLAVORS: readonly Build[] = [
  build('alpine', '3.21', { rpi4: 'all' }),
  build('debian', '13'),
  build('fedora', '40', { uki: true }),
  build('opensuse', 'leap-15.6', { k0s: true, rpi4: 'all' }),
  build('rockylinux', '9', { k0s: true }),
  build('ubuntu', '20.04', { rpi4: 'all' }),
  build('ubuntu', '22.04', { rpi4: 'all', jetson: true }),
  build('ubuntu', '24.04', { uki: true, k0s: true }),
  build('ubuntu', '25.10', { k0s: true }),
];

/** The build list of a release. v4.3.0 came from a new workflow: its UKI images and its standard images for the Pi are not documented. */
export function buildsOf({ version, hadron }: RecordedRelease): readonly Build[] {
  const known = version !== 'v4.3.0';
  const hadronBuild = build('hadron', hadron, { uki: known, k0s: true, rpi4: known ? 'all' : 'core' });
  return version === 'v3.7.2' ? [...LAST_OF_ALL_FLAVORS, hadronBuild] : [hadronBuild];
}

/** Checksums of ISO files that are public. */
export const ISO_DIGESTS: Readonly<Record<string, string>> = {
  'kairos-hadron-v0.5.1-standard-amd64-generic-v4.2.0-k3sv1.36.3+k3s1.iso':
    '1f1be453bc9741c0be7a12f54aed84fc52973c3122398b3019707d5063daf0b7',
  'kairos-hadron-v0.5.1-core-amd64-generic-v4.3.0.iso': '2d126227e6297682231984bfa0ee8d5084a621967f3c5afe8edeea77fcc46c3f',
  'kairos-hadron-v0.5.1-standard-amd64-generic-v4.3.0-k3sv1.36.4+k3s1.iso':
    '1488c390e91128e6d8e1f6c2258c3e32881b3ff44de17a700134e2f671f3575c',
};

/**
 * Tags in spellings of no release. The first is what the workflows of master would have pushed on 2026-08-21, before v4.3.0
 * corrected it; the last two are the spelling that kairos-io/kairos#4216 proposes, on a version that does not exist.
 */
export const FOREIGN_TAGS: readonly { readonly at: Instant; readonly repository: string; readonly tag: string }[] = [
  { at: instant('2026-08-21T14:00:00Z'), repository: 'kairos/hadron', tag: 'hadron-v0.5.1-core-amd64-generic-ca02242' },
  { at: instant('2026-09-10T09:00:00Z'), repository: 'kairos/hadron', tag: 'core-amd64-generic-v4.4.0' },
  { at: instant('2026-09-10T09:01:00Z'), repository: 'kairos/hadron', tag: 'core-arm64-generic-v4.4.0' },
];
