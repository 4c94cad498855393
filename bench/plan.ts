/** How long it takes to plan a repository of 10,000 tags at first sight: parse every tag, discover, classify every release. */
import { classify, type ReleaseOutline } from '../src/core/classify.ts';
import { discoverTags, type TagRow } from '../src/core/discover.ts';
import { type Artifact, isArtifact, parseReference } from '../src/core/image.ts';
import { type Instant, instant, MS, plusMs } from '../src/core/time.ts';

const RELEASES = 100;
const BOARDS = ['amd64-generic', 'arm64-generic', 'arm64-rpi3', 'arm64-rpi4'];
const KUBERNETES = [
  'k3s-v1.34.11-k3s1',
  'k3s-v1.35.8-k3s1',
  'k3s-v1.36.4-k3s1',
  'k0s-v1.34.11-k0s.0',
  'k0s-v1.35.8-k0s.0',
  'k0s-v1.36.4-k0s.0',
];
const ROUNDS = 20;
const REPOSITORY = 'quay.io/kairos/hadron';

export interface PlanFigures {
  readonly tags: number;
  readonly releases: number;
  /** Milliseconds of the middle one of the rounds. */
  readonly parseMs: number;
  readonly discoverMs: number;
  readonly classifyMs: number;
  readonly totalMs: number;
}

/** Plans the repository some times over; the budget is a total of 100 ms. */
export function benchPlan(): PlanFigures {
  const rows = repositoryRows();
  const rounds = Array.from({ length: ROUNDS }, () => planOnce(rows)).sort((a, b) => a.totalMs - b.totalMs);
  const middle = rounds[Math.floor(ROUNDS / 2)];
  if (middle === undefined) throw new Error('no rounds');
  return middle;
}

function planOnce(rows: readonly TagRow[]): PlanFigures {
  const start = performance.now();
  const events = discoverTags(new Map(), rows, true);
  const discovered = performance.now();
  const artifacts = events.flatMap((event) => (event.kind === 'added' ? read(event.row.tag) : []));
  const parsed = performance.now();
  const outlines = outlinesOf(artifacts);
  const classified = outlines.map((outline) => classify(outline, outlines));
  const end = performance.now();
  return {
    tags: rows.length,
    releases: classified.length,
    parseMs: parsed - discovered,
    discoverMs: discovered - start,
    classifyMs: end - parsed,
    totalMs: end - start,
  };
}

function read(tag: string): readonly Artifact[] {
  const reference = parseReference(`${REPOSITORY}:${tag}`);
  return isArtifact(reference) ? [reference] : [];
}

function outlinesOf(artifacts: readonly Artifact[]): readonly ReleaseOutline[] {
  const versions = new Set(artifacts.map(({ version }) => (version.kind === 'release' ? version.version.text : version.text)));
  return [...versions].map((version, index) => ({
    project: 'kairos',
    version,
    publishedAt: dayOf(index),
    base: 'v0.5.1',
    kubernetes: { k3s: 'v1.36.4+k3s1', k0s: 'v1.36.4+k0s.0' },
    page: true,
    images: 1,
    rebuilt: 0,
  }));
}

/** 100 releases: 28 images each, and two signature tags, attestations and SBOMs for most of them as Quay holds them. */
function repositoryRows(): readonly TagRow[] {
  return Array.from({ length: RELEASES }, (_, release) => {
    const version = `v4.${Math.floor(release / 10)}.${release % 10}`;
    const images = BOARDS.flatMap((board) => [
      `v0.5.1-core-${board}-${version}`,
      ...KUBERNETES.map((part) => `v0.5.1-standard-${board}-${version}-${part}`),
    ]);
    const attached = Array.from({ length: 100 - images.length }, (_, index) => {
      const hex = (release * 100 + index).toString(16).padStart(64, '0');
      return `sha256-${hex}.${['sig', 'att', 'sbom'][index % 3]}`;
    });
    return [...images, ...attached].map((tag, index) => rowOf(tag, release, index));
  }).flat();
}

function rowOf(tag: string, release: number, index: number): TagRow {
  const digest = `sha256:${(release * 100 + index).toString(16).padStart(64, '0')}`;
  return { kind: 'tag', tag, digest, size: 400_000_000, since: plusMs(dayOf(release), index * MS.minute), until: null };
}

function dayOf(release: number): Instant {
  return plusMs(instant('2024-01-01'), release * 7 * MS.day);
}
