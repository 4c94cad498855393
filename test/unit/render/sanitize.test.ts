import { describe, expect, it } from 'vitest';
import { cap, cleanLine, cleanLines, safeUrl } from '../../../src/render/sanitize.ts';

const ESC = String.fromCharCode(27);

describe('cleanLine', () => {
  it.each([
    ['plain', 'plain'],
    ['  a \t\r\n b\u2028c  ', 'a b c'],
    [`${ESC}[38;5;196mred${ESC}[m`, 'red'],
    [`${ESC}]0;title${String.fromCharCode(7)}shown`, 'shown'],
    [`cut short ${ESC}[`, 'cut short ['],
    ['a\u0000b\u0008c\u009bd', 'abcd'],
    ['in\u00advis\u200bi\u2060ble\ufeff', 'invisible'],
    ['user\u202Etxt.exe\u2069', 'usertxt.exe'],
    ['half \ud83d pair', 'half \ufffd pair'],
    ['naïve 日本 🚀', 'naïve 日本 🚀'],
  ])('%j becomes %j', (text, clean) => {
    expect(cleanLine(text)).toBe(clean);
  });

  it('is capped, with a sign that something is missing', () => {
    expect(cleanLine('x'.repeat(100_000))).toHaveLength(600);
    expect(cleanLine('x'.repeat(100_000), 10)).toBe('xxxxxxxxx…');
  });
});

describe('cap', () => {
  it('never leaves half a character', () => {
    expect(cap('ab🚀cd', 4)).toBe('ab…');
    expect(cap('abcd', 4)).toBe('abcd');
  });
});

describe('cleanLines', () => {
  it('keeps lines and their indent, and cleans each', () => {
    expect(cleanLines(`a\r\n\tb${ESC}[1m\n\n c \u202E`)).toEqual(['a', '  b', '', ' c']);
  });
});

describe('safeUrl', () => {
  it.each([
    ['https://github.com/a/b', 'https://github.com/a/b'],
    ['HTTP://EXAMPLE.com', 'http://example.com/'],
    ['https://e.example/a b<c>"d', 'https://e.example/a%20b%3Cc%3E%22d'],
    ['javascript:alert(1)', null],
    ['data:text/html,x', null],
    ['file:///etc/passwd', null],
    ['https://github.com@evil.example/', null],
    ['//evil.example', null],
    ['nonsense', null],
    [`https://e.example/${'x'.repeat(3_000)}`, null],
  ])('%s gives %s', (url, safe) => {
    expect(safeUrl(url)).toBe(safe);
  });
});
