/** Everything there is to say about how Herald itself is doing: data for doctor and for status views. */
import { type Lateness, latenessOf, targetState } from '../core/health.ts';
import type { Project } from '../core/release.ts';
import type { Instant } from '../core/time.ts';
import type { Status, StoreReader, TargetStatus } from '../ports.ts';
import { knownReleases, type ReleaseRules } from './releases.ts';

/** How many failing deliveries a status shows. */
const MAX_FAILING = 100;

export async function status(store: StoreReader, rules: ReleaseRules, now: Instant): Promise<Status> {
  const targets: TargetStatus[] = [];
  for (const target of rules.targets) {
    const health = await store.targetHealth(target.id);
    targets.push({ target, health, state: targetState(target, health, now), tags: await store.tagCounts(target.id) });
  }
  const active = new Set(rules.targets.filter(({ lifecycle }) => lifecycle.state === 'active').map(({ project }) => project));
  const projects: { project: Project; lateness: Lateness }[] = [];
  for (const project of active) {
    const lateness = latenessOf((await knownReleases(store, rules, project)).known, now);
    if (lateness !== null) projects.push({ project, lateness });
  }
  return {
    targets,
    projects,
    subscriptions: await store.listedSubscriptions(),
    deliveries: await store.deliveryCounts(),
    failing: await store.failingDeliveries(MAX_FAILING),
    verdicts: await store.verdictCounts(),
  };
}
