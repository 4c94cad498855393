/** What Sigstore's own verifier says, used as its README shows: the measure of what is made here, and of what it lets pass. */
import type { KeyObject } from 'node:crypto';
import { bundleFromJSON, ValidationError } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { CosignLayer } from './cosign-layer.ts';
import type { TrustedRoot as TrustedRootJson } from './trusted-root.ts';

interface Trust {
  readonly root: TrustedRootJson;
  /** The file a bundle is about. */
  readonly artifact?: Buffer;
  /** For what is signed by a key: it is believed to be this one. */
  readonly key?: KeyObject;
}

/** `accepted` (and by whom, when that is a certificate), or the code of the refusal. */
export function plainVerdict(bundle: unknown, { root, artifact = Buffer.of(), key }: Trust): string {
  const keys = key === undefined ? {} : () => ({ publicKey: key, validFor: () => true });
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(root), keys));
  try {
    const { identity } = verifier.verify(toSignedEntity(bundleFromJSON(bundle), artifact));
    return `accepted${identity === undefined ? '' : ` ${identity.subjectAlternativeName}`}`;
  } catch (error) {
    if (error instanceof ValidationError) return 'invalid bundle';
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

/** A cosign layer as a bundle of version 0.1, the oldest form with a place for everything in its annotations. */
export function converted({ bytes, annotations }: CosignLayer): object {
  const { SignedEntryTimestamp, Payload } = JSON.parse(annotations['dev.sigstore.cosign/bundle'] ?? '');
  const { kind, apiVersion, spec } = JSON.parse(Buffer.from(Payload.body, 'base64').toString());
  const rawBytes = annotations['dev.sigstore.cosign/certificate']?.replaceAll(/-----.*-----|\n/g, '');
  const signature = annotations['dev.cosignproject.cosign/signature'];
  const messageDigest = { algorithm: 'SHA2_256', digest: Buffer.from(spec.data?.hash.value ?? '', 'hex').toString('base64') };
  const entry = {
    logIndex: String(Payload.logIndex),
    logId: { keyId: Buffer.from(Payload.logID, 'hex').toString('base64') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(Payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
    canonicalizedBody: Payload.body,
  };
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: { x509CertificateChain: { certificates: [{ rawBytes }] }, tlogEntries: [entry] },
    ...(signature === '' ? { dsseEnvelope: JSON.parse(bytes.toString()) } : { messageSignature: { messageDigest, signature } }),
  };
}
