/** Puts verification together: where evidence is fetched, the trust root in force, who has to have signed. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Http } from '../adapters/http.ts';
import { createEvidenceSource } from '../adapters/oci/evidence.ts';
import type { Verification } from '../app/deps.ts';
import type { Clock, EvidenceChecker, StoreReader, TrustRootSource } from '../ports.ts';
import type { Settings } from './config.ts';
import { PINNED_ON } from './config-verification.ts';
import type { Secrets } from './secrets.ts';

export interface VerificationOptions {
  readonly settings: Pick<Settings, 'verification'>;
  readonly secrets: Pick<Secrets, 'registries'>;
  readonly http: Http;
  readonly clock: Clock;
  /** Where a fetched trust root may be; null: the one that comes with Herald is all there is. */
  readonly store: Pick<StoreReader, 'trustRoot'> | null;
  /** Where the update framework keeps what it knows. */
  readonly stateDir: string;
}

/** How much of the heap one check may take. An SBOM of 40 MB needs about 400 MB. */
const HEAP_MB = 512;
const CHECK_TIMEOUT_MS = 120_000;

/** Null when the configuration switches verification off. Throws HeraldError TRUST_ROOT. The packages of Sigstore take a while to load, so only who verifies loads them. */
export async function createVerification(options: VerificationOptions): Promise<Verification | null> {
  const { settings, secrets, http, clock } = options;
  const { enabled, identities, trustRoot } = settings.verification;
  if (!enabled) return null;
  const { createEvidenceChecker } = await import('../adapters/sigstore/checker.ts');
  const inForce = trustRootInForce(options);
  let checker: EvidenceChecker | null = null;
  const verification: Verification = {
    evidence: createEvidenceSource({ http, clock, accessTo: secrets.registries.accessTo }),
    checker: async () => {
      const { hash, document } = await inForce();
      if (checker === null || checker.basis.trustRoot !== hash) {
        checker = createEvidenceChecker({ trustRoot: Buffer.from(document), heapMb: HEAP_MB, timeoutMs: CHECK_TIMEOUT_MS });
      }
      return checker;
    },
    identities,
    identitiesHash: createHash('sha256').update(JSON.stringify(identities)).digest('hex'),
    trustRoots: trustRoot.own ? null : await trustRootSource(options, inForce),
  };
  // Nothing starts on a trust root that cannot be trusted.
  await verification.checker();
  return verification;
}

type InForce = TrustRootSource['inForce'];

/** The user's own, otherwise the newest that is known: the one that was fetched, or the one that came with this version of Herald. */
export function trustRootInForce({ settings, store }: Pick<VerificationOptions, 'settings' | 'store'>): InForce {
  const { file, own } = settings.verification.trustRoot;
  let pinned: Awaited<ReturnType<InForce>> | null = null;
  return async () => {
    const fetched = own || store === null ? null : await store.trustRoot();
    if (fetched !== null && fetched.confirmedAt > PINNED_ON) return fetched;
    if (pinned === null) {
      const bytes = await readFile(file);
      const hash = createHash('sha256').update(bytes).digest('hex');
      pinned = { hash, document: bytes.toString('utf8'), confirmedAt: PINNED_ON };
    }
    return pinned;
  };
}

async function trustRootSource({ settings, stateDir }: VerificationOptions, inForce: InForce): Promise<TrustRootSource> {
  const { mirror, mirrorRoot } = settings.verification;
  return {
    inForce,
    fetch: async () => {
      const { fetchTrustRoot } = await import('../adapters/sigstore/tuf.ts');
      const document = await fetchTrustRoot({
        mirror,
        cachePath: join(stateDir, 'tuf'),
        ...(mirrorRoot === null ? {} : { rootPath: mirrorRoot }),
      });
      return { hash: createHash('sha256').update(document).digest('hex'), document };
    },
    changes: (await import('../adapters/sigstore/trust-root-changes.ts')).trustRootChanges,
  };
}
