/**
 * Whether a release is all there. Releases are published in pieces over hours: v4.0.2 and v4.0.3 came out without their k0s
 * images (kairos-io/kairos issue 4048), others without boards or files (1804, 1439). What to expect is taken from the
 * release's own build list, which its ISO names are, and from what the releases before it had; nothing is guessed by symmetry.
 */
import { type Builds, buildsOf, type Combination, combinationOf, parseCombination, printCombination } from './combination.ts';
import { percentile } from './percentile.ts';
import { artifactOf, type Completeness, type ExpectedImage, type Mislabelled, type PublishedImage } from './release.ts';
import { parseReleaseFile } from './release-file.ts';
import { epochMs, type Instant, MS, plusMs } from './time.ts';

/** What is remembered of an earlier release, newest first. */
export interface EarlierRelease {
  readonly combinations: Builds;
  /** Of the same minor line as the release in question. */
  readonly sameLine: boolean;
  /** Milliseconds from its first image to its last. */
  readonly tookMs: number | null;
}

export interface CompletenessInput {
  readonly version: string;
  readonly images: readonly PublishedImage[];
  /** Names of the files on its page. */
  readonly files: readonly string[];
  /** Stable releases below it, newest first. */
  readonly earlier: readonly EarlierRelease[];
  /** Flavors that are no longer published: nothing is expected of them. */
  readonly endedFlavors: ReadonlySet<string>;
  /** What was said of the release before; null for the first time. */
  readonly said: Completeness | null;
  readonly publishedAt: Instant;
  readonly now: Instant;
}

/** How many releases back a combination is remembered, and in how many of them it must have been. */
const MEMORY = 3;
const TIMES = 2;

/** Hostile or broken pages must not make a message of thousands of lines. */
const MAX_EXPECTED = 500;

/** Fewer measurements than this say nothing about how long a release takes. */
const MIN_SAMPLE = 5;
const USUAL_MS = MS.day;
const SHORTEST_MS = 6 * MS.hour;
const LONGEST_MS = 7 * MS.day;

/** The installer files are named by the distribution's id, the repositories are not. */
const FLAVOR_OF_FILE: ReadonlyMap<string, string> = new Map([['rocky', 'rockylinux']]);

/** What is there and what is not; null when there is nothing to expect it by. */
export function completenessOf(input: CompletenessInput): Completeness | null {
  const { images, now } = input;
  const { expected, deadline } = settled(input) ?? expectations(input);
  if (expected.length === 0) return null;
  const live = images.filter(({ removedAt }) => removedAt === null);
  const there = new Set(live.flatMap(namesOf));
  const built = buildsOf(live.flatMap((image) => artifactOf(image) ?? []));
  const isThere = ({ combination, kubernetes, versions = 1 }: Expected) =>
    there.has(nameOf(combination, kubernetes)) && (built[printCombination(combination)] ?? 0) >= versions;
  const absent = now < deadline ? 'late' : 'missing';
  const judged = expected.map((image): ExpectedImage => ({ ...image, status: isThere(image) ? 'present' : absent }));
  return { images: judged, mislabelled: mislabelled(live, judged), deadline };
}

/** How long after its first image a release may take: the 95th percentile of what earlier ones took. */
export function allowanceMs(took: readonly number[]): number {
  const measured = took.length < MIN_SAMPLE ? null : percentile(took, 95);
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, measured ?? USUAL_MS));
}

/** Entries that are not there. */
export function gapsOf(completeness: Completeness): readonly ExpectedImage[] {
  return completeness.images.filter(({ status }) => status !== 'present');
}

type Expected = Omit<ExpectedImage, 'status'>;

interface Expectations {
  readonly expected: readonly Expected[];
  readonly deadline: Instant;
}

/**
 * From its deadline on a release is measured by what was expected of it then. Otherwise an old release would become
 * incomplete, and its messages be edited, because a backport came out or an image of an even older one was deleted.
 */
function settled({ said, now, files, version }: CompletenessInput): Expectations | null {
  if (said === null || now < said.deadline) return null;
  // After a downtime the images may be seen a moment before their page: its own list is still to be taken then.
  const listed = said.images.some(({ expectedBy }) => expectedBy === 'page');
  if (!listed && files.some((name) => expectedByFile(name, version).length > 0)) return null;
  return { expected: said.images, deadline: said.deadline };
}

function expectations(input: CompletenessInput): Expectations {
  const took = input.earlier.flatMap(({ tookMs }) => tookMs ?? []);
  return { expected: expectedImages(input), deadline: plusMs(input.publishedAt, allowanceMs(took)) };
}

function expectedImages({ version, files, earlier, endedFlavors }: CompletenessInput): readonly Expected[] {
  const byPage = new Map(
    files.flatMap((name) => expectedByFile(name, version)).map((image) => [nameOf(image.combination, image.kubernetes), image]),
  );
  const listed = new Set([...byPage.values()].map(({ combination }) => printCombination(combination)));
  const byHistory = remembered(earlier)
    .filter(([text]) => !listed.has(text))
    .flatMap(([text, versions]): readonly Expected[] => {
      const combination = parseCombination(text);
      return combination === null ? [] : [{ combination, kubernetes: null, ...(versions > 1 ? { versions } : {}), expectedBy: 'history' }];
    });
  return [...byPage, ...byHistory.map((image) => [nameOf(image.combination, null), image] as const)]
    .filter(([, { combination }]) => !endedFlavors.has(combination.flavor))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MAX_EXPECTED)
    .map(([, image]) => image);
}

/** An ISO is made from the image of the same build, so the image was built too. */
function expectedByFile(name: string, version: string): readonly Expected[] {
  const file = parseReleaseFile(name);
  if (file.of !== 'image' || (file.kind !== 'iso' && file.kind !== 'uki-iso')) return [];
  if (file.version.kind !== 'release' || file.version.version.text !== version) return [];
  const { flavor, variant, arch, model, kubernetes, uki } = file;
  const combination = {
    flavor: FLAVOR_OF_FILE.get(flavor) ?? flavor,
    variant,
    arch,
    model,
    distro: kubernetes?.distro ?? null,
    uki,
    raw: false,
  };
  return [{ combination, kubernetes: kubernetes?.version?.text ?? null, expectedBy: 'page' }];
}

/**
 * Combinations of the release before it in its own line, and those that most of the last few releases had, with the fewest
 * Kubernetes versions they came with: how many are built changes, so only what was never undercut is expected.
 */
function remembered(earlier: readonly EarlierRelease[]): readonly (readonly [text: string, versions: number])[] {
  const recent = earlier.slice(0, MEMORY);
  const own = earlier.find(({ sameLine }) => sameLine);
  const looked = own === undefined || recent.includes(own) ? recent : [own, ...recent];
  const found = Map.groupBy(
    looked.flatMap((release) => Object.entries(release.combinations).map(([text, versions]) => ({ text, versions, release }))),
    ({ text }) => text,
  );
  return [...found].flatMap(([text, builds]) => {
    const usual = builds.filter(({ release }) => recent.includes(release)).length >= Math.min(TIMES, recent.length);
    const expected = usual || builds.some(({ release }) => release === own);
    return expected ? [[text, Math.min(...builds.map(({ versions }) => versions))] as const] : [];
  });
}

/** What an image answers to: its combination with its Kubernetes version, and its combination alone. */
function namesOf(image: PublishedImage): readonly string[] {
  const artifact = artifactOf(image);
  if (artifact === null) return [];
  const combination = combinationOf(artifact);
  return [nameOf(combination, null), nameOf(combination, artifact.kubernetes?.version?.text ?? null)];
}

function nameOf(combination: Combination, kubernetes: string | null): string {
  const words = printCombination(combination);
  return kubernetes === null ? words : `${words} ${kubernetes}`;
}

function mislabelled(live: readonly PublishedImage[], judged: readonly ExpectedImage[]): readonly Mislabelled[] {
  const read = live.flatMap((image) => {
    const artifact = artifactOf(image);
    return artifact === null ? [] : [{ image, artifact }];
  });
  const saysKubernetes = read.some(({ artifact }) => artifact.kubernetes !== null);
  const absent = judged.filter(({ status }) => status !== 'present').map(({ combination }) => combination);
  return read.flatMap(({ image, artifact }): readonly Mislabelled[] => {
    if (saysKubernetes && artifact.variant === 'standard' && artifact.kubernetes === null && !artifact.uki) {
      return [{ reference: image.reference, reason: 'no-kubernetes' }];
    }
    const twice = image.replaced.some(({ until }) => epochMs(until) >= epochMs(image.firstSeenAt) - MS.day);
    const stoodIn = absent.some((other) => other.model !== artifact.model && sameButModel(other, combinationOf(artifact)));
    return twice && stoodIn ? [{ reference: image.reference, reason: 'pushed-twice' }] : [];
  });
}

function sameButModel(a: Combination, b: Combination): boolean {
  return printCombination({ ...a, model: '' }) === printCombination({ ...b, model: '' });
}
