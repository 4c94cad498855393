/** The web role: liveness and readiness. Everything else that speaks HTTP is mounted here. */
import { type FastifyInstance, fastify } from 'fastify';
import type { Http } from '../adapters/http.ts';
import { HeraldError } from '../core/errors.ts';
import type { Log, Store } from '../ports.ts';
import { mountWebhooks, type WebhookRoutes } from './webhooks.ts';

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly store: Pick<Store, 'deliveryCounts'>;
  /** What this process knows of the hosts it asks. */
  readonly http: Pick<Http, 'hosts'>;
  readonly log: Log;
  /** Incoming webhooks; their paths do not exist where no secret is set. */
  readonly webhooks: Omit<WebhookRoutes, 'log'>;
}

export interface HttpServer {
  /** `http://127.0.0.1:3000`, with the real port when 0 was asked for. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts listening. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const app = createApp(options);
  const url = await listen(app, options);
  return { url, close: () => app.close() };
}

/** What a person can mend about an address, by the code of the system's error. */
const LISTEN_PROBLEMS = new Map([
  ['EADDRINUSE', 'is in use by another program'],
  ['EACCES', 'may not be used by this user'],
  ['EADDRNOTAVAIL', 'is no address of this machine'],
]);

async function listen(app: FastifyInstance, { host, port }: HttpServerOptions): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const problem = cause instanceof Error && 'code' in cause ? LISTEN_PROBLEMS.get(String(cause.code)) : undefined;
    if (problem === undefined) throw cause;
    throw new HeraldError('INVALID_CONFIG', `${host}:${port}, where Herald answers health checks, ${problem}.`, {
      cause,
      hint: 'Set http.host and http.port in herald.yaml, or stop the other program.',
    });
  }
}

function createApp({ store, http, log, webhooks }: HttpServerOptions): FastifyInstance {
  const app = fastify({ bodyLimit: 1_048_576, requestTimeout: 30_000 });
  // Alive: the process answers. Ready: the store answers too.
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    try {
      return { status: 'ok', deliveries: await store.deliveryCounts(), hosts: http.hosts() };
    } catch (error) {
      log.error('the store does not answer', { error });
      return reply.code(503).send({ status: 'the store does not answer' });
    }
  });
  mountWebhooks(app, { ...webhooks, log });
  return app;
}
