/** herald serve: keep watching. */
import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { loadSettings, type Settings } from '../config.ts';
import { createLifecycle, stopOnSignal } from '../lifecycle.ts';
import { createProcessLog } from '../open-store.ts';
import { parseRoles, ROLES } from '../roles.ts';
import { readSecrets } from '../secrets.ts';
import { printJson } from '../terminal.ts';

export function serveCommand({ terminal }: CommandContext): Command {
  return new Command('serve')
    .description('keep watching and telling, until stopped')
    .option('--roles <roles>', 'what this process does, with commas between', ROLES.join(','))
    .option('--json', 'announce the start as JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald serve                          everything in one process; no server needed
  herald serve --roles web,scheduler    with DATABASE_URL: workers run elsewhere`,
    )
    .action(async (options: { roles: string; json?: boolean }) => {
      const settings = loadSettings(terminal.env);
      const log = createProcessLog(terminal.env, 'info');
      const roles = parseRoles(options.roles);
      const lifecycle = createLifecycle(log);
      const signals = stopOnSignal(lifecycle, log);
      if (terminal.interactive) terminal.err('Starting…');
      try {
        const { serve } = await import('../serve.ts');
        const console = { write: terminal.out, style: terminal.style };
        const { url } = await serve({
          settings,
          secrets: readSecrets(terminal.env, settings.registries),
          env: terminal.env,
          roles,
          log,
          console,
          lifecycle,
        });
        if (options.json === true) printJson(terminal, { url, targets: settings.targets.length, roles: [...roles] });
        else terminal.err(greeting(settings, url));
      } catch (error) {
        // Told to stop in the middle of the start: what breaks then is no error.
        if (!signals.received()) throw error;
        await lifecycle.stop();
        return;
      }
      await signals.stopped;
    });
}

function greeting({ targets, subscriptions }: Settings, url: string | null): string {
  const active = targets.filter(({ lifecycle }) => lifecycle.state === 'active').length;
  return [
    `Watching ${active} places, and ${targets.length - active} that are no longer published to.`,
    `${subscriptions.length} subscriptions. The first look at a place records what exists and announces nothing.`,
    ...(url === null ? [] : [`Health: ${url}/healthz`]),
    'Stop with Ctrl-C.',
  ].join('\n');
}
