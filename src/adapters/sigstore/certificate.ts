/**
 * What a certificate says of whoever signed: all its names with their kinds, and the extensions of Fulcio
 * (https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md). Facts only, compared in core/trust.ts: the verification library looks at
 * one name, without its kind, as a regular expression.
 */
import { ASN1Obj, X509Certificate } from '@sigstore/core';
import type { CertificateFacts } from '../../core/evidence.ts';
import { Unsound } from './faults.ts';

const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const FULCIO = /^1\.3\.6\.1\.4\.1\.57264\.1\.([1-9][0-9]?)$/;
/** 1 to 6 hold plain text, 8 to 24 a DER UTF8String; 7 is not an extension but the type of a name. */
const LAST_PLAIN = 6;
const FIRST_DER = 8;
const LAST_KNOWN = 24;

/** GeneralName, RFC 5280 §4.2.1.6. */
const EMAIL = 1;
const URI = 6;
const UTF8_STRING = 12;

/** Throws Unsound CERTIFICATE_ERROR. */
export function parseCertificate(der: Uint8Array): X509Certificate {
  return readingCertificate(() => X509Certificate.parse(Buffer.from(der)));
}

/** Throws Unsound CERTIFICATE_ERROR for what is there twice or cannot be read: nobody may take it for something else. */
export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return readingCertificate(() => {
    const extensions = certificate.extensions.map(extensionOf);
    if (new Set(extensions.map(({ oid }) => oid)).size < extensions.length) throw new Error('an extension twice');
    return {
      names: extensions.flatMap(({ oid, value }) => (oid === SUBJECT_ALTERNATIVE_NAME ? namesOf(value) : [])),
      extensions: Object.fromEntries(extensions.flatMap(({ oid, value }) => fulcioExtension(oid, value))),
    };
  });
}

/** The value is the last part of an extension; before it may be whether it is critical. */
function extensionOf({ subs }: ASN1Obj): { readonly oid: string; readonly value: Buffer } {
  const [id, value] = [subs[0], subs.at(-1)];
  if (id === undefined || value === undefined) throw new Error('an extension without a value');
  return { oid: id.toOID(), value: value.value };
}

function namesOf(value: Buffer): CertificateFacts['names'] {
  return ASN1Obj.parseBuffer(Buffer.from(value)).subs.map(({ tag, value: content, ...name }) => {
    const isText = !tag.constructed && /^[\x21-\x7e]+$/.test(content.toString('latin1'));
    if (isText && tag.isContextSpecific(URI)) return { type: 'uri', value: content.toString('latin1') };
    if (isText && tag.isContextSpecific(EMAIL)) return { type: 'email', value: content.toString('latin1') };
    return { type: 'other', value: new ASN1Obj(tag, content, name.subs).toDER().toString('hex') };
  });
}

function fulcioExtension(oid: string, value: Buffer): readonly (readonly [number, string])[] {
  const n = Number(FULCIO.exec(oid)?.[1] ?? 0);
  if (n >= 1 && n <= LAST_PLAIN) return [[n, textOf(value)]];
  if (n < FIRST_DER || n > LAST_KNOWN) return [];
  const string = ASN1Obj.parseBuffer(Buffer.from(value));
  if (!string.tag.isUniversal() || string.tag.number !== UTF8_STRING || string.tag.constructed) throw new Error('not a UTF8String');
  return [[n, textOf(string.value)]];
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** The library throws whatever it meets at a broken certificate, a TypeError as well. */
function readingCertificate<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Unsound('CERTIFICATE_ERROR', 'its certificate cannot be read', { cause });
  }
}
