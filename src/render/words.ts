/** The words for what the core says as data: bumps, reasons, warnings, dates. One place, so that every mouth says the same. */
import { unreachable } from '../core/errors.ts';
import type { Kubernetes } from '../core/image.ts';
import type { Inline, Line, Tone } from '../core/message.ts';
import type { Component, Project, Reason } from '../core/release.ts';
import { type Instant, MS } from '../core/time.ts';
import type { ComponentChange, Coordinate, Warning } from '../core/upgrade.ts';
import { type Bump, type Distro, distroOf, parseKubernetesVersion } from '../core/version.ts';

const PROJECT_NAMES = new Map([
  ['kairos', 'Kairos'],
  ['hadron', 'Hadron'],
  ['auroraboot', 'AuroraBoot'],
]);

const FLAVOR_NAMES = new Map([
  ['hadron', 'Hadron'],
  ['ubuntu', 'Ubuntu'],
  ['rockylinux', 'Rocky Linux'],
  ['opensuse', 'openSUSE'],
  ['alpine', 'Alpine'],
  ['debian', 'Debian'],
  ['fedora', 'Fedora'],
]);

/** A project as people write it; its own name when we have no better one. */
export function projectName(project: Project): string {
  return PROJECT_NAMES.get(project) ?? project;
}

/** A flavor as people write it. */
export function flavorName(flavor: string): string {
  return FLAVOR_NAMES.get(flavor) ?? flavor;
}

const COMPONENT_NAMES: Readonly<Record<Component, string>> = { kairos: 'Kairos', base: 'Hadron', kubernetes: 'Kubernetes' };

function componentName(component: Component): string {
  return COMPONENT_NAMES[component];
}

const BUMP_WORDS: Readonly<Record<Bump, string>> = {
  major: 'major',
  minor: 'minor',
  patch: 'patch',
  prerelease: 'prerelease',
  rebuild: 'rebuild',
  none: 'unchanged',
};

export function bumpWord(bump: Bump): string {
  return BUMP_WORDS[bump];
}

const TONES: Readonly<Record<Bump, Tone>> = {
  major: 'warning',
  minor: 'notice',
  patch: 'good',
  rebuild: 'notice',
  prerelease: 'neutral',
  none: 'neutral',
};

/** How loud a bump is said. A major may break in-place upgrades by Kairos' own policy, so it is a warning. */
export function toneOf(bump: Bump): Tone {
  return TONES[bump];
}

/** The build stamp nearly every release carries; shown only when it is another one. */
const USUAL_BUILD: Readonly<Record<Distro, number>> = { k3s: 1, k0s: 0 };

/** `1.36.4`, or `1.35.0+k3s3` when the build stamp is an unusual one. */
export function kubernetesNumber({ distro, version }: Kubernetes): string {
  if (version === null) return 'version not in the tag';
  const text = version.text.replace(/^v/, '');
  return version.build === USUAL_BUILD[distro] ? text.replace(/\+.*$/, '') : text;
}

/** `sha256:1f1be453bc97`, enough to tell digests apart by eye. */
export function shortDigest(digest: string): string {
  return digest.slice(0, digest.indexOf(':') + 13);
}

/** `2026-09-08 14:05 UTC`. */
export function moment(at: Instant): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

/** `3 days`, `5 hours`, `12 minutes`: one unit is enough for people. */
export function duration(ms: number): string {
  for (const unit of ['day', 'hour', 'minute'] as const) {
    if (ms >= MS[unit]) return count(Math.floor(ms / MS[unit]), unit);
  }
  return 'less than a minute';
}

/** `1 image`, `11 images`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listing(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** Parts with a dot between them. */
export function dotted(parts: readonly Line[]): Line {
  return parts.filter((part) => part.length > 0).flatMap((part, index) => (index === 0 ? part : [' · ', ...part]));
}

/** `Kairos v4.2.0 → v4.3.0 (minor)`; `Hadron v0.5.1 (unchanged)`; `k3s added`. */
function change(name: string, from: string | null, to: string | null, bump: Bump): Line {
  if (from === null && to === null) return [];
  if (from === null) return [`${name} `, strong(to ?? ''), ' (new)'];
  if (to === null) return [`${name} ${from} (gone)`];
  if (from === to) return [`${name} ${from} (${bump === 'rebuild' ? 'rebuilt' : 'unchanged'})`];
  // Two spellings of one version: nothing moved, and "unchanged" would contradict the arrow.
  return [`${name} ${from} → `, strong(to), ...(bump === 'none' ? [] : [` (${bumpWord(bump)})`])];
}

export function componentChange({ component, from, to, bump }: ComponentChange): Line {
  return component === 'kubernetes' ? kubernetesChange(from, to, bump) : change(componentName(component), from, to, bump);
}

function kubernetesChange(from: string | null, to: string | null, bump: Bump): Line {
  return change(distroOf(to ?? from ?? '') ?? 'Kubernetes', shortKubernetes(from), shortKubernetes(to), bump);
}

function shortKubernetes(text: string | null): string | null {
  const distro = text === null ? null : distroOf(text);
  const version = text === null ? null : parseKubernetesVersion(text);
  return distro === null || version === null ? text : kubernetesNumber({ distro, version });
}

/** The version of a release is its project's own. */
function nameIn(project: Project, component: Component): string {
  return component === 'kairos' ? projectName(project) : componentName(component);
}

/** One reason of a classification: what moved, or the beginning of a sentence without its full stop. */
export function reasonWords(reason: Reason, project: Project = 'kairos'): Line {
  switch (reason.kind) {
    case 'first-release':
      return ['The first release Herald knows of'];
    case 'compared':
      return reason.component === 'kubernetes'
        ? kubernetesChange(reason.from, reason.to, reason.bump)
        : change(nameIn(project, reason.component), reason.from, reason.to, reason.bump);
    case 'backport':
      return [`A backport: ${reason.newest} was out before it and stays the newest`];
    case 'prerelease-of':
      return [`On the way to ${reason.version}`];
    case 'called-prerelease':
      return ['Its release page calls it a prerelease'];
    case 'promoted':
      return [`Promoted from ${reason.from ?? 'a prerelease'}`];
    case 'renumbered':
      return [`Renumbered from ${reason.from} to ${reason.to}, which is no breaking change by itself`];
    case 'rebuilt':
      return [`${count(reason.images, 'image')} pushed again with other content under the same tag`];
    default:
      return unreachable(reason);
  }
}

/** A warning as a sentence. */
export function warningWords(warning: Warning): string {
  switch (warning.kind) {
    case 'kubernetes-step':
      return `Kubernetes goes from ${warning.from} to ${warning.to}, the next minor version.`;
    case 'kubernetes-skips-minor':
      return `Kubernetes would skip a minor version (${warning.from} to ${warning.to}), which Kubernetes does not support.`;
    case 'downgrade':
      return `${componentName(warning.component)} would go back from ${warning.from} to ${warning.to}.`;
    case 'os-change':
      return `The operating system changes from ${warning.from} to ${warning.to}.`;
    case 'stepping-stone':
      return `A stepping stone: from there the way goes on to ${warning.towards}.`;
    case 'prerelease':
      return 'This is a prerelease.';
    case 'kubernetes-unknown':
      return 'The tag does not say which Kubernetes version is inside.';
    case 'unordered':
      return `Which of the two is newer cannot be told: ${warning.reason}.`;
    default:
      return unreachable(warning);
  }
}

const COORDINATES: Readonly<Record<Coordinate, string>> = {
  flavor: 'flavor',
  variant: 'variant',
  arch: 'architecture',
  model: 'model',
  'boot-mode': 'boot mode (trusted boot)',
  'image-form': 'image form (raw disk)',
  'kubernetes-distro': 'Kubernetes distribution',
  registry: 'registry',
};

export function coordinateName(coordinate: Coordinate): string {
  return COORDINATES[coordinate];
}

export function strong(text: string): Inline {
  return { kind: 'strong', text };
}

export function code(text: string): Inline {
  return { kind: 'code', text };
}

export function link(text: string, url: string): Inline {
  return { kind: 'link', text, url };
}
