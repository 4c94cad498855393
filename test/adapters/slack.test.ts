/** What each of Slack's answers means for a delivery: sent, to be tried again, perhaps sent, refused. */
import { describe, expect, it } from 'vitest';
import { createSlackNotifier } from '../../src/adapters/slack/notifier.ts';
import type { SendOutcome } from '../../src/core/delivery.ts';
import { instant } from '../../src/core/time.ts';
import { mockHost } from '../support/http-mock.ts';

const SLACK = 'https://slack.com';
const TOKEN = 'made-up-token';
const CHANNEL = 'C0123ABCD';
const DESTINATION = { kind: 'slack', channel: CHANNEL } as const;
const MESSAGE = { kind: 'slack', text: 'Kairos v4.3.0', blocks: [{ type: 'divider' }] } as const;
const SINCE = instant('2026-09-08T09:00:00Z');

const herald = () => createSlackNotifier({ token: TOKEN });
const create = () => herald().create(DESTINATION, MESSAGE, 'delivery-1');
const update = () => herald().update(DESTINATION, `${CHANNEL}/1.2`, MESSAGE, 'delivery-1');
const find = () => herald().find(DESTINATION, 'delivery-1', SINCE);

type Answer = { readonly status?: number; readonly body?: unknown; readonly headers?: Record<string, string>; readonly errno?: string };

function slackAnswers(method: string, answer: Answer): void {
  const request = mockHost(SLACK, { reqheaders: { authorization: `Bearer ${TOKEN}` } }).post(`/api/${method}`);
  if (answer.errno !== undefined) {
    request.replyWithError(Object.assign(new Error(answer.errno), { code: answer.errno }));
    return;
  }
  const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? { ok: true });
  request.reply(answer.status ?? 200, body, answer.headers ?? {});
}

describe('a reply', () => {
  it('goes into the thread of its message, and is shown in the channel too', async () => {
    const sent: unknown[] = [];
    mockHost(SLACK)
      .post('/api/chat.postMessage', (body) => {
        sent.push(body);
        return true;
      })
      .reply(200, { ok: true, channel: CHANNEL, ts: '3.4' });
    expect(await herald().create(DESTINATION, MESSAGE, 'delivery-2', `${CHANNEL}/1.2`)).toEqual({
      kind: 'shown',
      externalId: `${CHANNEL}/3.4`,
    });
    expect(sent).toEqual([expect.objectContaining({ thread_ts: '1.2', reply_broadcast: 'true' })]);
  });
});

const refused = (error: string): Answer => ({ body: { ok: false, error } });

type Fate = readonly [name: string, answer: Answer, created: SendOutcome['kind'], updated: SendOutcome['kind'], code: string | null];
const FATES: readonly Fate[] = [
  ['channel_not_found', refused('channel_not_found'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['not_in_channel', refused('not_in_channel'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['is_archived', refused('is_archived'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['missing_scope', refused('missing_scope'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['msg_too_long', refused('msg_too_long'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['msg_blocks_too_long', refused('msg_blocks_too_long'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['invalid_blocks', refused('invalid_blocks'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['a refusal nobody has heard of', refused('brand_new_reason'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['cant_update_message', refused('cant_update_message'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['edit_window_closed', refused('edit_window_closed'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['invalid_auth', refused('invalid_auth'), 'rejected', 'rejected', 'UNAUTHORIZED'],
  ['token_revoked', refused('token_revoked'), 'rejected', 'rejected', 'UNAUTHORIZED'],
  ['message_not_found', refused('message_not_found'), 'gone', 'gone', null],
  ['ratelimited without a status', refused('ratelimited'), 'retry', 'retry', 'RATE_LIMITED'],
  ['internal_error', refused('internal_error'), 'uncertain', 'retry', 'DESTINATION_UNAVAILABLE'],
  ['fatal_error', refused('fatal_error'), 'uncertain', 'retry', 'DESTINATION_UNAVAILABLE'],
  ['500', { status: 500, body: 'oops' }, 'uncertain', 'retry', 'DESTINATION_UNAVAILABLE'],
  ['503', { status: 503, body: 'oops' }, 'uncertain', 'retry', 'DESTINATION_UNAVAILABLE'],
  ['403 of a proxy', { status: 403, body: 'no' }, 'retry', 'retry', 'DESTINATION_UNAVAILABLE'],
  ['a web page instead of an answer', { body: '<html>Please log in</html>' }, 'uncertain', 'retry', 'UNEXPECTED_CONTENT'],
  ['null instead of an answer', { body: 'null' }, 'uncertain', 'retry', 'DESTINATION_UNAVAILABLE'],
  ['name resolution failed', { errno: 'ENOTFOUND' }, 'retry', 'retry', 'DESTINATION_UNAVAILABLE'],
  ['connection refused', { errno: 'ECONNREFUSED' }, 'retry', 'retry', 'DESTINATION_UNAVAILABLE'],
  ['connection reset', { errno: 'ECONNRESET' }, 'uncertain', 'retry', 'DESTINATION_UNAVAILABLE'],
  ['timeout', { errno: 'ETIMEDOUT' }, 'uncertain', 'retry', 'DESTINATION_UNAVAILABLE'],
];

describe('Slack notifier: errors', () => {
  it.each(FATES)('%s', async (_name, answer, created, updated, code) => {
    slackAnswers('chat.postMessage', answer);
    const outcomeOfCreate = await create();
    expect(outcomeOfCreate.kind).toBe(created);
    slackAnswers('chat.update', answer);
    const outcomeOfUpdate = await update();
    expect(outcomeOfUpdate.kind).toBe(updated);
    if (code !== null) {
      expect(outcomeOfCreate).toMatchObject({ failure: { code } });
      expect(outcomeOfUpdate).toMatchObject({ failure: { code } });
    }
    expect(JSON.stringify([outcomeOfCreate, outcomeOfUpdate])).not.toContain(TOKEN);
  });

  it.each([
    ['the wait that Slack names', { 'retry-after': '7' }, 7_000],
    ['half a minute when a proxy names none', {}, 30_000],
    ['an hour at most', { 'retry-after': '999999' }, 3_600_000],
  ])('waits after 429: %s', async (_name, headers, retryAfterMs) => {
    slackAnswers('chat.postMessage', { status: 429, body: {}, headers });
    expect(await create()).toMatchObject({ kind: 'retry', failure: { code: 'RATE_LIMITED', retryAfterMs } });
  });

  it('passes on which block Slack finds malformed', async () => {
    const messages = ['[ERROR] no more than 50 items allowed [json-pointer:/blocks]'];
    slackAnswers('chat.postMessage', { body: { ok: false, error: 'invalid_blocks', response_metadata: { messages } } });
    const outcome = await create();
    expect(outcome.kind === 'rejected' ? outcome.failure.message : outcome).toContain('no more than 50 items allowed');
  });

  it('takes an answer that names no message for an uncertain one', async () => {
    slackAnswers('chat.postMessage', { body: { ok: true, channel: CHANNEL } });
    expect((await create()).kind).toBe('uncertain');
  });
});

describe('Slack notifier: what is sent', () => {
  it('sends all blocks and the key with every message and every edit, and lets no link unfold', async () => {
    const bodies: Record<string, string>[] = [];
    const record = (body: Record<string, string>) => bodies.push(body) > 0;
    mockHost(SLACK).post('/api/chat.postMessage', record).reply(200, { ok: true, channel: CHANNEL, ts: '1.2' });
    mockHost(SLACK).post('/api/chat.update', record).reply(200, { ok: true, channel: CHANNEL, ts: '1.2' });

    expect(await create()).toEqual({ kind: 'shown', externalId: `${CHANNEL}/1.2` });
    expect(await update()).toEqual({ kind: 'shown', externalId: `${CHANNEL}/1.2` });
    const content = {
      text: 'Kairos v4.3.0',
      blocks: '[{"type":"divider"}]',
      metadata: '{"event_type":"kairos_herald_delivery","event_payload":{"key":"delivery-1"}}',
    };
    expect(bodies).toEqual([
      { channel: CHANNEL, ...content, unfurl_links: 'false', unfurl_media: 'false' },
      { channel: CHANNEL, ts: '1.2', ...content },
    ]);
  });
});

describe('Slack notifier: looking for a message', () => {
  const metadata = { event_type: 'kairos_herald_delivery', event_payload: { key: 'delivery-1' } };
  const whoWeAre = () => slackAnswers('auth.test', { body: { ok: true, user_id: 'UHERALD', bot_id: 'BHERALD' } });

  it('reads the history since shortly before the first attempt, with metadata', async () => {
    whoWeAre();
    mockHost(SLACK)
      .post('/api/conversations.history', {
        channel: CHANNEL,
        oldest: String(Date.parse('2026-09-08T08:55:00Z') / 1000),
        limit: '200',
        include_all_metadata: 'true',
      })
      .reply(200, { ok: true, messages: [{ ts: '3.4', bot_id: 'BHERALD', metadata }], response_metadata: { next_cursor: '' } });
    expect(await find()).toEqual({ kind: 'found', externalId: `${CHANNEL}/3.4` });
  });

  it.each([
    ['another bot', { bot_id: 'BOTHER', user: 'UOTHER', metadata }],
    ['a message without an author', { metadata }],
    ['another delivery', { bot_id: 'BHERALD', metadata: { ...metadata, event_payload: { key: 'delivery-2' } } }],
    ['another kind of event', { bot_id: 'BHERALD', metadata: { ...metadata, event_type: 'deployment' } }],
    ['no metadata', { bot_id: 'BHERALD', text: 'delivery-1' }],
  ])('is not fooled by %s', async (_name, message) => {
    whoWeAre();
    slackAnswers('conversations.history', { body: { ok: true, messages: [{ ts: '3.4', ...message }] } });
    expect(await find()).toEqual({ kind: 'absent' });
  });

  it.each([
    ['may not read the history', refused('missing_scope'), 'AMBIGUOUS_SEND'],
    ['is not in the channel', refused('not_in_channel'), 'AMBIGUOUS_SEND'],
    ['is asked to slow down', { status: 429, body: {}, headers: { 'retry-after': '5' } }, 'RATE_LIMITED'],
    ['gets a server error', { status: 502, body: '' }, 'DESTINATION_UNAVAILABLE'],
    ['gets an answer of another shape', { body: { ok: true, messages: 'none' } }, 'DESTINATION_UNAVAILABLE'],
  ])('cannot tell when it %s', async (_name, answer, code) => {
    whoWeAre();
    slackAnswers('conversations.history', answer);
    expect(await find()).toMatchObject({ kind: 'unknown', failure: { code } });
  });

  it('needs the id of a channel that is not listed', async () => {
    slackAnswers('conversations.list', { body: { ok: true, channels: [{ id: 'C1', name: 'general' }] } });
    const outcome = await herald().find({ kind: 'slack', channel: '#secret' }, 'delivery-1', SINCE);
    expect(outcome).toMatchObject({ kind: 'unknown', failure: { code: 'AMBIGUOUS_SEND' } });
  });
});
