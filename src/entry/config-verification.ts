/** The `verification` and `identities` parts of the configuration: who has to have signed which images, and what that is checked against. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IdentityRule, NameRule } from '../core/identity-policy.ts';
import { type Instant, instant } from '../core/time.ts';
import { parseVersion, type Version } from '../core/version.ts';
import type { ConfigMistake, LoadedFile } from './config-file.ts';
import { addMistake, type Placed } from './config-placed.ts';
import { DEFAULT_VERIFICATION, type IdentityEntry } from './config-schema.ts';

export interface VerificationSettings {
  readonly enabled: boolean;
  readonly trustRoot: TrustRootFile;
  /** Whether the trust root is kept up to date; never for one of the user's own. */
  readonly refresh: boolean;
  /** The TUF repository it is refreshed from. */
  readonly mirror: string;
  /** The first root of trust of a mirror of the user's own. */
  readonly mirrorRoot: string | null;
  /** In the order they are asked: the user's own first. */
  readonly identities: readonly IdentityRule[];
}

/** A trust root in a file. `own`: it belongs to the user; otherwise it is the one that comes with Herald. */
export interface TrustRootFile {
  readonly file: string;
  readonly own: boolean;
}

/** When the trust root that comes with Herald was taken: what was fetched before that is older than it. */
export const PINNED_ON: Instant = instant('2026-11-27T00:00:00Z');

const PINNED = fileURLToPath(new URL('../../config/trusted_root.json', import.meta.url));

/** From all files for identities, from the last one that has a verification part otherwise. */
export function verificationFrom(files: readonly LoadedFile[], mistakes: ConfigMistake[]): VerificationSettings {
  const from = files.findLast(({ config }) => config.verification !== undefined);
  const { enabled, trustRoot, refresh, mirror, mirrorRoot } = from?.config.verification ?? DEFAULT_VERIFICATION;
  const own = fileBeside(from, 'trustRoot', trustRoot, mistakes);
  return {
    enabled,
    trustRoot: { file: own ?? PINNED, own: own !== null },
    refresh: refresh === 'weekly' && own === null,
    mirror,
    mirrorRoot: fileBeside(from, 'mirrorRoot', mirrorRoot, mistakes),
    identities: identitiesFrom(files, mistakes),
  };
}

/** A file named in the verification part, seen from the file that names it; null when none is. */
function fileBeside(
  from: LoadedFile | undefined,
  key: 'trustRoot' | 'mirrorRoot',
  name: string | undefined,
  mistakes: ConfigMistake[],
): string | null {
  if (from === undefined || name === undefined) return null;
  const file = resolve(dirname(from.file), name);
  if (!isReadable(file)) addMistake(mistakes, { entry: null, from, path: ['verification'] }, key, `${file} cannot be read`);
  return file;
}

function isReadable(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    // What is wrong with it is the operator's to see; that it is wrong is all that counts here.
    return false;
  }
}

/** Later files come first: what a user says of a project is asked before what comes with Herald. */
function identitiesFrom(files: readonly LoadedFile[], mistakes: ConfigMistake[]): readonly IdentityRule[] {
  let placed: readonly Placed<IdentityEntry>[] = [];
  for (const from of files) {
    if (from.config.defaultIdentities === false) placed = [];
    const added = (from.config.identities ?? []).map((entry, index) => ({ entry, from, path: ['identities', index] }));
    placed = [...added, ...placed];
  }
  const seen = new Set<string>();
  return placed.map((one) => {
    if (seen.has(one.entry.id)) addMistake(mistakes, one, 'id', `the id "${one.entry.id}" is used twice`);
    seen.add(one.entry.id);
    return identityFrom(one, mistakes);
  });
}

function identityFrom(placed: Placed<IdentityEntry>, mistakes: ConfigMistake[]): IdentityRule {
  const { id, project, from, below, issuer, names, builder, source, trigger, runner } = placed.entry;
  if (names.length === 0 && builder === undefined) addMistake(mistakes, placed, 'names', 'names nobody: give names, a builder, or both');
  if (builder !== undefined && source === undefined) {
    // Whoever calls a public reusable workflow signs under its name.
    addMistake(
      mistakes,
      placed,
      'builder',
      'a workflow that others may call says nothing without "source": say for which repository it ran',
    );
  }
  const rules: readonly NameRule[] = [
    ...names.map((text): NameRule => ({ kind: 'exact', name: text })),
    ...(builder === undefined ? [] : [{ kind: 'builder' as const, ...builder }]),
  ];
  return {
    id,
    project,
    from: versionFrom(from),
    below: versionFrom(below),
    issuer,
    names: rules,
    source: source ?? null,
    trigger: trigger ?? null,
    runner: runner ?? null,
  };
}

function versionFrom(text: string | undefined): Version | null {
  return text === undefined ? null : parseVersion(text);
}
