/** The verdict as a table: what was found, what the policy says, what comes of it. Codes are those of docs/verification.md. */
import { describe, expect, it } from 'vitest';
import type { CertificateFacts, CheckedEvidence, CheckedStatement, SoundEvidence } from '../../../src/core/evidence.ts';
import type { Policy, ResolvedRule } from '../../../src/core/identity-policy.ts';
import { instant, plusMs } from '../../../src/core/time.ts';
import { decide, goneSince, undecided } from '../../../src/core/trust.ts';
import { imageVerdict } from '../../../src/core/verdict.ts';

const NOW = instant('2026-09-08T12:00:00Z');
const SIGNED_AT = instant('2026-09-08T08:00:00Z');
const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;
const [INDEX, PLATFORM, OTHER] = [digestOf('a'), digestOf('b'), digestOf('c')];
const ISSUER = 'https://token.actions.githubusercontent.com';
const KAIROS = 'https://github.com/kairos-io/kairos';
const WORKFLOW = `${KAIROS}/.github/workflows/release.yaml@refs/tags/v2.4.3`;
const FACTORY = 'https://github.com/kairos-io/kairos-factory-action/.github/workflows/reusable-factory.yaml@';
const KNOWN = '9'.repeat(40);

const RULE: ResolvedRule = {
  id: 'release',
  issuer: ISSUER,
  names: [
    { kind: 'exact', name: WORKFLOW },
    { kind: 'builder', prefix: FACTORY, known: [KNOWN], unknown: 'caution' },
  ],
  source: { repository: KAIROS, ref: 'refs/tags/v2.4.3' },
  trigger: 'push',
  runner: 'github-hosted',
};
const POLICY: Policy = [RULE];

const EXTENSIONS = { 1: ISSUER, 8: ISSUER, 11: 'github-hosted', 12: KAIROS, 13: 'f'.repeat(40), 14: 'refs/tags/v2.4.3', 20: 'push' };

/** A certificate of the release workflow, changed. An extension given as null is not in it. */
function certificate(
  san: string = WORKFLOW,
  changes: Readonly<Record<number, string | null>> = {},
  type: 'uri' | 'email' = 'uri',
): CertificateFacts {
  const extensions = Object.entries({ ...EXTENSIONS, ...changes }).flatMap(([number, value]) => (value === null ? [] : [[number, value]]));
  return { names: [{ type, value: san }], extensions: Object.fromEntries(extensions) };
}

function signature(changes: Partial<SoundEvidence> = {}): SoundEvidence {
  return {
    kind: 'sound',
    id: 'piece',
    name: 'sha256-aaaa.sig, layer 1',
    beside: INDEX,
    claim: { kind: 'signature', subjects: [INDEX] },
    signer: { kind: 'certificate', certificate: certificate() },
    signedAt: SIGNED_AT,
    logEntry: 'log:1',
    ...changes,
  };
}

const by = (facts: CertificateFacts): Partial<SoundEvidence> => ({ signer: { kind: 'certificate', certificate: facts } });
const SBOM = { format: 'spdx', version: 'SPDX-2.3', supported: true, digest: digestOf('d'), inventory: null } as const;
const attestation = (predicateType: string, changes: Partial<SoundEvidence> = {}, sbom: typeof SBOM | null = SBOM): SoundEvidence =>
  signature({ id: 'attested', claim: { kind: 'attestation', predicateType, subjects: [INDEX], sbom }, ...changes });

function evidence(pieces: CheckedEvidence['pieces'], changes: Partial<CheckedEvidence> = {}): CheckedEvidence {
  return { digest: INDEX, form: 'index', platforms: [PLATFORM], attachedSbom: false, pieces, statements: [], ...changes };
}

const inIndex = (changes: Partial<Extract<CheckedStatement, { kind: 'read' }>> = {}): CheckedStatement => ({
  kind: 'read',
  digest: digestOf('e'),
  about: PLATFORM,
  predicateType: 'https://spdx.dev/Document',
  subjects: [PLATFORM],
  sbom: SBOM,
  ...changes,
});

const judge = (checked: CheckedEvidence, policy: Policy | null = POLICY) => decide({ evidence: checked, policy, now: NOW });

describe('an image with evidence by the expected signer', () => {
  it.each([
    ['a signature over the index', [signature()], 'index'],
    ['a signature over the image inside', [signature({ claim: { kind: 'signature', subjects: [PLATFORM] } })], 'platform'],
    ['an attested SBOM', [attestation('https://spdx.dev/Document')], 'index'],
    ['provenance', [attestation('https://slsa.dev/provenance/v1', {}, null)], 'index'],
    ['a known builder', [signature(by(certificate(`${FACTORY}${KNOWN}`)))], 'index'],
    [
      'a certificate from before Fulcio 1.2',
      [
        signature(
          by(certificate(WORKFLOW, { 8: null, 11: null, 12: null, 14: null, 20: null, 5: 'kairos-io/kairos', 6: 'refs/tags/v2.4.3' })),
        ),
      ],
      'index',
    ],
  ] as const)('is verified: %s', (_, pieces, over) => {
    expect(judge(evidence(pieces))).toMatchObject({ state: 'verified', over, rule: 'release', accepted: 1, refusals: [], cautions: [] });
  });

  it('says who signed, for what, and when', () => {
    expect(judge(evidence([signature(by(certificate(WORKFLOW, { 21: `${KAIROS}/actions/runs/1` })))])).signer).toEqual({
      identity: WORKFLOW,
      issuer: ISSUER,
      repository: KAIROS,
      ref: 'refs/tags/v2.4.3',
      commit: 'f'.repeat(40),
      runUrl: `${KAIROS}/actions/runs/1`,
      signedAt: SIGNED_AT,
    });
  });

  it('links to a run of the signing repository only', () => {
    const runUrl = (url: string) => judge(evidence([signature(by(certificate(WORKFLOW, { 21: url })))])).signer?.runUrl;
    expect(runUrl('https://evil.example/actions/runs/1')).toBeNull();
    expect(runUrl(`${KAIROS}-evil/actions/runs/1`)).toBeNull();
  });

  it('is verified with a caution where the builder is a commit nobody has looked at', () => {
    const builder = '1'.repeat(40);
    expect(judge(evidence([signature(by(certificate(`${FACTORY}${builder}`)))]))).toMatchObject({
      state: 'verified',
      cautions: [{ kind: 'unknown-builder', builder }],
    });
  });

  it('shows the newest of several, and how many there are', () => {
    const older = signature({ id: 'older', signedAt: plusMs(SIGNED_AT, -1000) });
    expect(judge(evidence([older, signature()]))).toMatchObject({ state: 'verified', accepted: 2, signer: { signedAt: SIGNED_AT } });
  });

  it('is verified although other evidence beside it is wrong, which is said', () => {
    const broken = {
      kind: 'broken',
      id: 'x',
      name: 'layer 2',
      beside: INDEX,
      fault: 'SIGNATURE_ERROR',
      message: 'its signature is wrong',
    } as const;
    expect(judge(evidence([broken, signature()]))).toMatchObject({
      state: 'verified',
      refusals: [],
      cautions: [{ kind: 'other-evidence', name: 'layer 2', fault: 'SIGNATURE_ERROR' }],
    });
  });
});

/** Row of the attack list, what it is, the piece, the code. */
const ATTACKS: readonly (readonly [row: number, what: string, piece: SoundEvidence, fault: string, reason: RegExp])[] = [
  [
    1,
    'the workflow of another repository',
    signature(by(certificate('https://github.com/evil/kairos/.github/workflows/release.yaml@refs/tags/v2.4.3'))),
    'POLICY',
    /is signed by .*evil/,
  ],
  [2, 'a name that goes on', signature(by(certificate(`${WORKFLOW}0`))), 'POLICY', /v2\.4\.30, not by/],
  [3, 'a name that has the good one in it', signature(by(certificate(`https://evil.example/?${WORKFLOW}`))), 'POLICY', /evil\.example/],
  [
    3,
    'a name with a letter where the good one has a dot',
    signature(by(certificate(WORKFLOW.replace('/.github', '/xgithub')))),
    'POLICY',
    /xgithub/,
  ],
  [4, 'an e-mail address that reads like the name', signature(by(certificate(WORKFLOW, {}, 'email'))), 'POLICY', /\(email\)/],
  [
    5,
    'the reusable workflow, called by a stranger',
    signature(by(certificate(`${FACTORY}${KNOWN}`, { 12: 'https://github.com/evil/kairos' }))),
    'POLICY',
    /ran for .*evil/,
  ],
  [
    5,
    'the reusable workflow, for a repository it does not name',
    signature(by(certificate(`${FACTORY}${KNOWN}`, { 12: null }))),
    'POLICY',
    /no repository/,
  ],
  [6, 'a branch', signature(by(certificate(WORKFLOW, { 14: 'refs/heads/main' }))), 'POLICY', /ran on refs\/heads\/main/],
  [6, 'another tag', signature(by(certificate(WORKFLOW, { 14: 'refs/tags/v2.4.2' }))), 'POLICY', /v2\.4\.2/],
  [
    7,
    'another issuer',
    signature(by(certificate(WORKFLOW, { 1: 'https://evil.example', 8: 'https://evil.example' }))),
    'POLICY',
    /vouched for by/,
  ],
  [
    7,
    'an issuer that goes on',
    signature(by(certificate(WORKFLOW, { 1: `${ISSUER}/hammer-time`, 8: `${ISSUER}/hammer-time` }))),
    'POLICY',
    /hammer-time/,
  ],
  [8, 'two issuers', signature(by(certificate(WORKFLOW, { 1: 'https://evil.example' }))), 'POLICY', /two issuers/],
  [9, 'the digest of another image', signature({ claim: { kind: 'signature', subjects: [OTHER] } }), 'SUBJECT', /another image/],
  [9, 'no digest at all', signature({ claim: { kind: 'signature', subjects: [] } }), 'SUBJECT', /another image/],
  [10, 'a predicate that looks alike', attestation('https://spdx.dev/Document/'), 'PREDICATE_TYPE', /neither an SBOM/],
  [24, 'a key instead of a certificate', signature({ signer: { kind: 'key' } }), 'POLICY', /key/],
  [
    51,
    'the signature of another image',
    signature({ claim: { kind: 'signature', subjects: [OTHER] }, beside: OTHER }),
    'SUBJECT',
    /another image/,
  ],
  [52, 'a builder that is no commit', signature(by(certificate(`${FACTORY}main`))), 'POLICY', /is signed by/],
  [64, 'a signature from the future', signature({ signedAt: plusMs(NOW, 11 * 60_000) }), 'TIMESTAMP_ERROR', /future/],
  [1, 'a run that somebody started by hand', signature(by(certificate(WORKFLOW, { 20: 'workflow_dispatch' }))), 'POLICY', /started by/],
  [1, 'a runner of somebody’s own', signature(by(certificate(WORKFLOW, { 11: 'self-hosted' }))), 'POLICY', /self-hosted/],
  [
    1,
    'a certificate with a second name',
    signature(by({ ...certificate(), names: [...certificate().names, { type: 'uri', value: 'https://evil.example' }] })),
    'POLICY',
    /2 names/,
  ],
];

describe('an image whose only evidence is', () => {
  it.each(ATTACKS)('(row %i) %s is rejected', (_row, _what, piece, fault, reason) => {
    const verdict = judge(evidence([piece]));
    expect(verdict).toMatchObject({ state: 'rejected', signer: null, over: null, refusals: [{ fault }] });
    expect(verdict.refusals[0]?.message).toMatch(reason);
  });
});

describe('an image', () => {
  it('without evidence is unsigned, never unknown', () => {
    expect(judge(evidence([]))).toMatchObject({ state: 'unsigned', sbom: 'none', unknown: null });
  });

  it('that is signed where nobody said by whom is unknown, never verified and never rejected', () => {
    expect(judge(evidence([signature()]), null)).toMatchObject({ state: 'unknown', unknown: { kind: 'no-policy' }, signer: null });
  });

  it('that could not be looked at is unknown, with the reason; of that a release holds the code alone', () => {
    const failure = { code: 'TIMEOUT', message: 'quay.io did not answer in time.', disposition: 'transient' } as const;
    const verdict = undecided(INDEX, failure);
    expect(verdict).toMatchObject({ state: 'unknown', sbom: 'unknown', unknown: { kind: 'failed', failure } });
    expect(imageVerdict(verdict).unknown).toBe('TIMEOUT');
  });
});

describe('the SBOM of a verified image', () => {
  const sbom = (pieces: CheckedEvidence['pieces'], changes: Partial<CheckedEvidence> = {}) => {
    const { state, sbom: found, cautions } = judge(evidence(pieces, changes));
    return [state, found, cautions.map(({ kind }) => kind)];
  };

  it.each([
    [
      'is attested where a signed statement is about the image',
      [attestation('https://spdx.dev/Document')],
      {},
      ['verified', 'attested', []],
    ],
    [
      'is in the signed index where the signature is over that',
      [signature()],
      { statements: [inIndex()] },
      ['verified', 'in-signed-index', []],
    ],
    [
      '(row 52) is none where it names another platform',
      [signature()],
      { statements: [inIndex({ about: OTHER, subjects: [OTHER] })] },
      ['verified', 'none', ['sbom-of-another']],
    ],
    [
      '(row 52) is none where its own subject is another',
      [signature()],
      { statements: [inIndex({ subjects: [OTHER] })] },
      ['verified', 'none', ['sbom-of-another']],
    ],
    [
      'is unsigned where only the image inside is signed',
      [signature({ claim: { kind: 'signature', subjects: [PLATFORM] } })],
      { statements: [inIndex()] },
      ['verified', 'unsigned', []],
    ],
    ['(row 59) is unsigned where it is a tag of its own', [signature()], { attachedSbom: true }, ['verified', 'unsigned', []]],
    [
      'is none where only provenance is in the index',
      [signature()],
      { statements: [inIndex({ predicateType: 'https://slsa.dev/provenance/v0.2', sbom: null })] },
      ['verified', 'none', []],
    ],
    [
      'is unknown where it is too large',
      [signature()],
      {
        statements: [
          {
            kind: 'unreadable',
            digest: OTHER,
            about: PLATFORM,
            predicateType: 'https://spdx.dev/Document',
            fault: 'TOO_LARGE',
            message: '',
          } as const,
        ],
      },
      ['verified', 'unknown', ['sbom-unreadable']],
    ],
    [
      '(row 34) is there in a format that is not read',
      [signature()],
      { statements: [inIndex({ sbom: { ...SBOM, version: 'SPDX-3.0', supported: false } })] },
      ['verified', 'in-signed-index', ['sbom-unsupported']],
    ],
  ] as const)('%s', (_, pieces, changes, expected) => {
    expect(sbom(pieces, changes)).toEqual(expected);
  });

  it('(row 52) is unsigned where the index is not signed', () => {
    expect(sbom([], { statements: [inIndex()] })).toEqual(['unsigned', 'unsigned', []]);
  });

  it('(row 55) is said to conflict where two signed ones differ', () => {
    const other = attestation('https://spdx.dev/Document', { id: 'second' }, { ...SBOM, digest: OTHER } as unknown as typeof SBOM);
    expect(sbom([attestation('https://spdx.dev/Document'), other])).toEqual(['verified', 'attested', ['conflicting-sboms']]);
  });
});

describe('evidence that was there before (row 53)', () => {
  const MARK = { id: 'gone', logEntry: 'log:9', signedAt: SIGNED_AT };

  it('and is gone is said, whatever else there is', () => {
    expect(goneSince(judge(evidence([signature()])), [MARK])).toMatchObject({
      state: 'verified',
      cautions: [{ kind: 'evidence-gone', logEntry: 'log:9' }],
    });
    expect(goneSince(judge(evidence([])), [MARK])).toMatchObject({ state: 'unsigned', cautions: [{ kind: 'evidence-gone' }] });
  });

  it('and is there still is nothing to speak of', () => {
    const verdict = judge(evidence([signature()]));
    expect(goneSince(verdict, verdict.marks)).toEqual(verdict);
  });

  it('and could not be looked for is not gone', () => {
    const verdict = undecided(INDEX, { code: 'TIMEOUT', message: '', disposition: 'transient' });
    expect(goneSince(verdict, [MARK])).toEqual(verdict);
  });
});
