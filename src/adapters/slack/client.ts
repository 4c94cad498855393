/** Slack's own client, set so that it never sleeps, retries or prints: exactly one layer retries, the queue. */
import { webApi } from '@slack/bolt';
import { MS } from '../../core/time.ts';
import { boundedFetch } from '../http.ts';

export interface SlackClientOptions {
  /** A bot token. Never printed. */
  readonly token: string;
  /** Default `https://slack.com/api/`. */
  readonly apiUrl?: string;
}

/** Eleven requests, the most that finding a message takes, stay below the two minutes of a delivery's lease. */
const TIMEOUT_MS = 10 * MS.second;
/** A page of 200 messages of 50 blocks each is below 10 MB. */
const MAX_BYTES = 10_000_000;
const DEFAULT_RETRY_AFTER_SECONDS = '30';

/** A WebClient that makes one attempt, answers a rate limit with WebAPIRateLimitedError, and is over after 10 seconds. */
export function createSlackClient({ token, apiUrl }: SlackClientOptions): webApi.WebClient {
  return new webApi.WebClient(token, {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    fetch: fetchWithRetryAfter,
    logger: SILENT,
  });
}

const fetchOnce = boundedFetch({ timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });

/** The client knows a rate limit only by its Retry-After; a proxy in between may answer 429 without one. */
async function fetchWithRetryAfter(url: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetchOnce(url, init);
  if (response.status === 429 && Number.isNaN(Number.parseInt(response.headers.get('retry-after') ?? '', 10))) {
    response.headers.set('retry-after', DEFAULT_RETRY_AFTER_SECONDS);
  }
  return response;
}

/** Its debug lines hold whole messages. */
const ignore = () => undefined;
const SILENT = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  setLevel: ignore,
  getLevel: () => webApi.LogLevel.ERROR,
  setName: ignore,
};
