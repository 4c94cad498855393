/**
 * How Herald treats each host it asks: at its pace, not before the moment the host named, and not at all for a while when it is down.
 * Kept in memory, one a process; a host is what a URL calls one, with its port.
 */
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import { HeraldError } from '../../core/errors.ts';
import { type Instant, instant, MS, msBetween, plusMs } from '../../core/time.ts';
import type { Clock } from '../../ports.ts';
import { createTurns, type HostLimits } from './turns.ts';

/** What is known of a host, for status views. */
export interface HostState {
  readonly host: string;
  readonly breaker: 'closed' | 'open' | 'half-open';
  /** When an open breaker lets a request through again. */
  readonly until: Instant | null;
  /** The host asked not to be asked before this moment. */
  readonly limitedUntil: Instant | null;
  /** Requests on the wire since the process began, and how many of them a host in trouble did not answer. */
  readonly requests: number;
  readonly failures: number;
}

/** What one request on the wire came to, as far as the host is concerned. */
export type Outcome<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  /** `error` is thrown on; TIMEOUT, NETWORK and UPSTREAM_UNAVAILABLE count against the host, RATE_LIMITED silences it for a time. */
  | { readonly kind: 'failed'; readonly error: unknown };

export interface Hosts {
  /**
   * Does one request when the host may be asked. Throws what it threw, or without a request on the wire RATE_LIMITED, CIRCUIT_OPEN, or
   * TIMEOUT when the signal ends the wait for its turn.
   */
  ask<T>(host: string, what: string, signal: AbortSignal, wire: () => Promise<Outcome<T>>): Promise<T>;
  /** Every host asked so far. */
  states(): readonly HostState[];
}

export interface HostsOptions {
  readonly limits: (host: string) => HostLimits;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Failures in a row after which a host counts as down, and for how long it is then left alone. */
const BREAKER_THRESHOLD = 5;
const BREAKER_OPEN_MS = MS.minute;
/** The waits after 429 answers that name none: doubled each time up to the longest, and of that a random part. */
const FIRST_BACKOFF_MS = MS.minute;
const MAX_BACKOFF_MS = 30 * MS.minute;
/** A hostile registry can redirect to a new name every time; more than these are forgotten, the ones at rest first. */
const MAX_HOSTS = 1000;

export function createHosts(options: HostsOptions): Hosts {
  const hosts = new Map<string, Host>();

  function hostOf(name: string): Host {
    const known = hosts.get(name);
    if (known !== undefined) return known;
    if (hosts.size >= MAX_HOSTS) {
      const [forgotten] = [...hosts].find(([, host]) => host.atRest()) ?? [];
      if (forgotten !== undefined) hosts.delete(forgotten);
    }
    const host = createHost(name, options);
    hosts.set(name, host);
    return host;
  }

  return {
    ask: (host, what, signal, wire) => hostOf(host).ask(what, signal, wire),
    states: () => [...hosts.values()].map((host) => host.state()),
  };
}

interface Host {
  ask<T>(what: string, signal: AbortSignal, wire: () => Promise<Outcome<T>>): Promise<T>;
  state(): HostState;
  /** Nothing is under way and nothing has to be remembered. */
  atRest(): boolean;
}

function createHost(name: string, { limits, clock, random }: HostsOptions): Host {
  const pace = limits(name);
  const turns = createTurns(pace);
  const breaker = circuitBreaker(
    handleWhenResult((outcome) => outcome instanceof Trouble),
    { breaker: new ConsecutiveBreaker(BREAKER_THRESHOLD), halfOpenAfter: BREAKER_OPEN_MS },
  );
  /** Epoch milliseconds by the machine's clock, which is the one the breaker reads. */
  let openUntil = 0;
  let lastTrouble = '';
  let limitedUntil: Instant | null = null;
  let refusals = 0;
  let requests = 0;
  let failures = 0;
  breaker.onBreak(() => {
    openUntil = Date.now() + BREAKER_OPEN_MS;
  });

  const limited = (): number => (limitedUntil === null ? 0 : Math.max(0, msBetween(clock.now(), limitedUntil)));
  const opened = (): number => Math.max(0, openUntil - Date.now());

  /** Throws while the host is not to be asked, before anything waits and again before anything is sent. */
  function refuseIfQuiet(what: string): void {
    const retryAfterMs = limited();
    if (retryAfterMs > 0) {
      throw new HeraldError('RATE_LIMITED', `${what} is not asked before ${limitedUntil}: ${name} answered that it is asked too often.`, {
        retryAfterMs,
      });
    }
    if (breaker.state === CircuitState.HalfOpen || (breaker.state === CircuitState.Open && opened() > 0)) throw circuitOpen(what);
  }

  function circuitOpen(what: string): HeraldError {
    const retryAfterMs = Math.max(opened(), MS.second);
    const when =
      breaker.state === CircuitState.HalfOpen ? 'while another request tries whether it is back' : `before ${instant(openUntil)}`;
    return new HeraldError('CIRCUIT_OPEN', `${what} is not asked ${when}: ${name} failed too often in a row. Last: ${lastTrouble}`, {
      retryAfterMs,
      hint: 'Herald tries it again by itself. Check whether the server can be reached from here.',
    });
  }

  /** What the outcome says about the host: a wait it asks for, the end of its waits, or trouble. */
  function learn<T>(outcome: Outcome<T>): Outcome<T> | Trouble {
    const error = outcome.kind === 'failed' && outcome.error instanceof HeraldError ? outcome.error : null;
    const refused = error?.code === 'RATE_LIMITED';
    if (refused || error?.retryAfterMs !== undefined) rest(error.retryAfterMs ?? backoff());
    if (error !== null && TROUBLE.has(error.code)) {
      failures += 1;
      lastTrouble = error.message;
      return new Trouble(error);
    }
    if (!refused) refusals = 0;
    return outcome;
  }

  /** The longest wait counts: requests that were under way together may be refused with different ones. */
  function rest(ms: number): void {
    const until = plusMs(clock.now(), ms);
    if (limitedUntil === null || until > limitedUntil) limitedUntil = until;
  }

  /** Full jitter: processes that were refused together do not come back together. */
  function backoff(): number {
    refusals += 1;
    return Math.ceil(random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (refusals - 1)));
  }

  async function send<T>(what: string, wire: () => Promise<Outcome<T>>): Promise<T> {
    const outcome = await breaker
      .execute(async () => {
        requests += 1;
        return learn(await wire());
      })
      .catch((error: unknown) => {
        throw error instanceof BrokenCircuitError ? circuitOpen(what) : error;
      });
    if (outcome instanceof Trouble) throw outcome.error;
    if (outcome.kind === 'failed') throw outcome.error;
    return outcome.answer;
  }

  return {
    async ask(what, signal, wire) {
      refuseIfQuiet(what);
      await turns.enter(signal).catch(() => {
        throw new HeraldError(
          'TIMEOUT',
          `${what} was not asked: its turn at ${name} (${pace.perSecond} requests a second) did not come in time.`,
        );
      });
      try {
        // While this one waited, another may have learnt that the host wants a rest.
        refuseIfQuiet(what);
        return await send(what, wire);
      } finally {
        turns.leave();
      }
    },
    state: () => ({
      host: name,
      breaker: STATE_NAMES[breaker.state],
      until: breaker.state === CircuitState.Open ? instant(openUntil) : null,
      limitedUntil: limited() > 0 ? limitedUntil : null,
      requests,
      failures,
    }),
    atRest: () => turns.idle() && limited() === 0 && breaker.state === CircuitState.Closed,
  };
}

const STATE_NAMES = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  // Nothing here holds a breaker open by hand.
  [CircuitState.Isolated]: 'open',
} as const;

/** What says that the host is down, as opposed to an answer nobody likes. */
const TROUBLE: ReadonlySet<string> = new Set(['TIMEOUT', 'NETWORK', 'UPSTREAM_UNAVAILABLE']);

/** Marks an outcome for the breaker. */
class Trouble {
  readonly error: HeraldError;
  constructor(error: HeraldError) {
    this.error = error;
  }
}
