/** What is watched: one image repository or one release page, and whether anything new can still be expected of it. */
import type { Schedule } from './cadence.ts';
import type { Failure } from './errors.ts';
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
}
