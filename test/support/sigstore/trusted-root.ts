/** Whom to trust, as clients of Sigstore read it. */
import type { Period } from './certificate.ts';
import type { SigningKey } from './keys.ts';
import type { Members } from './members.ts';

/** How long; without an end while it is in use. */
interface ValidFor {
  readonly start: string;
  readonly end?: string;
}

interface TrustedLog {
  readonly baseUrl: string;
  readonly hashAlgorithm: string;
  readonly publicKey: { readonly rawBytes: string; readonly keyDetails: string; readonly validFor: ValidFor };
  readonly logId: { readonly keyId: string };
}

interface TrustedAuthority {
  readonly subject: { readonly organization: string; readonly commonName: string };
  readonly uri: string;
  readonly certChain: { readonly certificates: readonly { readonly rawBytes: string }[] };
  readonly validFor: ValidFor;
}

/** The JSON of dev.sigstore.trustroot.v1.TrustedRoot. */
export interface TrustedRoot {
  readonly mediaType: string;
  /** Rekor version 1, Rekor version 2. */
  readonly tlogs: readonly TrustedLog[];
  readonly certificateAuthorities: readonly TrustedAuthority[];
  readonly ctlogs: readonly TrustedLog[];
  readonly timestampAuthorities: readonly TrustedAuthority[];
}

/** From when on a log's key was no longer used. */
export type Retired = Readonly<Partial<Record<'rekor-v1' | 'rekor-v2', Date>>>;

export function trustedRootOf({ fulcio, certificateLog, rekor, tsa }: Members, { start }: Period, retired: Retired): TrustedRoot {
  const validFor = (end?: Date): ValidFor => ({ start: start.toISOString(), ...(end === undefined ? {} : { end: end.toISOString() }) });
  const log = (baseUrl: string, { spki, details }: SigningKey, id: Buffer, end?: Date): TrustedLog => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: spki.toString('base64'), keyDetails: details, validFor: validFor(end) },
    logId: { keyId: id.toString('base64') },
  });
  const rekorLog = (version: keyof typeof rekor) => log(rekor[version].url, rekor[version].key, rekor[version].id, retired[version]);
  const authority = (commonName: string, uri: string, chain: readonly Buffer[]): TrustedAuthority => ({
    subject: { organization: 'sigstore.private.example', commonName },
    uri,
    certChain: { certificates: chain.map((der) => ({ rawBytes: der.toString('base64') })) },
    validFor: validFor(),
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [rekorLog('rekor-v1'), rekorLog('rekor-v2')],
    certificateAuthorities: [authority('fulcio', 'https://fulcio.private.example', fulcio.chain)],
    ctlogs: [log('https://ctfe.private.example', certificateLog, certificateLog.id)],
    timestampAuthorities: [authority('timestamps-root', 'https://timestamp.private.example/api/v1/timestamp', tsa.chain)],
  };
}
