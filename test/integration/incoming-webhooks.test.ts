/** Incoming webhooks at a server that really listens: who may send them, and that all they do is make a poll come sooner. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { earlyPoll } from '../../src/app/early-poll.ts';
import { webhookReaders } from '../../src/entry/compose.ts';
import { type HttpServer, startHttpServer } from '../../src/entry/http-server.ts';
import { pglite } from '../support/databases.ts';
import { type Scripted, scripted } from '../support/scripted.ts';
import { second, T0, target, useStore } from '../support/stores.ts';

const SECRET = 'a-secret-of-the-test-0123456789';
const HADRON = target('hadron');
const PAGES = target('pages', { kind: 'github-releases', repository: 'kairos-io/kairos' });
const EDGE = target('edge', { kind: 'oci', repository: 'registry.example.com/edge/ubuntu' });
const TARGETS = [HADRON, PAGES, EDGE];

const store = useStore(pglite);
let world: Scripted;
let server: HttpServer;

beforeEach(async () => {
  world = scripted(store(), TARGETS);
  await store().applyConfiguration(TARGETS, [], T0);
  const readers = webhookReaders({ incoming: { github: SECRET, quay: SECRET, registry: SECRET } });
  const onHint: Parameters<typeof startHttpServer>[0]['webhooks']['onHint'] = (hint) => earlyPoll(world.deps, hint);
  server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    store: store(),
    http: { hosts: () => [] },
    log: world.deps.log,
    webhooks: { readers, onHint },
  });
});

afterEach(() => server.close());

async function send(path: string, body: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`${server.url}/webhooks/${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return response.status;
}

const queued = () => [...world.queue.waiting.values()].map(({ name, payload }) => [name, payload]);
const RELEASE = JSON.stringify({ action: 'published', repository: { full_name: 'kairos-io/kairos' }, release: { tag_name: 'v99.0.0' } });
const signed = (body: string, secret = SECRET) => ({
  'x-github-event': 'release',
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});
const PUSH = JSON.stringify({ docker_url: 'quay.io/kairos/hadron', updated_tags: ['v99'] });
const EVENTS = JSON.stringify({
  events: [{ action: 'push', target: { repository: 'edge/ubuntu' }, request: { host: 'registry.example.com' } }],
});

describe('a webhook with the right secret', () => {
  it.each([
    ['GitHub: a release', 'github', RELEASE, signed(RELEASE), 'pages'],
    ['Quay: a push', `quay/${SECRET}`, PUSH, {}, 'hadron'],
    [
      'Distribution: a push',
      'registry',
      EVENTS,
      { authorization: `Bearer ${SECRET}`, 'content-type': 'application/vnd.docker.distribution.events.v1+json' },
      'edge',
    ],
  ])('%s queues one poll of the place it is about', async (_who, path, body, headers, targetId) => {
    expect(await send(path, body, headers)).toBe(202);
    expect(queued()).toEqual([['poll-target', { targetId }]]);
  });

  it('that comes many times, or again, is one poll', async () => {
    for (let times = 0; times < 5; times += 1) expect(await send('github', RELEASE, signed(RELEASE))).toBe(202);
    expect(queued()).toHaveLength(1);
  });

  it('soon after a poll waits for the end of the minute and is not dropped', async () => {
    await store().recordPollSuccess('pages', second(0), {}, 1);
    world.now = second(20);
    await send('github', RELEASE, signed(RELEASE));
    expect([...world.queue.waiting.values()].map(({ dueAt }) => dueAt)).toEqual([second(60)]);
  });

  it('is believed nothing: what it says of a release is stored nowhere', async () => {
    await send('github', RELEASE, signed(RELEASE));
    expect(await store().release('kairos@v99.0.0')).toBeNull();
  });

  it('about a place nobody watches, of another event, or that is no JSON changes nothing', async () => {
    const other = JSON.stringify({ repository: { full_name: 'kairos-io/other' } });
    expect(await send('github', other, signed(other))).toBe(202);
    expect(await send('github', RELEASE, { ...signed(RELEASE), 'x-github-event': 'push' })).toBe(202);
    expect(await send('github', 'nonsense', signed('nonsense'))).toBe(202);
    expect(queued()).toEqual([]);
  });
});

describe('a webhook that is not authentic', () => {
  it.each([
    ['signed with another secret', 'github', RELEASE, signed(RELEASE, 'another-secret-0123456789')],
    ['signed over another body', 'github', RELEASE, signed('{}')],
    ['not signed', 'github', RELEASE, { 'x-github-event': 'release' }],
    ['with the wrong end of the address', `quay/${SECRET}x`, PUSH, {}],
    ['without it', 'quay', PUSH, {}],
    ['with another token', 'registry', EVENTS, { authorization: 'Bearer x' }],
  ])('%s is refused and does nothing', async (_what, path, body, headers) => {
    expect(await send(path, body, headers)).toBe(401);
    expect(queued()).toEqual([]);
  });

  it('larger than a megabyte is not even read', async () => {
    expect(await send('github', 'x'.repeat(2_000_000), signed(RELEASE))).toBe(413);
  });

  it('of a kind nobody set a secret for has no address', async () => {
    expect(await send('gitlab', RELEASE)).toBe(404);
  });
});
