/** The tables as they are today, after every migration. */
import type { ColumnType, Generated } from 'kysely';
import type { ReleaseOutline } from '../../core/classify.ts';
import type { DeliveryState } from '../../core/delivery.ts';
import type { Failure } from '../../core/errors.ts';
import type { ChangedFile, Facts, PublishedImage } from '../../core/release.ts';
import type { Inventory } from '../../core/sbom.ts';
import type { Destination, Subscription } from '../../core/subscription.ts';
import type { Target, Watermark } from '../../core/target.ts';
import type { Instant } from '../../core/time.ts';
import type { Verdict } from '../../core/verdict.ts';
import type { Channel } from '../../core/version.ts';
import type { PageFile } from '../../ports.ts';

/** Read parsed, written as JSON text: pg would write a JavaScript array as a PostgreSQL array. See json() in values.ts. */
type Json<T> = ColumnType<T, JsonText, JsonText>;
export type JsonText = string & { readonly __brand: 'JsonText' };

/** int8 comes back as text. */
type Int8 = ColumnType<string | null, number | null, number | null>;

export interface Schema {
  readonly target: TargetTable;
  readonly image: ImageTable;
  readonly release: ReleaseTable;
  readonly page: PageTable;
  readonly announcement: AnnouncementTable;
  readonly subscription: SubscriptionTable;
  readonly delivery: DeliveryTable;
  readonly verdict: VerdictTable;
  readonly evidence: EvidenceTable;
  readonly trust_root: TrustRootTable;
  readonly inventory: { readonly digest: string; readonly inventory: Json<Inventory> };
  /** Kysely's own ledger. */
  readonly kysely_migration: { readonly name: string };
}

interface TargetTable {
  id: string;
  kind: Target['kind'];
  repository: string;
  endpoint: string | null;
  project: string;
  cadence: Json<Target['cadence']>;
  lifecycle: Json<Target['lifecycle']>;
  active: boolean;
  configured_at: Instant;
  watermark: ColumnType<Watermark | null, JsonText | null | undefined, JsonText | null>;
  baseline_at: Instant | null;
  last_attempt_at: Instant | null;
  last_success_at: Instant | null;
  failing_since: Instant | null;
  failures: Generated<number>;
  failure: ColumnType<Failure | null, JsonText | null | undefined, JsonText | null>;
  polls: Generated<number>;
  requests: Generated<number>;
}

interface ImageTable {
  target_id: string;
  tag: string;
  repository: string;
  kind: string;
  reason: string | null;
  format: string | null;
  reads: string | null;
  release_key: string | null;
  digest: string | null;
  size: Int8;
  pushed_at: Instant | null;
  first_seen_at: Instant;
  removed_at: Instant | null;
  replaced: ColumnType<PublishedImage['replaced'], JsonText | undefined, JsonText>;
  verdict_key: string | null;
  assess_at: Instant | null;
}

interface ReleaseTable {
  key: string;
  project: string;
  version: string;
  channel: Channel;
  outline: Json<ReleaseOutline>;
  baseline: boolean;
  review_at: Generated<Instant | null>;
}

interface PageTable {
  target_id: string;
  tag: string;
  release_key: string;
  url: string;
  title: string;
  body: string;
  published_at: Instant | null;
  prerelease: boolean;
  assets: number;
  files: Json<readonly PageFile[]>;
  changed_files: Json<readonly ChangedFile[]>;
  promoted_at: Instant | null;
  removed_at: Instant | null;
}

interface AnnouncementTable {
  id: Generated<string>;
  subject: string;
  revision: number;
  facts: Json<Facts>;
  reply_to: string | null;
  created_at: Instant;
  updated_at: Instant;
}

interface SubscriptionTable {
  id: string;
  topic: Subscription['topic'];
  destination: Json<Destination>;
  filter: Json<Subscription['filter']>;
  cadence: Json<Subscription['cadence']>;
  bypass: Json<Subscription['bypass']>;
  hold_ms: ColumnType<string, number | undefined, number>;
  require_verified_ms: Int8;
  origin: Generated<'config' | 'command'>;
  owner: string;
  active: boolean;
  configured_at: Instant;
}

interface DeliveryTable {
  id: Generated<string>;
  seq: Generated<string>;
  announcement_id: string;
  subscription_id: string;
  destination: Json<Destination>;
  destination_key: string;
  state: DeliveryState;
  collect: boolean;
  owed_revision: number;
  shown_revision: number | null;
  external_id: string | null;
  attempt: Generated<number>;
  due_at: Instant;
  lease_until: Instant | null;
  first_attempt_at: Instant | null;
  unresolved: Generated<boolean>;
  failure: ColumnType<Failure | null, JsonText | null | undefined, JsonText | null>;
  collected_by: string | null;
  created_at: Instant;
  updated_at: Instant;
}

interface VerdictTable {
  /** Over everything the verdict rests on, see hashOf in verdicts.ts. */
  key: string;
  repository: string;
  digest: string;
  basis: string;
  verdict: Json<Verdict>;
  checked_at: Instant;
}

interface EvidenceTable {
  repository: string;
  digest: string;
  id: string;
  log_entry: string | null;
  signed_at: Instant;
}

interface TrustRootTable {
  hash: string;
  document: string;
  confirmed_at: Instant;
}
