/**
 * Image repositories on Quay, through its own tag API: unlike the registry's tag list it is ordered newest first and keeps ended rows, so
 * that a routine poll is one request and a re-push or a deletion is a row of its own.
 */
import { z } from 'zod';
import type { TagRow } from '../../core/discover.ts';
import { HeraldError } from '../../core/errors.ts';
import { registryOrigin, splitRepository } from '../../core/repository.ts';
import type { Target } from '../../core/target.ts';
import { epochMs, type Instant, instant, MS, msBetween } from '../../core/time.ts';
import type { Clock, Source } from '../../ports.ts';
import { createMeter, type Http, type Meter, parseJson } from '../http.ts';
import { type QuayTag, QuayTagPage } from './schema.ts';

/** What the configuration says of one Quay, by its host. */
export interface QuayAccess {
  readonly plainHttp: boolean;
  /** An OAuth token that may read private repositories. `from` names the variable it came from. */
  readonly apiToken: { readonly value: string; readonly from: string } | null;
}

export interface QuaySourceDeps {
  readonly http: Http;
  readonly clock: Clock;
  /** Default: every Quay is asked over https, as nobody. */
  readonly accessTo?: (host: string) => QuayAccess;
  /**
   * How often everything is listed again. A deleted tag gets an end but keeps its start, so it does not come to the top where a routine
   * poll looks. Quay keeps ended rows for two weeks by default, so missed polls do no harm. Default 20 hours: of a target polled daily, every
   * poll is then a full one, also when it starts a second earlier than the day before.
   */
  readonly fullEveryMs?: number;
  /** Default 200 pages, which is 20,000 rows. */
  readonly maxPages?: number;
}

const ANYBODY: QuayAccess = { plainHttp: false, apiToken: null };

const PAGE_SIZE = 100;
const MAX_PAGE_BYTES = 2 * 1024 * 1024;

/** `newest`: start of the newest row seen, Unix seconds. `fullAt`: when everything was last listed. */
const Mark = z.object({ newest: z.number(), fullAt: z.iso.datetime() });

interface Rows {
  readonly rows: readonly QuayTag[];
  readonly complete: boolean;
}

/**
 * Target: `quay.io/organisation/name`. The first poll lists everything, later ones read to the first row older than the watermark. All rows
 * of the pages read are answered, older ones too: an end among them is a deletion noticed early.
 * Throws the errors of adapters/http.ts, INVALID_REFERENCE, UNAUTHORIZED that names the token, and TOO_MANY for a listing that has no end.
 */
export function createQuaySource(deps: QuaySourceDeps): Source {
  const { http, clock, accessTo = () => ANYBODY, fullEveryMs = 20 * MS.hour, maxPages = 200 } = deps;
  return {
    kind: 'quay',
    async observe(target, since) {
      const place = placeOf(target, accessTo);
      const now = clock.now();
      const mark = Mark.safeParse(since).data ?? null;
      const fullIsDue = mark === null || !isWithin(instant(mark.fullAt), now, fullEveryMs);
      const meter = createMeter();
      const { rows, complete } = await listRows(http, place, meter, maxPages, fullIsDue ? null : mark.newest);
      return {
        observations: rows.map((row) => observationOf(row, now)),
        complete,
        watermark: { newest: newestOf(rows, now, mark?.newest ?? 0), fullAt: complete ? now : (mark?.fullAt ?? now) },
        requests: meter.requests,
      };
    },
  };
}

/** Where the tags of a repository are listed, and as whom they are asked for. */
interface Place {
  readonly base: string;
  readonly apiToken: QuayAccess['apiToken'];
}

/** The token of a host goes to that host's own origin and nowhere else, an endpoint included. */
function placeOf({ repository, endpoint }: Target, accessTo: (host: string) => QuayAccess): Place {
  const { host, path } = splitRepository(repository);
  const asked = endpoint === null ? host : new URL(endpoint).host;
  const { plainHttp, apiToken } = accessTo(asked);
  const own = registryOrigin(asked, plainHttp);
  const server = (endpoint ?? own).replace(/\/$/, '');
  return { base: `${server}/api/v1/repository/${path}/tag/`, apiToken: new URL(server).origin === own ? apiToken : null };
}

/** Reads pages until the end, or until a row that began before `until`; rows of that very second are kept, others may share it. */
async function listRows(http: Http, { base, apiToken }: Place, meter: Meter, maxPages: number, until: number | null): Promise<Rows> {
  const headers = apiToken === null ? {} : { authorization: `Bearer ${apiToken.value}` };
  // Pushes during the listing shift rows to the next page: the same row may come twice.
  const rows = new Map<string, QuayTag>();
  for (let page = 1; page <= maxPages; page += 1) {
    const url = new URL(`${base}?limit=${PAGE_SIZE}&page=${page}`);
    const response = await http.get({ url, headers, meter, maxBytes: MAX_PAGE_BYTES, expect: apiToken === null ? [] : [401, 403] });
    if (response.status !== 200) {
      throw new HeraldError('UNAUTHORIZED', `${response.what} does not accept the token in ${apiToken?.from}.`, {
        hint: 'It must be an OAuth token of this Quay that is still valid and may read the repository.',
      });
    }
    const answer = parseJson(response, QuayTagPage);
    requireNewestFirst(answer.tags, base);
    const before = rows.size;
    for (const row of answer.tags) rows.set(`${row.name} ${row.start_ts} ${row.manifest_digest}`, row);
    if (!answer.has_additional) return { rows: [...rows.values()], complete: true };
    if (rows.size === before) throw new HeraldError('TOO_MANY', `${base} repeats itself: page ${page} has nothing new and promises more.`);
    if (until !== null && answer.tags.some((row) => row.start_ts < until)) return { rows: [...rows.values()], complete: false };
  }
  throw new HeraldError('TOO_MANY', `${base} has more than ${maxPages} pages.`);
}

/** Stopping at the watermark is only right for this order. */
function requireNewestFirst(rows: readonly QuayTag[], what: string): void {
  const isOrdered = rows.every((row, index) => row.start_ts <= (rows[index - 1]?.start_ts ?? Number.POSITIVE_INFINITY));
  if (!isOrdered) throw new HeraldError('SCHEMA_MISMATCH', `${what} does not list the newest tags first.`);
}

function observationOf(row: QuayTag, now: Instant): TagRow {
  const end = row.end_ts === undefined ? null : instant(row.end_ts * MS.second);
  return {
    kind: 'tag',
    tag: row.name,
    digest: row.manifest_digest,
    size: row.size ?? null,
    since: instant(row.start_ts * MS.second),
    until: end !== null && end <= now ? end : null,
  };
}

/** Never later than now: one row dated next year would hide everything pushed until then. */
function newestOf(rows: readonly QuayTag[], now: Instant, before: number): number {
  const newest = rows.reduce((max, row) => Math.max(max, row.start_ts), before);
  return Math.min(newest, Math.floor(epochMs(now) / MS.second));
}

function isWithin(from: Instant, now: Instant, ms: number): boolean {
  const elapsed = msBetween(from, now);
  return elapsed >= 0 && elapsed < ms;
}
