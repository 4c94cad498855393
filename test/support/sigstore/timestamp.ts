/** A timestamp authority (RFC 3161): a signed statement that some data existed at a time. */
import { distinguishedName, EXTENSIONS, issueCertificate, newSerial, type Period } from './certificate.ts';
import { explicit, generalizedTime, integer, octets, oid, sequence, setOf, time } from './der.ts';
import { createKey, sha256 } from './keys.ts';

export interface TimestampAuthority {
  /** Leaf, root. */
  readonly chain: readonly Buffer[];
  /** A TimeStampResp over the SHA-256 of `data`. */
  stamp(data: Uint8Array, at: Date): Buffer;
}

const OID = {
  signedData: oid('1.2.840.113549.1.7.2'),
  timestampInfo: oid('1.2.840.113549.1.9.16.1.4'),
  contentType: oid('1.2.840.113549.1.9.3'),
  messageDigest: oid('1.2.840.113549.1.9.4'),
  signingTime: oid('1.2.840.113549.1.9.5'),
  signingCertificateV2: oid('1.2.840.113549.1.9.16.2.47'),
  policy: oid('1.3.6.1.4.1.57264.2'),
} as const;
const SHA256 = sequence(oid('2.16.840.1.101.3.4.2.1'));

export function createTimestampAuthority(period: Period): TimestampAuthority {
  const root = { name: distinguishedName('timestamps-root'), key: createKey('P-384') };
  const rootCertificate = issueCertificate(
    {
      subject: root.name,
      spki: root.key.spki,
      period,
      extensions: [EXTENSIONS.signsCertificates, EXTENSIONS.authority(), EXTENSIONS.subjectKey(root.key.spki)],
    },
    root,
  );
  const key = createKey('P-256');
  const serial = newSerial();
  const keys = [EXTENSIONS.subjectKey(key.spki), EXTENSIONS.issuerKey(root.key.spki)];
  const extensions = [EXTENSIONS.digitalSignature, EXTENSIONS.timeStamping, ...keys];
  const certificate = issueCertificate({ subject: distinguishedName('timestamps'), spki: key.spki, period, extensions }, root, serial);

  return {
    chain: [certificate, rootCertificate],
    stamp(data, at) {
      const imprint = sequence(SHA256, octets(sha256(data)));
      const info = sequence(integer(1), OID.policy, imprint, integer(newSerial()), generalizedTime(at));
      const attribute = (type: Buffer, value: Buffer) => sequence(type, setOf(value));
      const signedAttributes = setOf(
        attribute(OID.contentType, OID.timestampInfo),
        attribute(OID.signingTime, time(at)),
        attribute(OID.messageDigest, octets(sha256(info))),
        attribute(OID.signingCertificateV2, sequence(sequence(sequence(octets(sha256(certificate)))))),
      );
      // Signed as the SET it is, stored as [0].
      const stored = Buffer.concat([Buffer.of(0xa0), signedAttributes.subarray(1)]);
      const signer = sequence(
        integer(1),
        sequence(root.name, integer(serial)),
        SHA256,
        stored,
        key.algorithm,
        octets(key.sign(signedAttributes)),
      );
      const content = sequence(OID.timestampInfo, explicit(0, octets(info)));
      const signedData = sequence(integer(3), setOf(SHA256), content, explicit(0, certificate), setOf(signer));
      const granted = sequence(integer(0));
      return sequence(granted, sequence(OID.signedData, explicit(0, signedData)));
    },
  };
}
