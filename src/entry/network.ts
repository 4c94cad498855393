/** The one way a process reads from other servers, and what it sets once for every client in it, those inside the SDKs included. */
import http from 'node:http';
import tls from 'node:tls';
import { createHttp, type Http } from '../adapters/http.ts';
import type { Clock } from '../ports.ts';
import type { Settings } from './config.ts';
import { limitsOf } from './config-network.ts';
import type { Secrets } from './secrets.ts';
import { readVersion } from './version.ts';

export interface NetworkOptions {
  readonly settings: Pick<Settings, 'allowedOrigins' | 'network'>;
  readonly secrets: Pick<Secrets, 'proxies'>;
  readonly clock: Clock;
  readonly random?: () => number;
}

/** Trusts the configured authorities, uses the environment's proxies, and gives the adapter; once a process, before anything is asked. */
export function openNetwork({ settings, secrets, clock, random = Math.random }: NetworkOptions): Http {
  const { network, allowedOrigins } = settings;
  const authorities = network.ca.flatMap(({ certificates }) => certificates);
  // Besides Node's own and those of NODE_EXTRA_CA_CERTS, which are among the default ones.
  if (authorities.length > 0) tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...authorities]);
  // fetch, which the SDKs use, looks at no proxy by itself.
  if (secrets.proxies !== null) http.setGlobalProxyFromEnv({ ...secrets.proxies });
  return createHttp({
    version: readVersion(),
    clock,
    random,
    allowOrigins: allowedOrigins,
    limits: (host) => limitsOf(network, host),
    proxies: secrets.proxies,
  });
}
