import { describe, expect, it } from 'vitest';
import type { Section } from '../../../src/core/message.ts';
import { announcementMessage } from '../../../src/render/announcement.ts';
import { renderGithub } from '../../../src/render/github.ts';
import { HOSTILE, SUBSCRIPTION, V430 } from '../../support/kairos-release.ts';
import { ACTIVE, nodesOf, parseMarkdown, proseOf } from '../../support/markdown.ts';
import { hostileMessage, messageWith, rowsOf } from '../../support/messages.ts';

const ISSUE = renderGithub(announcementMessage(V430, SUBSCRIPTION));

function shown(text: string): string {
  const root = parseMarkdown(renderGithub(messageWith({ kind: 'text', line: [text] })).body);
  return proseOf(root).split('\n').slice(1).join('\n').replaceAll('\u200b', '');
}

describe('a release as an issue', () => {
  it('has a title, labels, a table of images and references to copy', () => {
    const root = parseMarkdown(ISSUE.body);
    expect(ISSUE.title).toBe('Kairos v4.3.0 · minor · Hadron v0.5.1 · k3s/k0s 1.36.4, 1.35.8, 1.34.11');
    expect(ISSUE.labels).toEqual(['kairos/release', 'kairos/minor']);
    expect(nodesOf(root, 'tableRow')).toHaveLength(5);
    expect(nodesOf(root, 'code')[0]?.value.split('\n')).toHaveLength(5);
    expect(nodesOf(root, 'code')[0]?.value).toMatch(
      /^quay\.io\/kairos\/hadron:v0\.5\.1-standard-amd64-generic-v4\.3\.0-k3s-v1\.36\.4-k3s1@sha256:[0-9a-f]{64}$/m,
    );
    expect(nodesOf(root, 'link').map(({ url }) => url)).toEqual(['https://github.com/kairos-io/kairos/releases/tag/v4.3.0']);
    expect(proseOf(root)).toContain('not checked yet');
  });

  it('raises an alert for what must not be missed', () => {
    const major = announcementMessage({ ...V430, classification: { ...V430.classification, bump: 'major' } }, null);
    expect(renderGithub(major).body).toMatch(/^> \[!WARNING]\n> /);
  });
});

describe('foreign text in an issue', () => {
  it.each(HOSTILE.map((text) => [text.slice(0, 40), text] as const))('cannot act or overflow in any place: %j', (_, text) => {
    const { title, body } = renderGithub(hostileMessage(text));
    const root = parseMarkdown(body);
    expect(title.length).toBeLessThanOrEqual(256);
    expect(body.length).toBeLessThanOrEqual(60_000);
    for (const active of ACTIVE) expect(proseOf(root)).not.toMatch(active);
    expect(nodesOf(root, 'link').map(({ url }) => new URL(url).protocol)).not.toContain('javascript:');
    expect(nodesOf(root, 'image')).toEqual([]);
    expect(
      nodesOf(root, 'html')
        .map(({ value }) => value)
        .filter((value) => !/^<\/?(sub|br)>$/.test(value)),
    ).toEqual([]);
    expect(body).not.toContain('<!--');
    expect(nodesOf(root, 'heading')).toEqual([]);
    expect(nodesOf(root, 'tableRow').map(({ children }) => children.length)).toEqual([2, 2]);
    expect(nodesOf(root, 'code')).toHaveLength(1);
  });

  it.each([
    '@octocat and @kairos-io/maintainers',
    '#123, kairos-io/kairos#1 and GH-12',
    'commit 1f1be453bc9741c0be7a12f54aed84fc52973c31',
    '<b>bold</b> &amp; <!-- hidden -->',
    '# not a heading',
    '- not a list',
    '1. not a list',
    '> not a quote',
    '=== not a rule',
    '| not | a | table |',
    '*not* _marked_ ~~up~~ `code` $x$ [a](b) ![c](d) [^1]',
    'back\\slash',
  ])('reads as it was written: %s', (text) => {
    expect(shown(text)).toBe(text);
  });

  it('keeps code as it is, whatever backticks are in it', () => {
    const code: Section = { kind: 'code', title: null, language: 'sh"><script>', text: 'a\n````\nb `c` @octocat' };
    const root = parseMarkdown(renderGithub(messageWith(code)).body);
    expect(nodesOf(root, 'code')).toMatchObject([{ lang: 'shscript', value: 'a\n````\nb `c` @octocat' }]);
    const spans = parseMarkdown(renderGithub(messageWith({ kind: 'text', line: [{ kind: 'code', text: '``a` b`' }] })).body);
    expect(nodesOf(spans, 'inlineCode')).toMatchObject([{ value: '``a` b`' }]);
  });

  it.each([
    ['https://github.com/kairos-io/kairos/releases/tag/v4.3.0', 'https://github.com/kairos-io/kairos/releases/tag/v4.3.0'],
    ['https://github.com/kairos-io/kairos/issues/1', 'https://redirect.github.com/kairos-io/kairos/issues/1'],
    ['https://www.github.com/a/b/pull/2', 'https://redirect.github.com/a/b/pull/2'],
    ['https://ok.example/a_(b)>c', 'https://ok.example/a%5F%28b%29%3Ec'],
  ])('a link to %s goes to %s', (url, target) => {
    const { body } = renderGithub(messageWith({ kind: 'text', line: [{ kind: 'link', text: 'there', url }] }));
    expect(nodesOf(parseMarkdown(body), 'link')).toMatchObject([{ url: target, children: [{ value: 'there' }] }]);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'https://user:secret@evil.example/', '/relative'])('%s is no link', (url) => {
    const { body } = renderGithub(messageWith({ kind: 'text', line: [{ kind: 'link', text: 'there', url }] }));
    expect(nodesOf(parseMarkdown(body), 'link')).toEqual([]);
    expect(body).toContain('there');
  });
});

describe('a message too long for an issue', () => {
  it('shows 500 images', () => {
    const { body } = renderGithub(messageWith({ kind: 'table', title: 'Images', columns: ['Image', 'Kubernetes'], rows: rowsOf(500) }));
    expect(nodesOf(parseMarkdown(body), 'tableRow')).toHaveLength(501);
  });

  it('cuts 5,000 images to fit, drops what ranks lower, and says both', () => {
    const { body } = renderGithub(
      messageWith(
        { kind: 'table', title: 'Images', columns: ['Image', 'Kubernetes'], rows: rowsOf(5_000) },
        { kind: 'list', title: 'Less important', items: [['x'.repeat(500)]] },
      ),
    );
    const root = parseMarkdown(body);
    const rows = nodesOf(root, 'tableRow').length - 1;
    expect(body.length).toBeLessThanOrEqual(60_000);
    expect(rows).toBeGreaterThan(500);
    expect(proseOf(root)).toContain(`… and ${5_000 - rows} more`);
    expect(proseOf(root)).toContain('Left out for length: Less important');
    expect(body).not.toContain('xxx');
  });
});
