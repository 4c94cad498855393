/** What the store knows of each flavor, for questions. Never asks a registry: an answer comes from the store and says how old it is. */
import type { FlavorKnowledge } from '../core/query.ts';
import type { Target } from '../core/target.ts';
import type { StoreReader } from '../ports.ts';

/** One entry a watched image repository of OS images, in the order of the configuration. */
export async function flavorKnowledge(store: StoreReader, targets: readonly Target[]): Promise<readonly FlavorKnowledge[]> {
  return Promise.all(targets.filter(holdsImages).map((target) => knowledgeOf(store, target)));
}

/** The flavor a repository holds: its last path segment. */
export function flavorOf(target: Target): string {
  return target.repository.split('/').at(-1) ?? target.repository;
}

async function knowledgeOf(store: StoreReader, target: Target): Promise<FlavorKnowledge> {
  const [health, images] = await Promise.all([store.targetHealth(target.id), store.imagesOf(target.id)]);
  return {
    flavor: flavorOf(target),
    targetId: target.id,
    repository: target.repository,
    lifecycle: target.lifecycle,
    images,
    lastSuccessAt: health.lastSuccessAt,
    failingSince: health.failingSince,
    failure: health.failure,
  };
}

function holdsImages(target: Target): boolean {
  return target.project === 'kairos' && target.kind !== 'github-releases';
}
