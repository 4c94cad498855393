/** Keeps the trust root up to date: asks its repository for the current one, and says what is different. */
import { HeraldError } from '../core/errors.ts';
import { type Instant, MS, plusMs } from '../core/time.ts';
import type { StoredTrustRoot, TrustRootSource } from '../ports.ts';
import type { AppDeps } from './deps.ts';
import { fanOutNotice } from './fan-out.ts';

/** How long a trust root may go unconfirmed before its operator is told: it has changed four times in three years, keys ahead of their use. */
const STALE_AFTER_MS = 90 * MS.day;

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
  const fetched = await fetchOrTell({ store, clock }, roots, before);
  if (fetched.kind === 'failed') return fetched.owed;
  const { hash, document } = fetched;
  const confirmedAt = clock.now();
  const changes = hash === before.hash ? [] : roots.changes(before.document, document);
  log.info('the trust root was confirmed', { hash, changes: changes.length });
  return store.transaction(async (writer) => {
    await writer.saveTrustRoot({ hash, document, confirmedAt });
    if (hash === before.hash) return [];
    return fanOutNotice(writer, `notice:trust-root:${hash}`, { kind: 'notice', notice: 'trust-root', changes, confirmedAt }, confirmedAt);
  });
}

type Fetched =
  | { readonly kind: 'fetched'; readonly hash: string; readonly document: string }
  | { readonly kind: 'failed'; readonly owed: readonly string[] };

/** One failure is nothing: the root hardly ever changes. One that goes on until the root is old is told, once a root. */
async function fetchOrTell(
  { store, clock }: Pick<AppDeps, 'store' | 'clock'>,
  roots: TrustRootSource,
  before: StoredTrustRoot,
): Promise<Fetched> {
  try {
    return { kind: 'fetched', ...(await roots.fetch()) };
  } catch (error) {
    if (!(error instanceof HeraldError) || clock.now() < staleAt(before.confirmedAt)) throw error;
    const facts = { kind: 'notice', notice: 'trust-root', changes: [], confirmedAt: before.confirmedAt } as const;
    const subject = `notice:trust-root-old:${before.confirmedAt}`;
    return { kind: 'failed', owed: await store.transaction((writer) => fanOutNotice(writer, subject, facts, clock.now())) };
  }
}

/** When the trust root counts as old, if nobody confirms it before. */
export function staleAt(confirmedAt: Instant): Instant {
  return plusMs(confirmedAt, STALE_AFTER_MS);
}
