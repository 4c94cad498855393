/** The HTTP adapter against real sockets: what nock cannot show, because it never opens a connection. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, publicLookup } from '../../src/adapters/http/addresses.ts';
import { createMeter } from '../../src/adapters/http.ts';
import { createOciClient } from '../../src/adapters/oci/client.ts';
import { createQuaySource } from '../../src/adapters/quay/source.ts';
import {
  answer,
  endInBody,
  endlessBody,
  type HostileServer,
  hugeHeader,
  type Misbehaviour,
  resetInBody,
  silence,
  slowDrip,
  startHostileServer,
} from '../support/hostile-server.ts';
import { clockAt, failureFrom, httpFor, nothingKnown, targetOf } from '../support/sources.ts';

const MIB = 1024 * 1024;

function ask(server: HostileServer, path: string, settings: { deadlineMs?: number; maxBytes?: number; redirects?: 'blobs' } = {}) {
  const url = new URL(path, server.origin);
  return httpFor(server.origin).get({ url, meter: createMeter(), maxBytes: MIB, deadlineMs: 5000, ...settings });
}

describe('a server that', () => {
  it.each<[string, Misbehaviour, string, { deadlineMs?: number }]>([
    ['says nothing', silence, 'TIMEOUT', { deadlineMs: 150 }],
    ['drips a byte now and then', slowDrip, 'TIMEOUT', { deadlineMs: 300 }],
    ['sends a body without end', endlessBody('200 OK'), 'TOO_LARGE', {}],
    ['sends a bomb', answer('200 OK', ['content-encoding: gzip'], gzipSync(Buffer.alloc(10 * MIB))), 'BAD_ENCODING', {}],
    ['resets in the middle of the body', resetInBody, 'NETWORK', {}],
    ['ends in the middle of the body', endInBody, 'NETWORK', {}],
    ['sends a header of 64 KiB', hugeHeader, 'NETWORK', {}],
    ['does not speak HTTP', (socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n'), 'NETWORK', {}],
    ['hangs up at once', (socket) => void socket.destroy(), 'NETWORK', {}],
    ['refuses with a body without end', endlessBody('503 Busy'), 'UPSTREAM_UNAVAILABLE', {}],
  ])('%s gives a typed error, and its connection is closed', async (_case, misbehave, code, settings) => {
    await using server = await startHostileServer(() => misbehave);
    expect((await failureFrom(ask(server, '/', settings))).code).toBe(code);
    await server.quiet();
    expect(server.requests).toHaveLength(1);
    // What the cap allows, plus what the sockets of both sides hold.
    expect(server.bytesSent()).toBeLessThan(32 * MIB);
  });

  it('does not listen gives a network error', async () => {
    const server = await startHostileServer(() => silence);
    await server[Symbol.asyncDispose]();
    expect(await failureFrom(ask(server, '/'))).toMatchObject({ code: 'NETWORK', message: expect.stringContaining('ECONNREFUSED') });
  });

  it.each([
    ['http://169.254.169.254/latest/meta-data/', 'FORBIDDEN_ADDRESS'],
    ['https://[::ffff:127.0.0.1]/', 'FORBIDDEN_ADDRESS'],
    // A public form of name that leads to an inner address: known only when it is resolved.
    ['https://localhost/', 'FORBIDDEN_ADDRESS'],
    ['/loop', 'BAD_REDIRECT'],
  ])('redirects to %s is not followed (%s)', async (location, code) => {
    await using server = await startHostileServer(() => answer('302 Found', [`location: ${location}`]));
    expect((await failureFrom(ask(server, '/', { redirects: 'blobs' }))).code).toBe(code);
  });

  it('is slow on every page cannot hold a worker longer than the whole poll may take', async () => {
    await using server = await startHostileServer(() => silence);
    const meter = createMeter(150);
    const request = httpFor(server.origin).get({ url: new URL(server.origin), meter, maxBytes: 10 });
    expect((await failureFrom(request)).code).toBe('TIMEOUT');
  });
});

describe('credentials', () => {
  it('stay with the server they were meant for, also when the reader is sent back to it', async () => {
    await using storage = await startHostileServer((path) => answer('302 Found', [`location: ${path.slice('/back-to='.length)}/again`]));
    await using registry = await startHostileServer((path, origin) =>
      path === '/blob'
        ? answer('307 Temporary Redirect', [`location: ${storage.origin}/back-to=${origin}`])
        : answer('200 OK', [], 'bytes'),
    );
    await httpFor(registry.origin, storage.origin).get({
      url: new URL('/blob', registry.origin),
      headers: { authorization: 'Bearer t0p' },
      meter: createMeter(),
      maxBytes: 100,
      redirects: 'blobs',
    });
    expect(registry.requests).toHaveLength(2);
    expect(registry.requests[0]).toContain('Bearer t0p');
    expect([storage.requests[0], registry.requests[1]].join()).not.toMatch(/authorization/i);
  });
});

describe('a name', () => {
  const lookUp = (name: string, all: boolean) =>
    new Promise((resolve) => publicLookup(name, { all }, (error, address) => resolve(error ?? address)));

  it.each([true, false])('that leads to an inner address is refused when the socket is opened (all addresses: %s)', async (all) => {
    expect(await lookUp('localhost', all)).toMatchObject({ code: 'FORBIDDEN_ADDRESS' });
  });

  it('written as a public address passes', async () => {
    expect(await lookUp('9.9.9.9', false)).toBe('9.9.9.9');
    expect(await lookUp('9.9.9.9', true)).toEqual([{ address: '9.9.9.9', family: 4 }]);
  });

  it.each([
    ['9.9.9.9', true],
    ['2620:fe::fe', true],
    ['64:ff9b::909:909', true],
    ['64:ff9b::7f00:1', false],
    ['2002:7f00:1::', false],
    ['198.18.0.1', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['fec0::1', false],
    ['ff02::1', false],
    ['no address', false],
  ])('%s is public: %s', (address, expected) => {
    expect(isPublicAddress(address)).toBe(expected);
  });
});

describe('a registry that lies', () => {
  const content = '{"schemaVersion":2,"config":{},"layers":[]}';
  const claimed = `sha256:${createHash('sha256').update('other').digest('hex')}`;

  it('about a digest is found out', async () => {
    const type = 'content-type: application/vnd.oci.image.manifest.v1+json';
    await using server = await startHostileServer(() => answer('200 OK', [type, `docker-content-digest: ${claimed}`], content));
    const client = createOciClient({
      http: httpFor(server.origin),
      clock: clockAt(),
      meter: createMeter(),
      repository: 'registry.example/a/b',
      endpoint: server.origin,
    });
    expect((await failureFrom(client.manifest(claimed))).code).toBe('DIGEST_MISMATCH');
    expect((await failureFrom(client.manifest('v1'))).code).toBe('DIGEST_MISMATCH');
  });

  it.each<[string, Misbehaviour, string]>([
    ['a web page with status 200', answer('200 OK', ['content-type: text/html'], '<html>login</html>'), 'UNEXPECTED_CONTENT'],
    ['100 MB', endlessBody('200 OK'), 'TOO_LARGE'],
    ['the same page for ever', answer('200 OK', ['content-type: application/json'], '{"tags":[],"has_additional":true}'), 'TOO_MANY'],
    ['half an answer', endInBody, 'NETWORK'],
  ])('with %s instead of tags gives an error and no listing', async (_case, misbehave, code) => {
    await using server = await startHostileServer(() => misbehave);
    const source = createQuaySource({ http: httpFor(server.origin), clock: clockAt() });
    expect((await failureFrom(source.observe(targetOf('quay', 'quay.io/kairos/hadron', server.origin), null, nothingKnown))).code).toBe(
      code,
    );
  });
});
