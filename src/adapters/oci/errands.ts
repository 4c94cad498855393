/** How a registry is asked during one look at an image: a few things at a time, not without end, and nothing more once the look is over. */
import { HeraldError } from '../../core/errors.ts';
import type { Meter } from '../http.ts';
import type { OciClient } from './client.ts';

/** Fewer than the host may be asked at once, so that a poll of the same registry does not have to wait for a look. */
const AT_ONCE = 3;
/** What a look may cost at the very most. An index of ten unsigned images, each with an SBOM and provenance, takes 64. */
const MAX_REQUESTS = 250;

export interface Errands {
  /** The client, whose methods now wait for their turn. Also TOO_MANY for a look that takes too many requests. */
  readonly client: OciClient;
  /** Whoever still waits is not sent any more. */
  end(): void;
}

export function createErrands(client: OciClient, meter: Meter): Errands {
  const waiting: (() => void)[] = [];
  let free = AT_ONCE;
  let isOver = false;

  function turn(): Promise<void> {
    if (free === 0) return new Promise((resolve) => waiting.push(resolve));
    free -= 1;
    return Promise.resolve();
  }

  function done(): void {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }

  async function run<T>(errand: () => Promise<T>): Promise<T> {
    await turn();
    try {
      // Nobody waits for this one's outcome any more.
      if (isOver) throw new HeraldError('TIMEOUT', 'Not asked: the look at this image has ended.');
      if (meter.requests >= MAX_REQUESTS) {
        throw new HeraldError('TOO_MANY', `What lies beside this image takes more than ${MAX_REQUESTS} requests to read.`);
      }
      return await errand();
    } finally {
      done();
    }
  }

  return {
    client: {
      tags: () => run(() => client.tags()),
      digest: (tag) => run(() => client.digest(tag)),
      manifest: (reference) => run(() => client.manifest(reference)),
      find: (reference) => run(() => client.find(reference)),
      referrers: (digest) => run(() => client.referrers(digest)),
      blob: (descriptor, maxBytes) => run(() => client.blob(descriptor, maxBytes)),
    },
    end: () => {
      isOver = true;
    },
  };
}
