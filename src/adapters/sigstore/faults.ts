/** How reading evidence ends when it proves nothing: thrown inside this folder, caught where a piece is checked (check.ts). */
import type { Fault } from '../../core/evidence.ts';

/** `message` is for people and never repeats what the evidence says: it may be anything. */
export class Unsound extends Error {
  override readonly name = 'Unsound';
  readonly fault: Fault;

  constructor(fault: Fault, message: string = SENTENCES[fault], options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.fault = fault;
  }
}

/** What a fault means where nothing more is known. */
const SENTENCES: Readonly<Record<Fault, string>> = {
  MALFORMED: 'it is not well-formed',
  DUPLICATE_KEY: 'its JSON has the same key twice, which two readers read differently',
  TOO_DEEP: 'its JSON is nested too deeply',
  TOO_LARGE: 'it is too large to be read',
  TOO_MANY: 'it has too many parts',
  MEDIA_TYPE: 'it is of another type than it was announced as',
  BUNDLE: 'it is not a Sigstore bundle of a known version',
  SIG_COUNT: 'it has more than one signature where exactly one is expected',
  NO_CERTIFICATE: 'it is signed with a key that nobody vouches for, not with a certificate',
  NO_TLOG: 'it does not come with an entry of the transparency log',
  SIGNATURE_ERROR: 'the signature does not fit what is signed, or the key of its certificate',
  CERTIFICATE_ERROR: 'its certificate is not by a trusted authority and its log, or was not valid when it was used',
  TLOG: 'it is not in the transparency log as it has to be',
  TLOG_BODY_ERROR: 'its entry in the transparency log is of something else',
  TLOG_INCLUSION_PROMISE_ERROR: 'the transparency log did not sign its entry, or not at that time',
  TLOG_INCLUSION_PROOF_ERROR: 'the proof that its entry is in the transparency log does not hold',
  TIMESTAMP_ERROR: 'no trusted authority says when it was signed',
  PAYLOAD_TYPE: 'what is signed is not an in-toto statement',
  STATEMENT: 'what is signed is not a statement of a known form',
  PREDICATE_TYPE: 'the statement is of another kind',
  SUBJECT: 'it speaks of something else',
  POLICY: 'it is signed by somebody else',
};
