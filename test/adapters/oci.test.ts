import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createMeter } from '../../src/adapters/http.ts';
import { type AccessTo, ANYBODY, type Login } from '../../src/adapters/oci/access.ts';
import { type Admissions, createAdmissions } from '../../src/adapters/oci/admissions.ts';
import { createOciClient } from '../../src/adapters/oci/client.ts';
import { createOciSource } from '../../src/adapters/oci/source.ts';
import { MS, plusMs } from '../../src/core/time.ts';
import type { Clock, Observed, StoredTag } from '../../src/ports.ts';
import { mockHost } from '../support/http-mock.ts';
import { clockAt, failureFrom, httpFor, NOW, nothingKnown, targetOf } from '../support/sources.ts';

const ORIGIN = 'https://registry.example';
const BASE = '/v2/kairos/hadron';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const CHALLENGE = `Bearer realm="${ORIGIN}/auth",service="registry.example",scope="repository:other/secret:pull,push"`;

const sha256 = (content: string | Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

interface Settings {
  maxPages?: number;
  repository?: string;
  accessTo?: AccessTo;
  admissions?: Admissions;
  clock?: Clock;
}

function clientFor({ repository = 'registry.example/kairos/hadron', clock = clockAt(), ...rest }: Settings = {}) {
  const meter = createMeter();
  return { meter, client: createOciClient({ http: httpFor(), clock, meter, repository, endpoint: null, ...rest }) };
}

function mockTags(query: string, tags: readonly unknown[] | null, headers: Record<string, string> = {}) {
  mockHost(ORIGIN).get(`${BASE}/tags/list?${query}`).reply(200, { name: 'kairos/hadron', tags }, headers);
}

describe('the tags of a registry', () => {
  it('are paged by the last tag seen; the address in the Link header is never followed', async () => {
    mockTags('n=100', ['v1', 'v2'], { link: '<https://169.254.169.254/v2/evil?last=zzz>; rel="next"' });
    mockTags('n=100&last=v2', ['v3']);
    const { client, meter } = clientFor();
    expect(await client.tags()).toEqual(['v1', 'v2', 'v3']);
    expect(meter.requests).toBe(2);
  });

  it('may be none, written as null', async () => {
    mockTags('n=100', null);
    expect(await clientFor().client.tags()).toEqual([]);
  });

  it.each([
    ['a page that repeats', ['v1'], ['v1']],
    ['an empty page that promises more', ['v1'], []],
  ])('%s ends the listing with an error', async (_case, first, second) => {
    const link = { link: `<${BASE}/tags/list?last=v1&n=100>; rel="next"` };
    mockTags('n=100', first, link);
    mockTags('n=100&last=v1', second, link);
    expect((await failureFrom(clientFor().client.tags())).code).toBe('TOO_MANY');
  });

  it('without an end are given up at the page limit', async () => {
    const link = { link: '</v2/x>; rel="next"' };
    mockTags('n=100', ['v1'], link);
    mockTags('n=100&last=v1', ['v2'], link);
    expect((await failureFrom(clientFor({ maxPages: 2 }).client.tags())).code).toBe('TOO_MANY');
  });

  it.each([['../v1'], ['v1\n'], ['']])('with one that is no tag (%j) are refused: nothing is dropped silently', async (bad) => {
    mockTags('n=100', ['v1', bad]);
    expect((await failureFrom(clientFor().client.tags())).code).toBe('SCHEMA_MISMATCH');
  });

  it('are what the oci source observes: whole, without digests and times', async () => {
    mockTags('n=100', ['v1']);
    const observed = await createOciSource({ http: httpFor(), clock: clockAt() }).observe(
      targetOf('oci', 'registry.example/kairos/hadron'),
      null,
      nothingKnown,
    );
    expect(observed).toEqual({
      observations: [{ kind: 'tag', tag: 'v1', digest: null, size: null, since: null, until: null }],
      complete: true,
      watermark: { checked: null },
      requests: 1,
    });
  });

  it.each(['registry.example/../secret', 'registry.example/a/../../b', 'registry.example/A'])('of %s are never asked for', async (name) => {
    const source = createOciSource({ http: httpFor(), clock: clockAt() });
    expect((await failureFrom(source.observe(targetOf('oci', name), null, nothingKnown))).code).toBe('INVALID_REFERENCE');
  });

  it('of Docker Hub are asked where its API is, with the token of its own token service', async () => {
    const hub = 'https://registry-1.docker.io';
    mockHost(hub)
      .get('/v2/library/alpine/tags/list?n=100')
      .reply(401, '', { 'www-authenticate': 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"' });
    mockHost('https://auth.docker.io')
      .get('/token?scope=repository%3Alibrary%2Falpine%3Apull&service=registry.docker.io')
      .reply(200, { token: 'abc' });
    mockHost(hub, { reqheaders: { authorization: 'Bearer abc' } })
      .get('/v2/library/alpine/tags/list?n=100')
      .reply(200, { tags: ['3'] });
    expect(await clientFor({ repository: 'docker.io/alpine' }).client.tags()).toEqual(['3']);
  });
});

describe('a token', () => {
  const mockChallenge = (challenge?: string) =>
    mockHost(ORIGIN, { badheaders: ['authorization'] })
      .get(`${BASE}/tags/list?n=100`)
      .reply(401, '', challenge === undefined ? {} : { 'www-authenticate': challenge });
  const mockToken = (answer: object) =>
    mockHost(ORIGIN, { badheaders: ['authorization'] })
      .get('/auth?scope=repository%3Akairos%2Fhadron%3Apull&service=registry.example')
      .reply(200, answer);
  const mockTagsWith = (token: string, status = 200) =>
    mockHost(ORIGIN, { reqheaders: { authorization: `Bearer ${token}` } })
      .get(`${BASE}/tags/list?n=100`)
      .reply(status, { tags: ['v1'] }, { 'www-authenticate': CHALLENGE });

  it('is asked for only after a bare try, with our own scope whatever the server suggests', async () => {
    mockChallenge(CHALLENGE);
    mockToken({ access_token: 'abc' });
    mockTagsWith('abc');
    const { client, meter } = clientFor();
    expect(await client.tags()).toEqual(['v1']);
    expect(meter.requests).toBe(3);
  });

  it('is used again until it expires', async () => {
    let now = NOW;
    const { client, meter } = clientFor({ clock: { now: () => now } });
    mockChallenge(CHALLENGE);
    mockToken({ token: 'abc', expires_in: 300 });
    mockTagsWith('abc');
    mockTagsWith('abc');
    await client.tags();
    await client.tags();
    expect(meter.requests).toBe(4);

    // Where tokens come from is remembered: no bare try that is known to be refused.
    now = plusMs(NOW, 5 * MS.minute);
    mockToken({ token: 'def', expires_in: 300 });
    mockTagsWith('def');
    await client.tags();
    expect(meter.requests).toBe(6);
  });

  it.each([401, 403])('whose end was not told is used until it is refused with %i, then one new one is tried once', async (status) => {
    const { client, meter } = clientFor();
    mockChallenge(CHALLENGE);
    mockToken({ token: 'abc' });
    mockTagsWith('abc');
    await client.tags();
    mockTagsWith('abc', status);
    mockToken({ token: 'def' });
    mockTagsWith('def', 401);
    expect((await failureFrom(client.tags())).code).toBe('UNAUTHORIZED');
    expect(meter.requests).toBe(6);
  });

  it('that could not be renewed does not keep the next try from beginning anew', async () => {
    let now = NOW;
    const { client } = clientFor({ clock: { now: () => now } });
    mockChallenge(CHALLENGE);
    mockToken({ token: 'abc', expires_in: 60 });
    mockTagsWith('abc');
    await client.tags();
    now = plusMs(NOW, MS.hour);
    mockHost(ORIGIN).get('/auth?scope=repository%3Akairos%2Fhadron%3Apull&service=registry.example').reply(404);
    await failureFrom(client.tags());
    mockTags('n=100', ['v1']);
    expect(await client.tags()).toEqual(['v1']);
  });

  it('that the registry refuses ends in "not allowed", and not in a loop', async () => {
    mockChallenge(CHALLENGE);
    mockToken({ token: 'abc' });
    mockTagsWith('abc', 401);
    const failure = await failureFrom(clientFor().client.tags());
    expect(failure.code).toBe('UNAUTHORIZED');
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('Bearer abc');
  });

  it.each([
    ['https://evil.example/token'],
    ['https://169.254.169.254/token'],
    ['http://registry.example/auth'],
    ['https://registry.example.evil.example/auth'],
    ['https://auth.docker.io/token'],
    ['https://registry.example:8443/auth'],
  ])('is not asked for at %s', async (realm) => {
    mockChallenge(`Bearer realm="${realm}",service="registry.example"`);
    const { client, meter } = clientFor();
    expect((await failureFrom(client.tags())).code).toBe('FORBIDDEN_ADDRESS');
    expect(meter.requests).toBe(1);
  });

  it('is asked for at an origin the configuration names', async () => {
    mockChallenge('Basic realm="x", Bearer realm="https://login.example/t"');
    mockHost('https://login.example').get('/t?scope=repository%3Akairos%2Fhadron%3Apull').reply(200, { token: 'abc' });
    mockTagsWith('abc');
    expect(await clientFor({ accessTo: () => ({ ...ANYBODY, tokenServices: ['https://login.example'] }) }).client.tags()).toEqual(['v1']);
  });

  it.each([[undefined], ['Basic realm="https://registry.example"'], ['Bearer realm="nowhere"']])(
    'is not to be had from %s',
    async (challenge) => {
      mockChallenge(challenge);
      expect((await failureFrom(clientFor().client.tags())).code).toBe('UNAUTHORIZED');
    },
  );

  it.each([[{ token: 'a\r\nx-evil: 1' }], [{}], [{ token: 'x'.repeat(20_000) }]])('of a strange form is refused', async (answer) => {
    mockChallenge(CHALLENGE);
    mockToken(answer);
    expect((await failureFrom(clientFor().client.tags())).code).toBe('SCHEMA_MISMATCH');
  });
});

describe('a login', () => {
  const PASSWORD: Login = { kind: 'password', username: 'robot', password: 'hush:hush', from: 'USER and PASSWORD' };
  const BASIC = `Basic ${Buffer.from('robot:hush:hush').toString('base64')}`;
  const TOKEN_PATH = '/auth?scope=repository%3Akairos%2Fhadron%3Apull&service=registry.example';
  const as = (login: Login): Settings => ({ accessTo: () => ({ ...ANYBODY, login }) });
  const mockTagsAs = (authorization: string, status = 200, headers: Record<string, string> = {}) =>
    mockHost(ORIGIN, { reqheaders: { authorization } })
      .get(`${BASE}/tags/list?n=100`)
      .reply(status, { tags: ['v1'] }, headers);
  const mockBare = (challenge: string) =>
    mockHost(ORIGIN, { badheaders: ['authorization'] })
      .get(`${BASE}/tags/list?n=100`)
      .reply(401, '', { 'www-authenticate': challenge });

  it('is shown to the token service, and the registry sees its token only', async () => {
    mockBare(CHALLENGE);
    mockHost(ORIGIN, { reqheaders: { authorization: BASIC } })
      .get(TOKEN_PATH)
      .reply(200, { token: 'abc' });
    mockTagsAs('Bearer abc');
    expect(await clientFor(as(PASSWORD)).client.tags()).toEqual(['v1']);
  });

  it('is shown to a registry that wants no more than that, at once the next time', async () => {
    const { client, meter } = clientFor(as(PASSWORD));
    mockBare('Basic realm="Registry"');
    mockTagsAs(BASIC);
    mockTagsAs(BASIC);
    await client.tags();
    await client.tags();
    expect(meter.requests).toBe(3);
  });

  it('may be a refresh token, which is posted and never part of an address', async () => {
    mockBare(CHALLENGE);
    const form = {
      grant_type: 'refresh_token',
      client_id: 'kairos-herald',
      refresh_token: 'r3fresh',
      scope: 'repository:kairos/hadron:pull',
      service: 'registry.example',
    };
    mockHost(ORIGIN).post('/auth', form).reply(200, { access_token: 'abc', expires_in: 300 });
    mockTagsAs('Bearer abc');
    const login: Login = { kind: 'identity-token', token: 'r3fresh', from: 'config.json' };
    expect(await clientFor(as(login)).client.tags()).toEqual(['v1']);
  });

  it.each([
    ['the registry', 'Basic realm="Registry"', () => mockTagsAs(BASIC, 401)],
    ['the token service', CHALLENGE, () => mockHost(ORIGIN).get(TOKEN_PATH).reply(401)],
  ])('that %s refuses names the variables to check, and not what is in them', async (_who, challenge, mockRefusal) => {
    mockBare(challenge);
    mockRefusal();
    const failure = await failureFrom(clientFor(as(PASSWORD)).client.tags());
    expect(failure).toMatchObject({ code: 'UNAUTHORIZED', message: expect.stringContaining('USER and PASSWORD') });
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toMatch(/hush|cm9ib3Q/);
  });

  it('that changed is used at once, not the token of the old one', async () => {
    const admissions = createAdmissions();
    mockBare('Basic realm="Registry"');
    mockTagsAs(BASIC);
    await clientFor({ ...as(PASSWORD), admissions }).client.tags();
    const renewed: Login = { ...PASSWORD, password: 'new' };
    mockBare('Basic realm="Registry"');
    mockTagsAs(`Basic ${Buffer.from('robot:new').toString('base64')}`);
    await clientFor({ ...as(renewed), admissions }).client.tags();
  });

  it('that a helper program holds is not there, and the refusal says so', async () => {
    mockBare('Basic realm="Registry"');
    const failure = await failureFrom(clientFor(as({ kind: 'helper', from: '/home/me/.docker/config.json' })).client.tags());
    expect(failure.message).toContain('/home/me/.docker/config.json leaves it to a helper program, which Herald does not run');
  });

  it('of a registry is not sent to a token service it does not own', async () => {
    mockBare('Bearer realm="https://evil.example/token",service="registry.example"');
    const { client, meter } = clientFor(as(PASSWORD));
    expect((await failureFrom(client.tags())).code).toBe('FORBIDDEN_ADDRESS');
    expect(meter.requests).toBe(1);
  });

  it.each([
    ['over plain http when the registry is named without plainHttp', 'http://registry.example', 'registry.example'],
    ['to the endpoint of a target when it is the login of the host in its name', 'https://other.example', 'registry.example'],
  ])('is not sent %s', async (_what, endpoint, host) => {
    mockHost(endpoint, { badheaders: ['authorization'] })
      .get(`${BASE}/tags/list?n=100`)
      .reply(401, '', { 'www-authenticate': 'Basic realm="x"' });
    const accessTo: AccessTo = (asked) => (asked === host ? { ...ANYBODY, login: PASSWORD } : ANYBODY);
    const client = createOciClient({
      http: httpFor(endpoint),
      clock: clockAt(),
      meter: createMeter(),
      repository: 'registry.example/kairos/hadron',
      endpoint,
      accessTo,
    });
    expect((await failureFrom(client.tags())).code).toBe('UNAUTHORIZED');
  });

  it('does not follow a blob to where the registry keeps it', async () => {
    const content = 'content';
    const wanted = { digest: sha256(content), size: content.length };
    const { client } = clientFor(as(PASSWORD));
    mockBare('Basic realm="Registry"');
    mockTagsAs(BASIC);
    await client.tags();
    mockHost(ORIGIN, { reqheaders: { authorization: BASIC } })
      .get(`${BASE}/blobs/${wanted.digest}`)
      .reply(302, '', { location: 'https://cdn.example/b' });
    mockHost('https://cdn.example', { badheaders: ['authorization'] })
      .get('/b')
      .reply(200, content);
    expect(Buffer.from(await client.blob(wanted)).toString()).toBe(content);
  });
});

describe('a poll of a registry', () => {
  const TAGS = ['v0.5.1-core-amd64-generic-v4.3.0', 'v0.5.0-core-amd64-generic-v4.2.0', 'latest', `sha256-${'a'.repeat(64)}.sig`];
  const [NEW = '', OLD = ''] = TAGS;
  const TARGET = targetOf('oci', 'registry.example/kairos/hadron');
  const stored = (tag: string, digest: string | null): [string, StoredTag] => [
    tag,
    { tag, digest, removedAt: null, unrecognised: false, reads: null, releaseKey: null },
  ];
  const mockHead = (tag: string, status: number, headers: Record<string, string> = {}) =>
    mockHost(ORIGIN).head(`${BASE}/manifests/${tag}`).reply(status, '', headers);

  function digestsOf({ observations }: Observed) {
    return new Map(observations.flatMap((row) => (row.kind === 'tag' ? [[row.tag, row.digest] as const] : [])));
  }

  it('costs one request a page of tags and one a digest that is looked at, with the token it had before', async () => {
    const source = createOciSource({ http: httpFor(), clock: clockAt() });
    const known = async () => new Map([stored('latest', null)]);
    mockHost(ORIGIN, { badheaders: ['authorization'] })
      .get(`${BASE}/tags/list?n=100`)
      .reply(401, '', { 'www-authenticate': CHALLENGE });
    mockHost(ORIGIN).get('/auth?scope=repository%3Akairos%2Fhadron%3Apull&service=registry.example').reply(200, { token: 'abc' });
    mockTags('n=100', ['latest']);
    expect((await source.observe(TARGET, null, known)).requests).toBe(3);
    mockHost(ORIGIN, { reqheaders: { authorization: 'Bearer abc' } })
      .get(`${BASE}/tags/list?n=100`)
      .reply(200, { tags: TAGS });
    for (const tag of [NEW, OLD]) mockHead(tag, 200, { 'docker-content-digest': sha256(tag) });
    const observed = await source.observe(TARGET, null, known);
    expect(observed.requests).toBe(3);
    expect(Object.fromEntries(digestsOf(observed))).toEqual({
      ...Object.fromEntries(TAGS.map((tag) => [tag, null])),
      [NEW]: sha256(NEW),
      [OLD]: sha256(OLD),
    });
  });

  it.each<[string, number, Record<string, string>]>([
    ['is gone meanwhile', 404, {}],
    ['has a digest of another form', 200, { 'docker-content-digest': 'sha256:short' }],
    ['is one too many', 429, {}],
  ])('leaves the digest of a tag that %s unknown', async (_what, status, headers) => {
    mockTags('n=100', [NEW]);
    mockHead(NEW, status, headers);
    const observed = await createOciSource({ http: httpFor(), clock: clockAt() }).observe(TARGET, null, nothingKnown);
    expect([...digestsOf(observed).values()]).toEqual([null]);
    expect(observed.complete).toBe(true);
  });

  it('asks a mirror, and what it finds keeps the official name', async () => {
    mockHost('https://harbor.example:8443')
      .get('/v2/proxy/kairos/hadron/tags/list?n=100')
      .reply(200, { tags: ['latest'] });
    const via = { ...TARGET, repository: 'quay.io/kairos/hadron', via: 'harbor.example:8443/proxy/kairos/hadron' };
    const source = createOciSource({ http: httpFor('https://harbor.example:8443'), clock: clockAt() });
    expect((await source.observe(via, null, nothingKnown)).observations).toHaveLength(1);
  });
});

describe('a manifest', () => {
  const descriptor = (mediaType = IMAGE) => ({ mediaType, digest: sha256('x'), size: 1 });
  const imageBody = JSON.stringify({
    schemaVersion: 2,
    mediaType: IMAGE,
    config: descriptor('application/vnd.oci.image.config.v1+json'),
    layers: [],
  });
  const indexBody = JSON.stringify({
    schemaVersion: 2,
    manifests: [{ ...descriptor(), platform: { os: 'linux', architecture: 'amd64' } }],
  });

  function mockManifest(reference: string, body: string, type: string, headers: Record<string, string> = {}) {
    mockHost(ORIGIN)
      .get(`${BASE}/manifests/${reference}`)
      .reply(200, body, { 'content-type': type, ...headers });
  }

  it('is known by the digest of its own bytes', async () => {
    mockManifest('v1', imageBody, `${IMAGE}; charset=utf-8`, { 'docker-content-digest': sha256(imageBody) });
    const manifest = await clientFor().client.manifest('v1');
    expect(manifest).toMatchObject({ kind: 'image', digest: sha256(imageBody), mediaType: IMAGE, layers: [] });
    expect(Buffer.from(manifest.bytes).toString()).toBe(imageBody);
  });

  it('may be an index, with a manifest a platform', async () => {
    mockManifest(sha256(indexBody), indexBody, INDEX);
    const manifest = await clientFor().client.manifest(sha256(indexBody));
    expect(manifest).toMatchObject({ kind: 'index', manifests: [{ digest: sha256('x'), platform: { architecture: 'amd64' } }] });
  });

  it('that is not what was asked for by digest is refused', async () => {
    mockManifest(sha256('asked'), imageBody, IMAGE, { 'docker-content-digest': sha256('asked') });
    expect((await failureFrom(clientFor().client.manifest(sha256('asked')))).code).toBe('DIGEST_MISMATCH');
  });

  it('whose digest header lies is refused', async () => {
    mockManifest('v1', imageBody, IMAGE, { 'docker-content-digest': sha256('other') });
    expect((await failureFrom(clientFor().client.manifest('v1'))).code).toBe('DIGEST_MISMATCH');
  });

  it.each([
    ['an image called an index', imageBody, INDEX],
    ['an index called an image', indexBody, IMAGE],
    ['one that is both', JSON.stringify({ ...JSON.parse(indexBody), ...JSON.parse(imageBody), mediaType: undefined }), IMAGE],
    ['one whose own type differs', imageBody, 'application/vnd.docker.distribution.manifest.v2+json'],
    ['one of a type of 2015', imageBody, 'application/vnd.docker.distribution.manifest.v1+prettyjws'],
    ['one without a type', imageBody, ''],
    ['one with a layer that has no digest', JSON.stringify({ ...JSON.parse(imageBody), layers: [{ mediaType: 'x', size: 1 }] }), IMAGE],
  ])('%s is refused', async (_case, body, type) => {
    mockManifest('v1', body, type);
    expect((await failureFrom(clientFor().client.manifest('v1'))).code).toBe('SCHEMA_MISMATCH');
  });

  it('larger than 4 MiB is refused', async () => {
    mockManifest('v1', ' '.repeat(4 * 1024 * 1024 + 1), IMAGE);
    expect((await failureFrom(clientFor().client.manifest('v1'))).code).toBe('TOO_LARGE');
  });

  it('that redirects is not followed', async () => {
    mockHost(ORIGIN).get(`${BASE}/manifests/v1`).reply(307, '', { location: 'https://cdn.example/m' });
    expect((await failureFrom(clientFor().client.manifest('v1'))).code).toBe('BAD_REDIRECT');
  });

  it.each(['../../x', 'a/b', 'sha256:abc', 'sha512:ab', ''])('%j is never asked for', async (reference) => {
    expect((await failureFrom(clientFor().client.manifest(reference))).code).toBe('INVALID_REFERENCE');
  });
});

describe('a blob', () => {
  const content = 'content of a layer';
  const wanted = { digest: sha256(content), size: content.length };
  const mockBlob = (body: string) => mockHost(ORIGIN).get(`${BASE}/blobs/${wanted.digest}`).reply(200, body);

  it('is checked against its descriptor, wherever the registry keeps it', async () => {
    mockHost(ORIGIN).get(`${BASE}/blobs/${wanted.digest}`).reply(302, '', { location: 'https://cdn.example/b?sig=1' });
    mockHost('https://cdn.example').get('/b?sig=1').reply(200, content);
    expect(Buffer.from(await clientFor().client.blob(wanted)).toString()).toBe(content);
  });

  it.each([
    ['other content of the same length', 'CONTENT of a layer', 'DIGEST_MISMATCH'],
    ['less than announced', 'content', 'DIGEST_MISMATCH'],
    ['more than announced', `${content}!`, 'TOO_LARGE'],
  ])('%s is refused', async (_case, body, code) => {
    mockBlob(body);
    expect((await failureFrom(clientFor().client.blob(wanted))).code).toBe(code);
  });

  it('that says it is too large, or has no proper digest, is not asked for', async () => {
    const { client, meter } = clientFor();
    expect((await failureFrom(client.blob({ ...wanted, size: 1001 }, 1000))).code).toBe('TOO_LARGE');
    expect((await failureFrom(client.blob({ ...wanted, digest: '../x' }))).code).toBe('INVALID_REFERENCE');
    expect(meter.requests).toBe(0);
  });
});
