/**
 * A Sigstore of our own: certificate authority, certificate log, transparency logs and timestamp authority with keys that live as long as the
 * test. It makes validly signed material of any date in every form Herald reads, and spoiled material on request (options.ts).
 * Independent of Sigstore's own packages on purpose: what signs here and what verifies there share no code.
 */
import { type BundleVersion, bundleOf } from './bundle.ts';
import { envelopeContent, IN_TOTO, messageContent, payloadBytes } from './content.ts';
import { attestationLayer, type CosignLayer, signatureLayer, simpleSigning } from './cosign-layer.ts';
import { createKey } from './keys.ts';
import { createMembers, type Members } from './members.ts';
import type { EntryKind, SigningOptions } from './options.ts';
import { signContent, type Task } from './signing.ts';
import { type Retired, type TrustedRoot, trustedRootOf } from './trusted-root.ts';

export type { CosignLayer } from './cosign-layer.ts';
export type { Identity } from './identity.ts';
export type { SigningOptions } from './options.ts';

interface StatementOptions extends SigningOptions {
  /** Default: the type of an in-toto statement. */
  readonly payloadType?: string;
}

export interface AttestOptions extends StatementOptions {
  /** Default: dsse-0.0.1. intoto-0.0.1 is what cosign wrote before 2.2. */
  readonly entry?: 'dsse-0.0.1' | 'intoto-0.0.1' | 'intoto-0.0.2';
}

export interface BundleOptions extends StatementOptions {
  /** Default: 0.3. */
  readonly version?: BundleVersion;
  /** Default: dsse-0.0.1, with rekor-v2 hashedrekord-0.0.2. */
  readonly entry?: EntryKind;
}

export interface MessageOptions extends SigningOptions {
  /** Default: 0.3. */
  readonly version?: BundleVersion;
}

/** A statement or any other payload: text and bytes are signed as they are, anything else as its JSON. */
export type Payload = object | string;

export interface PrivateSigstore {
  readonly trustedRoot: TrustedRoot;
  /** The key of `signer: 'key'`, as PEM. */
  readonly publicKey: string;
  /** A layer of a cosign `.sig` tag. */
  signImage(digest: string, repository: string, options: SigningOptions): CosignLayer;
  /** A layer of a cosign `.att` tag. */
  attest(statement: Payload, options: AttestOptions): CosignLayer;
  /** A Sigstore bundle with a DSSE envelope. */
  bundle(statement: Payload, options: BundleOptions): Buffer;
  /** A Sigstore bundle with a signature over a file. */
  messageBundle(artifact: Buffer, options: MessageOptions): Buffer;
}

export interface PrivateSigstoreOptions {
  /** From when on its keys and certificates are valid, for thirty years. Default: 2020. */
  readonly validFrom?: Date;
  readonly retired?: Retired;
}

/** Two calls give two strangers: the same names, other keys. */
export function createPrivateSigstore({ validFrom = new Date('2020-01-01'), retired = {} }: PrivateSigstoreOptions = {}): PrivateSigstore {
  const end = new Date(validFrom);
  end.setUTCFullYear(validFrom.getUTCFullYear() + 30);
  const period = { start: validFrom, end };
  const members = createMembers(period);
  let strangers: Members | null = null;
  const stranger = () => {
    strangers ??= createMembers(period);
    return strangers;
  };
  const key = createKey('P-256');
  const sign = (task: Task, options: SigningOptions) => signContent({ members, stranger, key }, task, options);

  return {
    trustedRoot: trustedRootOf(members, period, retired),
    publicKey: key.pem,
    signImage(digest, repository, options) {
      const content = messageContent(simpleSigning(digest, repository));
      return signatureLayer(sign({ content, entry: 'hashedrekord-0.0.1', stamps: 'signature' }, forLayers(options)), options);
    },
    attest(statement, options) {
      const content = envelopeContent(payloadBytes(statement), options.payloadType ?? IN_TOTO);
      const material = sign({ content, entry: options.entry ?? 'dsse-0.0.1', stamps: 'envelope' }, forLayers(options));
      return attestationLayer(material, options, predicateTypeOf(statement));
    },
    bundle(statement, options) {
      const content = envelopeContent(payloadBytes(statement), options.payloadType ?? IN_TOTO);
      const entry = options.entry ?? (options.log === 'rekor-v2' ? 'hashedrekord-0.0.2' : 'dsse-0.0.1');
      return bundleOf(sign({ content, entry, stamps: 'signature' }, options), options.version ?? '0.3');
    },
    messageBundle(artifact, options) {
      const entry = options.log === 'rekor-v2' ? 'hashedrekord-0.0.2' : 'hashedrekord-0.0.1';
      return bundleOf(sign({ content: messageContent(artifact), entry, stamps: 'signature' }, options), options.version ?? '0.3');
    },
  };
}

/** The annotations of a layer have no place for an entry of Rekor version 2. */
function forLayers(options: SigningOptions): SigningOptions {
  if (options.log === 'rekor-v2') throw new Error('cosign layers know Rekor version 1 only');
  return options;
}

/** The unsigned hint cosign puts beside an attestation. */
function predicateTypeOf(statement: Payload): string | null {
  return typeof statement === 'object' && 'predicateType' in statement ? String(statement.predicateType) : null;
}
