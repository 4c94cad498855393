/** A small history of releases for tests, made from tags and days. */
import type { KnownRelease, Place, ReleaseHistory } from '../../src/core/history.ts';
import { outlineOf, releaseChannel } from '../../src/core/outline.ts';
import { instant } from '../../src/core/time.ts';
import { imageOf } from './kairos-release.ts';

export const HADRON: Place = {
  targetId: 'hadron',
  kind: 'quay',
  project: 'kairos',
  flavor: 'hadron',
  repository: 'quay.io/kairos/hadron',
  lifecycle: { state: 'active' },
  lastSuccessAt: instant('2026-09-10'),
  failingSince: null,
  failure: null,
};

/** A release whose images were pushed on that day. */
export function release(version: string, day: string, tags: readonly string[], repository = 'quay.io/kairos/hadron'): KnownRelease {
  const at = instant(day);
  const images = tags.map((tag) => imageOf(`${repository}:${tag}`, { pushedAt: at, firstSeenAt: at }));
  const outline = outlineOf('kairos', version, images, null, at);
  const channel = releaseChannel(version, null);
  return {
    key: `kairos@${version}`,
    project: 'kairos',
    version,
    channel,
    outline,
    baseline: false,
    images,
    page: null,
    files: [],
    body: '',
    said: null,
  };
}

export function history(releases: readonly KnownRelease[], changes: Partial<ReleaseHistory> = {}): ReleaseHistory {
  const now = instant('2026-09-10');
  return { project: 'kairos', releases, held: new Set(), renumberings: [], endedFlavors: new Set(), now, ...changes };
}
