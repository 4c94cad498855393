/** What every use-case may ask for. entry/compose.ts builds one of these; tests build smaller ones. */
import type { Renumbering } from '../core/classify.ts';
import type { IdentityRule } from '../core/identity-policy.ts';
import type { ReleaseKey } from '../core/release.ts';
import type { SourceKind, Target } from '../core/target.ts';
import type { Clock, EvidenceChecker, EvidenceSource, JobQueue, Log, Notifier, Payload, Source, Store, TrustRootSource } from '../ports.ts';
import type { TextOptions } from '../render/text.ts';

export type Sources = ReadonlyMap<SourceKind, Source>;

/** One notifier a kind of destination; a kind without credentials is absent. */
export type Notifiers = { readonly [K in Payload['kind']]?: Notifier<K> };

/** What it takes to say who signed an image. */
export interface Verification {
  readonly evidence: EvidenceSource;
  /** For the trust root in force, which may be another one than at the last call. */
  readonly checker: () => Promise<EvidenceChecker>;
  readonly identities: readonly IdentityRule[];
  /** Over the identities: verdicts that were made by others are made anew. */
  readonly identitiesHash: string;
  /** Where the trust root is kept up to date from; null when it is the user's own. */
  readonly trustRoots: TrustRootSource | null;
}

export interface AppDeps {
  readonly store: Store;
  readonly sources: Sources;
  readonly notifiers: Notifiers;
  readonly queue: Pick<JobQueue, 'enqueue' | 'enqueueAfter'>;
  /** Null when it is switched off. */
  readonly verification: Verification | null;
  readonly clock: Clock;
  readonly log: Log;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly targets: readonly Target[];
  readonly renumberings: readonly Renumbering[];
  /** Releases that a person has accepted although their versions jump far beyond all before them. */
  readonly accepted: ReadonlySet<ReleaseKey>;
  /** How the console destination shows text. */
  readonly console: TextOptions;
}
