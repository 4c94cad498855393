/** Quay's "push to repository" notification: https://docs.projectquay.io/use_quay.html#repository-notifications. */
import { z } from 'zod';
import type { Hint } from '../../core/hint.ts';
import type { WebhookReader } from '../../ports.ts';
import { sameSecret } from '../http.ts';

const Payload = z.object({ docker_url: z.string().max(300) });

/** Quay signs nothing, so its secret is the end of the address: `/webhooks/quay/<secret>`. */
export function createQuayWebhook(secret: string): WebhookReader {
  return {
    authentic: async ({ end }) => end !== null && sameSecret(end, secret),
    read: ({ json }): readonly Hint[] => {
      const payload = Payload.safeParse(json);
      return payload.success ? [{ kind: 'images', repository: payload.data.docker_url }] : [];
    },
  };
}
