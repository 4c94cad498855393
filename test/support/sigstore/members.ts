/** The services of one Sigstore, with their keys. */
import type { Period } from './certificate.ts';
import { createFulcio, type Fulcio } from './fulcio.ts';
import { createKey, type SigningKey } from './keys.ts';
import { createRekorV1, createRekorV2, type Log } from './rekor.ts';
import { createTimestampAuthority, type TimestampAuthority } from './timestamp.ts';

export interface Members {
  readonly fulcio: Fulcio;
  readonly certificateLog: SigningKey;
  readonly rekor: Readonly<Record<'rekor-v1' | 'rekor-v2', Log>>;
  readonly tsa: TimestampAuthority;
}

export function createMembers(period: Period): Members {
  return {
    fulcio: createFulcio(period),
    certificateLog: createKey('P-256'),
    rekor: { 'rekor-v1': createRekorV1(), 'rekor-v2': createRekorV2() },
    tsa: createTimestampAuthority(period),
  };
}
