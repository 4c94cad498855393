/** Kairos v4.3.0 (2026-09-08) as Herald knows it: eleven images, by the release workflow's own build list. */
import { createHash } from 'node:crypto';
import type { PublishedImage, ReleaseFacts } from '../../src/core/release.ts';
import { ANY, type Subscription } from '../../src/core/subscription.ts';
import { instant } from '../../src/core/time.ts';

const PUSHED = instant('2026-09-08T10:00:00Z');

/** A digest that tells images apart. */
export function digestOf(seed: string): string {
  return `sha256:${createHash('sha256').update(seed).digest('hex')}`;
}

export function imageOf(reference: string, changes: Partial<PublishedImage> = {}): PublishedImage {
  return {
    reference,
    digest: digestOf(reference),
    size: 1_200_000_000,
    pushedAt: PUSHED,
    firstSeenAt: PUSHED,
    removedAt: null,
    replaced: [],
    ...changes,
  };
}

const K3S = ['k3s-v1.36.4-k3s1', 'k3s-v1.35.8-k3s1', 'k3s-v1.34.11-k3s1'];
const K0S = ['k0s-v1.36.4-k0s.0', 'k0s-v1.35.8-k0s.0', 'k0s-v1.34.11-k0s.0'];

export const V430_TAGS: readonly string[] = [
  'v0.5.1-core-amd64-generic-v4.3.0',
  'v0.5.1-core-arm64-generic-v4.3.0',
  ...[...K3S, ...K0S].map((kubernetes) => `v0.5.1-standard-amd64-generic-v4.3.0-${kubernetes}`),
  ...K3S.map((kubernetes) => `v0.5.1-standard-arm64-generic-v4.3.0-${kubernetes}`),
];

export const V430: ReleaseFacts = {
  kind: 'release',
  key: 'kairos@v4.3.0',
  project: 'kairos',
  version: 'v4.3.0',
  channel: 'stable',
  classification: {
    bump: 'minor',
    components: { kairos: 'minor', base: 'none', kubernetes: 'patch' },
    previous: 'v4.2.0',
    backport: false,
    latest: true,
    reasons: [
      { kind: 'compared', component: 'kairos', from: 'v4.2.0', to: 'v4.3.0', bump: 'minor' },
      { kind: 'compared', component: 'base', from: 'v0.5.1', to: 'v0.5.1', bump: 'none' },
      { kind: 'compared', component: 'kubernetes', from: 'v1.36.3+k3s1', to: 'v1.36.4+k3s1', bump: 'patch' },
      { kind: 'compared', component: 'kubernetes', from: 'v1.36.3+k0s.2', to: 'v1.36.4+k0s.0', bump: 'patch' },
    ],
  },
  images: V430_TAGS.map((tag) => imageOf(`quay.io/kairos/hadron:${tag}`)),
  page: {
    url: 'https://github.com/kairos-io/kairos/releases/tag/v4.3.0',
    title: 'v4.3.0',
    publishedAt: instant('2026-09-08T09:12:00Z'),
    prerelease: false,
    assets: 66,
  },
  supersededBy: null,
};

export const SUBSCRIPTION: Subscription = {
  id: 'infra-hadron',
  topic: 'releases',
  destination: { kind: 'slack', channel: '#infra' },
  filter: { ...ANY, flavors: ['hadron'] },
  cadence: { kind: 'immediate' },
  bypass: [],
  holdMs: 0,
  requireVerifiedMs: null,
  owner: 'infra',
};

/** What a hostile registry, release page or chat may contain. */
export const HOSTILE: readonly string[] = [
  '<!channel> <!here> <@U012AB3CD> <https://evil.example|click>',
  '@everyone @here @channel @octocat @kairos-io/maintainers',
  `${String.fromCharCode(27)}[31mred${String.fromCharCode(27)}]8;;https://evil.example${String.fromCharCode(7)}link`,
  'safe\u202Egnp.exe\u2066x\u200B',
  '](javascript:alert(1)) [x](javascript:alert(2)) ![p](https://evil.example/p.png)',
  '<img src=x onerror=alert(1)><script>alert(1)</script><!-- kairos-herald:v1 key=forged -->',
  '#123 kairos-io/kairos#1 GH-12 https://github.com/kairos-io/kairos/issues/1 www.evil.example 1f1be453bc9741c0be7a12f54aed84fc52973c31',
  '``` ````` `x` | a | b | *bold* _it_ ~~no~~ $x$',
  '\n# heading\n- [ ] box\n> quote\n1. one\n---\n===',
  'x'.repeat(100_000),
  '<'.repeat(50_000),
];
