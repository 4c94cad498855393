/** GitHub's webhook of releases: https://docs.github.com/en/webhooks/webhook-events-and-payloads#release. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Hint } from '../../core/hint.ts';
import type { WebhookReader } from '../../ports.ts';
import { sameSecret } from '../http.ts';

const Payload = z.object({ repository: z.object({ full_name: z.string().max(200) }) });

/** Signed with HMAC-SHA256 over the body as it came. Other events than `release` are taken and say nothing. */
export function createGithubWebhook(secret: string): WebhookReader {
  return {
    authentic: async ({ header, body }) => {
      const expected = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
      return sameSecret(header('x-hub-signature-256') ?? '', expected);
    },
    read: ({ header, json }): readonly Hint[] => {
      const payload = Payload.safeParse(json);
      if (header('x-github-event') !== 'release' || !payload.success) return [];
      return [{ kind: 'page', repository: payload.data.repository.full_name }];
    },
  };
}
