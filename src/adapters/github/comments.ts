/** Comments on one issue as the notifier needs them: ours, told by author and marker, as issues are. */
import type { ProbotOctokit } from 'probot';
import { z } from 'zod';
import { HeraldError } from '../../core/errors.ts';
import { parseMarker, printMarker } from '../../core/marker.ts';
import type { Payload } from '../../ports.ts';
import { hasNextPage } from '../http.ts';

const MAX_PAGES = 30;

const Comment = z.object({ id: z.number(), body: z.string().nullish(), user: z.object({ login: z.string() }).nullish() });
type GithubPayload = Extract<Payload, { kind: 'github' }>;

export interface Comments {
  /** The id of our comment that carries this delivery's marker, the oldest first; null when there is none. Null too when the issue is gone. */
  withKey(key: string): Promise<number | null>;
  create(payload: GithubPayload, key: string): Promise<number>;
  /** False when it is gone. */
  show(id: number, payload: GithubPayload, key: string): Promise<boolean>;
}

/** `signal` bounds the time of everything that is asked through the result. */
export function commentsOf(
  octokit: ProbotOctokit,
  issue: { readonly owner: string; readonly repo: string; readonly issue_number: number },
  creator: string,
  signal: AbortSignal,
): Comments {
  const common = { ...issue, request: { signal } };
  const { owner, repo } = issue;
  const byUs = (login: string | undefined) => login?.toLowerCase() === creator.toLowerCase();

  return {
    async withKey(key) {
      for (let page = 1; page <= MAX_PAGES; page += 1) {
        const { data, headers } = await octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
          ...common,
          per_page: 100,
          page,
        });
        const ours = z
          .array(Comment)
          .parse(data)
          .find(({ user, body }) => byUs(user?.login) && parseMarker(body ?? '') === key);
        if (ours !== undefined) return ours.id;
        if (!hasNextPage((name) => (name === 'link' ? headers.link : undefined))) return null;
      }
      throw new HeraldError('TOO_MANY', `${owner}/${repo}#${issue.issue_number} has more than ${MAX_PAGES * 100} comments.`);
    },

    async create(payload, key) {
      const { data } = await octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        ...common,
        body: bodyOf(payload, key),
      });
      return Comment.parse(data).id;
    },

    async show(id, payload, key) {
      try {
        const body = bodyOf(payload, key);
        await octokit.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
          owner,
          repo,
          comment_id: id,
          body,
          request: { signal },
        });
        return true;
      } catch (error) {
        if (error instanceof Error && 'status' in error && (error.status === 404 || error.status === 410)) return false;
        throw error;
      }
    },
  };
}

/** An issue has a title, a comment begins with it. */
function bodyOf({ title, body }: GithubPayload, key: string): string {
  return `**${title}**\n\n${body.trimEnd()}\n\n${printMarker(key)}`;
}
