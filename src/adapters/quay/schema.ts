/** What Quay's tag API answers: quay/quay `endpoints/api/tag.py`, ListRepositoryTags. Only the fields used. */
import { z } from 'zod';
import { isDigest, isTag } from '../../core/repository.ts';

/** Unix seconds up to the year 9999: later ones would print with six digits and no longer order as text. */
const Seconds = z.int().min(0).max(253_402_300_799);

/** A tag that pointed, or points, at a digest for a while. A re-push ends one row and begins another. */
export const QuayTag = z.object({
  name: z.string().refine(isTag),
  manifest_digest: z.string().refine(isDigest),
  start_ts: Seconds,
  /** In the past: replaced or deleted then. In the future: a live tag that will expire. */
  end_ts: Seconds.optional(),
  size: z.int().min(0).nullish(),
});
export type QuayTag = z.infer<typeof QuayTag>;

export const QuayTagPage = z.object({ tags: z.array(QuayTag).max(100), has_additional: z.boolean() });
export type QuayTagPage = z.infer<typeof QuayTagPage>;
