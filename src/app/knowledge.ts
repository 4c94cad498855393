/** What the store knows of each flavor, for questions. Never asks a registry: an answer comes from the store and says how old it is. */
import { baseStandings } from '../core/base.ts';
import type { ReleaseOutline } from '../core/classify.ts';
import { namesFlavors } from '../core/naming.ts';
import type { FlavorKnowledge } from '../core/query.ts';
import { artifactOf, type Project, type PublishedImage, type ReleaseKey, releaseKey } from '../core/release.ts';
import { flavorOf, holdsImages, type Target } from '../core/target.ts';
import { compareVersions, parseVersion, type Version } from '../core/version.ts';
import type { StoreReader } from '../ports.ts';
import { knownReleases, type ReleaseRules } from './releases.ts';

/**
 * One entry a watched repository and flavor of OS images, in the order of the configuration. Without a store (null) nothing
 * was ever checked.
 */
export async function flavorKnowledge(store: StoreReader | null, rules: ReleaseRules): Promise<readonly FlavorKnowledge[]> {
  const targets = rules.targets.filter(holdsImages);
  const bases = targets.flatMap(({ builtWith = [] }) => builtWith.map(({ name }) => name));
  const projects = await projectsOf(store, rules, [...targets.map(({ project }) => project), ...bases]);
  const known = await Promise.all(targets.map((target) => knowledgeOf(store, rules, target, projects)));
  return known.flat();
}

/** What is known of a project's releases, whatever repository their images are in. */
interface ProjectKnowledge extends Pick<FlavorKnowledge, 'calledPrereleases' | 'newestRelease' | 'retracted'> {
  readonly known: readonly ReleaseOutline[];
  readonly held: ReadonlySet<ReleaseKey>;
}

const NOTHING: ProjectKnowledge = { known: [], held: new Set(), calledPrereleases: new Set(), newestRelease: null, retracted: [] };

async function projectsOf(
  store: StoreReader | null,
  rules: ReleaseRules,
  projects: readonly Project[],
): Promise<ReadonlyMap<Project, ProjectKnowledge>> {
  if (store === null) return new Map();
  const entries = [...new Set(projects)].map(async (project): Promise<readonly [Project, ProjectKnowledge]> => {
    const { known, held } = await knownReleases(store, rules, project);
    const calledPrereleases = new Set(known.flatMap(({ version, prerelease }) => (prerelease === true ? [version] : [])));
    return [
      project,
      { known, held, calledPrereleases, newestRelease: await newestRelease(store, project, known), retracted: retractedAmong(known) },
    ];
  });
  return new Map(await Promise.all(entries));
}

async function knowledgeOf(
  store: StoreReader | null,
  { renumberings }: ReleaseRules,
  target: Target,
  projects: ReadonlyMap<Project, ProjectKnowledge>,
): Promise<readonly FlavorKnowledge[]> {
  const { id, project, repository, lifecycle, naming, builtWith = [] } = target;
  const { held, calledPrereleases, newestRelease: newest, retracted } = projects.get(project) ?? NOTHING;
  const outlines = new Map([...projects].map(([name, { known }]) => [name, known]));
  const { images, ...health } = await seen(store, id);
  // Other people's repositories may hold anything; those that were looked at and have no OS images are no flavor.
  if (images.length === 0 && health.lastSuccessAt !== null && project !== 'kairos' && naming === undefined) return [];
  const believed = images.filter((image) => {
    const version = versionOf(image)?.text ?? '';
    return !held.has(releaseKey(project, version)) && !retracted.includes(version);
  });
  const builtOn = baseStandings(builtWith, outlines, renumberings);
  const shared = { project, targetId: id, repository, lifecycle, calledPrereleases, newestRelease: newest, retracted, builtOn, ...health };
  return flavorsIn(target, believed).map(([flavor, of]) => ({ flavor, ...shared, images: of }));
}

/** Newest first. */
function retractedAmong(known: readonly ReleaseOutline[]): readonly string[] {
  const versions = known.filter(({ retracted }) => retracted === true).flatMap(({ version }) => parseVersion(version) ?? []);
  return versions.sort((a, b) => compareVersions(b, a)).map(({ text }) => text);
}

/** A repository holds one flavor, unless its tags name theirs. */
function flavorsIn(target: Target, images: readonly PublishedImage[]): readonly (readonly [string, readonly PublishedImage[]])[] {
  if (!namesFlavors(target.naming) || images.length === 0) return [[flavorOf(target), images]];
  return [...Map.groupBy(images, (image) => artifactOf(image)?.flavor ?? flavorOf(target))];
}

/** What was said of the newest stable release that is out. One that was there at the first look is taken as it was found. */
async function newestRelease(
  store: StoreReader,
  project: Project,
  known: readonly ReleaseOutline[],
): Promise<FlavorKnowledge['newestRelease']> {
  const newest = known
    .filter(({ images, prerelease }) => images > 0 && prerelease !== true)
    .flatMap(({ version }) => parseVersion(version) ?? [])
    .filter(({ prerelease }) => prerelease === null)
    .sort(compareVersions)
    .at(-1);
  if (newest === undefined) return null;
  const facts = (await store.announcement(`release:${releaseKey(project, newest.text)}`))?.facts;
  if (facts?.kind !== 'release' || facts.completeness == null) return null;
  return { version: newest.text, completeness: facts.completeness };
}

function versionOf(image: PublishedImage): Version | null {
  const artifact = artifactOf(image);
  return artifact?.version.kind === 'release' ? artifact.version.version : null;
}

async function seen(
  store: StoreReader | null,
  targetId: string,
): Promise<Pick<FlavorKnowledge, 'images' | 'lastSuccessAt' | 'failingSince' | 'failure'>> {
  if (store === null) return { images: [], lastSuccessAt: null, failingSince: null, failure: null };
  const [{ lastSuccessAt, failingSince, failure }, images] = await Promise.all([store.targetHealth(targetId), store.imagesOf(targetId)]);
  return { images, lastSuccessAt, failingSince, failure };
}
