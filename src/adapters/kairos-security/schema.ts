/** What kairos-io/security commits every day: `dashboard.json`, or one of the lists in `state/`. Only the fields used. */
import { z } from 'zod';
import { isVulnerabilityId, type Severity } from '../../core/vulnerabilities.ts';

const text = z.string().max(2_000);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const SEVERITIES: ReadonlyMap<string, Severity> = new Map(
  (['critical', 'high', 'medium', 'low', 'unknown'] as const).map((severity) => [severity, severity]),
);

/** Only the id is taken from the address: an address in a message is one that we made. */
function idIn(url: string, name: string): string | null {
  const id = /^https:\/\/osv\.dev\/vulnerability\/([^/?#]+)$/.exec(url)?.[1] ?? name;
  return isVulnerabilityId(id) ? id : null;
}

/** Of the base that images are made of: a finding of it that cannot be read is an error. Those of other repositories are not ours to read. */
const HADRON = 'kairos-io/hadron';

const OwnFinding = z
  .object({
    repo: z.literal(HADRON),
    cveID: z.string().refine(isVulnerabilityId),
    package: text,
    currentVersion: text,
    severity: text,
    url: text.nullish(),
    lastSeen: day,
    class: text.nullish(),
    classReason: text.nullish(),
  })
  .transform((found) => ({
    lastSeen: found.lastSeen,
    finding: {
      name: found.cveID,
      id: idIn(found.url ?? '', found.cveID),
      package: found.package,
      version: found.currentVersion,
      severity: SEVERITIES.get(found.severity) ?? ('unknown' as const),
      setAside: found.class === 'informational' ? (found.classReason ?? '') : null,
    },
  }));

const OtherFinding = z
  .object({ repo: text.refine((repo) => repo !== HADRON), lastSeen: day })
  .transform(({ lastSeen }) => ({ lastSeen, finding: null }));

const Finding = z.union([OwnFinding, OtherFinding]);

/** Go writes an empty list as null. */
const Findings = z.array(Finding).max(20_000).nullable();

/** Whatever stands there says that something could not be looked at. */
const CollectErrors = z
  .unknown()
  .optional()
  .transform((errors) => (typeof errors === 'object' ? Object.keys(errors ?? {}).length > 0 : errors !== undefined && errors !== ''));

export const DashboardFile = z.union([
  z
    .object({ correlated: z.object({ findings: Findings }), collectErrors: CollectErrors })
    .transform(({ correlated, collectErrors }) => ({ findings: correlated.findings ?? [], incomplete: collectErrors })),
  z.object({ findings: Findings }).transform(({ findings }) => ({ findings: findings ?? [], incomplete: false })),
]);
