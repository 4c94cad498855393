/** Secrets from the environment, or from the file a `*_FILE` variable names. They go to the adapter that needs them and nowhere else. */
import type { GithubAuth } from '../adapters/github/client.ts';
import type { Proxies } from '../adapters/http.ts';
import { HeraldError } from '../core/errors.ts';
import type { Registry } from './config-registries.ts';
import { type Env, secret } from './environment.ts';
import { proxiesOf } from './proxies.ts';
import { type RegistrySecrets, registrySecrets } from './registry-credentials.ts';

export interface Secrets {
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly slackBotToken: string | null;
  readonly github: GithubAuth | null;
  /** For reading release pages on github.com where GITHUB_TOKEN belongs to another server. */
  readonly githubReadToken: string | null;
  /** What incoming webhooks are checked with; null where none are taken. */
  readonly incoming: { readonly github: string | null; readonly quay: string | null; readonly registry: string | null };
  readonly registries: RegistrySecrets;
  /** What events to a webhook are signed with; null when it is not set. Throws HeraldError MISSING_SECRET when it is too weak to be one. */
  readonly webhook: (id: string) => string | null;
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY; null when no proxy is named. */
  readonly proxies: Proxies | null;
}

/**
 * Reads every secret but those of `registries`, which are read when a registry is asked. Throws HeraldError MISSING_SECRET when a file cannot
 * be read or an App is half configured.
 */
export function readSecrets(env: Env, registries: readonly Registry[] = []): Secrets {
  return {
    databaseUrl: secret(env, 'DATABASE_URL'),
    redisUrl: secret(env, 'REDIS_URL'),
    slackBotToken: secret(env, 'SLACK_BOT_TOKEN'),
    github: githubCredentials(env),
    githubReadToken: secret(env, 'GITHUB_READ_TOKEN'),
    incoming: {
      github: incomingSecret(env, 'GITHUB_WEBHOOK_SECRET'),
      quay: incomingSecret(env, 'QUAY_WEBHOOK_SECRET'),
      registry: incomingSecret(env, 'REGISTRY_WEBHOOK_SECRET'),
    },
    registries: registrySecrets(env, registries),
    proxies: proxiesOf(env),
    webhook: (id) => webhookSecret(env, id),
  };
}

const MIN_INCOMING_SECRET = 16;

/** Quay's stands in an address, so it has to be one that an address can hold. */
function incomingSecret(env: Env, name: string): string | null {
  const value = secret(env, name);
  if (value === null || /^[A-Za-z0-9._~-]{16,200}$/.test(value)) return value;
  throw new HeraldError('MISSING_SECRET', `${name} is not ${MIN_INCOMING_SECRET} or more letters, digits, dots and dashes.`, {
    hint: 'Make one: openssl rand -hex 24',
  });
}

/** `HERALD_WEBHOOK_FLEET_MANAGER_SECRET` for `fleet-manager`. */
export function webhookVariable(id: string): string {
  return `HERALD_WEBHOOK_${id.toUpperCase().replaceAll('-', '_')}_SECRET`;
}

const MIN_WEBHOOK_SECRET_BYTES = 24;

function webhookSecret(env: Env, id: string): string | null {
  const name = webhookVariable(id);
  const value = secret(env, name);
  if (value === null) return null;
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(value.replace(/^whsec_/, ''))
    ? Buffer.from(value.replace(/^whsec_/, ''), 'base64').length
    : 0;
  if (bytes >= MIN_WEBHOOK_SECRET_BYTES) return value;
  throw new HeraldError('MISSING_SECRET', `${name} is not base64 of at least ${MIN_WEBHOOK_SECRET_BYTES} bytes.`, {
    hint: 'Make one: openssl rand -base64 32',
  });
}

function githubCredentials(env: Env): GithubAuth | null {
  const appId = secret(env, 'GITHUB_APP_ID');
  const privateKey = secret(env, 'GITHUB_PRIVATE_KEY');
  if (appId !== null && privateKey !== null) {
    const installation = secret(env, 'GITHUB_INSTALLATION_ID');
    const app = { kind: 'app', appId: numeric('GITHUB_APP_ID', appId), privateKey } as const;
    return installation === null ? app : { ...app, installationId: numeric('GITHUB_INSTALLATION_ID', installation) };
  }
  if (appId !== null || privateKey !== null) {
    throw new HeraldError('MISSING_SECRET', 'Only one of GITHUB_APP_ID and GITHUB_PRIVATE_KEY is set.', {
      hint: 'A GitHub App needs both. For a personal access token set GITHUB_TOKEN instead.',
    });
  }
  const token = secret(env, 'GITHUB_TOKEN');
  return token === null ? null : { kind: 'token', token };
}

function numeric(name: string, value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new HeraldError('MISSING_SECRET', `${name} is not a number.`, { hint: 'It stands on the settings page of the GitHub App.' });
}
