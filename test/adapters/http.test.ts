import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMeter, hasNextPage } from '../../src/adapters/http.ts';
import { mockHost } from '../support/http-mock.ts';
import { failureFrom, httpFor } from '../support/sources.ts';

const ORIGIN = 'https://registry.example';
let http = httpFor();
// What a host said to one test is not remembered in the next.
beforeEach(() => {
  http = httpFor();
});

function ask(path: string, headers: Record<string, string> = {}, meter = createMeter()) {
  return http.get({ url: new URL(path, ORIGIN), headers, meter, maxBytes: 1000 });
}

describe('a request', () => {
  it('says who asks, and asks for an uncompressed answer', async () => {
    mockHost(ORIGIN, { reqheaders: { 'user-agent': 'kairos-herald/0.0.0-test', 'accept-encoding': 'identity' } })
      .get('/a')
      .reply(200, 'yes', { etag: '"1"' });
    const response = await ask('/a');
    expect(response.status).toBe(200);
    expect(Buffer.from(response.body).toString()).toBe('yes');
    expect(response.header('etag')).toBe('"1"');
  });

  it('is made once, whatever the answer: retrying is the work of the queue', async () => {
    mockHost(ORIGIN).get('/a').reply(503, 'later');
    const meter = createMeter();
    expect(await failureFrom(ask('/a', {}, meter))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', disposition: 'transient' });
    expect(meter.requests).toBe(1);
  });

  it.each([
    ['file:///etc/passwd'],
    ['ftp://registry.example/a'],
    ['http://registry.example/a'],
    ['https://registry.example:8443/a'],
    ['https://user:secret@registry.example/a'],
    ['https://169.254.169.254/latest/meta-data'],
    ['https://127.0.0.1/a'],
    ['https://2130706433/a'],
    ['https://0x7f.1/a'],
    ['https://0177.0.0.1/a'],
    ['https://10.1.2.3/a'],
    ['https://172.16.0.1/a'],
    ['https://192.168.1.1/a'],
    ['https://100.64.0.1/a'],
    ['https://0.0.0.0/a'],
    ['https://[::1]/a'],
    ['https://[::ffff:10.0.0.1]/a'],
    ['https://[64:ff9b::10.0.0.1]/a'],
    ['https://[fd00:ec2::254]/a'],
    ['https://[fe80::1]/a'],
    ['https://[::127.0.0.1]/a'],
    ['https://168.63.129.16/a'],
  ])('to %s is never sent', async (url) => {
    const meter = createMeter();
    const failure = await failureFrom(http.get({ url: new URL(url), meter, maxBytes: 10 }));
    expect(failure.code).toBe('FORBIDDEN_ADDRESS');
    expect(failure.message).not.toContain('secret');
    expect(meter.requests).toBe(0);
  });

  it('goes to an inner address, plain http and an odd port when the configuration names that origin, and to no other port there', async () => {
    mockHost('http://10.0.0.5:5000').get('/a').reply(200, 'ours');
    const named = httpFor('http://10.0.0.5:5000');
    const response = await named.get({ url: new URL('http://10.0.0.5:5000/a'), meter: createMeter(), maxBytes: 10 });
    expect(response.status).toBe(200);
    const other = named.get({ url: new URL('http://10.0.0.5:22/a'), meter: createMeter(), maxBytes: 10 });
    expect((await failureFrom(other)).code).toBe('FORBIDDEN_ADDRESS');
  });
});

describe('a status that was not wanted', () => {
  it.each([
    [401, 'UNAUTHORIZED', 'operator'],
    [403, 'UNAUTHORIZED', 'operator'],
    [404, 'NOT_FOUND', 'operator'],
    [410, 'NOT_FOUND', 'operator'],
    [408, 'UPSTREAM_UNAVAILABLE', 'transient'],
    [429, 'RATE_LIMITED', 'transient'],
    [500, 'UPSTREAM_UNAVAILABLE', 'transient'],
    [504, 'UPSTREAM_UNAVAILABLE', 'transient'],
    [301, 'BAD_REDIRECT', 'permanent'],
    [304, 'UNEXPECTED_STATUS', 'permanent'],
    [206, 'UNEXPECTED_STATUS', 'permanent'],
    [418, 'UNEXPECTED_STATUS', 'permanent'],
  ])('%d is %s (%s)', async (status, code, disposition) => {
    mockHost(ORIGIN)
      .get('/a')
      .reply(status, undefined, { location: `${ORIGIN}/b` });
    expect(await failureFrom(ask('/a'))).toMatchObject({ code, disposition });
  });

  it.each([
    ['seconds', 429, { 'retry-after': '120' }, 120_000],
    ['an HTTP date', 503, { 'retry-after': 'Thu, 10 Sep 2026 12:05:00 GMT' }, 300_000],
    ['a date that has passed', 503, { 'retry-after': 'Thu, 10 Sep 2026 11:00:00 GMT' }, 0],
    ['a year: no more than a day', 429, { 'retry-after': '31536000' }, 86_400_000],
    ['something unreadable', 429, { 'retry-after': 'soon' }, undefined],
    ['nothing', 429, {}, undefined],
    ["GitHub's reset time", 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1789042500' }, 900_000],
    ["GitHub's second limit", 403, { 'retry-after': '60' }, 60_000],
  ])('asks us to wait: %s', async (_case, status, headers, expected) => {
    mockHost(ORIGIN).get('/a').reply(status, '', headers);
    const failure = await failureFrom(ask('/a'));
    expect(failure.disposition).toBe('transient');
    expect(failure.retryAfterMs).toBe(expected);
  });
});

describe('a redirect', () => {
  const blob = (headers: Record<string, string> = {}, meter = createMeter()) =>
    http.get({ url: new URL('/blob', ORIGIN), headers, meter, maxBytes: 1000, redirects: 'blobs' });

  it('to another origin loses the credentials, and does not get them back when it returns', async () => {
    mockHost(ORIGIN, { reqheaders: { authorization: 'Bearer t0p' } })
      .get('/blob')
      .reply(307, '', { location: 'https://cdn.example/x?sig=s3cret' });
    mockHost('https://cdn.example', { badheaders: ['authorization', 'cookie'] })
      .get('/x?sig=s3cret')
      .reply(302, '', { location: `${ORIGIN}/again` });
    mockHost(ORIGIN, { badheaders: ['authorization'] })
      .get('/again')
      .reply(200, 'bytes');
    const meter = createMeter();
    const response = await blob({ authorization: 'Bearer t0p' }, meter);
    expect(Buffer.from(response.body).toString()).toBe('bytes');
    expect(meter.requests).toBe(3);
  });

  it('within the origin keeps them', async () => {
    mockHost(ORIGIN).get('/blob').reply(307, '', { location: '/storage' });
    mockHost(ORIGIN, { reqheaders: { authorization: 'Bearer t0p' } })
      .get('/storage')
      .reply(200, 'bytes');
    expect((await blob({ authorization: 'Bearer t0p' })).status).toBe(200);
  });

  it.each([
    ['http://cdn.example/x'],
    ['https://cdn.example:8443/x'],
    ['https://169.254.169.254/x'],
    ['https://[::ffff:169.254.169.254]/x'],
    ['https://user:pw@cdn.example/x'],
    ['file:///etc/passwd'],
    ['https://3232235777/x'],
  ])('to %s is not followed', async (location) => {
    mockHost(ORIGIN).get('/blob').reply(302, '', { location });
    expect((await failureFrom(blob())).code).toBe('FORBIDDEN_ADDRESS');
  });

  it('from a public server to an inner one is not followed, though the configuration names that one', async () => {
    mockHost(ORIGIN).get('/blob').reply(302, '', { location: 'http://10.0.0.5:5000/x' });
    const url = new URL('/blob', ORIGIN);
    const followed = httpFor('http://10.0.0.5:5000').get({ url, meter: createMeter(), maxBytes: 10, redirects: 'blobs' });
    expect((await failureFrom(followed)).code).toBe('FORBIDDEN_ADDRESS');
  });

  it('is followed three times and no more', async () => {
    mockHost(ORIGIN).get('/blob').times(4).reply(302, '', { location: '/blob' });
    const meter = createMeter();
    expect((await failureFrom(blob({}, meter))).code).toBe('BAD_REDIRECT');
    expect(meter.requests).toBe(4);
  });

  it('without a readable address is an error', async () => {
    mockHost(ORIGIN).get('/blob').reply(302, '', { location: 'https://:bad' });
    expect((await failureFrom(blob())).code).toBe('BAD_REDIRECT');
  });
});

describe('a body', () => {
  it('that says it is too large is not read', async () => {
    mockHost(ORIGIN).get('/a').reply(200, 'x'.repeat(2000), { 'content-length': '2000' });
    expect((await failureFrom(ask('/a'))).code).toBe('TOO_LARGE');
  });

  it('that is too large without saying so is not read to its end', async () => {
    mockHost(ORIGIN).get('/a').reply(200, 'x'.repeat(2000));
    expect((await failureFrom(ask('/a'))).code).toBe('TOO_LARGE');
  });

  it('that is compressed is refused', async () => {
    mockHost(ORIGIN).get('/a').reply(200, 'bomb', { 'content-encoding': 'gzip' });
    expect((await failureFrom(ask('/a'))).code).toBe('BAD_ENCODING');
  });

  it('may have as many bytes as are allowed', async () => {
    mockHost(ORIGIN).get('/a').reply(200, 'x'.repeat(1000));
    expect((await ask('/a')).body.byteLength).toBe(1000);
  });
});

describe('JSON', () => {
  const schema = z.object({ tags: z.array(z.object({ name: z.string() })) });
  const askJson = () => http.getJson({ url: new URL('/j', ORIGIN), meter: createMeter(), maxBytes: 1000 }, schema);

  it('is parsed by the schema; fields nobody asked for do not disturb', async () => {
    mockHost(ORIGIN)
      .get('/j')
      .reply(200, { tags: [{ name: 'v1', more: 1 }], extra: true });
    expect(await askJson()).toEqual({ tags: [{ name: 'v1' }] });
  });

  it.each([
    ['a web page', '<html>busy</html>', 'text/html; charset=utf-8'],
    ['a web page that calls itself JSON', '<!doctype html>', 'application/json'],
    ['half a document', '{"tags": [', 'application/json'],
    ['nothing', '', 'application/json'],
    ['bytes that are no text', Buffer.from([0x22, 0xff, 0x22]), 'application/json'],
  ])('expected and %s received: try later', async (_case, body, type) => {
    mockHost(ORIGIN).get('/j').reply(200, body, { 'content-type': type });
    expect(await failureFrom(askJson())).toMatchObject({ code: 'UNEXPECTED_CONTENT', disposition: 'transient' });
  });

  it('of another shape is an error that names the place and not the value', async () => {
    mockHost(ORIGIN)
      .get('/j')
      .reply(200, { tags: [{ name: 'v1' }, { name: ['s3cret'] }] });
    const failure = await failureFrom(askJson());
    expect(failure.code).toBe('SCHEMA_MISMATCH');
    expect(failure.message).toContain('tags.1.name');
    expect(inspect(failure, { depth: 10 })).not.toContain('s3cret');
  });
});

describe('an error', () => {
  it.each([
    ['an unwanted status', (path: string) => mockHost(ORIGIN).get(path).reply(500)],
    ['a broken connection', (path: string) => mockHost(ORIGIN).get(path).replyWithError(new Error('socket hang up'))],
  ])('of %s holds neither the token nor the query', async (_case, mock) => {
    mock('/a?sig=s3cret');
    const failure = await failureFrom(ask('/a?sig=s3cret', { authorization: 'Bearer t0psecret' }));
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toMatch(/s3cret|t0psecret/);
    expect(failure.message).toContain('https://registry.example/a');
  });

  it('of the network is transient and says its code', async () => {
    mockHost(ORIGIN)
      .get('/a')
      .replyWithError(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    const failure = await failureFrom(ask('/a'));
    expect(failure).toMatchObject({ code: 'NETWORK', disposition: 'transient' });
    expect(failure.message).toContain('ECONNREFUSED');
  });
});

describe('the Link header', () => {
  it.each([
    ['<https://x/?page=2>; rel="next", <https://x/?page=9>; rel="last"', true],
    ['</v2/a/tags/list?last=x&n=100>; rel="next"', true],
    ['<https://x/?page=1>; rel=next', true],
    ['<https://x/?page=1>; rel="prev", <https://x/?page=1>; rel="first"', false],
    ['', false],
  ])('%s has a next page: %s', (link, expected) => {
    expect(hasNextPage((name) => (name === 'link' ? link : undefined))).toBe(expected);
  });
});

describe('a host that asked for a rest', () => {
  it.each([
    ['seconds', 429, { 'retry-after': '120' }, 120_000],
    ['an HTTP date', 503, { 'retry-after': 'Thu, 10 Sep 2026 12:05:00 GMT' }, 300_000],
    ["GitHub's reset time", 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1789042500' }, 900_000],
  ])('is not asked again before then: %s', async (_case, status, headers, retryAfterMs) => {
    mockHost(ORIGIN).get('/a').reply(status, '', headers);
    await failureFrom(ask('/a'));
    const meter = createMeter();
    expect(await failureFrom(ask('/another', {}, meter))).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs });
    expect(meter.requests).toBe(0);
    expect(http.hosts()).toMatchObject([{ host: 'registry.example', requests: 1 }]);
  });
});

describe('equal requests at one moment', () => {
  const bodyOf = async (response: ReturnType<typeof ask>) => Buffer.from((await response).body).toString();

  it('are one on the wire, and counted once', async () => {
    mockHost(ORIGIN).get('/a').reply(200, 'yes');
    const meters = [createMeter(), createMeter(), createMeter()];
    const bodies = await Promise.all(meters.map((meter) => bodyOf(ask('/a', { authorization: 'Bearer t0p' }, meter))));
    expect(bodies).toEqual(['yes', 'yes', 'yes']);
    expect(meters.map(({ requests }) => requests)).toEqual([1, 0, 0]);
  });

  it('fail together', async () => {
    mockHost(ORIGIN).get('/a').reply(404);
    const failures = await Promise.all([failureFrom(ask('/a')), failureFrom(ask('/a'))]);
    expect(failures.map(({ code }) => code)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
  });

  it.each<[string, Parameters<typeof http.get>[0]]>([
    ['other credentials', { url: new URL('/a', ORIGIN), headers: { authorization: 'Bearer other' }, meter: createMeter(), maxBytes: 1000 }],
    ['another size', { url: new URL('/a', ORIGIN), meter: createMeter(), maxBytes: 2000 }],
    ['other statuses', { url: new URL('/a', ORIGIN), meter: createMeter(), maxBytes: 1000, expect: [401] }],
  ])('that differ in %s are asked apart', async (_what, other) => {
    mockHost(ORIGIN).get('/a').times(2).reply(200, 'yes');
    await Promise.all([ask('/a'), http.get(other)]);
    expect(http.hosts()).toMatchObject([{ requests: 2 }]);
  });

  it('are asked again once the first is answered, and never joined when they send something', async () => {
    mockHost(ORIGIN).get('/a').times(2).reply(200, 'yes');
    await ask('/a');
    await ask('/a');
    mockHost(ORIGIN).post('/b', 'x').times(2).reply(200, 'yes');
    const post = () => http.post({ url: new URL('/b', ORIGIN), meter: createMeter(), maxBytes: 10, body: 'x', contentType: 'text/plain' });
    await Promise.all([post(), post()]);
    expect(http.hosts()).toMatchObject([{ requests: 4 }]);
  });

  it('end for each with its own deadline: one that gives up takes nothing from the other', async () => {
    mockHost(ORIGIN).get('/a').delay(300).reply(200, 'yes');
    const hasty = failureFrom(http.get({ url: new URL('/a', ORIGIN), meter: createMeter(), maxBytes: 1000, deadlineMs: 50 }));
    const patient = bodyOf(ask('/a'));
    expect((await hasty).code).toBe('TIMEOUT');
    expect(await patient).toBe('yes');
  });
});
