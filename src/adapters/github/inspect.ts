/** Whether GitHub takes the credentials, and whether issues can be written where they are to go. */
import { z } from 'zod';
import { bad, type Finding, good } from '../../core/findings.ts';
import type { Instant } from '../../core/time.ts';
import { createGithubClient, type GithubClient, type GithubClientOptions } from './client.ts';
import { troubleOf } from './errors.ts';

const repositorySchema = z.object({ archived: z.boolean(), has_issues: z.boolean() });

/** Asks GitHub; writes nothing. `repositories`: those that subscriptions write issues in, as owner/name. */
export async function githubFindings(
  options: GithubClientOptions,
  repositories: readonly string[],
  now: Instant,
): Promise<readonly Finding[]> {
  const client = createGithubClient(options);
  const findings: Finding[] = [await account(client, now)];
  for (const repository of repositories) findings.push(await destination(client, repository, now));
  return findings;
}

async function account(client: GithubClient, now: Instant): Promise<Finding> {
  try {
    return good('github', `GitHub takes the credentials: ${await client.login()}.`);
  } catch (error) {
    return trouble(error, 'GitHub', now);
  }
}

async function destination(client: GithubClient, repository: string, now: Instant): Promise<Finding> {
  const [owner = '', repo = ''] = repository.split('/');
  try {
    const octokit = await client.forRepository(owner, repo);
    const { data } = await octokit.request('GET /repos/{owner}/{repo}', { owner, repo });
    const { archived, has_issues } = repositorySchema.parse(data);
    if (archived)
      return bad('github', `${repository} is archived: nothing can be written there.`, 'Unarchive it, or subscribe another repository.');
    if (!has_issues)
      return bad('github', `Issues are turned off in ${repository}.`, 'Turn them on in its settings, or subscribe another repository.');
    return good('github', `${repository} is there and takes issues.`);
  } catch (error) {
    return trouble(error, repository, now);
  }
}

function trouble(error: unknown, repository: string, now: Instant): Finding {
  const { failure } = troubleOf(error, { repository, creating: false, now });
  return bad('github', failure.message, 'Messages wait meanwhile; none is lost.');
}
