/** A receiver of events, as somebody would write it, and the whole chain to it: from what a registry shows to what was received. */
import Fastify, { type FastifyInstance } from 'fastify';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttp } from '../../src/adapters/http.ts';
import { createWebhookNotifier } from '../../src/adapters/webhook/notifier.ts';
import { pollTarget } from '../../src/app/poll-target.ts';
import { instant, MS, plusMs } from '../../src/core/time.ts';
import { pglite } from '../support/databases.ts';
import { type DroppingProxy, startDroppingProxy } from '../support/dropping-proxy.ts';
import { type Scripted, scripted, tagRow } from '../support/scripted.ts';
import { UNHURRIED } from '../support/sources.ts';
import { subscription, T0, target, useStore } from '../support/stores.ts';

const SECRET = Buffer.alloc(32, 7).toString('base64');
const HADRON = target('hadron');
const FLEET = subscription('fleet', { destination: { kind: 'webhook', endpoint: 'fleet' } });

interface Received {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly data: { readonly version: string; readonly revision: number; readonly images: readonly { readonly reference: string }[] };
}

const store = useStore(pglite);
let receiver: FastifyInstance;
let proxy: DroppingProxy;
let world: Scripted;
/** Everything that arrived with a good signature, in the order it came. */
let received: Received[];

beforeEach(async () => {
  received = [];
  receiver = Fastify();
  receiver.addContentTypeParser('application/cloudevents+json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  receiver.post<{ Body: string }>('/hooks/kairos', async (request, reply) => {
    received.push(new Webhook(SECRET).verify(request.body, request.headers as Record<string, string>) as Received);
    return reply.code(204).send();
  });
  proxy = await startDroppingProxy(await receiver.listen({ host: '127.0.0.1', port: 0 }));
  const clock = { now: () => instant(new Date()) };
  const http = createHttp({ version: '0.0.0-test', clock, allowOrigins: [proxy.url], limits: () => UNHURRIED });
  const endpoints = new Map([['fleet', { url: new URL('/hooks/kairos', proxy.url), secret: SECRET }]]);
  world = scripted(store(), [HADRON], { webhook: createWebhookNotifier({ http, clock, endpoints }) });
  await store().applyConfiguration([HADRON], [FLEET], T0);
  world.shows('hadron', [tagRow('v0.5.1-core-amd64-generic-v4.2.0')]);
  await pollTarget(world.deps, 'hadron');
});

afterEach(async () => {
  await Promise.all([proxy.close(), receiver.close()]);
});

async function comesOut(...tags: readonly string[]): Promise<void> {
  world.shows('hadron', [...tags.map((tag) => tagRow(tag, { since: world.now })), tagRow('v0.5.1-core-amd64-generic-v4.2.0')]);
  await pollTarget(world.deps, 'hadron');
  await world.work();
}

describe('a receiver of signed events', () => {
  it('is told of a release once, and of its next revision when more images come', async () => {
    world.now = plusMs(T0, MS.hour);
    await comesOut('v0.5.1-core-amd64-generic-v4.3.0');
    world.now = plusMs(T0, 2 * MS.hour);
    await comesOut('v0.5.1-core-amd64-generic-v4.3.0', 'v0.5.1-core-arm64-generic-v4.3.0');
    expect(received.map(({ type, subject, data }) => [type, subject, data.version, data.revision, data.images.length])).toEqual([
      ['io.kairos.herald.release.v1', 'release:kairos@v4.3.0', 'v4.3.0', 1, 1],
      ['io.kairos.herald.release.v1', 'release:kairos@v4.3.0', 'v4.3.0', 2, 2],
    ]);
    expect(new Set(received.map(({ id }) => id)).size).toBe(2);
  });

  it('gets the same event again under the same id when its answer was lost, so that it can tell', async () => {
    proxy.dropAnswersTo(() => true);
    world.now = plusMs(T0, MS.hour);
    await comesOut('v0.5.1-core-amd64-generic-v4.3.0');
    proxy.dropNothing();
    world.now = plusMs(T0, 2 * MS.hour);
    await world.work();
    const ids = received.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
    expect(await store().deliveryCounts()).toMatchObject({ shown: 1, owed: 0, ambiguous: 0 });
  });
});
