/** Whether every destination of the configuration has credentials. Nothing starts half-connected. */
import { HeraldError } from '../core/errors.ts';
import type { Destination } from '../core/subscription.ts';
import type { Settings } from './config.ts';
import type { Secrets } from './secrets.ts';

/** Throws HeraldError MISSING_SECRET when a subscription's destination has no credentials. */
export function requireCredentials(settings: Settings, secrets: Secrets): void {
  const missing = settings.subscriptions.filter(({ destination }) => !hasCredentials(destination, secrets));
  const first = missing.at(0);
  if (first === undefined) return;
  throw new HeraldError(
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
