/** The issues of one repository as the notifier needs them: ours, told by author and marker. */
import type { ProbotOctokit } from 'probot';
import { z } from 'zod';
import { HeraldError } from '../../core/errors.ts';
import { parseMarker, printMarker } from '../../core/marker.ts';
import { epochMs, type Instant, instant, MS } from '../../core/time.ts';
import type { Payload } from '../../ports.ts';
import { hasNextPage } from '../http.ts';

/** On every issue of ours, so that listing them does not list a repository's whole history. */
const LABEL = 'kairos-herald';

/** GitHub's clock and ours may differ. */
const CLOCK_SKEW_MS = 5 * MS.minute;
const MAX_PAGES = 50;

const issueSchema = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  user: z.object({ login: z.string() }).nullish(),
  labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])),
  pull_request: z.unknown().optional(),
});
export type Issue = z.infer<typeof issueSchema>;
type GithubPayload = Extract<Payload, { kind: 'github' }>;

export interface Issues {
  /** Our issues that carry this delivery's marker, lowest number first. */
  withKey(key: string, since?: Instant): Promise<readonly Issue[]>;
  /** Null when there is no such issue, or the repository cannot be seen. */
  get(number: number): Promise<Issue | null>;
  /** Throws like any request when the repository cannot be seen, and DESTINATION_REJECTED when its issues are turned off. */
  checkRepository(): Promise<void>;
  create(payload: GithubPayload, key: string): Promise<Issue>;
  /** Makes the issue show the payload; asks for nothing when it does, because every edit moves the issue to the top of its list. */
  show(issue: Issue, payload: GithubPayload, key: string): Promise<void>;
  closeAsDuplicate(number: number): Promise<void>;
  isOurs(issue: Issue, key: string): boolean;
}

/** `signal` bounds the time of everything that is asked through the result. */
export function issuesOf(
  octokit: ProbotOctokit,
  repository: { readonly owner: string; readonly repo: string },
  creator: string,
  signal: AbortSignal,
): Issues {
  const common = { ...repository, request: { signal } };
  const byUs = (issue: Issue) => issue.user?.login.toLowerCase() === creator.toLowerCase();
  const hasKey = (issue: Issue, key: string) => parseMarker(issue.body ?? '') === key;

  /** Never the search API, whose index lags behind; fully paged, because an issue on page two is no less there. */
  async function list(narrow: { readonly labels: string } | { readonly since: string }): Promise<Issue[]> {
    const found: Issue[] = [];
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const { data, headers } = await octokit.request('GET /repos/{owner}/{repo}/issues', {
        ...common,
        ...narrow,
        creator,
        state: 'all',
        per_page: 100,
        page,
      });
      found.push(...z.array(issueSchema).parse(data));
      if (!hasNextPage((name) => (name === 'link' ? headers.link : undefined))) return found;
    }
    throw new HeraldError('TOO_MANY', `${repository.owner}/${repository.repo} lists more than ${MAX_PAGES * 100} issues of ${creator}.`);
  }

  async function edit(number: number, changes: Record<string, unknown>): Promise<void> {
    await octokit.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', { ...common, issue_number: number, ...changes });
  }

  return {
    async withKey(key, since) {
      const ours = (issues: readonly Issue[]) =>
        issues.filter((issue) => issue.pull_request === undefined && byUs(issue) && hasKey(issue, key)).sort((a, b) => a.number - b.number);
      const labelled = ours(await list({ labels: LABEL }));
      if (labelled.length > 0 || since === undefined) return labelled;
      // GitHub drops the labels of a new issue silently when the token may not set any, and people take labels off.
      return ours(await list({ since: instant(epochMs(since) - CLOCK_SKEW_MS) }));
    },

    async get(number) {
      try {
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}', { ...common, issue_number: number });
        return issueSchema.parse(data);
      } catch (error) {
        if (error instanceof Error && 'status' in error && (error.status === 404 || error.status === 410)) return null;
        throw error;
      }
    },

    async checkRepository() {
      const { data } = await octokit.request('GET /repos/{owner}/{repo}', common);
      if (!z.object({ has_issues: z.boolean() }).parse(data).has_issues) {
        throw new HeraldError('DESTINATION_REJECTED', issuesTurnedOff(`${repository.owner}/${repository.repo}`));
      }
    },

    async create(payload, key) {
      const { data } = await octokit.request('POST /repos/{owner}/{repo}/issues', {
        ...common,
        title: payload.title,
        body: bodyOf(payload, key),
        labels: labelsOf(payload),
      });
      return issueSchema.parse(data);
    },

    async show(issue, payload, key) {
      const body = bodyOf(payload, key);
      const missing = missingLabels(issue, payload);
      const changes = {
        ...(issue.title === payload.title.trim() ? {} : { title: payload.title }),
        ...(plain(issue.body ?? '') === plain(body) ? {} : { body }),
        ...(missing.length === 0 ? {} : { labels: [...labelNames(issue), ...missing] }),
      };
      if (Object.keys(changes).length > 0) await edit(issue.number, changes);
    },

    closeAsDuplicate: (number) => edit(number, { state: 'closed', state_reason: 'not_planned' }),
    isOurs: (issue, key) => byUs(issue) || hasKey(issue, key),
  };
}

export function issuesTurnedOff(repository: string): string {
  return `Issues are turned off in ${repository}: turn them on in its settings, or name another repository.`;
}

function bodyOf(payload: GithubPayload, key: string): string {
  return `${payload.body.trimEnd()}\n\n${printMarker(key)}`;
}

/** GitHub's editor turns line ends into CRLF when a person saves an issue. */
function plain(body: string): string {
  return body.replaceAll('\r\n', '\n').trimEnd();
}

function labelsOf(payload: GithubPayload): string[] {
  return [...new Set([LABEL, ...payload.labels])];
}

function labelNames(issue: Issue): string[] {
  return issue.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))).filter((name) => name !== '');
}

/** Labels are only ever added: those that people set stay. GitHub compares their names without case. */
function missingLabels(issue: Issue, payload: GithubPayload): string[] {
  const present = new Set(labelNames(issue).map((name) => name.toLowerCase()));
  return labelsOf(payload).filter((name) => !present.has(name.toLowerCase()));
}
