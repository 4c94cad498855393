/** Puts announcements into GitHub issues: one issue for each delivery, edited in place afterwards. */
import type { SendOutcome } from '../../core/delivery.ts';
import { HeraldError } from '../../core/errors.ts';
import { type Instant, instant, MS } from '../../core/time.ts';
import type { Log, Notifier, Payload } from '../../ports.ts';
import { createGithubClient, type GithubClientOptions } from './client.ts';
import { type Comments, commentsOf } from './comments.ts';
import { troubleOf } from './errors.ts';
import { type Issue, type Issues, issuesOf } from './issues.ts';

export interface GithubNotifierOptions extends GithubClientOptions {
  /** For the end of a rate-limit window. */
  readonly now?: () => Instant;
  /** Told when a duplicate that lost a race could not be closed. */
  readonly log?: Log;
}

type GithubPayload = Extract<Payload, { kind: 'github' }>;

/** With finding out who we are (three requests of ten seconds) this stays below the two minutes of a delivery's lease. */
const CALL_TIMEOUT_MS = 80 * MS.second;

/**
 * A notifier for all repositories its credentials reach (issues: read and write). The external id is the issue's number, and of
 * a comment also its own.
 * An issue is ours when we wrote it and its body ends with the delivery's marker: anybody may plant a marker, nobody else
 * may write under our login. Whether the issue is open or closed is the readers' decision and never changed.
 */
export function createGithubNotifier(options: GithubNotifierOptions): Notifier<'github'> {
  const client = createGithubClient(options);
  const now = options.now ?? (() => instant(new Date()));

  async function open(repository: string): Promise<Issues> {
    const { octokit, owner, repo } = await reach(repository);
    return issuesOf(octokit, { owner, repo }, await client.login(), AbortSignal.timeout(CALL_TIMEOUT_MS));
  }

  async function openComments(repository: string, issue: number): Promise<Comments> {
    const { octokit, owner, repo } = await reach(repository);
    return commentsOf(octokit, { owner, repo, issue_number: issue }, await client.login(), AbortSignal.timeout(CALL_TIMEOUT_MS));
  }

  async function reach(repository: string) {
    const [owner, repo, ...rest] = repository.split('/');
    if (!owner || !repo || rest.length > 0) {
      throw new HeraldError('DESTINATION_REJECTED', `${repository} is not a repository: write it as owner/name.`);
    }
    return { octokit: await client.forRepository(owner, repo), owner, repo };
  }

  /** Two senders of one delivery each list after creating, and agree on the lowest number. */
  async function converge(issues: Issues, created: Issue, payload: GithubPayload, key: string): Promise<SendOutcome> {
    try {
      const [first = created, ...others] = await issues.withKey(key);
      for (const duplicate of others) {
        if (duplicate.state === 'open') await issues.closeAsDuplicate(duplicate.number);
      }
      if (first.number !== created.number) await issues.show(first, payload, key);
      return shown(first);
    } catch (error) {
      // The issue is there, which is what was asked for.
      const { failure } = troubleOf(error, { repository: '', creating: false, now: now() });
      options.log?.warn('an issue was created, but whether it is the only one could not be checked', {
        issue: created.number,
        code: failure.code,
      });
      return shown(created);
    }
  }

  return {
    kind: 'github',

    async create({ repository }, payload, key, parent = null) {
      let creating = false;
      try {
        if (parent !== null) {
          const comments = await openComments(repository, Number(parent));
          const existing = await comments.withKey(key);
          creating = existing === null;
          return { kind: 'shown', externalId: commentId(parent, existing ?? (await comments.create(payload, key))) };
        }
        const issues = await open(repository);
        const [existing] = await issues.withKey(key);
        if (existing !== undefined) {
          await issues.show(existing, payload, key);
          return shown(existing);
        }
        creating = true;
        return await converge(issues, await issues.create(payload, key), payload, key);
      } catch (error) {
        return troubleOf(error, { repository, creating, now: now() });
      }
    },

    async update({ repository }, externalId, payload, key) {
      try {
        const comment = readCommentId(externalId);
        if (comment !== null) {
          const comments = await openComments(repository, comment.issue);
          return (await comments.show(comment.id, payload, key)) ? { kind: 'shown', externalId } : { kind: 'gone' };
        }
        const issues = await open(repository);
        const issue = await issues.get(Number(externalId));
        if (issue === null || !issues.isOurs(issue, key)) {
          // A repository that cannot be seen hides its issues with the same 404: only a visible one can have lost the issue.
          await issues.checkRepository();
          return { kind: 'gone' };
        }
        await issues.show(issue, payload, key);
        return { kind: 'shown', externalId };
      } catch (error) {
        return troubleOf(error, { repository, creating: false, now: now() });
      }
    },

    async find({ repository }, key, since, parent = null) {
      try {
        if (parent !== null) {
          const id = await (await openComments(repository, Number(parent))).withKey(key);
          return id === null ? { kind: 'absent' } : { kind: 'found', externalId: commentId(parent, id) };
        }
        const [existing] = await (await open(repository)).withKey(key, since);
        return existing === undefined ? { kind: 'absent' } : { kind: 'found', externalId: String(existing.number) };
      } catch (error) {
        return { kind: 'unknown', failure: troubleOf(error, { repository, creating: false, now: now() }).failure };
      }
    },
  };
}

/** `12/comments/3456` */
function commentId(issue: string, id: number): string {
  return `${issue}/comments/${id}`;
}

function readCommentId(externalId: string): { readonly issue: number; readonly id: number } | null {
  const [issue, , id] = externalId.split('/');
  return id === undefined ? null : { issue: Number(issue), id: Number(id) };
}

function shown(issue: Issue): SendOutcome {
  return { kind: 'shown', externalId: String(issue.number) };
}
