/** The SBOM in a statement: in which wrapping it lies, what it calls itself, and whether Herald can read it. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SbomDocument } from '../../core/evidence.ts';
import type { Inventory } from '../../core/sbom.ts';
import { readCycloneDx } from '../../core/sbom-cyclonedx.ts';
import { readSpdx } from '../../core/sbom-spdx.ts';
import { Unsound } from './faults.ts';
import { type JsonLimits, parseJsonText } from './strict-json.ts';

/** A predicate as a value, and as it is written in the statement. */
interface Predicate {
  readonly value: unknown;
  readonly text: string | null;
}

/** cosign 1 put the document into one field of an object. */
const Wrapped = z.object({ Data: z.string() });

/** The document as it was attested: a JSON value inside the statement, or a text with anything in it. */
interface Attested {
  readonly text: string;
  /** Undefined when the text is no JSON object. */
  readonly value: unknown;
}

/** Throws Unsound for a document that two readers would read differently; one in an unknown format is only not supported. */
export function sbomDocument(predicateType: string, predicate: Predicate, limits: JsonLimits): SbomDocument {
  const { text, value } = unwrapped(predicate, limits);
  const named = value === undefined ? namedByText(text) : namedByValue(value);
  const expected = predicateType.startsWith('https://spdx.dev/') ? 'spdx' : 'cyclonedx';
  const { format, version } = named.format === expected ? named : UNKNOWN;
  const inventory = inventoryOf(format, value);
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  return { format, version, supported: inventory !== null, digest, inventory };
}

/** The document is here as a value: nobody parses it a second time. */
function inventoryOf(format: SbomDocument['format'], value: unknown): Inventory | null {
  if (format === 'spdx') return readSpdx(value);
  return format === 'cyclonedx' ? readCycloneDx(value) : null;
}

/** `cosign attest --type spdx` attests a text, `--type spdxjson` and BuildKit an object, cosign 1 `{"Data": text}`. */
function unwrapped({ value, text }: Predicate, limits: JsonLimits): Attested {
  const inside = typeof value === 'string' ? value : Wrapped.safeParse(value).data?.Data;
  if (inside === undefined) {
    if (text === null && value !== undefined) throw new Unsound('MALFORMED', 'its JSON has a key spelled in escapes');
    return { text: text ?? '', value };
  }
  // Half a character has no bytes: what is hashed would not be what was attested.
  if (!inside.isWellFormed()) throw new Unsound('MALFORMED', 'its SBOM has text that is not Unicode');
  return { text: inside, value: /^\s*\{/.test(inside) ? parseJsonText(inside, limits).value : undefined };
}

type Named = Pick<SbomDocument, 'format' | 'version'>;

const UNKNOWN: Named = { format: 'unknown', version: null };

const Spdx2 = z.object({ spdxVersion: z.string().regex(/^SPDX-\d{1,3}\.\d{1,3}$/) });
/** JSON-LD: the version is in the address of its context. */
const Spdx3 = z.object({ '@context': z.string().regex(/^https:\/\/spdx\.org\/rdf\/3\.\d{1,3}(\.\d{1,3})?\/spdx-context\.jsonld$/) });
const CycloneDx = z.object({ bomFormat: z.literal('CycloneDX'), specVersion: z.string().regex(/^\d{1,3}\.\d{1,3}$/) });

function namedByValue(value: unknown): Named {
  const spdx2 = Spdx2.safeParse(value).data;
  if (spdx2 !== undefined) return { format: 'spdx', version: spdx2.spdxVersion };
  const spdx3 = Spdx3.safeParse(value).data;
  if (spdx3 !== undefined) return { format: 'spdx', version: `SPDX-${spdx3['@context'].split('/')[4]}` };
  const cyclonedx = CycloneDx.safeParse(value).data;
  return cyclonedx === undefined ? UNKNOWN : { format: 'cyclonedx', version: cyclonedx.specVersion };
}

/** SPDX 2 as lines of tags and values. */
function namedByText(text: string): Named {
  const version = /^SPDXVersion: (SPDX-\d{1,3}\.\d{1,3})$/m.exec(text.slice(0, 4_096))?.[1];
  return version === undefined ? UNKNOWN : { format: 'spdx', version };
}
