/** herald trust-root: what signatures are checked against, and bringing it up to date. */
import { Command } from 'commander';
import { refreshTrustRoot } from '../../app/trust-root.ts';
import { HeraldError } from '../../core/errors.ts';
import type { TrustRootSource } from '../../ports.ts';
import { count } from '../../render/words.ts';
import type { CommandContext } from '../command-context.ts';
import { loadSettings } from '../config.ts';
import { openNetwork } from '../network.ts';
import { createProcessLog, databaseLocation, openStore, systemClock } from '../open-store.ts';
import { readSecrets } from '../secrets.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { createVerification } from '../verification.ts';

export function trustRootCommand(context: CommandContext): Command {
  return new Command('trust-root')
    .description('bring what signatures are checked against up to date, and show what is different')
    .addCommand(refreshCommand(context));
}

function refreshCommand({ terminal }: CommandContext): Command {
  return new Command('refresh')
    .description('fetch the current trust root through its update framework and use it from now on')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nA running "herald serve" does this once a week by itself (verification.refresh in the configuration).')
    .action(async (options: { json?: boolean }) => {
      const { before, after, changes } = await refresh(terminal);
      if (options.json === true) printJson(terminal, { before, after, changes });
      else if (before === after) terminal.out(`The trust root is the current one (sha256 ${after}).`);
      else
        terminal.out(
          [`The trust root has changed, ${count(changes.length, 'difference')}:`, ...changes.map((change) => `  - ${change}`)].join('\n'),
        );
    });
}

interface Refreshed {
  readonly before: string;
  readonly after: string;
  readonly changes: readonly string[];
}

async function refresh(terminal: Terminal): Promise<Refreshed> {
  const settings = loadSettings(terminal.env);
  const secrets = readSecrets(terminal.env, settings.registries);
  const log = createProcessLog(terminal.env, 'error');
  const { store, close } = await openStore(databaseLocation(terminal.env, secrets), log, 'join');
  try {
    const http = openNetwork({ settings, secrets, clock: systemClock });
    const stateDir = terminal.env.HERALD_DATA_DIR ?? './data';
    const verification = await createVerification({ settings, secrets, http, clock: systemClock, store, stateDir });
    const roots: TrustRootSource | null = verification?.trustRoots ?? null;
    if (verification === null || roots === null) {
      throw new HeraldError('INVALID_CONFIG', 'The configuration has a trust root of its own, or verification is switched off.', {
        hint: 'A trust root of your own is yours to keep up to date: replace the file.',
      });
    }
    const before = await roots.inForce();
    await refreshTrustRoot({ store, clock: systemClock, log, verification });
    const after = await roots.inForce();
    return { before: before.hash, after: after.hash, changes: roots.changes(before.document, after.document) };
  } finally {
    await close();
  }
}
