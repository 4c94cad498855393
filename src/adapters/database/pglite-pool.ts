/** PGlite (PostgreSQL inside this process) behind a pg.Pool, whose clients share its one session (session.ts). */
import type { PGlite } from '@electric-sql/pglite';
import { PglitePgConnection } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';
import { type Pool, SHARED_SETTINGS } from './pool.ts';
import type { SessionClient, SharedSession } from './session.ts';

/** Clients cost nothing here; the limit only bounds how many transactions wait in line. */
const MAX_CLIENTS = 100;

/** A pool on an open PGlite. Ending the pool leaves the PGlite open: its owner closes it. */
export function createPglitePool(pglite: PGlite, session: SharedSession): Pool {
  class EmbeddedClient extends pg.Client {
    constructor() {
      const connection: SharedConnection = new SharedConnection(
        pglite,
        session.join((channel, payload) => connection.emit('notification', { name: 'notification', channel, payload })),
      );
      const settings = { connection, types: SHARED_SETTINGS.types };
      super(settings);
    }
  }
  return new pg.Pool({ ...SHARED_SETTINGS, Client: EmbeddedClient, max: MAX_CLIENTS, idleTimeoutMillis: 0 });
}

/** PGlite's own adapter to pg's wire connection, taking turns on the session. */
class SharedConnection extends PglitePgConnection {
  readonly #client: SessionClient;

  constructor(pglite: PGlite, client: SessionClient) {
    super({ pglite: takingTurns(pglite, client) });
    this.#client = client;
  }

  override end(): void {
    super.end();
    // `end` is emitted after everything this connection had still to send.
    this.once('end', () => void this.#client.leave());
  }
}

/** The PGlite as one connection sees it: every exchange of messages waits for its turn and keeps it while a transaction is open. */
function takingTurns(pglite: PGlite, client: SessionClient): PGlite {
  const exchange: PGlite['execProtocolStream'] = async (message, options) => {
    const answers = await client.take(
      () => pglite.execProtocolStream(message, options),
      (result) => result,
    );
    // Notifications arrive at whichever client happens to be talking; the session hands them to those who listen.
    return answers.filter((answer) => answer.name !== 'notification');
  };
  return new Proxy(pglite, {
    get: (target, key) => (key === 'execProtocolStream' ? exchange : Reflect.get(target, key, target)),
  });
}
