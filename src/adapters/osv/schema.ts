/** What OSV's API answers: google/osv.dev `docs/api/`, https://ossf.github.io/osv-schema/. Only the fields used. */
import { z } from 'zod';
import { isVulnerabilityId, type Severity } from '../../core/vulnerabilities.ts';

const Id = z.string().refine(isVulnerabilityId);

/** One result a query, in their order. A page may be empty and have a next one: the server stopped for time. */
export const OsvBatch = z.object({
  results: z.array(
    z.object({
      vulns: z
        .array(z.object({ id: Id }))
        .max(5_000)
        .nullish(),
      next_page_token: z.string().max(10_000).nullish(),
    }),
  ),
});

/** Advisories of GitHub grade themselves; others carry a CVSS vector, which is an input and not a grade. */
const GRADES: ReadonlyMap<string, Severity> = new Map([
  ['CRITICAL', 'critical'],
  ['HIGH', 'high'],
  ['MODERATE', 'medium'],
  ['MEDIUM', 'medium'],
  ['LOW', 'low'],
]);
const MAX_SUMMARY = 300;

export const OsvRecord = z
  .object({
    id: Id,
    aliases: z.array(z.string().max(1_000)).max(1_000).nullish(),
    summary: z.string().nullish(),
    withdrawn: z.string().nullish(),
    database_specific: z.object({ severity: z.unknown() }).nullish().catch(null),
  })
  .transform(({ id, aliases, summary, withdrawn, database_specific }) => ({
    id,
    // Only compared with ids, which all have this form.
    aliases: (aliases ?? []).filter(isVulnerabilityId),
    summary: summary == null || summary === '' ? null : summary.slice(0, MAX_SUMMARY),
    severity: GRADES.get(String(database_specific?.severity).toUpperCase()) ?? ('unknown' as const),
    withdrawn: withdrawn != null,
  }));
