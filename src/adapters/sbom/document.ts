/** The bytes of a file → the inventory of the SBOM in it. Pure and synchronous; run in a thread of its own (reader.ts). */
import { isUtf8 } from 'node:buffer';
import { HeraldError } from '../../core/errors.ts';
import type { Inventory } from '../../core/sbom.ts';
import { readCycloneDx } from '../../core/sbom-cyclonedx.ts';
import { isRecord } from '../../core/sbom-json.ts';
import { readSpdx } from '../../core/sbom-spdx.ts';
import { hasMoreValues } from './values.ts';

const SUPPORTED = 'Herald reads SPDX 2.2 and 2.3 and CycloneDX 1.4 to 1.6, as JSON.';

/** An SBOM of 40 MB has a million. At most they take 110 bytes of memory each, as objects that all have other keys. */
const MAX_VALUES = 2_000_000;

/** Throws HeraldError TOO_MANY, BAD_ENCODING or SCHEMA_MISMATCH, with what it is instead. Messages repeat nothing of the file. */
export function inventoryIn(bytes: Uint8Array): Inventory {
  const value = parsed(textOf(bytes));
  if (!isRecord(value)) throw refused('It is JSON, but no SBOM.');
  refuseSigned(value);
  return isStatement(value) ? inStatement(value.predicate) : inDocument(value, 'It');
}

function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw new HeraldError('BAD_ENCODING', 'It is compressed.', { hint: 'Unpack it with gunzip.' });
  if (!isUtf8(bytes)) throw new HeraldError('BAD_ENCODING', 'It is not UTF-8, as JSON has to be.', { hint: SUPPORTED });
  return new TextDecoder().decode(bytes);
}

function parsed(text: string): unknown {
  if (hasMoreValues(text, MAX_VALUES)) throw new HeraldError('TOO_MANY', `It has more than ${MAX_VALUES.toLocaleString('en')} values.`);
  try {
    return JSON.parse(text);
  } catch {
    throw refused(otherThanJson(text.slice(0, 4_096)));
  }
}

/** What people have in files beside JSON. */
function otherThanJson(beginning: string): string {
  if (/^SPDXVersion:/m.test(beginning)) return 'It is SPDX as tags and values.';
  if (/^\s*</.test(beginning)) return 'It is XML.';
  return 'It is not JSON.';
}

/**
 * A signature says who made an SBOM. Read out of its envelope without a check it would be worth no more than any file, and look like more.
 */
function refuseSigned(value: Readonly<Record<string, unknown>>): void {
  const isEnvelope = typeof value.payloadType === 'string' && 'payload' in value && 'signatures' in value;
  const isBundle = isRecord(value.dsseEnvelope) || 'verificationMaterial' in value;
  if (!isEnvelope && !isBundle) return;
  throw new HeraldError('SCHEMA_MISMATCH', 'It is signed, and what is in a signed envelope counts only once its signature was checked.', {
    hint: 'Check it with `herald verify-bundle`, or give the image: `herald sbom` reads the SBOM beside it and says what vouches for it.',
  });
}

/** https://github.com/in-toto/attestation: what BuildKit puts into an image index, unsigned. */
function isStatement({ _type: type }: Readonly<Record<string, unknown>>): boolean {
  return typeof type === 'string' && /^https:\/\/in-toto\.io\/Statement\/v\d/.test(type);
}

/** The document itself, as text, or wrapped as cosign 1 did. */
function inStatement(predicate: unknown): Inventory {
  const inside = isRecord(predicate) && typeof predicate.Data === 'string' ? predicate.Data : predicate;
  const value = typeof inside === 'string' ? parsed(inside) : inside;
  return inDocument(value, 'The statement in it');
}

function inDocument(value: unknown, subject: string): Inventory {
  const inventory = readSpdx(value) ?? readCycloneDx(value);
  if (inventory !== null) return inventory;
  throw refused(`${subject} ${kindOf(value)}.`);
}

/** What it is, by what it calls itself. */
function kindOf(value: unknown): string {
  if (!isRecord(value)) return 'holds no SBOM';
  const { spdxVersion, bomFormat, artifacts, descriptor } = value;
  if ('@context' in value) return 'is JSON-LD, as SPDX 3 is';
  if (spdxVersion !== undefined) return 'is SPDX of another version';
  if (bomFormat !== undefined) return 'is CycloneDX of another version';
  if (Array.isArray(artifacts) && isRecord(descriptor)) return "is in syft's own format: `syft convert` makes SPDX of it";
  return 'holds no SBOM';
}

function refused(message: string): HeraldError {
  return new HeraldError('SCHEMA_MISMATCH', message, { hint: SUPPORTED });
}
