/** The proxies of the environment. */
import type { Proxies } from '../adapters/http.ts';
import { HeraldError } from '../core/errors.ts';
import type { Env } from './environment.ts';

/** The variables every network program reads, in capitals or not. Throws HeraldError INVALID_CONFIG on one that is no address of a proxy. */
export function proxiesOf(env: Env): Proxies | null {
  const http = proxyAddress(env, 'HTTP_PROXY');
  const https = proxyAddress(env, 'HTTPS_PROXY');
  const direct = variable(env, 'NO_PROXY');
  if (http === null && https === null) return null;
  return {
    ...(http === null ? {} : { HTTP_PROXY: http }),
    ...(https === null ? {} : { HTTPS_PROXY: https }),
    ...(direct === null ? {} : { NO_PROXY: direct }),
  };
}

function proxyAddress(env: Env, name: string): string | null {
  const value = variable(env, name);
  if (value === null || /^https?:$/.test(URL.parse(value)?.protocol ?? '')) return value;
  // The value may hold a password: it is not repeated.
  throw new HeraldError('INVALID_CONFIG', `${name} is not the address of a proxy.`, { hint: 'Write it as http://proxy.example.com:3128.' });
}

/** curl's order: the name in small letters first. */
function variable(env: Env, name: string): string | null {
  return [env[name.toLowerCase()], env[name]].find((value) => value !== undefined && value.trim() !== '')?.trim() ?? null;
}
