/**
 * Sends announcements to web addresses as signed CloudEvents (https://cloudevents.io, version 1.0, structured JSON), signed as
 * https://www.standardwebhooks.com says. An event's id is the delivery with its revision, and it stays the same however often
 * the event is sent: a receiver that remembers ids loses nothing and repeats nothing.
 */
import { Webhook } from 'standardwebhooks';
import type { SendOutcome } from '../../core/delivery.ts';
import { failureOf, HeraldError } from '../../core/errors.ts';
import { MS } from '../../core/time.ts';
import type { Clock, Notifier, Payload } from '../../ports.ts';
import { createMeter, type Http } from '../http.ts';

/** Where events go, and what they are signed with. */
export interface WebhookEndpoint {
  readonly url: URL;
  /** Base64 of at least 24 bytes, with `whsec_` before it or not. */
  readonly secret: string;
}

export interface WebhookNotifierOptions {
  readonly http: Http;
  readonly clock: Clock;
  readonly endpoints: ReadonlyMap<string, WebhookEndpoint>;
}

type WebhookPayload = Extract<Payload, { kind: 'webhook' }>;

const SOURCE = 'urn:kairos-herald';
const ACCEPTED = [200, 201, 202, 204];
/** "Gone": the receiver does not want to hear of us any more. */
const UNSUBSCRIBED = 410;
/** An answer is looked at for its status alone. */
const MAX_ANSWER_BYTES = 64 * 1024;
const DEADLINE_MS = 30 * MS.second;

/** A notifier for every configured endpoint. Edits are events too: the next revision of the same subject. */
export function createWebhookNotifier({ http, clock, endpoints }: WebhookNotifierOptions): Notifier<'webhook'> {
  async function send(endpoint: string, payload: WebhookPayload, key: string): Promise<SendOutcome> {
    const to = endpoints.get(endpoint);
    if (to === undefined)
      return rejected(new HeraldError('MISSING_SECRET', `The webhook ${endpoint} is not in the configuration any more.`));
    const id = `${key}.${payload.revision}`;
    const body = JSON.stringify(eventOf(id, payload));
    const at = new Date(clock.now());
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / MS.second)),
      'webhook-signature': new Webhook(to.secret).sign(id, at, body),
    };
    try {
      const { status } = await http.post({
        url: to.url,
        headers,
        body,
        contentType: 'application/cloudevents+json',
        meter: createMeter(DEADLINE_MS),
        maxBytes: MAX_ANSWER_BYTES,
        expect: [...ACCEPTED, UNSUBSCRIBED],
      });
      if (status === UNSUBSCRIBED)
        return rejected(new HeraldError('UNEXPECTED_STATUS', `${endpoint} answered 410: it wants no more events.`));
      return { kind: 'shown', externalId: id };
    } catch (error) {
      if (!(error instanceof HeraldError)) throw error;
      // Sent or not, the same id comes again: there is nothing to be uncertain about.
      return error.disposition === 'transient' ? { kind: 'retry', failure: failureOf(error) } : rejected(error);
    }
  }

  return {
    kind: 'webhook',
    create: ({ endpoint }, payload, key) => send(endpoint, payload, key),
    update: ({ endpoint }, _externalId, payload, key) => send(endpoint, payload, key),
    // Nobody has to be asked: an event that arrived before is known to its receiver by its id.
    find: async () => ({ kind: 'absent' }),
  };
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
function eventOf(id: string, { type, subject, time, data }: WebhookPayload) {
  return { specversion: '1.0', id, source: SOURCE, type, subject, time, datacontenttype: 'application/json', data };
}

function rejected(error: HeraldError): SendOutcome {
  return { kind: 'rejected', failure: failureOf(error) };
}
