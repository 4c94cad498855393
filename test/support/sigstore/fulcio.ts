/** Fulcio: a root, an intermediate, and leaf certificates that live ten minutes and are known to a certificate log. */
import {
  certificateOf,
  distinguishedName,
  EXTENSIONS,
  issueCertificate,
  logTimestamp,
  NO_NAME,
  newSerial,
  type Period,
  toBeSigned,
} from './certificate.ts';
import { type Identity, identityExtensions } from './identity.ts';
import { createKey, type SigningKey } from './keys.ts';

const LIFETIME_MS = 600_000;

export interface LeafRequest {
  readonly identity: Identity;
  readonly spki: Buffer;
  readonly start: Date;
  /** The log that confirms it; null leaves the confirmation out. */
  readonly log: SigningKey | null;
}

export interface Fulcio {
  /** Intermediate, root. */
  readonly chain: readonly Buffer[];
  issue(request: LeafRequest): Buffer;
}

export function createFulcio(period: Period): Fulcio {
  const root = { name: distinguishedName('fulcio'), key: createKey('P-384') };
  const rootCertificate = issueCertificate(
    {
      subject: root.name,
      spki: root.key.spki,
      period,
      extensions: [EXTENSIONS.signsCertificates, EXTENSIONS.authority(), EXTENSIONS.subjectKey(root.key.spki)],
    },
    root,
  );
  const intermediate = { name: distinguishedName('fulcio-intermediate'), key: createKey('P-384') };
  const intermediateCertificate = issueCertificate(
    {
      subject: intermediate.name,
      spki: intermediate.key.spki,
      period,
      extensions: [
        EXTENSIONS.signsCertificates,
        EXTENSIONS.codeSigning,
        EXTENSIONS.authority(0),
        EXTENSIONS.subjectKey(intermediate.key.spki),
        EXTENSIONS.issuerKey(root.key.spki),
      ],
    },
    root,
  );

  return {
    chain: [intermediateCertificate, rootCertificate],
    issue({ identity, spki, start, log }) {
      const keys = [EXTENSIONS.subjectKey(spki), EXTENSIONS.issuerKey(intermediate.key.spki)];
      const extensions = [...identityExtensions(identity), ...keys];
      const fields = { subject: NO_NAME, spki, period: { start, end: new Date(start.getTime() + LIFETIME_MS) }, extensions };
      const serial = newSerial();
      const precertificate = toBeSigned(fields, intermediate, serial);
      if (log === null) return certificateOf(precertificate, intermediate);
      const confirmation = logTimestamp(log, start, precertificate, intermediate.key.spki);
      return certificateOf(toBeSigned({ ...fields, extensions: [...extensions, confirmation] }, intermediate, serial), intermediate);
    },
  };
}
