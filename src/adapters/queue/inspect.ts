/** Whether a Redis server is set up for a queue: what BullMQ's production guide asks for. */
import { HeraldError } from '../../core/errors.ts';
import { bad, type Finding, good, notice } from '../../core/findings.ts';
import { connectRedis } from './connection.ts';

/** What is found; a server that does not answer is a finding too. */
export async function redisFindings(url: string): Promise<readonly Finding[]> {
  try {
    const { producer, close } = await connectRedis(url);
    try {
      const [policy, appendOnly] = await Promise.all([setting(producer, 'maxmemory-policy'), setting(producer, 'appendonly')]);
      return [good('queue', 'Redis answers.'), ...policyFindings(policy), ...appendOnlyFindings(appendOnly)];
    } finally {
      close();
    }
  } catch (error) {
    if (!(error instanceof HeraldError)) throw error;
    return [bad('queue', error.message, error.hint ?? '')];
  }
}

/** Null where the server does not tell: managed ones often forbid CONFIG. */
async function setting(redis: Awaited<ReturnType<typeof connectRedis>>['producer'], name: string): Promise<string | null> {
  try {
    const answer: unknown = await redis.config('GET', name);
    return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : null;
  } catch {
    // What it forbids it will not tell; that is no trouble of ours.
    return null;
  }
}

function policyFindings(policy: string | null): readonly Finding[] {
  if (policy === null) return [notice('queue', 'Redis does not tell its maxmemory-policy.', 'Make sure it is noeviction.')];
  if (policy === 'noeviction') return [];
  return [bad('queue', `Redis may throw jobs away: its maxmemory-policy is ${policy}.`, 'Set maxmemory-policy noeviction.')];
}

function appendOnlyFindings(appendOnly: string | null): readonly Finding[] {
  if (appendOnly !== 'no') return [];
  return [
    notice(
      'queue',
      'Redis keeps no append-only file: a restart empties the queue.',
      'Nothing is lost by that, and what was waiting is found again within a minute.',
    ),
  ];
}
