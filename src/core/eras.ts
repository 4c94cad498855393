/**
 * The one table of the naming eras of Kairos: when each was in force and how it spelled the Kubernetes part.
 * Read from the release workflows of kairos-io/kairos at the tags named (`.github/workflows/release*.yaml`,
 * `reusable-*.yaml`, `naming.sh`, `Earthfile`; before v2.4.0 also kairos-io/provider-kairos).
 */
import { compareVersions, parseVersion, type Version } from './version.ts';

/** A period of the naming grammar. `ci` is the field order of pull-request and master builds. */
export type Era = 'E0' | 'E1' | 'E2' | 'E3' | 'E4a' | 'E4b' | 'E5' | 'ci';

/**
 * Where an era says what an image is: E1 and E2 in the repository's name (`core-opensuse:v1.4.0`), E3 and later in the
 * tag (`opensuse:leap-15.6-core-amd64-generic-v3.6.0`). `other`: neither, the tags carry no Kairos version.
 */
export type Layout = 'repository' | 'tag' | 'other';

/**
 * How the Kubernetes part continues after the distribution's name in an image tag:
 * `v` `-k3sv1.26.9-k3s1`, `bare` `-k3s1.32.3-k3s1`, `dashed` `-k3s-v1.33.2-k3s1`, `unstamped` `-k3s1.32.2`, `name` `-k3s`.
 */
export type TagSpelling = 'v' | 'bare' | 'dashed' | 'unstamped' | 'name';

/**
 * The same part in a release file's name; since v3.5.0 the two differ for one build:
 * `v` `-k3sv1.36.4+k3s1`, `bare` `k3s1.32.3-k3s1` right after the version, `joined` `k3sv1.32.3-k3s1` likewise, `unstamped` `-k3s1.32.1`.
 */
export type FileSpelling = 'v' | 'bare' | 'joined' | 'unstamped';

interface EraRow {
  readonly era: Era;
  readonly layout: Layout;
  /** First and last git tag of the period; null where it has not ended, or where the row is no period. */
  readonly from: string | null;
  readonly to: string | null;
  /** Days of those tags. */
  readonly since: string;
  readonly until: string | null;
  readonly inTag: TagSpelling | null;
  readonly inFile: FileSpelling | null;
  readonly example: string;
}

/**
 * Order matters: of two rows with one spelling, the first is meant when the version lies in neither period
 * (`v0.0.1` of somebody's own build, a branch).
 */
export const ERAS: readonly EraRow[] = [
  {
    // c3os: the project's own tag is a Kubernetes version with a build number, so there is no Kairos version to read.
    era: 'E0',
    layout: 'other',
    from: 'v1.20.4',
    to: 'v1.24.3-56',
    since: '2021-07-30',
    until: '2022-07-23',
    inTag: null,
    inFile: null,
    example: 'quay.io/c3os/c3os:opensuse-v1.21.4-22',
  },
  {
    era: 'E1',
    layout: 'repository',
    from: 'v0.57.0-alpha1',
    to: 'v0.57.0',
    since: '2022-08-30',
    until: '2022-08-31',
    inTag: 'v',
    inFile: 'v',
    example: 'quay.io/c3os/core-opensuse:v0.57.0',
  },
  {
    era: 'E2',
    layout: 'repository',
    from: 'v1.0.0-rc1',
    to: 'v2.4.1',
    since: '2022-09-12',
    until: '2023-10-02',
    inTag: 'v',
    inFile: 'v',
    example: 'quay.io/kairos/kairos-opensuse-leap:v1.6.1-k3sv1.26.1-k3s1',
  },
  {
    era: 'E3',
    layout: 'tag',
    from: 'v2.4.2-rc1',
    to: 'v3.3.6',
    since: '2023-11-07',
    until: '2025-04-07',
    inTag: 'v',
    inFile: 'v',
    example: 'quay.io/kairos/ubuntu:22.04-standard-amd64-generic-v3.2.2-k3sv1.30.5-k3s1',
  },
  {
    era: 'E4a',
    layout: 'tag',
    from: 'v3.4.0-beta1',
    to: 'v3.4.1',
    since: '2025-03-18',
    until: '2025-04-29',
    inTag: 'bare',
    inFile: 'bare',
    example: 'quay.io/kairos/alpine:3.21-standard-amd64-generic-v3.4.0-k3s1.32.3-k3s1',
  },
  {
    // kairos issues 3404 and 3453: the v came back for one release.
    era: 'E4b',
    layout: 'tag',
    from: 'v3.4.2',
    to: 'v3.4.2',
    since: '2025-04-30',
    until: '2025-04-30',
    inTag: 'v',
    inFile: 'joined',
    example: 'quay.io/kairos/alpine:3.21-standard-arm64-rpi4-v3.4.2-k3sv1.32.3-k3s1-img',
  },
  {
    era: 'E5',
    layout: 'tag',
    from: 'v3.5.0-rc1',
    to: null,
    since: '2025-07-23',
    until: null,
    inTag: 'dashed',
    inFile: 'v',
    example: 'quay.io/kairos/hadron:v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.36.3-k3s1',
  },
  {
    // arm64 only: `reusable-docker-arm-build.yaml` of v3.3.1 … v3.3.6 dropped both the v and the stamp.
    era: 'E3',
    layout: 'tag',
    from: 'v3.3.1-rc1',
    to: 'v3.3.6',
    since: '2025-01-28',
    until: '2025-04-07',
    inTag: 'unstamped',
    inFile: 'unstamped',
    example: 'quay.io/kairos/opensuse:leap-15.6-standard-arm64-rpi4-v3.3.4-k3s1.32.2',
  },
  {
    // kairos pull request 4597, announced for v4.5.0: the distribution alone.
    era: 'E5',
    layout: 'tag',
    from: 'v4.5.0',
    to: null,
    since: '2026-09-10',
    until: null,
    inTag: 'name',
    inFile: null,
    example: 'quay.io/kairos/hadron:v0.5.1-standard-amd64-generic-v4.5.0-k0s',
  },
  {
    // Pull-request and master builds since August 2026, pruned after ten days by `ghcr-prune.yaml`.
    era: 'ci',
    layout: 'other',
    from: null,
    to: null,
    since: '2026-08-01',
    until: null,
    inTag: null,
    inFile: null,
    example: 'ghcr.io/kairos-io/kairos/hadron:hadron-v0.5.1-standard-amd64-generic-k3s-v4.5.0',
  },
];

interface Period {
  readonly era: Era;
  readonly inTag: TagSpelling | null;
  readonly inFile: FileSpelling | null;
  readonly from: Version | null;
  readonly to: Version | null;
}

const PERIODS: readonly Period[] = ERAS.filter((row) => row.layout === 'tag').map(({ era, inTag, inFile, from, to }) => ({
  era,
  inTag,
  inFile,
  from: from === null ? null : parseVersion(from),
  to: to === null ? null : parseVersion(to),
}));

const BY_TAG = Map.groupBy(PERIODS, ({ inTag }) => inTag);
const BY_FILE = Map.groupBy(PERIODS, ({ inFile }) => inFile);

/**
 * The era of a tag of the E3 … E5 layout: the period whose spelling it has. Eras that share a spelling (and tags without
 * a Kubernetes part, which all share one) are told apart by the version; a version outside every period of its spelling
 * belongs to the first.
 */
export function eraOfTag(spelling: TagSpelling | null, version: Version | null): Era {
  return eraAmong(spelling === null ? PERIODS : (BY_TAG.get(spelling) ?? []), version);
}

/** The era of a release file, found as that of a tag is. */
export function eraOfFile(spelling: FileSpelling | null, version: Version | null): Era {
  return eraAmong(spelling === null ? PERIODS : (BY_FILE.get(spelling) ?? []), version);
}

function eraAmong(periods: readonly Period[], version: Version | null): Era {
  const inForce = version === null ? undefined : periods.find((period) => within(version, period));
  return (inForce ?? periods[0])?.era ?? 'E3';
}

function within(version: Version, { from, to }: Period): boolean {
  return (from === null || compareVersions(version, from) >= 0) && (to === null || compareVersions(version, to) <= 0);
}
