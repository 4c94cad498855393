/** GitHub's own client, set so that it never sleeps, retries or prints; and who we are there. */
import { ProbotOctokit } from 'probot';
import { z } from 'zod';
import { HeraldError } from '../../core/errors.ts';
import { MS } from '../../core/time.ts';
import { boundedFetch } from '../http.ts';

export type GithubAuth =
  | { readonly kind: 'token'; readonly token: string }
  /** A GitHub App; without an installation id the installation is looked up for each repository. */
  | { readonly kind: 'app'; readonly appId: number; readonly privateKey: string; readonly installationId?: number };

export interface GithubClientOptions {
  readonly auth: GithubAuth;
  /** Default `https://api.github.com`. */
  readonly apiUrl?: string;
  /** The login issues are written under; asked of GitHub when it is not given. An Actions token cannot ask: it is `github-actions[bot]`. */
  readonly creator?: string;
}

export interface GithubClient {
  /** A client that may act on this repository. Throws HeraldError when the app is not installed there. */
  forRepository(owner: string, repo: string): Promise<ProbotOctokit>;
  /** The login our issues carry. */
  login(): Promise<string>;
}

const REQUEST_TIMEOUT_MS = 10 * MS.second;
/** A page of 100 issues of 65,536 characters each, escaped. */
const MAX_BYTES = 30_000_000;

/** Asks nothing of GitHub before the first use. */
export function createGithubClient(options: GithubClientOptions): GithubClient {
  const { auth } = options;
  let login = options.creator;
  if (auth.kind === 'token') {
    const octokit = createOctokit({ token: auth.token }, options.apiUrl);
    return {
      forRepository: async () => octokit,
      login: async () => {
        login ??= await userLogin(octokit);
        return login;
      },
    };
  }
  const credentials = { appId: auth.appId, privateKey: auth.privateKey };
  const app = createOctokit(credentials, options.apiUrl);
  /** One client an installation: it keeps the installation's token for its hour. */
  const installations = new Map<number, ProbotOctokit>();
  const forInstallation = (installationId: number): ProbotOctokit => {
    const octokit = installations.get(installationId) ?? createOctokit({ ...credentials, installationId }, options.apiUrl);
    installations.set(installationId, octokit);
    return octokit;
  };
  return {
    forRepository: async (owner, repo) => {
      await checkPrivateKey(app);
      return forInstallation(auth.installationId ?? (await installationOf(app, owner, repo)));
    },
    login: async () => {
      login ??= await appLogin(app);
      return login;
    },
  };
}

function createOctokit(auth: Record<string, unknown>, apiUrl: string | undefined): ProbotOctokit {
  return new ProbotOctokit({
    auth,
    ...(apiUrl === undefined ? {} : { baseUrl: apiUrl }),
    throttle: { enabled: false },
    retry: { enabled: false },
    request: { fetch: boundedFetch({ timeoutMs: REQUEST_TIMEOUT_MS, maxBytes: MAX_BYTES }) },
    log: SILENT,
  });
}

const ignore = () => undefined;
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

async function userLogin(octokit: ProbotOctokit): Promise<string> {
  try {
    const { data } = await octokit.request('GET /user');
    return z.object({ login: z.string() }).parse(data).login;
  } catch (error) {
    // What GitHub says to a token of an app, such as that of a workflow run: a 403 that is no rate limit.
    if (!(error instanceof Error && /not accessible by integration/i.test(error.message))) throw error;
    throw new HeraldError(
      'INVALID_CONFIG',
      'This GitHub token belongs to no user: name the login its issues are written under, as in `github-actions[bot]`.',
    );
  }
}

/** Issues of an app are written by the user `<slug>[bot]`. */
async function appLogin(app: ProbotOctokit): Promise<string> {
  const { data } = await app.request('GET /app');
  return `${z.object({ slug: z.string() }).parse(data).slug}[bot]`;
}

async function installationOf(app: ProbotOctokit, owner: string, repo: string): Promise<number> {
  try {
    const { data } = await app.request('GET /repos/{owner}/{repo}/installation', { owner, repo });
    return z.object({ id: z.number() }).parse(data).id;
  } catch (error) {
    if (!(error instanceof Error && 'status' in error && error.status === 404)) throw error;
    throw new HeraldError('DESTINATION_REJECTED', `The GitHub App is not installed on ${owner}/${repo}: install it there.`);
  }
}

/** A key that cannot be read otherwise shows as an error of the cryptography, which names neither the cause nor the cure. */
async function checkPrivateKey(app: ProbotOctokit): Promise<void> {
  try {
    await app.auth({ type: 'app' });
  } catch {
    throw new HeraldError('INVALID_CONFIG', "The GitHub App's private key cannot be read: give the whole PEM file that GitHub offers.");
  }
}
