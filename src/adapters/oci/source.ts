/**
 * Image repositories on any other registry. The specification's tag list has names only, in no useful order and without times: every poll
 * lists all of it, and asks for the digests of a few tags, so that a re-push is seen.
 */
import { z } from 'zod';
import { planDigestChecks } from '../../core/digest-checks.ts';
import { HeraldError } from '../../core/errors.ts';
import { readImage } from '../../core/naming.ts';
import type { Clock, Source } from '../../ports.ts';
import { createMeter, type Http } from '../http.ts';
import type { AccessTo } from './access.ts';
import { createAdmissions } from './admissions.ts';
import { createOciClient, type OciClient } from './client.ts';

export interface OciSourceDeps {
  readonly http: Http;
  readonly clock: Clock;
  readonly accessTo?: AccessTo;
  /** Default 200 pages of 100 tags. */
  readonly maxPages?: number;
}

/** `checked`: the tag whose digest was asked for last in the round over the watched images. */
const Mark = z.object({ checked: z.string().nullable() });

/**
 * Target: `ghcr.io/organisation/name`, read at its mirror if it has one. Always complete, so a tag that is gone is noticed at once. A steady
 * poll is one request a page of tags and at most MAX_DIGEST_CHECKS HEAD requests. Throws what OciClient throws.
 */
export function createOciSource(deps: OciSourceDeps): Source {
  const admissions = createAdmissions();
  return {
    kind: 'oci',
    async observe({ repository, via, endpoint, naming }, since, known) {
      const meter = createMeter();
      const client = createOciClient({ ...deps, admissions, meter, repository: via ?? repository, endpoint });
      const tags = await client.tags();
      const { checked = null } = Mark.safeParse(since).data ?? {};
      const read = (tag: string) => readImage(`${repository}:${tag}`, naming).reference;
      const plan = planDigestChecks(read, tags, await known(), checked);
      const digests = await askDigests(client, plan.tags);
      return {
        observations: tags.map((tag) => ({ kind: 'tag', tag, digest: digests.get(tag) ?? null, size: null, since: null, until: null })),
        complete: true,
        watermark: { checked: plan.checked },
        requests: meter.requests,
      };
    },
  };
}

/** One after the other. What is not asked, or not told, has an unknown digest: that is never taken for a change. */
async function askDigests(client: OciClient, tags: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  try {
    for (const tag of tags) {
      const told = await client.digest(tag);
      // A registry that keeps the digest of one to itself does so of all.
      if (told.kind === 'untold') break;
      if (told.kind === 'digest') digests.set(tag, told.digest);
    }
  } catch (error) {
    // The listing is whole, and the rest of the digests can wait for the next poll; only that we should ask less is taken from this.
    if (!(error instanceof HeraldError && error.code === 'RATE_LIMITED')) throw error;
  }
  return digests;
}
