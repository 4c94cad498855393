/** Keeps the trust root up to date: asks its repository for the current one, and says what is different. */
import { type Instant, MS, plusMs } from '../core/time.ts';
import type { AppDeps } from './deps.ts';
import { fanOutNotice } from './fan-out.ts';

/** How long a trust root may go unconfirmed before its operator is told: it has changed four times in three years, keys ahead of their use. */
export const STALE_AFTER_MS = 90 * MS.day;

/** Fetches the trust root; a new one is in force from then on. Gives the deliveries that became owed. Throws HeraldError when it cannot be had. */
export async function refreshTrustRoot({
  store,
  clock,
  verification,
  log,
}: Pick<AppDeps, 'store' | 'clock' | 'verification' | 'log'>): Promise<readonly string[]> {
  const roots = verification?.trustRoots ?? null;
  if (roots === null) return [];
  const before = await roots.inForce();
  const { hash, document } = await roots.fetch();
  const confirmedAt = clock.now();
  const changes = hash === before.hash ? [] : roots.changes(before.document, document);
  log.info('the trust root was confirmed', { hash, changes: changes.length });
  return store.transaction(async (writer) => {
    await writer.saveTrustRoot({ hash, document, confirmedAt });
    if (hash === before.hash) return [];
    return fanOutNotice(writer, `notice:trust-root:${hash}`, { kind: 'notice', notice: 'trust-root', changes, confirmedAt }, confirmedAt);
  });
}

/** When the trust root counts as old, if nobody confirms it before. */
export function staleAt(confirmedAt: Instant): Instant {
  return plusMs(confirmedAt, STALE_AFTER_MS);
}
