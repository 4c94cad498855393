/** Looks in a channel's recent history for a message of ours by the key in its metadata. */
import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import { epochMs, type Instant, MS } from '../../core/time.ts';

/** Marks our messages; the delivery's key is in the payload beside it. */
export const EVENT_TYPE = 'kairos_herald_delivery';

/** Slack's clock and ours may differ. */
const CLOCK_SKEW_MS = 5 * MS.minute;
const PAGE_SIZE = 200;
const MAX_PAGES = 5;

const identitySchema = z.object({ user_id: z.string(), bot_id: z.string().optional() });
/** Who the token is. */
export type Identity = z.infer<typeof identitySchema>;

const pageOf = <T extends z.ZodRawShape>(shape: T) =>
  z.object({ ...shape, response_metadata: z.object({ next_cursor: z.string().optional() }).optional() });

const historySchema = pageOf({
  messages: z.array(
    z.object({
      ts: z.string(),
      user: z.string().optional(),
      bot_id: z.string().optional(),
      metadata: z.object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()).optional() }).optional(),
    }),
  ),
});
type Message = z.infer<typeof historySchema>['messages'][number];

const channelsSchema = pageOf({ channels: z.array(z.object({ id: z.string(), name: z.string().optional() })) });

export type Search = { readonly kind: 'found'; readonly ts: string } | { readonly kind: 'absent' } | { readonly kind: 'too-long' };

/** Who the token is, as Slack says. */
export async function readIdentity(client: webApi.WebClient): Promise<Identity> {
  return identitySchema.parse(await client.apiCall('auth.test'));
}

/**
 * Searches messages younger than `since`, newest first, at most 1,000; `too-long` when there are more. A message counts only
 * when Slack says that our own bot sent it: any app in the channel may write any metadata.
 */
export async function searchHistory(
  client: webApi.WebClient,
  query: { readonly channelId: string; readonly key: string; readonly since: Instant; readonly self: Identity },
): Promise<Search> {
  const oldest = String((epochMs(query.since) - CLOCK_SKEW_MS) / MS.second);
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = historySchema.parse(
      await client.apiCall('conversations.history', {
        channel: query.channelId,
        oldest,
        limit: PAGE_SIZE,
        include_all_metadata: true,
        cursor,
      }),
    );
    const ours = answer.messages.find((message) => isFrom(message, query.self) && keyOf(message) === query.key);
    if (ours !== undefined) return { kind: 'found', ts: ours.ts };
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (cursor === undefined) return { kind: 'absent' };
  }
  return { kind: 'too-long' };
}

function isFrom(message: Message, self: Identity): boolean {
  return message.user === self.user_id || (self.bot_id !== undefined && message.bot_id === self.bot_id);
}

function keyOf(message: Message): unknown {
  return message.metadata?.event_type === EVENT_TYPE ? message.metadata.event_payload?.key : undefined;
}

/** The id of a public channel by its name; null when there is none among the first 5,000. History is read by id only. */
export async function channelIdOf(client: webApi.WebClient, name: string): Promise<string | null> {
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = channelsSchema.parse(await client.apiCall('conversations.list', { limit: 1000, exclude_archived: true, cursor }));
    const channel = answer.channels.find((candidate) => candidate.name === name);
    if (channel !== undefined) return channel.id;
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (cursor === undefined) return null;
  }
  return null;
}
