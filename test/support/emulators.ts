/**
 * Stateful Slack and GitHub servers on loopback (the `emulate` package), with readers that count what is REALLY on them
 * through their own HTTP APIs: tests and the demo ask these, never Herald, how many messages there are.
 */
import { createEmulator } from 'emulate';
import { z } from 'zod';

/** Every token here is a made-up word of an emulated server. */
const SLACK_TOKEN = 'emulated-slack-bot-token';
const SLACK_OTHER_TOKEN = 'emulated-slack-other-app-token';
const SLACK_OBSERVER_TOKEN = 'emulated-slack-observer-token';
const GITHUB_TOKEN = 'emulated-github-token';
const GITHUB_OTHER_TOKEN = 'emulated-github-other-user-token';
const GITHUB_APP = { id: 4711, installation: 100, slug: 'kairos-herald' };

const slackMessageSchema = z.object({
  ts: z.string(),
  user: z.string(),
  text: z.string(),
  blocks: z.array(z.record(z.string(), z.unknown())).optional(),
  metadata: z.object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) }).optional(),
  edited: z.object({ ts: z.string() }).optional(),
});
export type EmulatedSlackMessage = z.infer<typeof slackMessageSchema>;

const slackOkSchema = z.looseObject({ ok: z.literal(true) });
const channelsSchema = z.object({ channels: z.array(z.object({ id: z.string(), name: z.string() })) });
const historySchema = z.object({
  messages: z.array(slackMessageSchema),
  response_metadata: z.object({ next_cursor: z.string() }),
});

const issueSchema = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.enum(['open', 'closed']),
  state_reason: z.string().nullable(),
  updated_at: z.string(),
  user: z.object({ login: z.string() }),
  labels: z.array(z.object({ name: z.string() })),
});
type EmulatedIssue = z.infer<typeof issueSchema>;

export interface EmulatedSlack {
  /** What `apiUrl` of the Slack notifier (or SLACK_API_URL) must be; ends in `/api/`. */
  readonly apiUrl: string;
  /** The bot token of the app "Kairos Herald". */
  readonly token: string;
  /** A bot token of another app in the same workspace. */
  readonly otherToken: string;
  /** The id of a channel by its name (without `#`). */
  channelId(name: string): Promise<string>;
  /** Every message of a channel, oldest first. */
  messages(channel: string): Promise<readonly EmulatedSlackMessage[]>;
  /** Any Web API call, by default as the workspace's owner; throws when Slack would answer `ok: false`. */
  call(method: string, body: Record<string, unknown>, token?: string): Promise<unknown>;
  /** Forgets every message, keeps the channels. */
  reset(): void;
  close(): Promise<void>;
}

export interface SlackOptions {
  /** Channel names without `#`. */
  readonly channels?: readonly string[];
  /** Scopes of Herald's bot token. */
  readonly scopes?: readonly string[];
  readonly port?: number;
}

/** Starts a Slack workspace with the app "Kairos Herald" and its channels. */
export async function startSlack(options: SlackOptions = {}): Promise<EmulatedSlack> {
  const scopes = options.scopes ?? ['chat:write', 'channels:history', 'channels:read'];
  const emulator = await createEmulator({
    service: 'slack',
    port: options.port ?? 0,
    seed: {
      slack: {
        team: { name: 'Acme', domain: 'acme' },
        strict_scopes: true,
        channels: (options.channels ?? ['kairos-releases']).map((name) => ({ name })),
        oauth_apps: [app('A0HERALD', 'Kairos Herald', scopes), app('A0OTHER', 'Other App', scopes)],
        tokens: [
          botToken(SLACK_TOKEN, 'A0HERALD', scopes),
          botToken(SLACK_OTHER_TOKEN, 'A0OTHER', scopes),
          { token: SLACK_OBSERVER_TOKEN, user_id: 'U000000001' },
        ],
      },
    },
  });
  const apiUrl = `${onLoopback(emulator.url)}/api/`;

  const call: EmulatedSlack['call'] = async (method, body, token = SLACK_OBSERVER_TOKEN) => {
    const response = await fetch(`${apiUrl}${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return slackOkSchema.parse(await response.json());
  };

  const channelId = async (name: string): Promise<string> => {
    const { channels } = channelsSchema.parse(await call('conversations.list', { limit: 1000 }));
    const channel = channels.find((candidate) => candidate.name === name);
    if (channel === undefined) {
      throw new Error(`the emulated Slack has no channel #${name}`);
    }
    return channel.id;
  };

  return {
    apiUrl,
    token: SLACK_TOKEN,
    otherToken: SLACK_OTHER_TOKEN,
    channelId,
    call,
    messages: async (name) => {
      const channel = await channelId(name);
      const found: EmulatedSlackMessage[] = [];
      for (let cursor = ''; ; ) {
        const page = historySchema.parse(await call('conversations.history', { channel, cursor, limit: 1000 }));
        found.push(...page.messages);
        cursor = page.response_metadata.next_cursor;
        if (cursor === '') {
          return found.reverse();
        }
      }
    },
    reset: () => emulator.reset(),
    close: () => emulator.close(),
  };
}

export interface EmulatedGithub {
  /** What `apiUrl` of the GitHub notifier must be. */
  readonly apiUrl: string;
  /** A personal token of the user `herald-bot`. */
  readonly token: string;
  readonly login: string;
  /** A personal token of somebody else who may write issues. */
  readonly otherToken: string;
  /** The GitHub App `kairos-herald`, installed on the owner of every repository. */
  readonly app: { readonly appId: number; readonly privateKey: string; readonly installationId: number };
  /** Every issue of `owner/name`, open and closed, oldest first. */
  issues(repository: string): Promise<readonly EmulatedIssue[]>;
  /** Any API call, by default as the other user; throws unless the answer is 2xx. */
  call(method: string, path: string, body?: Record<string, unknown>, token?: string): Promise<unknown>;
  reset(): void;
  close(): Promise<void>;
}

export interface GithubOptions {
  /** `owner/name`; all of one owner. */
  readonly repositories?: readonly string[];
  readonly port?: number;
}

/** Starts a GitHub with an organisation, its repositories, the user `herald-bot`, the app `kairos-herald` and a stranger. */
export async function startGithub(options: GithubOptions = {}): Promise<EmulatedGithub> {
  const repositories = (options.repositories ?? ['acme/infra']).map((fullName) => {
    const [owner = '', name = ''] = fullName.split('/');
    return { owner, name };
  });
  const owners = [...new Set(repositories.map(({ owner }) => owner))];
  const emulator = await createEmulator({
    service: 'github',
    port: options.port ?? 0,
    seed: {
      tokens: {
        [GITHUB_TOKEN]: { login: 'herald-bot', scopes: ['repo'] },
        [GITHUB_OTHER_TOKEN]: { login: 'mallory', scopes: ['repo'] },
      },
      github: {
        users: [{ login: 'herald-bot' }, { login: 'mallory' }],
        orgs: owners.map((login) => ({ login, members: [{ login: 'herald-bot' }, { login: 'mallory' }] })),
        repos: repositories,
        apps: [
          {
            app_id: GITHUB_APP.id,
            slug: GITHUB_APP.slug,
            name: 'Kairos Herald',
            permissions: { issues: 'write', metadata: 'read' },
            installations: owners.map((account, index) => ({ installation_id: GITHUB_APP.installation + index, account })),
          },
        ],
      },
    },
  });
  const apiUrl = onLoopback(emulator.url);
  const privateKey = emulator.generatedSecrets.find((secret) => secret.kind === 'github.app_private_key')?.value;
  if (privateKey === undefined) {
    throw new Error('the emulated GitHub made no private key for its app');
  }

  const call: EmulatedGithub['call'] = async (method, path, body, token = GITHUB_OTHER_TOKEN) => {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      throw new Error(`the emulated GitHub answered ${response.status} to ${method} ${path}: ${await response.text()}`);
    }
    return response.json();
  };

  return {
    apiUrl,
    token: GITHUB_TOKEN,
    login: 'herald-bot',
    otherToken: GITHUB_OTHER_TOKEN,
    app: { appId: GITHUB_APP.id, privateKey, installationId: GITHUB_APP.installation },
    call,
    issues: async (repository) => {
      const found: EmulatedIssue[] = [];
      for (let page = 1; ; page += 1) {
        const path = `/repos/${repository}/issues?state=all&per_page=100&page=${page}`;
        const issues = z.array(issueSchema).parse(await call('GET', path));
        found.push(...issues);
        if (issues.length < 100) {
          return found.sort((a, b) => a.number - b.number);
        }
      }
    },
    reset: () => emulator.reset(),
    close: () => emulator.close(),
  };
}

/** The emulator listens on IPv4 only, while its URL says `localhost`, which may resolve to IPv6 first. */
function onLoopback(url: string): string {
  return `http://127.0.0.1:${new URL(url).port}`;
}

function app(id: string, name: string, scopes: readonly string[]): Record<string, unknown> {
  return {
    app_id: id,
    client_id: `client-${id}`,
    client_secret: `emulated-${id}`,
    name,
    redirect_uris: [],
    scopes: [...scopes],
    bot_id: `B${id}`,
    bot_user_id: `U${id}`,
  };
}

function botToken(token: string, appId: string, scopes: readonly string[]): Record<string, unknown> {
  return { token, type: 'bot', user_id: `U${appId}`, scopes: [...scopes], app_id: appId, bot_id: `B${appId}`, bot_user_id: `U${appId}` };
}
