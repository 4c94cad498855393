/** Answers as plain JSON for programs: the stable shapes behind `--json`. Foreign text is passed on as it is; JSON escapes it. */
import type { BaseStanding } from '../core/base.ts';
import {
  type Arch,
  type Artifact,
  type Era,
  type ImageVersion,
  isArtifact,
  type Kubernetes,
  printReference,
  type Reference,
  type Variant,
} from '../core/image.ts';
import { type Awaited, type LatestAnswer, printQuery, type Standing } from '../core/query.ts';
import { printReleaseFile, type ReleaseFile } from '../core/release-file.ts';
import type { Lifecycle } from '../core/target.ts';
import type { Candidates, Comparison, ComponentChange, Coordinate, Offer, Warning } from '../core/upgrade.ts';
import type { ImageVerdict } from '../core/verdict.ts';
import type { Bump, Channel, Distro } from '../core/version.ts';

/** One line of `herald parse --json`. Fields that do not apply to the kind are null. */
export interface ParseLine {
  readonly input: string;
  readonly kind: Reference['kind'];
  readonly repository: string;
  readonly tag: string;
  readonly digest?: string;
  readonly flavor: string | null;
  readonly flavorRelease: string | null;
  readonly variant: Variant | null;
  readonly arch: Arch | null;
  readonly model: string | null;
  readonly version: string | null;
  readonly channel: Channel | null;
  readonly kubernetes: { readonly distro: Distro; readonly version: string | null } | null;
  readonly uki: boolean | null;
  readonly era: Era | null;
  /** Of attached tags: what they belong to. */
  readonly subject?: string;
  readonly role?: string;
  /** Of unrecognised tags: why. */
  readonly reason?: string;
}

export function parseLine(reference: Reference): ParseLine {
  const { input, kind, repository, tag, digest } = reference;
  return { input, kind, repository, tag, ...(digest === null ? {} : { digest }), ...NO_IMAGE, ...fieldsOf(reference) };
}

/** What the grammar reads from the name of a release file, with versions as text. */
export function releaseFileLine(input: string, file: ReleaseFile): Readonly<Record<string, unknown>> {
  const line = { input, ...file, name: printReleaseFile(file) };
  switch (file.of) {
    case 'image':
      return { ...line, version: versionText(file.version), kubernetes: kubernetesJson(file.kubernetes) };
    case 'component':
      return { ...line, version: file.version.text };
    case 'release':
    case 'unknown':
      return line;
  }
}

const NO_IMAGE = {
  flavor: null,
  flavorRelease: null,
  variant: null,
  arch: null,
  model: null,
  version: null,
  channel: null,
  kubernetes: null,
  uki: null,
  era: null,
} as const;

function fieldsOf(reference: Reference): Partial<ParseLine> {
  if (isArtifact(reference)) return artifactFields(reference);
  switch (reference.kind) {
    case 'component':
    case 'framework':
      return { version: reference.version.text, channel: reference.channel };
    case 'attached':
      return { subject: reference.subject, role: reference.role };
    case 'unrecognised':
      return { reason: reference.reason };
    case 'moving':
      return {};
  }
}

function artifactFields({
  flavor,
  flavorRelease,
  variant,
  arch,
  model,
  version,
  channel,
  kubernetes,
  uki,
  era,
}: Artifact): Partial<ParseLine> {
  return {
    flavor,
    flavorRelease,
    variant,
    arch,
    model,
    version: versionText(version),
    channel,
    kubernetes: kubernetesJson(kubernetes),
    uki,
    era,
  };
}

function versionText(version: ImageVersion): string {
  return version.kind === 'release' ? version.version.text : version.text;
}

function kubernetesJson(kubernetes: Kubernetes | null): ParseLine['kubernetes'] {
  return kubernetes === null ? null : { distro: kubernetes.distro, version: kubernetes.version?.text ?? null };
}

export interface CompareJson {
  readonly relation: Comparison['relation'];
  readonly bump: Bump;
  readonly components: readonly ComponentChange[];
  readonly crosses: readonly Coordinate[];
  readonly warnings: readonly Warning[];
}

export function compareJson({ relation, bump, components, crosses, warnings }: Comparison): CompareJson {
  return { relation, bump, components, crosses, warnings };
}

export interface OfferJson {
  readonly reference: string;
  readonly bump: Bump;
  readonly components: readonly ComponentChange[];
  readonly recommended: boolean;
  readonly warnings: readonly Warning[];
}

export interface CandidatesJson {
  readonly running: string;
  readonly offers: readonly OfferJson[];
  readonly osChanges: readonly OfferJson[];
  readonly reason?: string;
  /** Where the answer comes from and how old it is; absent when the tags were given by hand. */
  readonly source?: Pick<LatestJson['flavors'][number], 'repository' | 'lifecycle' | 'lastSuccessAt' | 'failing'>;
}

export function candidatesJson({ running, offers, osChanges, reason }: Candidates, standing: Standing | null): CandidatesJson {
  return {
    running: printReference(running),
    offers: offers.map(offerJson),
    osChanges: osChanges.map(offerJson),
    ...(reason === null ? {} : { reason }),
    ...(standing === null ? {} : { source: sourceJson(standing) }),
  };
}

function offerJson({ artifact, bump, components, recommended, warnings }: Offer): OfferJson {
  return { reference: printReference(artifact), bump, components, recommended, warnings };
}

export interface LatestJson {
  /** The question in canonical words. */
  readonly query: string;
  readonly flavors: readonly {
    readonly flavor: string;
    readonly project: string;
    readonly repository: string;
    readonly lifecycle: LifecycleJson;
    readonly version: string | null;
    /** The newest stable version of the flavor in any combination. */
    readonly newest: string | null;
    /** The newest release should have this combination and does not, or not yet. */
    readonly awaited: Awaited | null;
    readonly images: readonly {
      readonly reference: string;
      readonly digest: string | null;
      readonly pushedAt: string | null;
      readonly verdict: ImageVerdict | null;
    }[];
    /** What the images are built with, by the configuration; absent where it does not say. */
    readonly builtOn?: readonly BaseStanding[];
    readonly origin: 'store' | 'recorded';
    readonly lastSuccessAt: string | null;
    /** Null while the source answers; then since when it could not be checked, and why. */
    readonly failing: { readonly since: string; readonly code: string | null; readonly message: string | null } | null;
    readonly missing:
      | { readonly kind: 'never-checked' }
      | { readonly kind: 'no-such-combination'; readonly nearest: readonly string[] }
      | null;
  }[];
}

type LifecycleJson =
  | Exclude<Lifecycle, { state: 'frozen' }>
  | { readonly state: 'frozen'; readonly since: string; readonly lastVersion: string; readonly advice: string };

export function latestJson({ query, flavors }: LatestAnswer): LatestJson {
  return {
    query: printQuery(query),
    flavors: flavors.map((answer) => ({
      flavor: answer.flavor,
      project: answer.project,
      ...sourceJson(answer),
      version: answer.version,
      newest: answer.newest,
      awaited: answer.awaited,
      images: answer.images.map(({ reference, digest, pushedAt, verdict }) => ({ reference, digest, pushedAt, verdict: verdict ?? null })),
      ...(answer.builtOn.length === 0 ? {} : { builtOn: answer.builtOn }),
      origin: answer.origin,
      missing: answer.missing,
    })),
  };
}

function sourceJson({ repository, lifecycle, lastSuccessAt, failingSince, failure }: Standing): NonNullable<CandidatesJson['source']> {
  const failing = failingSince === null ? null : { since: failingSince, code: failure?.code ?? null, message: failure?.message ?? null };
  return { repository, lifecycle: lifecycleJson(lifecycle), lastSuccessAt, failing };
}

function lifecycleJson(lifecycle: Lifecycle): LifecycleJson {
  if (lifecycle.state !== 'frozen') return lifecycle;
  const { state, since, lastVersion, advice } = lifecycle;
  return { state, since, lastVersion, advice };
}
