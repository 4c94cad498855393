/** The queue on Redis keeps the contract, and says at once when there is no Redis. */
import { describe, expect, it } from 'vitest';
import { redisBackend } from '../../src/adapters/queue/backend.ts';
import { queueOnRedis } from '../support/queues.ts';
import { queueBehaviour } from './queue.behaviour.ts';

queueBehaviour(await queueOnRedis());

describe('Redis that is away', () => {
  it('is reported at once, without the password', async () => {
    const opening = redisBackend('redis://:hush@127.0.0.1:1/0');
    await expect(opening).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    await expect(opening).rejects.not.toThrow(/hush/);
  });
});
