/** Networks people really have: a registry with a certificate of their own authority, and a way out through a proxy only. Real servers on loopback. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createProxy, type Server } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMeter, type Http } from '../../src/adapters/http.ts';
import { DEFAULT_LIMITS } from '../../src/entry/config-schema.ts';
import { openNetwork } from '../../src/entry/network.ts';
import { systemClock } from '../../src/entry/open-store.ts';
import { serviceOrSkip } from '../support/services.ts';
import { failureFrom } from '../support/sources.ts';

const NAME = 'registry.example.test';

const available = await serviceOrSkip('openssl', async () => void execFileSync('openssl', ['version'], { stdio: 'ignore' }));

let directory: string;
let certificate: string;
let server: Server;
let port: number;

beforeAll(async () => {
  if (!available) return;
  directory = mkdtempSync(join(tmpdir(), 'herald-network-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME},IP:127.0.0.1`];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
      ...subject,
    ],
    { stdio: 'ignore' },
  );
  certificate = readFileSync(cert, 'utf8');
  server = createServer({ key: readFileSync(key), cert: certificate }, (_request, response) => void response.end('{"here":true}'));
  port = await listen(server);
});

afterAll(async () => {
  if (!available) return;
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

function listen(on: Server): Promise<number> {
  return new Promise((resolve) => on.listen(0, '127.0.0.1', () => resolve((on.address() as AddressInfo).port)));
}

function network(ca: readonly string[], proxies: Parameters<typeof openNetwork>[0]['secrets']['proxies'] = null): Http {
  const authorities = ca.length === 0 ? [] : [{ file: 'own-ca.pem', certificates: ca }];
  return openNetwork({
    settings: { allowedOrigins: [`https://127.0.0.1:${port}`], network: { allow: [], limits: DEFAULT_LIMITS, hosts: [], ca: authorities } },
    secrets: { proxies },
    clock: systemClock,
  });
}

const ask = (http: Http, url: string) => http.get({ url: new URL(url), meter: createMeter(), maxBytes: 1_000 });

describe.runIf(available)('a server with a certificate of its owner', () => {
  it('is not believed until his authority is in the configuration', async () => {
    expect(await failureFrom(ask(network([]), `https://127.0.0.1:${port}/`))).toMatchObject({ code: 'NETWORK' });
    expect((await ask(network([certificate]), `https://127.0.0.1:${port}/`)).status).toBe(200);
  });
});

describe.runIf(available)('a network with a proxy', () => {
  it('is left through it, by the name of the server; inner addresses stay refused', async () => {
    const asked: string[] = [];
    const tunnels: Duplex[] = [];
    const proxy = createProxy();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      tunnels.push(socket);
      const inside = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        inside.pipe(socket).pipe(inside);
      });
      inside.on('error', () => socket.destroy());
      socket.on('error', () => inside.destroy());
    });
    const url = `http://127.0.0.1:${await listen(proxy)}`;
    try {
      const http = network([certificate], { HTTPS_PROXY: url });
      expect((await ask(http, `https://${NAME}/v2/`)).status).toBe(200);
      expect(asked).toEqual([`${NAME}:443`]);
      expect(await failureFrom(ask(http, 'https://10.0.0.1/'))).toMatchObject({ code: 'FORBIDDEN_ADDRESS' });
      expect(asked).toHaveLength(1);
    } finally {
      for (const tunnel of tunnels) tunnel.destroy();
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    }
  });
});
