/**
 * Which machines may be asked. A registry can redirect anywhere and a public name can resolve to an inner address (also
 * only at the second look, which is DNS rebinding), so names are judged by the address at the moment of connecting.
 */
import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { HeraldError } from '../../core/errors.ts';

const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];
const NAT64: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('64:ff9b::'), 96];
/** Azure answers virtual machines with platform data on this address, which is otherwise an ordinary public one. */
const AZURE_PLATFORM = '168.63.129.16';

/** True for an address on the public Internet; false for private, loopback, link-local (cloud metadata), shared, mapped, tunnelled and reserved ones. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast' && address.toString() !== AZURE_PLATFORM;
  if (!(address instanceof ipaddr.IPv6)) return false;
  // Networks without IPv4 reach it through this prefix; the address meant is in the last four bytes.
  if (address.match(...NAT64)) return isPublicAddress(address.toByteArray().slice(12).join('.'));
  return address.range() === 'unicast' && address.match(...GLOBAL_UNICAST);
}

/**
 * Checks one URL before it is asked; `named` is true when the configuration names its origin.
 * Throws FORBIDDEN_ADDRESS. Host names pass here and are judged by publicLookup when the socket is opened.
 */
export function checkUrl(url: URL, named: boolean): void {
  const refuse = (why: string) => {
    throw new HeraldError('FORBIDDEN_ADDRESS', `${describeUrl(url)} is not asked: ${why}.`, { hint: NAME_IT });
  };
  if (url.username !== '' || url.password !== '') refuse('the address carries a user name');
  if (named && (url.protocol === 'http:' || url.protocol === 'https:')) return;
  if (url.protocol !== 'https:') refuse('only https is allowed');
  if (url.port !== '') refuse('only the default port is allowed');
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(literal) && !isPublicAddress(literal)) refuse('it is not a public address');
}

/** A `lookup` for sockets that answers public addresses only. One inner address among several refuses the name. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const inner = addresses?.find(({ address }) => !isPublicAddress(address));
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) return callback(error ?? notFound(hostname), '');
    if (inner !== undefined) return callback(notPublic(hostname), '');
    if (options.all === true) return callback(null, addresses);
    return callback(null, first.address, first.family);
  });
};

/** A URL as it may be shown: without user, query and fragment, where secrets travel; at most 200 characters. */
export function describeUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`.slice(0, 200);
}

const NAME_IT = 'If this server is yours, name it as the endpoint of a target in the configuration.';

function notPublic(hostname: string): HeraldError {
  return new HeraldError('FORBIDDEN_ADDRESS', `${hostname} is not asked: its name leads to an address that is not public.`, {
    hint: NAME_IT,
  });
}

function notFound(hostname: string): HeraldError {
  return new HeraldError('NETWORK', `${hostname} has no address.`);
}
