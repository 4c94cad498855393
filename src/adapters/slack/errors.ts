/** What Slack's errors mean for a message: whether it can have been accepted, and what a person has to do. */
import { webApi } from '@slack/bolt';
import { z } from 'zod';
import { type Failure, failureOf, HeraldError } from '../../core/errors.ts';
import { MS } from '../../core/time.ts';
import { neverSent } from '../http.ts';

export type SlackTrouble =
  /** Slack never got it, or said that it did nothing: try again. */
  | { readonly kind: 'retry'; readonly failure: Failure }
  /** Slack may have done it. */
  | { readonly kind: 'uncertain'; readonly failure: Failure }
  /** A person must change something first. */
  | { readonly kind: 'rejected'; readonly failure: Failure }
  /** The message is not there any more. */
  | { readonly kind: 'gone' };

/** Refusals and their next step, by the code in Slack's `error` field (docs.slack.dev, chat.postMessage and chat.update). */
const REFUSALS: Readonly<Record<string, (channel: string) => string>> = {
  channel_not_found: (channel) =>
    `Slack knows no channel ${channel} that this app can see: check the name, or use the channel's id, and invite the bot there with /invite @Kairos Herald.`,
  not_in_channel: (channel) => `The bot is not a member of ${channel}: invite it there with /invite @Kairos Herald.`,
  is_archived: (channel) => `The channel ${channel} is archived: unarchive it, or subscribe another channel.`,
  restricted_action: (channel) => `The workspace does not let this app post to ${channel}: ask a workspace admin to allow it.`,
  missing_scope: () => 'The Slack app lacks the scope chat:write: add it and install the app again.',
  msg_too_long: () => 'Slack refused the message as too long: this is a mistake in Herald, please report it.',
  msg_blocks_too_long: () => 'Slack refused the blocks as too long: this is a mistake in Herald, please report it.',
  invalid_blocks: () => 'Slack refused the blocks as malformed: this is a mistake in Herald, please report it.',
  cant_update_message: (channel) => `Slack does not let this app edit its message in ${channel}: was it sent by another app or token?`,
  edit_window_closed: (channel) => `The workspace's settings no longer allow editing the message in ${channel}: lengthen the edit window.`,
};

const BAD_CREDENTIALS = new Set(['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive']);
const TRY_LATER = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded', 'request_timeout', 'team_added_to_org']);
/** Slack documents of these that some part may have succeeded. */
const UNCLEAR = new Set(['internal_error', 'fatal_error', 'service_unavailable']);

/**
 * Reads an error of the client. `channel` is for the sentence. Nothing of the request gets into a sentence; of the answer
 * only a well-formed error code and Slack's own hint at a malformed block.
 */
export function troubleOf(error: unknown, channel: string): SlackTrouble {
  if (error instanceof webApi.WebAPIRateLimitedError) {
    const retryAfterMs = Math.min(error.retryAfter * MS.second, MS.hour);
    return { kind: 'retry', failure: failure('RATE_LIMITED', 'Slack asks Herald to send more slowly.', retryAfterMs) };
  }
  if (error instanceof webApi.WebAPIPlatformError) return refusalOf(error, channel);
  if (error instanceof webApi.WebAPIHTTPError) {
    const message = `Slack answered HTTP ${error.statusCode}.`;
    return { kind: error.statusCode >= 500 ? 'uncertain' : 'retry', failure: failure('DESTINATION_UNAVAILABLE', message) };
  }
  return neverSent(error)
    ? { kind: 'retry', failure: failure('DESTINATION_UNAVAILABLE', 'Slack cannot be reached.') }
    : { kind: 'uncertain', failure: failure('DESTINATION_UNAVAILABLE', 'The connection to Slack broke before it answered.') };
}

function refusalOf(error: webApi.WebAPIPlatformError, channel: string): SlackTrouble {
  const code = error.data.error;
  // An answer that is no JSON arrives here as its whole text: a proxy's login page, for example.
  if (!/^[a-z0-9_]{1,80}$/.test(code)) {
    return {
      kind: 'uncertain',
      failure: failure('UNEXPECTED_CONTENT', 'The answer did not come from Slack: is there a proxy in between?'),
    };
  }
  if (code === 'message_not_found') return { kind: 'gone' };
  if (UNCLEAR.has(code)) return { kind: 'uncertain', failure: failure('DESTINATION_UNAVAILABLE', `Slack reported ${code}.`) };
  if (TRY_LATER.has(code)) return { kind: 'retry', failure: failure('RATE_LIMITED', `Slack reported ${code}.`, 30 * MS.second) };
  if (BAD_CREDENTIALS.has(code)) {
    const message = `Slack does not accept the bot token (${code}): install the app again and set SLACK_BOT_TOKEN.`;
    return { kind: 'rejected', failure: failure('UNAUTHORIZED', message) };
  }
  const sentence = REFUSALS[code]?.(channel) ?? `Slack refused the message for ${channel} (${code}).`;
  return { kind: 'rejected', failure: failure('DESTINATION_REJECTED', `${sentence}${hintOf(error.data)}`) };
}

const hintSchema = z.object({ response_metadata: z.object({ messages: z.tuple([z.string()], z.string()) }) });

/** Slack names the malformed block: `[ERROR] no more than 50 items allowed [json-pointer:/blocks]`. */
function hintOf(data: unknown): string {
  const parsed = hintSchema.safeParse(data);
  return parsed.success ? ` Slack says: ${parsed.data.response_metadata.messages[0].slice(0, 200)}` : '';
}

export function failure(code: HeraldError['code'], message: string, retryAfterMs?: number): Failure {
  return failureOf(new HeraldError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs }));
}
