/** Endings: what was started is stopped in the opposite order, once, with a limit on how long that may take. */
import type { Log } from '../ports.ts';

/** A container is killed 10 seconds after it is asked to stop, unless told otherwise; be done before. */
const FORCE_AFTER_MS = 9_000;

/** Things to stop, last started first. */
export interface Lifecycle {
  /** Registers what ends something that was just started. Throws when everything is being stopped already: nothing more is to be started. */
  onStop(name: string, stop: () => Promise<void>): void;
  /** Stops everything registered so far; may be called again. A part that fails to stop is logged and the rest still stops. */
  stop(): Promise<void>;
}

export function createLifecycle(log: Log): Lifecycle {
  const parts: { name: string; stop: () => Promise<void> }[] = [];
  let stopping: Promise<void> | null = null;

  const stopAll = async (): Promise<void> => {
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      try {
        await part.stop();
      } catch (error) {
        log.error('a part did not stop cleanly', { part: part.name, error });
      }
    }
  };
  return {
    onStop: (name, stop) => {
      parts.push({ name, stop });
      if (stopping !== null) throw new Error(`${name} was started while everything stops`);
    },
    stop: () => {
      stopping = (stopping ?? Promise.resolve()).then(stopAll);
      return stopping;
    },
  };
}

/** What became of the signals that end a process. */
export interface Signals {
  readonly received: () => boolean;
  /** Resolves when a signal came and everything has stopped. */
  readonly stopped: Promise<void>;
}

/**
 * Stops on SIGTERM or SIGINT, from now on: as process 1 of a container a signal that nobody handles is lost.
 * A second signal, or a stop that hangs, ends the process at once.
 */
export function stopOnSignal(lifecycle: Lifecycle, log: Log): Signals {
  const { promise, resolve } = Promise.withResolvers<void>();
  let asked = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(1);
    asked = true;
    log.info('stopping', { signal });
    setTimeout(() => process.exit(1), FORCE_AFTER_MS).unref();
    lifecycle.stop().then(resolve, resolve);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return { received: () => asked, stopped: promise };
}
