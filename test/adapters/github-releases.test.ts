import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createGithubReleasesSource, type GithubReleasesDeps } from '../../src/adapters/github/releases.ts';
import type { Watermark } from '../../src/core/target.ts';
import { plusMs } from '../../src/core/time.ts';
import { mockHost } from '../support/http-mock.ts';
import { clockAt, failureFrom, httpFor, NOW, nothingKnown, targetOf } from '../support/sources.ts';

/** A server without cheap looks (see probes.ts), so that what is read is what is asked here. */
const API = 'https://git.example.com/api';
const PATH = '/repos/kairos-io/kairos/releases';
const NEXT = { link: `<${API}${PATH}?page=9>; rel="next"` };
const FRESH: Watermark = { etag: '"one"', newest: '2026-09-07T08:00:00.000Z', fullAt: plusMs(NOW, -3_600_000) };

/** The `day`th release, published that day of September. */
function release(day: number, more: Record<string, unknown> = {}) {
  return {
    tag_name: `v4.${day}.0`,
    html_url: `https://github.com/kairos-io/kairos/releases/tag/v4.${day}.0`,
    name: `v4.${day}.0`,
    body: 'Notes.',
    draft: false,
    prerelease: false,
    published_at: `2026-09-0${day}T08:00:00Z`,
    assets: [],
    ...more,
  };
}

const onGithub = (api: string) => (api === API ? 't0psecret' : null);

function mockPage(
  page: number,
  reply: { status?: number; body?: unknown; headers?: Record<string, string>; sent?: Record<string, string> },
) {
  mockHost(API, { reqheaders: { accept: 'application/vnd.github+json', ...reply.sent } })
    .get(`${PATH}?per_page=50&page=${page}`)
    .reply(reply.status ?? 200, typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? []), reply.headers);
}

function observe(since: Watermark | null, options: Partial<GithubReleasesDeps> = {}) {
  return createGithubReleasesSource({ http: httpFor(), clock: clockAt(), ...options }).observe(
    targetOf('github-releases', 'kairos-io/kairos', API),
    since,
    nothingKnown,
  );
}

describe('a release page on GitHub', () => {
  it('is read whole at the first poll', async () => {
    const asset = { name: 'kairos.iso', size: 42, digest: 'sha256:1488', uploader: { login: 'x' } };
    mockPage(1, { body: [release(2, { assets: [asset, { name: 'old', size: 1 }] })], headers: { ...NEXT, etag: 'W/"one"' } });
    mockPage(2, { body: [release(1, { name: null, body: null, prerelease: true, published_at: null })] });
    expect(await observe(null)).toEqual({
      observations: [
        {
          kind: 'page',
          tag: 'v4.2.0',
          url: 'https://github.com/kairos-io/kairos/releases/tag/v4.2.0',
          title: 'v4.2.0',
          body: 'Notes.',
          prerelease: false,
          draft: false,
          publishedAt: '2026-09-02T08:00:00.000Z',
          assets: [
            { name: 'kairos.iso', size: 42, digest: 'sha256:1488' },
            { name: 'old', size: 1, digest: null },
          ],
        },
        expect.objectContaining({ tag: 'v4.1.0', title: '', body: '', prerelease: true, publishedAt: null }),
      ],
      complete: true,
      watermark: { etag: 'W/"one"', newest: '2026-09-02T08:00:00.000Z', fullAt: NOW, seen: null },
      requests: 2,
    });
  });

  it('that did not change costs one request and answers nothing new', async () => {
    mockPage(1, { status: 304, sent: { 'if-none-match': '"one"' } });
    expect(await observe(FRESH)).toEqual({ observations: [], complete: false, watermark: { ...FRESH, seen: null }, requests: 1 });
  });

  it('that changed costs one request: page 1 is read, edited notes included', async () => {
    mockPage(1, { body: [release(8), release(7, { body: 'Edited.' })], headers: { ...NEXT, etag: '"two"' } });
    const observed = await observe(FRESH);
    expect(observed.observations.map(({ tag }) => tag)).toEqual(['v4.8.0', 'v4.7.0']);
    expect(observed).toMatchObject({
      complete: false,
      requests: 1,
      watermark: { etag: '"two"', newest: '2026-09-08T08:00:00.000Z', fullAt: FRESH.fullAt },
    });
  });

  it('is read on while a page holds nothing but new releases', async () => {
    mockPage(1, { body: [release(9)], headers: NEXT });
    mockPage(2, { body: [release(8), release(7)], headers: NEXT });
    expect(await observe(FRESH)).toMatchObject({ complete: false, requests: 2 });
  });

  it('is read whole once a day, without asking whether page 1 changed: edits further down would stay unseen', async () => {
    mockHost(API, { badheaders: ['if-none-match'] })
      .get(`${PATH}?per_page=50&page=1`)
      .reply(200, [release(7)], NEXT);
    mockPage(2, { body: [release(1, { body: 'Do not upgrade until v4.1.2.' })] });
    const observed = await observe({ ...FRESH, fullAt: plusMs(NOW, -86_400_000) });
    expect(observed).toMatchObject({ complete: true, requests: 2, watermark: { fullAt: NOW } });
  });

  it('does not show drafts: they are not published', async () => {
    mockPage(1, { body: [release(3, { draft: true, published_at: null }), release(2)] });
    expect((await observe(null)).observations.map(({ tag }) => tag)).toEqual(['v4.2.0']);
  });

  it('keeps notes up to a limit and says where they were cut', async () => {
    mockPage(1, { body: [release(1, { body: `${'x'.repeat(256 * 1024 - 1)}😀 and more` })] });
    const [page] = (await observe(null)).observations;
    const body = page?.kind === 'page' ? page.body : '';
    expect(body.length).toBeLessThan(256 * 1024 + 100);
    expect(body.isWellFormed()).toBe(true);
    expect(body).toMatch(/cut these notes/);
  });

  it('is asked with the token, which does not appear in an error', async () => {
    mockPage(1, { status: 500, sent: { authorization: 'Bearer t0psecret' } });
    const failure = await failureFrom(observe(null, { tokenFor: () => 't0psecret' }));
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('t0psecret');
  });

  it('at another server never sees the token', async () => {
    mockHost('http://127.0.0.1:4000', { badheaders: ['authorization'] })
      .get(`${PATH}?per_page=50&page=1`)
      .reply(200, []);
    const source = createGithubReleasesSource({ http: httpFor('http://127.0.0.1:4000'), clock: clockAt(), tokenFor: onGithub });
    const target = targetOf('github-releases', 'kairos-io/kairos', 'http://127.0.0.1:4000');
    expect(await source.observe(target, null, nothingKnown)).toMatchObject({ observations: [], complete: true });
  });

  it('of an own server is asked there, with its token', async () => {
    mockHost('http://127.0.0.1:4000', { reqheaders: { authorization: 'Bearer t0psecret' } })
      .get(`/api/v3${PATH}?per_page=50&page=1`)
      .reply(200, []);
    const source = createGithubReleasesSource({ http: httpFor('http://127.0.0.1:4000'), clock: clockAt(), tokenFor: () => 't0psecret' });
    const target = targetOf('github-releases', 'kairos-io/kairos', 'http://127.0.0.1:4000/api/v3/');
    expect(await source.observe(target, null, nothingKnown)).toMatchObject({ requests: 1 });
  });
});

describe('a GitHub answer that cannot be used', () => {
  it.each([
    ['a gateway timeout with a web page', 504, '<html>unicorn</html>', 'UPSTREAM_UNAVAILABLE'],
    ['a web page with status 200', 200, '<html>unicorn</html>', 'UNEXPECTED_CONTENT'],
  ])('%s means: try later', async (_case, status, body, code) => {
    mockPage(1, { status, body, headers: { 'content-type': 'text/html' } });
    expect(await failureFrom(observe(null))).toMatchObject({ code, disposition: 'transient' });
  });

  it('on a later page is an error and not a shorter listing', async () => {
    mockPage(1, { body: [release(2)], headers: NEXT });
    mockPage(2, { status: 502 });
    expect((await failureFrom(observe(null))).code).toBe('UPSTREAM_UNAVAILABLE');
  });

  it('because the hourly limit is used up says when to come back', async () => {
    mockPage(1, { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1789042500' } });
    expect(await failureFrom(observe(null))).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 900_000 });
  });

  it('because the repository was renamed says so', async () => {
    mockPage(1, { status: 301, headers: { location: `${API}/repositories/1/releases` } });
    const failure = await failureFrom(observe(null));
    expect(failure).toMatchObject({ code: 'BAD_REDIRECT', hint: expect.stringContaining('renamed') });
  });

  it.each([
    ['a release without a tag', release(1, { tag_name: undefined })],
    ['a link that is no web address', release(1, { html_url: 'javascript:alert(1)' })],
    ['an error document', { message: 'no' }],
  ])('%s is a schema mismatch', async (_case, row) => {
    mockPage(1, { body: 'message' in row ? row : [row] });
    expect((await failureFrom(observe(null))).code).toBe('SCHEMA_MISMATCH');
  });

  it('that repeats itself, or never ends, is given up', async () => {
    mockPage(1, { body: [release(1)], headers: NEXT });
    mockPage(2, { body: [release(1)], headers: NEXT });
    expect((await failureFrom(observe(null))).code).toBe('TOO_MANY');
    mockPage(1, { body: [release(2)], headers: NEXT });
    mockPage(2, { body: [release(1)], headers: NEXT });
    expect((await failureFrom(observe(null, { maxPages: 2 }))).code).toBe('TOO_MANY');
  });

  it('carrying a hostile ETag does not put it into the next request', async () => {
    mockPage(1, { body: [release(1)], headers: { etag: '"x" evil' } });
    expect((await observe(null)).watermark.etag).toBe(null);
  });

  it.each(['kairos', 'kairos-io/..', 'kairos-io/kairos/x', '../kairos', 'a b/c', 'kairos-io/kairos?x'])(
    'is never asked for of %s',
    async (name) => {
      const source = createGithubReleasesSource({ http: httpFor(), clock: clockAt() });
      expect((await failureFrom(source.observe(targetOf('github-releases', name), null, nothingKnown))).code).toBe('INVALID_REFERENCE');
    },
  );
});
