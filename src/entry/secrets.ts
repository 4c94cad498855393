/** Secrets from the environment, or from the file a `*_FILE` variable names. They go to the adapter that needs them and nowhere else. */
import { readFileSync } from 'node:fs';
import type { GithubAuth } from '../adapters/github/client.ts';
import { HeraldError } from '../core/errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface Secrets {
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly slackBotToken: string | null;
  readonly github: GithubAuth | null;
}

/** Reads every secret. Throws HeraldError MISSING_SECRET when a file cannot be read or an App is half configured. */
export function readSecrets(env: Env): Secrets {
  return {
    databaseUrl: secret(env, 'DATABASE_URL'),
    redisUrl: secret(env, 'REDIS_URL'),
    slackBotToken: secret(env, 'SLACK_BOT_TOKEN'),
    github: githubCredentials(env),
  };
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

/** The variable itself, or the content of the file that NAME_FILE names (Docker and Kubernetes secrets); empty counts as not set. */
function secret(env: Env, name: string): string | null {
  const file = env[`${name}_FILE`];
  const value = file === undefined || file === '' ? env[name] : readSecretFile(name, file);
  return value === undefined || value.trim() === '' ? null : value.trim();
}

function readSecretFile(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HeraldError('MISSING_SECRET', `${name}_FILE names ${file}, which cannot be read.`, {
      cause,
      hint: 'Check the path and its permissions.',
    });
  }
}
