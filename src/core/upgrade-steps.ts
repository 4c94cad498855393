/**
 * How an offered image is applied: for each way people upgrade Kairos the objects and commands, as data. Text is made of it in
 * render/upgrade-snippet.ts.
 *
 * Sources: kairos-io/kairos-operator `api/v1alpha1/nodeopupgrade_types.go` and `internal/controller/nodeopupgrade_controller.go`;
 * rancher/system-upgrade-controller `pkg/upgrade/container/container.go` and `job/job.go`; kairos-io/kairos-docs `docs/upgrade/`.
 */
import { type Comparison, type Coordinate, compareArtifacts, type Warning } from './comparison.ts';
import type { Artifact } from './image.ts';
import type { Arch } from './image-tag.ts';
import { isDigest, isTag } from './repository.ts';

/** An object of Kubernetes: what YAML and JSON have in common. */
export type Manifest = { readonly [key: string]: ManifestValue };
export type ManifestValue = string | number | boolean | Manifest | readonly ManifestValue[];

/** Why no text is made for an image. */
export type Refusal =
  | { readonly kind: 'not-pinned' }
  | { readonly kind: 'unsafe-name' }
  | { readonly kind: 'raw-disk' }
  | { readonly kind: 'crosses'; readonly coordinates: readonly Coordinate[] }
  | { readonly kind: 'not-an-upgrade'; readonly relation: Comparison['relation'] }
  | { readonly kind: 'kubernetes-skips-minor' }
  | { readonly kind: 'kubernetes-unknown' };

/** What somebody has to know who applies it. */
export type StepNote =
  | Warning
  | { readonly kind: 'missing-architecture'; readonly archs: readonly Arch[] }
  | { readonly kind: 'trusted-boot' }
  | { readonly kind: 'boards'; readonly models: readonly string[] }
  | { readonly kind: 'rebuild' }
  | { readonly kind: 'no-plan'; readonly tag: string };

/** One image with the commands a person gives on a node. */
export interface NodeSteps {
  readonly arch: Arch;
  readonly reference: string;
  /** The running system; the recovery system is upgraded on its own. */
  readonly active: string;
  readonly recovery: string;
}

export interface UpgradeSteps {
  readonly nodes: readonly NodeSteps[];
  /** `NodeOpUpgrade` objects of kairos-operator, one an architecture; none for trusted boot. */
  readonly operator: readonly Manifest[];
  /** `Plan` objects of the system-upgrade-controller, which Kairos calls deprecated; none for trusted boot. */
  readonly plans: readonly Manifest[];
  readonly notes: readonly StepNote[];
  readonly refused: readonly { readonly image: Artifact; readonly refusal: Refusal }[];
}

/**
 * What to apply to come from a running image to an offered one. `offered`: the same image for each architecture of the fleet, pinned by
 * digest; `archs`: the architectures the fleet has. Whatever is no upgrade of the running image (for its own architecture) is refused: text
 * that is ready to apply gets applied, so it is checked here again and not only where offers are made.
 */
export function upgradeSteps(running: Artifact, offered: readonly Artifact[], archs: readonly Arch[] = [running.arch]): UpgradeSteps {
  const judged = offered.map((image) => {
    const comparison = compareArtifacts({ ...running, arch: image.arch }, image);
    return { image, comparison, refusal: refusalOf(image, comparison) };
  });
  const good = judged.filter(({ refusal }) => refusal === null);
  const bootable = good.filter(({ image }) => !image.uki);
  const planned = bootable.filter(({ image }) => isLabel(image.tag));
  return {
    nodes: good.map(({ image }) => nodeSteps(image)),
    operator: bootable.map(({ image, comparison }) => operatorObject(image, comparison)),
    plans: planned.map(({ image }) => planObject(image)),
    notes: [
      ...missing(
        archs,
        good.map(({ image }) => image.arch),
      ),
      ...distinct(good.flatMap(({ comparison }) => comparison.warnings)),
      ...(good.some(({ comparison }) => keepsVersions(comparison)) ? [{ kind: 'rebuild' } as const] : []),
      ...(good.some(({ image }) => image.uki) ? [{ kind: 'trusted-boot' } as const] : []),
      ...boards(good.map(({ image }) => image.model)),
      ...bootable.flatMap(({ image: { tag } }) => (isLabel(tag) ? [] : [{ kind: 'no-plan' as const, tag }])),
    ],
    refused: judged.flatMap(({ image, refusal }) => (refusal === null ? [] : [{ image, refusal }])),
  };
}

/** The same image on each of these architectures that has it: the versions and everything else are the offer's. */
export function onArchs(offer: Artifact, known: readonly Artifact[], archs: readonly Arch[]): readonly Artifact[] {
  return archs.flatMap((arch) => {
    if (arch === offer.arch) return [offer];
    const same = known.find((image) => image.arch === arch && compareArtifacts({ ...offer, arch }, image).relation === 'same');
    return same === undefined ? [] : [same];
  });
}

/** A host, which may have capitals and a port, then a path: nothing that means something to a shell or to YAML. */
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?(?:\/[a-z0-9][a-z0-9._-]*)+$/;
const MAX_REPOSITORY = 255;

function refusalOf({ repository, tag, digest, kind }: Artifact, { crosses, relation, bump, warnings }: Comparison): Refusal | null {
  if (kind === 'raw-image') return { kind: 'raw-disk' };
  if (digest === null) return { kind: 'not-pinned' };
  if (!REPOSITORY.test(repository) || repository.length > MAX_REPOSITORY || !isTag(tag) || !isDigest(digest))
    return { kind: 'unsafe-name' };
  if (crosses.length > 0) return { kind: 'crosses', coordinates: crosses };
  const kinds = new Set(warnings.map((warning) => warning.kind));
  if (kinds.has('kubernetes-skips-minor')) return { kind: 'kubernetes-skips-minor' };
  if (kinds.has('kubernetes-unknown')) return { kind: 'kubernetes-unknown' };
  return relation === 'upgrade' || bump === 'rebuild' ? null : { kind: 'not-an-upgrade', relation };
}

/** `quay.io/kairos/hadron:v0.5.1-…@sha256:…`, of an image that was not refused. */
function pinned({ repository, tag, digest }: Artifact): string {
  return `${repository}:${tag}@${digest}`;
}

function nodeSteps(image: Artifact): NodeSteps {
  const source = `--source oci:${pinned(image)}`;
  return {
    arch: image.arch,
    reference: pinned(image),
    active: `kairos-agent upgrade ${source}`,
    recovery: `kairos-agent upgrade --recovery ${source}`,
  };
}

/** The label kairos-operator puts on every node that runs Kairos. */
const MANAGED = 'kairos.io/managed';
const ARCH = 'kubernetes.io/arch';

function operatorObject(image: Artifact, comparison: Comparison): Manifest {
  return {
    apiVersion: 'operator.kairos.io/v1alpha1',
    kind: 'NodeOpUpgrade',
    metadata: { name: objectName(image), namespace: 'default' },
    spec: {
      image: pinned(image),
      // Also where there is one architecture: an image on a machine of another one leaves a node that does not boot.
      nodeSelector: { matchLabels: { [MANAGED]: 'true', [ARCH]: image.arch } },
      concurrency: 1,
      stopOnFailure: true,
      upgradeActive: true,
      upgradeRecovery: false,
      // The operator skips nodes whose Kairos and Kubernetes versions are the image's already, and of a rebuild they are.
      ...(keepsVersions(comparison) ? { force: true } : {}),
    },
  };
}

/**
 * The reference is split: the controller puts `spec.version` behind an image that has neither tag nor digest (WithLatestTag), so with the
 * digest there it pulls by digest. The version itself has to stay a plain tag: it becomes the value of a label.
 */
function planObject(image: Artifact): Manifest {
  return {
    apiVersion: 'upgrade.cattle.io/v1',
    kind: 'Plan',
    metadata: { name: objectName(image), namespace: 'system-upgrade' },
    spec: {
      concurrency: 1,
      version: image.tag,
      nodeSelector: {
        matchExpressions: [
          { key: 'kubernetes.io/hostname', operator: 'Exists' },
          { key: ARCH, operator: 'In', values: [image.arch] },
        ],
      },
      serviceAccountName: 'system-upgrade',
      cordon: false,
      drain: { force: false, disableEviction: true },
      upgrade: { image: `${image.repository}@${image.digest}`, command: ['/usr/sbin/suc-upgrade'] },
    },
  };
}

/** A DNS-1123 label, and the value of the operator's own label: both hold at most 63 characters. */
const MAX_NAME = 63;
const PREFIX = 'kairos-upgrade-';
const FINGERPRINT = 8;

/**
 * `kairos-upgrade-v4-3-0-k3s-v1-36-4-k3s1-amd64-1f1be453`. One object is one run: changing the image of one that exists does nothing anybody
 * can rely on. So no two images may get one name: version, Kubernetes and architecture are for people, and the beginning of the digest tells
 * apart what they do not (a rebuild, another flavor, another board).
 */
function objectName({ version, kubernetes, arch, model, digest }: Artifact): string {
  const text = version.kind === 'release' ? version.version.text : version.text;
  const distro = kubernetes === null ? [] : [kubernetes.distro, ...(kubernetes.version === null ? [] : [kubernetes.version.text])];
  const parts = [text, ...distro, arch, ...(model === 'generic' ? [] : [model])];
  const words = parts
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  const room = MAX_NAME - PREFIX.length - 1 - FINGERPRINT;
  return `${PREFIX}${words.slice(0, room).replaceAll(/^-+|-+$/g, '')}-${(digest ?? '').slice('sha256:'.length).slice(0, FINGERPRINT)}`;
}

/** The controller writes the version into a label of its jobs; Kubernetes refuses a job whose label is longer, or ends in a mark. */
function isLabel(tag: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(tag);
}

/** What the operator compares is the same before and after: a rebuild, or a newer base alone. */
function keepsVersions({ components }: Comparison): boolean {
  return components.every(({ component, from, to }) => component === 'base' || from === to);
}

function missing(wanted: readonly Arch[], there: readonly Arch[]): readonly StepNote[] {
  const archs = [...new Set(wanted)].filter((arch) => !there.includes(arch));
  return archs.length === 0 ? [] : [{ kind: 'missing-architecture', archs }];
}

/** A selector knows the architecture of a node, not its board. */
function boards(models: readonly string[]): readonly StepNote[] {
  const named = [...new Set(models)].filter((model) => model !== 'generic').sort();
  return named.length === 0 ? [] : [{ kind: 'boards', models: named }];
}

/** Each architecture warns of the same step; once is enough. */
function distinct(warnings: readonly Warning[]): readonly Warning[] {
  return [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()];
}
