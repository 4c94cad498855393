import { describe, expect, it } from 'vitest';
import { baseStandings } from '../../../src/core/base.ts';
import type { ReleaseOutline } from '../../../src/core/classify.ts';
import { instant } from '../../../src/core/time.ts';

function outline(version: string, day: string, changes: Partial<ReleaseOutline> = {}): ReleaseOutline {
  const publishedAt = instant(`${day}T10:00:00Z`);
  return { project: 'kairos-init', version, publishedAt, base: null, kubernetes: {}, page: false, images: 1, rebuilt: 0, ...changes };
}

const RELEASES = [
  outline('v4.3.0', '2026-09-08'),
  outline('v4.4.0', '2026-10-01'),
  outline('v4.5.0-rc1', '2026-10-20'),
  outline('v0.17.3', '2026-08-10'),
];
const RENUMBERINGS = [{ project: 'kairos-init', from: 'v0.17.3', to: 'v4.3.0' }];

function standing(version: string, outlines: readonly ReleaseOutline[] = RELEASES) {
  return baseStandings([{ name: 'kairos-init', version }], new Map([['kairos-init', outlines]]), RENUMBERINGS)[0];
}

describe('what images are built with', () => {
  it.each([
    ['v4.3.0', { newest: 'v4.4.0', bump: 'minor', publishedAt: instant('2026-10-01T10:00:00Z') }],
    ['v4.4.0', { newest: 'v4.4.0', bump: 'none' }],
    ['v4.5.0-rc1', { newest: 'v4.4.0', bump: 'none' }],
    ['v4.4.0-rc1', { newest: 'v4.4.0', bump: 'prerelease' }],
    ['v0.17.3', { newest: 'v4.4.0', bump: 'minor' }],
  ])('%s is held against the newest stable release', (version, expected) => {
    expect(standing(version)).toMatchObject({ project: 'kairos-init', builtWith: version, ...expected });
  });

  it('is not up to date while nothing is known, only unknown', () => {
    expect(standing('v4.3.0', [])).toMatchObject({ newest: null, publishedAt: null, bump: 'none' });
  });

  it('waits for the images of a release that has only its page so far', () => {
    expect(standing('v4.4.0', [...RELEASES, outline('v4.5.0', '2026-11-01', { images: 0, page: true })])).toMatchObject({
      newest: 'v4.4.0',
    });
  });
});
