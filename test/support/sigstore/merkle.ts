/** The tree of a transparency log (RFC 6962, section 2.1). */
import { sha256 } from './keys.ts';

export interface MerkleTree {
  readonly size: number;
  readonly root: Buffer;
  /** Adds a leaf and gives its index. */
  add(content: Uint8Array): number;
  /** The hashes that lead from a leaf to the root, the nearest first. */
  path(index: number): readonly Buffer[];
}

export function createMerkleTree(): MerkleTree {
  const leaves: Buffer[] = [];
  /** Full subtrees never change again. */
  const full = new Map<string, Buffer>();

  function hashOf(start: number, end: number): Buffer {
    const size = end - start;
    const leaf = leaves[start];
    if (size === 1 && leaf !== undefined) return leaf;
    const known = full.get(`${start}-${end}`);
    if (known !== undefined) return known;
    const middle = start + leftOf(size);
    const hash = sha256(Buffer.of(1), hashOf(start, middle), hashOf(middle, end));
    if (leftOf(size) * 2 === size) full.set(`${start}-${end}`, hash);
    return hash;
  }

  function pathIn(index: number, start: number, end: number): Buffer[] {
    if (end - start === 1) return [];
    const middle = start + leftOf(end - start);
    return index < middle ? [...pathIn(index, start, middle), hashOf(middle, end)] : [...pathIn(index, middle, end), hashOf(start, middle)];
  }

  return {
    get size() {
      return leaves.length;
    },
    get root() {
      return hashOf(0, leaves.length);
    },
    add: (content) => leaves.push(sha256(Buffer.of(0), content)) - 1,
    path: (index) => pathIn(index, 0, leaves.length),
  };
}

/** The largest power of two that is smaller than `size`. */
function leftOf(size: number): number {
  return 2 ** (31 - Math.clz32(size - 1));
}
