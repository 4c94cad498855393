/** What the questions about releases are asked with: a project, a release of it, words for images. */
import { HeraldError } from '../../core/errors.ts';
import { findRelease, isOfComponent, type KnownRelease, type ReleaseHistory } from '../../core/history.ts';
import { nearest } from '../../core/nearest.ts';
import { parseQuery, printQuery, type Query, type QueryProblem } from '../../core/query.ts';
import { ANY, type Filter } from '../../core/subscription.ts';
import { namesOf } from '../../core/target.ts';
import { parseVersion } from '../../core/version.ts';
import { queryProblemWords } from '../../render/answer.ts';
import type { Settings } from '../config.ts';

/** Words for images, as in "herald latest". */
export interface ImageWords {
  /** Null when there are none: everything. */
  readonly filter: Filter | null;
  readonly prereleases: boolean;
  /** In canonical words, for saying what was asked. */
  readonly text: string;
}

/** Reads words for images. Throws HeraldError INVALID_QUERY with what was probably meant. */
export function imageWords(words: readonly string[], { targets }: Pick<Settings, 'targets'>): ImageWords {
  const parsed = parseQuery(words, namesOf(targets).flavors);
  if (parsed.kind === 'problem') throw notUnderstood(parsed.problems);
  const chosen = { ...parsed.query, prereleases: false };
  const text = printQuery(chosen);
  return { filter: text === '' ? null : filterOf(chosen), prereleases: parsed.query.prereleases, text };
}

/** Words for images choose among images: a component has none. Throws HeraldError INVALID_QUERY. */
export function checkWordsApply(history: ReleaseHistory, { filter, text }: ImageWords): void {
  if (filter === null || !isOfComponent(history)) return;
  throw new HeraldError('INVALID_QUERY', `${history.project} has no operating system images that "${text}" could choose among.`, {
    hint: 'Ask for its releases without these words.',
  });
}

/** A project that is watched. Throws HeraldError INVALID_QUERY with the nearest. */
export function watchedProject(name: string, { targets }: Pick<Settings, 'targets'>): string {
  const projects = [...new Set(targets.map(({ project }) => project))].sort();
  if (projects.includes(name)) return name;
  const near = nearest(name, projects);
  throw new HeraldError('INVALID_QUERY', `"${name}" is no project that is watched${near === null ? '.' : `; did you mean "${near}"?`}`, {
    hint: `Watched are: ${projects.join(', ')}.`,
  });
}

/** The release a person named. Throws HeraldError NOT_FOUND with the nearest known one. */
export function namedRelease(history: ReleaseHistory, text: string): KnownRelease {
  const found = findRelease(history, text);
  if (found.kind === 'found') return found.release;
  const asked = parseVersion(text)?.text ?? text.slice(0, 80);
  const inside = history.releases.filter(({ outline }) => outline.base === asked).map(({ version }) => version);
  throw new HeraldError('NOT_FOUND', `No release ${asked} of ${history.project} is known here.`, {
    hint:
      inside.length > 0
        ? `It is the version of Hadron inside ${inside.sort().join(', ')}.`
        : found.suggestion === null
          ? 'Nothing of this project was seen yet: run "herald check" first.'
          : `Did you mean ${found.suggestion}? "herald releases" lists them.`,
  });
}

/** No image of the release is like this. Throws HeraldError NOT_FOUND with how to see those there are. */
export function noSuchImage({ version }: Pick<KnownRelease, 'version'>, { text }: ImageWords): HeraldError {
  return new HeraldError('NOT_FOUND', `${version} has no image that is "${text}".`, {
    hint: `"herald show ${version}" shows those it has; "herald releases ${text}" the releases that have one.`,
  });
}

function notUnderstood(problems: readonly QueryProblem[]): HeraldError {
  return new HeraldError('INVALID_QUERY', problems.map(queryProblemWords).join(' '), {
    hint: 'Words are as in: hadron standard arm64 k3s 1.35',
  });
}

/** Raw disks and trusted boot are told too, unless the words say otherwise: this is about all of a release. */
function filterOf({ flavor, flavorRelease, variant, arch, model, distro, kubernetesMinor, uki }: Query): Filter {
  const listOf = <T>(value: T | null): readonly T[] => (value === null ? [] : [value]);
  return {
    ...ANY,
    flavors: listOf(flavor),
    flavorReleases: listOf(flavorRelease),
    variants: listOf(variant),
    archs: listOf(arch),
    models: listOf(model),
    distro,
    kubernetesMinor,
    uki: uki ? 'only' : 'any',
    raw: 'any',
    prereleases: true,
  };
}
