/** Whether Slack takes the token, and who it is there. */
import { z } from 'zod';
import { bad, type Finding, good } from '../../core/findings.ts';
import { createSlackClient, type SlackClientOptions } from './client.ts';
import { troubleOf } from './errors.ts';

const answerSchema = z.object({ team: z.string(), user: z.string() });

/** Asks Slack; writes nothing. A channel that does not take messages shows only when one is sent. */
export async function slackFindings(options: SlackClientOptions): Promise<readonly Finding[]> {
  try {
    const { team, user } = answerSchema.parse(await createSlackClient(options).apiCall('auth.test'));
    return [good('slack', `Slack takes the token: ${user} in ${team}.`)];
  } catch (error) {
    if (error instanceof z.ZodError)
      return [bad('slack', 'Slack gave an answer that Herald does not understand.', 'Is slack.apiUrl right?')];
    const trouble = troubleOf(error, 'Slack');
    const reason = 'failure' in trouble ? trouble.failure.message : 'Slack does not know what was asked.';
    return [bad('slack', reason, 'Messages wait meanwhile; none is lost.')];
  }
}
