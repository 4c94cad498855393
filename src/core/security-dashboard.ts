/**
 * The security dashboard of Kairos (kairos-io/security), read for what it is: the state of Hadron's main branch on a day. No release was
 * built from that tree, and there is no such list of any release.
 */
import type { Instant } from './time.ts';
import { bySeverity, type Severity } from './vulnerabilities.ts';

/** A vulnerability of something Hadron's main branch is built from. */
export interface DashboardFinding {
  readonly name: string;
  /** What OSV calls it; null where the dashboard does not say. */
  readonly id: string | null;
  readonly package: string;
  readonly version: string;
  readonly severity: Severity;
  /** Why the dashboard does not count it (`already-fixed`, an accepted component); null where it counts. */
  readonly setAside: string | null;
}

export interface SecurityDashboard {
  readonly readAt: Instant;
  /** The day anything in it was last seen, `2026-07-08`; null where there is nothing to see. */
  readonly seenOn: string | null;
  /** Its own run could not look at everything. */
  readonly incomplete: boolean;
  readonly findings: readonly DashboardFinding[];
}

/** The dashboard as it is told. */
export interface HadronMain extends Omit<SecurityDashboard, 'findings'> {
  /** Those that count, the worst first. */
  readonly open: readonly DashboardFinding[];
  readonly setAside: number;
}

export function hadronMain({ findings, ...dashboard }: SecurityDashboard): HadronMain {
  const open = findings.filter(({ setAside }) => setAside === null);
  return { ...dashboard, open: bySeverity(open), setAside: findings.length - open.length };
}
