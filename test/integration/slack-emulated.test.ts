/** The Slack notifier against a stateful Slack: what people would see in the channel. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSlackNotifier } from '../../src/adapters/slack/notifier.ts';
import { instant } from '../../src/core/time.ts';
import type { Payload } from '../../src/ports.ts';
import { type DroppingProxy, startDroppingProxy } from '../support/dropping-proxy.ts';
import { type EmulatedSlack, startSlack } from '../support/emulators.ts';

const CHANNEL = 'kairos-releases';
const DESTINATION = { kind: 'slack', channel: `#${CHANNEL}` } as const;
const KEY = 'delivery-1';

let slack: EmulatedSlack;
let proxy: DroppingProxy;

beforeAll(async () => {
  slack = await startSlack({ channels: [CHANNEL, 'other'] });
  proxy = await startDroppingProxy(new URL(slack.apiUrl).origin);
});
beforeEach(() => {
  slack.reset();
  proxy.dropNothing();
});
afterAll(async () => {
  await proxy.close();
  await slack.close();
});

describe('Slack notifier', () => {
  it('posts one message with text, blocks and the key', async () => {
    const outcome = await herald().create(DESTINATION, message('v4.3.0'), KEY);

    const [posted, ...more] = await slack.messages(CHANNEL);
    expect(more).toEqual([]);
    expect(posted).toMatchObject({
      text: 'v4.3.0',
      blocks: message('v4.3.0').blocks,
      metadata: { event_type: 'kairos_herald_delivery', event_payload: { key: KEY } },
    });
    expect(outcome).toEqual({ kind: 'shown', externalId: `${await slack.channelId(CHANNEL)}/${posted?.ts}` });
  });

  it('edits the same message and keeps its key', async () => {
    const notifier = herald();
    const externalId = shownId(await notifier.create(DESTINATION, message('two images'), KEY));
    expect(await notifier.update(DESTINATION, externalId, message('three images'), KEY)).toEqual({ kind: 'shown', externalId });

    const messages = await slack.messages(CHANNEL);
    expect(messages.map(({ text }) => text)).toEqual(['three images']);
    expect(messages[0]?.blocks).toEqual(message('three images').blocks);
    expect(externalId.endsWith(messages[0]?.ts ?? 'none')).toBe(true);
    expect(await notifier.find(DESTINATION, KEY, hourAgo())).toEqual({ kind: 'found', externalId });
  });

  it('says gone when somebody deleted the message', async () => {
    const notifier = herald();
    const externalId = shownId(await notifier.create(DESTINATION, message('v4.3.0'), KEY));
    const [channel, ts] = externalId.split('/');
    await slack.call('chat.delete', { channel, ts }, slack.token);

    expect(await notifier.update(DESTINATION, externalId, message('again'), KEY)).toEqual({ kind: 'gone' });
    expect(await slack.messages(CHANNEL)).toEqual([]);
  });

  it('finds the message whose answer was lost, so that it is not sent twice', async () => {
    proxy.dropAnswersTo((_method, path) => path.endsWith('/chat.postMessage'));
    const outcome = await herald(proxy).create(DESTINATION, message('v4.3.0'), KEY);
    expect(outcome).toMatchObject({ kind: 'uncertain', failure: { code: 'DESTINATION_UNAVAILABLE', disposition: 'transient' } });

    proxy.dropNothing();
    // A new process: nothing is remembered, not even the channel's id.
    const restarted = herald(proxy);
    const found = await restarted.find(DESTINATION, KEY, hourAgo());
    const [posted, ...more] = await slack.messages(CHANNEL);
    expect(more).toEqual([]);
    expect(found).toEqual({ kind: 'found', externalId: `${await slack.channelId(CHANNEL)}/${posted?.ts}` });

    expect(await restarted.update(DESTINATION, shownId(found), message('v4.3.0, edited'), KEY)).toMatchObject({ kind: 'shown' });
    expect((await slack.messages(CHANNEL)).map(({ text }) => text)).toEqual(['v4.3.0, edited']);
  });

  it('repeats an edit whose answer was lost', async () => {
    const externalId = shownId(await herald().create(DESTINATION, message('one'), KEY));
    proxy.dropAnswersTo((_method, path) => path.endsWith('/chat.update'));
    expect(await herald(proxy).update(DESTINATION, externalId, message('two'), KEY)).toMatchObject({ kind: 'retry' });
    expect((await slack.messages(CHANNEL)).map(({ text }) => text)).toEqual(['two']);
  });

  it('does not take for its own what another app wrote, whatever its metadata', async () => {
    const metadata = { event_type: 'kairos_herald_delivery', event_payload: { key: KEY } };
    await slack.call('chat.postMessage', { channel: CHANNEL, text: 'forged', metadata }, slack.otherToken);
    await slack.call(
      'chat.postMessage',
      { channel: CHANNEL, text: 'other event', metadata: { ...metadata, event_type: 'x' } },
      slack.token,
    );
    expect(await herald().find(DESTINATION, KEY, hourAgo())).toEqual({ kind: 'absent' });
  });

  it('looks through several pages of a busy channel', async () => {
    const notifier = herald();
    const externalId = shownId(await notifier.create(DESTINATION, message('v4.3.0'), KEY));
    for (let n = 0; n < 450; n += 1) await slack.call('chat.postMessage', { channel: CHANNEL, text: `chatter ${n}` });
    expect(await notifier.find(DESTINATION, KEY, hourAgo())).toEqual({ kind: 'found', externalId });
  });

  it('is honest when a channel is too busy to look through', async () => {
    await herald().create(DESTINATION, message('v4.3.0'), KEY);
    for (let n = 0; n < 1001; n += 1) await slack.call('chat.postMessage', { channel: CHANNEL, text: `chatter ${n}` });
    expect(await herald().find(DESTINATION, KEY, hourAgo())).toMatchObject({ kind: 'unknown', failure: { code: 'AMBIGUOUS_SEND' } });
  });

  it('names the missing step when the channel is unknown or archived', async () => {
    const unknown = await herald().create({ kind: 'slack', channel: '#no-such-channel' }, message('v4.3.0'), KEY);
    expect(unknown).toMatchObject({ kind: 'rejected', failure: { code: 'DESTINATION_REJECTED', disposition: 'operator' } });
    expect(sentence(unknown)).toContain('/invite @Kairos Herald');

    await slack.call('conversations.archive', { channel: await slack.channelId('other') });
    const archived = await herald().create({ kind: 'slack', channel: 'other' }, message('v4.3.0'), KEY);
    expect(sentence(archived)).toContain('archived');
  });

  it('cannot tell without the history scope, and says which one is missing', async () => {
    const strict = await startSlack({ channels: [CHANNEL], scopes: ['chat:write', 'channels:read'] });
    try {
      const notifier = createSlackNotifier({ token: strict.token, apiUrl: strict.apiUrl });
      expect((await notifier.create(DESTINATION, message('v4.3.0'), KEY)).kind).toBe('shown');
      const found = await notifier.find(DESTINATION, KEY, hourAgo());
      expect(found).toMatchObject({ kind: 'unknown', failure: { code: 'AMBIGUOUS_SEND', disposition: 'operator' } });
      expect(sentence(found)).toContain('channels:history');
    } finally {
      await strict.close();
    }
  });
});

function herald(through?: DroppingProxy) {
  const apiUrl = through === undefined ? slack.apiUrl : `${through.url}/api/`;
  return createSlackNotifier({ token: slack.token, apiUrl });
}

function message(text: string): Extract<Payload, { kind: 'slack' }> {
  return { kind: 'slack', text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `*${text}*` } }] };
}

function shownId(outcome: { readonly kind: string; readonly externalId?: string }): string {
  if (outcome.externalId === undefined) throw new Error(`expected a message, got ${JSON.stringify(outcome)}`);
  return outcome.externalId;
}

function sentence(outcome: { readonly kind: string; readonly failure?: { readonly message: string } }): string {
  return outcome.failure?.message ?? '';
}

function hourAgo() {
  return instant(Date.now() - 3_600_000);
}
