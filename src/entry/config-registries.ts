/** What the configuration says of registries: where they are, what they mirror, and where their logins are found. No secrets. */
import { HeraldError } from '../core/errors.ts';
import { type Mirror, registryOrigin, splitRepository } from '../core/repository.ts';
import type { ConfigMistake, LoadedFile } from './config-file.ts';
import { addMistake, attempt, type Placed } from './config-placed.ts';
import type { RegistryEntry } from './config-schema.ts';

export interface Registry {
  /** `harbor.example.com:8443` */
  readonly host: string;
  readonly plainHttp: boolean;
  /** Origins. */
  readonly tokenServices: readonly string[];
  readonly mirror: Mirror | null;
  /** Names of environment variables. */
  readonly passwordLogin: { readonly usernameEnv: string; readonly passwordEnv: string } | null;
  readonly tokenEnv: string | null;
  /** A docker `config.json`. */
  readonly dockerConfig: string | null;
}

export function originOf({ host, plainHttp }: Registry): string {
  return registryOrigin(host, plainHttp);
}

/** The registries of the last file that has any. */
export function registriesFrom(files: readonly LoadedFile[], mistakes: ConfigMistake[]): readonly Registry[] {
  const from = files.findLast(({ config }) => config.registries !== undefined);
  if (from === undefined) return [];
  const placed = (from.config.registries ?? []).map((entry, index) => ({ entry, from, path: ['registries', index] }));
  refuseRepeated(placed, 'host', mistakes);
  refuseRepeated(placed, 'mirrorOf', mistakes);
  return placed.flatMap((registry) => registryFrom(registry, mistakes) ?? []);
}

/** One host has one login, and one name is read at one place. */
function refuseRepeated(placed: readonly Placed<RegistryEntry>[], key: 'host' | 'mirrorOf', mistakes: ConfigMistake[]): void {
  const seen = new Set<string>();
  for (const registry of placed) {
    const value = registry.entry[key];
    if (value === undefined) continue;
    if (seen.has(value)) addMistake(mistakes, registry, key, `"${value}" is used twice`);
    seen.add(value);
  }
}

function registryFrom(placed: Placed<RegistryEntry>, mistakes: ConfigMistake[]): Registry | null {
  const { entry } = placed;
  const { host, usernameEnv, passwordEnv, tokenServices, plainHttp } = entry;
  const isHost = attempt(mistakes, placed, 'host', () => splitRepository(`${host}/x`)) !== null;
  if ((usernameEnv === undefined) !== (passwordEnv === undefined)) {
    addMistake(
      mistakes,
      placed,
      usernameEnv === undefined ? 'passwordEnv' : 'usernameEnv',
      'a login needs both usernameEnv and passwordEnv',
    );
  }
  const mirror = isHost ? attempt(mistakes, placed, 'mirrorOf', () => mirrorFrom(entry)) : null;
  if (!isHost) return null;
  return {
    host,
    plainHttp,
    tokenServices: tokenServices.map((url) => new URL(url).origin),
    mirror,
    passwordLogin: usernameEnv === undefined || passwordEnv === undefined ? null : { usernameEnv, passwordEnv },
    tokenEnv: entry.tokenEnv ?? null,
    dockerConfig: entry.dockerConfig ?? null,
  };
}

/** Throws HeraldError INVALID_CONFIG or INVALID_REFERENCE. */
function mirrorFrom({ host, mirrorOf, path }: RegistryEntry): Mirror | null {
  if (mirrorOf === undefined) {
    if (path === undefined) return null;
    throw new HeraldError('INVALID_CONFIG', 'is missing: path says where a mirror keeps what it mirrors');
  }
  // A whole registry, or a part of one.
  const whole = !mirrorOf.includes('/');
  const named = splitRepository(whole ? `${mirrorOf}/x` : mirrorOf);
  const kept = path ?? (whole ? '' : named.path);
  if (kept !== '') splitRepository(`${host}/${kept}`);
  return { of: mirrorOf, at: kept === '' ? host : `${host}/${kept}` };
}
