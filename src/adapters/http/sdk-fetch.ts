/** What the provider SDKs share: a bounded fetch, and what a network error says about whether a request can have arrived. */
import { HeraldError } from '../../core/errors.ts';

export interface FetchLimits {
  /** For one request, answer included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** A fetch for SDKs that read answers whole and without a deadline of their own. */
export function boundedFetch(limits: FetchLimits): (url: string | URL, init?: RequestInit) => Promise<Response> {
  return async (url, init = {}) => {
    const deadline = AbortSignal.timeout(limits.timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
    const response = await fetch(url, { ...init, signal });
    return new Response(response.body?.pipeThrough(cap(limits.maxBytes)) ?? null, response);
  };
}

function cap(maxBytes: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > maxBytes) {
        controller.error(new HeraldError('TOO_LARGE', `The answer is larger than ${maxBytes} bytes.`));
      } else {
        controller.enqueue(chunk);
      }
    },
  });
}

/** Errors of name resolution, connecting and TLS: no byte of the request has left when one of these is reported. */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Whether an error proves that the provider never got the request; a reset or a timeout of an open connection proves nothing. */
export function neverSent(error: unknown): boolean {
  // One error for each address that was tried.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverSent);
  if (!(error instanceof Error)) return false;
  // An unreachable network is reported by connecting, but for a connection that was open before, too.
  const whileConnecting = 'syscall' in error && error.syscall === 'connect';
  return whileConnecting || ('code' in error && BEFORE_SENDING.has(String(error.code))) || neverSent(error.cause);
}
