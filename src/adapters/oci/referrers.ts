/** Referrers of a manifest, also at registries that keep no lists of them: OCI distribution specification 1.1, "Listing Referrers". */
import { type Instant, MS, plusMs } from '../../core/time.ts';
import type { Clock } from '../../ports.ts';
import type { OciClient } from './client.ts';
import type { Descriptor } from './schema.ts';

/** As they are listed: whether one really refers to the digest is in its manifest. Throws what OciClient throws. */
export type ListReferrers = (client: OciClient, digest: string) => Promise<readonly Descriptor[]>;

/** How long a registry is not asked again for what it does not have. Not longer: after its upgrade, new signatures are in its lists only. */
const REMEMBERED_MS = MS.hour;

/** `at` gives the lists of one registry, under any name for it. What is remembered is one moment a registry. */
export function createReferrers(clock: Clock): { readonly at: (registry: string) => ListReferrers } {
  const withoutUntil = new Map<string, Instant>();

  return {
    at: (registry) => async (client, digest) => {
      const until = withoutUntil.get(registry);
      if (until !== undefined && until > clock.now()) return fallback(client, digest);
      const listed = await client.referrers(digest);
      if (listed !== null) return listed;
      withoutUntil.set(registry, plusMs(clock.now(), REMEMBERED_MS));
      return fallback(client, digest);
    },
  };
}

/** The index that whoever pushes a referrer to such a registry keeps under a tag made of the digest. */
async function fallback(client: OciClient, digest: string): Promise<readonly Descriptor[]> {
  const found = await client.find(digest.replace(':', '-'));
  // GitLab's registry takes the tag for the digest itself and answers the image: what is in it does not refer to it.
  const isList = found?.kind === 'index' && found.digest !== digest;
  // Anything else under this tag is nobody's list: the specification has us assume that there are none.
  return isList ? found.manifests : [];
}
