/**
 * What an incoming webhook is believed: that something may be new at a place, and nothing else. Anybody who learns the address
 * or the secret can send one, so what is new is always read from the place itself.
 */
import type { Target } from './target.ts';

export type Hint =
  /** `quay.io/kairos/hadron`. A registry that does not say its own name gives the path alone, `kairos/hadron`. */
  | { readonly kind: 'images'; readonly repository: string }
  /** `kairos-io/kairos`. */
  | { readonly kind: 'page'; readonly repository: string };

/** The targets a hint is about. Names are compared without case, and a path alone with the end of a repository. */
export function hinted(targets: readonly Target[], hint: Hint): readonly Target[] {
  const name = hint.repository.toLowerCase();
  return targets.filter(({ kind, repository, via }) => {
    if ((kind === 'github-releases') !== (hint.kind === 'page')) return false;
    return [repository, via].some(
      (own) => own !== null && (own.toLowerCase() === name || (hint.kind === 'images' && own.toLowerCase().endsWith(`/${name}`))),
    );
  });
}
