/** The queue on Redis keeps the contract, and says at once when there is no Redis. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { redisBackend } from '../../src/adapters/queue/backend.ts';
import { createJobQueue } from '../../src/adapters/queue/queue.ts';
import { queueOnRedis, REDIS_URL } from '../support/queues.ts';
import { queueBehaviour } from './queue.behaviour.ts';

const server = await queueOnRedis();

const nothing = (): void => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

describe('Redis that is away', () => {
  it('is reported at once, without the password', async () => {
    const opening = redisBackend('redis://:hush@127.0.0.1:1/0');
    await expect(opening).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    await expect(opening).rejects.not.toThrow(/hush/);
  });
});

describe.runIf(server.available)('Redis that goes away', () => {
  it('fails what wants to queue a job at once, instead of holding it up', async () => {
    const line = await breakableLine(new URL(REDIS_URL));
    const backend = await server.backendAt(line.url);
    const queue = await createJobQueue({ backend, log });
    await line.cut();
    const asked = Date.now();
    await expect(queue.enqueue('reconcile', {})).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE', disposition: 'transient' });
    expect(Date.now() - asked).toBeLessThan(5_000);
    await backend.close();
  });
});

// Last, because it removes what every test of this file left on the server.
queueBehaviour(server);

/** A TCP line to the server that can be cut for good. */
async function breakableLine(to: URL): Promise<{ readonly url: string; cut(): Promise<void> }> {
  const ends: Socket[] = [];
  const line = createServer((near) => {
    const far = connect(Number(to.port), to.hostname);
    for (const end of [near, far]) end.on('error', nothing);
    ends.push(near, far);
    near.pipe(far).pipe(near);
  });
  line.listen(0, '127.0.0.1');
  await once(line, 'listening');
  const address = line.address();
  if (address === null || typeof address === 'string') throw new Error('the line has no port');
  return {
    url: `redis://127.0.0.1:${address.port}`,
    cut: async () => {
      line.close();
      for (const end of ends) end.destroy();
      await once(line, 'close');
    },
  };
}
