/** herald migrate: brings the tables of the store and of the queue up to date. serve and check do it by themselves at start. */
import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { createProcessLog, databaseLocation, openStore } from '../open-store.ts';
import { readSecrets } from '../secrets.ts';
import { printJson } from '../terminal.ts';

export function migrateCommand({ terminal }: CommandContext): Command {
  return new Command('migrate')
    .description('bring the tables of the store up to date (serve and check do it at start)')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const location = databaseLocation(terminal.env, readSecrets(terminal.env));
      const opened = await openStore(location, createProcessLog(terminal.env, 'warn'));
      await opened.close();
      if (options.json === true) printJson(terminal, { applied: opened.applied });
      else terminal.out(opened.applied.length === 0 ? 'The tables are up to date.' : `Applied: ${opened.applied.join(', ')}`);
    });
}
