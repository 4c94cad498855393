import { expect, it } from 'vitest';
import { createConsoleNotifier } from '../../src/adapters/console/notifier.ts';
import { instant } from '../../src/core/time.ts';

it('prints a message, prints an edit as an update, and never claims to have printed one', async () => {
  let screen = '';
  const notifier = createConsoleNotifier({
    write: (text) => {
      screen += text;
    },
  });
  const destination = { kind: 'console' } as const;
  const shown = { kind: 'shown', externalId: 'delivery-1' };
  expect(await notifier.create(destination, { kind: 'console', text: 'Kairos v4.3.0' }, 'delivery-1')).toEqual(shown);
  expect(await notifier.update(destination, 'delivery-1', { kind: 'console', text: 'Kairos v4.3.0, complete\n' }, 'delivery-1')).toEqual(
    shown,
  );
  expect(screen).toBe('Kairos v4.3.0\nUpdated:\nKairos v4.3.0, complete\n');
  expect(await notifier.find(destination, 'delivery-1', instant('2026-09-08T09:00:00Z'))).toEqual({ kind: 'absent' });
});
