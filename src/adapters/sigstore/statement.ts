/** In-toto statements (https://github.com/in-toto/attestation/tree/main/spec): of which artifacts, and what about them. Read strictly. */
import { z } from 'zod';
import type { SbomDocument } from '../../core/evidence.ts';
import { SBOM_PREDICATES } from '../../core/trust.ts';
import { Unsound } from './faults.ts';
import { sbomDocument } from './sbom-document.ts';
import { type JsonLimits, parseJsonBytes } from './strict-json.ts';

export const IN_TOTO_PAYLOAD = 'application/vnd.in-toto+json';

export interface Statement {
  readonly predicateType: string;
  /** `sha256:…`; a subject without such a digest names nothing. */
  readonly subjects: readonly string[];
  /** Null for anything that is no SBOM by its type. */
  readonly sbom: SbomDocument | null;
}

/** Those of version 0.1 and 1 differ in nothing that is read here. */
const STATEMENT_TYPES = ['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1'] as const;

/** GitHub attests at most 1,024 artifacts at once. */
const MAX_SUBJECTS = 4_096;

const Head = z.object({
  _type: z.enum(STATEMENT_TYPES),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()).default({}) })),
  predicateType: z.string().min(1).max(1_024),
  predicate: z.unknown().optional(),
});

/** Throws Unsound. */
export function readStatement(bytes: Uint8Array, limits: JsonLimits): Statement {
  const { value, member } = parseJsonBytes(bytes, limits, 'predicate');
  const head = Head.safeParse(value);
  if (!head.success) throw new Unsound('STATEMENT');
  const { subject, predicateType, predicate } = head.data;
  if (subject.length > MAX_SUBJECTS) throw new Unsound('TOO_MANY', 'it speaks of too many artifacts at once');
  const subjects = subject.flatMap(({ digest: { sha256 } }) => (isSha256(sha256) ? [`sha256:${sha256}`] : []));
  const sbom = SBOM_PREDICATES.has(predicateType) ? sbomDocument(predicateType, { value: predicate, text: member }, limits) : null;
  return { predicateType, subjects: [...new Set(subjects)], sbom };
}

/** As registries write it: in lower case. */
export function isSha256(hex: string | undefined): hex is string {
  return hex !== undefined && /^[0-9a-f]{64}$/.test(hex);
}
