/** The web role: liveness and readiness. Everything else that speaks HTTP is mounted here. */
import { type FastifyInstance, fastify } from 'fastify';
import type { Log, Store } from '../ports.ts';

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly store: Pick<Store, 'deliveryCounts'>;
  readonly log: Log;
}

export interface HttpServer {
  /** `http://127.0.0.1:3000`, with the real port when 0 was asked for. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts listening. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const app = createApp(options);
  const url = await app.listen({ host: options.host, port: options.port });
  return { url, close: () => app.close() };
}

function createApp({ store, log }: HttpServerOptions): FastifyInstance {
  const app = fastify({ bodyLimit: 1_048_576, requestTimeout: 30_000 });
  // Alive: the process answers. Ready: the store answers too.
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    try {
      return { status: 'ok', deliveries: await store.deliveryCounts() };
    } catch (error) {
      log.error('the store does not answer', { error });
      return reply.code(503).send({ status: 'the store does not answer' });
    }
  });
  return app;
}
