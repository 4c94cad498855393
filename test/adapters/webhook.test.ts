import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { createWebhookNotifier } from '../../src/adapters/webhook/notifier.ts';
import { instant } from '../../src/core/time.ts';
import type { Payload } from '../../src/ports.ts';
import { mockHost } from '../support/http-mock.ts';
import { clockAt, httpFor } from '../support/sources.ts';

const ORIGIN = 'https://fleet.example.com';
const SECRET = Buffer.alloc(32, 7).toString('base64');
const FLEET = { kind: 'webhook', endpoint: 'fleet' } as const;
const EVENT: Extract<Payload, { kind: 'webhook' }> = {
  kind: 'webhook',
  type: 'io.kairos.herald.release.v1',
  subject: 'release:kairos@v4.3.0',
  time: instant('2026-09-08T12:00:00Z'),
  revision: 2,
  data: { revision: 2, version: 'v4.3.0' },
};

const notifier = () =>
  createWebhookNotifier({
    http: httpFor(ORIGIN),
    clock: clockAt(instant(new Date())),
    endpoints: new Map([['fleet', { url: new URL(`${ORIGIN}/hooks/kairos`), secret: SECRET }]]),
  });
const answering = (status: number, headers: Record<string, string> = {}) =>
  mockHost(ORIGIN).post('/hooks/kairos').reply(status, '', headers);
const send = () => notifier().create(FLEET, EVENT, 'd1');

describe('an event', () => {
  it('says what it is, in structured JSON, and is signed so that its receiver can tell it from any other', async () => {
    const seen: Record<string, string> = {};
    const keep = (name: string) => (value: string | null) => {
      seen[name] = value ?? '';
      return true;
    };
    let body = '';
    mockHost(ORIGIN)
      .post('/hooks/kairos', (sent) => {
        body = JSON.stringify(sent);
        return true;
      })
      .matchHeader('content-type', 'application/cloudevents+json')
      .matchHeader('webhook-id', keep('webhook-id'))
      .matchHeader('webhook-timestamp', keep('webhook-timestamp'))
      .matchHeader('webhook-signature', keep('webhook-signature'))
      .reply(202);
    expect(await send()).toEqual({ kind: 'shown', externalId: 'd1.2' });
    expect(JSON.parse(body)).toEqual({
      specversion: '1.0',
      id: 'd1.2',
      source: 'urn:kairos-herald',
      type: EVENT.type,
      subject: EVENT.subject,
      time: EVENT.time,
      datacontenttype: 'application/json',
      data: EVENT.data,
    });
    expect(new Webhook(SECRET).verify(body, seen)).toMatchObject({ id: 'd1.2' });
  });
});

describe('what the receiver answers', () => {
  it.each([200, 201, 202, 204])('%i: it has it', async (status) => {
    answering(status);
    expect((await send()).kind).toBe('shown');
  });

  it.each([
    [429, 'retry', { 'retry-after': '30' }],
    [503, 'retry', { 'retry-after': '30' }],
  ])('%i with a time: not before then', async (status, kind, headers) => {
    answering(status, headers);
    expect(await send()).toMatchObject({ kind, failure: { retryAfterMs: 30_000 } });
  });

  it.each([
    [410, 'permanent'],
    [400, 'permanent'],
    [422, 'permanent'],
    [401, 'operator'],
    [404, 'operator'],
  ])('%i: it does not take it (%s)', async (status, disposition) => {
    answering(status);
    expect(await send()).toMatchObject({ kind: 'rejected', failure: { disposition } });
  });

  it('a redirect: it is not followed, the event was meant for this address', async () => {
    answering(307, { location: 'https://elsewhere.example.com/' });
    expect(await send()).toMatchObject({ kind: 'rejected', failure: { code: 'BAD_REDIRECT' } });
  });

  it('nothing, the connection broke: it is sent again under the same id, and nobody has to be asked', async () => {
    mockHost(ORIGIN)
      .post('/hooks/kairos')
      .replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    expect(await send()).toMatchObject({ kind: 'retry', failure: { code: 'NETWORK' } });
    expect(await notifier().find(FLEET, 'd1', instant('2026-09-08T12:00:00Z'))).toEqual({ kind: 'absent' });
  });
});

describe('a webhook that is not in the configuration any more', () => {
  it('is asked nothing', async () => {
    expect(await notifier().create({ kind: 'webhook', endpoint: 'gone' }, EVENT, 'd1')).toMatchObject({
      kind: 'rejected',
      failure: { disposition: 'operator' },
    });
  });
});
