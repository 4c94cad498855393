/** Builds the sources and notifiers and puts the use-cases' needs together. The store is opened in open-store.ts, which a question needs without the SDKs; the queue in serve.ts. */
import { createConsoleNotifier } from '../adapters/console/notifier.ts';
import type { GithubAuth } from '../adapters/github/client.ts';
import { apiOf, createGithubReleasesSource } from '../adapters/github/releases.ts';
import { createGithubWebhook } from '../adapters/github/webhook.ts';
import type { Http } from '../adapters/http.ts';
import { createOciSource } from '../adapters/oci/source.ts';
import { createRegistryWebhook } from '../adapters/oci/webhook.ts';
import { createQuaySource } from '../adapters/quay/source.ts';
import { createQuayWebhook } from '../adapters/quay/webhook.ts';
import { createWebhookNotifier } from '../adapters/webhook/notifier.ts';
import type { AppDeps, Notifiers, Sources } from '../app/deps.ts';
import type { SourceKind } from '../core/target.ts';
import type { Clock, JobQueue, Log, Notifier, Source, Store, WebhookReader } from '../ports.ts';
import type { TextOptions } from '../render/text.ts';
import type { Settings } from './config.ts';
import { openNetwork } from './network.ts';
import { systemClock } from './open-store.ts';
import type { Secrets } from './secrets.ts';
import { createVerification } from './verification.ts';

export interface ConsoleSink {
  readonly write: (text: string) => void;
  readonly style: TextOptions;
}

export interface Composition {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly store: Store;
  readonly queue: Pick<JobQueue, 'enqueue' | 'enqueueAfter'>;
  readonly log: Log;
  /** Where and how the console destination is shown. */
  readonly console: ConsoleSink;
  /** The machine's clock unless a recorded world brings its own. */
  readonly clock?: Clock;
  readonly random?: () => number;
  /** What asks the sources, when the caller wants to look at it too; otherwise one is opened. */
  readonly http?: Http;
  /** Where what is no part of the store is kept: the cache of the update framework. Default `./data`. */
  readonly stateDir?: string;
}

/** Everything the use-cases need. */
export async function createDeps(composition: Composition): Promise<AppDeps> {
  const { settings, secrets, store, queue, log, clock = systemClock, random = Math.random } = composition;
  const http = composition.http ?? openNetwork({ settings, secrets, clock, random });
  const { write, style } = composition.console;
  return {
    store,
    queue,
    log,
    clock,
    random,
    sources: createSources(settings, secrets, clock, http),
    notifiers: await createNotifiers(composition, clock, http, write),
    targets: settings.targets,
    renumberings: settings.renumberings,
    accepted: settings.accepted,
    verification: await createVerification({ settings, secrets, http, clock, store, stateDir: composition.stateDir ?? './data' }),
    console: style,
  };
}

/** The sources alone, for a question that asks them now and sends nothing. */
export function createSourcesAlone(settings: Settings, secrets: Secrets, clock: Clock): Sources {
  return createSources(settings, secrets, clock, openNetwork({ settings, secrets, clock }));
}

/** The registry of sources; adding one is a line here. */
function createSources(settings: Settings, secrets: Secrets, clock: Clock, http: Http): Sources {
  const { accessTo } = secrets.registries;
  const sources: readonly Source[] = [
    createQuaySource({ http, clock, accessTo }),
    createOciSource({ http, clock, accessTo }),
    createGithubReleasesSource({ http, clock, tokenFor: readTokens(settings, secrets), repositoriesAt: activePages(settings) }),
  ];
  return new Map<SourceKind, Source>(sources.map((source) => [source.kind, source]));
}

/** A token is only ever sent to the API it is of: GITHUB_TOKEN to the one of the configuration, GITHUB_READ_TOKEN to github.com. */
function readTokens({ githubApiUrl }: Settings, { github, githubReadToken }: Secrets): (api: string) => string | null {
  const own = new URL(githubApiUrl).origin;
  return (api) => {
    if (api === GITHUB_COM && githubReadToken !== null) return githubReadToken;
    return github?.kind === 'token' && new URL(api).origin === own ? github.token : null;
  };
}

const GITHUB_COM = 'https://api.github.com';

function activePages({ targets }: Settings): (api: string) => readonly string[] {
  const pages = targets.filter(({ kind, lifecycle }) => kind === 'github-releases' && lifecycle.state === 'active');
  return (api) => pages.filter((target) => apiOf(target) === api).map(({ repository }) => repository);
}

/** A notifier for every destination there are credentials for. The SDKs take most of a second to load, so only what is used is loaded. */
async function createNotifiers(
  { settings, secrets, log }: Composition,
  clock: Clock,
  http: Http,
  write: (text: string) => void,
): Promise<Notifiers> {
  const { slackBotToken, github } = secrets;
  const endpoints = new Map(
    settings.webhooks.flatMap(({ id, url }) => {
      const secret = secrets.webhook(id);
      return secret === null ? [] : [[id, { url: new URL(url), secret }] as const];
    }),
  );
  return {
    console: createConsoleNotifier({ write }),
    webhook: createWebhookNotifier({ http, clock, endpoints }),
    ...(slackBotToken === null ? {} : { slack: await slackNotifier(slackBotToken, settings) }),
    ...(github === null ? {} : { github: await githubNotifier(github, settings, log) }),
  };
}

async function slackNotifier(token: string, { slackApiUrl }: Settings): Promise<Notifier<'slack'>> {
  const { createSlackNotifier } = await import('../adapters/slack/notifier.ts');
  return createSlackNotifier({ token, ...(slackApiUrl === null ? {} : { apiUrl: slackApiUrl }) });
}

async function githubNotifier(auth: GithubAuth, { githubApiUrl, githubCreator }: Settings, log: Log): Promise<Notifier<'github'>> {
  const { createGithubNotifier } = await import('../adapters/github/notifier.ts');
  return createGithubNotifier({ auth, log, apiUrl: githubApiUrl, ...(githubCreator === null ? {} : { creator: githubCreator }) });
}

/** A reader for every kind of incoming webhook there is a secret for; adding one is a line here. */
export function webhookReaders({ incoming }: Pick<Secrets, 'incoming'>): ReadonlyMap<string, WebhookReader> {
  const readers: readonly (readonly [name: string, secret: string | null, create: (secret: string) => WebhookReader])[] = [
    ['github', incoming.github, createGithubWebhook],
    ['quay', incoming.quay, createQuayWebhook],
    ['registry', incoming.registry, createRegistryWebhook],
  ];
  return new Map(readers.flatMap(([name, secret, create]) => (secret === null ? [] : [[name, create(secret)] as const])));
}
