/** What moved inside a release, folded by name: Kairos' own parts, and everything else that was bumped. */
import { type Bumped, componentKey, newerOf } from './notes-bump.ts';
import type { ComponentNote, DependencyNote, NoteReference } from './notes-model.ts';

const MAX_NAMES = 500;
const MAX_REFERENCES = 20;

interface Part {
  name: string;
  from: string | null;
  to: string | null;
  count: number;
  /** Its versions are written as a pair, not pieced together from bumps. */
  stated: boolean;
  references: readonly NoteReference[];
}

export class Parts {
  readonly #components = new Map<string, Part>();
  readonly #dependencies = new Map<string, Part>();
  cut = 0;

  /** A pair of versions the page states for a component. */
  state(name: string, from: string | null, to: string | null): void {
    const part = this.#part(this.#components, componentKey(name), name);
    if (part === null) return;
    part.from = part.stated ? (part.from ?? from) : from;
    part.to = part.stated ? newerOf(part.to, to) : to;
    part.name = part.stated ? part.name : name;
    part.stated = true;
    part.count += 1;
  }

  bump({ name, component, from, to }: Bumped, references: readonly NoteReference[]): void {
    const part = component
      ? this.#part(this.#components, componentKey(name), name)
      : this.#part(this.#dependencies, name.toLowerCase(), name);
    if (part === null) return;
    if (!part.stated) {
      part.from = part.count === 0 ? from : part.from;
      part.to = newerOf(part.to, to);
    }
    part.count += 1;
    part.references = [...part.references, ...references].slice(0, MAX_REFERENCES);
  }

  get components(): readonly ComponentNote[] {
    return [...this.#components.values()].map(({ name, from, to, references }) => ({ name, from, to, references }));
  }

  get dependencies(): readonly DependencyNote[] {
    return [...this.#dependencies.values()].map(({ name, from, to, count, references }) => ({ name, from, to, count, references }));
  }

  #part(of: Map<string, Part>, key: string, name: string): Part | null {
    const known = of.get(key);
    if (known !== undefined) return known;
    if (of.size >= MAX_NAMES) {
      this.cut += 1;
      return null;
    }
    const part: Part = { name, from: null, to: null, count: 0, stated: false, references: [] };
    of.set(key, part);
    return part;
  }
}

/** A component with its versions. */
export interface Pair {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** A row of an "updated packages" table (name, old, new); null for rows of other tables. */
export function pairOfRow(head: readonly string[], cells: readonly string[]): Pair | null {
  const cell = (title: RegExp): string | undefined => cells[head.findIndex((text) => title.test(text.trim()))];
  const [name, from, to] = [cell(/^(?:name|package|component)$/i), cell(/^(?:old|from|previous)\b/i), cell(/^(?:new|to)\b/i)];
  return name !== undefined && from !== undefined && to !== undefined && name !== '' ? { name, from, to } : null;
}

/** The packages of a `diff` between two package lists (`- name: …`, `-  version: …`, `+  version: …`), as kairos-framework writes them. */
export function pairsOfDiff(text: string): readonly Pair[] {
  const pairs: Pair[] = [];
  let name = '';
  let from: string | null = null;
  for (const line of text.split('\n').slice(0, 2_000)) {
    name = /^[ +-]\s*-\s*name:\s*"?([\w./-]{1,80})/.exec(line)?.[1] ?? name;
    const [, sign, version = ''] = /^([+-])\s*version:\s*"?([\w.+-]{1,80})/.exec(line) ?? [];
    if (sign === '-') from = version;
    if (sign === '+' && from !== null && name !== '') {
      pairs.push({ name, from, to: version });
      from = null;
    }
  }
  return pairs;
}
