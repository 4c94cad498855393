import { describe, expect, it } from 'vitest';
import { classify, type ReleaseOutline } from '../../../src/core/classify.ts';
import type { Classification, Reason } from '../../../src/core/release.ts';
import { instant } from '../../../src/core/time.ts';
import { type Bump, parseVersion } from '../../../src/core/version.ts';
import { KAIROS_HISTORY } from '../../support/kairos-history.ts';

function release(version: string): ReleaseOutline {
  const found = KAIROS_HISTORY.find((outline) => outline.version === version);
  if (found === undefined) throw new Error(`${version} is not in the history`);
  return found;
}

/** As it was classified on its day, and as it is when everything since is known. */
const today = (version: string) => classify(release(version), KAIROS_HISTORY);
function onItsDay(version: string): Classification {
  const own = release(version);
  const out = KAIROS_HISTORY.filter(({ publishedAt }) => publishedAt <= own.publishedAt);
  return classify(own, out);
}

const kinds = ({ reasons }: Classification) => reasons.filter(({ kind }) => kind !== 'compared').map(({ kind }) => kind);

describe('the real history of Kairos', () => {
  it.each<[version: string, previous: string | null, kairos: Bump, bump: Bump, reasons: Reason['kind'][]]>([
    ['v0.57.0', null, 'minor', 'minor', ['first-release', 'promoted']],
    ['v1.0.0', 'v0.57.0', 'major', 'major', ['promoted']],
    ['v1.2.0', 'v1.1.7', 'minor', 'minor', []],
    ['v2.0.0-alpha1', 'v1.6.0', 'major', 'major', ['prerelease-of']],
    ['v2.1.1', 'v2.1.0', 'patch', 'patch', ['backport']],
    ['v2.1.3', 'v2.1.2', 'patch', 'patch', ['backport']],
    ['v2.3.0', 'v2.2.1', 'minor', 'minor', []],
    ['v2.3.3-rc2', 'v2.3.2', 'patch', 'patch', ['prerelease-of']],
    ['v3.0.14', 'v3.0.13', 'patch', 'patch', []],
    ['v3.1.4-rc1', 'v3.1.3', 'patch', 'patch', ['backport', 'prerelease-of']],
    ['v3.6.0', 'v3.5.7', 'minor', 'minor', ['promoted']],
    ['v3.5.8', 'v3.5.7', 'patch', 'patch', ['backport']],
    ['v3.5.10', 'v3.5.9', 'patch', 'patch', ['backport']],
    ['v3.7.0', 'v3.6.0', 'minor', 'minor', []],
    ['v4.0.0', 'v3.7.2', 'major', 'major', ['promoted']],
    ['v4.1.1', 'v4.1.0', 'patch', 'minor', []],
    ['v4.1.2', 'v4.1.1', 'patch', 'minor', []],
    ['v4.2.0-rc4', 'v4.1.2', 'minor', 'minor', ['prerelease-of']],
    ['v4.2.0', 'v4.1.2', 'minor', 'minor', ['promoted']],
    ['v4.3.0', 'v4.2.0', 'minor', 'minor', []],
  ])('%s after %s: Kairos %s, altogether %s, %j', (version, previous, kairos, bump, reasons) => {
    const classification = onItsDay(version);
    expect(classification).toMatchObject({ previous, bump });
    expect(classification.components.kairos).toBe(kairos);
    expect(kinds(classification)).toEqual(reasons);
  });

  it('is 68 patches, 22 minors and 4 majors in 94 stable releases', () => {
    const stable = KAIROS_HISTORY.filter(({ version }) => parseVersion(version)?.prerelease === null);
    const counts = { patch: 0, minor: 0, major: 0 };
    for (const outline of stable) {
      const { kairos } = classify(outline, KAIROS_HISTORY).components;
      if (kairos === 'patch' || kairos === 'minor' || kairos === 'major') counts[kairos] += 1;
    }
    expect(stable).toHaveLength(94);
    expect(counts).toEqual({ patch: 68, minor: 22, major: 4 });
  });

  it('has six backports: v2.1.1 to v2.1.3 after v2.2.1, v3.5.8 to v3.5.10 after v3.6.0', () => {
    const backports = KAIROS_HISTORY.filter(({ version }) => parseVersion(version)?.prerelease === null)
      .filter((outline) => classify(outline, KAIROS_HISTORY).backport)
      .map(({ version }) => version);
    expect(backports).toEqual(['v2.1.1', 'v2.1.2', 'v2.1.3', 'v3.5.8', 'v3.5.9', 'v3.5.10']);
    expect(today('v3.5.10').reasons).toContainEqual({ kind: 'backport', newest: 'v3.6.0' });
  });

  it('has one latest release, the highest stable one, however late a backport comes', () => {
    expect(KAIROS_HISTORY.filter((outline) => classify(outline, KAIROS_HISTORY).latest).map(({ version }) => version)).toEqual(['v4.3.0']);
    expect(onItsDay('v3.5.10').latest).toBe(false);
    expect(onItsDay('v3.6.0').latest).toBe(true);
    expect(onItsDay('v4.2.0-rc1').latest).toBe(false);
    expect(onItsDay('v4.1.2').latest).toBe(true);
  });

  it('is told the same today as on the day, except for being latest', () => {
    for (const { version } of KAIROS_HISTORY) {
      expect({ ...today(version), latest: null }).toEqual({ ...onItsDay(version), latest: null });
    }
  });

  it('leaves out the c3os tags, which were Kubernetes versions and would outrank v1.6.0', () => {
    expect(KAIROS_HISTORY.map(({ version }) => version)).toContain('v1.22.2');
    expect(today('v1.22.2')).toMatchObject({ bump: 'none', previous: null, latest: false, reasons: [] });
    expect(onItsDay('v1.6.0')).toMatchObject({ previous: 'v1.5.0', backport: false, latest: true });
  });
});

describe('the reasons', () => {
  it('name each component: v4.1.2 is a patch of Kairos that moved Hadron from v0.3.0 to v0.4.0', () => {
    expect(today('v4.1.2')).toEqual({
      bump: 'minor',
      components: { kairos: 'patch', base: 'minor' },
      previous: 'v4.1.1',
      backport: false,
      latest: false,
      reasons: [
        { kind: 'compared', component: 'kairos', from: 'v4.1.1', to: 'v4.1.2', bump: 'patch' },
        { kind: 'compared', component: 'base', from: 'v0.3.0', to: 'v0.4.0', bump: 'minor' },
      ],
    });
  });

  it('compare Kubernetes once a distribution, and take the larger bump', () => {
    const { components, reasons } = today('v4.3.0');
    expect(components).toEqual({ kairos: 'minor', base: 'none', kubernetes: 'patch' });
    expect(reasons).toEqual([
      { kind: 'compared', component: 'kairos', from: 'v4.2.0', to: 'v4.3.0', bump: 'minor' },
      { kind: 'compared', component: 'base', from: 'v0.5.1', to: 'v0.5.1', bump: 'none' },
      { kind: 'compared', component: 'kubernetes', from: 'v1.36.3+k3s1', to: 'v1.36.4+k3s1', bump: 'patch' },
      { kind: 'compared', component: 'kubernetes', from: 'v1.36.3+k0s.2', to: 'v1.36.4+k0s.0', bump: 'patch' },
    ]);
  });

  it('name the last candidate of a promoted release, in natural order', () => {
    expect(today('v4.0.0').reasons).toContainEqual({ kind: 'promoted', from: 'v4.0.0-RC2' });
    expect(today('v3.5.1').reasons).toContainEqual({ kind: 'promoted', from: 'v3.5.1-rc1' });
    expect(today('v4.0.0-RC1').reasons).toContainEqual({ kind: 'prerelease-of', version: 'v4.0.0' });
  });

  it('know of a release that only its page calls a prerelease: it is no latest, and nothing is compared with it', () => {
    const called = { ...release('v4.2.0'), prerelease: true };
    const history = KAIROS_HISTORY.map((outline) => (outline.version === 'v4.2.0' ? called : outline));
    const classification = classify(called, history);
    expect(classification).toMatchObject({ latest: false, previous: 'v4.1.2' });
    expect(kinds(classification)).toEqual(['called-prerelease']);
    expect(classify(release('v4.3.0'), history)).toMatchObject({ previous: 'v4.1.2', latest: true });
  });

  it('say that a release was promoted when its page calls it a prerelease no more', () => {
    expect(kinds(classify({ ...release('v4.3.0'), promoted: true }, KAIROS_HISTORY))).toEqual(['promoted']);
    expect(classify({ ...release('v4.0.0'), promoted: true }, KAIROS_HISTORY).reasons).toContainEqual({
      kind: 'promoted',
      from: 'v4.0.0-RC2',
    });
  });

  it('say how many images were pushed again, and change no bump for it', () => {
    const rebuilt = classify({ ...release('v4.3.0'), rebuilt: 3 }, KAIROS_HISTORY);
    expect(rebuilt).toEqual({ ...today('v4.3.0'), reasons: [...today('v4.3.0').reasons, { kind: 'rebuilt', images: 3 }] });
  });
});

describe('other projects', () => {
  const outline = (project: string, version: string, day: string): ReleaseOutline => ({
    project,
    version,
    publishedAt: instant(day),
    base: null,
    kubernetes: {},
    page: true,
    images: 1,
    rebuilt: 0,
  });
  const own = outline('kairos-init', 'v0.17.3', '2026-08-20');
  const joined = outline('kairos-init', 'v4.3.0', '2026-09-08');
  const renumberings = [{ project: 'kairos-init', from: 'v0.17.3', to: 'v4.3.0' }];

  it('are renumbered, not broken, when kairos-init takes the numbers of Kairos', () => {
    expect(classify(joined, [own, joined], renumberings)).toMatchObject({
      bump: 'minor',
      components: { kairos: 'minor' },
      previous: 'v0.17.3',
      latest: true,
      reasons: [
        { kind: 'compared', bump: 'minor' },
        { kind: 'renumbered', from: 'v0.17.3', to: 'v4.3.0' },
      ],
    });
  });

  it.each<[project: string, version: string, known: readonly ReleaseOutline[], bump: Bump, reasons: Reason['kind'][]]>([
    ['kairos-init', 'v4.3.0-rc1', [own], 'minor', ['renumbered', 'prerelease-of']],
    ['kairos-init', 'v4.4.0', [own], 'minor', ['renumbered']],
    ['kairos-init', 'v4.4.0', [own, joined], 'minor', []],
    ['kairos-init', 'v5.0.0', [own, joined], 'major', []],
    ['kairos-agent', 'v4.3.0', [outline('kairos-agent', 'v0.17.3', '2026-08-20')], 'major', []],
  ])('know where a renumbering begins and ends: %s %s', (project, version, known, bump, reasons) => {
    const classification = classify(outline(project, version, '2027-01-01'), known, renumberings);
    expect(classification.bump).toBe(bump);
    expect(kinds(classification)).toEqual(reasons);
  });

  it('do not mix', () => {
    expect(classify(joined, KAIROS_HISTORY)).toMatchObject({ previous: null, latest: true, reasons: [{ kind: 'first-release' }] });
  });

  it.each<[version: string, bump: Bump]>([
    ['v1.0.0', 'major'],
    ['v0.1.0', 'minor'],
    ['v0.1.3', 'patch'],
    ['v4.3.0-rc1', 'minor'],
  ])('measure a first release, %s, by its own numbers: %s', (version, bump) => {
    expect(classify(outline('new', version, '2026-09-08'), [])).toMatchObject({ bump, components: { kairos: bump }, previous: null });
  });

  it('know one release by two spellings of its prerelease', () => {
    expect(classify(outline('new', 'v4.0.0-RC1', '2026-02-26'), [outline('new', 'v4.0.0-rc1', '2026-02-25')]).previous).toBeNull();
  });
});
