import { describe, expect, it } from 'vitest';
import { type Artifact, isArtifact, parseReference } from '../../../src/core/image.ts';
import type { Message } from '../../../src/core/message.ts';
import { type FlavorKnowledge, latest, parseQuery } from '../../../src/core/query.ts';
import { parseReleaseFile } from '../../../src/core/release-file.ts';
import { instant } from '../../../src/core/time.ts';
import type { Comparison, Offer, Warning } from '../../../src/core/upgrade.ts';
import { latestMessage, queryProblemMessage } from '../../../src/render/answer.ts';
import { candidatesJson, compareJson, latestJson, parseLine, releaseFileLine } from '../../../src/render/json.ts';
import { PLAIN, renderText } from '../../../src/render/text.ts';
import { candidatesMessage, comparisonMessage } from '../../../src/render/upgrade.ts';
import { imageOf, V430_TAGS } from '../../support/kairos-release.ts';

const CHECKED = instant('2026-11-23T08:00:00Z');

const HADRON: FlavorKnowledge = {
  flavor: 'hadron',
  project: 'kairos',
  builtOn: [],
  targetId: 'hadron',
  repository: 'quay.io/kairos/hadron',
  lifecycle: { state: 'active' },
  images: V430_TAGS.map((tag) => imageOf(`quay.io/kairos/hadron:${tag}`)),
  calledPrereleases: new Set(),
  retracted: [],
  newestRelease: null,
  lastSuccessAt: CHECKED,
  failingSince: null,
  failure: null,
};

const ROCKY: FlavorKnowledge = {
  ...HADRON,
  flavor: 'rockylinux',
  repository: 'quay.io/kairos/rockylinux',
  lifecycle: {
    state: 'frozen',
    since: '2026-02-05',
    lastVersion: 'v3.7.2',
    advice: 'Take a Hadron image, or build your own with kairos-init.',
    lastTags: ['9-standard-amd64-generic-v3.7.2-k3s-v1.35.0-k3s3'],
  },
  images: [],
  lastSuccessAt: null,
};

function text(message: Message): string {
  return renderText(message, { width: 300, palette: PLAIN });
}

function answer(words: string, knowledge: readonly FlavorKnowledge[]) {
  const parsed = parseQuery(words.split(' '), ['hadron', 'rockylinux', 'ubuntu']);
  if (parsed.kind === 'problem') throw new Error('expected a question');
  return latest(parsed.query, knowledge);
}

function artifact(tag: string): Artifact {
  const parsed = parseReference(`quay.io/kairos/${tag}`);
  if (!isArtifact(parsed)) throw new Error(`${tag} is no image`);
  return parsed;
}

describe('"latest" in words', () => {
  const ask = (words: string, ...knowledge: readonly FlavorKnowledge[]) => text(latestMessage(answer(words, knowledge)));

  it('names the version, the images, the definition and when it was checked', () => {
    const shown = ask('hadron core arm64', HADRON);
    expect(shown).toMatch(/^✓ Latest hadron core arm64: Kairos v4\.3\.0 on Hadron v0\.5\.1\n/);
    expect(shown).toMatch(/quay\.io\/kairos\/hadron:v0\.5\.1-core-arm64-generic-v4\.3\.0@sha256:/);
    expect(shown).toContain('Latest: the highest stable version with images of the asked combination.');
    expect(shown).toContain('quay.io/kairos/hadron, last checked 2026-11-23 08:00 UTC.');
  });

  it('of Rocky Linux says that it has ended, since when, and what to do', () => {
    const shown = ask('rocky standard', HADRON, ROCKY);
    expect(shown).toContain('Latest rockylinux standard: Kairos v3.7.2 on Rocky Linux 9');
    expect(shown).toContain('Official Rocky Linux images are no longer published; the last were v3.7.2 (2026-02-05). Take a Hadron image');
    expect(shown).toContain('From the list that comes with Herald; quay.io/kairos/rockylinux has not been asked yet.');
  });

  it('says what could not be checked before what may be out of date', () => {
    const failure = { code: 'TIMEOUT', message: 'quay.io did not answer in time.', disposition: 'transient' } as const;
    const shown = ask('hadron', { ...HADRON, failingSince: instant('2026-11-22T08:00:00Z'), failure });
    expect(shown).toMatch(/^!/);
    expect(shown).toContain(
      'Could not check since 2026-11-22 08:00 UTC. quay.io did not answer in time. What is shown is from 2026-11-23 08:00 UTC.',
    );
  });

  it('of what nobody checked yet is no answer', () => {
    const shown = ask('hadron', { ...HADRON, images: [], lastSuccessAt: null });
    expect(shown).toContain('no answer');
    expect(shown).toContain('has not been checked yet, so there is no answer. Check now: herald check');
    expect(shown).not.toContain('Still published');
  });

  it('of what does not exist names what does', () => {
    expect(ask('hadron core rpi4', HADRON)).toContain('The nearest that exist\n  - hadron core amd64 generic');
  });

  it('of a combination that has not arrived yet says so, and not that it ended', () => {
    const combination = { flavor: 'hadron', variant: 'core', arch: 'arm64', model: 'rpi4', distro: null, uki: false, raw: false } as const;
    const said = (status: 'late' | 'missing') => {
      const completeness = {
        images: [{ combination, kubernetes: null, expectedBy: 'history', status } as const],
        mislabelled: [],
        deadline: CHECKED,
      };
      const images = [...HADRON.images, imageOf('quay.io/kairos/hadron:v0.5.1-core-arm64-rpi4-v4.2.0')];
      return ask('hadron core arm64 rpi4', { ...HADRON, images, newestRelease: { version: 'v4.3.0', completeness } });
    };
    expect(said('late')).toContain('v4.3.0 is out, but not yet in this combination: it is late, and missing from 2026-11-23 08:00 UTC on.');
    expect(said('missing')).toContain('v4.3.0 came out without this combination, which was expected: it is missing since');
    expect(said('late')).not.toContain('this is the last version that has it');
  });

  it('of a combination that was left behind says so', () => {
    const rpi = imageOf('quay.io/kairos/hadron:v0.5.1-core-arm64-rpi4-v4.2.0');
    const shown = ask('hadron rpi4', { ...HADRON, images: [...HADRON.images, rpi] });
    expect(shown).toMatch(/^▲ Latest hadron rpi4: Kairos v4\.2\.0/);
    expect(shown).toContain('Not in v4.3.0, the newest of Hadron: this is the last version that has it.');
    expect(ask('hadron core', HADRON)).not.toContain('Not in');
  });

  it('of several flavors answers for each', () => {
    const shown = ask('core', HADRON, { ...HADRON, flavor: 'acme', repository: 'registry.acme.example/os' });
    expect(shown).toContain('Hadron: v4.3.0');
    expect(shown).toContain('acme: v4.3.0');
    expect(shown).toContain('In 2 flavors that are still published.');
  });

  it('of what only flavors have that ended says that they ended', () => {
    const shown = ask('standard 9', HADRON, ROCKY, { ...ROCKY, flavor: 'acme' });
    expect(shown).toContain('In 2 flavors that are no longer published.');
    expect(shown).toContain('Rocky Linux: v3.7.2');
  });

  it('of an unwatched flavor says so', () => {
    expect(ask('ubuntu', HADRON)).toContain('Nothing that Herald watches fits.');
  });

  it('asks back where a word is not understood', () => {
    const shown = text(
      queryProblemMessage([
        { word: 'rokcy', suggestion: 'rocky', why: 'unknown' },
        { word: 'quantum', suggestion: null, why: 'unknown' },
        { word: 'standard', suggestion: null, why: 'conflict' },
        { word: 'level:minor', suggestion: null, why: 'no-question' },
      ]),
    );
    expect(shown).toContain(
      [
        '- "rokcy" is not a word I know here; did you mean "rocky"?',
        '- "quantum" is not a word I know here.',
        '- "standard" contradicts what stands before it; ask one thing at a time.',
        '- "level:minor" chooses among news; it has no meaning in a question.',
      ].join('\n  '),
    );
  });
});

describe('upgrades in words', () => {
  const running = artifact('hadron:v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.35.7-k3s1');
  const offer: Offer = {
    artifact: artifact('hadron:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.35.8-k3s1'),
    bump: 'minor',
    components: [
      { component: 'kairos', from: 'v4.2.0', to: 'v4.3.0', bump: 'minor' },
      { component: 'base', from: 'v0.5.1', to: 'v0.5.1', bump: 'none' },
      { component: 'kubernetes', from: 'v1.35.7+k3s1', to: 'v1.35.8+k3s1', bump: 'patch' },
    ],
    recommended: true,
    warnings: [],
  };
  const step: Offer = {
    ...offer,
    artifact: artifact('hadron:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1'),
    recommended: false,
    warnings: [{ kind: 'kubernetes-step', from: '1.35', to: '1.36' }],
  };

  it('recommend one offer and list the others with what to mind', () => {
    const shown = text(candidatesMessage({ running, offers: [offer, step], osChanges: [], reason: null }, null));
    expect(shown).toContain('2 upgrades for v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.35.7-k3s1');
    expect(shown).toContain('Recommended: Kairos v4.2.0 → v4.3.0 (minor) · k3s 1.35.7 → 1.35.8 (patch)');
    expect(shown).toContain('Others\n  - quay.io/kairos/hadron:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1');
    expect(shown).toContain('Kubernetes goes from 1.35 to 1.36, the next minor version.');
  });

  it('say why there are none', () => {
    const shown = text(candidatesMessage({ running, offers: [], osChanges: [step], reason: 'It is the newest.' }, null));
    expect(shown).toMatch(/No upgrade for .*\n {2}It is the newest\./);
    expect(shown).toContain('newer operating system release (your decision)');
  });

  const NOTHING = { running, offers: [], osChanges: [], reason: 'It is the newest.' } as const;
  it('say when their source was checked, that it cannot be, and that the flavor has ended', () => {
    expect(text(candidatesMessage(NOTHING, HADRON))).toContain('quay.io/kairos/hadron, last checked 2026-11-23 08:00 UTC.');
    const failure = { code: 'TIMEOUT', message: 'quay.io did not answer in time.', disposition: 'transient' } as const;
    const failing = text(candidatesMessage(NOTHING, { ...HADRON, failingSince: instant('2026-11-22T08:00:00Z'), failure }));
    expect(failing).toMatch(/^!/);
    expect(failing).toContain('Could not check since 2026-11-22 08:00 UTC. quay.io did not answer in time.');
    expect(text(candidatesMessage(NOTHING, ROCKY))).toContain('Official Rocky Linux images are no longer published');
    expect(text(candidatesMessage(NOTHING, null))).not.toContain('checked 2026');
  });

  const comparison: Comparison = { relation: 'upgrade', bump: 'minor', components: offer.components, crosses: [], warnings: [] };
  it.each([
    [comparison, '✓ An upgrade: minor'],
    [{ ...comparison, relation: 'downgrade' } as const, '! A downgrade'],
    [
      { ...comparison, warnings: [{ kind: 'kubernetes-skips-minor', from: '1.34', to: '1.36' }] } as const,
      '! Not in one step: Kubernetes would skip a minor version',
    ],
    [{ ...comparison, relation: 'incompatible' } as const, '! Which is newer cannot be told'],
    [{ ...comparison, relation: 'same', bump: 'rebuild' } as const, '✓ The same version, built again'],
    [
      { ...comparison, relation: 'incompatible', crosses: ['flavor', 'arch', 'boot-mode'] } as const,
      '! Not an upgrade path: other flavor, architecture and boot mode (trusted boot)',
    ],
  ])('compare: %#', (of, title) => {
    expect(text(comparisonMessage(of, 'a', 'b')).split('\n')[0]).toBe(title);
  });

  it('put no bracket after an arrow between two spellings of one version', () => {
    const components = [{ component: 'kairos', from: 'v4.4.0-RC1', to: 'v4.4.0-rc1', bump: 'none' }] as const;
    const shown = text(comparisonMessage({ ...comparison, components }, 'a', 'b'));
    expect(shown).toContain('Kairos v4.4.0-RC1 → v4.4.0-rc1\n');
    expect(shown).not.toContain('unchanged');
  });

  const warnings: readonly Warning[] = [
    { kind: 'kubernetes-skips-minor', from: '1.34', to: '1.36' },
    { kind: 'downgrade', component: 'kubernetes', from: 'v1.36.1', to: 'v1.35.2' },
    { kind: 'os-change', from: '22.04', to: '24.04' },
    { kind: 'stepping-stone', towards: 'v4.3.0' },
    { kind: 'prerelease' },
    { kind: 'kubernetes-unknown' },
    { kind: 'unordered', reason: 'one is built from a branch' },
  ];
  it('have a sentence for every warning', () => {
    const shown = text(comparisonMessage({ ...comparison, warnings }, 'a', 'b'));
    expect(
      shown
        .split('Mind\n')[1]
        ?.split('\n')
        .filter((line) => /^ {2}- .+\.$/.test(line)),
    ).toHaveLength(warnings.length);
  });
});

describe('answers for programs', () => {
  it('parse gives every field of an image', () => {
    expect(parseLine(artifact('hadron:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1'))).toEqual({
      input: 'quay.io/kairos/hadron:v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1',
      kind: 'os-image',
      repository: 'quay.io/kairos/hadron',
      tag: 'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1',
      flavor: 'hadron',
      flavorRelease: 'v0.5.1',
      variant: 'standard',
      arch: 'amd64',
      model: 'generic',
      version: 'v4.3.0',
      channel: 'stable',
      kubernetes: { distro: 'k3s', version: 'v1.36.4+k3s1' },
      uki: false,
      era: 'E5',
    });
  });

  it.each([
    ['quay.io/kairos/hadron:what-is-this', { kind: 'unrecognised', flavor: null, kubernetes: null, reason: expect.any(String) }],
    ['quay.io/kairos/kairos-init:v4.3.0', { kind: 'component', flavor: null, version: 'v4.3.0', channel: 'stable' }],
    ['quay.io/kairos/hadron:latest', { kind: 'moving', version: null }],
  ])('parse says what %s is', (reference, expected) => {
    expect(parseLine(parseReference(reference))).toMatchObject(expected);
  });

  it('parse reads the names of release files', () => {
    const line = (name: string) => releaseFileLine(name, parseReleaseFile(name));
    expect(line('kairos-hadron-v0.5.1-standard-amd64-generic-v4.3.0-k3sv1.36.4%2Bk3s1.iso.sha256')).toEqual({
      input: 'kairos-hadron-v0.5.1-standard-amd64-generic-v4.3.0-k3sv1.36.4%2Bk3s1.iso.sha256',
      name: 'kairos-hadron-v0.5.1-standard-amd64-generic-v4.3.0-k3sv1.36.4+k3s1.iso.sha256',
      kind: 'checksum',
      of: 'image',
      about: 'kairos-hadron-v0.5.1-standard-amd64-generic-v4.3.0-k3sv1.36.4+k3s1.iso',
      flavor: 'hadron',
      flavorRelease: 'v0.5.1',
      variant: 'standard',
      arch: 'amd64',
      model: 'generic',
      version: 'v4.3.0',
      channel: 'stable',
      kubernetes: { distro: 'k3s', version: 'v1.36.4+k3s1' },
      uki: false,
      era: 'E5',
    });
    expect(line('kairos-agent-v2.20.0-linux-arm64.tar.gz')).toMatchObject({ of: 'component', version: 'v2.20.0', arch: 'arm64' });
  });

  it('latest keeps "recorded" and "could not check" apart from an answer', () => {
    const json = latestJson(answer('rocky standard', [HADRON, ROCKY]));
    expect(json).toMatchObject({
      query: 'rockylinux standard',
      flavors: [{ version: 'v3.7.2', newest: 'v3.7.2', origin: 'recorded', failing: null, lifecycle: { state: 'frozen' } }],
    });
    expect(JSON.stringify(json)).not.toContain('lastTags');
    const failing = latestJson(answer('hadron', [{ ...HADRON, failingSince: CHECKED }]));
    expect(failing.flavors[0]?.failing).toEqual({ since: CHECKED, code: null, message: null });
  });

  it('candidates and compare give references and data, not sentences', () => {
    const running = artifact('hadron:v0.5.1-core-amd64-generic-v4.2.0');
    const offer: Offer = {
      artifact: artifact('hadron:v0.5.1-core-amd64-generic-v4.3.0'),
      bump: 'minor',
      components: [],
      recommended: true,
      warnings: [],
    };
    expect(candidatesJson({ running, offers: [offer], osChanges: [], reason: null }, null)).toEqual({
      running: 'quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.2.0',
      offers: [
        {
          reference: 'quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0',
          bump: 'minor',
          components: [],
          recommended: true,
          warnings: [],
        },
      ],
      osChanges: [],
    });
    expect(candidatesJson({ running, offers: [], osChanges: [], reason: 'newest' }, null).reason).toBe('newest');
    const failure = { code: 'TIMEOUT', message: 'no answer', disposition: 'transient' } as const;
    const standing = { ...ROCKY, lastSuccessAt: CHECKED, failingSince: CHECKED, failure };
    expect(candidatesJson({ running, offers: [], osChanges: [], reason: 'newest' }, standing).source).toEqual({
      repository: 'quay.io/kairos/rockylinux',
      lifecycle: { state: 'frozen', since: '2026-02-05', lastVersion: 'v3.7.2', advice: expect.any(String) },
      lastSuccessAt: CHECKED,
      failing: { since: CHECKED, code: 'TIMEOUT', message: 'no answer' },
    });
    expect(compareJson({ relation: 'same', bump: 'none', components: [], crosses: [], warnings: [] })).toEqual({
      relation: 'same',
      bump: 'none',
      components: [],
      crosses: [],
      warnings: [],
    });
  });
});
