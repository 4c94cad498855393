import { describe, expect, it } from 'vitest';
import { announcementMessage } from '../../../src/render/announcement.ts';
import { ANSI, PLAIN, renderText } from '../../../src/render/text.ts';
import { HOSTILE, SUBSCRIPTION, V430 } from '../../support/kairos-release.ts';
import { hostileMessage, messageWith, rowsOf } from '../../support/messages.ts';

const ESC = String.fromCharCode(27);
const RELEASE = announcementMessage(V430, SUBSCRIPTION);

function plain(width = 100): string {
  return renderText(RELEASE, { width, palette: PLAIN });
}

describe('a release in a terminal', () => {
  it('shows what moved, the images in columns, and what to pull', () => {
    const lines = plain().split('\n');
    expect(lines[0]).toBe('▲ Kairos v4.3.0 · minor · Hadron v0.5.1 · k3s/k0s 1.36.4, 1.35.8, 1.34.11');
    expect(lines).toContain('  standard · arm64  k3s 1.36.4, 1.35.8, 1.34.11');
    expect(lines).toContain('  core · amd64      no Kubernetes');
    expect(lines).toContain('  Signatures    not checked yet');
    expect(lines.filter((line) => /^ {2}quay\.io\/kairos\/hadron:\S+@sha256:[0-9a-f]{64}$/.test(line))).toHaveLength(5);
    expect(lines.at(-1)).toBe('');
  });

  it.each([40, 60, 80, 120])('fits %d columns, but for references, which stay whole', (width) => {
    const long = plain(width)
      .split('\n')
      .filter((line) => line.length > width);
    expect(long.every((line) => /^\s+(Release page\s+)?\S+$/.test(line))).toBe(true);
  });

  it('takes a narrower terminal than 40 columns for one of 40', () => {
    expect(plain(3)).toBe(plain(40));
  });

  it('colours only where asked to, and resets every colour', () => {
    const coloured = renderText(RELEASE, { width: 100, palette: ANSI });
    expect(plain()).not.toContain(ESC);
    const sequences = coloured.split(ESC).slice(1);
    expect(sequences.filter((text) => text.startsWith('[0m'))).toHaveLength(sequences.length / 2);
    const [start = '', ...rest] = coloured.split(ESC);
    expect(start + rest.map((text) => text.replace(/^\[[0-9;]*m/, '')).join('')).toBe(plain());
  });
});

describe('a sentence in a terminal', () => {
  it('is coloured once, not once a word', () => {
    const line = [{ kind: 'strong', text: 'two words' }, ' and ', { kind: 'code', text: 'one' }] as const;
    const shown = renderText(messageWith({ kind: 'text', line }), { width: 80, palette: (style, text) => `<${style}>${text}</>` });
    expect(shown).toContain('  <bold>two words</> and <code>one</>\n');
  });
});

describe('tables in a terminal', () => {
  it('wrap inside their cells', () => {
    const table = {
      kind: 'table',
      title: null,
      columns: ['A', 'B'],
      rows: [[['x'.repeat(70)], ['some words that take two lines']]],
    } as const;
    const lines = renderText(messageWith(table), { width: 60, palette: PLAIN }).split('\n').slice(3);
    expect(lines.every((line) => line.length <= 60)).toBe(true);
    expect(lines.join('').match(/x/g)).toHaveLength(70);
  });

  it('count wide characters as two columns', () => {
    const rows = [
      [['日本'], ['right']],
      [['abcd'], ['right']],
    ] as const;
    const lines = renderText(messageWith({ kind: 'table', title: null, columns: ['Name', 'Side'], rows }), {
      width: 80,
      palette: PLAIN,
    }).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['  日本  right', '  abcd  right']));
  });

  it('say how many rows of 500 they do not show', () => {
    const text = renderText(messageWith({ kind: 'table', title: null, columns: ['Image', 'Kubernetes'], rows: rowsOf(500) }), {
      width: 80,
      palette: PLAIN,
    });
    expect(text).toContain('… and 440 more');
  });
});

describe('foreign text in a terminal', () => {
  it.each(HOSTILE.map((text) => [text.slice(0, 40), text] as const))(
    'cannot move the cursor, colour, hide or turn text around: %j',
    (_, text) => {
      const output = renderText(hostileMessage(text), { width: 80, palette: PLAIN });
      expect(output.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(output.length).toBeLessThan(40_000);
    },
  );

  it('keeps what a colour sequence coloured and drops the sequence', () => {
    const text = `${ESC}[1;31mred${ESC}[0m ${ESC}]8;;https://evil.example${ESC}\\link${ESC}]8;;${ESC}\\ ${ESC}]0;title${String.fromCharCode(7)}end`;
    expect(renderText(messageWith({ kind: 'text', line: [text] }), { width: 80, palette: PLAIN })).toContain('  red link end\n');
  });
});
