/** Whether every destination of the configuration has credentials. Nothing starts half-connected. */
import { HeraldError } from '../core/errors.ts';
import { splitRepository } from '../core/repository.ts';
import type { Destination } from '../core/subscription.ts';
import type { Settings } from './config.ts';
import { type Secrets, webhookVariable } from './secrets.ts';

const HOW_TO_CONNECT = {
  slack: 'set SLACK_BOT_TOKEN',
  github: 'set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_PRIVATE_KEY',
} as const;

/** Throws HeraldError MISSING_SECRET when a subscription's destination, or a registry whose login the configuration names, has no credentials. */
export function requireCredentials(settings: Settings, secrets: Secrets): void {
  requireRegistryLogins(settings, secrets);
  const missing = settings.subscriptions.filter(({ destination }) => !hasCredentials(destination, secrets));
  const sentences = (['slack', 'github'] as const).flatMap((kind) => {
    const ids = missing.filter(({ destination }) => destination.kind === kind).map(({ id }) => `"${id}"`);
    return ids.length === 0 ? [] : [`No credentials are set for ${kind}, which ${ids.join(', ')} needs: ${HOW_TO_CONNECT[kind]}.`];
  });
  for (const endpoint of new Set(missing.flatMap(({ destination }) => (destination.kind === 'webhook' ? [destination.endpoint] : [])))) {
    sentences.push(
      `Events to the webhook ${endpoint} cannot be signed: set ${webhookVariable(endpoint)} (make one: openssl rand -base64 32).`,
    );
  }
  if (sentences.length > 0)
    throw new HeraldError('MISSING_SECRET', sentences.join('\n'), { hint: 'Each may also be given as a file, NAME_FILE.' });
}

/** Also of a docker configuration that the file names: of the one in the home directory only what a registry asks for later matters. */
function requireRegistryLogins({ registries, targets }: Settings, { registries: { named, accessTo } }: Secrets): void {
  const missing = [...named].flatMap(([name, { host, value }]) =>
    value === null ? [`${name} is not set, which the configuration names for the registry ${host}.`] : [],
  );
  if (missing.length > 0) {
    throw new HeraldError('MISSING_SECRET', missing.join('\n'), { hint: 'Each may also be given as a file, NAME_FILE.' });
  }
  const watched = new Set(targets.flatMap(({ kind, repository, via }) => (kind === 'github-releases' ? [] : hostOf(via ?? repository))));
  for (const { host, dockerConfig } of registries) {
    if (dockerConfig === null || !watched.has(host)) continue;
    const { login } = accessTo(host);
    const problem =
      login === null ? `${dockerConfig} has no login for ${host}.` : `${login.from} leaves the login for ${host} to a helper program.`;
    if (login === null || login.kind === 'helper') {
      throw new HeraldError('MISSING_SECRET', problem, {
        hint: 'Herald runs no credential helpers: write the login itself into that file, or name usernameEnv and passwordEnv.',
      });
    }
  }
}

function hostOf(repository: string): string {
  return splitRepository(repository).host;
}

function hasCredentials(destination: Destination, secrets: Secrets): boolean {
  switch (destination.kind) {
    case 'console':
      return true;
    case 'slack':
      return secrets.slackBotToken !== null;
    case 'github':
      return secrets.github !== null;
    case 'webhook':
      return secrets.webhook(destination.endpoint) !== null;
  }
}
