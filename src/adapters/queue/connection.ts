/** Connections to Redis. The two sides want opposite things of a server that is away. */
import { Redis } from 'ioredis';
import { HeraldError } from '../../core/errors.ts';

export interface RedisConnections {
  /** Fails at once: a poll or a request must not hang because the queue is away. What it wanted to queue is found again by reconcile. */
  readonly producer: Redis;
  /** Waits as long as it takes: a worker has nothing else to do. */
  readonly consumer: Redis;
  close(): void;
}

/** Connects. Throws HeraldError QUEUE_UNAVAILABLE when the server does not answer; the URL, which holds the password, is in no message. */
export async function connectRedis(url: string): Promise<RedisConnections> {
  const common = { lazyConnect: true, connectionName: 'kairos-herald', connectTimeout: 5_000 };
  const producer = new Redis(url, { ...common, maxRetriesPerRequest: 1, enableOfflineQueue: false });
  const consumer = new Redis(url, { ...common, maxRetriesPerRequest: null });
  const close = (): void => {
    producer.disconnect();
    consumer.disconnect();
  };
  // Without a listener ioredis prints; the reason is in what connect() throws, and BullMQ reports later errors.
  let lastError: Error | undefined;
  for (const connection of [producer, consumer]) {
    connection.on('error', (error: Error) => {
      lastError = error;
    });
  }
  try {
    await Promise.all([producer.connect(), consumer.connect()]);
  } catch (cause) {
    close();
    throw new HeraldError('QUEUE_UNAVAILABLE', `Redis does not answer: ${reasonOf(lastError ?? cause)}`, {
      cause,
      hint: 'Check REDIS_URL, or unset it to keep the queue in the database.',
    });
  }
  return { producer, consumer, close };
}

/** A refused connection to a name with several addresses is an AggregateError with an empty message. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}
