/** What every command shares: the terminal, and the exit code it leaves. */
import type { Terminal } from './terminal.ts';

export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

export interface CommandContext {
  readonly terminal: Terminal;
  exitCode: number;
}
