/**
 * PGlite (PostgreSQL inside this process) behind a pg.Pool. PGlite has one session; the pool's clients share it the way
 * PgBouncer's transaction pooling shares a server: a client has the session from its first message until PostgreSQL says
 * "ready for query, no transaction open", and the others wait in line. So a transaction is exclusive, and nothing here reads SQL.
 *
 * What one session cannot give: session settings (SET) and UNLISTEN apply to all clients, and a client that listens to
 * any channel hears every channel, so a listener compares `channel`.
 */
import type { PGlite } from '@electric-sql/pglite';
import { PglitePgConnection } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';
import { type Pool, SHARED_SETTINGS } from './pool.ts';

/** Clients cost nothing here; the limit only bounds how many transactions wait in line. */
const MAX_CLIENTS = 100;

/** A pool on an open PGlite. Ending the pool leaves the PGlite open: its owner closes it. */
export function createPglitePool(pglite: PGlite): Pool {
  const turnstile = new Turnstile();
  const listeners = new Set<PglitePgConnection>();
  pglite.onNotification((channel, payload) => {
    for (const connection of listeners) connection.emit('notification', { name: 'notification', channel, payload });
  });

  class EmbeddedClient extends pg.Client {
    constructor() {
      const connection: SharedConnection = new SharedConnection(pglite, turnstile, {
        listening: () => listeners.add(connection),
        ended: () => listeners.delete(connection),
      });
      const settings = { connection, types: SHARED_SETTINGS.types };
      super(settings);
    }
  }
  return new pg.Pool({ ...SHARED_SETTINGS, Client: EmbeddedClient, max: MAX_CLIENTS, idleTimeoutMillis: 0 });
}

interface ConnectionEvents {
  readonly listening: () => void;
  readonly ended: () => void;
}

/** PGlite's own adapter to pg's wire connection, taking turns on the session. */
class SharedConnection extends PglitePgConnection {
  readonly #abandon: () => Promise<void>;
  readonly #ended: () => void;

  constructor(pglite: PGlite, turnstile: Turnstile, events: ConnectionEvents) {
    const holder = {};
    super({ pglite: takingTurns(pglite, turnstile, holder, events.listening) });
    this.#ended = events.ended;
    this.#abandon = async () => {
      // A client that was thrown away in the middle of a transaction must not keep the session from the others.
      if (!turnstile.isHeldBy(holder)) return;
      await pglite.exec('ROLLBACK');
      turnstile.leave(holder);
    };
  }

  override end(): void {
    super.end();
    this.#ended();
    // `end` is emitted after everything this connection had still to send.
    this.once('end', () => void this.#abandon());
  }
}

/** The PGlite as one connection sees it: every exchange of messages waits for its turn and keeps it while a transaction is open. */
function takingTurns(pglite: PGlite, turnstile: Turnstile, holder: object, listening: () => void): PGlite {
  const exchange: PGlite['execProtocolStream'] = async (message, options) => {
    await turnstile.enter(holder);
    const answers = await pglite.execProtocolStream(message, options);
    if (answers.some((answer) => answer.name === 'commandComplete' && 'text' in answer && answer.text === 'LISTEN')) listening();
    if (answers.some((answer) => answer.name === 'readyForQuery' && 'status' in answer && answer.status === 'I')) turnstile.leave(holder);
    // Notifications arrive at whichever client happens to be talking; onNotification hands them to those who listen.
    return answers.filter((answer) => answer.name !== 'notification');
  };
  return new Proxy(pglite, {
    get: (target, key) => (key === 'execProtocolStream' ? exchange : Reflect.get(target, key, target)),
  });
}

/** Lets one holder in at a time, in the order they came. */
class Turnstile {
  #holder: object | null = null;
  readonly #queue: { readonly holder: object; readonly enter: () => void }[] = [];

  isHeldBy(holder: object): boolean {
    return this.#holder === holder;
  }

  async enter(holder: object): Promise<void> {
    if (this.#holder === holder) return;
    if (this.#holder === null) {
      this.#holder = holder;
      return;
    }
    await new Promise<void>((enter) => this.#queue.push({ holder, enter }));
  }

  leave(holder: object): void {
    if (this.#holder !== holder) return;
    const next = this.#queue.shift();
    this.#holder = next?.holder ?? null;
    next?.enter();
  }
}
