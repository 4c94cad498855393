/**
 * The packages people ask for first: what boots the machine, what everything is linked with, what runs Kubernetes, and Kairos itself.
 * Distributions name them differently, and some names carry a version, so each is a rule over names.
 */
import { type Inventory, identityOf, inOrder, isSystemPackage, type PackageIdentity } from './sbom.ts';

export interface Highlight {
  /** As people write it; unique in a list. */
  readonly name: string;
  /** Never empty; in the order of their code units. */
  readonly versions: readonly string[];
}

interface Rule {
  readonly name: string;
  /** Names in a distribution, and of what was built from source. */
  readonly system?: RegExp;
  /** Paths of Go modules, without the major version at their end. */
  readonly module?: RegExp;
}

const RULES: readonly Rule[] = [
  // Debian's linux-image-amd64 and Ubuntu's linux-image-generic have versions of their own.
  {
    name: 'Linux kernel',
    system: /^(?:linux-image-(?:unsigned-)?\d.*|kernel(?:-(?:core|default|rt|64kb))?|linux-(?:lts|virt|rpi\d?|edge|stable|kernel)|linux)$/,
  },
  { name: 'systemd', system: /^systemd$/ },
  { name: 'OpenRC', system: /^openrc$/ },
  { name: 'glibc', system: /^(?:glibc|libc6)$/ },
  { name: 'musl', system: /^musl$/ },
  { name: 'OpenSSL', system: /^(?:openssl(?:-\d[\d.]*|-libs)?|lib(?:ssl|crypto|openssl)\d[\d._]*(?:t64)?)$/ },
  {
    name: 'GRUB',
    system: /^grub2?(?:-common|-efi|-efi-(?:x64|aa64)|-(?:x86_64|arm64)-efi|-efi-(?:amd64|arm64)-bin)?$/,
  },
  { name: 'shim', system: /^shim(?:-(?:signed|x64|aa64))?$/ },
  { name: 'systemd-boot', system: /^(?:systemd-boot|systemd-boot-unsigned)$/ },
  { name: 'dracut', system: /^dracut$/ },
  { name: 'OpenSSH', system: /^openssh(?:-server)?$/ },
  { name: 'k3s', system: /^k3s$/, module: /^github\.com\/k3s-io\/k3s$/ },
  { name: 'k0s', system: /^k0s$/, module: /^github\.com\/k0sproject\/k0s$/ },
  { name: 'Kubernetes', module: /^(?:k8s\.io|github\.com\/k3s-io)\/kubernetes$/ },
  { name: 'containerd', system: /^containerd(?:\.io)?$/, module: /^github\.com\/(?:containerd|k3s-io)\/containerd$/ },
  { name: 'runc', system: /^runc$/, module: /^github\.com\/opencontainers\/runc$/ },
  { name: 'Go standard library', module: /^stdlib$/ },
];

/** Kairos' own programs and libraries, each under its own name. */
const KAIROS = /^github\.com\/kairos-io\/(.+)$/;
const KAIROS_PROGRAMS = /^(?:kairos-agent|immucore|kcrypt|provider-kairos|kairos-init|auroraboot)$/;

/** The name of the highlight that a package belongs to; null for most. */
export function highlightOf(identity: PackageIdentity): string | null {
  const { name } = identity;
  if (identity.type !== 'golang') {
    return KAIROS_PROGRAMS.test(name) ? name : (RULES.find(({ system }) => system?.test(name))?.name ?? null);
  }
  const path = modulePath(identity);
  const own = KAIROS.exec(path)?.[1];
  if (own === undefined) return RULES.find(({ module }) => module?.test(path))?.name ?? null;
  return RULES.some((rule) => rule.name === own) ? `kairos-io/${own}` : own;
}

/** Path of a Go module without the `/v2` at its end: https://go.dev/ref/mod#major-version-suffixes */
function modulePath({ namespace, name }: PackageIdentity): string {
  return `${namespace === '' ? '' : `${namespace}/`}${name}`.replace(/\/v\d{1,6}$/, '');
}

/** In the order of the rules, Kairos' own first. */
export function highlightsOf({ packages }: Inventory): readonly Highlight[] {
  const found = new Map<string, { readonly installed: Set<string>; readonly others: Set<string> }>();
  for (const [key, versions] of packages) {
    const identity = identityOf(key);
    const name = highlightOf(identity);
    if (name === null) continue;
    const highlight = found.get(name) ?? { installed: new Set(), others: new Set() };
    found.set(name, highlight);
    for (const version of versions) {
      if (version !== '') (isSystemPackage(identity) ? highlight.installed : highlight.others).add(version);
    }
  }
  return [...found]
    .map(([name, { installed, others }]) => ({
      name,
      // syft finds the kernel a second time, as a file, and writes its version in another way.
      versions: [...(installed.size > 0 ? installed : others)].sort(inOrder),
    }))
    .filter(({ versions }) => versions.length > 0)
    .sort(byRule);
}

/** The order of highlights. */
export function byRule(a: Pick<Highlight, 'name'>, b: Pick<Highlight, 'name'>): number {
  return orderOf(a.name) - orderOf(b.name) || inOrder(a.name, b.name);
}

function orderOf(name: string): number {
  return RULES.findIndex((rule) => rule.name === name);
}
