/** Pieces of evidence made by the private Sigstore, and what the checker says of them. */
import { checkEvidence, LIMITS } from '../../src/adapters/sigstore/check.ts';
import { readTrustRoot } from '../../src/adapters/sigstore/trust-root.ts';
import type { BrokenEvidence, CollectedEvidence, EvidencePiece, SoundEvidence } from '../../src/core/evidence.ts';
import type { CosignLayer, PrivateSigstore } from './sigstore/private-sigstore.ts';

/** What a test changes about a piece before it is checked. */
export type Edit = (json: Record<string, unknown>) => void;

const ORIGIN = { id: 'sha256:piece', name: 'the piece', beside: `sha256:${'ab'.repeat(32)}` };

export const signature = ({ bytes, annotations }: CosignLayer): EvidencePiece => ({
  ...ORIGIN,
  kind: 'cosign-signature',
  bytes,
  annotations,
});
export const attestation = ({ bytes, annotations }: CosignLayer): EvidencePiece => ({
  ...ORIGIN,
  kind: 'cosign-attestation',
  bytes,
  annotations,
});
export const bundle = (bytes: Uint8Array): EvidencePiece => ({ ...ORIGIN, kind: 'bundle', bytes });

export function evidenceOf(
  pieces: readonly EvidencePiece[],
  more: Partial<Pick<CollectedEvidence, 'statements' | 'broken'>> = {},
): CollectedEvidence {
  const common = { digest: ORIGIN.beside, form: 'image', platforms: [], attachedSbom: false, requests: 0 } as const;
  return { ...common, pieces, broken: [], statements: [], ...more };
}

/** The trusted root as the file it is. */
export function rootFile({ trustedRoot }: PrivateSigstore): Buffer {
  return Buffer.from(JSON.stringify(trustedRoot));
}

export function checkerFor(sigstore: PrivateSigstore, limits = LIMITS): (piece: EvidencePiece) => SoundEvidence | BrokenEvidence {
  const { material } = readTrustRoot(rootFile(sigstore));
  return (piece) => {
    const [checked] = checkEvidence(evidenceOf([piece]), material, limits).pieces;
    if (checked === undefined) throw new Error('a piece has disappeared');
    return checked;
  };
}

/** The fault of a piece, or what it says that anybody has to judge. */
export function outcomeOf(
  checked: SoundEvidence | BrokenEvidence,
): string | Pick<SoundEvidence, 'claim' | 'signer' | 'signedAt' | 'logEntry'> {
  if (checked.kind === 'broken') return checked.fault;
  const { claim, signer, signedAt, logEntry } = checked;
  return { claim, signer, signedAt, logEntry };
}

/** The same JSON with something else in it. */
export function edited(bytes: Uint8Array, edit: Edit): Buffer {
  const json = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
  edit(json);
  return Buffer.from(JSON.stringify(json));
}

/** The same text with a part replaced; throws when the part is not there. */
export function replaced(bytes: Uint8Array, part: string, by: string): Buffer {
  const text = Buffer.from(bytes).toString('utf8');
  if (!text.includes(part)) throw new Error(`${part} is not in it`);
  return Buffer.from(text.replace(part, () => by));
}
