/** The `network` part of the configuration: whom Herald may ask, how often, and whose certificates it trusts. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { HostLimits } from '../adapters/http.ts';
import type { ConfigMistake, LoadedFile } from './config-file.ts';
import { addMistake } from './config-placed.ts';
import { DEFAULT_LIMITS, type HostOverrideEntry } from './config-schema.ts';

export interface NetworkSettings {
  /** Origins the user allowed by hand. */
  readonly allow: readonly string[];
  readonly limits: HostLimits;
  readonly hosts: readonly HostOverrideEntry[];
  readonly ca: readonly CaFile[];
}

/** A file of certificate authorities and what was in it. */
export interface CaFile {
  readonly file: string;
  /** Each as PEM. */
  readonly certificates: readonly string[];
}

/** From the last file that has a network part. Files that hold no certificate, and hosts named twice, are mistakes at their place. */
export function networkFrom(files: readonly LoadedFile[], mistakes: ConfigMistake[]): NetworkSettings {
  const from = files.findLast(({ config }) => config.network !== undefined);
  const network = from?.config.network;
  if (from === undefined || network === undefined) return { allow: [], limits: DEFAULT_LIMITS, hosts: [], ca: [] };
  const { allow, limits, hosts } = network;
  const placed = { entry: network, from, path: ['network'] };
  for (const [index, { host }] of hosts.entries()) {
    if (hosts.findIndex((other) => other.host === host) < index)
      addMistake(mistakes, placed, ['hosts', index, 'host'], `"${host}" is named twice`);
  }
  const ca = network.ca.map((name, index): CaFile => {
    const file = resolve(dirname(from.file), name);
    const read = readCertificates(file);
    if (typeof read !== 'string') return { file, certificates: read };
    addMistake(mistakes, placed, ['ca', index], `${file} ${read}`);
    return { file, certificates: [] };
  });
  return { allow, limits, hosts, ca };
}

/** What a host gets: its own numbers where it has some, everybody's otherwise. */
export function limitsOf({ limits, hosts }: Pick<NetworkSettings, 'limits' | 'hosts'>, host: string): HostLimits {
  const own = hosts.find((entry) => entry.host === host);
  return {
    perSecond: own?.perSecond ?? limits.perSecond,
    burst: own?.burst ?? limits.burst,
    concurrency: own?.concurrency ?? limits.concurrency,
  };
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Every certificate in the file, or what is wrong with it. */
function readCertificates(file: string): readonly string[] | string {
  try {
    const certificates = readFileSync(file, 'utf8').match(PEM) ?? [];
    for (const pem of certificates) new X509Certificate(pem);
    return certificates.length === 0 ? 'holds no certificate in PEM form' : certificates;
  } catch (error) {
    const unreadable = error instanceof Error && 'syscall' in error;
    return unreadable ? 'cannot be read' : 'holds a certificate that cannot be understood';
  }
}
