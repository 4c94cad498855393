/**
 * Fetches the trusted root through The Update Framework, whose metadata says which one is current and who agreed on that. Fails closed at
 * whatever does not verify, expired metadata included. Never asked for a verdict: those rest on a file (see trust-root.ts).
 */
import { mkdirSync } from 'node:fs';
import { DEFAULT_MIRROR_URL, initTUF } from '@sigstore/tuf';
import { TUFError } from 'sigstore';
import { HeraldError } from '../../core/errors.ts';
import { readTrustRoot } from './trust-root.ts';

export interface TrustRootRepository {
  /** Default: the production repository of Sigstore. */
  readonly mirror?: string;
  /** Where its metadata is kept between two calls. Whoever can write there decides whom to trust. */
  readonly cachePath: string;
  /** The first root of trust of a mirror of one's own; that of the default mirror comes with the library. */
  readonly rootPath?: string;
  readonly timeoutMs?: number;
}

const TARGET = 'trusted_root.json';

/**
 * The current trusted root, a document that readTrustRoot takes. Throws HeraldError NETWORK for what another try may mend, and TRUST_ROOT for
 * what a person has to look at.
 */
export async function fetchTrustRoot(repository: TrustRootRepository): Promise<string> {
  const { mirror = DEFAULT_MIRROR_URL, cachePath, rootPath, timeoutMs = 15_000 } = repository;
  const document = await fetchTarget({ mirror, cachePath, rootPath, timeoutMs });
  readTrustRoot(Buffer.from(document));
  return document;
}

interface Fetch extends Required<Omit<TrustRootRepository, 'rootPath'>> {
  readonly rootPath: string | undefined;
}

async function fetchTarget({ mirror, cachePath, rootPath, timeoutMs }: Fetch): Promise<string> {
  try {
    mkdirSync(cachePath, { recursive: true, mode: 0o700 });
    const tuf = await initTUF({
      mirrorURL: mirror,
      cachePath,
      ...(rootPath === undefined ? {} : { rootPath }),
      timeout: timeoutMs,
      // The queue is what retries.
      retry: false,
    });
    return await tuf.getTarget(TARGET);
  } catch (error) {
    throw explained(error, { mirror, cachePath });
  }
}

/** Those that say the answers do not verify, by the names of the framework's own errors. */
const NOT_TRUSTED = [
  'ExpiredMetadataError',
  'BadVersionError',
  'EqualVersionError',
  'RepositoryError',
  'UnsignedMetadataError',
  'LengthOrHashMismatchError',
  'CryptoError',
  'UnsupportedAlgorithmError',
  'ValueError',
];

/** The library wraps the framework's errors in some places only: what happened is what is innermost. */
function explained(error: unknown, { mirror, cachePath }: { readonly mirror: string; readonly cachePath: string }): HeraldError {
  const causes = causesOf(error);
  if (causes.some((cause) => cause instanceof TUFError && cause.code === 'TUF_INIT_CACHE_ERROR')) {
    return new HeraldError('TRUST_ROOT', `There is no first root of trust for ${mirror}.`, {
      cause: error,
      hint: 'Give one that you have checked, or use the repository of Sigstore itself.',
    });
  }
  if (causes.some((cause) => 'syscall' in cause && 'path' in cause)) {
    return new HeraldError('TRUST_ROOT', `The state of the update framework in ${cachePath} cannot be kept.`, {
      cause: error,
      hint: 'Herald has to be able to write there, and nobody else should be.',
    });
  }
  const distrust = causes.find((cause) => NOT_TRUSTED.includes(cause.constructor.name));
  if (distrust !== undefined) {
    return new HeraldError('TRUST_ROOT', `${mirror} answered what does not verify (${distrust.constructor.name}).`, {
      cause: error,
      hint: 'The trusted root in use stays as it is. If this lasts for days, the mirror is not kept up, or somebody stands between.',
    });
  }
  return new HeraldError('NETWORK', `The trusted root could not be fetched from ${mirror}.`, {
    cause: error,
    hint: 'The one in use stays as it is, and verifies what was signed before the next change of keys.',
  });
}

function causesOf(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
