import { describe, expect, it } from 'vitest';
import { createOsvSource } from '../../src/adapters/osv/source.ts';
import type { PackageQuestion } from '../../src/core/package-question.ts';
import { mockHost } from '../support/http-mock.ts';
import { clockAt, failureFrom, httpFor, NOW } from '../support/sources.ts';

const API = 'https://api.osv.dev';
const BATCH = '/v1/querybatch';
const go = (name: string, version = 'v1.0.0'): PackageQuestion => ({ ecosystem: 'Go', name, version });
const sent = (question: PackageQuestion, token?: string) => ({
  package: { ecosystem: question.ecosystem, name: question.name },
  version: question.version,
  ...(token === undefined ? {} : { page_token: token }),
});
const result = (ids: readonly string[], token?: string) => ({
  vulns: ids.map((id) => ({ id, modified: '2026-09-01T00:00:00Z' })),
  ...(token === undefined ? {} : { next_page_token: token }),
});

function mockBatch(queries: unknown, results: unknown): void {
  mockHost(API)
    .post(BATCH, { queries } as never)
    .reply(200, { results });
}

function source(apiUrl = API) {
  return createOsvSource({ http: httpFor(...(apiUrl === API ? [] : [apiUrl])), clock: clockAt(), apiUrl });
}

describe('packages', () => {
  it('are asked for in one request, by name and version and nothing else; answers stand in the order of the questions', async () => {
    const [a, b, c] = [go('a'), go('b'), { ecosystem: 'Debian:12', name: 'openssl', version: '3.0.11-1' }];
    mockBatch([sent(a), sent(b), sent(c)], [result(['GO-2026-1', 'GHSA-aaaa-bbbb-cccc']), {}, result(['DSA-5532-1'])]);
    expect(await source().affecting([a, b, c])).toEqual({
      askedAt: NOW,
      ids: [['GO-2026-1', 'GHSA-aaaa-bbbb-cccc'], [], ['DSA-5532-1']],
    });
  });

  it('are asked for in batches of a thousand', async () => {
    const questions = Array.from({ length: 1001 }, (_, index) => go(`m${index}`));
    mockBatch(
      questions.slice(0, 1000).map((question) => sent(question)),
      questions.slice(0, 1000).map(() => ({})),
    );
    mockBatch([sent(go('m1000'))], [result(['GO-2026-9'])]);
    const { ids } = await source().affecting(questions);
    expect([ids.length, ids.at(-1)]).toEqual([1001, ['GO-2026-9']]);
  });

  it('that have more pages are asked for again, they alone, until there are none; a page may be empty', async () => {
    mockBatch([sent(go('a')), sent(go('b'))], [result(['GO-2026-1']), result([], 'first')]);
    mockBatch([sent(go('b'), 'first')], [result(['GO-2026-2'], 'second')]);
    mockBatch([sent(go('b'), 'second')], [result(['GO-2026-2', 'GO-2026-3'])]);
    expect((await source().affecting([go('a'), go('b')])).ids).toEqual([['GO-2026-1'], ['GO-2026-2', 'GO-2026-3']]);
  });

  it('that are none cost no request', async () => {
    expect(await source().affecting([])).toEqual({ askedAt: NOW, ids: [] });
  });

  it('are asked for at a mirror where there is one, below its path', async () => {
    mockHost('http://127.0.0.1:4000')
      .post('/osv/v1/querybatch')
      .reply(200, { results: [{}] });
    const mirror = createOsvSource({ http: httpFor('http://127.0.0.1:4000'), clock: clockAt(), apiUrl: 'http://127.0.0.1:4000/osv/' });
    expect((await mirror.affecting([go('a')])).ids).toEqual([[]]);
  });
});

describe('an answer that is not whole is an error, and never "no vulnerabilities"', () => {
  it.each([
    ['fewer answers than questions', [{}], 'SCHEMA_MISMATCH'],
    ['more answers than questions', [{}, {}, {}], 'SCHEMA_MISMATCH'],
    ['an id that leads elsewhere', [result(['../../admin']), {}], 'SCHEMA_MISMATCH'],
    ['an id with a sign of Slack', [result(['<!channel>']), {}], 'SCHEMA_MISMATCH'],
    ['an answer that is none', ['no', {}], 'SCHEMA_MISMATCH'],
  ])('%s', async (_, results, code) => {
    mockBatch([sent(go('a')), sent(go('b'))], results);
    expect((await failureFrom(source().affecting([go('a'), go('b')]))).code).toBe(code);
  });

  it.each([
    [429, 'RATE_LIMITED'],
    [400, 'UNEXPECTED_STATUS'],
    [503, 'UPSTREAM_UNAVAILABLE'],
  ])('status %i', async (status, code) => {
    mockHost(API).post(BATCH).reply(status, { code: 3, message: 'no' });
    expect((await failureFrom(source().affecting([go('a')]))).code).toBe(code);
  });

  it('a page that fails in the middle', async () => {
    mockBatch([sent(go('a'))], [result(['GO-2026-1'], 'next')]);
    mockHost(API).post(BATCH).reply(502, '<html>bad gateway</html>');
    expect((await failureFrom(source().affecting([go('a')]))).code).toBe('UPSTREAM_UNAVAILABLE');
  });

  it('a second batch that fails', async () => {
    const questions = Array.from({ length: 1001 }, (_, index) => go(`m${index}`));
    mockHost(API)
      .post(BATCH)
      .reply(200, { results: questions.slice(0, 1000).map(() => ({})) });
    mockHost(API).post(BATCH).reply(200, '<html>sign in</html>', { 'content-type': 'text/html' });
    expect((await failureFrom(source().affecting(questions))).code).toBe('UNEXPECTED_CONTENT');
  });

  it('pages without end', async () => {
    mockHost(API)
      .post(BATCH)
      .times(20)
      .reply(200, { results: [result([], 'again')] });
    expect((await failureFrom(source().affecting([go('a')]))).code).toBe('TOO_MANY');
  });

  it('more questions than two images of a kind can raise are not even asked', async () => {
    const questions = Array.from({ length: 10_001 }, (_, index) => go(`m${index}`));
    expect((await failureFrom(source().affecting(questions))).code).toBe('TOO_MANY');
  });
});

describe('a record', () => {
  const mockRecord = (id: string, body: unknown, status = 200) =>
    mockHost(API)
      .get(`/v1/vulns/${encodeURIComponent(id)}`)
      .reply(status, body as never);

  it('tells other names, a summary and how bad it is', async () => {
    mockRecord('GHSA-aaaa-bbbb-cccc', {
      id: 'GHSA-aaaa-bbbb-cccc',
      aliases: ['CVE-2026-7', 'no id at all'],
      summary: 's'.repeat(5000),
      database_specific: { severity: 'MODERATE' },
    });
    mockRecord('RLSA-2024:1', { id: 'RLSA-2024:1', withdrawn: '2026-01-01T00:00:00Z', database_specific: 7 });
    expect(await source().describe(['GHSA-aaaa-bbbb-cccc', 'RLSA-2024:1'])).toEqual([
      { id: 'GHSA-aaaa-bbbb-cccc', aliases: ['CVE-2026-7'], summary: 's'.repeat(300), severity: 'medium', withdrawn: false },
      { id: 'RLSA-2024:1', aliases: [], summary: null, severity: 'unknown', withdrawn: true },
    ]);
  });

  it('that is gone, or too large to be read, is left out', async () => {
    mockRecord('GO-2026-1', {}, 404);
    mockHost(API).get('/v1/vulns/GO-2026-2').reply(200, '{}', { 'content-length': '99999999' });
    mockRecord('GO-2026-3', { id: 'GO-2026-3' });
    expect((await source().describe(['GO-2026-1', 'GO-2026-2', 'GO-2026-3'])).map(({ id }) => id)).toEqual(['GO-2026-3']);
  });

  it.each([
    ['of another vulnerability', { id: 'GO-2026-2' }, 200, 'SCHEMA_MISMATCH'],
    ['without an id', {}, 200, 'SCHEMA_MISMATCH'],
    ['that is not answered', {}, 500, 'UPSTREAM_UNAVAILABLE'],
  ])('%s is an error', async (_, body, status, code) => {
    mockRecord('GO-2026-1', body, status);
    expect((await failureFrom(source().describe(['GO-2026-1']))).code).toBe(code);
  });

  it('is not asked for by what is no id', async () => {
    expect((await failureFrom(source().describe(['../query']))).code).toBe('INVALID_QUERY');
  });
});
