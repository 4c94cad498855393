/** How long one release takes to find its subscriptions, and how long "latest" takes on a store of the size of quay.io/kairos. */
import { type FlavorKnowledge, latest, parseQuery } from '../src/core/query.ts';
import { viewFor } from '../src/core/reader-view.ts';
import type { PublishedImage, ReleaseFacts } from '../src/core/release.ts';
import { parseFilter } from '../src/core/subscription.ts';
import { instant } from '../src/core/time.ts';

const SUBSCRIPTIONS = 10_000;
const ROUNDS = 20;
const ANSWERS = 200;
const AT = instant('2026-09-08T10:00:00Z');

const ARCHS = ['amd64', 'arm64'];
const KUBERNETES = [
  'k3s-v1.36.4-k3s1',
  'k3s-v1.35.8-k3s1',
  'k3s-v1.34.11-k3s1',
  'k0s-v1.36.4-k0s.0',
  'k0s-v1.35.8-k0s.0',
  'k0s-v1.34.11-k0s.0',
];

export interface MatchFigures {
  readonly subscriptions: number;
  /** Milliseconds of the middle round; the release is new in each, so that its references are parsed in each. */
  readonly matchMs: number;
  readonly images: number;
  /** Milliseconds that 95 of 100 answers stay under. */
  readonly latestP95Ms: number;
}

/** Budgets: 50 ms for 10,000 subscriptions, 50 ms for 95 of 100 answers. */
export function benchMatch(): MatchFigures {
  const filters = filterWords().map((words) => parseFilter(words));
  const rounds = Array.from({ length: ROUNDS }, () => {
    const facts = release();
    return elapsed(() => filters.filter((filter) => viewFor(filter, facts) !== null).length);
  });
  const knowledge = ['hadron', 'ubuntu', 'rockylinux', 'opensuse', 'alpine', 'debian', 'fedora'].map(store);
  const answers = Array.from({ length: ANSWERS }, (_, index) => {
    const words = QUESTIONS[index % QUESTIONS.length] ?? [];
    return elapsed(() => {
      const parsed = parseQuery(words, []);
      if (parsed.kind === 'query') latest(parsed.query, knowledge);
    });
  });
  return {
    subscriptions: SUBSCRIPTIONS,
    matchMs: percentile(rounds, 50),
    images: knowledge.reduce((sum, { images }) => sum + images.length, 0),
    latestP95Ms: percentile(answers, 95),
  };
}

const QUESTIONS = [
  ['rocky', 'standard'],
  ['hadron'],
  ['core', 'arm64'],
  ['ubuntu', '24.04', 'k3s', '1.35'],
  ['hadron', 'uki'],
  ['hadron', 'k0s', 'rpi4'],
];

function filterWords(): readonly string[] {
  const flavors = ['', 'hadron', 'rocky', 'hadron ubuntu'];
  const rest = [
    '',
    'standard',
    'core arm64',
    'k3s',
    'k0s 1.36',
    'arm64 rpi4 k3s 1.35',
    'level:minor',
    'amd64 pre:yes',
    'uki:any raw:any',
    'level:major',
  ];
  return Array.from({ length: SUBSCRIPTIONS }, (_, index) => `${flavors[index % 4] ?? ''} ${rest[Math.floor(index / 4) % 10] ?? ''}`);
}

function release(): ReleaseFacts {
  return {
    kind: 'release',
    key: 'kairos@v4.3.0',
    project: 'kairos',
    version: 'v4.3.0',
    channel: 'stable',
    classification: { bump: 'minor', components: { kairos: 'minor' }, previous: 'v4.2.0', backport: false, latest: true, reasons: [] },
    images: imagesOf('hadron', 'v0.5.1', 'v4.3.0'),
    page: null,
    supersededBy: null,
  };
}

/** Sixty releases of a flavor, prereleases among them; all but hadron frozen, as they are since v4.0.0. */
function store(flavor: string): FlavorKnowledge {
  const versions = Array.from({ length: 60 }, (_, index) => `v4.${Math.floor(index / 6)}.${index % 6}${index % 3 === 0 ? '-rc1' : ''}`);
  return {
    flavor,
    project: 'kairos',
    builtOn: [],
    targetId: flavor,
    repository: `quay.io/kairos/${flavor}`,
    lifecycle:
      flavor === 'hadron' ? { state: 'active' } : { state: 'frozen', since: '2026-02-05', lastVersion: 'v3.7.2', advice: '', lastTags: [] },
    images: versions.flatMap((version) => imagesOf(flavor, flavor === 'hadron' ? 'v0.5.1' : '24.04', version)),
    calledPrereleases: new Set(),
    retracted: [],
    newestRelease: null,
    lastSuccessAt: AT,
    failingSince: null,
    failure: null,
  };
}

/** Sixteen images, as many as a release of one flavor has had with its boards. */
function imagesOf(flavor: string, flavorRelease: string, version: string): readonly PublishedImage[] {
  const tags = ARCHS.flatMap((arch) => {
    const model = `${arch}-generic`;
    return [`core-${model}-${version}`, `core-${model}-${version}-uki`, ...KUBERNETES.map((of) => `standard-${model}-${version}-${of}`)];
  });
  return tags.map((tag) => ({
    reference: `quay.io/kairos/${flavor}:${flavorRelease}-${tag}`,
    digest: null,
    size: null,
    pushedAt: AT,
    firstSeenAt: AT,
    removedAt: null,
    replaced: [],
  }));
}

function elapsed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
