/** Known vulnerabilities of what two images differ in, and the state of Hadron's main branch: asked now, kept nowhere. What cannot be asked is an answer too. */
import { type Failure, failureOf, HeraldError } from '../core/errors.ts';
import type { Inventory } from '../core/sbom.ts';
import { purlsOf } from '../core/sbom-purl.ts';
import { type HadronMain, hadronMain } from '../core/security-dashboard.ts';
import { idsToDescribe, questionsFor, type VulnerabilityReport, vulnerabilityReport } from '../core/vulnerabilities.ts';
import type { SecurityDashboardSource, VulnerabilitySource } from '../ports.ts';

/** An answer, or why there is none. */
export type Asked<T> =
  | { readonly kind: 'asked'; readonly answer: T }
  | { readonly kind: 'failed'; readonly source: string; readonly failure: Failure };

/** The names and versions of packages that are not the same in both are sent to the source. */
export function vulnerabilitiesBetween(source: VulnerabilitySource, from: Inventory, to: Inventory): Promise<Asked<VulnerabilityReport>> {
  return answered(source.name, async () => {
    const asked = questionsFor(purlsOf(from), purlsOf(to));
    const { askedAt, ids } = await source.affecting(asked.questions);
    const records = await source.describe(idsToDescribe(asked, ids));
    return vulnerabilityReport(asked, ids, records, { source: source.name, askedAt });
  });
}

export function stateOfHadronMain(dashboard: SecurityDashboardSource): Promise<Asked<HadronMain>> {
  return answered('kairos-io/security', async () => hadronMain(await dashboard.read()));
}

async function answered<T>(source: string, ask: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { kind: 'asked', answer: await ask() };
  } catch (error) {
    if (!(error instanceof HeraldError)) throw error;
    return { kind: 'failed', source, failure: failureOf(error) };
  }
}
