/** The security dashboard of Kairos, one file that its own scan commits every day. Nothing is sent but the request for it. */
import type { Clock, SecurityDashboardSource } from '../../ports.ts';
import { createMeter, type Http } from '../http.ts';
import { DashboardFile } from './schema.ts';

export interface DashboardDeps {
  readonly http: Http;
  readonly clock: Clock;
  /** Where the file is: `dashboard.json` of kairos-io/security, or a copy of it. */
  readonly url: string;
}

/** It had 217 kB with 48 findings. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Throws the errors of adapters/http.ts; a finding of Hadron that cannot be read is an error, because a list without it would look better than it is. */
export function createDashboardSource({ http, clock, url }: DashboardDeps): SecurityDashboardSource {
  return {
    async read() {
      const { findings, incomplete } = await http.getJson({ url: new URL(url), meter: createMeter(), maxBytes: MAX_BYTES }, DashboardFile);
      const days = findings.map(({ lastSeen }) => lastSeen).sort();
      return { readAt: clock.now(), seenOn: days.at(-1) ?? null, incomplete, findings: findings.flatMap(({ finding }) => finding ?? []) };
    },
  };
}
