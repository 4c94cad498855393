/** herald subscriptions: who is told what. Those of the configuration are listed; others are made and ended here. */
import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { releaseHistory } from '../../app/releases.ts';
import { previewPayload, sendTest } from '../../app/send-test.ts';
import { HeraldError } from '../../core/errors.ts';
import { factsIn, highestFirst } from '../../core/history.ts';
import { nearest } from '../../core/nearest.ts';
import { viewFor } from '../../core/reader-view.ts';
import type { ReleaseFacts } from '../../core/release.ts';
import type { Subscription } from '../../core/subscription.ts';
import type { Log, Store } from '../../ports.ts';
import { subscriptionListMessage, subscriptionRow } from '../../render/subscriptions.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { configFiles, loadSettings, type Settings, settingsFrom } from '../config.ts';
import { parseConfig } from '../config-file.ts';
import { requireCredentials } from '../credentials.ts';
import { createProcessLog, databaseLocation, openStore, systemClock } from '../open-store.ts';
import { readSecrets } from '../secrets.ts';
import { printJson, printMessage, type Terminal } from '../terminal.ts';

export function subscriptionsCommand(context: CommandContext): Command {
  return new Command('subscriptions')
    .description('list, add, remove or test subscriptions: who is told what, where and when')
    .addCommand(listCommand(context))
    .addCommand(addCommand(context))
    .addCommand(removeCommand(context))
    .addCommand(testCommand(context));
}

interface Opened {
  readonly store: Store;
  readonly settings: Settings;
  readonly log: Log;
}

/**
 * Opens the store. The configuration of this command is applied only where nobody else can have applied another: a store
 * that is shared is run by a "herald serve", and its targets are not to change because somebody asks from another directory.
 */
async function withSubscriptions<T>(terminal: Terminal, work: (opened: Opened) => Promise<T>): Promise<T> {
  const settings = loadSettings(terminal.env);
  const log = createProcessLog(terminal.env, 'warn');
  const location = databaseLocation(terminal.env, readSecrets(terminal.env));
  const { store, database, close } = await openStore(location, log, 'join');
  try {
    const ours = 'dataDir' in location && !database.joined;
    if (ours) await store.applyConfiguration(settings.targets, settings.subscriptions, systemClock.now());
    return await work({ store, settings, log });
  } finally {
    await close();
  }
}

function listCommand({ terminal }: CommandContext): Command {
  return new Command('list')
    .description('say who is told what, where and when, and how it is going')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const listed = await withSubscriptions(terminal, ({ store }) => store.listedSubscriptions());
      if (options.json === true) printJson(terminal, { subscriptions: listed.map((entry) => subscriptionRow(entry, systemClock.now())) });
      else printMessage(terminal, subscriptionListMessage(listed, systemClock.now()));
    });
}

interface AddOptions {
  readonly json?: boolean;
  readonly to: string;
  readonly id?: string;
  readonly every: string;
  readonly hold?: string;
  readonly requireVerified?: string;
  readonly owner?: string;
}

function addCommand({ terminal }: CommandContext): Command {
  return new Command('add')
    .description('tell a destination of releases from now on')
    .argument('<words...>', 'what it wants to hear of: hadron standard arm64 k3s level:minor …')
    .requiredOption('--to <destination>', '#channel for Slack, owner/name for GitHub issues, webhook:name, console')
    .option('--id <name>', 'what to call it; made from its words when left out')
    .option('--every <cadence>', 'immediate, hourly, daily, weekly, monthly, or a cron expression', 'immediate')
    .option('--hold <time>', 'wait until all expected images are there, at most this long: 6h')
    .option('--require-verified <time>', 'wait until all its images are verified, at most this long: 12h')
    .option('--owner <name>', 'who to ask about it; the user of this machine when left out')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  herald subscriptions add hadron standard amd64 k3s --to "#kairos-releases"
  herald subscriptions add hadron level:minor --to example/infrastructure --every weekly --id infra`,
    )
    .action(async (words: readonly string[], options: AddOptions) => {
      const subscription = subscriptionFrom(terminal, words, options);
      const newest = await withSubscriptions(terminal, async ({ store, settings }) => {
        if (settings.subscriptions.some(({ id }) => id === subscription.id)) throw taken(subscription.id);
        if (!(await store.addSubscription(subscription, systemClock.now()))) throw taken(subscription.id);
        return newestFor(store, settings, subscription);
      });
      if (options.json === true) printJson(terminal, { added: subscription.id, newest: newest?.version ?? null });
      else {
        terminal.out(`Added: ${subscription.id}.`);
        terminal.out(
          newest === null
            ? 'No known release has what it asks for yet.'
            : `The newest it would have heard of is ${newest.key}; it hears of what comes out from now on.`,
        );
        terminal.out(`Try it: herald subscriptions test ${subscription.id}`);
      }
    });
}

/** Checked exactly as an entry of the configuration file is. Throws HeraldError INVALID_CONFIG or MISSING_SECRET. */
function subscriptionFrom({ env }: Terminal, words: readonly string[], options: AddOptions): Subscription {
  const { to, every, hold, requireVerified, owner = env.USER ?? env.LOGNAME ?? 'command line' } = options;
  const id = options.id ?? idFrom(to, words);
  const waits = { ...(hold === undefined ? {} : { hold }), ...(requireVerified === undefined ? {} : { requireVerified }) };
  const entry = { id, to: destinationFrom(to), filter: words.join(' '), every, owner, ...waits };
  const settings = attempt(() => settingsFrom([...configFiles(env), parseConfig(HERE, stringify({ subscriptions: [entry] }))]));
  requireCredentials(settings, readSecrets(env));
  const [subscription] = settings.subscriptions;
  if (subscription === undefined) throw new TypeError('an entry was checked and is not there');
  return subscription;
}

const HERE = 'the command line';

/** A mistake in what was typed is told without the file, line and key it would have in a configuration. */
function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof HeraldError) || !error.message.startsWith(HERE)) throw error;
    const message = error.message.replaceAll(/^the command line(?::\d+)?: (?:subscriptions\[0\]\.)?/gm, '');
    throw new HeraldError('INVALID_QUERY', message, { hint: 'See: herald subscriptions add --help' });
  }
}

function destinationFrom(text: string): unknown {
  if (text === 'console') return 'console';
  if (text.startsWith('webhook:')) return { webhook: text.slice('webhook:'.length) };
  return /^[#CG]/.test(text) && !text.includes('/') ? { slack: text } : { github: text };
}

/** `kairos-releases-hadron-standard`: letters, digits and dashes of what was said. */
function idFrom(to: string, words: readonly string[]): string {
  const text = [to.replace(/^.*\//, ''), ...words].join('-').toLowerCase();
  return (
    text
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 63)
      .replace(/-+$/, '') || 'subscription'
  );
}

function taken(id: string): HeraldError {
  return new HeraldError('INVALID_QUERY', `There is a subscription named ${id} already.`, {
    hint: 'Give this one another name with --id, or end the other: herald subscriptions remove',
  });
}

/** The newest release this subscription would have been told of. */
async function newestFor(store: Store, settings: Settings, { filter }: Subscription): Promise<ReleaseFacts | null> {
  const history = await releaseHistory(store, settings, filter.projects[0] ?? 'kairos', systemClock.now());
  const believed = highestFirst(history.releases).filter(
    ({ key, channel }) => !history.held.has(key) && (channel === 'stable' || filter.prereleases),
  );
  for (const release of believed.slice(0, MAX_LOOKED_AT)) {
    const facts = factsIn(history, release);
    if (viewFor(filter, facts) !== null) return facts;
  }
  return null;
}

/** A filter that none of so many releases passes is not worth looking further. */
const MAX_LOOKED_AT = 50;

function removeCommand({ terminal }: CommandContext): Command {
  return new Command('remove')
    .description('end a subscription that was added with a command; what it was told stays')
    .argument('<id>', 'its name, as in "herald subscriptions list"')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      await withSubscriptions(terminal, async ({ store, settings }) => {
        await existing(store, id);
        if (await store.removeSubscription(id)) return;
        throw new HeraldError('INVALID_QUERY', `${id} stands in the configuration.`, {
          hint: `Take it out of ${settings.files.at(-1) ?? 'the file'}.`,
        });
      });
      if (options.json === true) printJson(terminal, { removed: id });
      else terminal.out(`Ended: ${id}. What it was told stays where it is and is not edited any more.`);
    });
}

async function existing(store: Store, id: string): Promise<Subscription> {
  const all = await store.subscriptions();
  const found = all.find((subscription) => subscription.id === id);
  if (found !== undefined) return found;
  const names = all.map((subscription) => subscription.id);
  const near = nearest(id, names);
  throw new HeraldError('INVALID_QUERY', `There is no subscription named ${id}.`, {
    hint: near === null ? `There are: ${names.join(', ') || 'none'}.` : `Did you mean ${near}?`,
  });
}

function testCommand(context: CommandContext): Command {
  const { terminal } = context;
  return new Command('test')
    .description('send a test message to the destination of a subscription, or show what it would be sent')
    .argument('<id>', 'its name, as in "herald subscriptions list"')
    .option('--dry-run', 'send nothing; print the message of the newest release it would have heard of')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { json?: boolean; dryRun?: boolean }) => {
      if (options.dryRun === true) await preview(terminal, id, options.json === true);
      else context.exitCode = (await send(terminal, id, options.json === true)) ? EXIT.ok : EXIT.failed;
    });
}

async function preview(terminal: Terminal, id: string, json: boolean): Promise<void> {
  const payload = await withSubscriptions(terminal, async ({ store, settings }) => {
    const subscription = await existing(store, id);
    const facts = (await newestFor(store, settings, subscription)) ?? ({ kind: 'notice', notice: 'test', subscription: id } as const);
    return previewPayload({ console: terminal.style, clock: systemClock }, subscription, facts);
  });
  if (json) printJson(terminal, payload);
  else
    terminal.out(
      payload.kind === 'console'
        ? payload.text
        : payload.kind === 'github'
          ? `${payload.title}\n\n${payload.body}`
          : JSON.stringify(payload, null, 2),
    );
}

async function send(terminal: Terminal, id: string, json: boolean): Promise<boolean> {
  const { createDeps } = await import('../compose.ts');
  const outcome = await withSubscriptions(terminal, async ({ store, settings, log }) => {
    const subscription = await existing(store, id);
    const secrets = readSecrets(terminal.env, settings.registries);
    const queue = { enqueue: async () => undefined, enqueueAfter: async () => undefined };
    const deps = await createDeps({ settings, secrets, store, queue, log, console: { write: terminal.out, style: terminal.style } });
    return sendTest(deps, subscription, `test-${randomUUID()}`);
  });
  const failure =
    outcome !== null && 'failure' in outcome ? outcome.failure.message : outcome === null ? 'no credentials are configured for it' : null;
  if (json) printJson(terminal, { id, sent: outcome?.kind === 'shown', outcome: outcome?.kind ?? null, reason: failure });
  else if (outcome?.kind === 'shown') terminal.err(`Sent to the destination of ${id}.`);
  else terminal.err(`Not sent to the destination of ${id}: ${failure ?? 'it did not take it'}`);
  return outcome?.kind === 'shown';
}
