import { describe, expect, it } from 'vitest';
import { createGithubReleasesSource, type GithubReleasesDeps } from '../../src/adapters/github/releases.ts';
import type { Watermark } from '../../src/core/target.ts';
import { type Instant, MS, plusMs } from '../../src/core/time.ts';
import { mockHost } from '../support/http-mock.ts';
import { failureFrom, httpFor, NOW, nothingKnown, targetOf } from '../support/sources.ts';

const API = 'https://api.github.com';
const KNOWN: Watermark = { etag: null, newest: '2026-09-07T08:00:00.000Z', fullAt: plusMs(NOW, -MS.hour), seen: null };
const TWELVE = Array.from({ length: 12 }, (_, index) => `kairos-io/component-${index}`);

function source(now: () => Instant, options: Partial<GithubReleasesDeps> = {}) {
  const made = createGithubReleasesSource({ http: httpFor(), clock: { now }, ...options });
  return (repository: string, since: Watermark | null = KNOWN) =>
    made.observe(targetOf('github-releases', repository), since, nothingKnown);
}

const withToken = { tokenFor: () => 't0psecret', repositoriesAt: () => TWELVE };
const repository = (version: string) => ({ releases: { totalCount: 1, nodes: [{ tagName: version, updatedAt: '2026-09-08T08:00:00Z' }] } });
const allAt = (version: string) => Object.fromEntries(TWELVE.map((_, index) => [`r${index}`, repository(version)]));

function mockGraphql(answer: unknown, status = 200): void {
  mockHost(API, { reqheaders: { authorization: 'Bearer t0psecret' } })
    .post('/graphql', (body: { query: string }) => TWELVE.every((name) => body.query.includes(`name: "${name.split('/')[1]}"`)))
    .reply(status, JSON.stringify(answer));
}

const release = (name: string) => ({
  tag_name: 'v1.0.0',
  html_url: `https://github.com/${name}/releases/tag/v1.0.0`,
  draft: false,
  prerelease: false,
  published_at: '2026-09-08T08:00:00Z',
  assets: [],
});
const mockRest = (name: string, status = 200) =>
  mockHost(API)
    .get(`/repos/${name}/releases?per_page=50&page=1`)
    .reply(status, JSON.stringify([release(name)]), { etag: '"one"' });

describe('release pages, with a token', () => {
  it('are looked at together: one request for twelve pages with nothing new', async () => {
    let now = NOW;
    const observe = source(() => now, withToken);
    const marks = new Map<string, Watermark>();
    mockGraphql({ data: allAt('v1.0.0') });
    for (const name of TWELVE) {
      mockRest(name);
      marks.set(name, (await observe(name)).watermark);
    }
    now = plusMs(NOW, 20 * MS.minute);
    mockGraphql({ data: allAt('v1.0.0') });
    const polls = await Promise.all(TWELVE.map((name) => observe(name, marks.get(name) ?? null)));
    expect(polls.reduce((sum, { requests }) => sum + requests, 0)).toBe(1);
    expect(polls.flatMap(({ observations }) => observations)).toEqual([]);
  });

  it('are read one by one where something changed', async () => {
    mockGraphql({ data: allAt('v1.0.0') });
    mockRest('kairos-io/component-3');
    const { observations, requests, watermark } = await source(() => NOW, withToken)('kairos-io/component-3');
    expect([observations.length, requests]).toEqual([1, 2]);
    expect(watermark.seen).toEqual(expect.stringMatching(/^[0-9a-f]{32}$/));
  });

  it('of which one is gone: only that one fails', async () => {
    mockGraphql({ data: { ...allAt('v1.0.0'), r3: null }, errors: [{ type: 'NOT_FOUND', path: ['r3'], message: 'x' }] });
    mockRest('kairos-io/component-4');
    const observe = source(() => NOW, withToken);
    expect(await failureFrom(observe('kairos-io/component-3'))).toMatchObject({ code: 'NOT_FOUND', disposition: 'operator' });
    expect((await observe('kairos-io/component-4')).observations).toHaveLength(1);
  });

  it.each([
    ['the hourly limit inside a good answer', 200, { data: null, errors: [{ type: 'RATE_LIMITED' }] }, 'RATE_LIMITED'],
    ['no data', 200, { data: null, errors: [{ message: 'Something went wrong' }] }, 'UPSTREAM_UNAVAILABLE'],
    ['a gateway timeout', 502, {}, 'UPSTREAM_UNAVAILABLE'],
    ['another shape', 200, { data: { r3: { releases: 7 } } }, 'SCHEMA_MISMATCH'],
  ])('%s is no "nothing new", and the next poll asks again', async (_what, status, answer, code) => {
    const observe = source(() => NOW, withToken);
    mockGraphql(answer, status);
    expect((await failureFrom(observe('kairos-io/component-3'))).code).toBe(code);
    mockGraphql({ data: allAt('v1.0.0') });
    mockRest('kairos-io/component-3');
    expect((await observe('kairos-io/component-3')).requests).toBe(2);
  });
});

describe('a release page, without a token', () => {
  const NAME = 'kairos-io/kairos';
  const feed = (...entries: readonly string[]) =>
    `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Release notes</title>${entries.map((id) => `<entry><id>tag:github.com,2008:Repository/1/${id}</id><updated>2026-09-08T08:00:00Z</updated><title>${id} &amp; more</title></entry>`).join('')}</feed>`;
  const mockFeed = (body: string) => mockHost('https://github.com').get(`/${NAME}/releases.atom`).reply(200, body);

  it('is looked at through its feed, which counts against no quota, and read only when that changed', async () => {
    const observe = source(() => NOW);
    mockFeed(feed('v4.3.0'));
    mockRest(NAME);
    const first = await observe(NAME);
    expect([first.observations.length, first.requests]).toEqual([1, 2]);
    mockFeed(feed('v4.3.0'));
    expect(await observe(NAME, first.watermark)).toMatchObject({ observations: [], requests: 1 });
    mockFeed(feed('v4.4.0', 'v4.3.0'));
    mockRest(NAME);
    expect(await observe(NAME, first.watermark)).toMatchObject({ requests: 2 });
  });

  it('with no release yet is a feed all the same', async () => {
    mockFeed(feed());
    mockRest(NAME);
    expect((await source(() => NOW)(NAME)).requests).toBe(2);
  });

  it.each([
    ['a web page', '<html><body>unicorn</body></html>'],
    ['XML that never ends', '<feed><entry>'],
    [
      'entities that multiply',
      `<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><feed><entry><id>${'&b;'.repeat(1_000)}</id><updated>x</updated></entry></feed>`,
    ],
    ['nothing', ''],
  ])('whose feed is %s cannot be called unchanged', async (_what, body) => {
    mockFeed(body);
    expect((await failureFrom(source(() => NOW)(NAME))).code).toBe('UNEXPECTED_CONTENT');
  });

  it('of an Enterprise server is looked at there', async () => {
    mockHost('https://ghe.example.com').get(`/${NAME}/releases.atom`).reply(200, feed('v1'));
    mockHost('https://ghe.example.com')
      .get(`/api/v3/repos/${NAME}/releases?per_page=50&page=1`)
      .reply(200, JSON.stringify([release(NAME)]));
    const made = createGithubReleasesSource({ http: httpFor(), clock: { now: () => NOW } });
    expect(await made.observe(targetOf('github-releases', NAME, 'https://ghe.example.com/api/v3'), KNOWN, nothingKnown)).toMatchObject({
      requests: 2,
    });
  });
});
