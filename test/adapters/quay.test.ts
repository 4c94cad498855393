import { describe, expect, it } from 'vitest';
import { createQuaySource } from '../../src/adapters/quay/source.ts';
import type { Watermark } from '../../src/core/target.ts';
import { epochMs, type Instant, plusMs } from '../../src/core/time.ts';
import { mockHost } from '../support/http-mock.ts';
import { clockAt, failureFrom, httpFor, NOW, nothingKnown, targetOf } from '../support/sources.ts';

const HADRON = targetOf('quay', 'quay.io/kairos/hadron');
const PATH = '/api/v1/repository/kairos/hadron/tag/';
const DIGEST_A = `sha256:${'a'.repeat(64)}`;
const DIGEST_B = `sha256:${'b'.repeat(64)}`;
/** 2026-09-08 08:00 UTC, when v4.3.0 came out. */
const T0 = 1_788_854_400;
const FRESH: Watermark = { newest: T0, fullAt: plusMs(NOW, -3_600_000) };

interface Row {
  name: string;
  start_ts: number;
  manifest_digest: string;
  end_ts?: number;
  size?: number | null;
}

function row(name: string, startTs: number, more: Partial<Row> = {}): Row {
  return { name, start_ts: startTs, manifest_digest: DIGEST_A, size: 1000, ...more };
}

function mockPage(page: number, tags: readonly unknown[], hasAdditional = false): void {
  mockHost('https://quay.io').get(`${PATH}?limit=100&page=${page}`).reply(200, { tags, page, has_additional: hasAdditional });
}

function observe(since: Watermark | null, now: Instant = NOW, options: { fullEveryMs?: number; maxPages?: number } = {}) {
  return createQuaySource({ http: httpFor(), clock: clockAt(now), ...options }).observe(HADRON, since, nothingKnown);
}

describe('a Quay repository', () => {
  it('is listed whole at the first poll, with times, digests and sizes', async () => {
    mockPage(1, [row('v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1', T0, { size: 950_000_000 })], true);
    mockPage(2, [row('sha256-abc.sig', T0 - 50, { size: null })]);
    const observed = await observe(null);
    expect(observed).toEqual({
      observations: [
        {
          kind: 'tag',
          tag: 'v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1',
          digest: DIGEST_A,
          size: 950_000_000,
          since: '2026-09-08T08:00:00.000Z',
          until: null,
        },
        { kind: 'tag', tag: 'sha256-abc.sig', digest: DIGEST_A, size: null, since: '2026-09-08T07:59:10.000Z', until: null },
      ],
      complete: true,
      watermark: { newest: T0, fullAt: NOW },
      requests: 2,
    });
  });

  it('costs one request when nothing is new', async () => {
    mockPage(1, [row('v2', T0), row('v1', T0 - 1)], true);
    const observed = await observe(FRESH);
    expect(observed.requests).toBe(1);
    expect(observed.complete).toBe(false);
    expect(observed.watermark).toEqual(FRESH);
  });

  it('is read until a row older than the watermark, so rows of the same second on the next page are not lost', async () => {
    mockPage(1, [row('v4', T0 + 9), row('v3', T0)], true);
    mockPage(2, [row('v2', T0), row('v1', T0 - 1)], true);
    const observed = await observe(FRESH);
    expect(observed.observations.map(({ tag }) => tag)).toEqual(['v4', 'v3', 'v2', 'v1']);
    expect(observed).toMatchObject({ requests: 2, complete: false, watermark: { newest: T0 + 9, fullAt: FRESH.fullAt } });
  });

  it('shows a re-push as an ended row and a live one', async () => {
    mockPage(1, [row('v1', T0 + 60, { manifest_digest: DIGEST_B }), row('v1', T0, { end_ts: T0 + 60 }), row('v0', T0 - 1)], true);
    const observed = await observe(FRESH);
    expect(observed.observations.slice(0, 2)).toMatchObject([
      { tag: 'v1', digest: DIGEST_B, until: null },
      { tag: 'v1', digest: DIGEST_A, until: '2026-09-08T08:01:00.000Z' },
    ]);
  });

  it('is listed whole again after a day, which is how a deletion far down is noticed', async () => {
    const yesterday: Watermark = { newest: T0, fullAt: plusMs(NOW, -86_400_000) };
    mockPage(1, [row('v2', T0)], true);
    mockPage(2, [row('v1', T0 - 5000, { end_ts: T0 + 100 })]);
    const observed = await observe(yesterday);
    expect(observed.complete).toBe(true);
    expect(observed.observations[1]).toMatchObject({ tag: 'v1', until: '2026-09-08T08:01:40.000Z' });
    expect(observed.watermark).toEqual({ newest: T0, fullAt: NOW });
  });

  it('is listed whole as often as the option says, and after the clock was set back', async () => {
    mockPage(1, [row('v2', T0)], false);
    expect(await observe(FRESH, NOW, { fullEveryMs: 60_000 })).toMatchObject({ complete: true, watermark: { fullAt: NOW } });
    mockPage(1, [row('v2', T0), row('v1', T0 - 1)], true);
    mockPage(2, [row('v0', T0 - 2)]);
    expect(await observe({ newest: T0, fullAt: plusMs(NOW, 1000) })).toMatchObject({ complete: true, requests: 2 });
  });

  it('is listed whole when the stored watermark is not one of ours', async () => {
    mockPage(1, [row('v2', T0)], true);
    mockPage(2, [row('v1', T0 - 1)]);
    expect((await observe({ etag: '"x"' })).complete).toBe(true);
  });

  it('that fits on one page is complete at every poll', async () => {
    mockPage(1, [row('v2', T0), row('v1', T0 - 1)]);
    expect(await observe(FRESH)).toMatchObject({ complete: true, requests: 1 });
  });

  it('gives each row once when a push during the listing shifts the pages', async () => {
    mockPage(1, [row('v3', T0), row('v2', T0 - 1)], true);
    mockPage(2, [row('v2', T0 - 1), row('v1', T0 - 2)]);
    expect((await observe(null)).observations.map(({ tag }) => tag)).toEqual(['v3', 'v2', 'v1']);
  });

  it('may hold live tags that will expire later', async () => {
    mockPage(1, [row('v1', T0, { end_ts: Math.floor(epochMs(NOW) / 1000) + 3600 })]);
    expect((await observe(null)).observations[0]).toMatchObject({ until: null });
  });

  it('dated next year does not hide what is pushed until then', async () => {
    mockPage(1, [row('v1', T0 + 40_000_000)]);
    expect((await observe(null)).watermark.newest).toBe(epochMs(NOW) / 1000);
  });

  it('without tags is an empty, complete listing', async () => {
    mockPage(1, []);
    expect(await observe(null)).toMatchObject({ observations: [], complete: true, watermark: { newest: 0 } });
  });

  it('is asked at the endpoint of the target when it has one', async () => {
    mockHost('http://127.0.0.1:4000').get(`${PATH}?limit=100&page=1`).reply(200, { tags: [], has_additional: false });
    const source = createQuaySource({ http: httpFor('http://127.0.0.1:4000'), clock: clockAt() });
    expect((await source.observe(targetOf('quay', 'quay.io/kairos/hadron', 'http://127.0.0.1:4000/'), null, nothingKnown)).requests).toBe(
      1,
    );
  });
});

describe('a private repository on Quay', () => {
  const privately = { accessTo: () => ({ plainHttp: false, apiToken: { value: 't0ken', from: 'QUAY_TOKEN' } }) };
  const ask = (endpoint: string | null = null) =>
    createQuaySource({ http: httpFor('https://other.example'), clock: clockAt(), ...privately }).observe(
      targetOf('quay', 'quay.io/kairos/hadron', endpoint),
      null,
      nothingKnown,
    );

  it('is read with the token of its host', async () => {
    mockHost('https://quay.io', { reqheaders: { authorization: 'Bearer t0ken' } })
      .get(`${PATH}?limit=100&page=1`)
      .reply(200, { tags: [], has_additional: false });
    expect((await ask()).requests).toBe(1);
  });

  it('that refuses the token says which variable to check, and not what is in it', async () => {
    mockHost('https://quay.io').get(`${PATH}?limit=100&page=1`).reply(403);
    const failure = await failureFrom(ask());
    expect(failure).toMatchObject({ code: 'UNAUTHORIZED', message: expect.stringContaining('QUAY_TOKEN') });
    expect(failure.message).not.toContain('t0ken');
  });
});

describe('a Quay answer that cannot be trusted', () => {
  it.each([
    ['a row without a digest', { name: 'v1', start_ts: T0 }],
    ['a tag that is no tag', row('../v1', T0)],
    ['a digest that is none', row('v1', T0, { manifest_digest: 'sha256:zz' })],
    ['a date that is none', row('v1', -1)],
    ['a date beyond the calendar', row('v1', 1e15)],
  ])('%s fails the poll: nothing is dropped silently', async (_case, bad) => {
    mockPage(1, [row('v2', T0 + 1), bad]);
    expect((await failureFrom(observe(null))).code).toBe('SCHEMA_MISMATCH');
  });

  it('not newest first fails the poll: the watermark would skip rows', async () => {
    mockPage(1, [row('v1', T0), row('v2', T0 + 1)]);
    expect((await failureFrom(observe(null))).code).toBe('SCHEMA_MISMATCH');
  });

  it('that repeats a page ends at the second one', async () => {
    mockPage(1, [row('v1', T0)], true);
    mockPage(2, [row('v1', T0)], true);
    expect((await failureFrom(observe(null))).code).toBe('TOO_MANY');
  });

  it('of empty pages that promise more ends at once', async () => {
    mockPage(1, [], true);
    expect((await failureFrom(observe(null))).code).toBe('TOO_MANY');
  });

  it('of ever more pages ends at the limit', async () => {
    for (const page of [1, 2, 3]) mockPage(page, [row(`v${page}`, T0 - page)], true);
    expect((await failureFrom(observe(null, NOW, { maxPages: 3 }))).code).toBe('TOO_MANY');
  });

  it('cut short in the middle of the listing is an error and not a shorter listing', async () => {
    mockPage(1, [row('v1', T0)], true);
    mockHost('https://quay.io').get(`${PATH}?limit=100&page=2`).reply(429, '', { 'retry-after': '7' });
    expect(await failureFrom(observe(null))).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 7000 });
  });

  it('is never asked for when the repository name is hostile', async () => {
    const source = createQuaySource({ http: httpFor(), clock: clockAt() });
    expect((await failureFrom(source.observe(targetOf('quay', 'quay.io/../../user'), null, nothingKnown))).code).toBe('INVALID_REFERENCE');
  });
});
