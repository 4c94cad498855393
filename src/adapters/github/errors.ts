/** What GitHub's errors mean for an issue: whether it can have been written, and what a person has to do. */
import { z } from 'zod';
import { type Failure, failureOf, HeraldError } from '../../core/errors.ts';
import { epochMs, type Instant, MS } from '../../core/time.ts';
import { neverSent } from '../http.ts';
import { issuesTurnedOff } from './issues.ts';

/** The part of Octokit's RequestError that matters; `response` is missing when no answer came. */
const requestErrorSchema = z.object({
  status: z.number(),
  response: z.object({
    headers: z.record(z.string(), z.unknown()),
    data: z.object({ message: z.string() }).catch({ message: '' }),
  }),
});

export type GithubTrouble =
  | { readonly kind: 'retry'; readonly failure: Failure }
  | { readonly kind: 'uncertain'; readonly failure: Failure }
  | { readonly kind: 'rejected'; readonly failure: Failure };

export interface TroubleContext {
  /** `owner/name`, for the sentence. */
  readonly repository: string;
  /** True when the failed request was one that makes an issue: repeating it blindly could make two. */
  readonly creating: boolean;
  readonly now: Instant;
}

/** Reads an error of a request. Nothing of the request gets into a sentence; of the answer only GitHub's own message, cut. */
export function troubleOf(error: unknown, context: TroubleContext): GithubTrouble {
  if (error instanceof HeraldError) {
    const failure = failureOf(error);
    return failure.disposition === 'transient' ? { kind: 'retry', failure } : { kind: 'rejected', failure };
  }
  const answered = requestErrorSchema.safeParse(error);
  if (answered.success) return troubleOfAnswer(answered.data, context);
  const repeatable = neverSent(error) || !context.creating;
  const message = neverSent(error) ? 'GitHub cannot be reached.' : 'The connection to GitHub broke, or its answer could not be read.';
  return { kind: repeatable ? 'retry' : 'uncertain', failure: failure('DESTINATION_UNAVAILABLE', message) };
}

function troubleOfAnswer({ status, response }: z.infer<typeof requestErrorSchema>, context: TroubleContext): GithubTrouble {
  const { repository, creating, now } = context;
  const said = response.data.message.slice(0, 200);
  const retryAfterMs = pauseOf(status, response.headers, said, now);
  if (retryAfterMs !== null) {
    return { kind: 'retry', failure: failure('RATE_LIMITED', 'GitHub asks Herald to send more slowly.', retryAfterMs) };
  }
  if (status >= 500) {
    return { kind: creating ? 'uncertain' : 'retry', failure: failure('DESTINATION_UNAVAILABLE', `GitHub answered HTTP ${status}.`) };
  }
  switch (status) {
    case 401:
      return rejected('UNAUTHORIZED', 'GitHub does not accept the credentials: renew the token, or check the app id and its private key.');
    case 403:
      return rejected(
        'DESTINATION_REJECTED',
        `Herald may not write issues in ${repository}: give it read and write access to issues. GitHub says: ${said}`,
      );
    case 404:
      return rejected(
        'DESTINATION_REJECTED',
        `There is no repository ${repository} that Herald can see: check the name, and give the token or app access to it.`,
      );
    case 410:
      return rejected('DESTINATION_REJECTED', issuesTurnedOff(repository));
    default:
      return rejected('DESTINATION_REJECTED', `GitHub refused the issue for ${repository} (HTTP ${status}): ${said}`);
  }
}

function rejected(code: 'UNAUTHORIZED' | 'DESTINATION_REJECTED', message: string): GithubTrouble {
  return { kind: 'rejected', failure: failure(code, message) };
}

/**
 * How long to wait when the answer is a rate limit, in milliseconds, else null. Primary limits name the end of their window,
 * secondary ones a Retry-After or nothing but a sentence (docs.github.com, "Rate limits for the REST API").
 */
function pauseOf(status: number, headers: Readonly<Record<string, unknown>>, said: string, now: Instant): number | null {
  if (status !== 403 && status !== 429) return null;
  const retryAfter = wholeNumber(headers['retry-after']);
  if (retryAfter !== null) return within(retryAfter * MS.second);
  const reset = wholeNumber(headers['x-ratelimit-reset']);
  if (wholeNumber(headers['x-ratelimit-remaining']) === 0 && reset !== null) return within(reset * MS.second - epochMs(now));
  return status === 429 || /rate limit/i.test(said) ? MS.minute : null;
}

function wholeNumber(value: unknown): number | null {
  return typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : null;
}

/** GitHub's windows last an hour at most. */
function within(ms: number): number {
  return Math.min(Math.max(ms, MS.second), MS.hour);
}

function failure(code: HeraldError['code'], message: string, retryAfterMs?: number): Failure {
  return failureOf(new HeraldError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs }));
}
