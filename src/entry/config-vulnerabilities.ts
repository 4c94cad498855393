/** The `vulnerabilities` part of the configuration: who is asked for known vulnerabilities. Nobody, unless it says so. */
import { z } from 'zod';

const address = z.url({ protocol: /^https?$/ });

const OSV = 'https://api.osv.dev';
const DASHBOARD = 'https://raw.githubusercontent.com/kairos-io/security/main/dashboard.json';

export const Vulnerabilities = z.strictObject({
  source: z
    .enum(['none', 'osv'])
    .default('none')
    .describe('osv: names and versions of the packages two images differ in are sent to osvUrl; none: nothing is sent'),
  osvUrl: address.default(OSV).describe('OSV, or a mirror of its API'),
  dashboard: z.boolean().default(false).describe("Read Kairos' security dashboard: of Hadron's main branch, never of a release"),
  dashboardUrl: address.default(DASHBOARD).describe('dashboard.json of kairos-io/security, or a copy of it'),
});

export interface VulnerabilitySettings {
  readonly source: 'none' | 'osv';
  readonly osvUrl: string;
  readonly dashboard: boolean;
  readonly dashboardUrl: string;
}

/** What holds where no file says anything of it: nobody is asked. */
export function vulnerabilitiesFrom(entry: VulnerabilitySettings | undefined): VulnerabilitySettings {
  return entry ?? Vulnerabilities.parse({});
}

/** Origins that somebody named by hand, which may lie inside their own network. */
export function namedOrigins({ source, osvUrl, dashboard, dashboardUrl }: VulnerabilitySettings): readonly string[] {
  const used = [...(source === 'osv' ? [osvUrl] : []), ...(dashboard ? [dashboardUrl] : [])];
  return used.filter((url) => url !== OSV && url !== DASHBOARD);
}
