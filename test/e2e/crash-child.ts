/**
 * One pass of Herald in a process of its own that kills itself, hard, at the named moment of the first send.
 * Arguments: <moment> <config file> <data directory> <time>. Moments: before-send, after-send, never.
 */
import { createLog } from '../../src/adapters/observe/log.ts';
import { check } from '../../src/app/check.ts';
import { instant } from '../../src/core/time.ts';
import { createDeps } from '../../src/entry/compose.ts';
import { settingsFrom } from '../../src/entry/config.ts';
import { loadConfigFile } from '../../src/entry/config-file.ts';
import { openStore } from '../../src/entry/open-store.ts';
import { readSecrets } from '../../src/entry/secrets.ts';
import type { Notifier, Payload } from '../../src/ports.ts';
import { PLAIN } from '../../src/render/text.ts';

const [moment, configFile = '', dataDir = '', time = ''] = process.argv.slice(2);
const settings = settingsFrom([loadConfigFile(configFile)]);
const clock = { now: () => instant(time) };
const log = createLog('error');

/** The real notifier, with a process that dies around its first send. */
function mortal<K extends Payload['kind']>(notifier: Notifier<K> | undefined): Notifier<K> | undefined {
  if (notifier === undefined) return undefined;
  return {
    ...notifier,
    create: async (...message) => {
      if (moment === 'before-send') process.kill(process.pid, 'SIGKILL');
      const outcome = await notifier.create(...message);
      if (moment === 'after-send') process.kill(process.pid, 'SIGKILL');
      return outcome;
    },
  };
}

const { store, close } = await openStore({ dataDir }, log);
await store.applyConfiguration(settings.targets, settings.subscriptions, clock.now());
const queue = { enqueue: async () => undefined, enqueueAfter: async () => undefined };
const sink = { write: () => undefined, style: { width: 100, palette: PLAIN } };
const deps = await createDeps({ settings, secrets: readSecrets(process.env), store, queue, log, clock, console: sink });
const { slack, github } = deps.notifiers;
const [mortalSlack, mortalGithub] = [mortal(slack), mortal(github)];
const outcome = await check({
  ...deps,
  notifiers: { ...(mortalSlack && { slack: mortalSlack }), ...(mortalGithub && { github: mortalGithub }) },
});
await close();
process.stdout.write(`${JSON.stringify(outcome)}\n`);
