/**
 * Versions nobody should believe at once: `v999.0.0` pushed by mistake, a test tag. Such a release is held until a person
 * accepts it, because an announcement of it, or a comparison with it, would be wrong for everybody after it.
 */
import { channelOf, compareVersions, parseVersion, type Version } from './version.ts';

/** A jump this far is no development anybody has seen. Kairos itself went from v2 to v3 to v4. */
const MAJOR_JUMP = 10;
const MINOR_JUMP = 50;

/** So many stable versions at or above a jump, and the project really counts from there now (osbuilder went from v0.15 to v0.100). */
const SETTLED = 3;

/** Of the versions of one project, those that jump far beyond all below them and that no others followed. Prereleases are judged by their numbers. */
export function outliersAmong(versions: readonly string[]): ReadonlySet<string> {
  const known = versions.flatMap((text) => parseVersion(text) ?? []).sort(compareVersions);
  const stable = known.filter((version) => channelOf(version) === 'stable');
  const outliers = new Set<string>();
  let highest: Version | null = null;
  for (const version of known) {
    const above = stable.filter((other) => compareVersions(other, version) >= 0).length;
    if (highest !== null && isJump(highest, version) && above < SETTLED) outliers.add(version.text);
    else highest = version;
  }
  return outliers;
}

function isJump(from: Version, to: Version): boolean {
  if (to.major !== from.major) return to.major - from.major >= MAJOR_JUMP;
  return to.minor - from.minor >= MINOR_JUMP;
}
