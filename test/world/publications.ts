/** From the facts to what was pushed when: every image tag of every recorded release, and the ISO names that belong to them. */
import { type Instant, MS, plusMs } from '../../src/core/time.ts';
import { type Build, buildsOf, DELAY, FOREIGN_TAGS, RELEASES, type RecordedRelease, startOf } from './history.ts';

/** One tag pushed once. */
export interface Publication {
  readonly repository: string;
  readonly tag: string;
  readonly at: Instant;
  readonly arch: 'amd64' | 'arm64';
  readonly variant: 'core' | 'standard';
  /** The Kairos version it belongs to. */
  readonly version: string;
  /** The ISO built from it; null where none is. */
  readonly iso: string | null;
}

interface Image {
  readonly variant: 'core' | 'standard';
  readonly arch: 'amd64' | 'arm64';
  readonly model: string;
  /** `v1.36.4+k3s1`. */
  readonly kubernetes: string | null;
  readonly uki: boolean;
}

function imagesOf(built: Build, recorded: RecordedRelease): readonly Image[] {
  const core = (arch: Image['arch'], model = 'generic', uki = false): Image => ({ variant: 'core', arch, model, kubernetes: null, uki });
  const standard = (kubernetes: string, arch: Image['arch'], model = 'generic'): Image => ({
    variant: 'standard',
    arch,
    model,
    kubernetes,
    uki: false,
  });
  return [
    core('amd64'),
    ...(built.uki ? [core('amd64', 'generic', true)] : []),
    core('arm64'),
    ...(built.rpi4 === 'none' ? [] : [core('arm64', 'rpi4')]),
    ...(built.jetson ? [core('arm64', 'nvidia-jetson-agx-orin')] : []),
    ...recorded.k3s.flatMap((k3s) => [
      standard(k3s, 'amd64'),
      standard(k3s, 'arm64'),
      ...(built.rpi4 === 'all' ? [standard(k3s, 'arm64', 'rpi4')] : []),
    ]),
    ...(built.k0s ? recorded.k0s.map((k0s) => standard(k0s, 'amd64')) : []),
  ];
}

const distroOf = (kubernetes: string): 'k3s' | 'k0s' => (kubernetes.includes('+k0s') ? 'k0s' : 'k3s');

/** The tag spelling since v3.5.0: the distribution, a dash, the version with `+` written as `-`. */
function tagOf(built: Build, image: Image, version: string): string {
  const kubernetes = image.kubernetes === null ? '' : `-${distroOf(image.kubernetes)}-${image.kubernetes.replace('+', '-')}`;
  return `${built.flavorRelease}-${image.variant}-${image.arch}-${image.model}-${version}${kubernetes}${image.uki ? '-uki' : ''}`;
}

/** The file name of the same build, which spells the Kubernetes part its own way. Before v4 the Hadron version had no `v` in it. */
function isoOf(built: Build, image: Image, version: string): string | null {
  if (built.flavor !== 'hadron' || image.model !== 'generic' || image.uki) {
    return null;
  }
  const base = version.startsWith('v3.') ? built.flavorRelease.slice(1) : built.flavorRelease;
  const kubernetes = image.kubernetes === null ? '' : `-${distroOf(image.kubernetes)}${image.kubernetes}`;
  return `kairos-hadron-${base}-${image.variant}-${image.arch}-${image.model}-${version}${kubernetes}.iso`;
}

function delayOf(recorded: RecordedRelease, image: Image): number {
  const late = recorded.version === 'v4.0.3' && image.kubernetes !== null && distroOf(image.kubernetes) === 'k0s';
  return DELAY[image.variant] + (late ? DELAY.lateK0s : 0);
}

function publicationsOf(recorded: RecordedRelease): readonly Publication[] {
  const start = startOf(recorded);
  return buildsOf(recorded).flatMap((built) =>
    imagesOf(built, recorded).map((image, nth) => ({
      repository: `kairos/${built.flavor}`,
      tag: tagOf(built, image, recorded.version),
      at: plusMs(start, delayOf(recorded, image) + nth * MS.minute),
      arch: image.arch,
      variant: image.variant,
      version: recorded.version,
      iso: isoOf(built, image, recorded.version),
    })),
  );
}

/** Tags that are moved by design: `latest` follows the core image of each stable release, the master build came the day before. */
function movingOf(recorded: RecordedRelease): readonly Publication[] {
  if (recorded.version.includes('-')) {
    return [];
  }
  const moving = { repository: 'kairos/hadron', arch: 'amd64', variant: 'core', version: recorded.version, iso: null } as const;
  return [
    { ...moving, tag: `${recorded.hadron}-core-amd64-generic-master`, at: plusMs(recorded.taggedAt, -MS.day) },
    { ...moving, tag: 'latest', at: plusMs(startOf(recorded), DELAY.core) },
  ];
}

const foreign: readonly Publication[] = FOREIGN_TAGS.map((tag) => ({
  ...tag,
  arch: tag.tag.includes('arm64') ? 'arm64' : 'amd64',
  variant: 'core',
  version: tag.tag,
  iso: null,
}));

/** Everything that was pushed, oldest first. */
export const PUBLICATIONS: readonly Publication[] = [
  ...RELEASES.flatMap((recorded) => [...publicationsOf(recorded), ...movingOf(recorded)]),
  ...foreign,
].sort((a, b) => a.at.localeCompare(b.at) || a.tag.localeCompare(b.tag));
