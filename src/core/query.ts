/** Questions in people's words, and the one definition of "latest". */
import type { Failure } from './errors.ts';
import type { Arch, Variant } from './image.ts';
import type { PublishedImage } from './release.ts';
import type { Lifecycle } from './target.ts';
import type { Instant } from './time.ts';
import type { Distro } from './version.ts';

/** `rocky standard`, `hadron core arm64 rpi4 k3s 1.35 v4.2`: null means "not said". */
export interface Query {
  readonly flavor: string | null;
  readonly flavorRelease: string | null;
  readonly variant: Variant | null;
  readonly arch: Arch | null;
  readonly model: string | null;
  readonly distro: Distro | null;
  readonly kubernetesMinor: string | null;
  readonly uki: boolean;
  readonly prereleases: boolean;
}

export type QueryProblem = { readonly word: string; readonly suggestion: string | null };

export type ParsedQuery =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'problem'; readonly problems: readonly QueryProblem[] };

/**
 * Reads a question in any word order, with aliases (`rocky` rockylinux, `suse` opensuse, `k3s` a standard image of that
 * distribution, `device`/`board` spellings of models). `flavors` are the flavors that exist; unknown words come back with the nearest known one.
 */
export function parseQuery(_words: readonly string[], _flavors: readonly string[]): ParsedQuery {
  throw new Error('pending');
}

/** The query in canonical words. */
export function printQuery(_query: Query): string {
  throw new Error('pending');
}

/** Everything the store can say about a flavor when it is asked for "latest". */
export interface FlavorKnowledge {
  readonly flavor: string;
  readonly targetId: string;
  readonly repository: string;
  readonly lifecycle: Lifecycle;
  readonly images: readonly PublishedImage[];
  readonly lastSuccessAt: Instant | null;
  readonly failingSince: Instant | null;
  readonly failure: Failure | null;
}

export interface LatestFlavorAnswer {
  readonly flavor: string;
  readonly repository: string;
  readonly lifecycle: Lifecycle;
  /** Null when nothing known fits. */
  readonly version: string | null;
  /** The images of that version that fit, newest Kubernetes first. */
  readonly images: readonly PublishedImage[];
  /** `store`: seen in the registry. `recorded`: from the list shipped with Herald, not looked up yet. */
  readonly origin: 'store' | 'recorded';
  readonly lastSuccessAt: Instant | null;
  readonly failingSince: Instant | null;
  readonly failure: Failure | null;
  /** What is missing for an answer, where the version is null: `never-checked` or `no-such-combination` (with combinations that exist). */
  readonly missing:
    | { readonly kind: 'never-checked' }
    | { readonly kind: 'no-such-combination'; readonly nearest: readonly string[] }
    | null;
}

/** "Latest" is defined once: the highest stable version whose images for the asked combination exist. */
export interface LatestAnswer {
  readonly query: Query;
  /** The flavor asked for, or every active flavor when none was named. */
  readonly flavors: readonly LatestFlavorAnswer[];
}

/** Answers "latest" for the flavors the query is about. */
export function latest(_query: Query, _knowledge: readonly FlavorKnowledge[]): LatestAnswer {
  throw new Error('pending');
}
