/**
 * PGlite's one session, shared: a client has it from its first message until PostgreSQL says "ready for query, no
 * transaction open", and the others wait in line, the way PgBouncer's transaction pooling shares a server. So a
 * transaction is exclusive, and nothing here reads SQL.
 *
 * What one session cannot give: session settings (SET), named statements and UNLISTEN apply to all clients, and a client
 * that listens to any channel hears every channel, so a listener compares `channel`.
 */
import { type PGlite, protocol } from '@electric-sql/pglite';

export interface SharedSession {
  /** One more client. `heard` is told of notifications once the client has sent LISTEN. */
  join(heard: (channel: string, payload: string) => void): SessionClient;
}

export interface SessionClient {
  /** Does `work`, which sends one message, when it is this client's turn; `answers` says what came back. */
  take<T>(work: () => Promise<T>, answers: (result: T) => Answers): Promise<T>;
  holdsTurn(): boolean;
  /** The client is gone. What it left in the middle of a transaction is undone: it must not keep the session from the others. */
  leave(): Promise<void>;
}

export type Answers = Awaited<ReturnType<PGlite['execProtocolStream']>>;

/** Shares the session of an open PGlite, which stays its owner's to close. */
export function shareSession(pglite: PGlite): SharedSession {
  const turnstile = new Turnstile();
  const listeners = new Set<(channel: string, payload: string) => void>();
  pglite.onNotification((channel, payload) => {
    for (const heard of listeners) heard(channel, payload);
  });
  return {
    join: (heard) => {
      const holder = {};
      return {
        take: async (work, answersOf) => {
          await turnstile.enter(holder);
          const result = await work();
          const answers = answersOf(result);
          if (answers.some((answer) => answer.name === 'commandComplete' && 'text' in answer && answer.text === 'LISTEN'))
            listeners.add(heard);
          if (answers.some((answer) => answer.name === 'readyForQuery' && 'status' in answer && answer.status === 'I'))
            turnstile.leave(holder);
          return result;
        },
        holdsTurn: () => turnstile.isHeldBy(holder),
        leave: async () => {
          listeners.delete(heard);
          if (!turnstile.isHeldBy(holder)) return;
          await rollBack(pglite);
          turnstile.leave(holder);
        },
      };
    },
  };
}

/** Ends whatever the client was at: after an error of the extended protocol PostgreSQL hears nothing before the next sync. */
async function rollBack(pglite: PGlite): Promise<void> {
  const { copyFail, sync, query } = protocol.serialize;
  for (const message of [copyFail('the client is gone'), sync(), query('ROLLBACK')]) {
    await pglite.execProtocolStream(message, { throwOnError: false });
  }
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
