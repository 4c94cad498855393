/** What the store knows of each flavor, for questions. Never asks a registry: an answer comes from the store and says how old it is. */
import type { FlavorKnowledge } from '../core/query.ts';
import type { Target } from '../core/target.ts';
import type { StoreReader } from '../ports.ts';

/** One entry a watched repository of OS images, in the order of the configuration. Without a store (null) nothing was ever checked. */
export async function flavorKnowledge(store: StoreReader | null, targets: readonly Target[]): Promise<readonly FlavorKnowledge[]> {
  return Promise.all(targets.filter(holdsImages).map(async (target) => ({ ...describe(target), ...(await seen(store, target.id)) })));
}

type Description = Pick<FlavorKnowledge, 'flavor' | 'targetId' | 'repository' | 'lifecycle'>;

/** The flavor a repository holds is its last path segment. */
function describe({ id, repository, lifecycle }: Target): Description {
  return { flavor: repository.split('/').at(-1) ?? repository, targetId: id, repository, lifecycle };
}

async function seen(store: StoreReader | null, targetId: string): Promise<Omit<FlavorKnowledge, keyof Description>> {
  if (store === null) return { images: [], lastSuccessAt: null, failingSince: null, failure: null };
  const [{ lastSuccessAt, failingSince, failure }, images] = await Promise.all([store.targetHealth(targetId), store.imagesOf(targetId)]);
  return { images, lastSuccessAt, failingSince, failure };
}

function holdsImages(target: Target): boolean {
  return target.project === 'kairos' && target.kind !== 'github-releases';
}
