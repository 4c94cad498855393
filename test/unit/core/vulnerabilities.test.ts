import { describe, expect, it } from 'vitest';
import { questionFor } from '../../../src/core/package-question.ts';
import {
  type InventoryEntry,
  idsToDescribe,
  isVulnerabilityId,
  questionsFor,
  type VulnerabilityRecord,
  vulnerabilityReport,
} from '../../../src/core/vulnerabilities.ts';
import { NOW } from '../../support/sources.ts';

const go = (name: string, ...versions: string[]): InventoryEntry => ({ purl: `pkg:golang/${name}`, versions });
const record = (id: string, ...aliases: string[]): VulnerabilityRecord => ({
  id,
  aliases,
  summary: null,
  severity: 'unknown',
  withdrawn: false,
});
const FROM = { source: 'OSV', askedAt: NOW };

/** The report of two inventories when these versions (`name version`) are affected. */
function reportOf(
  before: readonly InventoryEntry[],
  after: readonly InventoryEntry[],
  known: Readonly<Record<string, readonly string[]>>,
  records: readonly VulnerabilityRecord[] = Object.values(known)
    .flat()
    .map((id) => record(id)),
) {
  const asked = questionsFor(before, after);
  const answers = asked.questions.map(({ name, version }) => known[`${name} ${version}`] ?? []);
  return vulnerabilityReport(asked, answers, records, FROM);
}
const names = (vulnerabilities: readonly { readonly name: string }[]) => vulnerabilities.map(({ name }) => name);

describe('a package of an SBOM', () => {
  it.each([
    ['pkg:golang/github.com/Masterminds/semver@v3.2.1#v3', { ecosystem: 'Go', name: 'github.com/Masterminds/semver/v3' }],
    ['pkg:golang/stdlib', { ecosystem: 'Go', name: 'stdlib' }],
    ['pkg:npm/%40babel/core', { ecosystem: 'npm', name: '@babel/core' }],
    ['pkg:maven/org.apache.logging.log4j/log4j-core', { ecosystem: 'Maven', name: 'org.apache.logging.log4j:log4j-core' }],
    ['pkg:cargo/tokio', { ecosystem: 'crates.io', name: 'tokio' }],
    ['pkg:deb/debian/libssl3?arch=amd64&upstream=openssl&distro=debian-12', { ecosystem: 'Debian:12', name: 'openssl' }],
    ['pkg:deb/ubuntu/bash?distro=ubuntu-24.04', { ecosystem: 'Ubuntu:24.04:LTS', name: 'bash' }],
    ['pkg:deb/ubuntu/bash?distro=ubuntu-25.10', { ecosystem: 'Ubuntu:25.10', name: 'bash' }],
    ['pkg:apk/alpine/libcrypto3?upstream=openssl&distro=alpine-3.21.3', { ecosystem: 'Alpine:v3.21', name: 'openssl' }],
    ['pkg:rpm/rocky/openssl-libs?epoch=1&distro=rocky-9.5', { ecosystem: 'Rocky Linux:9', name: 'openssl-libs', version: '1:1.0' }],
    ['pkg:rpm/opensuse/bash?distro=opensuse-leap-15.6', { ecosystem: 'openSUSE:Leap 15.6', name: 'bash' }],
  ])('%s is asked for by the name it has in OSV', (purl, question) => {
    expect(questionFor(purl, '1.0')).toEqual({ version: '1.0', ...question });
  });

  it.each([
    ['pkg:generic/openssl', 'kind'],
    ['pkg:github/kairos-io/immucore', 'kind'],
    ['pkg:constructor/x', 'kind'],
    ['pkg:deb/debian/bash', 'release'],
    ['pkg:rpm/fedora/bash?distro=fedora-40', 'release'],
    ['pkg:apk/alpine/musl?distro=alpine-edge', 'release'],
    ['not a purl', 'malformed'],
    ['pkg:golang/a/%00', 'malformed'],
    [`pkg:golang/${'a'.repeat(3000)}`, 'malformed'],
  ])('%s is not asked for (%s), because the answer would not be about it', (purl, why) => {
    expect(questionFor(purl, '1.0')).toBe(why);
  });

  it('with a version that is none is not asked for', () => {
    expect([questionFor('pkg:golang/a/b', 'a b'), questionFor('pkg:golang/a/b', '9'.repeat(400))]).toEqual(['malformed', 'malformed']);
  });
});

describe('what is asked for', () => {
  it('is only what differs, and of that all versions', () => {
    const asked = questionsFor(
      [go('same', 'v1'), go('moved', 'v1', 'v2'), go('gone', 'v1')],
      [go('same', 'v1'), go('moved', 'v2', 'v3'), go('new', 'v1')],
    );
    expect(asked.questions.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'gone v1',
      'moved v1',
      'moved v2',
      'moved v3',
      'new v1',
    ]);
    expect(asked.packages).toBe(3);
  });

  it('does not depend on whether the URLs name versions', () => {
    const asked = questionsFor(
      [
        { purl: 'pkg:golang/a/b@v1', versions: ['v1'] },
        { purl: 'pkg:golang/a/b@v2', versions: ['v2'] },
      ],
      [{ purl: 'pkg:golang/a/b', versions: ['v2', 'v1'] }],
    );
    expect(asked).toMatchObject({ questions: [], packages: 0 });
  });

  it('counts what cannot be', () => {
    const asked = questionsFor(
      [],
      [
        { purl: 'pkg:generic/busybox', versions: ['1.37'] },
        { purl: 'pkg:deb/debian/bash', versions: ['1', '2'] },
      ],
    );
    expect(asked).toMatchObject({ questions: [], packages: 2, notAsked: { kind: 1, release: 2, malformed: 0 } });
  });
});

describe('what the answers mean', () => {
  it('is fixed, new, or in both', () => {
    const report = reportOf([go('a', 'v1'), go('b', 'v1')], [go('a', 'v2'), go('b', 'v2')], {
      'a v1': ['GO-2026-1', 'GO-2026-2'],
      'a v2': ['GO-2026-2', 'GO-2026-3'],
    });
    expect(report).toMatchObject({ ...FROM, unchanged: 1, asked: 4, undescribed: 0 });
    expect([names(report.fixed), names(report.introduced)]).toEqual([['GO-2026-1'], ['GO-2026-3']]);
    expect([report.fixed[0]?.packages, report.introduced[0]?.packages]).toEqual([['a v1'], ['a v2']]);
  });

  it('is not fixed while an old version stays in another program, or the same one is in another package', () => {
    const known = { 'a v1': ['GO-2026-1'], 'a v2': ['GO-2026-1'], 'b v1': ['GO-2026-4'], 'c v1': ['GO-2026-4'] };
    const report = reportOf([go('a', 'v1', 'v2'), go('b', 'v1')], [go('a', 'v2', 'v3'), go('c', 'v1')], known);
    expect([report.fixed, report.introduced, report.unchanged]).toEqual([[], [], 2]);
  });

  it('counts one vulnerability once, whatever names it has', () => {
    const known = { 'a v1': ['GHSA-aaaa-bbbb-cccc', 'GO-2026-1'], 'a v2': ['GHSA-aaaa-bbbb-cccc'] };
    const aliases = [record('GO-2026-1', 'CVE-2026-7', 'GHSA-aaaa-bbbb-cccc'), record('GHSA-aaaa-bbbb-cccc', 'CVE-2026-7')];
    expect(reportOf([go('a', 'v1')], [go('a', 'v2')], known, aliases)).toMatchObject({ fixed: [], introduced: [], unchanged: 1 });
    const gone = reportOf([go('a', 'v1')], [go('a', 'v3')], known, aliases);
    expect([names(gone.fixed), gone.unchanged]).toEqual([['CVE-2026-7'], 0]);
  });

  it('joins names that only share a third one', () => {
    const known = { 'a v1': ['DSA-1-1', 'GO-2026-1'] };
    const report = reportOf([go('a', 'v1')], [], known, [record('DSA-1-1', 'CVE-2026-7'), record('GO-2026-1', 'CVE-2026-7')]);
    expect(names(report.fixed)).toEqual(['CVE-2026-7']);
  });

  it('leaves out what its database took back, and says how many were not looked up', () => {
    const known = { 'a v1': ['GO-2026-1', 'GO-2026-2'] };
    const report = reportOf([go('a', 'v1')], [], known, [{ ...record('GO-2026-1'), withdrawn: true }]);
    expect([names(report.fixed), report.undescribed]).toEqual([['GO-2026-2'], 1]);
  });

  it('names the worst first', () => {
    const known = { 'a v1': ['GO-2026-1', 'GO-2026-2', 'GO-2026-3'] };
    const report = reportOf([go('a', 'v1')], [], known, [
      { ...record('GO-2026-1'), severity: 'low' },
      { ...record('GO-2026-2'), severity: 'critical' },
    ]);
    expect(names(report.fixed)).toEqual(['GO-2026-2', 'GO-2026-1', 'GO-2026-3']);
  });

  it('is refused when the answers are not to these questions', () => {
    expect(() => vulnerabilityReport(questionsFor([], [go('a', 'v1')]), [], [], FROM)).toThrow(RangeError);
  });
});

describe('what is looked up', () => {
  it('is first what is on one side only', () => {
    const asked = questionsFor([go('a', 'v1')], [go('a', 'v2')]);
    const answers = asked.questions.map(({ version }) => (version === 'v1' ? ['A-1', 'Z-1'] : ['A-1', 'M-1']));
    expect(idsToDescribe(asked, answers, 2)).toEqual(['M-1', 'Z-1']);
    expect(idsToDescribe(asked, answers)).toEqual(['M-1', 'Z-1', 'A-1']);
  });
});

describe('the id of a vulnerability', () => {
  it.each(['CVE-2026-31789', 'GHSA-vqj2-4v8m-8vrq', 'GO-2024-2687', 'RLSA-2024:1234', 'openSUSE-SU-2024:0001-1', 'ALPINE-CVE-2026-1'])(
    'may be %s',
    (id) => expect(isVulnerabilityId(id)).toBe(true),
  );
  it.each(['', '../x', 'CVE', 'CVE-1/../..', 'a-b?c', 'CVE-1 ', 'CVE-<b>', `A-${'1'.repeat(200)}`, 'CVE-1\n'])('is not %j', (id) =>
    expect(isVulnerabilityId(id)).toBe(false),
  );
});
