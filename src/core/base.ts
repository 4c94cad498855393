/** What people's own images are built with, and whether something newer of it is out. */
import { bumpOfStep, type ReleaseOutline, type Renumbering } from './classify.ts';
import { releasesThatAreOut } from './outline.ts';
import type { Part } from './parts.ts';
import type { Project } from './release.ts';
import type { Instant } from './time.ts';
import { type Bump, compareVersions, parseVersion } from './version.ts';

/** A project the images are built with, beside its newest stable release. */
export interface BaseStanding {
  readonly project: Project;
  /** What the images are built with, by the configuration. */
  readonly builtWith: string;
  /** The highest stable release; null when none is known yet. */
  readonly newest: string | null;
  readonly publishedAt: Instant | null;
  /** How far the newest is ahead; `none` when it is not. */
  readonly bump: Bump;
}

/** One entry for each of `builtWith`, in its order. `outlines`: what is stored of each of those projects. */
export function baseStandings(
  builtWith: readonly Part[],
  outlines: ReadonlyMap<Project, readonly ReleaseOutline[]>,
  renumberings: readonly Renumbering[],
): readonly BaseStanding[] {
  return builtWith.map(({ name: project, version }) => {
    const released = releasesThatAreOut(outlines.get(project) ?? []).flatMap((outline) => {
      const read = parseVersion(outline.version);
      return read === null || read.prerelease !== null || outline.prerelease === true ? [] : [{ read, publishedAt: outline.publishedAt }];
    });
    const newest = released.toSorted((a, b) => compareVersions(a.read, b.read)).at(-1);
    const own = parseVersion(version);
    const ahead = newest !== undefined && own !== null && compareVersions(newest.read, own) > 0;
    return {
      project,
      builtWith: version,
      newest: newest?.read.text ?? null,
      publishedAt: newest?.publishedAt ?? null,
      bump: ahead ? bumpOfStep(project, own, newest.read, renumberings) : 'none',
    };
  });
}
