/** What goes wrong on purpose, and what was asked: one hook before every route of the recorded upstream. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';

export type RequestKind = 'quay-tags' | 'oci-ping' | 'oci-token' | 'oci-tags' | 'oci-manifest' | 'oci-blob' | 'github-releases' | 'other';

/**
 * `504-html` a proxy's page instead of JSON, `reset` the connection dies without an answer, `slow` the answer comes after
 * `slowMs`, `429` too many requests (GitHub says how long to wait, Quay does not).
 */
export type FailureKind = '504-html' | 'reset' | 'slow' | '429';

export interface LoggedRequest {
  readonly kind: RequestKind;
  readonly method: string;
  readonly url: string;
  /** How it was made to fail; null when it was answered. */
  readonly failed: FailureKind | null;
}

export interface Disturbances {
  readonly log: LoggedRequest[];
  /** The next `times` requests fail this way; only those of one kind when `only` is given. */
  failNext(failure: FailureKind, times: number, only?: RequestKind): void;
  /** Nothing fails any more. */
  heal(): void;
}

const KINDS: Readonly<Record<string, RequestKind>> = {
  '/api/v1/repository/:namespace/:name/tag/': 'quay-tags',
  '/v2/': 'oci-ping',
  '/v2/auth': 'oci-token',
  '/v2/:namespace/:name/tags/list': 'oci-tags',
  '/v2/:namespace/:name/manifests/:reference': 'oci-manifest',
  '/v2/:namespace/:name/blobs/:digest': 'oci-blob',
  '/repos/:owner/:repo/releases': 'github-releases',
};

export const GATEWAY_TIMEOUT_PAGE = '<html><head><title>504 Gateway Time-out</title></head><body><h1>We had issues</h1></body></html>';

function answer429(kind: RequestKind, reply: FastifyReply): FastifyReply {
  if (kind === 'github-releases') {
    return reply.code(429).header('retry-after', '60').send({ message: 'You have exceeded a secondary rate limit.', status: '429' });
  }
  return reply.code(429).type('text/html').send('<html><head><title>429 Too Many Requests</title></head></html>');
}

export function disturb(server: FastifyInstance, slowMs: number): Disturbances {
  const log: LoggedRequest[] = [];
  const pending: { readonly failure: FailureKind; readonly only: RequestKind | undefined }[] = [];
  const closing = new AbortController();
  server.addHook('preClose', async () => closing.abort());

  function takeFailure(kind: RequestKind): FailureKind | null {
    const nth = pending.findIndex(({ only }) => only === undefined || only === kind);
    return nth < 0 ? null : (pending.splice(nth, 1)[0]?.failure ?? null);
  }

  server.addHook('onRequest', async (request, reply) => {
    const kind = KINDS[request.routeOptions.url ?? ''] ?? 'other';
    const failed = takeFailure(kind);
    log.push({ kind, method: request.method, url: request.url, failed });
    switch (failed) {
      case null:
        return;
      case '504-html':
        return reply.code(504).type('text/html').send(GATEWAY_TIMEOUT_PAGE);
      case '429':
        return answer429(kind, reply);
      case 'reset':
        reply.hijack();
        request.raw.socket.resetAndDestroy();
        return;
      case 'slow':
        // A server that is closed meanwhile has nobody left to answer.
        await sleep(slowMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  });

  return {
    log,
    failNext: (failure, times, only) => {
      pending.push(...Array.from({ length: times }, () => ({ failure, only })));
    },
    heal: () => {
      pending.length = 0;
    },
  };
}
