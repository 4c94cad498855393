/** Folds a tag to its format, so that a new naming scheme raises one notice and not one for each of its tags. */
import { MODELS } from './image-tag.ts';

const NAMES = new RegExp(
  `(?<![A-Za-z0-9])(?:${[...MODELS, 'core', 'standard', 'amd64', 'arm64', 'riscv64'].join('|')})(?![A-Za-z0-9])`,
  'g',
);
/** A commit or a digest: a digit keeps words such as `defaced` out, a letter keeps dates such as `20260622` out. */
const HEX = /(?<![A-Za-z0-9])g?(?=[a-f]{0,63}\d)(?=\d{0,63}[a-f])[0-9a-f]{7,64}(?![A-Za-z0-9])/g;
/** A distribution, alone or before its version, and its build stamp: `k3s1` and `k0s.1` are the same thing. */
const STAMP = /k3s(?=\d)|k0s\.(?=\d)/g;
const DISTRO = /k3s|k0s/g;

/** `v0.5.1-standard-amd64-generic-v4.3.0-k3s-v1.36.4-k3s1` becomes `vN.N.N-x-x-x-vN.N.N-x-vN.N.N-xN`. */
export function foldTag(tag: string): string {
  return tag.replace(NAMES, 'x').replace(HEX, 'x').replace(STAMP, 'x').replace(DISTRO, 'x').replace(/\d+/g, 'N');
}
