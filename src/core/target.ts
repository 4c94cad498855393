/** What is watched: one image repository or one release page, and whether anything new can still be expected of it. */
import type { Schedule } from './cadence.ts';
import type { Failure } from './errors.ts';
import { holdingOf } from './image-repository.ts';
import { lastSegment, type Naming, namesFlavors } from './naming.ts';
import type { Part } from './parts.ts';
import type { KnownNames } from './projects.ts';
import type { Project } from './release.ts';
import type { Instant } from './time.ts';

export type Lifecycle =
  | { readonly state: 'active' }
  | {
      readonly state: 'frozen';
      /** The day of the last publication, `2026-02-05`. */
      readonly since: string;
      readonly lastVersion: string;
      /** Why, and what to do instead: one or two sentences for people. */
      readonly advice: string;
      /** Tags of the last release by its own build list, for an answer before the first poll. */
      readonly lastTags: readonly string[];
    }
  /** Its work goes on in another project, under that project's versions. */
  | { readonly state: 'absorbed'; readonly into: string; readonly since: string; readonly lastVersion: string | null }
  | { readonly state: 'archived'; readonly since: string; readonly lastVersion: string | null };

export type SourceKind = 'quay' | 'oci' | 'github-releases';

export interface Target {
  /** Stable, chosen in the configuration: `hadron`, `kairos-releases`. */
  readonly id: string;
  readonly kind: SourceKind;
  /** `quay.io/kairos/hadron` for images, `kairos-io/kairos` for a release page. */
  readonly repository: string;
  /** Where the API is asked, when it is not the repository's own host: `http://127.0.0.1:5000`. */
  readonly endpoint: string | null;
  /** The mirror the repository is read from, `harbor.example.com/proxy/kairos/hadron`; its images keep the name in `repository`. */
  readonly via: string | null;
  readonly project: Project;
  readonly cadence: Schedule;
  readonly lifecycle: Lifecycle;
  /** How its images are named, where the configuration says so; absent: as the project names its own. */
  readonly naming?: Naming;
  /** What its images are built with: projects and their versions. */
  readonly builtWith?: readonly Part[];
}

/** What the images of a repository are called. */
export function flavorOf({ repository, naming }: Pick<Target, 'repository' | 'naming'>): string {
  return naming?.flavor ?? lastSegment(repository);
}

/** Whether OS images are to be expected there: not on a release page, nor in the repository of a component. */
export function holdsImages({ kind, project, repository, naming }: Target): boolean {
  if (kind === 'github-releases') return false;
  return project === 'kairos' || naming !== undefined || ['flavor', 'machine', 'foreign'].includes(holdingOf(repository).kind);
}

/** The names a configuration adds to those everybody knows. */
export function namesOf(targets: readonly Target[]): KnownNames {
  const own = targets.filter(
    (target) => holdsImages(target) && (target.naming !== undefined || holdingOf(target.repository).kind === 'foreign'),
  );
  const built = Map.groupBy(targets, ({ project }) => project);
  return {
    flavors: [...new Set(own.filter(({ naming }) => !namesFlavors(naming)).map(flavorOf))],
    projects: [...new Set(targets.map(({ project }) => project))],
    builtWith: new Map([...built].map(([project, of]) => [project, basesOf(of)])),
  };
}

function basesOf(targets: readonly Target[]): readonly Project[] {
  return [...new Set(targets.flatMap(({ builtWith = [] }) => builtWith.map(({ name }) => name)))];
}

/** Where the last successful poll stood: small JSON of the source's own, meaningless to everybody else. */
export type Watermark = Readonly<Record<string, string | number | boolean | null>>;

/** What is known about polling a target. Success and failure are kept apart: "could not check" is never "nothing new". */
export interface TargetHealth {
  readonly targetId: string;
  readonly watermark: Watermark | null;
  /** When the first successful poll recorded what existed; null until then. */
  readonly baselineAt: Instant | null;
  readonly lastAttemptAt: Instant | null;
  readonly lastSuccessAt: Instant | null;
  readonly failingSince: Instant | null;
  readonly failures: number;
  readonly failure: Failure | null;
  /** Polls that succeeded, and the HTTP requests they took. */
  readonly polls: number;
  readonly requests: number;
}
