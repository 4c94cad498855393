/** Puts announcements into Slack channels: one message for each delivery, edited in place afterwards. */
import { z } from 'zod';
import type { FindOutcome, SendOutcome } from '../../core/delivery.ts';
import type { Notifier, Payload } from '../../ports.ts';
import { createSlackClient, type SlackClientOptions } from './client.ts';
import { failure, type SlackTrouble, troubleOf } from './errors.ts';
import { channelIdOf, EVENT_TYPE, type Identity, readIdentity, searchHistory } from './history.ts';

const sentSchema = z.object({ channel: z.string(), ts: z.string() });

/**
 * A notifier for one workspace. A destination's channel is an id (`C0123ABCD`) or a name with or without `#`; the external id
 * is `<channel id>/<timestamp>`. Needs the scope chat:write; find() needs channels:history (groups:history for a private
 * channel) too, and channels:read when the channel is given by name, and answers `unknown` without them.
 */
export function createSlackNotifier(options: SlackClientOptions): Notifier<'slack'> {
  const client = createSlackClient(options);
  /** Channel ids by name, as Slack's own answers told them. */
  const ids = new Map<string, string>();
  let self: Identity | undefined;

  return {
    kind: 'slack',

    async create(destination, payload, key, parent = null) {
      const channel = bare(destination.channel);
      try {
        const message = { channel, ...contentOf(payload, key), ...threadOf(parent), unfurl_links: false, unfurl_media: false };
        const sent = sentSchema.parse(await client.apiCall('chat.postMessage', message));
        ids.set(channel, sent.channel);
        return { kind: 'shown', externalId: `${sent.channel}/${sent.ts}` };
      } catch (error) {
        return troubleOf(error, shown(channel));
      }
    },

    async update(destination, externalId, payload, key) {
      const [channel, ts] = externalId.split('/');
      try {
        // All blocks again: chat.update removes what is left out.
        await client.apiCall('chat.update', { channel, ts, ...contentOf(payload, key) });
        return { kind: 'shown', externalId };
      } catch (error) {
        return editOutcome(troubleOf(error, shown(bare(destination.channel))));
      }
    },

    async find(destination, key, since) {
      const channel = bare(destination.channel);
      try {
        const channelId = isId(channel) ? channel : (ids.get(channel) ?? (await channelIdOf(client, channel)));
        if (channelId === null) return cannotTell(`Slack lists no public channel ${shown(channel)}: give the channel by its id.`);
        self ??= await readIdentity(client);
        const search = await searchHistory(client, { channelId, key, since, self });
        switch (search.kind) {
          case 'found':
            return { kind: 'found', externalId: `${channelId}/${search.ts}` };
          case 'absent':
            return { kind: 'absent' };
          case 'too-long':
            return cannotTell(`There are too many messages in ${shown(channel)} since the first attempt to look through.`);
        }
      } catch (error) {
        return unknownAfter(troubleOf(error, shown(channel)), shown(channel));
      }
    },
  };
}

/** In the thread of a message, and shown in the channel too: what is told there must not be overlooked. */
function threadOf(parent: string | null) {
  const [, ts] = parent?.split('/') ?? [];
  return ts === undefined ? {} : { thread_ts: ts, reply_broadcast: true };
}

function contentOf(payload: Extract<Payload, { kind: 'slack' }>, key: string) {
  return {
    text: payload.text,
    blocks: payload.blocks,
    metadata: { event_type: EVENT_TYPE, event_payload: { key } },
  };
}

/** An edit may be repeated: what is uncertain for a new message is only a retry for an edit. */
function editOutcome(trouble: SlackTrouble): SendOutcome {
  return trouble.kind === 'uncertain' ? { kind: 'retry', failure: trouble.failure } : trouble;
}

function unknownAfter(trouble: SlackTrouble, channel: string): FindOutcome {
  if (trouble.kind === 'gone') return { kind: 'absent' };
  if (trouble.failure.disposition === 'transient') return { kind: 'unknown', failure: trouble.failure };
  return cannotTell(
    `Herald may not read ${channel}, so it cannot tell whether an earlier message arrived there: give the app the scopes channels:history (groups:history for a private channel) and channels:read and install it again. ${trouble.failure.message}`,
  );
}

function cannotTell(message: string): FindOutcome {
  return { kind: 'unknown', failure: failure('AMBIGUOUS_SEND', message) };
}

function bare(channel: string): string {
  return channel.replace(/^#/, '');
}

/** Names are lower case, ids upper case. */
function isId(channel: string): boolean {
  return /^[CDG][A-Z0-9]+$/.test(channel);
}

function shown(channel: string): string {
  return isId(channel) ? channel : `#${channel}`;
}
