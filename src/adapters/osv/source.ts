/**
 * Known vulnerabilities from OSV (https://osv.dev). Names and versions of packages are sent to it, so it is used only where the
 * configuration says so. Whatever is not a whole answer is an error: a missing page must never read as "no vulnerabilities".
 */
import { HeraldError } from '../../core/errors.ts';
import type { PackageQuestion } from '../../core/package-question.ts';
import { MS } from '../../core/time.ts';
import { isVulnerabilityId, type VulnerabilityRecord } from '../../core/vulnerabilities.ts';
import type { Clock, VulnerabilitySource } from '../../ports.ts';
import { createMeter, type Http, type Meter, parseJson } from '../http.ts';
import { OsvBatch, OsvRecord } from './schema.ts';

export interface OsvSourceDeps {
  readonly http: Http;
  readonly clock: Clock;
  /** `https://api.osv.dev`, or a mirror of it; it may have a path. */
  readonly apiUrl: string;
}

/** google/osv.dev `go/internal/api`: maxBatchQueries, maxBatchQueryTimeout (35 seconds), the soft limit of 10 MB for an answer. */
const BATCH = 1_000;
const DEADLINE_MS = 60 * MS.second;
const MAX_BATCH_BYTES = 32 * 1024 * 1024;
/** Two images of Kairos differ in some hundred packages; what asks more did not compare two of a kind. */
const MAX_QUESTIONS = 10_000;
/** The server stops when its time is over, not only when a page is full, so a repeated token is no sign of a loop; this is the end of one. */
const MAX_ROUNDS = 20;
const MAX_IDS = 20_000;
/** Records of the Linux kernel list every version there ever was. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;
/** As many as a host may be asked at once by default. */
const AT_ONCE = 4;

interface Open {
  readonly index: number;
  readonly question: PackageQuestion;
  readonly token: string | null;
}

/** Throws the errors of adapters/http.ts, SCHEMA_MISMATCH, TOO_MANY, and INVALID_QUERY for what is no id. */
export function createOsvSource({ http, clock, apiUrl }: OsvSourceDeps): VulnerabilitySource {
  const base = apiUrl.replace(/\/$/, '');
  const batchUrl = new URL(`${base}/v1/querybatch`);

  /** Asks one batch; gives what has to be asked on. */
  async function ask(batch: readonly Open[], found: readonly Set<string>[], meter: Meter): Promise<readonly Open[]> {
    const queries = batch.map(({ question: { ecosystem, name, version }, token }) => ({
      package: { ecosystem, name },
      version,
      ...(token === null ? {} : { page_token: token }),
    }));
    const response = await http.post({
      url: batchUrl,
      body: JSON.stringify({ queries }),
      contentType: 'application/json',
      meter,
      maxBytes: MAX_BATCH_BYTES,
      deadlineMs: DEADLINE_MS,
    });
    const { results } = parseJson(response, OsvBatch);
    // Answers are told apart by their place alone: one too few, and each after it would be another package's.
    if (results.length !== batch.length) {
      throw new HeraldError('SCHEMA_MISMATCH', `${response.what} gave ${results.length} answers to ${batch.length} questions.`);
    }
    return batch.flatMap((open, place): readonly Open[] => {
      const { vulns, next_page_token: token } = results[place] ?? {};
      for (const { id } of vulns ?? []) found[open.index]?.add(id);
      return token == null || token === '' ? [] : [{ ...open, token }];
    });
  }

  async function record(id: string, meter: Meter): Promise<VulnerabilityRecord | null> {
    if (!isVulnerabilityId(id)) throw new HeraldError('INVALID_QUERY', 'What is to be looked up is not the id of a vulnerability.');
    try {
      const url = new URL(`${base}/v1/vulns/${encodeURIComponent(id)}`);
      const read = await http.getJson({ url, meter, maxBytes: MAX_RECORD_BYTES }, OsvRecord);
      if (read.id !== id) throw new HeraldError('SCHEMA_MISMATCH', `${base} gave another record than the one asked for.`);
      return read;
    } catch (error) {
      // It was taken away meanwhile, or lists too much to be read: it is counted as not looked up, and still as there.
      if (error instanceof HeraldError && (error.code === 'NOT_FOUND' || error.code === 'TOO_LARGE')) return null;
      throw error;
    }
  }

  return {
    name: 'OSV',
    async affecting(questions) {
      if (questions.length > MAX_QUESTIONS) {
        throw new HeraldError('TOO_MANY', `The two differ in ${questions.length} packages; more than ${MAX_QUESTIONS} are not asked for.`);
      }
      const askedAt = clock.now();
      const meter = createMeter();
      const found = questions.map(() => new Set<string>());
      let open: readonly Open[] = questions.map((question, index) => ({ index, question, token: null }));
      for (let round = 0; open.length > 0; round += 1) {
        if (round === MAX_ROUNDS) throw new HeraldError('TOO_MANY', `${base} promises ever more pages.`);
        const next: Open[] = [];
        for (let start = 0; start < open.length; start += BATCH) next.push(...(await ask(open.slice(start, start + BATCH), found, meter)));
        if (found.reduce((sum, ids) => sum + ids.size, 0) > MAX_IDS) {
          throw new HeraldError('TOO_MANY', `${base} knows more than ${MAX_IDS} vulnerabilities of these packages.`);
        }
        open = next;
      }
      return { askedAt, ids: found.map((ids) => [...ids]) };
    },
    async describe(ids) {
      const meter = createMeter();
      const records: (VulnerabilityRecord | null)[] = [];
      for (let start = 0; start < ids.length; start += AT_ONCE) {
        records.push(...(await Promise.all(ids.slice(start, start + AT_ONCE).map((id) => record(id, meter)))));
      }
      return records.filter((one) => one !== null);
    },
  };
}
