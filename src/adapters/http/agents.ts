/** Where sockets come from: pools of kept connections, each under one address rule, through the operator's proxies if there are any. */
import http from 'node:http';
import https from 'node:https';
import { publicLookup } from './addresses.ts';

/** Proxies as the environment names them. The addresses may carry a password. */
export interface Proxies {
  readonly HTTP_PROXY?: string;
  readonly HTTPS_PROXY?: string;
  /** Hosts that are asked directly, separated by commas. */
  readonly NO_PROXY?: string;
}

/**
 * `public`: names must lead to public addresses; `named`: the configuration vouches for the origin. The rule is for direct connections: the
 * proxy's own name is resolved by Node's default, since the operator named it, and a name asked through it is resolved at the proxy.
 */
export function createAgents(
  rule: 'public' | 'named',
  proxies: Proxies | null,
): { readonly http: http.Agent; readonly https: https.Agent } {
  const options: https.AgentOptions = {
    keepAlive: true,
    ...(rule === 'public' ? { lookup: publicLookup } : {}),
    ...(proxies === null ? {} : { proxyEnv: { ...proxies } }),
  };
  return { http: new http.Agent(options), https: new https.Agent(options) };
}
