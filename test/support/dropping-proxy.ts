/**
 * A loopback proxy for the crash that matters most: the server accepts a request and the answer never arrives.
 * It forwards everything, and cuts the connection, or stays silent, instead of answering where a test says so.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';

type Matches = (method: string, path: string) => boolean;

export interface DroppingProxy {
  /** The proxy's origin; paths are those of the server behind it. */
  readonly url: string;
  /** From now on the answer to matching requests is lost AFTER the server behind has given it. */
  dropAnswersTo(matches: Matches): void;
  /** From now on the answer to matching requests never comes, and the connection stays. */
  holdAnswersTo(matches: Matches): void;
  /** Answers everything from now on. */
  dropNothing(): void;
  /** Every request that reached the server behind, as `POST /api/chat.postMessage`. */
  readonly forwarded: readonly string[];
  close(): Promise<void>;
}

/** Starts a proxy before `target`, an origin such as `http://127.0.0.1:4003`. */
export async function startDroppingProxy(target: string): Promise<DroppingProxy> {
  const forwarded: string[] = [];
  const never: Matches = () => false;
  let drops = never;
  let holds = never;

  const server = createServer((request, response) => {
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    forward(target, request)
      .then(async (answer) => {
        const body = Buffer.from(await answer.arrayBuffer());
        forwarded.push(`${method} ${path}`);
        if (drops(method, path)) {
          request.socket.destroy();
          return;
        }
        if (holds(method, path)) return;
        response.writeHead(answer.status, headersOf(answer)).end(body);
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))));
  });
  const port = await listen(server);

  return {
    url: `http://127.0.0.1:${port}`,
    forwarded,
    dropAnswersTo: (matches) => {
      drops = matches;
    },
    holdAnswersTo: (matches) => {
      holds = matches;
    },
    dropNothing: () => {
      drops = never;
      holds = never;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function forward(target: string, request: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(Buffer.from(chunk));
  }
  const headers = new Headers();
  for (const name of ['authorization', 'content-type', 'accept', 'webhook-id', 'webhook-timestamp', 'webhook-signature']) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const method = request.method ?? 'GET';
  const body = method === 'GET' || method === 'HEAD' ? {} : { body: Buffer.concat(chunks) };
  return fetch(`${target}${request.url ?? '/'}`, { method, headers, ...body });
}

function headersOf(answer: Response): Record<string, string> {
  const {
    'content-encoding': _encoding,
    'content-length': _length,
    'transfer-encoding': _transfer,
    ...rest
  } = Object.fromEntries(answer.headers);
  return rest;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') {
        reject(new Error('the proxy listens on no port'));
      } else {
        resolve(address.port);
      }
    });
  });
}
