/**
 * Every interface the use-cases need from the outside world: the table of contents of the system. Types only.
 * Adapters implement these, entry/compose.ts wires them, app/ uses nothing else.
 */

import type { ReleaseOutline } from './core/classify.ts';
import type { Delivery, DeliveryState, FindOutcome, SendOutcome } from './core/delivery.ts';
import type { KnownTag, Listing, PageRow } from './core/discover.ts';
import type { Failure } from './core/errors.ts';
import type { CheckedEvidence, CollectedEvidence } from './core/evidence.ts';
import type { StoredImage } from './core/explain.ts';
import type { Lateness, TargetState } from './core/health.ts';
import type { Hint } from './core/hint.ts';
import type { Policy } from './core/identity-policy.ts';
import type { PackageQuestion } from './core/package-question.ts';
import type { Completeness, Facts, Project, PublishedImage, ReleaseKey, ReleasePage } from './core/release.ts';
import type { Inventory } from './core/sbom.ts';
import type { SecurityDashboard } from './core/security-dashboard.ts';
import type { Destination, Subscription } from './core/subscription.ts';
import type { SourceKind, Target, TargetHealth, Watermark } from './core/target.ts';
import type { Instant } from './core/time.ts';
import type { EvidenceMark, Verdict, VerdictState } from './core/verdict.ts';
import type { Channel } from './core/version.ts';
import type { VulnerabilityAnswers, VulnerabilityRecord } from './core/vulnerabilities.ts';

/** The only clock there is. */
export interface Clock {
  now(): Instant;
}

/** Structured log: a fixed sentence plus ids; never payloads, never secrets. */
export interface Log {
  debug(message: string, ids?: Readonly<Record<string, unknown>>): void;
  info(message: string, ids?: Readonly<Record<string, unknown>>): void;
  warn(message: string, ids?: Readonly<Record<string, unknown>>): void;
  error(message: string, ids?: Readonly<Record<string, unknown>>): void;
}

// ── Sources ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Observes one kind of target. Throws HeraldError; an answer that was cut short or malformed is an error, never a shorter listing. */
export interface Source {
  readonly kind: SourceKind;
  /** `known`: the stored tags of the target, read only when it is called. */
  observe(target: Target, since: Watermark | null, known: () => Promise<ReadonlyMap<string, StoredTag>>): Promise<Observed>;
}

export interface Observed extends Listing {
  /** To be stored with the facts, in the same transaction. */
  readonly watermark: Watermark;
  /** HTTP requests it took, for the request budget. */
  readonly requests: number;
}

/** Reads the webhooks of one kind of server that says when something may be new. */
export interface WebhookReader {
  /** Whether it was sent by somebody who knows the secret. `end`: what follows the reader's name in the path. */
  authentic(request: {
    readonly header: (name: string) => string | undefined;
    readonly body: string;
    readonly end: string | null;
  }): Promise<boolean>;
  /** The places it speaks of; none for what is of no interest. `json` is the body, null where it is no JSON. */
  read(request: { readonly header: (name: string) => string | undefined; readonly json: unknown }): readonly Hint[];
}

// ── Verification ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Where an image is, for whoever has to look beside it. */
export interface ImageLocation {
  readonly repository: string;
  /** See Target. */
  readonly via: string | null;
  readonly endpoint: string | null;
  /** A tag or a digest. */
  readonly reference: string;
}

/**
 * Fetches all evidence that lies beside an image, by the digest its reference resolves to once. Throws HeraldError for what could not be
 * looked at; what is there and cannot be used is part of the answer.
 */
export interface EvidenceSource {
  collect(image: ImageLocation): Promise<CollectedEvidence>;
}

/** Checks the form and the cryptography of evidence against a trust root; who should have signed is not its business. */
export interface EvidenceChecker {
  /** What its answers rest on: they are kept as long as neither changes. */
  readonly basis: { readonly trustRoot: string; readonly verifier: string };
  /** Never throws for what the evidence says. TOO_LARGE when it does not fit into the memory set apart for it, TIMEOUT when it takes too long. */
  check(evidence: CollectedEvidence): Promise<CheckedEvidence>;
}

/** The repository of trust roots (TUF), and the root in force. */
export interface TrustRootSource {
  /** The current trust root as its repository says. Throws HeraldError. */
  fetch(): Promise<{ readonly hash: string; readonly document: string }>;
  /** The one that is used now, and when it was last known to be the current one. */
  inForce(): Promise<StoredTrustRoot>;
  /** What is different, a line each; none when nothing is. */
  changes(from: string, to: string): readonly string[];
}

// ── Vulnerabilities ────────────────────────────────────────────────────────────────────────────────────────────────────

/** A database of known vulnerabilities. Throws HeraldError; an answer that was cut short is an error, never fewer vulnerabilities. */
export interface VulnerabilitySource {
  /** `OSV`: every figure names it. */
  readonly name: string;
  /** The ids of what affects each, in the order of the questions. They are sent to the database. */
  affecting(questions: readonly PackageQuestion[]): Promise<{ readonly askedAt: Instant; readonly ids: VulnerabilityAnswers }>;
  /** What is known of some of those ids; one that has no record is left out. A request each. */
  describe(ids: readonly string[]): Promise<readonly VulnerabilityRecord[]>;
}

/** The security dashboard of Kairos: of Hadron's main branch, never of a release. Throws HeraldError. */
export interface SecurityDashboardSource {
  read(): Promise<SecurityDashboard>;
}

// ── Notifiers ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a renderer made for a sink. */
export type Payload =
  | { readonly kind: 'console'; readonly text: string }
  | { readonly kind: 'slack'; readonly text: string; readonly blocks: readonly SlackBlock[] }
  | { readonly kind: 'github'; readonly title: string; readonly body: string; readonly labels: readonly string[] }
  | {
      readonly kind: 'webhook';
      /** `io.kairos.herald.release.v1` */
      readonly type: string;
      readonly subject: string;
      readonly time: Instant;
      readonly revision: number;
      readonly data: Readonly<Record<string, unknown>>;
    };

/** A Block Kit block as plain JSON. */
export type SlackBlock = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Puts a message at a destination and keeps it true. Never sleeps, never retries: outcomes say what happened. */
export interface Notifier<K extends Payload['kind'] = Payload['kind']> {
  readonly kind: K;
  /** Creates the message. `key` is the delivery's id; it is written into the message so that find() can recognise it. */
  create(
    destination: Extract<Destination, { kind: K }>,
    payload: Extract<Payload, { kind: K }>,
    key: string,
    /** The external id of the message it belongs under: a thread, an issue. Where there is no such thing it stands by itself. */
    parent?: string | null,
  ): Promise<SendOutcome>;
  /** Edits the message in place. */
  update(
    destination: Extract<Destination, { kind: K }>,
    externalId: string,
    payload: Extract<Payload, { kind: K }>,
    key: string,
  ): Promise<SendOutcome>;
  /** Looks for the message of an earlier attempt whose answer was lost; `since` is when the first attempt began. */
  find(destination: Extract<Destination, { kind: K }>, key: string, since: Instant, parent?: string | null): Promise<FindOutcome>;
}

// ── Jobs ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Every job there is. Payloads carry ids only; truth is in the store. */
export interface JobPayloads {
  readonly 'poll-target': { readonly targetId: string };
  readonly deliver: { readonly deliveryId: string };
  readonly digest: { readonly subscriptionId: string };
  readonly reconcile: Record<string, never>;
  readonly 'assess-image': { readonly targetId: string; readonly tag: string };
  readonly 'conclude-release': { readonly releaseKey: string };
  readonly 'refresh-trust-root': Record<string, never>;
}

export type JobName = keyof JobPayloads;

/** One entry a job: how its payload is checked (at enqueue and again at dispatch) and who does it. */
export type JobHandlers = {
  readonly [N in JobName]: {
    readonly parse: (payload: unknown) => JobPayloads[N];
    readonly handle: (payload: JobPayloads[N], context: JobContext) => Promise<void>;
  };
};

export interface JobContext {
  readonly jobId: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly lastAttempt: boolean;
}

export interface JobOptions {
  /** Earliest start, milliseconds from now. */
  readonly delayMs?: number;
  /** Two jobs of one id that are both waiting are one job. */
  readonly id?: string;
}

export interface QueuedJob<N extends JobName = JobName> {
  readonly name: N;
  readonly payload: JobPayloads[N];
}

export interface JobSchedule<N extends JobName = JobName> {
  /** Stable: changing it orphans the old schedule (which reconciliation at start then removes). */
  readonly id: string;
  readonly name: N;
  readonly payload: JobPayloads[N];
  readonly cron: string;
  readonly timeZone: string;
}

/** The producer's side: fails fast when the queue cannot be reached. */
export interface JobQueue {
  enqueue<N extends JobName>(name: N, payload: JobPayloads[N], options?: JobOptions): Promise<void>;
  /** Puts jobs in and one more that begins when all of them are done, also when some of them failed for good. */
  enqueueAfter<N extends JobName, M extends JobName>(last: QueuedJob<N>, first: readonly QueuedJob<M>[]): Promise<void>;
  /** Makes the schedules exactly these: adds, changes, and removes what is no longer configured. */
  applySchedules(schedules: readonly JobSchedule[]): Promise<void>;
  /** Jobs waiting, delayed, active and failed, for status views. */
  counts(): Promise<{ readonly waiting: number; readonly delayed: number; readonly active: number; readonly failed: number }>;
  close(): Promise<void>;
}

/** The consumer's side. */
export interface JobWorker {
  /** Resolves when jobs are being taken. */
  ready(): Promise<void>;
  /** Takes no more jobs, finishes those in hand. Idempotent. */
  close(): Promise<void>;
}

// ── Store ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A tag as it is to be stored: parsed kind and release beside the raw facts. */
export interface ImageRecord {
  readonly targetId: string;
  readonly repository: string;
  readonly tag: string;
  /** `os-image`, `raw-image`, `attached`, `component`, `framework`, `moving`, `unrecognised`. */
  readonly kind: string;
  /** Why it is unrecognised. */
  readonly reason: string | null;
  /** The folded format of an unrecognised tag. */
  readonly format: string | null;
  /** See PublishedImage. */
  readonly reads: string | null;
  readonly releaseKey: ReleaseKey | null;
  readonly digest: string | null;
  readonly size: number | null;
  readonly pushedAt: Instant | null;
  readonly firstSeenAt: Instant;
  /** Digests it had before Herald saw it, oldest first. */
  readonly replaced: PublishedImage['replaced'];
}

/** An image whose evidence is to be looked at. */
export interface Assessment {
  readonly targetId: string;
  readonly repository: string;
  readonly tag: string;
  /** Null where its registry did not tell yet. */
  readonly digest: string | null;
  readonly publishedAt: Instant;
  readonly releaseKey: ReleaseKey;
  readonly project: Project;
  readonly version: string;
}

/** Everything a verdict rests on: where any of it differs, it is another verdict. */
export interface VerdictKey {
  readonly repository: string;
  readonly digest: string;
  readonly policy: Policy | null;
  /** Trust root and verifier. */
  readonly basis: string;
}

/** A trust root that was fetched. `confirmedAt`: when the repository of trust roots last said that it is the current one. */
export interface StoredTrustRoot {
  readonly hash: string;
  readonly document: string;
  readonly confirmedAt: Instant;
}

/** What discovery needs of a stored tag, and how it was read when it was stored. */
export interface StoredTag extends KnownTag {
  readonly unrecognised: boolean;
  readonly reads: string | null;
  readonly releaseKey: ReleaseKey | null;
}

/** A subscription as lists of them show it. */
export interface ListedSubscription {
  readonly subscription: Subscription;
  /** `config`: it stands in the configuration file. `command`: somebody made it with a command. */
  readonly origin: 'config' | 'command';
  /** When its destination was last told or its message last edited. */
  readonly toldAt: Instant | null;
  /** Its deliveries that wait for a person. */
  readonly stuck: number;
}

/** A release row, without its images and page. */
export interface ReleaseRecord {
  readonly key: ReleaseKey;
  readonly project: Project;
  readonly version: string;
  readonly channel: Channel;
  readonly outline: ReleaseOutline;
  /** Known since the first look at a target: recorded, never announced by itself. */
  readonly baseline: boolean;
}

export interface ReleaseContents {
  readonly images: readonly PublishedImage[];
  readonly page: ReleasePage | null;
  /** Names of the files on the page. */
  readonly files: readonly string[];
  /** The notes on the page as they were published, Markdown; empty where there are none. */
  readonly body: string;
}

/** A release with everything that is stored of it. */
export interface FullRelease extends ReleaseRecord, ReleaseContents {
  /** What was said of its completeness, when it was announced. */
  readonly said: Completeness | null;
}

/** A file of a release page. */
export type PageFile = PageRow['assets'][number];

export interface PageRecord extends ReleasePage {
  readonly targetId: string;
  readonly releaseKey: ReleaseKey;
  readonly tag: string;
  readonly body: string;
  readonly files: readonly PageFile[];
}

/** What is said about one subject. `revision` grows with every change of the facts. */
export interface Announcement {
  readonly id: string;
  /** `release:kairos@v4.3.0`, `digest:<subscription>:<instant>`, `notice:unrecognised-format:<target>:<format>`. */
  readonly subject: string;
  readonly revision: number;
  readonly facts: Facts;
  readonly createdAt: Instant;
}

/** A delivery handed to exactly one worker, with what it needs to render and send. */
export interface LeasedDelivery {
  readonly delivery: Delivery;
  readonly announcement: Announcement;
  readonly subscription: Subscription;
  /** When the first send attempt of this delivery began; null when none did. */
  readonly firstAttemptAt: Instant | null;
  /** True when an earlier attempt may have been accepted without our knowing. */
  readonly unresolved: boolean;
  /** The message it belongs under, at the same destination; null when it stands by itself, or that message is not there. */
  readonly parent: string | null;
}

export type LeaseOutcome =
  | { readonly kind: 'leased'; readonly lease: LeasedDelivery }
  /** Nothing to do: shown already, collected or to be collected into a digest, dead, ambiguous, or the subscription is gone. */
  | { readonly kind: 'settled' }
  /** Another delivery of the same destination is under way or comes first; or it is not due yet. */
  | { readonly kind: 'wait'; readonly until: Instant };

export type DeliveryResult =
  | { readonly kind: 'shown'; readonly revision: number; readonly externalId: string }
  /** `unresolved`: a message may be there that is not recorded. */
  | { readonly kind: 'retry'; readonly at: Instant; readonly failure: Failure; readonly unresolved: boolean }
  | { readonly kind: 'ambiguous'; readonly failure: Failure }
  | { readonly kind: 'dead'; readonly failure: Failure }
  /** Its message was deleted at the destination: forget the external id and owe it no longer. */
  | { readonly kind: 'gone' };

export interface DeliverySummary {
  readonly delivery: Delivery;
  readonly subject: string;
}

// ── Status ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface TargetStatus {
  readonly target: Target;
  readonly health: TargetHealth;
  readonly state: TargetState;
  readonly tags: TagCounts;
}

export interface Status {
  readonly targets: readonly TargetStatus[];
  /** Projects something of which is still published to, and whose history says how often. */
  readonly projects: readonly { readonly project: Project; readonly lateness: Lateness }[];
  readonly subscriptions: readonly ListedSubscription[];
  readonly deliveries: Readonly<Record<DeliveryState, number>>;
  /** Deliveries that do not get through, whether they are tried again or wait for a person. */
  readonly failing: readonly DeliverySummary[];
  /** How many images there are of each verdict. */
  readonly verdicts: Readonly<Partial<Record<VerdictState, number>>>;
}

// ── Reading and writing ────────────────────────────────────────────────────────────────────────────────────────────

/** How many tags of each kind a target has, and unrecognised ones by their formats. */
export interface TagCounts {
  readonly byKind: Readonly<Record<string, number>>;
  readonly unrecognised: readonly {
    readonly format: string;
    readonly reason: string;
    readonly count: number;
    readonly example: string;
  }[];
}

/** What may be read at any time. */
export interface StoreReader {
  targetHealth(targetId: string): Promise<TargetHealth>;
  knownTags(targetId: string): Promise<ReadonlyMap<string, StoredTag>>;
  /** The stored release; null when it is unknown. */
  release(key: ReleaseKey): Promise<ReleaseRecord | null>;
  /** The stored page of a tag with its files, for comparing with what is seen now; null when there is none. */
  page(targetId: string, tag: string): Promise<PageRecord | null>;
  /** Releases whose facts change by time alone and whose moment has come, the most overdue first. */
  releasesToReview(now: Instant, limit: number): Promise<readonly { readonly key: ReleaseKey; readonly project: Project }[]>;
  /** What is stored of a release's images and page, whether or not the release itself is stored yet. */
  releaseContents(key: ReleaseKey): Promise<ReleaseContents>;
  /** Every stored release of a project with what is stored of its images and page, in no particular order. */
  releases(project: Project): Promise<readonly FullRelease[]>;
  /** A tag of a target as it is stored; null when it was never seen. */
  storedImage(targetId: string, tag: string): Promise<StoredImage | null>;
  /** Outlines of all releases of a project. */
  outlines(project: Project): Promise<readonly ReleaseOutline[]>;
  announcement(subject: string): Promise<Announcement | null>;
  subscriptions(): Promise<readonly Subscription[]>;
  /** Every subscription in force, with where it comes from and how it is doing. */
  listedSubscriptions(): Promise<readonly ListedSubscription[]>;
  deliveriesOf(announcementId: string): Promise<readonly Delivery[]>;
  /** Images of a target for queries: OS and raw images, live and removed. */
  imagesOf(targetId: string): Promise<readonly PublishedImage[]>;
  /** How many tags of each kind a target has, unrecognised ones with their formats: shown in every status view. */
  tagCounts(targetId: string): Promise<TagCounts>;
  /** Deliveries that are owed (those with `collect` too), due and not moving: due before `now` with no live lease. Oldest first. */
  overdueDeliveries(now: Instant, limit: number): Promise<readonly Delivery[]>;
  /** The delivery of this destination whose turn is next: owed, due, not collected, oldest first; null when none is. */
  nextDelivery(destinationKey: string, now: Instant): Promise<Delivery | null>;
  /** Deliveries in these states, of a subscription (null: of all), changed at or after a moment (null: ever); oldest first. */
  deliveriesIn(states: readonly DeliveryState[], subscriptionId: string | null, since: Instant | null): Promise<readonly DeliverySummary[]>;
  /** The image of a tag, if it belongs to a release. */
  assessment(targetId: string, tag: string): Promise<Assessment | null>;
  /** The verdict that rests on exactly this, and when it was made. */
  verdict(key: VerdictKey): Promise<{ readonly verdict: Verdict; readonly checkedAt: Instant } | null>;
  /** How many live images have each verdict. */
  verdictCounts(): Promise<Readonly<Partial<Record<VerdictState, number>>>>;
  /** Sound evidence that was ever seen beside this digest there, oldest first. */
  seenEvidence(repository: string, digest: string): Promise<readonly EvidenceMark[]>;
  /** What is inside the image of this digest; null where no SBOM was read. */
  inventory(digest: string): Promise<Inventory | null>;
  /** The trust root that was confirmed last; null when none was ever fetched. */
  trustRoot(): Promise<StoredTrustRoot | null>;
  /** Deliveries by state, for status views. */
  deliveryCounts(): Promise<Readonly<Record<Delivery['state'], number>>>;
  /** Deliveries whose last try failed, and those that wait for a person; longest unchanged first. */
  failingDeliveries(limit: number): Promise<readonly DeliverySummary[]>;
}

/** A subscription that an announcement is owed to. */
export interface Reader {
  readonly subscription: Subscription;
  /** Stored with the row when it is created, see Delivery.collect; later calls do not change it. */
  readonly collect: boolean;
  readonly dueAt: Instant;
}

/** What may be changed. A poll's writes all happen in one transaction. */
export interface StoreWriter extends StoreReader {
  /** Locks the target's row for this transaction and reads it: two polls of one target take turns. */
  lockTarget(targetId: string): Promise<TargetHealth>;
  recordPollSuccess(targetId: string, at: Instant, watermark: Watermark, requests: number): Promise<void>;
  recordPollFailure(targetId: string, at: Instant, failure: Failure): Promise<TargetHealth>;
  addImages(images: readonly ImageRecord[]): Promise<void>;
  /** Same tag, new digest: keeps the old one in the history. */
  moveImage(
    targetId: string,
    tag: string,
    to: {
      readonly digest: string;
      readonly size: number | null;
      readonly pushedAt: Instant | null;
      readonly at: Instant;
    },
  ): Promise<void>;
  /** Marks tags as gone since a moment, or as live again (null). */
  setRemoved(targetId: string, tags: readonly { readonly tag: string; readonly removedAt: Instant | null }[]): Promise<void>;
  /** Until the end of the transaction: releases of a project speak of each other (superseded by), so its targets take turns. */
  lockProject(project: Project): Promise<void>;
  /** Stores a release or what is known of it now. `baseline` is decided when it is first stored, for ever. */
  saveRelease(record: ReleaseRecord): Promise<void>;
  /** Stores a page as it is now; one that was gone is back. */
  upsertPage(page: PageRecord): Promise<void>;
  /** Marks the pages of the target that are not among these tags as gone; gives the releases they were pages of. */
  removePagesExcept(
    targetId: string,
    tags: readonly string[],
    at: Instant,
  ): Promise<readonly { readonly key: ReleaseKey; readonly tag: string }[]>;
  /** When the facts of a release change by time alone; null when they do not. */
  scheduleReview(key: ReleaseKey, at: Instant | null): Promise<void>;
  /** Has the evidence of those images of a release looked at that have no verdict and do not wait for one. */
  assessImagesOf(key: ReleaseKey, at: Instant): Promise<void>;
  /** Takes images that are due to be looked at, at most `limit`; they are due again at `until` unless somebody says otherwise. */
  claimAssessments(now: Instant, until: Instant, limit: number): Promise<readonly Assessment[]>;
  /** Keeps a verdict and what it was found on, and ties it to the tag if that still points at the digest; `nextAt`: when to look again. */
  saveVerdict(saved: {
    readonly targetId: string;
    readonly tag: string;
    readonly key: VerdictKey;
    readonly verdict: Verdict;
    readonly at: Instant;
    readonly nextAt: Instant | null;
  }): Promise<void>;
  /** Keeps what is inside an image. */
  saveInventory(digest: string, inventory: Inventory): Promise<void>;
  /** When an image is to be looked at. */
  assessAt(targetId: string, tag: string, at: Instant): Promise<void>;
  /** Has every image looked at again whose verdict rests on another basis; gives how many. */
  assessAgain(basis: string, at: Instant): Promise<number>;
  /** Keeps a trust root, or that it was confirmed again. */
  saveTrustRoot(root: StoredTrustRoot): Promise<void>;
  /** Creates revision 1, or the next revision when the facts differ; `changed` is false when they are equal. */
  saveAnnouncement(
    subject: string,
    facts: Facts,
    at: Instant,
    /** The announcement under whose messages this one is told, for ever. */
    replyTo?: string | null,
  ): Promise<{ readonly announcement: Announcement; readonly changed: boolean }>;
  /**
   * Makes sure there is a delivery for each of these readers and that it owes at least this revision; gives them in the
   * order of the readers. One row a (announcement, subscription), for ever.
   */
  owe(input: {
    readonly announcementId: string;
    readonly revision: number;
    readonly at: Instant;
    readonly readers: readonly Reader[];
  }): Promise<readonly Delivery[]>;
  /** Owed and due deliveries with `collect` of a digest subscription, locked; with their announcements, oldest first. */
  collectable(
    subscriptionId: string,
    now: Instant,
  ): Promise<readonly { readonly delivery: Delivery; readonly announcement: Announcement }[]>;
  /** Marks deliveries as told by the digest delivery, or as having nothing left to tell (null). */
  markCollected(deliveryIds: readonly string[], digestDeliveryId: string | null, at: Instant): Promise<void>;
  /** Hands the delivery to the caller until `now + leaseMs`, single flight a destination, oldest first. Commits before it returns. */
  leaseDelivery(deliveryId: string, now: Instant, leaseMs: number): Promise<LeaseOutcome>;
  recordDelivery(leased: Pick<Delivery, 'id' | 'leaseUntil'>, at: Instant, result: DeliveryResult): Promise<void>;
  /** Adds a subscription that somebody made with a command; false when there is one of that name. */
  addSubscription(subscription: Subscription, at: Instant): Promise<boolean>;
  /** Ends a subscription that was made with a command, its history stays; false when there is none. */
  removeSubscription(id: string): Promise<boolean>;
  /**
   * Gives deliveries another chance, or their messages another edit: dead ones are owed again; ambiguous ones too, unless
   * `assume` says whether they were sent; shown ones are rendered again and edited. One whose message was deleted is left
   * alone unless `again`. Gives those that changed.
   */
  replay(
    deliveryIds: readonly string[],
    how: { readonly assume: 'sent' | 'not-sent' | null; readonly again: boolean },
    at: Instant,
  ): Promise<readonly Delivery[]>;
  /** Makes the stored targets and the subscriptions of the configuration exactly these (history of removed ones stays). */
  applyConfiguration(targets: readonly Target[], subscriptions: readonly Subscription[], at: Instant): Promise<void>;
}

export interface Store extends StoreWriter {
  /** All or nothing. `work` must use the writer it is given, never the outer store. */
  transaction<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
