/** Prints announcements on a terminal or into a log. */
import type { Notifier } from '../../ports.ts';

export interface ConsoleOptions {
  readonly write: (text: string) => void;
}

/**
 * A terminal has no message to edit and cannot be asked what it showed. So an update prints the block again under a line
 * that says so, and find() answers `absent`: a block printed twice is harmless, a lost one is not.
 */
export function createConsoleNotifier({ write }: ConsoleOptions): Notifier<'console'> {
  return {
    kind: 'console',
    create: async (_destination, payload, key) => {
      write(block(payload.text));
      return { kind: 'shown', externalId: key };
    },
    update: async (_destination, externalId, payload) => {
      write(`Updated:\n${block(payload.text)}`);
      return { kind: 'shown', externalId };
    },
    find: async () => ({ kind: 'absent' }),
  };
}

function block(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
