/** The bounds around what provider SDKs read, against a server that misbehaves. */
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boundedFetch } from '../../src/adapters/http.ts';

let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    switch (request.url) {
      case '/ten':
        return response.end('0123456789');
      case '/eleven':
        return response.end('0123456789A');
      case '/empty':
        return response.writeHead(204, { etag: '"x"' }).end();
      case '/slow-body':
        return response.write('0');
      default:
        // Never answers.
        return undefined;
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('boundedFetch', () => {
  const read = async (path: string, timeoutMs: number) => {
    const response = await boundedFetch({ timeoutMs, maxBytes: 10 })(`${origin}${path}`);
    return [response.status, response.headers.get('etag'), await response.text()];
  };

  it('reads an answer up to the cap and not one byte more', async () => {
    expect(await read('/ten', 5_000)).toEqual([200, null, '0123456789']);
    await expect(read('/eleven', 5_000)).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });

  it.each(['/never', '/slow-body'])('gives up on a server that stalls: %s', async (path) => {
    await expect(read(path, 50)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('gives up when its caller does', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(boundedFetch({ timeoutMs: 5_000, maxBytes: 10 })(`${origin}/never`, { signal })).rejects.toThrow('enough');
  });

  it('passes on status and headers, also without a body', async () => {
    expect(await read('/empty', 5_000)).toEqual([204, '"x"', '']);
  });
});
