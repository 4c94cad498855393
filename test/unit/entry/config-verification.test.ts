/** The identities that come with Herald, and the mistakes in one's own. */
import { describe, expect, it } from 'vitest';
import { type NameRule, policyFor } from '../../../src/core/identity-policy.ts';
import { officialIdentities, settingsFrom } from '../../../src/entry/config.ts';
import { parseConfig } from '../../../src/entry/config-file.ts';

const official = settingsFrom([officialIdentities()]).verification.identities;
const nameOf = (name: NameRule): string =>
  (name.kind === 'exact' ? name.name : `${name.prefix}<commit>`).replace('https://github.com/kairos-io/', '');
const signersOf = (version: string) => (policyFor(official, 'kairos', version) ?? []).flatMap(({ names }) => names.map(nameOf));

const OWN = `
identities:
  - id: edge
    project: edge-ubuntu
    issuer: https://token.actions.githubusercontent.com
    names: ["https://github.com/example/images/.github/workflows/release.yaml@refs/tags/{version}"]
`;

describe('the identities of Kairos', () => {
  it.each([
    [
      'v1.6.0',
      ['kairos/.github/workflows/release.yaml@refs/tags/v1.6.0', 'provider-kairos/.github/workflows/release.yaml@refs/tags/v1.6.0'],
    ],
    [
      'v3.3.6',
      [
        'kairos/.github/workflows/release.yaml@refs/tags/v3.3.6',
        'kairos/.github/workflows/release-arm.yaml@refs/tags/v3.3.6',
        'kairos/.github/workflows/reusable-docker-arm-build.yaml@refs/tags/v3.3.6',
      ],
    ],
    ['v3.4.0-beta1', ['kairos/.github/workflows/reusable-release.yaml@refs/tags/v3.4.0-beta1']],
    ['v3.5.0', ['kairos/.github/workflows/reusable-release.yaml@refs/tags/v3.5.0']],
    ['v3.5.1', ['kairos-factory-action/.github/workflows/reusable-factory.yaml@<commit>']],
    ['v4.2.0-rc4', ['kairos-factory-action/.github/workflows/reusable-factory.yaml@<commit>']],
    [
      'v4.3.0',
      ['kairos/.github/workflows/reusable-factory.yaml@refs/tags/v4.3.0', 'kairos/.github/workflows/reusable-factory.yaml@<commit>'],
    ],
    [
      'v9.0.0',
      ['kairos/.github/workflows/reusable-factory.yaml@refs/tags/v9.0.0', 'kairos/.github/workflows/reusable-factory.yaml@<commit>'],
    ],
  ])('of %s', (version, signers) => {
    expect(signersOf(version)).toEqual(signers);
  });

  it('pin the repository and the ref of every release: a reusable workflow signs for whoever calls it', () => {
    for (const version of ['v1.6.0', 'v2.4.3', 'v3.3.6', 'v3.5.0', 'v4.2.0', 'v4.3.0']) {
      for (const rule of policyFor(official, 'kairos', version) ?? []) {
        expect(rule.source?.repository).toMatch(/^https:\/\/github\.com\/kairos-io\//);
        expect(rule.source?.ref).toBe(`refs/tags/${version}`);
      }
    }
  });

  it('are nobody else’s', () => {
    expect(policyFor(official, 'kairos-init', 'v4.3.0')).toBeNull();
    expect(policyFor(official, 'edge-ubuntu', 'v0.0.1')).toBeNull();
  });
});

describe('identities of one’s own', () => {
  const settings = (text: string) => settingsFrom([officialIdentities(), parseConfig('herald.yaml', text)]).verification;
  const mistakes = (text: string): string => {
    try {
      settings(text);
      return 'none';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  it('stand beside the official ones, with the version of the release put in', () => {
    const { identities } = settings(OWN);
    expect(policyFor(identities, 'edge-ubuntu', 'v0.0.1')?.[0]?.names).toEqual([
      { kind: 'exact', name: 'https://github.com/example/images/.github/workflows/release.yaml@refs/tags/0.0.1' },
    ]);
    expect(policyFor(identities, 'kairos', 'v4.3.0')).not.toBeNull();
  });

  it('stand alone where the official ones are left out', () => {
    expect(settings(`defaultIdentities: false${OWN}`).identities.map(({ id }) => id)).toEqual(['edge']);
  });

  it.each([
    [
      'a workflow that others may call, without saying for whom it ran',
      'builder: { prefix: "https://github.com/example/factory/.github/workflows/build.yaml@" }',
      /builder: .*says nothing without "source"/,
    ],
    ['nobody', '', /names: names nobody/],
    ['a pattern in place of a commit', 'builder: { prefix: x, known: ["*"] }', /40 hexadecimal digits/],
    ['an issuer over plain http', 'names: [x]\n    issuer: http://issuer.example', /issuer/],
    ['a version that is none', 'names: [x]\n    from: v4', /from: write a version of three numbers/],
  ])('are refused where they name %s', (_, line, problem) => {
    const issuer = line.includes('issuer:') ? '' : '\n    issuer: https://issuer.example';
    expect(mistakes(`identities:\n  - id: edge\n    project: edge-ubuntu${issuer}\n    ${line}\n`)).toMatch(problem);
  });

  it('are refused where two have one name', () => {
    expect(mistakes(OWN.replace('id: edge', 'id: kairos-factory'))).toMatch(/"kairos-factory" is used twice/);
  });
});
