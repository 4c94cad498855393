/** X.509 certificates (RFC 5280), and the timestamp of a certificate log inside one (RFC 6962). */
import { randomBytes } from 'node:crypto';
import { bits, explicit, implicit, integer, octets, oid, sequence, setOf, time, utf8, yes } from './der.ts';
import type { SigningKey } from './keys.ts';
import { sha256 } from './keys.ts';

/** The first and the last second of something. */
export interface Period {
  readonly start: Date;
  readonly end: Date;
}

export interface CertificateFields {
  readonly subject: Buffer;
  readonly spki: Buffer;
  readonly period: Period;
  readonly extensions: readonly Buffer[];
}

/** Who signs a certificate. */
export interface CertificateIssuer {
  readonly name: Buffer;
  readonly key: SigningKey;
}

/** The name of a member of this Sigstore; a leaf of Fulcio has none. */
export function distinguishedName(commonName: string): Buffer {
  const attribute = (type: string, value: string) => setOf(sequence(oid(type), utf8(value)));
  return sequence(attribute('2.5.4.10', 'sigstore.private.example'), attribute('2.5.4.3', commonName));
}

export const NO_NAME: Buffer = sequence();

export function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [yes] : []), octets(value));
}

const keyIdentifier = (spki: Buffer): Buffer => sha256(spki).subarray(0, 20);
const KEY_USAGE = { digitalSignature: bits(Buffer.of(0x80), 7), certificateAndCrlSign: bits(Buffer.of(0x06), 1) };

/** What each certificate of a Sigstore says of itself. */
export const EXTENSIONS = {
  digitalSignature: extension('2.5.29.15', KEY_USAGE.digitalSignature, true),
  signsCertificates: extension('2.5.29.15', KEY_USAGE.certificateAndCrlSign, true),
  /** `depth`: how many authorities may stand below this one; undefined is any number. */
  authority: (depth?: number) => extension('2.5.29.19', sequence(yes, ...(depth === undefined ? [] : [integer(depth)])), true),
  codeSigning: extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.3'))),
  timeStamping: extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.8')), true),
  subjectKey: (spki: Buffer) => extension('2.5.29.14', octets(keyIdentifier(spki))),
  issuerKey: (spki: Buffer) => extension('2.5.29.35', sequence(implicit(0, keyIdentifier(spki)))),
} as const;

/** The part of a certificate that is signed. `serial` is a positive number of any length. */
export function toBeSigned(fields: CertificateFields, issuer: CertificateIssuer, serial: Uint8Array): Buffer {
  const { subject, spki, period, extensions } = fields;
  const validity = sequence(time(period.start), time(period.end));
  const version3 = explicit(0, integer(2));
  const head = [version3, integer(serial), issuer.key.algorithm, issuer.name, validity, subject, spki];
  return sequence(...head, explicit(3, sequence(...extensions)));
}

export function certificateOf(signed: Buffer, { key }: CertificateIssuer): Buffer {
  return sequence(signed, key.algorithm, bits(key.sign(signed)));
}

export function newSerial(): Buffer {
  return Buffer.concat([Buffer.of(0x40), randomBytes(15)]);
}

export function issueCertificate(fields: CertificateFields, issuer: CertificateIssuer, serial: Uint8Array = newSerial()): Buffer {
  return certificateOf(toBeSigned(fields, issuer, serial), issuer);
}

/** The extension with the proof that a certificate log has seen a certificate; `precertificate` is its signed part without this extension. */
export function logTimestamp(log: SigningKey, at: Date, precertificate: Buffer, issuerSpki: Buffer): Buffer {
  const version1 = Buffer.of(0);
  const noExtensions = Buffer.of(0, 0);
  const when = Buffer.alloc(8);
  when.writeBigUInt64BE(BigInt(at.getTime()));
  const certificateTimestamp = Buffer.of(0);
  const precertificateEntry = Buffer.of(0, 1);
  const entry = Buffer.concat([precertificateEntry, sha256(issuerSpki), counted(3, precertificate)]);
  const signature = log.sign(Buffer.concat([version1, certificateTimestamp, when, entry, noExtensions]));
  const sha256WithEcdsa = Buffer.of(4, 3);
  const timestamp = Buffer.concat([version1, log.id, when, noExtensions, sha256WithEcdsa, counted(2, signature)]);
  return extension('1.3.6.1.4.1.11129.2.4.2', octets(counted(2, counted(2, timestamp))));
}

/** TLS's form of bytes: their number in `width` bytes before them. */
function counted(width: number, content: Buffer): Buffer {
  const length = Buffer.alloc(width);
  length.writeUIntBE(content.length, 0, width);
  return Buffer.concat([length, content]);
}
