/** The tags of every repository as a list of pushes and removals in time, and what a moment sees of it. Fills itself from the record. */
import { epochMs, type Instant, plusMs } from '../../src/core/time.ts';
import { type Content, type ImageContent, type ImageRecipe, imageContent, signatureContent, signatureTag } from './images.ts';
import { PUBLICATIONS, type Publication } from './publications.ts';
import { signatureOf } from './signatures.ts';

/** One life of a tag: from a push until the next push, its removal, or now. */
export interface TagLife {
  readonly tag: string;
  readonly digest: string;
  readonly size: number | null;
  readonly isIndex: boolean;
  readonly start: Instant;
  readonly end: Instant | null;
}

type Change = { readonly tag: string; readonly at: Instant } & ({ readonly image: ImageContent } | { readonly removed: true });

export interface Registry {
  has(repository: string): boolean;
  /** Every life up to `now`, newest first (then by name): the order of Quay's tag API. */
  lives(repository: string, now: Instant): readonly TagLife[];
  /** A manifest that was pushed by `now`; deleted tags leave it behind, as a registry does until it collects garbage. */
  manifest(repository: string, digest: string, now: Instant): Content | null;
  blob(repository: string, digest: string): Content | null;
  push(publication: Publication): void;
  /** Pushes other bytes under a tag that is live. Throws when it is not. */
  repush(repository: string, tag: string, at: Instant): void;
  /** Takes a tag out of the record, as if it was never pushed. Throws when it is not in it. */
  withhold(repository: string, tag: string): void;
  /** Deletes a live tag. Throws when it is not. */
  remove(repository: string, tag: string, at: Instant): void;
}

const SIGNING_MS = 20_000;

/** The end of each life is the start of the tag's next change. */
function livesOf(changes: readonly Change[], now: Instant): readonly TagLife[] {
  const lives: TagLife[] = [];
  const live = new Map<string, number>();
  for (const change of changes.filter(({ at }) => at <= now).sort((a, b) => a.at.localeCompare(b.at))) {
    const before = live.get(change.tag);
    const ended = before === undefined ? undefined : lives[before];
    if (before !== undefined && ended !== undefined) {
      lives[before] = { ...ended, end: change.at };
      live.delete(change.tag);
    }
    if ('image' in change) {
      const { top, size } = change.image;
      live.set(change.tag, lives.length);
      lives.push({ tag: change.tag, digest: top.digest, size, isIndex: size === null, start: change.at, end: null });
    }
  }
  return lives.sort((a, b) => b.start.localeCompare(a.start) || (a.tag < b.tag ? -1 : 1));
}

export function recordedRegistry(): Registry {
  const changes = new Map<string, Change[]>();
  const recipes = new Map<string, ImageRecipe>();
  const manifests = new Map<string, { readonly content: Content; readonly at: Instant }>();
  const blobs = new Map<string, Content>();

  const changesOf = (repository: string): Change[] => changes.get(repository) ?? [];

  function add(repository: string, change: Change): void {
    changes.set(repository, [...changesOf(repository), change]);
    if ('image' in change) {
      for (const content of change.image.manifests) {
        const key = `${repository}@${content.digest}`;
        const known = manifests.get(key);
        manifests.set(key, { content, at: known !== undefined && known.at < change.at ? known.at : change.at });
      }
      for (const content of change.image.blobs) {
        blobs.set(`${repository}@${content.digest}`, content);
      }
    }
  }

  function pushBuild(recipe: ImageRecipe): void {
    const { repository, tag, at } = recipe;
    const image = imageContent(recipe);
    const digest = image.top.digest;
    recipes.set(`${repository}:${tag}`, recipe);
    add(repository, { tag, at, image });
    const signedAt = plusMs(at, SIGNING_MS);
    const layer = signatureOf({ repository, tag, version: recipe.version, build: recipe.build, digest, at: signedAt });
    if (layer !== null) add(repository, { tag: signatureTag(digest), at: signedAt, image: signatureContent(layer) });
  }

  function liveRecipe(repository: string, tag: string, at: Instant): ImageRecipe {
    const recipe = recipes.get(`${repository}:${tag}`);
    if (recipe === undefined || !livesOf(changesOf(repository), at).some((life) => life.tag === tag && life.end === null)) {
      throw new Error(`${repository}:${tag} is not published at ${at}`);
    }
    return recipe;
  }

  const registry: Registry = {
    has: (repository) => changes.has(repository),
    lives: (repository, now) => livesOf(changesOf(repository), now),
    manifest: (repository, digest, now) => {
      const found = manifests.get(`${repository}@${digest}`);
      return found !== undefined && epochMs(found.at) <= epochMs(now) ? found.content : null;
    },
    blob: (repository, digest) => blobs.get(`${repository}@${digest}`) ?? null,
    push: (publication) => {
      const before = recipes.get(`${publication.repository}:${publication.tag}`);
      pushBuild({ ...publication, build: (before?.build ?? 0) + 1 });
    },
    repush: (repository, tag, at) => {
      const recipe = liveRecipe(repository, tag, at);
      pushBuild({ ...recipe, at, build: recipe.build + 1 });
    },
    withhold: (repository, tag) => {
      const others = changesOf(repository).filter((change) => change.tag !== tag);
      if (others.length === changesOf(repository).length) throw new Error(`${repository}:${tag} is not in the record`);
      changes.set(repository, others);
    },
    remove: (repository, tag, at) => {
      liveRecipe(repository, tag, at);
      add(repository, { tag, at, removed: true });
    },
  };
  for (const publication of PUBLICATIONS) {
    registry.push(publication);
  }
  return registry;
}
