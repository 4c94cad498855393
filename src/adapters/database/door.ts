/**
 * The door to an embedded store: the process that has the data directory listens on a Unix socket inside it, and other
 * processes come in with an ordinary PostgreSQL client. They take turns with the owner on the one session (session.ts).
 * There is no password: only who may use the directory's files may open the socket.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { MS } from '../../core/time.ts';
import type { Log } from '../../ports.ts';
import type { SharedSession } from './session.ts';
import { clientMessages, greeting, notification, STARTUP, withoutNotifications } from './wire.ts';

/** What PostgreSQL's clients make of a directory and a port: `psql -h ./data` works. */
const SOCKET_FILE = '.s.PGSQL.5432';
/** Says where the socket is when the data directory's own path is too long for one. */
const ELSEWHERE_FILE = 'socket.dir';
/** sun_path of a socket's address holds 108 bytes with the NUL at its end. */
const MAX_PATH_BYTES = 107;

/** A client that keeps the session in the middle of a transaction and says nothing (a process that was suspended) would stop the owner. */
const SILENCE_MS = 30 * MS.second;
/** How long clients may finish what they are at when the owner ends. */
const FAREWELL_MS = 2 * MS.second;

export interface Door {
  close(): Promise<void>;
}

/** Listens. A socket that an earlier owner left behind is replaced: the lock on the directory is held. */
export async function openDoor(dataDir: string, pglite: PGlite, session: SharedSession, log: Log): Promise<Door> {
  const { rows } = await pglite.query<{ server_version: string }>('SHOW server_version');
  const hello = greeting(rows[0]?.server_version ?? '17');
  const guests = new Set<Guest>();
  const server = createServer((socket) => {
    const guest = receive(socket, pglite, session, hello);
    guests.add(guest);
    void guest.gone.then(() => guests.delete(guest));
  });
  const directory = socketDirectory(dataDir);
  const path = join(directory, SOCKET_FILE);
  rmSync(path, { force: true });
  await listen(server, path);
  server.on('error', (error) => log.warn('other commands cannot reach the store any more', { reason: error.message }));
  return {
    close: async () => {
      server.close();
      for (const guest of guests) guest.sayFarewell();
      await Promise.all([...guests].map(({ gone }) => gone));
      if (directory !== resolve(dataDir)) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The directory to give a PostgreSQL client as its host; null when nobody listens there. */
export function doorOf(dataDir: string): string | null {
  const elsewhere = join(dataDir, ELSEWHERE_FILE);
  const directory = existsSync(elsewhere) ? readFileSync(elsewhere, 'utf8').trim() : resolve(dataDir);
  return existsSync(join(directory, SOCKET_FILE)) ? directory : null;
}

/** The data directory itself, or a private one where its path is too long for a socket; that one's name is left in the data directory. */
function socketDirectory(dataDir: string): string {
  const own = resolve(dataDir);
  const elsewhere = join(own, ELSEWHERE_FILE);
  if (Buffer.byteLength(join(own, SOCKET_FILE)) <= MAX_PATH_BYTES) {
    rmSync(elsewhere, { force: true });
    return own;
  }
  const directory = mkdtempSync(join(tmpdir(), 'herald-'));
  writeFileSync(elsewhere, `${directory}\n`);
  return directory;
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((settled, failed) => {
    server.once('error', failed);
    // The socket is bound inside this call, so nobody else sees it with a wider mode.
    const umask = process.umask(0o177);
    server.listen(path, () => {
      server.off('error', failed);
      settled();
    });
    process.umask(umask);
  });
}

interface Guest {
  /** Lets it finish what it is at, for a moment. */
  sayFarewell(): void;
  readonly gone: Promise<void>;
}

function receive(socket: Socket, pglite: PGlite, session: SharedSession, hello: Buffer): Guest {
  const client = session.join((channel, payload) => void socket.write(notification(channel, payload)));
  socket.setTimeout(SILENCE_MS, () => {
    if (client.holdsTurn()) socket.destroy();
  });

  const talk = async (): Promise<void> => {
    for await (const message of clientMessages(socket)) {
      if (message.kind === 'startup') {
        if (message.code === STARTUP.ssl || message.code === STARTUP.gssEncryption) socket.write('N');
        else if (message.code === STARTUP.protocol3) socket.write(hello);
        else return;
      } else if (message.letter === 'X') return;
      else {
        const { data } = await client.take(
          () => pglite.execProtocol(message.bytes, { throwOnError: false }),
          (result) => result.messages,
        );
        if (data.length > 0) socket.write(withoutNotifications(data));
      }
    }
  };
  const gone = talk()
    // A client that was killed, or talks nonsense: it is shown out like any other.
    .catch(() => undefined)
    .then(() => client.leave())
    .then(() => void socket.destroy());
  return {
    sayFarewell: () => {
      if (!client.holdsTurn()) socket.destroySoon();
      setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
    },
    gone,
  };
}
