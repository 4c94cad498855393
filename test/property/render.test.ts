import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Line, Message, Section } from '../../src/core/message.ts';
import { renderGithub } from '../../src/render/github.ts';
import { renderSlack } from '../../src/render/slack.ts';
import { PLAIN, renderText } from '../../src/render/text.ts';
import { HOSTILE } from '../support/kairos-release.ts';
import { ACTIVE, nodesOf, parseMarkdown, proseOf } from '../support/markdown.ts';
import { expectWithinSlackLimits } from '../support/slack-rules.ts';

/** Attacks, pieces of attacks glued together, and noise. */
const pieces = fc.constantFrom(
  '<',
  '>',
  '&',
  '!',
  '@',
  '#',
  '`',
  '```',
  '*',
  '_',
  '~',
  '|',
  '[',
  ']',
  '(',
  ')',
  '\\',
  '\n',
  ' ',
  '$',
  '-',
  '1.',
  'a',
  '0',
  '7',
  'channel',
  'here',
  'octocat',
  'http://',
  'www.',
  'x.io',
  'javascript:',
  '<!--',
  '-->',
  '\u001b[31m',
  '\u202e',
  '\u200b',
  '\ud83d',
  '🚀',
  'deadbeef',
);
const foreign = fc.oneof(
  fc.array(pieces, { maxLength: 12 }).map((of) => of.join('')),
  fc.constantFrom(...HOSTILE.filter((of) => of.length < 1_000)),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const line: fc.Arbitrary<Line> = fc.array(
  fc.oneof(
    foreign,
    foreign.map((text) => ({ kind: 'strong', text }) as const),
    foreign.map((text) => ({ kind: 'code', text }) as const),
    fc.tuple(foreign, fc.oneof(foreign, fc.webUrl())).map(([text, url]) => ({ kind: 'link', text, url }) as const),
  ),
  { maxLength: 4 },
);
const title = fc.option(foreign, { nil: null });
const section: fc.Arbitrary<Section> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), line }),
  fc.record({
    kind: fc.constant('facts' as const),
    rows: fc.array(fc.record({ label: foreign, value: line }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('list' as const), title, items: fc.array(line, { minLength: 1, maxLength: 30 }) }),
  fc.record({
    kind: fc.constant('table' as const),
    title,
    columns: fc.tuple(foreign, foreign),
    rows: fc.array(fc.tuple(line, line), { maxLength: 30 }),
  }),
  fc.record({ kind: fc.constant('code' as const), title, language: foreign, text: foreign }),
);
const message: fc.Arbitrary<Message> = fc.record({
  tone: fc.constantFrom('neutral', 'good', 'notice', 'warning', 'alarm'),
  title: foreign,
  summary: line,
  sections: fc.array(fc.record({ rank: fc.integer({ min: 1, max: 5 }), section }), { maxLength: 60 }),
  footer: fc.array(line, { maxLength: 6 }),
  labels: fc.constant([]),
});

describe('whatever a message holds', () => {
  it('Slack gets no control sequence of it and never more than it takes', () => {
    fc.assert(fc.property(message, (of) => expectWithinSlackLimits(renderSlack(of))));
  });

  it('GitHub finds nothing in it to ping, link or hide', () => {
    fc.assert(
      fc.property(message, (of) => {
        const { title: heading, body } = renderGithub(of);
        const root = parseMarkdown(body);
        expect(heading.length).toBeLessThanOrEqual(256);
        expect(body.length).toBeLessThanOrEqual(60_000);
        for (const active of ACTIVE) expect(proseOf(root)).not.toMatch(active);
        for (const { url } of nodesOf(root, 'link')) expect(url).toMatch(/^https?:\/\//);
        expect(nodesOf(root, 'image')).toEqual([]);
        expect(body).not.toContain('<!--');
        for (const { value } of nodesOf(root, 'html')) expect(value).toMatch(/^<\/?(sub|br)>$/);
      }),
    );
  });

  it('a terminal gets text and line breaks only', () => {
    fc.assert(
      fc.property(message, fc.integer({ min: 0, max: 200 }), (of, width) => {
        expect(renderText(of, { width, palette: PLAIN }).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });
});
