/** herald check: one pass over everything watched, for cron and CI. */
import { Command } from 'commander';
import { type CheckOutcome, check, type FailingDelivery } from '../../app/check.ts';
import type { PollOutcome } from '../../app/poll-target.ts';
import { cleanLine } from '../../render/sanitize.ts';
import { count, moment } from '../../render/words.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { loadSettings } from '../config.ts';
import { requireCredentials } from '../credentials.ts';
import { createProcessLog, databaseLocation, openStore, systemClock } from '../open-store.ts';
import { readSecrets } from '../secrets.ts';
import { printJson, type Terminal } from '../terminal.ts';

export function checkCommand(context: CommandContext): Command {
  const { terminal } = context;
  return new Command('check')
    .description('look once at everything watched, deliver what is owed, and end')
    .option('--all', 'look also at places no longer published to whose turn has not come')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
The first look at a target records what exists and announces nothing. Places that are no longer published to are looked
at as often as their own cadence says, once a month by default.
Exit code 1 when something could not be checked or delivered.

Example, every hour from cron:
  0 * * * * cd /opt/kairos-herald && npm run --silent herald -- check`,
    )
    .action(async (options: { json?: boolean; all?: boolean }) => {
      const outcome = await runCheck(terminal, options);
      context.exitCode = isComplete(outcome) ? EXIT.ok : EXIT.failed;
      if (options.json === true) printJson(terminal, outcome);
      else {
        for (const failing of outcome.failing) terminal.err(failingLine(failing));
        terminal.out(summary(outcome));
      }
    });
}

async function runCheck(terminal: Terminal, { json = false, all = false }: { json?: boolean; all?: boolean }): Promise<CheckOutcome> {
  const settings = loadSettings(terminal.env);
  const secrets = readSecrets(terminal.env, settings.registries);
  requireCredentials(settings, secrets);
  const { createDeps } = await import('../compose.ts');

  const log = createProcessLog(terminal.env, 'error');
  const { store, close } = await openStore(databaseLocation(terminal.env, secrets), log);
  try {
    await store.applyConfiguration(settings.targets, settings.subscriptions, systemClock.now());
    // One pass needs no queue: what would be queued is found by looking at what is owed.
    const queue = { enqueue: async () => undefined, enqueueAfter: async () => undefined };
    const console = { write: json ? terminal.err : terminal.out, style: terminal.style };
    const deps = await createDeps({ settings, secrets, store, queue, log, console, stateDir: terminal.env.HERALD_DATA_DIR ?? './data' });
    return await check(deps, { all, progress: (poll) => terminal.err(pollLine(poll)) });
  } finally {
    await close();
  }
}

function pollLine(poll: PollOutcome): string {
  if (poll.kind === 'failed')
    return cleanLine(`✗ ${poll.targetId}: could not be checked since ${moment(poll.since)}: ${poll.failure.message}`);
  const { added, moved, vanished } = poll.events;
  const seen = `${added} new, ${moved} moved, ${vanished} gone${poll.pages === 0 ? '' : `, ${count(poll.pages, 'page')}`}`;
  return `✓ ${poll.targetId}: ${poll.firstSight ? 'first look, recorded' : seen} (${count(poll.requests, 'request')})`;
}

/** Destinations and upstream answers are foreign text: cleaned before a terminal sees them. */
function failingLine({ destination, subject, state, failure }: FailingDelivery): string {
  const next = state === 'owed' ? 'it is tried again' : `it is ${state} and waits for a person`;
  return cleanLine(`✗ ${destination}: ${subject} was not delivered, ${next}. ${failure?.message ?? ''}`);
}

function isComplete({ polls, failing }: CheckOutcome): boolean {
  return polls.every((poll) => poll.kind === 'polled') && failing.length === 0;
}

function summary({ polls, resting, delivered, deliveries, failing }: CheckOutcome): string {
  const failed = polls.filter((poll) => poll.kind === 'failed').length;
  const waiting = deliveries.owed - failing.filter(({ state }) => state === 'owed').length;
  const parts = [
    `${polls.length - failed} of ${count(polls.length, 'target')} checked`,
    ...(resting === 0 ? [] : [`${resting} no longer published, not due`]),
    `${count(delivered, 'message')} put in place`,
    ...(waiting === 0 ? [] : [`${waiting} waiting for their time`]),
    ...(failing.length === 0 ? [] : [`${failing.length} not delivered`]),
  ];
  return parts.join(' · ');
}
