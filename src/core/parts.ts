/**
 * What a Kairos release is made of: the versions of its components, as data. Herald's users ask "which immucore is in it".
 *
 * Up to v4.2 the components lived in repositories of their own. `images/Dockerfile` of kairos-io/kairos at a release's tag
 * names the kairos-init it was built with, and the `Makefile` of kairos-init at that tag names the others; what is recorded
 * here was read there and in the documentation's own table (kairos-io/kairos-docs, `docsVersionCustomFields`). With v4.3.0
 * they moved into kairos-io/kairos and carry its version.
 */
import { type Bump, bumpBetween, compareVersions, parseVersion, type Version } from './version.ts';

/** A component inside a release. */
export interface Part {
  readonly name: string;
  readonly version: string;
}

/** A component that two releases have in different versions; null where one does not have it, or nobody wrote it down. */
export interface PartChange {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly bump: Bump | null;
}

/** The first release whose components are built from its own tree. */
const MONOREPO = versionOf('v4.3.0');
const IN_TREE = ['kairos-init', 'kairos-agent', 'immucore', 'kcrypt-challenger', 'kairos-sdk', 'kairos-installer', 'provider-kairos'];

/** Beside the tree: the version of AuroraBoot the release's installers were made with. */
const BESIDE = new Map([['v4.3.0', [{ name: 'auroraboot', version: 'v0.27.1' }]]]);

const RECORDED: ReadonlyMap<string, readonly Part[]> = new Map(
  Object.entries({
    'v3.1.3': { 'provider-kairos': 'v2.7.4', auroraboot: 'v0.2.7' },
    'v3.2.4': { 'provider-kairos': 'v2.7.5', auroraboot: 'v0.4.3' },
    'v3.3.6': { 'provider-kairos': 'v2.9.2', auroraboot: 'v0.4.5' },
    'v3.4.2': { 'provider-kairos': 'v2.10.3', auroraboot: 'v0.6.4' },
    'v3.7.2': { 'provider-kairos': 'v2.14.0', auroraboot: 'v0.14.0' },
    'v4.0.1': { 'kairos-init': 'v0.7.0' },
    'v4.0.2': { 'kairos-init': 'v0.7.3', 'kairos-agent': 'v2.27.0', immucore: 'v0.13.1', 'provider-kairos': 'v2.14.1' },
    'v4.0.3': { 'kairos-init': 'v0.8.4', 'provider-kairos': 'v2.14.2', auroraboot: 'v0.20.0' },
    'v4.1.0': { 'kairos-init': 'v0.13.0', 'provider-kairos': 'v2.16.0', auroraboot: 'v0.23.0' },
    'v4.1.1': { 'kairos-init': 'v0.14.3' },
    'v4.1.2': { 'kairos-init': 'v0.14.6', 'provider-kairos': 'v2.16.1', auroraboot: 'v0.26.2' },
    'v4.2.0': {
      'kairos-init': 'v0.17.2',
      'kairos-agent': 'v2.31.4',
      immucore: 'v0.20.4',
      'kcrypt-challenger': 'v0.13.4',
      'kairos-installer': 'v0.1.5',
      'provider-kairos': 'v2.16.4',
      edgevpn: 'v0.35.4',
      auroraboot: 'v0.26.2',
    },
  }).map(([version, parts]) => [version, Object.entries(parts).map(([name, part]) => ({ name, version: part }))]),
);

/** The components of a Kairos release that are known; empty where nobody wrote them down, and for what is no version. */
export function partsOf(version: string): readonly Part[] {
  const parsed = parseVersion(version);
  if (parsed === null) return [];
  const final: Version = { ...parsed, prerelease: null };
  if (MONOREPO !== null && compareVersions(final, MONOREPO) >= 0) {
    return [...IN_TREE.map((name) => ({ name, version: parsed.text })), ...(BESIDE.get(parsed.text) ?? [])];
  }
  return RECORDED.get(parsed.text) ?? [];
}

/** What became of each component between two releases, in the order of the newer one's list. */
export function partChanges(from: string, to: string): readonly PartChange[] {
  const [before, after] = [partsOf(from), partsOf(to)];
  const names = [...new Set([...after, ...before].map(({ name }) => name))];
  return names.map((name) => {
    const [older, newer] = [before, after].map((parts) => parts.find((part) => part.name === name)?.version ?? null);
    return { name, from: older ?? null, to: newer ?? null, bump: bumpOf(older ?? null, newer ?? null) };
  });
}

/** Null where one side is unknown, or where a component took over Kairos' numbers: that jump says nothing about how much changed. */
function bumpOf(from: string | null, to: string | null): Bump | null {
  const [older, newer] = [versionOf(from), versionOf(to)];
  if (older === null || newer === null || MONOREPO === null) return null;
  const renumbered = compareVersions(older, MONOREPO) < 0 !== compareVersions(newer, MONOREPO) < 0;
  return renumbered ? null : bumpBetween(older, newer);
}

function versionOf(text: string | null): Version | null {
  return text === null ? null : parseVersion(text);
}
