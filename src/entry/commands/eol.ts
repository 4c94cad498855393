/** herald eol: what is still published, and what is not. */
import { Command } from 'commander';
import { releaseSummaries, standingOf } from '../../app/releases.ts';
import type { Standing } from '../../core/query.ts';
import { linesOf } from '../../core/release-list.ts';
import type { StoreReader } from '../../ports.ts';
import { endOfLifeJson } from '../../render/json-releases.ts';
import { endOfLifeMessage, type LifecycleEntry } from '../../render/releases.ts';
import type { CommandContext } from '../command-context.ts';
import type { Settings } from '../config.ts';
import { systemClock } from '../open-store.ts';
import { printJson, printMessage } from '../terminal.ts';
import { withStore } from '../with-store.ts';

export function eolCommand({ terminal }: CommandContext): Command {
  return new Command('eol')
    .description('say what is still published, what is not and what to do instead, and how old each release line is')
    .argument('[places...]', 'only places whose name or repository contains one of these')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald eol
  herald eol rocky
  herald eol --json`,
    )
    .action(async (places: readonly string[], options: { json?: boolean }) => {
      const { entries, lines } = await withStore(terminal, async (store, settings) => ({
        entries: await entriesOf(store, settings, places),
        lines: store === null ? [] : linesOf(await releaseSummaries(store, settings, 'kairos')),
      }));
      if (options.json === true) printJson(terminal, endOfLifeJson(entries, lines));
      else printMessage(terminal, endOfLifeMessage(entries, lines, systemClock.now()));
    });
}

async function entriesOf(store: StoreReader | null, settings: Settings, places: readonly string[]): Promise<readonly LifecycleEntry[]> {
  const asked = settings.targets.filter(
    ({ id, repository }) => places.length === 0 || places.some((place) => id.includes(place) || repository.includes(place)),
  );
  const newest = new Map<string, { readonly newest: string; readonly newestAt: LifecycleEntry['newestAt'] }>();
  for (const project of store === null ? [] : new Set(asked.map((target) => target.project))) {
    const [line] = store === null ? [] : linesOf(await releaseSummaries(store, settings, project));
    if (line !== undefined) newest.set(project, line);
  }
  return Promise.all(
    asked.map(async (target) => {
      const standing: Standing =
        store === null
          ? {
              flavor: target.id,
              repository: target.repository,
              lifecycle: target.lifecycle,
              lastSuccessAt: null,
              failingSince: null,
              failure: null,
            }
          : await standingOf(store, target);
      const known = newest.get(target.project);
      return { standing, project: target.project, newest: known?.newest ?? null, newestAt: known?.newestAt ?? null };
    }),
  );
}
