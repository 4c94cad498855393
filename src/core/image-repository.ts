/**
 * What the repositories of the Kairos project hold, by name. The lists are closed: in the project's own namespaces an
 * unknown repository is a typing error or something new, and both are worth a notice, not a guess.
 */
import type { Arch, RepositoryFields } from './image-tag.ts';

/**
 * What to expect of a repository's tags:
 * `flavor` images of one flavor, the tag says the rest · `machine` E1 and E2, the name says it all · `component` versioned
 * images that are no OS · `packages` luet packages, `bundles` community bundles (one repository each, the tag begins with
 * the name) · `refused` known, and its tags cannot be read as versions · `foreign` outside the project's namespaces.
 */
export type Holding =
  | { readonly kind: 'flavor'; readonly flavor: string; readonly ci: boolean }
  | { readonly kind: 'machine'; readonly flavor: string; readonly fields: RepositoryFields }
  | { readonly kind: 'component'; readonly name: string }
  | { readonly kind: 'framework' }
  | { readonly kind: 'packages' }
  | { readonly kind: 'bundles' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'foreign'; readonly flavor: string };

/**
 * The flavors official images were published for since E3, each a repository (kairos-io/kairos `.github/flavors.json`; hadron
 * since v3.6). All but hadron (and ubuntu for Jetson boards) ended with v3.7.2.
 */
export const FLAVORS: readonly string[] = ['hadron', 'ubuntu', 'rockylinux', 'opensuse', 'alpine', 'debian', 'fedora'];

/** Flavors of E1 and E2 (`core-<flavor>`, `kairos-<flavor>`), frozen since October 2023. */
const MACHINE_FLAVORS = [
  'almalinux',
  'alpine',
  'alpine-opensuse-leap',
  'alpine-ubuntu',
  'debian',
  'fedora',
  'opensuse',
  'opensuse-leap',
  'opensuse-tumbleweed',
  'rockylinux',
  'ubuntu',
  'ubuntu-20-lts',
  'ubuntu-20-lts-fips',
  'ubuntu-22-lts',
];

/** The end of an E1 or E2 name. `rpi` served Raspberry Pi 3 and 4 and is called rpi4 from v2.4.2 on. */
const MACHINES = [
  { suffix: '', arch: 'amd64', model: 'generic' },
  { suffix: '-arm-generic', arch: 'arm64', model: 'generic' },
  { suffix: '-arm-rpi', arch: 'arm64', model: 'rpi4' },
  { suffix: '-arm-nvidia-jetson-agx-orin', arch: 'arm64', model: 'nvidia-jetson-agx-orin' },
] as const;

/** What E1 and E2 called flavor and machine in one word: `ubuntu-20-lts-arm-rpi`. */
export interface Machine {
  readonly flavor: string;
  readonly arch: Arch;
  readonly model: string;
}

const MACHINE_NAMES: ReadonlyMap<string, Machine> = new Map(
  MACHINE_FLAVORS.flatMap((flavor) => MACHINES.map(({ suffix, arch, model }) => [`${flavor}${suffix}`, { flavor, arch, model }] as const)),
);

/** The machine of an E1 or E2 name without its `core-` or `kairos-`; null when there never was one. */
export function machineNamed(name: string): Machine | null {
  return MACHINE_NAMES.get(name) ?? null;
}

const COMPONENTS = ['kairos-init', 'kcrypt-challenger', 'auroraboot', 'operator', 'operator-node-labeler', 'osbuilder-tools'];

/** Names distinctive enough to be believed on a mirror. `operator` is not: it is anybody's. */
const MIRRORED = new Set(['kairos-init', 'kcrypt-challenger', 'auroraboot', 'osbuilder-tools']);

const GHCR_COMPONENTS = ['cluster-api-provider-kairos', 'kairos-capi', 'provider-kubeadm', 'git', 'gpg', 'hadron'];
const GHCR_FAMILIES = ['hadron-', 'hadron-layers/', 'hadron-firmware/', 'charts/', 'helm-charts/'];
const GHCR_CI = 'kairos/';

const C3OS: Holding = { kind: 'refused', reason: 'c3os era: a Kubernetes version, not a Kairos version' };
const SCRATCH: Holding = { kind: 'refused', reason: 'a scratch repository of the CI, nothing in it is a release' };
const UNVERSIONED: Holding = { kind: 'refused', reason: 'this repository never had versions, only moving tags' };

const QUAY_KAIROS: ReadonlyMap<string, Holding> = new Map<string, Holding>([
  ...FLAVORS.map((flavor) => [flavor, { kind: 'flavor', flavor, ci: false }] as const),
  ...machines('core-', 'kairos-', 'E2'),
  ...components(COMPONENTS),
  ['framework', { kind: 'framework' }],
  ['packages', { kind: 'packages' }],
  ['packages-arm64', { kind: 'packages' }],
  ['community-bundles', { kind: 'bundles' }],
  ['ci-temp-images', SCRATCH],
  ['cache', SCRATCH],
  ['nvidia-base', SCRATCH],
  ['kairos', UNVERSIONED],
  ['kairos-standard', UNVERSIONED],
]);

const QUAY_C3OS: ReadonlyMap<string, Holding> = new Map<string, Holding>([
  ...machines('core-', 'c3os-', 'E1'),
  ...components(['osbuilder-tools', 'osbuilder', 'entangle', 'provider-k3s']),
  ['packages', { kind: 'packages' }],
  ['c3os', C3OS],
  ['c3os-core', C3OS],
]);

const NAMESPACES: readonly { readonly prefix: string; readonly find: (name: string) => Holding | undefined }[] = [
  { prefix: 'quay.io/kairos/', find: (name) => QUAY_KAIROS.get(name) },
  { prefix: 'ghcr.io/kairos-io/', find: findOnGhcr },
  { prefix: 'quay.io/c3os/', find: (name) => QUAY_C3OS.get(name) },
  { prefix: 'quay.io/mudler/', find: (name) => (name === 'c3os' ? C3OS : undefined) },
];

/** What a repository holds. `repository` is registry, organisation and name; empty for a bare tag. */
export function holdingOf(repository: string): Holding {
  const namespace = NAMESPACES.find(({ prefix }) => repository.startsWith(prefix));
  const name = lastSegment(repository);
  if (namespace === undefined) return MIRRORED.has(name) ? { kind: 'component', name } : { kind: 'foreign', flavor: name };
  const path = repository.slice(namespace.prefix.length);
  return namespace.find(path) ?? { kind: 'unknown', namespace: namespace.prefix.slice(0, -1), name: path };
}

function findOnGhcr(path: string): Holding | undefined {
  if (path.startsWith(GHCR_CI)) {
    const name = path.slice(GHCR_CI.length);
    return COMPONENTS.includes(name) ? { kind: 'component', name } : { kind: 'flavor', flavor: name, ci: true };
  }
  const known = GHCR_COMPONENTS.includes(path) || GHCR_FAMILIES.some((family) => path.startsWith(family));
  return known ? { kind: 'component', name: path } : undefined;
}

function machines(core: string, standard: string, era: 'E1' | 'E2'): (readonly [string, Holding])[] {
  return [...MACHINE_NAMES].flatMap(([name, { flavor, arch, model }]) =>
    [false, true].flatMap((raw): (readonly [string, Holding])[] => {
      const end = raw ? `${name}-img` : name;
      return [
        [`${core}${end}`, { kind: 'machine', flavor, fields: { variant: 'core', arch, model, raw, era } }],
        [`${standard}${end}`, { kind: 'machine', flavor, fields: { variant: 'standard', arch, model, raw, era } }],
      ];
    }),
  );
}

function components(names: readonly string[]): (readonly [string, Holding])[] {
  return names.map((name) => [name, { kind: 'component', name }]);
}

function lastSegment(repository: string): string {
  return repository.slice(repository.lastIndexOf('/') + 1);
}
