/**
 * Whose turn it is at one host: so many requests at once, so many a second, first come first served. The arithmetic is the library's
 * bucket; the queue is ours, because a wait has to end with its request's deadline and leave nothing behind.
 */
import { TokenBucket } from 'limiter';
import { MS } from '../../core/time.ts';

/** What one host is asked at most. */
export interface HostLimits {
  readonly perSecond: number;
  /** Requests that may follow each other at once after a quiet time. */
  readonly burst: number;
  /** Requests under way at one time. */
  readonly concurrency: number;
}

export interface Turns {
  /** Resolves when it is this request's turn, which then has to be given back with `leave`. Rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<void>;
  leave(): void;
  /** True when no request is under way or waits. */
  idle(): boolean;
}

export function createTurns({ perSecond, burst, concurrency }: HostLimits): Turns {
  const bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: perSecond, interval: MS.second });
  // The library's bucket begins empty; nothing was asked yet, so ours begins full.
  bucket.content = burst;
  const waiting = new Set<() => void>();
  let active = 0;
  let timer: NodeJS.Timeout | undefined;

  function admit(): void {
    clearTimeout(timer);
    for (const start of waiting) {
      if (active >= concurrency) return;
      if (!bucket.tryRemoveTokens(1)) {
        timer = setTimeout(admit, Math.max(1, bucket.getWaitTime(1)));
        return;
      }
      active += 1;
      waiting.delete(start);
      start();
    }
  }

  return {
    enter: (signal) =>
      new Promise((resolve, reject) => {
        const give = () => {
          signal.removeEventListener('abort', stop);
          resolve();
        };
        const stop = () => {
          waiting.delete(give);
          if (waiting.size === 0) clearTimeout(timer);
          reject(signal.reason);
        };
        if (signal.aborted) return stop();
        signal.addEventListener('abort', stop, { once: true });
        waiting.add(give);
        admit();
      }),
    leave: () => {
      active -= 1;
      admit();
    },
    idle: () => active + waiting.size === 0,
  };
}
