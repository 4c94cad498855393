import { describe, expect, it } from 'vitest';
import type { Message, Section } from '../../../src/core/message.ts';
import { announcementMessage } from '../../../src/render/announcement.ts';
import { renderSlack } from '../../../src/render/slack.ts';
import { HOSTILE, SUBSCRIPTION, V430 } from '../../support/kairos-release.ts';
import { hostileMessage, messageWith, rowsOf } from '../../support/messages.ts';
import { expectWithinSlackLimits, slackTexts } from '../../support/slack-rules.ts';

const RELEASE = renderSlack(announcementMessage(V430, SUBSCRIPTION));

describe('a release in Slack', () => {
  it('is short: a header, what moved, the images, the facts, what to pull, the small print', () => {
    expect(RELEASE.blocks.map(({ type }) => type)).toEqual(['header', 'section', 'section', 'section', 'section', 'context']);
    expect(slackTexts(RELEASE).join('\n').split('\n').length).toBeLessThanOrEqual(16);
  });

  it('reads as a person would write it', () => {
    const [header, summary, images, facts] = slackTexts(RELEASE);
    expect(header).toBe('Kairos v4.3.0 · minor · Hadron v0.5.1 · k3s/k0s 1.36.4, 1.35.8, 1.34.11');
    expect(summary).toContain('Kairos v4.2.0 → *v4.3.0* (minor) · Hadron v0.5.1 (unchanged) · k3s 1.36.3 → *1.36.4* (patch)');
    expect(images).toContain('*Images (11)*\n• *standard · amd64* – k3s/k0s 1.36.4, 1.35.8, 1.34.11\n');
    expect(facts).toContain('<https://github.com/kairos-io/kairos/releases/tag/v4.3.0|');
    expect(facts).toContain('*Signatures:* not checked yet');
  });

  it('has a plain text for notifications', () => {
    expect(RELEASE.text).toMatch(/^Kairos v4\.3\.0 · minor · .*: Kairos v4\.2\.0 → v4\.3\.0 \(minor\)/);
  });

  it('says how many references are not shown', () => {
    expect(slackTexts(RELEASE).join('\n')).toContain('```\n… and 3 more');
  });
});

describe('foreign text in Slack', () => {
  it.each(HOSTILE.map((text) => [text.slice(0, 40), text] as const))('cannot act or overflow in any place: %j', (_, text) => {
    expectWithinSlackLimits(renderSlack(hostileMessage(text)));
  });

  it.each([
    ['<!channel>', '&lt;!channel&gt;'],
    ['<@U012AB3CD>', '&lt;@U012AB3CD&gt;'],
    ['<https://evil.example|click>', '&lt;https://evil.example|click&gt;'],
    ['a & b', 'a &amp; b'],
    ['*bold* ~gone~ `code`', '∗bold∗ ∼gone∼ ʼcodeʼ'],
    ['_it_ but v2.4.2_generic', 'ˍitˍ but v2.4.2_generic'],
    ['@here', '@\u2060here'],
    ['safe\u202Egnp.exe', 'safegnp.exe'],
  ])('%j is shown as %j', (text, shown) => {
    expect(slackTexts(renderSlack(messageWith({ kind: 'text', line: [text] })))[2]).toBe(shown);
  });

  it.each([
    ['https://ok.example/a?b=1&c=2', '<https://ok.example/a?b=1&amp;c=2|click>'],
    ['https://ok.example/|x>y', '<https://ok.example/%7Cx%3Ey|click>'],
    ['javascript:alert(1)', 'click'],
    ['https://github.com@evil.example/', 'click'],
    ['not a url', 'click'],
  ])('a link to %s is %s', (url, shown) => {
    expect(slackTexts(renderSlack(messageWith({ kind: 'text', line: [{ kind: 'link', text: 'click', url }] })))[2]).toBe(shown);
  });
});

describe('a message too long for Slack', () => {
  const table = (rows: number): Section => ({
    kind: 'table',
    title: `Images (${rows})`,
    columns: ['Image', 'Kubernetes'],
    rows: rowsOf(rows),
  });

  it('shows the first dozen of 500 rows and says how many there are, and where', () => {
    const link: Section = {
      kind: 'facts',
      rows: [{ label: 'Release page', value: [{ kind: 'link', text: 'page', url: 'https://p.example/' }] }],
    };
    const [, , images] = slackTexts(renderSlack(messageWith(table(500), link)));
    expect(images?.match(/^•/gm)).toHaveLength(12);
    expect(images).toContain('… and 488 more – <https://p.example/|see all>');
  });

  it.each([
    ['plain', '<'.repeat(600)],
    ['strong', { kind: 'strong', text: '&'.repeat(600) }],
    ['code', { kind: 'code', text: '&'.repeat(600) }],
  ] as const)('cuts a long %s run before it is escaped, so that its beginning is still read', (_, run) => {
    const payload = renderSlack(messageWith({ kind: 'text', line: [run] }));
    expectWithinSlackLimits(payload);
    const [, , shown = ''] = slackTexts(payload);
    expect(shown.length).toBeGreaterThan(500);
    expect(shown.replaceAll(/&(?:lt|amp);/g, '')).toMatch(/^[*`]?…[*`]?$/);
  });

  it('drops by rank, the same every time, and names what it dropped', () => {
    const message: Message = {
      ...messageWith(),
      sections: Array.from({ length: 100 }, (_, index) => ({
        rank: index + 1,
        section: { kind: 'list', title: `List ${index + 1}`, items: Array.from({ length: 10 }, () => ['x'.repeat(90)]) },
      })),
    };
    const shown = (payload: ReturnType<typeof renderSlack>): readonly number[] =>
      slackTexts(payload)
        .flatMap((text) => text.match(/^\*List (\d+)\*/)?.[1] ?? [])
        .map(Number);
    const payload = renderSlack(message);
    expectWithinSlackLimits(payload);
    expect(shown(payload)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(slackTexts(payload).at(-1)).toBe('Left out for length: List 9, List 10, List 11 and 89 more sections');
    const reversed = renderSlack({ ...message, sections: [...message.sections].reverse() });
    expect(shown(reversed)).toEqual(shown(payload).toReversed());
  });
});
