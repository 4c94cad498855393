/**
 * One error type, a closed list of codes, and what each means for the job that met it.
 * Expected outcomes are return values; an error is something a person or a retry has to deal with.
 */

/**
 * What may be done about an error:
 * `transient` try again later, `permanent` trying again changes nothing, `operator` a person must change something first.
 */
export type Disposition = 'transient' | 'permanent' | 'operator';

/** Every code with its disposition. Codes are stable: they are stored, printed and documented. */
const ERROR_CODES = {
  // network and upstream answers (adapters/http.ts)
  TIMEOUT: 'transient',
  NETWORK: 'transient',
  RATE_LIMITED: 'transient',
  UPSTREAM_UNAVAILABLE: 'transient',
  CIRCUIT_OPEN: 'transient',
  UNEXPECTED_CONTENT: 'transient',
  NOT_FOUND: 'operator',
  UNAUTHORIZED: 'operator',
  FORBIDDEN_ADDRESS: 'operator',
  BAD_REDIRECT: 'permanent',
  TOO_LARGE: 'permanent',
  TOO_MANY: 'permanent',
  BAD_ENCODING: 'permanent',
  DIGEST_MISMATCH: 'permanent',
  SCHEMA_MISMATCH: 'permanent',
  UNEXPECTED_STATUS: 'permanent',
  // what the user gave us
  INVALID_REFERENCE: 'permanent',
  INVALID_CADENCE: 'operator',
  INVALID_FILTER: 'operator',
  INVALID_QUERY: 'permanent',
  INVALID_CONFIG: 'operator',
  MISSING_SECRET: 'operator',
  // what signatures are checked against
  TRUST_ROOT: 'operator',
  // our own stores
  STORE_LOCKED: 'operator',
  STORE_OUTDATED: 'operator',
  STORE_UNAVAILABLE: 'transient',
  QUEUE_UNAVAILABLE: 'transient',
  // destinations
  DESTINATION_REJECTED: 'operator',
  DESTINATION_UNAVAILABLE: 'transient',
  AMBIGUOUS_SEND: 'operator',
} as const satisfies Record<string, Disposition>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface HeraldErrorOptions {
  readonly cause?: unknown;
  /** When a provider named a time to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** What a person can do next, one sentence. */
  readonly hint?: string;
}

/** The error of this project. `message` is a sentence for people and never holds a secret. */
export class HeraldError extends Error {
  override readonly name = 'HeraldError';
  readonly code: ErrorCode;
  readonly disposition: Disposition;
  readonly retryAfterMs: number | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: HeraldErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.disposition = ERROR_CODES[code];
    this.retryAfterMs = options.retryAfterMs;
    this.hint = options.hint;
  }
}

/** An error as data, for the store and for messages. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly disposition: Disposition;
  readonly retryAfterMs?: number;
}

/** The data of a HeraldError. */
export function failureOf(error: HeraldError): Failure {
  return {
    code: error.code,
    message: error.message,
    disposition: error.disposition,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  };
}

/** For the end of an exhaustive switch: a new alternative breaks the build here. */
export function unreachable(value: never): never {
  throw new TypeError(`unhandled alternative: ${JSON.stringify(value)}`);
}
