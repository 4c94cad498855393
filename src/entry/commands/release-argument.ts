/** A release a person named: `v4.3.0`, `4.3.0`, or any image of it. */
import { type ReleaseRules, releaseFacts } from '../../app/releases.ts';
import { HeraldError } from '../../core/errors.ts';
import { isArtifact, parseReference } from '../../core/image.ts';
import { readImage, watching } from '../../core/naming.ts';
import { nearest } from '../../core/nearest.ts';
import { sameLine } from '../../core/outline.ts';
import { parseQuery, type Query, type QueryProblem } from '../../core/query.ts';
import { type ReleaseFacts, releaseKey } from '../../core/release.ts';
import { ANY, type Filter } from '../../core/subscription.ts';
import { parseVersion } from '../../core/version.ts';
import type { StoreReader } from '../../ports.ts';
import { queryProblemWords } from '../../render/answer.ts';
import { systemClock } from '../open-store.ts';

/** The facts of the release. Throws HeraldError INVALID_QUERY for what names none, NOT_FOUND with the nearest known one. */
export async function releaseArgument(
  store: StoreReader | null,
  rules: ReleaseRules,
  project: string,
  text: string,
): Promise<ReleaseFacts> {
  const version = versionNamed(text, rules);
  const opened = requireStore(store);
  const facts = await releaseFacts(opened, rules, releaseKey(project, version), systemClock.now());
  if (facts !== null) return facts;
  const known = (await opened.outlines(project)).map((outline) => outline.version);
  const near = known.findLast((other) => sameLine(other, version)) ?? nearest(version, known) ?? known.at(-1) ?? null;
  throw new HeraldError('NOT_FOUND', `No release ${version} of ${project} is known here.`, {
    hint:
      near === null
        ? 'Nothing of this project was seen yet: run "herald check" first.'
        : `Did you mean ${near}? "herald releases" lists them.`,
  });
}

/** Throws HeraldError NOT_FOUND where Herald never ran. */
export function requireStore(store: StoreReader | null): StoreReader {
  if (store !== null) return store;
  throw new HeraldError('NOT_FOUND', 'Nothing was checked from here yet, so no release is known.', { hint: 'Run "herald check" first.' });
}

function versionNamed(text: string, { targets }: ReleaseRules): string {
  const { reference } = readImage(text, watching(targets, parseReference(text).repository)?.naming);
  if (isArtifact(reference) && reference.version.kind === 'release') return reference.version.version.text;
  const version = parseVersion(text);
  if (version !== null) return version.text;
  throw new HeraldError('INVALID_QUERY', `"${text.slice(0, 200)}" names no release.`, {
    hint: 'Write a version such as v4.3.0, or an image of it.',
  });
}

/** Words that narrow a release to some of its images, as in "herald latest"; null when there are none. Throws HeraldError INVALID_QUERY. */
export function imageFilter(words: readonly string[]): { readonly filter: Filter | null; readonly prereleases: boolean } {
  if (words.length === 0) return { filter: null, prereleases: false };
  const parsed = parseQuery(words, []);
  if (parsed.kind === 'problem') throw notUnderstood(parsed.problems);
  return { filter: filterOf(parsed.query), prereleases: parsed.query.prereleases };
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
