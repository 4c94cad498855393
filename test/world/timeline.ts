/** The demo's story as data: a moment to begin at, and the moments at which something is to be seen. Times are the real ones. */
import { type Instant, instant, MS, plusMs } from '../../src/core/time.ts';
import type { Upstream } from './upstream.ts';

export interface Step {
  readonly at: Instant;
  /** What happened since the step before, for the person who watches. */
  readonly says: string;
  /** The image that is pushed again at this moment: same tag, other digest, and in this world another signer (signatures.ts). */
  readonly repush: { readonly repository: string; readonly tag: string } | null;
}

/** The week before v4.1.1: whatever is published up to here is recorded by the first poll and not announced. */
export const BASELINE_AT: Instant = instant('2026-06-08T12:00:00Z');

/** Nothing is published at this moment; what is due on a Monday is. */
export const MONDAY = 'a Monday: the weekly digest is due';

const step = (at: string, says: string, repush: Step['repush'] = null): Step => ({ at: instant(at), says, repush });

export const TIMELINE: readonly Step[] = [
  step('2026-06-15T18:00:00Z', 'v4.1.1 is published'),
  step('2026-06-17T14:35:00Z', 'v4.1.2 is tagged two days later; its page says only "Release v4.1.2"'),
  step('2026-06-17T15:00:00Z', 'the core images of v4.1.2 arrive; it supersedes v4.1.1'),
  step('2026-06-17T16:00:00Z', 'the standard images of v4.1.2 arrive'),
  step('2026-06-17T18:30:00Z', 'the release notes of v4.1.2 are written'),
  step('2026-06-22T09:05:00Z', MONDAY),
  step('2026-08-10T13:00:00Z', 'v4.2.0-rc1, a candidate'),
  step('2026-08-14T18:00:00Z', 'v4.2.0-rc3; rc2 was tagged and never published'),
  step('2026-08-18T14:10:00Z', 'v4.2.0-rc4, and the page of v4.2.0 made from the same commit'),
  step('2026-08-18T15:30:00Z', 'the images of v4.2.0 arrive'),
  step('2026-08-18T18:00:00Z', 'the release notes of v4.2.0 are written'),
  step('2026-08-20T09:00:00Z', 'one image of v4.2.0 is pushed again, signed by a stranger through the same public workflow', {
    repository: 'kairos/hadron',
    tag: 'v0.5.1-core-amd64-generic-v4.2.0',
  }),
  step('2026-08-21T15:00:00Z', 'a tag named after a commit appears beside the releases'),
  step('2026-08-24T09:05:00Z', MONDAY),
  step('2026-09-08T12:20:00Z', 'v4.3.0 is tagged; its page says only "Release v4.3.0"'),
  step('2026-09-08T12:50:00Z', 'the core images of v4.3.0 arrive'),
  step('2026-09-08T14:00:00Z', 'the standard images of v4.3.0 arrive'),
  step('2026-09-08T17:00:00Z', 'the release notes of v4.3.0 are written'),
  step('2026-09-10T10:00:00Z', 'tags in a spelling nobody knows yet appear'),
  step('2026-09-14T09:05:00Z', MONDAY),
];

/** Moves the world to a step and does what the step asks for. */
export function play(upstream: Upstream, { at, repush }: Step): void {
  upstream.at = at;
  if (repush !== null) {
    upstream.repush(repush.repository, repush.tag);
    // Signed within the minute, as everything is.
    upstream.at = plusMs(at, MS.minute);
  }
}
