/**
 * Evidence as it was fetched → evidence as it reads. Pure and synchronous: the same bytes and the same trusted root give the same answer.
 * Every piece stands alone, so that a broken one says nothing about its neighbours; nothing in a piece can make this throw.
 */
import type { TrustMaterial } from '@sigstore/verify';
import type {
  BrokenEvidence,
  CheckedEvidence,
  CheckedStatement,
  CollectedEvidence,
  EvidencePiece,
  IndexStatement,
  PieceOrigin,
  SoundEvidence,
} from '../../core/evidence.ts';
import type { BundleLimits } from './bundle.ts';
import { Unsound } from './faults.ts';
import { readPiece } from './piece.ts';
import { readStatement } from './statement.ts';

const MIB = 1024 * 1024;

/**
 * BuildKit refuses a single attestation above 40 MiB, so that 64 hold whatever is real. Written as base64 in JSON it is a third more. An SBOM
 * of 40 MB has a million values.
 */
export const LIMITS: BundleLimits = { maxBytes: 88 * MIB, maxPayloadBytes: 64 * MIB, maxValues: 4_000_000 };

export function checkEvidence(collected: CollectedEvidence, trust: TrustMaterial, limits: BundleLimits = LIMITS): CheckedEvidence {
  const { digest, form, platforms, attachedSbom, pieces, broken, statements } = collected;
  return {
    digest,
    form,
    platforms,
    attachedSbom,
    pieces: [...pieces.map((piece) => checkPiece(piece, trust, limits)), ...broken],
    statements: statements.map((statement) => checkStatement(statement, limits)),
  };
}

function checkPiece(piece: EvidencePiece, trust: TrustMaterial, limits: BundleLimits): SoundEvidence | BrokenEvidence {
  const origin: PieceOrigin = { id: piece.id, name: piece.name, beside: piece.beside };
  try {
    return { kind: 'sound', ...origin, ...readPiece(piece, { trust, limits }) };
  } catch (error) {
    return { kind: 'broken', ...origin, ...faultOf(error) };
  }
}

/** Nobody signed these by themselves; what vouches for them is judged in core/trust.ts. */
function checkStatement({ digest, about, predicateType, bytes }: IndexStatement, limits: BundleLimits): CheckedStatement {
  const named = { digest, about, predicateType };
  try {
    if (bytes === null) throw new Unsound('TOO_LARGE');
    const { subjects, sbom, predicateType: own } = readStatement(bytes, { ...limits, maxBytes: limits.maxPayloadBytes });
    if (own !== predicateType) throw new Unsound('PREDICATE_TYPE', 'the statement is of another kind than it was announced as');
    return { kind: 'read', ...named, subjects, sbom };
  } catch (error) {
    return { kind: 'unreadable', ...named, ...faultOf(error) };
  }
}

/** Whatever a library throws at hostile input is a fault of the input. */
export function faultOf(error: unknown): Pick<BrokenEvidence, 'fault' | 'message'> {
  const { fault, message } = error instanceof Unsound ? error : new Unsound('MALFORMED');
  return { fault, message };
}
