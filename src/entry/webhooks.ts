/** Where other servers say that something may be new. Whoever sends is checked, what he says is only a reason to look. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hint } from '../core/hint.ts';
import type { Log, WebhookReader } from '../ports.ts';

export interface WebhookRoutes {
  /** By the name in the path: `/webhooks/github`. One without a secret is absent, and its path does not exist. */
  readonly readers: ReadonlyMap<string, WebhookReader>;
  readonly onHint: (hint: Hint) => Promise<readonly string[]>;
  readonly log: Log;
}

/** A push of a registry is a few kilobytes, a release with its notes at GitHub some hundred. */
const MAX_BODY_BYTES = 1_048_576;

/** Every answer but a good one is the same, whatever was wrong. The body is kept as it came: a signature is over its bytes. */
export function mountWebhooks(app: FastifyInstance, { readers, onHint, log }: WebhookRoutes): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => done(null, body));
    for (const path of ['/webhooks/:name', '/webhooks/:name/:end']) {
      scope.post<{ Params: { name: string; end?: string }; Body: unknown }>(path, async (request, reply) => {
        const reader = readers.get(request.params.name);
        if (reader === undefined) return reply.code(404).send();
        const body = typeof request.body === 'string' ? request.body : '';
        const header = headerOf(request);
        if (!(await reader.authentic({ header, body, end: request.params.end ?? null }))) {
          log.warn('a webhook was refused', { webhook: request.params.name });
          return reply.code(401).send();
        }
        const polled = (await Promise.all(reader.read({ header, json: jsonOf(body) }).map(onHint))).flat();
        log.info('a webhook came', { webhook: request.params.name, targets: polled });
        return reply.code(202).send();
      });
    }
  });
}

function headerOf(request: FastifyRequest): (name: string) => string | undefined {
  return (name) => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : undefined;
  };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // What is no JSON says nothing, and whoever sent it was authentic.
    return null;
  }
}
