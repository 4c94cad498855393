import { describe, expect, it } from 'vitest';
import { flavorLife, projectLife } from '../../../src/core/eol.ts';
import { HADRON, history, release } from '../../support/history.ts';

const core = (version: string): readonly string[] => [`v0.5.1-core-amd64-generic-${version}`];
const standard = (version: string, ...kubernetes: string[]): readonly string[] =>
  kubernetes.map((part) => `v0.5.1-standard-amd64-generic-${version}-${part}`);

const KAIROS = history([
  release('v4.1.0', '2026-05-14', core('v4.1.0')),
  release('v4.2.0', '2026-08-18', core('v4.2.0')),
  release('v4.1.3', '2026-09-01', core('v4.1.3')),
  release('v4.3.0-rc1', '2026-09-02', core('v4.3.0-rc1')),
  release('v4.3.0', '2026-09-08', [...core('v4.3.0'), ...standard('v4.3.0', 'k3s-v1.35.8-k3s1', 'k3s-v1.36.4-k3s1', 'k0s-v1.36.4-k0s.0')]),
]);

describe('what is still published', () => {
  it('is told by line: its first day, its last stable release, and whether it was patched after a newer line was out', () => {
    expect(flavorLife(KAIROS, HADRON, null).cycles).toEqual([
      { cycle: '4.3', releaseDate: '2026-09-08', latest: 'v4.3.0', latestReleaseDate: '2026-09-08', eol: false, backports: 0 },
      { cycle: '4.2', releaseDate: '2026-08-18', latest: 'v4.2.0', latestReleaseDate: '2026-08-18', eol: true, backports: 0 },
      { cycle: '4.1', releaseDate: '2026-05-14', latest: 'v4.1.3', latestReleaseDate: '2026-09-01', eol: true, backports: 1 },
    ]);
  });

  it('ships the Kubernetes of its newest release, newest first', () => {
    expect(flavorLife(KAIROS, HADRON, null).kubernetes).toEqual([
      { distro: 'k3s', minor: '1.36', newest: 'v1.36.4+k3s1', archs: ['amd64'] },
      { distro: 'k3s', minor: '1.35', newest: 'v1.35.8+k3s1', archs: ['amd64'] },
      { distro: 'k0s', minor: '1.36', newest: 'v1.36.4+k0s.0', archs: ['amd64'] },
    ]);
  });

  it('has no line that goes on once the flavor has ended, and what another repository publishes is not its own', () => {
    const ended = { ...HADRON, lifecycle: { state: 'archived', since: '2026-09-09', lastVersion: null } } as const;
    expect(flavorLife(KAIROS, ended, null).cycles.every(({ eol }) => eol)).toBe(true);
    expect(flavorLife(KAIROS, { ...HADRON, repository: 'registry.example.org/hadron' }, null).cycles).toEqual([]);
  });

  it('counts no release that is held', () => {
    const bogus = history([...KAIROS.releases, release('v999.0.0', '2026-09-09', core('v999.0.0'))], {
      held: new Set(['kairos@v999.0.0']),
    });
    expect(flavorLife(bogus, HADRON, null).cycles[0]).toMatchObject({ latest: 'v4.3.0', eol: false });
  });

  it('of a project goes on while one of its places does; of one nobody looked at, the configuration is asked', () => {
    const page = {
      ...HADRON,
      targetId: 'page',
      lifecycle: { state: 'absorbed', into: 'kairos', since: '2026-08-19', lastVersion: 'v0.17.3' },
    } as const;
    const nothing = history([], { project: 'kairos-init' });
    expect(projectLife(nothing, [page, HADRON])).toMatchObject({ lifecycle: { state: 'active' }, latest: null });
    expect(projectLife(nothing, [page])).toMatchObject({ lifecycle: { state: 'absorbed' }, latest: 'v0.17.3', latestReleaseDate: null });
  });
});
