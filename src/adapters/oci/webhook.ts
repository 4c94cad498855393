/** Notifications of registries: CNCF Distribution's (https://distribution.github.io/distribution/about/notifications/) and Harbor's. */
import { z } from 'zod';
import type { Hint } from '../../core/hint.ts';
import type { WebhookReader } from '../../ports.ts';
import { sameSecret } from '../http.ts';

const name = z.string().max(300);
const Distribution = z.object({
  events: z
    .array(z.object({ action: z.string(), target: z.object({ repository: name }), request: z.object({ host: name }).optional() }))
    .max(1_000),
});
const Harbor = z.object({ type: z.string(), event_data: z.object({ repository: z.object({ repo_full_name: name }) }) });

/** Both send a header of one's choice: `Authorization: Bearer <secret>`. */
export function createRegistryWebhook(secret: string): WebhookReader {
  return {
    authentic: async ({ header }) => sameSecret(header('authorization') ?? '', `Bearer ${secret}`),
    read: ({ json }): readonly Hint[] => {
      const distribution = Distribution.safeParse(json);
      if (distribution.success) {
        const pushed = distribution.data.events.filter(({ action }) => action === 'push' || action === 'delete');
        return [...new Set(pushed.map(({ target }) => target.repository))].map((repository) => ({ kind: 'images', repository }));
      }
      const harbor = Harbor.safeParse(json);
      return harbor.success ? [{ kind: 'images', repository: harbor.data.event_data.repository.repo_full_name }] : [];
    },
  };
}
