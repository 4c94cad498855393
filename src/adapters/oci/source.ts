/**
 * Image repositories on any other registry. The specification's tag list has names only, in no useful order and without times: every poll
 * lists all of it, and what a tag points at is not known here (digests are read when a release is assessed).
 */
import type { Clock, Source } from '../../ports.ts';
import { createMeter, type Http } from '../http.ts';
import { createOciClient } from './client.ts';

export interface OciSourceDeps {
  readonly http: Http;
  readonly clock: Clock;
  /** Origins of token services that belong to the watched registries, beyond the well-known ones. */
  readonly realmOrigins?: readonly string[];
  /** Default 200 pages of 100 tags. */
  readonly maxPages?: number;
}

/** Target: `ghcr.io/organisation/name`. Always complete, so a tag that is gone is noticed at once. Throws what OciClient.tags throws. */
export function createOciSource(deps: OciSourceDeps): Source {
  return {
    kind: 'oci',
    async observe(target) {
      const meter = createMeter();
      const client = createOciClient({ ...deps, meter, repository: target.repository, endpoint: target.endpoint });
      const tags = await client.tags();
      return {
        observations: tags.map((tag) => ({ kind: 'tag', tag, digest: null, size: null, since: null, until: null })),
        complete: true,
        watermark: {},
        requests: meter.requests,
      };
    },
  };
}
