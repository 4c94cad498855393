import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createMeter } from '../../src/adapters/http.ts';
import { createOciClient } from '../../src/adapters/oci/client.ts';
import { createOciSource } from '../../src/adapters/oci/source.ts';
import { MS, plusMs } from '../../src/core/time.ts';
import type { Clock } from '../../src/ports.ts';
import { mockHost } from '../support/http-mock.ts';
import { clockAt, failureFrom, httpFor, NOW, targetOf } from '../support/sources.ts';

const ORIGIN = 'https://registry.example';
const BASE = '/v2/kairos/hadron';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const CHALLENGE = `Bearer realm="${ORIGIN}/auth",service="registry.example",scope="repository:other/secret:pull,push"`;

const sha256 = (content: string | Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

interface Settings {
  maxPages?: number;
  repository?: string;
  realmOrigins?: string[];
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
    );
    expect(observed).toEqual({
      observations: [{ kind: 'tag', tag: 'v1', digest: null, size: null, since: null, until: null }],
      complete: true,
      watermark: {},
      requests: 1,
    });
  });

  it.each(['registry.example/../secret', 'registry.example/a/../../b', 'registry.example/A'])('of %s are never asked for', async (name) => {
    const source = createOciSource({ http: httpFor(), clock: clockAt() });
    expect((await failureFrom(source.observe(targetOf('oci', name), null))).code).toBe('INVALID_REFERENCE');
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

    now = plusMs(NOW, 5 * MS.minute);
    mockChallenge(CHALLENGE);
    mockToken({ token: 'def', expires_in: 300 });
    mockTagsWith('def');
    await client.tags();
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
    expect(await clientFor({ realmOrigins: ['https://login.example'] }).client.tags()).toEqual(['v1']);
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
