/** What is said of vulnerabilities: whose word it is and of which day, what was not asked for, and no foreign text or address that is more than text. */
import { describe, expect, it } from 'vitest';
import type { Section } from '../../../src/core/message.ts';
import type { HadronMain } from '../../../src/core/security-dashboard.ts';
import { hadronMain } from '../../../src/core/security-dashboard.ts';
import type { Vulnerability, VulnerabilityReport } from '../../../src/core/vulnerabilities.ts';
import { renderGithub } from '../../../src/render/github.ts';
import { renderSlack } from '../../../src/render/slack.ts';
import { PLAIN, renderText } from '../../../src/render/text.ts';
import {
  hadronMainSections,
  vulnerabilitiesNotAsked,
  vulnerabilitiesUnknown,
  vulnerabilitySections,
} from '../../../src/render/vulnerabilities.ts';
import { messageWith } from '../../support/messages.ts';
import { NOW } from '../../support/sources.ts';

const one = (changes: Partial<Vulnerability> = {}): Vulnerability => ({
  name: 'CVE-2026-7',
  id: 'GO-2026-1',
  summary: 'Denial of service in x/net',
  severity: 'high',
  packages: ['golang.org/x/net v0.30.0'],
  ...changes,
});
const REPORT: VulnerabilityReport = {
  source: 'OSV',
  askedAt: NOW,
  fixed: [one()],
  introduced: [],
  unchanged: 3,
  packages: 40,
  asked: 60,
  notAsked: { kind: 12, release: 0, malformed: 0 },
  undescribed: 0,
};
const MAIN: HadronMain = {
  readAt: NOW,
  seenOn: '2026-07-08',
  incomplete: false,
  open: [
    { name: 'CVE-2026-31789', id: 'ALPINE-CVE-2026-31789', package: 'openssl', version: '3.6.3', severity: 'critical', setAside: null },
  ],
  setAside: 61,
};
const messageOf = (sections: readonly { readonly section: Section }[]) => messageWith(...sections.map(({ section }) => section));
const text = (sections: readonly { readonly section: Section }[]) => renderText(messageOf(sections), { width: 400, palette: PLAIN });

describe('the vulnerabilities of an upgrade', () => {
  it('are figures with their source and the moment it was asked, and what the figures leave out', () => {
    const said = text(vulnerabilitySections(REPORT));
    expect(said).toContain('1 fixed by upgrading · 0 new · 3 in both (OSV, asked 2026-09-10 12:00 UTC).');
    expect(said).toContain('Fixed by upgrading (OSV, asked 2026-09-10 12:00 UTC)');
    expect(said).toContain(
      'CVE-2026-7 (https://osv.dev/vulnerability/GO-2026-1) · high · golang.org/x/net v0.30.0 · Denial of service in x/net',
    );
    expect(said).toContain(
      'Asked for: 60 versions of packages that changed; what is the same in both was not. Not asked for: 12 versions of a kind',
    );
  });

  it('that could not be asked for are not none', () => {
    const nothing = { ...REPORT, fixed: [], unchanged: 0, asked: 0 };
    expect(text(vulnerabilitySections(nothing))).toContain('none of 40 changed packages can be asked for (12 versions of a kind');
    expect(text(vulnerabilitySections(nothing))).not.toContain('0 new');
    expect(text(vulnerabilitySections({ ...nothing, packages: 0 }))).toContain('nothing was asked for');
    expect(text(vulnerabilitiesUnknown('OSV', { code: 'TIMEOUT' }))).toContain('not known. OSV could not be asked (TIMEOUT)');
  });

  it('that nobody was asked for say why', () => {
    expect(text(vulnerabilitiesNotAsked('off'))).toMatch(/not asked for.*source: osv/);
    expect(text(vulnerabilitiesNotAsked('offline'))).toContain('--offline');
  });

  it('are cut to ten, and the rest is counted', () => {
    const many = Array.from({ length: 14 }, (_, index) => one({ name: `CVE-2026-${index}` }));
    expect(text(vulnerabilitySections({ ...REPORT, introduced: many }))).toContain('and 4 more');
  });

  it('that were not all looked up say so', () => {
    expect(text(vulnerabilitySections({ ...REPORT, undescribed: 5 }))).toContain('Not looked up: 5');
  });

  it('are foreign text that stays text at every sink, and no address of theirs is linked', () => {
    const bad = '<!channel> @everyone [x](https://evil.example) \u001b[31m\u202e';
    const sections = vulnerabilitySections({
      ...REPORT,
      introduced: [one({ name: bad, id: 'https://evil.example/CVE-1', summary: bad.repeat(50), packages: [bad] })],
    });
    expect(JSON.stringify(sections)).not.toMatch(/"url":"(?!https:\/\/osv\.dev\/vulnerability\/[A-Za-z0-9.%_-]+")/);
    const slack = JSON.stringify(renderSlack(messageOf(sections)));
    expect(slack).not.toContain('<!channel>');
    expect(slack).not.toContain('https://evil.example|');
    // In a code span nothing is a mention.
    expect(renderGithub(messageOf(sections)).body.replace(/`[^`]*`/g, '')).not.toContain('@everyone');
    expect(text(sections)).not.toMatch(/\p{Cf}|\p{Cc}(?<!\n)/u);
  });
});

describe("the security dashboard, of Hadron's main branch", () => {
  it('is said to be that on its day, and no release', () => {
    const said = text(hadronMainSections(MAIN));
    expect(said).toContain(
      'Hadron main on 2026-07-08, which is no release: 1 open, 61 set aside by the security team (kairos-io/security, read 2026-09-10',
    );
    expect(said).toContain("Open in Hadron main on 2026-07-08, not a release's own state");
    expect(said).toContain('https://osv.dev/vulnerability/ALPINE-CVE-2026-31789 · critical · openssl 3.6.3');
  });

  it('without anything open, or with half a scan, says just that', () => {
    const said = text(hadronMainSections({ ...MAIN, open: [], seenOn: null, incomplete: true }));
    expect(said).toContain('Hadron main as read on 2026-09-10, which is no release: 0 open');
    expect(said).toContain('Its scan could not look at everything.');
  });

  it('counts what is set aside apart', () => {
    const [open] = MAIN.open;
    const findings = open === undefined ? [] : [{ ...open, setAside: 'already-fixed' }, { ...open, severity: 'low' as const }, open];
    const main = hadronMain({ readAt: NOW, seenOn: null, incomplete: false, findings });
    expect([main.open.map(({ severity }) => severity), main.setAside]).toEqual([['critical', 'low'], 1]);
  });
});
