/** What the store knows of each flavor, for questions. Never asks a registry: an answer comes from the store and says how old it is. */
import type { ReleaseOutline } from '../core/classify.ts';
import type { FlavorKnowledge } from '../core/query.ts';
import { artifactOf, type PublishedImage, releaseKey } from '../core/release.ts';
import type { Target } from '../core/target.ts';
import { compareVersions, parseVersion, type Version } from '../core/version.ts';
import type { StoreReader } from '../ports.ts';
import { knownReleases, type ReleaseRules } from './releases.ts';

/** The project whose releases are OS images of flavors. */
const PROJECT = 'kairos';

/** One entry a watched repository of OS images, in the order of the configuration. Without a store (null) nothing was ever checked. */
export async function flavorKnowledge(store: StoreReader | null, rules: ReleaseRules): Promise<readonly FlavorKnowledge[]> {
  const targets = rules.targets.filter(holdsImages);
  if (store === null) return targets.map((target) => ({ ...describe(target), ...NOTHING }));
  const { known, held } = await knownReleases(store, rules, PROJECT);
  const calledPrereleases = new Set(known.flatMap(({ version, prerelease }) => (prerelease === true ? [version] : [])));
  const newest = await newestRelease(store, known);
  return Promise.all(
    targets.map(async (target): Promise<FlavorKnowledge> => {
      const [{ lastSuccessAt, failingSince, failure }, stored] = await Promise.all([
        store.targetHealth(target.id),
        store.imagesOf(target.id),
      ]);
      const images = held.size === 0 ? stored : stored.filter((image) => !held.has(releaseKey(PROJECT, versionOf(image)?.text ?? '')));
      return { ...describe(target), images, calledPrereleases, newestRelease: newest, lastSuccessAt, failingSince, failure };
    }),
  );
}

type Description = Pick<FlavorKnowledge, 'flavor' | 'targetId' | 'repository' | 'lifecycle'>;

const NOTHING: Omit<FlavorKnowledge, keyof Description> = {
  images: [],
  calledPrereleases: new Set(),
  newestRelease: null,
  lastSuccessAt: null,
  failingSince: null,
  failure: null,
};

/** The flavor a repository holds is its last path segment. */
function describe({ id, repository, lifecycle }: Target): Description {
  return { flavor: repository.split('/').at(-1) ?? repository, targetId: id, repository, lifecycle };
}

/** What was said of the newest stable release that is out. One that was there at the first look is taken as it was found. */
async function newestRelease(store: StoreReader, known: readonly ReleaseOutline[]): Promise<FlavorKnowledge['newestRelease']> {
  const newest = known
    .filter(({ images, prerelease }) => images > 0 && prerelease !== true)
    .flatMap(({ version }) => parseVersion(version) ?? [])
    .filter(({ prerelease }) => prerelease === null)
    .sort(compareVersions)
    .at(-1);
  if (newest === undefined) return null;
  const facts = (await store.announcement(`release:${releaseKey(PROJECT, newest.text)}`))?.facts;
  if (facts?.kind !== 'release' || facts.completeness == null) return null;
  return { version: newest.text, completeness: facts.completeness };
}

function versionOf(image: PublishedImage): Version | null {
  const artifact = artifactOf(image);
  return artifact?.version.kind === 'release' ? artifact.version.version : null;
}

function holdsImages(target: Target): boolean {
  return target.project === PROJECT && target.kind !== 'github-releases';
}
