/** What a test says of one piece of signed material: when, by whom, how it is logged, and what is to be wrong with it. */
import type { Identity } from './identity.ts';

/** Kind and version of a log entry. Those of 0.0.2, but for intoto, are of Rekor version 2. */
export type EntryKind = 'hashedrekord-0.0.1' | 'hashedrekord-0.0.2' | 'dsse-0.0.1' | 'dsse-0.0.2' | 'intoto-0.0.1' | 'intoto-0.0.2';

export interface SigningOptions extends Defects {
  /** When it is signed: the certificate lives from five seconds before, for ten minutes; logged and stamped in this second. */
  readonly at: Date;
  readonly identity: Identity;
  /** Default: rekor-v1. */
  readonly log?: 'rekor-v1' | 'rekor-v2' | 'none';
  /** Default: tsa with rekor-v2, which tells no time, and none otherwise. The other two are defects. */
  readonly timestamp?: 'tsa' | 'none' | 'unknown-tsa' | 'other-data';
  /** `key`: signed by the long-lived key of PrivateSigstore.publicKey, without a certificate. */
  readonly signer?: 'certificate' | 'key';
}

/** Each is off by default and does one thing; several together are allowed. */
interface Defects {
  /** The certificate, and the chain beside it, are of a CA of the same name that the trusted root does not know. */
  readonly chain?: 'stranger';
  /** What the certificate says of the certificate log: nothing, or by a log that is not trusted. */
  readonly sct?: 'missing' | 'unknown-log';
  /** Logged and stamped at another time than the certificate was issued for. */
  readonly loggedAt?: Date;
  /** The integratedTime is changed after the log has signed it. */
  readonly claimedTime?: Date;
  /** Logged in one that is not trusted, under its own id or under that of the trusted one. */
  readonly rekor?: 'unknown' | 'impostor';
  readonly promise?: 'missing';
  readonly proof?: 'missing';
  readonly checkpoint?: 'missing';
  /** The log entry, or only its proof, is a good one of something else by the same signer. */
  readonly entryOf?: 'another';
  readonly proofOf?: 'another';
  /** The entry stands there twice. */
  readonly entries?: 'twice';
  /** What a bundle says of the entry. */
  readonly kindVersion?: { readonly kind: string; readonly version: string };
  /** Everything agrees, but another key than the certified one has signed. */
  readonly signedWith?: 'another-key';
  /** Changed after signing and logging: the payload (a space at its end), the signature (a valid one that was never logged), the certificate. */
  readonly tampered?: 'payload' | 'signature' | 'certificate';
  /** How many signatures the DSSE envelope has. */
  readonly signatures?: 0 | 1 | 2;
  /** How the stored bytes of a cosign `.att` layer differ from the logged ones, with the same payload and signature. */
  readonly envelope?: 'reencoded' | 'extra-field';
  /** The annotation of a cosign layer holds a second certificate. */
  readonly certificates?: 2;
}
