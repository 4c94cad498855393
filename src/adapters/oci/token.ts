/**
 * The Bearer token flow of registries. Both sides of it are hostile: a challenge may name any realm and any scope, so the realm must be one
 * that belongs to the registry, and the scope is always our own: pull, on this repository.
 */
import { HeraldError } from '../../core/errors.ts';
import { epochMs, MS } from '../../core/time.ts';
import type { Clock } from '../../ports.ts';
import { type Http, type Meter, parseJson } from '../http.ts';
import { TokenAnswer } from './schema.ts';

/** Registries whose token service has an origin of its own. */
const KNOWN_REALMS: Readonly<Record<string, string>> = {
  'https://registry-1.docker.io': 'https://auth.docker.io',
  'https://registry.gitlab.com': 'https://gitlab.com',
};
const MAX_TOKEN_BYTES = 64 * 1024;
/** The specification's default lifetime, and how much earlier a token counts as expired. */
const DEFAULT_LIFETIME_S = 60;
const MARGIN_S = 10;

export interface TokenRequest {
  readonly http: Http;
  readonly clock: Clock;
  readonly meter: Meter;
  /** `https://quay.io` */
  readonly registry: string;
  /** `kairos/hadron` */
  readonly path: string;
  /** Origins of token services the configuration names. */
  readonly realmOrigins: readonly string[];
}

export interface Token {
  readonly value: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Asks the token service of a challenge. Throws UNAUTHORIZED without a Bearer challenge, FORBIDDEN_ADDRESS for a foreign realm. */
export async function requestToken(request: TokenRequest, challenge: string | undefined): Promise<Token> {
  const { realm, service } = bearerChallenge(challenge, request);
  realm.searchParams.set('scope', `repository:${request.path}:pull`);
  if (service !== undefined) realm.searchParams.set('service', service);
  const response = await request.http.get({
    url: realm,
    headers: { accept: 'application/json' },
    meter: request.meter,
    maxBytes: MAX_TOKEN_BYTES,
  });
  const answer = parseJson(response, TokenAnswer);
  const lifetimeS = answer.expires_in ?? DEFAULT_LIFETIME_S;
  return {
    value: answer.token ?? answer.access_token ?? '',
    expiresAt: epochMs(request.clock.now()) + Math.max(lifetimeS - MARGIN_S, 0) * MS.second,
  };
}

function bearerChallenge(challenge: string | undefined, { registry, realmOrigins }: TokenRequest) {
  const parameters = /(?:^|,\s?)bearer (.*)$/i.exec(challenge ?? '')?.[1] ?? '';
  const realm = URL.parse(parameter(parameters, 'realm') ?? '');
  if (realm === null) {
    throw new HeraldError('UNAUTHORIZED', `${registry} wants a login and offers no anonymous token.`, {
      hint: 'Herald reads public repositories; check that this one is public.',
    });
  }
  const allowed = [new URL(registry).origin, KNOWN_REALMS[registry], ...realmOrigins];
  if (!allowed.includes(realm.origin)) {
    throw new HeraldError('FORBIDDEN_ADDRESS', `${registry} sends us to ${realm.origin} for a token, which is not known to belong to it.`, {
      hint: 'If it does, name that origin as a token service of this registry.',
    });
  }
  return { realm, service: parameter(parameters, 'service') };
}

function parameter(parameters: string, name: string): string | undefined {
  for (const [, key, value] of parameters.matchAll(/([a-z_]{1,32})="([^"]{0,1024})"/gi)) {
    if (key?.toLowerCase() === name) return value;
  }
  return undefined;
}
