/** What a status that was not wanted means for the job that met it: RFC 9110, and GitHub's habit of answering 403 to "too many requests". */
import { HeraldError } from '../../core/errors.ts';
import { epochMs, type Instant, MS } from '../../core/time.ts';

/** A response header by lower-case name; repeated ones joined by a comma. */
export type HeaderReader = (name: string) => string | undefined;

/** The longest wait a server can talk us into. */
const MAX_RETRY_AFTER_MS = MS.day;

/** True for the redirects that name another place. 304 is not one: it answers a conditional request. */
export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** The error of an unwanted status; `what` names the request in the sentence. */
export function refusalOf(status: number, header: HeaderReader, what: string, now: Instant): HeraldError {
  const retryAfterMs = waitOf(header, now);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (isRateLimit(status, header)) return new HeraldError('RATE_LIMITED', `${what} answered ${status}: too many requests.`, wait);
  if (status >= 500 || status === 408) return new HeraldError('UPSTREAM_UNAVAILABLE', `${what} answered ${status}.`, wait);
  if (status === 404 || status === 410) {
    return new HeraldError('NOT_FOUND', `${what} answered ${status}: it does not exist there.`, {
      hint: 'Check the name for a typing mistake; a private repository can look like this too.',
    });
  }
  if (status === 401 || status === 403) {
    return new HeraldError('UNAUTHORIZED', `${what} answered ${status}: not allowed.`, {
      hint: 'Check that the repository exists and is public, or that the configured token may read it.',
    });
  }
  if (isRedirect(status)) {
    return new HeraldError('BAD_REDIRECT', `${what} answered ${status}: it sends us elsewhere, which is not followed here.`, {
      hint: 'A repository that was renamed answers like this: configure its new name.',
    });
  }
  return new HeraldError('UNEXPECTED_STATUS', `${what} answered ${status}.`);
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: 403 or 429, with these headers. */
function isRateLimit(status: number, header: HeaderReader): boolean {
  if (status === 429) return true;
  return status === 403 && (header('x-ratelimit-remaining') === '0' || header('retry-after') !== undefined);
}

/** Milliseconds the server asks us to wait, at most a day; undefined when it names no time we can read. */
function waitOf(header: HeaderReader, now: Instant): number | undefined {
  const wait = retryAfter(header('retry-after'), now) ?? rateLimitReset(header, now);
  return wait === undefined ? undefined : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}

/** RFC 9110 section 10.2.3: seconds, or an HTTP date. */
function retryAfter(value: string | undefined, now: Instant): number | undefined {
  if (value === undefined) return undefined;
  if (/^[0-9]{1,9}$/.test(value)) return Number(value) * MS.second;
  const at = /^[A-Z][a-z]{2}, /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at - epochMs(now);
}

function rateLimitReset(header: HeaderReader, now: Instant): number | undefined {
  const reset = header('x-ratelimit-reset');
  if (header('x-ratelimit-remaining') !== '0' || reset === undefined || !/^[0-9]{1,11}$/.test(reset)) return undefined;
  return Number(reset) * MS.second - epochMs(now);
}
