/** Whatever a release page holds: nothing of it is lost or told twice, and nothing of it acts on whoever reads it. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
fc.configureGlobal({ numRuns: 2500 });
import { describe, expect, it } from 'vitest';
import { plainLine } from '../../src/core/message.ts';
import { readNotes } from '../../src/core/notes.ts';
import { aggregate } from '../../src/core/notes-aggregate.ts';
import { materialChange } from '../../src/core/notes-change.ts';
import { NOTE_SECTIONS, type NoteItem, type NoteReference, type Notes } from '../../src/core/notes-model.ts';
import { renderGithub } from '../../src/render/github.ts';
import { notesMessage, renderNotes } from '../../src/render/notes.ts';
import { renderSlack } from '../../src/render/slack.ts';
import { PLAIN } from '../../src/render/text.ts';
import { HOSTILE } from '../support/kairos-release.ts';
import { ACTIVE, nodesOf, parseMarkdown, proseOf } from '../support/markdown.ts';
import { expectWithinSlackLimits } from '../support/slack-rules.ts';

const OWN = { repository: 'kairos-io/kairos' };
const FIXTURES = ['generated', 'by-component', 'by-hand', 'caution', 'packages', 'package-diff', 'placeholder'].map((name) =>
  readFileSync(new URL(`../fixtures/notes/${name}.md`, import.meta.url), 'utf8'),
);

const itemsOf = (notes: Notes): readonly NoteItem[] => NOTE_SECTIONS.flatMap((name) => notes.sections[name]);
const referencesOf = (notes: Notes): readonly NoteReference[] => [
  ...itemsOf(notes).flatMap(({ references }) => references),
  ...notes.components.flatMap(({ references }) => references),
  ...notes.dependencies.flatMap(({ references }) => references),
];

const word = fc.stringMatching(/^[a-z]{3,9}$/);
const words = fc.array(word, { minLength: 1, maxLength: 6 }).map((of) => of.join(' '));
const prefix = fc.constantFrom('', '✨ ', '🐛 ', ':book: ', 'fix: ', 'feat(agent): ', 'chore: ', '🤖 ', '🔒 ', '⚠️ ', '🐧 ', 'ci!: ');
/** A change, and a bump of something that is bumped once. */
const change = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(prefix, words).map(([before, text]) => `${before}${text}`) },
  { weight: 1, arbitrary: fc.nat({ max: 99 }).map((minor) => `⬆️ Update some/action action to v1.${minor}.0`) },
  { weight: 1, arbitrary: fc.nat({ max: 99 }).map((minor) => `Bump kairos-init to v1.${minor}.0`) },
);
const byline = fc.constantFrom('by @renovate[bot] in', 'by @alice in', 'by @a-b and @carol in', 'by @Copilot');

describe('a generated list of changes', () => {
  it('loses no change and tells none twice, also where the differences by component name it again', { timeout: 400000 }, () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(change, byline, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 30 }),
        fc.constantFrom('\n', '\r\n', '\n\n'),
        (changes, end) => {
          const bullets = changes.map(([text, by, linked, again], index) => {
            const number = 9_000 + index;
            const at = linked ? `https://github.com/kairos-io/kairos/pull/${number}` : `#${number}`;
            return { number, again, line: `* ${text} word${number} ${by} ${at}` };
          });
          const body = [
            "## What's Changed",
            ...bullets.map(({ line }) => line),
            '# Changes since previous version (v9.0.0)',
            '## Kairos changes',
            ...bullets.filter(({ again }) => again).map(({ line }) => line.replace('* ', '- ')),
          ].join(end);
          const notes = readNotes(body, OWN);
          const numbers = referencesOf(notes).map(({ id }) => Number(id));
          expect(numbers.toSorted((a, b) => a - b)).toEqual(bullets.map(({ number }) => number));
          const said = itemsOf(notes).map(({ text }) => plainLine(text));
          for (const text of said) expect(text).not.toMatch(/@|#|\bby\b/);
          expect(notes.cut).toEqual({ items: 0, characters: 0 });
        },
      ),
    );
  });
});

/** Blocks of a page in which `%` stands for a word of its own. */
const block = fc.constantFrom(
  '- %',
  '* ✨ % by @a in #1',
  '1. %\n   more %',
  '- %\n\n  second paragraph %\n  - nested %\n    - deeper 🐛 %',
  '% and\nwrapped %',
  '🐛 %\n🐛 %',
  '> % in a quote\n> - % in its list',
  '> [!WARNING]\n> %\n>\n> - %',
  '> [!NOTE] %',
  '| a | b |\n|---|---|\n| % | % |\n| % | |',
  '```sh\nrun %\n```',
  '    indented %',
  '<details><summary>%</summary>\n%\n</details>',
  '**%** `%` *%* ~~%~~ [%](https://x.example/) [%](javascript:1)',
  '%[^1]\n\n[^1]: footnote %',
  '- [ ] % to do',
  '***',
  '# Known issues',
  '## Breaking Changes',
  '### Of its own making',
  "## What's Changed",
  '## immucore changes',
  ':bug:',
);

describe('a page of any structure', () => {
  it('loses no word and tells none twice', { timeout: 400000 }, () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 20 }), (blocks) => {
        let count = -1;
        const body = blocks
          .join('\n\n')
          .split('%')
          .reduce((text, rest) => {
            count += 1;
            return count === 0 ? rest : `${text}unique${count}x${rest}`;
          }, '');
        const notes = readNotes(body, OWN);
        const said = itemsOf(notes)
          .map(({ text }) => plainLine(text))
          .join('\n');
        // A short line above a list is its label, and told with each of its items.
        const labels = itemsOf(notes)
          .map(({ under }) => under ?? '')
          .join('\n');
        for (let at = 1; at <= count; at += 1) {
          expect(said.split(`unique${at}x`).length - 1, `${at} of ${body}`).toBe(labels.includes(`unique${at}x`) ? 0 : 1);
        }
      }),
    );
  });
});

const pieces = fc.constantFrom(
  ...'<>&!@#`*_~|[]()\\\n $-+=:'.split(''),
  '\n\n',
  '```\n',
  '> ',
  '- ',
  '1. ',
  '# ',
  '|-|-|\n',
  '[!CAUTION]',
  '<!channel>',
  '@here ',
  '@octocat ',
  '#123 ',
  'GH-12 ',
  'kairos-io/kairos#1 ',
  ' by @a in ',
  'deadbeef1 ',
  'https://github.com/kairos-io/kairos/issues/1 ',
  'https://x.example/?a=<b>&c|d ',
  '](javascript:alert(1))',
  '![p](https://x.example/p.png)',
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '<!-- kairos-herald:v1 key=forged -->',
  '[^1]: ',
  '[a]: https://x.example\n',
  '\u001b[31m',
  '\u001b]8;;https://x.example\u0007',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ud83d',
  '&#8203;',
  '&lt;!channel&gt;',
  'Known issues:',
  'Do not upgrade to it. ',
  'CVE-2099-12345 ',
  'Bump hadron to v1.2.3',
  '- Version: v1.0.0 -> v1.1.0\n',
  '## <!here> changes\n',
  '**Full Changelog**: ',
);
const noise = fc.array(fc.oneof({ weight: 4, arbitrary: pieces }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) }), {
  maxLength: 60,
});
/** A real structure with noise somewhere in it. */
const mutated = fc
  .tuple(fc.constantFrom(...FIXTURES), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 40 }), noise), { maxLength: 4 }))
  .map(([body, edits]) =>
    edits.reduce((text, [at, length, of]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + of.join('') + text.slice(from + length);
    }, body),
  );
const hostile = fc.oneof(
  noise.map((of) => of.join('')),
  mutated,
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(...HOSTILE),
  fc.tuple(pieces, fc.integer({ min: 1, max: 3_000 })).map(([piece, times]) => piece.repeat(times)),
);

describe('any Markdown', () => {
  it('is read, joined and compared without a throw, and gives data', { timeout: 400000 }, () => {
    fc.assert(
      fc.property(hostile, hostile, (body, other) => {
        const [notes, next] = [readNotes(body, OWN), readNotes(other, { repository: null })];
        expect(JSON.parse(JSON.stringify(notes))).toEqual(notes);
        expect(materialChange(notes, notes)).toBeNull();
        const joined = aggregate([
          { version: 'v9.0.1', notes },
          { version: 'v9.0.0', notes: next },
        ]);
        for (const name of NOTE_SECTIONS) {
          expect(joined.sections[name].length).toBeGreaterThanOrEqual(notes.sections[name].length);
          expect(joined.sections[name].length).toBeLessThanOrEqual(notes.sections[name].length + next.sections[name].length);
        }
      }),
    );
  });

  it('acts at no sink and fits into each', { timeout: 400000 }, () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (body, whole) => {
        const notes = aggregate([{ version: 'v9.0.1', notes: readNotes(body, OWN) }]);
        const message = notesMessage('kairos', notes, { page: 'https://github.com/kairos-io/kairos/releases/tag/v9.0.1', whole });
        expectWithinSlackLimits(renderSlack(message));
        const issue = renderGithub(message).body;
        const root = parseMarkdown(issue);
        expect(issue.length).toBeLessThanOrEqual(60_000);
        for (const active of ACTIVE) expect(proseOf(root)).not.toMatch(active);
        for (const { url } of nodesOf(root, 'link')) expect(url).toMatch(/^https?:\/\//);
        expect(nodesOf(root, 'image')).toEqual([]);
        expect(issue).not.toContain('<!--');
        for (const { value } of nodesOf(root, 'html')) expect(value).toMatch(/^<\/?(sub|br)>$/);
        const text = renderNotes('kairos', notes, { page: null, width: 80, palette: PLAIN });
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });
});
