/**
 * Logins of registries, in this order: the variables the configuration names, a docker `config.json`, none. Read whenever a registry is asked,
 * so that a mounted secret may change while Herald runs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Login, RegistryAccess } from '../adapters/oci/access.ts';
import type { QuayAccess } from '../adapters/quay/source.ts';
import { HeraldError } from '../core/errors.ts';
import type { Registry } from './config-registries.ts';
import { type Env, secret } from './environment.ts';

export interface RegistrySecrets {
  /** By the host a registry is asked at. Throws HeraldError MISSING_SECRET when what the configuration names cannot be read. */
  readonly accessTo: (host: string) => RegistryAccess & QuayAccess;
  /** Every variable the configuration names, with its registry and its value, read once: for saying what is set. */
  readonly named: ReadonlyMap<string, { readonly host: string; readonly value: string | null }>;
}

/** Where the logins of these registries, and of all others, are found. */
export function registrySecrets(env: Env, registries: readonly Registry[]): RegistrySecrets {
  const names = registries.flatMap(({ host, passwordLogin, tokenEnv }) =>
    [passwordLogin?.usernameEnv, passwordLogin?.passwordEnv, tokenEnv].flatMap((name) => (name == null ? [] : [{ name, host }])),
  );
  return {
    named: new Map(names.map(({ name, host }) => [name, { host, value: secret(env, name) }])),
    accessTo: (host) => {
      const registry = registries.find((candidate) => candidate.host === host) ?? null;
      return {
        plainHttp: registry?.plainHttp ?? false,
        tokenServices: registry?.tokenServices ?? [],
        login: loginFor(env, host, registry),
        apiToken: registry?.tokenEnv == null ? null : { value: tokenIn(env, registry.tokenEnv), from: registry.tokenEnv },
      };
    },
  };
}

function loginFor(env: Env, host: string, registry: Registry | null): Login | null {
  if (registry?.passwordLogin != null) {
    const { usernameEnv, passwordEnv } = registry.passwordLogin;
    const [username, password] = [required(env, usernameEnv), required(env, passwordEnv)];
    return { kind: 'password', username, password, from: `${usernameEnv} and ${passwordEnv}` };
  }
  if (registry?.dockerConfig != null) return loginIn(registry.dockerConfig, readConfig(registry.dockerConfig), host);
  const file = usualConfig(env);
  return file === null ? null : loginIn(file, readIfThere(file), host);
}

function required(env: Env, name: string): string {
  const value = secret(env, name);
  if (value !== null) return value;
  throw new HeraldError('MISSING_SECRET', `${name} is not set.`, { hint: 'The configuration names it for a registry.' });
}

/** A token becomes part of a header. */
function tokenIn(env: Env, name: string): string {
  const value = required(env, name);
  if (/^[\x21-\x7e]{1,4096}$/.test(value)) return value;
  throw new HeraldError('MISSING_SECRET', `${name} is not a token: it holds blanks or other characters no token has.`);
}

// ── docker config.json: https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties ──────────

const Auth = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});
const DockerConfig = z.object({
  auths: z.record(z.string(), Auth).default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});
type DockerConfig = z.infer<typeof DockerConfig>;

/** Docker Hub is kept under the address its first API had. */
const HUB_KEYS = ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io'];

function usualConfig(env: Env): string | null {
  const folder = env.DOCKER_CONFIG || (env.HOME ? join(env.HOME, '.docker') : '');
  return folder === '' ? null : join(folder, 'config.json');
}

function loginIn(file: string, config: DockerConfig | null, host: string): Login | null {
  if (config === null) return null;
  const keys = host === 'docker.io' ? HUB_KEYS : [host, `https://${host}`, `https://${host}/`, `http://${host}`, `http://${host}/`];
  const versioned = keys.flatMap((key) => [
    key,
    ...['v1', 'v2'].flatMap((v) => [`${key.replace(/\/$/, '')}/${v}`, `${key.replace(/\/$/, '')}/${v}/`]),
  ]);
  const key = versioned.find((candidate) => Object.hasOwn(config.auths, candidate));
  const auth = key === undefined ? undefined : config.auths[key];
  const login = auth === undefined ? null : loginOf(file, host, auth);
  if (login !== null) return login;
  // `docker login` leaves an empty entry behind when it gives the login to the store.
  const isHelped = versioned.some((candidate) => Object.hasOwn(config.credHelpers, candidate));
  return isHelped || (config.credsStore !== undefined && auth !== undefined) ? { kind: 'helper', from: file } : null;
}

function loginOf(file: string, host: string, { auth = '', username, password, identitytoken }: z.infer<typeof Auth>): Login | null {
  if (identitytoken) return { kind: 'identity-token', token: identitytoken, from: file };
  if (username && password) return { kind: 'password', username, password, from: file };
  if (auth === '') return null;
  const [, user, secretPart] = /^([^:]+):(.+)$/s.exec(Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '')) ?? [];
  if (user !== undefined && secretPart !== undefined) return { kind: 'password', username: user, password: secretPart, from: file };
  throw new HeraldError('MISSING_SECRET', `The login for ${host} in ${file} is not one.`, {
    hint: 'Its "auth" must be user:password in base64; docker login writes it.',
  });
}

/** Nobody need have the usual file, and one of another user is not ours to read. */
function readIfThere(file: string): DockerConfig | null {
  try {
    return readConfig(file);
  } catch (error) {
    if (error instanceof HeraldError && isAbsent(error.cause)) return null;
    throw error;
  }
}

function isAbsent(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && ['ENOENT', 'ENOTDIR', 'EACCES'].includes(String(cause.code));
}

function readConfig(file: string): DockerConfig {
  return parseConfig(file, readText(file));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HeraldError('MISSING_SECRET', `${file} cannot be read, where logins of registries are looked for.`, {
      cause,
      hint: 'Check the path and its permissions.',
    });
  }
}

/** What is wrong with the file is not quoted: it is full of secrets. */
function parseConfig(file: string, text: string): DockerConfig {
  const parsed = DockerConfig.safeParse(jsonIn(text));
  if (parsed.success) return parsed.data;
  throw new HeraldError('MISSING_SECRET', `${file} is not a docker configuration.`, {
    hint: 'It is JSON with "auths"; docker login writes it, and a pull secret of Kubernetes holds it as .dockerconfigjson.',
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
