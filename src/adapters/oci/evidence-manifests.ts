/** Manifests that hold evidence, and what is to be said of those that cannot be used. Only their authors' faults are: the registry's are errors. */
import { HeraldError } from '../../core/errors.ts';
import type { BrokenEvidence, Fault } from '../../core/evidence.ts';
import type { OciClient } from './client.ts';
import { digestOf, type OciImage } from './manifest.ts';
import type { Descriptor } from './schema.ts';

/** Of everything that may lie at one place: layers of a tag, referrers of a digest, attestation manifests in an index. */
export const MAX_AT_A_PLACE = 100;

/** A place evidence may be at, for people and for the ids of what is broken there. */
export interface Place {
  /** `sha256-ab12….sig` */
  readonly name: string;
  readonly beside: string;
}

/** Its layers are evidence; or it is there and cannot be used; or it is not there. */
export type Opened = OciImage | BrokenEvidence | null;

/** Throws what OciClient throws for what is the registry's fault, or nobody's. */
export async function open(client: OciClient, reference: string, place: Place): Promise<Opened> {
  try {
    const manifest = await client.find(reference);
    if (manifest === null) return null;
    if (manifest.kind === 'index') return broken(place, manifest.digest, 'MALFORMED', 'it is a list of manifests and not one of evidence');
    if (manifest.layers.length <= MAX_AT_A_PLACE) return manifest;
    return broken(place, manifest.digest, 'TOO_MANY', `it has more than ${MAX_AT_A_PLACE} layers`);
  } catch (error) {
    if (!(error instanceof HeraldError && error.code === 'SCHEMA_MISMATCH')) throw error;
    return broken(place, reference, 'MALFORMED', 'its manifest is none that is understood here');
  }
}

/** `what` is broken: the digest or tag of a manifest, or the id of a piece. */
export function broken({ name, beside }: Place, what: string, fault: Fault, message: string): BrokenEvidence {
  return { kind: 'broken', id: idOf(['broken', what, fault]), name, beside, fault, message };
}

/** What the evidence of a layer consists of besides its bytes. Not cosign's chain and predicateType: nothing reads them, so they make no other piece. */
const EVIDENCE_ANNOTATIONS = [
  'dev.cosignproject.cosign/signature',
  'dev.sigstore.cosign/certificate',
  'dev.sigstore.cosign/bundle',
  'dev.sigstore.cosign/rfc3161timestamp',
];

/** The same layer with the same evidence is the same piece, wherever it is found. */
export function layerId({ digest, annotations = {} }: Descriptor): string {
  return idOf([digest, ...EVIDENCE_ANNOTATIONS.map((name) => annotations[name] ?? null)]);
}

function idOf(parts: readonly (string | null)[]): string {
  return digestOf(Buffer.from(JSON.stringify(parts)));
}

/** For names: enough of a digest to find it again. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 'sha256:'.length + 12)}…`;
}
