/** Release notes where people read them. The expectations are meant to be read as prose. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readNotes } from '../../../src/core/notes.ts';
import { type AggregatedNotes, aggregate } from '../../../src/core/notes-aggregate.ts';
import { renderGithub } from '../../../src/render/github.ts';
import { notesMessage, notesSections, renderNotes } from '../../../src/render/notes.ts';
import { renderSlack } from '../../../src/render/slack.ts';
import { PLAIN } from '../../../src/render/text.ts';
import { ACTIVE, nodesOf, parseMarkdown, proseOf } from '../../support/markdown.ts';
import { expectWithinSlackLimits, slackTexts } from '../../support/slack-rules.ts';

const PAGE = 'https://github.com/kairos-io/kairos/releases/tag/v9.2.0';
const fixture = (name: string): string => readFileSync(new URL(`../../fixtures/notes/${name}.md`, import.meta.url), 'utf8');
const notesOf = (bodies: Readonly<Record<string, string>>): AggregatedNotes =>
  aggregate(Object.entries(bodies).map(([version, body]) => ({ version, notes: readNotes(body, { repository: 'kairos-io/kairos' }) })));

const ONE = notesOf({ 'v9.1.1': fixture('by-component') });
const TWO = notesOf({ 'v9.2.0': fixture('by-hand'), 'v9.1.1': fixture('by-component') });
const LONG = notesOf({ 'v9.2.0': Array.from({ length: 40 }, (_, at) => `- Fix thing ${at} by @a in #${at}\n`).join('') });

const lines = (text: string): readonly string[] => text.trimEnd().split('\n');

describe('notes in a terminal', () => {
  it('of one release', () => {
    expect(lines(renderNotes('kairos', ONE, { page: PAGE, width: 100, palette: PLAIN }))).toEqual([
      '! Kairos v9.1.1 · release notes',
      '',
      '  Security',
      '  - Security Notice: The images with Kubernetes carry CVEs of the binaries they embed. Read the scan',
      '    before you roll them out.',
      '',
      '  New',
      '  - kairos-agent: list installed extensions (#1201)',
      '',
      '  Fixed',
      '  - kairos-agent: partition labels with blanks (4d5e6f7)',
      '',
      '  Components (3)',
      '  - auroraboot to v0.40.0',
      '  - kairos-agent v2.40.0 → v2.41.0 (minor)',
      '  - Immucore v0.30.0 → v0.30.2 (patch)',
      '',
      '  Unchanged: kairos-sdk v0.40.0',
      '',
      '  Other changes (2)',
      '  - Move the base to the next series (#9101)',
      '  - Name the cloud images after their zone (0a1b2c3)',
      '',
      '  Dependencies (1)',
      '  - Go 1.30.1',
      '',
      '  All changes: https://github.com/kairos-io/kairos/compare/v9.1.0...v9.1.1',
      '',
      '  Source: https://github.com/kairos-io/kairos/releases/tag/v9.2.0',
    ]);
  });

  it('of two releases: each item says of which', () => {
    expect(lines(renderNotes('kairos', TWO, { page: null, width: 100, palette: PLAIN })).slice(0, 27)).toEqual([
      '✗ Kairos v9.2.0 · release notes',
      '  With the notes of 1 release before it: v9.1.1.',
      '',
      '  Do not upgrade to v9.2.0',
      '  - We look for a way around it; until then you are advised to not upgrade until 9.2.1 is out.',
      '    (v9.2.0)',
      '',
      '  Security',
      '  - Security Notice: The images with Kubernetes carry CVEs of the binaries they embed. Read the scan',
      '    before you roll them out. (v9.1.1)',
      '',
      '  Breaking changes and upgrade notes (4)',
      '  - Be warned that going from 8.x to 9.x renumbers the groups, and files in a home directory may',
      '    belong to nobody afterwards. (v9.2.0)',
      '  - The slim images come without wireless firmware. (v9.2.0)',
      '  - Build an image of your own with the image factory (https://kairos.io/docs/factory) if you need',
      '    it, see notes. (v9.2.0)',
      '  - /etc/old/config.yaml is read for the last time. (v9.2.0)',
      '',
      '  Known issues (4)',
      '  - The second disk is not found on the small board (#9201 · v9.2.0)',
      '  - We could not yet look at these, which all concern the musl flavor: (v9.2.0)',
      '  - Root does not grow on first boot (#9202 · v9.2.0)',
      '  - The recovery entry boots twice (#9203 · v9.2.0)',
      '',
      '  New (2)',
      '  - Installer: Support for two network cards and an end to guessing (#9211 · v9.2.0)',
    ]);
  });

  it('are whole, however many there are', () => {
    const text = renderNotes('kairos', LONG, { page: PAGE, width: 100, palette: PLAIN });
    expect(lines(text).filter((line) => line.startsWith('  - Fix thing'))).toHaveLength(40);
    expect(text).not.toContain('more');
  });

  it('keep long prose whole', () => {
    const prose = Array.from({ length: 250 }, (_, at) => `word${at}`).join(' ');
    const text = renderNotes('kairos', notesOf({ 'v9.2.0': `## Breaking Changes\n\n${prose}` }), {
      page: null,
      width: 100,
      palette: PLAIN,
    });
    expect(text.replace(/\s+/g, ' ')).toContain(prose);
  });
});

describe('notes in a channel', () => {
  it('of one release', () => {
    const payload = renderSlack(notesMessage('kairos', ONE, { page: PAGE }));
    expectWithinSlackLimits(payload);
    expect(slackTexts(payload)).toEqual([
      '⚠️ Kairos v9.1.1 · release notes',
      '*Security*\n• *Security Notice:* The images with Kubernetes carry CVEs of the binaries they embed. Read the scan before you roll them out.',
      '*New*\n• kairos-agent: list installed extensions (#1201)',
      '*Fixed*\n• kairos-agent: partition labels with blanks (4d5e6f7)',
      '*Components (3)*\n• auroraboot to *v0.40.0*\n• kairos-agent v2.40.0 → *v2.41.0* (minor)\n• Immucore v0.30.0 → *v0.30.2* (patch)',
      'Unchanged: kairos-sdk v0.40.0',
      '*Other changes (2)*\n• Move the base to the next series (#9101)\n• Name the cloud images after their zone (0a1b2c3)',
      '*Dependencies (1)*\n• Go 1.30.1',
      'All changes: <https://github.com/kairos-io/kairos/compare/v9.1.0...v9.1.1|v9.1.0...v9.1.1>',
      `Source: <${PAGE}|github.com/kairos-io/kairos/releases/tag/v9.2.0>`,
    ]);
  });

  it('are cut, and say how much is where', () => {
    const [, fixed] = slackTexts(renderSlack(notesMessage('kairos', LONG, { page: PAGE })));
    expect(fixed?.split('\n')).toEqual([
      '*Fixed (40)*',
      ...Array.from({ length: 8 }, (_, at) => `• Fix thing ${at} (#${at})`),
      `• … and 32 more on <${PAGE}|the release page>`,
    ]);
  });

  it('say that nothing is written yet', () => {
    const waiting = notesOf({ 'v9.5.0': fixture('placeholder') });
    expect(slackTexts(renderSlack(notesMessage('kairos', waiting, { page: null })))).toContain(
      'Nothing is written on the release page yet.',
    );
    const partly = notesOf({ 'v9.5.1': 'Release v9.5.1', 'v9.5.0': '- Fix a thing' });
    expect(slackTexts(renderSlack(notesMessage('kairos', partly, { page: null })))).toContain('Nothing is written yet about v9.5.1.');
  });

  it('name a release on the way that nobody should stop at', () => {
    const notes = notesOf({ 'v9.2.1': '- Fix the groups', 'v9.2.0': 'Do not upgrade to this release.' });
    const message = notesMessage('kairos', notes, { page: null });
    expect(message.tone).toBe('neutral');
    expect(slackTexts(renderSlack(message))[2]).toBe('*Do not stop at v9.2.0 on the way*\n• Do not upgrade to this release. (v9.2.0)');
  });
});

describe('notes in an issue', () => {
  it('of one release', () => {
    const { title, body } = renderGithub(notesMessage('kairos', ONE, { page: PAGE }));
    const root = parseMarkdown(body);
    expect(title).toBe('Kairos v9.1.1 · release notes');
    for (const active of ACTIVE) expect(proseOf(root)).not.toMatch(active);
    expect(nodesOf(root, 'link').map(({ url }) => url)).toEqual(['https://github.com/kairos-io/kairos/compare/v9.1.0...v9.1.1', PAGE]);
    expect(body.replaceAll('\u200b', '').split('\n').slice(0, 10)).toEqual([
      '**Security**',
      '',
      '- **Security Notice:** The images with Kubernetes carry CVEs of the binaries they embed. Read the scan before you roll them out.',
      '',
      '**New**',
      '',
      '- kairos-agent: list installed extensions (\\#1201)',
      '',
      '**Fixed**',
      '',
    ]);
  });
});

it('a warning that begins with what it is stands below its title without it', () => {
  const body = '> [!WARNING]\n> **Security:** the images carry a known CVE. Read the scan results first.\n';
  const said = renderNotes('kairos', notesOf({ 'v9.2.0': body }), { page: PAGE, width: 100, palette: PLAIN });
  expect(said).toContain('  Security\n  - the images carry a known CVE. Read the scan results first.\n');
});

describe('the order in which a sink drops sections', () => {
  it('keeps what must not be missed and gives up the chores first', () => {
    const body = `${fixture('by-hand')}\n\n## Dependencies\n\n- Update a/b to v1.2.3\n\n## New Contributors\n* @x made their first contribution in #1`;
    const notes = notesOf({ 'v9.2.0': body, 'v9.1.1': fixture('by-component') });
    const ranked = notesSections(notes, { page: PAGE }).map(({ rank, section }) => [
      rank,
      section.kind === 'list' ? section.title : section.kind,
    ]);
    expect(ranked).toEqual([
      [1, 'Do not upgrade to v9.2.0'],
      [1, 'Security'],
      [2, 'Breaking changes and upgrade notes (4)'],
      [2, 'Known issues (4)'],
      [3, 'New (2)'],
      [4, 'Fixed (2)'],
      [4, 'Components (3)'],
      [4, 'text'],
      [5, 'Other changes (3)'],
      [6, 'Dependencies (2)'],
      [7, 'Documentation, tests and CI'],
      [8, 'text'],
      [8, 'text'],
    ]);
  });
});
