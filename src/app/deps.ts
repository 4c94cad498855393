/** What every use-case may ask for. entry/compose.ts builds one of these; tests build smaller ones. */
import type { Renumbering } from '../core/classify.ts';
import type { ReleaseKey } from '../core/release.ts';
import type { SourceKind, Target } from '../core/target.ts';
import type { Clock, JobQueue, Log, Notifier, Payload, Source, Store } from '../ports.ts';
import type { TextOptions } from '../render/text.ts';

export type Sources = ReadonlyMap<SourceKind, Source>;

/** One notifier a kind of destination; a kind without credentials is absent. */
export type Notifiers = { readonly [K in Payload['kind']]?: Notifier<K> };

export interface AppDeps {
  readonly store: Store;
  readonly sources: Sources;
  readonly notifiers: Notifiers;
  readonly queue: Pick<JobQueue, 'enqueue'>;
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
