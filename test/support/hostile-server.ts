/** A server on loopback that does what no honest one does, byte by byte. It notes what it was sent and when its connections end. */
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What happens after the request's head was read. */
export type Misbehaviour = (socket: net.Socket) => Promise<void> | void;

export interface HostileServer extends AsyncDisposable {
  readonly origin: string;
  /** Heads of the requests received, as text. */
  readonly requests: readonly string[];
  /** Bytes the server could hand to the network before the other side hung up. */
  bytesSent(): number;
  /** Resolves when no connection is open any more. */
  quiet(): Promise<void>;
}

const head = (status: string, headers: readonly string[]) => `HTTP/1.1 ${status}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;

/** A complete answer. */
export function answer(status: string, headers: readonly string[], body: string | Buffer = ''): Misbehaviour {
  return (socket) => {
    socket.write(head(status, [...headers, `content-length: ${body.length}`, 'connection: close']));
    socket.end(body);
  };
}

/** Says nothing at all. */
export const silence: Misbehaviour = () => undefined;

/** One byte of a promised body every 20 ms. */
export const slowDrip: Misbehaviour = async (socket) => {
  socket.write(head('200 OK', ['content-type: application/json', 'content-length: 100000']));
  while (socket.writable) {
    socket.write('x');
    await pause(20);
  }
};

/** A body that never ends and never says how long it is, as fast as the other side takes it. */
export function endlessBody(status: string): Misbehaviour {
  return async (socket) => {
    socket.write(head(status, ['content-type: application/json', 'transfer-encoding: chunked']));
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    while (socket.writable) {
      if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), pause(50)]);
    }
  };
}

/** Half of the promised body, then a reset. */
export const resetInBody: Misbehaviour = async (socket) => {
  socket.write(`${head('200 OK', ['content-type: application/json', 'content-length: 100'])}{"tags": [`);
  await pause(20);
  socket.resetAndDestroy();
};

/** Half of the promised body, then an orderly end. */
export const endInBody: Misbehaviour = (socket) => {
  socket.end(`${head('200 OK', ['content-type: application/json', 'content-length: 100'])}{"tags": [`);
};

/** A header of 64 KiB. */
export const hugeHeader: Misbehaviour = answer('200 OK', [`x-padding: ${'x'.repeat(65_536)}`], '{}');

/** Starts the server on a free port; `script` picks the misbehaviour by the request's path. */
export async function startHostileServer(script: (path: string, origin: string) => Misbehaviour): Promise<HostileServer> {
  const requests: string[] = [];
  const open = new Set<net.Socket>();
  let sent = 0;
  let origin = '';

  const server = net.createServer((socket) => {
    open.add(socket);
    // The other side hangs up on purpose in most tests.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sent += socket.bytesWritten;
      open.delete(socket);
      if (open.size === 0) server.emit('quiet');
    });
    let received = '';
    socket.on('data', (data) => {
      received += data.toString('latin1');
      if (!received.includes('\r\n\r\n')) return;
      requests.push(received);
      const path = received.split(' ', 2)[1] ?? '/';
      received = '';
      void script(path, origin)(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;

  return {
    origin,
    requests,
    bytesSent: () => sent,
    quiet: () => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => server.once('quiet', resolve))),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
