/**
 * How registries let us in: the Bearer token flow and plain Basic authentication. Both sides of it are hostile: a challenge may name any realm
 * and any scope, so the realm must be one that belongs to the registry, and the scope is always our own: pull, on this repository.
 * https://distribution.github.io/distribution/spec/auth/token/ and …/auth/oauth/
 */
import { HeraldError } from '../../core/errors.ts';
import { epochMs, MS } from '../../core/time.ts';
import type { Clock } from '../../ports.ts';
import { type Http, type HttpResponse, type Meter, parseJson } from '../http.ts';
import type { Login } from './access.ts';
import { TokenAnswer } from './schema.ts';

/** Registries whose token service has an origin of its own. */
const KNOWN_REALMS: Readonly<Record<string, string>> = {
  'https://registry-1.docker.io': 'https://auth.docker.io',
  'https://registry.gitlab.com': 'https://gitlab.com',
};
const CLIENT_ID = 'kairos-herald';
const MAX_TOKEN_BYTES = 64 * 1024;
/** How much earlier a token counts as expired. */
const MARGIN_S = 10;

/** One repository and who asks for it. */
export interface Door {
  readonly http: Http;
  readonly clock: Clock;
  /** `https://quay.io` */
  readonly registry: string;
  /** `kairos/hadron` */
  readonly path: string;
  /** Null also where the login of the host must not be sent: at an address that is not the registry's own. */
  readonly login: Login | null;
  /** Origins of token services the configuration names. */
  readonly tokenServices: readonly string[];
}

export type Challenge = { readonly kind: 'bearer'; readonly realm: URL; readonly service: string | undefined } | { readonly kind: 'basic' };

export interface Admission {
  /** The value of the `Authorization` header. */
  readonly authorization: string;
  /** Epoch milliseconds; null when it was not told, then it holds until it is refused. */
  readonly expiresAt: number | null;
}

/** Reads a `WWW-Authenticate` header; Bearer is preferred. Throws UNAUTHORIZED for neither, FORBIDDEN_ADDRESS for a foreign realm. */
export function readChallenge(door: Door, header: string | undefined): Challenge {
  const parameters = /(?:^|,\s?)bearer (.*)$/i.exec(header ?? '')?.[1] ?? '';
  const realm = URL.parse(parameter(parameters, 'realm') ?? '');
  if (realm === null) {
    if (/(?:^|,\s?)basic\b/i.test(header ?? '')) return { kind: 'basic' };
    throw refused(door, door.registry);
  }
  const allowed = [new URL(door.registry).origin, KNOWN_REALMS[door.registry], ...door.tokenServices];
  if (!allowed.includes(realm.origin)) {
    throw new HeraldError(
      'FORBIDDEN_ADDRESS',
      `${door.registry} sends us to ${realm.origin} for a token, which is not known to belong to it.`,
      { hint: 'If it does, name that origin under tokenServices of this registry in the configuration.' },
    );
  }
  return { kind: 'bearer', realm, service: parameter(parameters, 'service') };
}

/** Does what a challenge asks for. Throws UNAUTHORIZED when there is no login, or the token service does not accept it. */
export async function answerChallenge(door: Door, challenge: Challenge, meter: Meter): Promise<Admission> {
  if (challenge.kind === 'bearer') return admissionOf(door, await askTokenService(door, challenge, meter));
  // Basic authentication has no refresh tokens.
  if (door.login?.kind !== 'password') throw refused(door, door.registry);
  return { authorization: basic(door.login), expiresAt: null };
}

/** Somebody does not let us in: says whose login it was and where to look. */
export function refused({ login, path }: Pick<Door, 'login' | 'path'>, who: string): HeraldError {
  if (login === null) {
    return new HeraldError('UNAUTHORIZED', `${who} wants a login for ${path}, and none is configured.`, {
      hint: 'For a private repository name usernameEnv and passwordEnv of its host under registries in the configuration; check the name of a public one.',
    });
  }
  if (login.kind === 'helper') {
    return new HeraldError(
      'UNAUTHORIZED',
      `${who} wants a login for ${path}. ${login.from} leaves it to a helper program, which Herald does not run.`,
      {
        hint: 'Name usernameEnv and passwordEnv of this host under registries in the configuration.',
      },
    );
  }
  return new HeraldError('UNAUTHORIZED', `${who} does not accept the login from ${login.from} for ${path}.`, {
    hint: `Check ${login.from}: whether it is still valid, and whether it may read this repository.`,
  });
}

async function askTokenService(
  door: Door,
  { realm, service }: Extract<Challenge, { kind: 'bearer' }>,
  meter: Meter,
): Promise<HttpResponse> {
  const { http, login, path } = door;
  const asked = { scope: `repository:${path}:pull`, ...(service === undefined ? {} : { service }) };
  const common = { meter, maxBytes: MAX_TOKEN_BYTES };
  const headers = { accept: 'application/json' };
  const ask = (): Promise<HttpResponse> => {
    if (login?.kind === 'identity-token') {
      const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: CLIENT_ID, refresh_token: login.token, ...asked });
      const content = { body: form.toString(), contentType: 'application/x-www-form-urlencoded' };
      // 400 is how OAuth (RFC 6749) says that a refresh token is not valid any more.
      return http.post({ ...common, ...content, url: realm, headers, expect: [400, 401] });
    }
    const url = new URL(realm);
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    const authorization = login?.kind === 'password' ? { authorization: basic(login) } : {};
    return http.get({ ...common, url, headers: { ...headers, ...authorization }, expect: [401] });
  };
  const response = await ask();
  if (response.status !== 200) throw refused(door, response.what);
  return response;
}

function admissionOf({ clock }: Door, response: HttpResponse): Admission {
  const { token, access_token, expires_in } = parseJson(response, TokenAnswer);
  return {
    authorization: `Bearer ${token ?? access_token ?? ''}`,
    expiresAt: expires_in === undefined ? null : epochMs(clock.now()) + Math.max(expires_in - MARGIN_S, 0) * MS.second,
  };
}

function basic({ username, password }: Extract<Login, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function parameter(parameters: string, name: string): string | undefined {
  for (const [, key, value] of parameters.matchAll(/([a-z_]{1,32})="([^"]{0,1024})"/gi)) {
    if (key?.toLowerCase() === name) return value;
  }
  return undefined;
}
