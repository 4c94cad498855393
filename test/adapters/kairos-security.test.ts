import { describe, expect, it } from 'vitest';
import { createDashboardSource } from '../../src/adapters/kairos-security/source.ts';
import { mockHost } from '../support/http-mock.ts';
import { clockAt, failureFrom, httpFor, NOW } from '../support/sources.ts';

const URL_ = 'https://raw.githubusercontent.com/kairos-io/security/main/dashboard.json';

/** As kairos-io/security writes one. */
const finding = (changes: Readonly<Record<string, unknown>> = {}) => ({
  id: '0'.repeat(64),
  repo: 'kairos-io/hadron',
  type: 'componentCVE',
  cveID: 'CVE-2026-31789',
  ecosystem: 'hadron',
  package: 'openssl-fips',
  currentVersion: '3.1.2',
  fixedVersion: '3.3.7',
  severity: 'critical',
  source: 'osv',
  url: 'https://osv.dev/vulnerability/ALPINE-CVE-2026-31789',
  firstSeen: '2026-07-03',
  lastSeen: '2026-07-08',
  details: 'Issue summary: …',
  affectedRanges: '[]',
  ...changes,
});

function reading(body: unknown, status = 200) {
  mockHost('https://raw.githubusercontent.com')
    .get('/kairos-io/security/main/dashboard.json')
    .reply(status, body as never);
  return createDashboardSource({ http: httpFor(), clock: clockAt(), url: URL_ }).read();
}

describe('the security dashboard', () => {
  it('is read with its day, what counts and what does not', async () => {
    const accepted = finding({
      cveID: 'CVE-2024-5535',
      url: undefined,
      class: 'informational',
      classReason: 'already-fixed',
      lastSeen: '2026-07-07',
    });
    expect(await reading({ correlated: { findings: [finding(), accepted], waterfall: null }, collectErrors: null })).toEqual({
      readAt: NOW,
      seenOn: '2026-07-08',
      incomplete: false,
      findings: [
        {
          name: 'CVE-2026-31789',
          id: 'ALPINE-CVE-2026-31789',
          package: 'openssl-fips',
          version: '3.1.2',
          severity: 'critical',
          setAside: null,
        },
        {
          name: 'CVE-2024-5535',
          id: 'CVE-2024-5535',
          package: 'openssl-fips',
          version: '3.1.2',
          severity: 'critical',
          setAside: 'already-fixed',
        },
      ],
    });
  });

  it('may be one of the lists it is made of', async () => {
    expect((await reading({ findings: [finding()] })).findings).toHaveLength(1);
  });

  it('without findings has no day of its own', async () => {
    expect(await reading({ correlated: { findings: null } })).toEqual({ readAt: NOW, seenOn: null, incomplete: false, findings: [] });
  });

  it('says that its scan did not see everything', async () => {
    expect(await reading({ correlated: { findings: [] }, collectErrors: [{ repo: 'kairos-io/hadron', error: 'timeout' }] })).toMatchObject({
      incomplete: true,
    });
  });

  it('is of Hadron only: findings of other repositories are left out, whatever they look like', async () => {
    const other = { repo: 'kairos-io/AuroraBoot', lastSeen: '2026-07-09', type: 'codeScanning' };
    expect(await reading({ correlated: { findings: [other, finding()] } })).toMatchObject({
      seenOn: '2026-07-09',
      findings: [{ name: 'CVE-2026-31789' }],
    });
  });

  it.each([
    'https://evil.example/vulnerability/CVE-1',
    'javascript:alert(1)',
    'https://osv.dev/vulnerability/../x',
    'https://osv.dev/vulnerability/a?b',
  ])('takes no address from it: %s', async (url) => {
    const { findings } = await reading({ findings: [finding({ url })] });
    expect([null, 'CVE-2026-31789']).toContain(findings[0]?.id);
  });

  it.each([
    ['a finding whose id is none', { findings: [finding({ cveID: '<!channel>' })] }],
    ['a finding without a package', { findings: [finding({ package: undefined })] }],
    ['a day that is none', { findings: [finding({ lastSeen: 'yesterday' })] }],
    ['no findings at all', { correlated: {} }],
    ['another file', []],
  ])('with %s is an error, not a shorter list', async (_, body) => {
    expect((await failureFrom(reading(body))).code).toBe('SCHEMA_MISMATCH');
  });

  it.each([
    [404, 'NOT_FOUND'],
    [503, 'UPSTREAM_UNAVAILABLE'],
  ])('that answers %i is an error, not an empty one', async (status, code) => {
    expect((await failureFrom(reading('', status))).code).toBe(code);
  });
});
