/** herald replay: another chance for messages that did not get through, and another edit for those that did. */
import { Command, Option } from 'commander';
import type { DeliveryState } from '../../core/delivery.ts';
import { HeraldError } from '../../core/errors.ts';
import { instant } from '../../core/time.ts';
import type { DeliverySummary, Store } from '../../ports.ts';
import { cleanLine } from '../../render/sanitize.ts';
import type { CommandContext } from '../command-context.ts';
import { createProcessLog, databaseLocation, openStore, systemClock } from '../open-store.ts';
import { readSecrets } from '../secrets.ts';
import { printJson } from '../terminal.ts';

interface Options {
  readonly json?: boolean;
  readonly dead?: boolean;
  readonly ambiguous?: boolean;
  readonly assume?: 'sent' | 'not-sent';
  readonly subscription?: string;
  readonly since?: string;
  readonly again?: boolean;
  readonly dryRun?: boolean;
}

const EVERY_STATE: readonly DeliveryState[] = ['owed', 'shown', 'ambiguous', 'dead'];

export function replayCommand({ terminal }: CommandContext): Command {
  return new Command('replay')
    .description('try messages again that did not get through, or render those that did anew and edit them')
    .argument('[deliveries...]', 'names of deliveries, as "herald doctor" prints them')
    .option('--dead', 'all that were given up')
    .option('--ambiguous', 'all that may have been sent')
    .addOption(
      new Option('--assume <what>', 'what is known of ambiguous ones; without it their messages are looked for first').choices([
        'sent',
        'not-sent',
      ]),
    )
    .option('--subscription <id>', 'all of this subscription')
    .option('--since <day>', 'only those made on or after this day, such as 2026-06-01')
    .option('--again', 'also those whose message was deleted at the destination')
    .option('--dry-run', 'change nothing; say what would be tried')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
A message that is there is edited, never sent a second time. A running "herald serve" sends within a minute; otherwise
"herald check" does.

Examples:
  herald replay --dead
  herald replay --ambiguous --assume not-sent
  herald replay --subscription platform-team --since 2026-09-01`,
    )
    .action(async (ids: readonly string[], options: Options) => {
      const { store, close } = await openStore(
        databaseLocation(terminal.env, readSecrets(terminal.env)),
        createProcessLog(terminal.env, 'warn'),
        'join',
      );
      try {
        const chosen = await choose(store, ids, options);
        const names = chosen.map(({ delivery }) => delivery.id);
        const how = { assume: options.assume ?? null, again: options.again === true };
        const changed = options.dryRun === true ? [] : await store.replay(names, how, systemClock.now());
        if (options.json === true) printJson(terminal, { chosen: names, changed: changed.map(({ id, state }) => ({ id, state })) });
        else {
          for (const { delivery, subject } of chosen)
            terminal.out(cleanLine(`${delivery.id}  ${delivery.state.padEnd(9)}  ${subject} to ${delivery.destinationKey}`));
          terminal.out(
            options.dryRun === true ? `${chosen.length} would be tried.` : `${changed.length} of ${chosen.length} are tried again.`,
          );
        }
      } finally {
        await close();
      }
    });
}

async function choose(store: Store, ids: readonly string[], options: Options): Promise<readonly DeliverySummary[]> {
  const since = options.since === undefined ? null : dayOf(options.since);
  const states: readonly DeliveryState[] = [
    ...(options.dead === true ? (['dead'] as const) : []),
    ...(options.ambiguous === true ? (['ambiguous'] as const) : []),
  ];
  if (ids.length > 0) {
    const all = await store.deliveriesIn(EVERY_STATE, null, null);
    const unknown = ids.filter((id) => !all.some(({ delivery }) => delivery.id === id));
    if (unknown.length > 0)
      throw new HeraldError('INVALID_QUERY', `There is no delivery named ${unknown.join(', ')}.`, {
        hint: '"herald doctor" prints those that are stuck.',
      });
    return all.filter(({ delivery }) => ids.includes(delivery.id));
  }
  if (states.length === 0 && options.subscription === undefined) {
    throw new HeraldError('INVALID_QUERY', 'Say what to try again.', {
      hint: 'Name deliveries, or give --dead, --ambiguous or --subscription.',
    });
  }
  return store.deliveriesIn(states.length > 0 ? states : EVERY_STATE, options.subscription ?? null, since);
}

function dayOf(text: string) {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return instant(text);
  throw new HeraldError('INVALID_QUERY', `"${text}" is no day.`, { hint: 'Write it as 2026-06-01.' });
}
