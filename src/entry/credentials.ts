/** Whether every destination of the configuration has credentials. Nothing starts half-connected. */
import { HeraldError } from '../core/errors.ts';
import type { Destination } from '../core/subscription.ts';
import type { Settings } from './config.ts';
import type { Secrets } from './secrets.ts';

const HOW_TO_CONNECT = {
  slack: 'set SLACK_BOT_TOKEN',
  github: 'set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_PRIVATE_KEY',
} as const;

/** Throws HeraldError MISSING_SECRET when a subscription's destination has no credentials. */
export function requireCredentials(settings: Settings, secrets: Secrets): void {
  const missing = settings.subscriptions.filter(({ destination }) => !hasCredentials(destination, secrets));
  const sentences = (['slack', 'github'] as const).flatMap((kind) => {
    const ids = missing.filter(({ destination }) => destination.kind === kind).map(({ id }) => `"${id}"`);
    return ids.length === 0 ? [] : [`No credentials are set for ${kind}, which ${ids.join(', ')} needs: ${HOW_TO_CONNECT[kind]}.`];
  });
  if (sentences.length > 0)
    throw new HeraldError('MISSING_SECRET', sentences.join('\n'), { hint: 'Each may also be given as a file, NAME_FILE.' });
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
