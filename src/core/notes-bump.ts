/** Bumps: `Update quay.io/kairos/kairos-init Docker tag to v0.14.0`, `- Version: v0.7.0 -> v0.7.3`, `- No changes (v0.17.0)`. */
import { COMPONENT_PROJECTS } from './projects.ts';
import { compareVersions, parseVersion } from './version.ts';

export interface Bumped {
  readonly name: string;
  /** True for a part of Kairos itself. */
  readonly component: boolean;
  readonly from: string | null;
  readonly to: string | null;
}

/** Longer texts say more than a bump. */
const MAX_BUMP = 240;

const TO_VERSION =
  /^(?:updates?|bumps?|upgrades?|moves?|pins?)\s+(?:the\s+)?(\S.{0,150}?)\s+(?:from\s+(\S{1,60})\s+)?(?:to|->|→)\s+(v?\d[\w.+-]{0,60}|[0-9a-f]{7,64})(?:\s*(?:\([^()]*\)|\[[^[\]]*\]|[-–]\s*autoclosed))?[\s.]*$/i;
const NO_VERSION = /^(?:updates?|bumps?|upgrades?|pins?)\s+(?:the\s+)?(\S+(?: \S+){0,3})$/i;
/** What Renovate calls a thing before and after its name. */
const BEFORE = /^(?:module|dependency|dependencies|image|package|golang|github action)\s+(?=\S)/i;
const AFTER = /\s+(?:docker tag|docker digest|docker image|action|actions|digest|tag|image references|image|version|pin|group|monorepo)$/i;
const COLLECTIVE = /^(?:all |luet |go |npm )?(?:dependencies|deps|repositories|packages|modules)$/i;

/**
 * The bump that is all an item says; null for anything else. `certain`: its prefix or its heading says already that it is one,
 * so `Bump foo` is believed without a version.
 */
export function bumpOf(text: string, certain: boolean): Bumped | null {
  if (text.length > MAX_BUMP) return null;
  const [, thing = '', from, to] = TO_VERSION.exec(text) ?? [];
  if (to !== undefined) return named(thing, from ?? null, to);
  const bare = NO_VERSION.exec(text)?.[1];
  if (bare === undefined) return null;
  const bump = named(bare, null, null);
  return certain || bump.component || COLLECTIVE.test(bump.name) || /[/@]/.test(bump.name) ? bump : null;
}

function named(thing: string, from: string | null, to: string | null): Bumped {
  const name = thing.replace(BEFORE, '').replace(AFTER, '').replace(AFTER, '').trim() || thing;
  const own = componentName(name);
  return { name: own ?? name, component: own !== null, from, to };
}

/** Spellings of Kairos' own parts that are not their name. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['framework', 'kairos-framework'],
  ['kcrypt-discovery-challenger', 'kcrypt-challenger'],
  ['osbuilder-tools', 'osbuilder'],
]);
const COMPONENTS: ReadonlySet<string> = new Set(COMPONENT_PROJECTS);

/** A part of Kairos by any of its spellings (`quay.io/kairos/auroraboot`, `github.com/kairos-io/kairos-agent/v2`); null for others. */
function componentName(name: string): string | null {
  const last =
    name
      .toLowerCase()
      .replace(/\/v\d+$/, '')
      .split('/')
      .at(-1) ?? '';
  const own = ALIASES.get(last) ?? last;
  const foreign = name.includes('/') && !/(?:^|\/)kairos(?:-io)?\//i.test(name);
  return COMPONENTS.has(own) && !foreign ? own : null;
}

/** A component's name as one key, however a page spells it. */
export function componentKey(name: string): string {
  const lower = name.toLowerCase();
  return ALIASES.get(lower) ?? lower;
}

/** What a bullet below `## <component> changes` says of its version; null when it is a change. */
export function versionLine(text: string): { readonly from: string; readonly to: string } | null {
  const [, from, to] = /^version:?\s+(\S{1,80})\s*(?:->|→|=>|to)\s*(\S{1,80})$/i.exec(text) ?? [];
  if (from !== undefined && to !== undefined) return { from, to };
  const same = /^no changes\s*\(([^()\s]{1,80})\)$/i.exec(text)?.[1];
  return same === undefined ? null : { from: same, to: same };
}

/** The newer of two versions of one thing; where they cannot be compared, the one that was written later. */
export function newerOf(earlier: string | null, later: string | null): string | null {
  if (earlier === null || later === null) return later ?? earlier;
  const [a, b] = [parseVersion(earlier), parseVersion(later)];
  return a !== null && b !== null && compareVersions(a, b) > 0 ? earlier : later;
}
