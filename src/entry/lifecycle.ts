/** Endings: what was started is stopped in the opposite order, once, with a limit on how long that may take. */
import type { Log } from '../ports.ts';

/** A container is killed 10 seconds after it is asked to stop, unless told otherwise; be done before. */
const FORCE_AFTER_MS = 9_000;

/** Things to stop, last started first. */
export interface Lifecycle {
  /** Registers what ends something that was just started. */
  onStop(name: string, stop: () => Promise<void>): void;
  /** Stops everything; safe to call more than once. A part that fails to stop is logged and the rest still stops. */
  stop(): Promise<void>;
}

export function createLifecycle(log: Log): Lifecycle {
  const parts: { name: string; stop: () => Promise<void> }[] = [];
  let stopping: Promise<void> | null = null;

  const stopAll = async (): Promise<void> => {
    for (const { name, stop } of parts.toReversed()) {
      try {
        await stop();
      } catch (error) {
        log.error('a part did not stop cleanly', { part: name, error });
      }
    }
  };
  return {
    onStop: (name, stop) => void parts.push({ name, stop }),
    stop: () => (stopping ??= stopAll()),
  };
}

/** Stops on SIGTERM or SIGINT; resolves when everything has stopped. A second signal, or a stop that hangs, ends the process at once. */
export function untilSignal(lifecycle: Lifecycle, log: Log): Promise<void> {
  return new Promise((resolve) => {
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
  });
}
