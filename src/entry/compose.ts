/** The only place that builds adapters and puts them together. */
import { createConsoleNotifier } from '../adapters/console/notifier.ts';
import { migrateDatabase } from '../adapters/database/migrate.ts';
import { type Database, type DatabaseLocation, openDatabase } from '../adapters/database/open.ts';
import { createStore } from '../adapters/database/store.ts';
import { createGithubNotifier } from '../adapters/github/notifier.ts';
import { createGithubReleasesSource } from '../adapters/github/releases.ts';
import { createHttp } from '../adapters/http.ts';
import { createLog, type LogLevel } from '../adapters/observe/log.ts';
import { createOciSource } from '../adapters/oci/source.ts';
import { createQuaySource } from '../adapters/quay/source.ts';
import { createSlackNotifier } from '../adapters/slack/notifier.ts';
import type { AppDeps, Notifiers, Sources } from '../app/deps.ts';
import { HeraldError } from '../core/errors.ts';
import type { Destination } from '../core/subscription.ts';
import type { SourceKind } from '../core/target.ts';
import { instant } from '../core/time.ts';
import type { Clock, JobQueue, Log, Source, Store } from '../ports.ts';
import type { TextOptions } from '../render/text.ts';
import type { Settings } from './config.ts';
import type { Secrets } from './secrets.ts';
import { readVersion } from './version.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The clock of the machine. */
export const systemClock: Clock = { now: () => instant(Date.now()) };

/** The log of this process: HERALD_LOG_LEVEL, or `fallback`. */
export function createProcessLog(env: Env, fallback: LogLevel): Log {
  const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];
  return createLog(levels.find((level) => level === env.HERALD_LOG_LEVEL) ?? fallback);
}

/** A server when DATABASE_URL is set, otherwise a directory. */
export function databaseLocation(env: Env, secrets: Secrets): DatabaseLocation {
  return secrets.databaseUrl === null ? { dataDir: env.HERALD_DATA_DIR ?? './data' } : { databaseUrl: secrets.databaseUrl };
}

export interface OpenedStore {
  readonly database: Database;
  readonly store: Store;
  /** Migrations that were applied just now. */
  readonly applied: readonly string[];
  close(): Promise<void>;
}

/** Opens the store and brings its tables up to date. Throws STORE_LOCKED, STORE_UNAVAILABLE or STORE_OUTDATED. */
export async function openStore(location: DatabaseLocation, log: Log): Promise<OpenedStore> {
  const database = await openDatabase(location, log);
  try {
    const applied = await migrateDatabase(database);
    const store = createStore(database);
    return {
      database,
      store,
      applied,
      close: async () => {
        await store.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Why the settings cannot be served with these secrets, or null: every subscription's destination needs credentials. */
export function missingCredentials(settings: Settings, secrets: Secrets): HeraldError | null {
  const missing = settings.subscriptions.filter(({ destination }) => !hasCredentials(destination, secrets));
  const first = missing.at(0);
  if (first === undefined) return null;
  return new HeraldError(
    'MISSING_SECRET',
    `No credentials are set for ${first.destination.kind}, which ${missing.map(({ id }) => `"${id}"`).join(', ')} needs.`,
    { hint: first.destination.kind === 'slack' ? 'Set SLACK_BOT_TOKEN.' : 'Set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_PRIVATE_KEY.' },
  );
}

function hasCredentials(destination: Destination, secrets: Secrets): boolean {
  switch (destination.kind) {
    case 'console':
      return true;
    case 'slack':
      return secrets.slackBotToken !== null;
    case 'github':
      return secrets.github !== null;
  }
}

export interface ConsoleSink {
  readonly write: (text: string) => void;
  readonly style: TextOptions;
}

export interface Composition {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly store: Store;
  readonly queue: Pick<JobQueue, 'enqueue'>;
  readonly log: Log;
  /** Where and how the console destination is shown. */
  readonly console: ConsoleSink;
  /** The machine's clock unless a recorded world brings its own. */
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** Everything the use-cases need. */
export function createDeps(composition: Composition): AppDeps {
  const { settings, secrets, store, queue, log, clock = systemClock, random = Math.random } = composition;
  const { write, style } = composition.console;
  return {
    store,
    queue,
    log,
    clock,
    random,
    sources: createSources(settings, secrets, clock),
    notifiers: createNotifiers(settings, secrets, write),
    targets: settings.targets,
    renumberings: settings.renumberings,
    console: style,
  };
}

/** The registry of sources; adding one is a line here. */
function createSources(settings: Settings, secrets: Secrets, clock: Clock): Sources {
  const http = createHttp({ version: readVersion(), clock, allowOrigins: settings.allowedOrigins });
  const token = secrets.github?.kind === 'token' ? { token: secrets.github.token } : {};
  const sources: readonly Source[] = [
    createQuaySource({ http, clock }),
    createOciSource({ http, clock }),
    createGithubReleasesSource({ http, clock, apiUrl: settings.githubApiUrl, ...token }),
  ];
  return new Map<SourceKind, Source>(sources.map((source) => [source.kind, source]));
}

/** A notifier for every destination there are credentials for. */
function createNotifiers(settings: Settings, secrets: Secrets, write: (text: string) => void): Notifiers {
  const { slackBotToken, github } = secrets;
  const slackApi = settings.slackApiUrl === null ? {} : { apiUrl: settings.slackApiUrl };
  return {
    console: createConsoleNotifier({ write }),
    ...(slackBotToken === null ? {} : { slack: createSlackNotifier({ token: slackBotToken, ...slackApi }) }),
    ...(github === null ? {} : { github: createGithubNotifier({ auth: github, apiUrl: settings.githubApiUrl }) }),
  };
}
