/** What one process of Herald does: one program, any mixture of roles (embedded, it is one process with all of them). */

import { HeraldError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import type { JobSchedule } from '../ports.ts';
import type { Settings } from './config.ts';

export const ROLES = ['web', 'worker', 'scheduler'] as const;
export type Role = (typeof ROLES)[number];

/** Reads `web,worker`. Throws HeraldError INVALID_QUERY on an unknown role. */
export function parseRoles(text: string): ReadonlySet<Role> {
  return new Set(text.split(',').map((word) => parseRole(word.trim())));
}

function parseRole(word: string): Role {
  const role = ROLES.find((known) => known === word);
  if (role !== undefined) return role;
  const meant = nearest(word, ROLES);
  throw new HeraldError('INVALID_QUERY', `There is no role "${word}".`, {
    hint: meant === null ? `Roles are ${ROLES.join(', ')}, with commas between them.` : `Did you mean "${meant}"?`,
  });
}

/** Every schedule the configuration asks for: polls, digests, and the reconciliation each minute. */
export function schedulesOf(settings: Settings): readonly JobSchedule[] {
  const polls = settings.targets.map(
    ({ id, cadence }): JobSchedule<'poll-target'> => ({
      id: `poll-${id}`,
      name: 'poll-target',
      payload: { targetId: id },
      cron: cadence.cron,
      timeZone: cadence.timeZone,
    }),
  );
  const digests = settings.subscriptions.flatMap(({ id, cadence }): readonly JobSchedule<'digest'>[] =>
    cadence.kind === 'scheduled'
      ? [{ id: `digest-${id}`, name: 'digest', payload: { subscriptionId: id }, cron: cadence.cron, timeZone: cadence.timeZone }]
      : [],
  );
  const reconcile: JobSchedule<'reconcile'> = { id: 'reconcile', name: 'reconcile', payload: {}, cron: '* * * * *', timeZone: 'UTC' };
  return [...polls, ...digests, reconcile, ...trustRootSchedule(settings)];
}

/** A root rotates once a year or less; a week is soon enough to have its new keys before they are used. */
function trustRootSchedule({ verification }: Settings): readonly JobSchedule<'refresh-trust-root'>[] {
  if (!verification.enabled || !verification.refresh) return [];
  return [{ id: 'trust-root', name: 'refresh-trust-root', payload: {}, cron: '0 5 * * 2', timeZone: 'UTC' }];
}
