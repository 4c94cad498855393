/** herald config check|print|schema: whether the configuration is right, what is in force, and its schema for editors. */
import { Command } from 'commander';
import { stringify } from 'yaml';
import { listing } from '../../render/words.ts';
import type { CommandContext } from '../command-context.ts';
import { loadSettings, type Settings } from '../config.ts';
import { configJsonSchema } from '../config-schema.ts';
import { requireCredentials } from '../credentials.ts';
import { readSecrets, type Secrets } from '../secrets.ts';
import { printJson } from '../terminal.ts';

export function configCommand(context: CommandContext): Command {
  return new Command('config')
    .description('check or print the configuration, or print its schema')
    .addCommand(checkCommand(context))
    .addCommand(printCommand(context))
    .addCommand(schemaCommand(context));
}

function checkCommand({ terminal }: CommandContext): Command {
  return new Command('check')
    .description('say whether the configuration is right; every mistake with file, line and key')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => {
      const settings = loadSettings(terminal.env);
      requireCredentials(settings, readSecrets(terminal.env, settings.registries));
      const { files, targets, subscriptions } = settings;
      if (options.json === true) printJson(terminal, { ok: true, files, targets: targets.length, subscriptions: subscriptions.length });
      else terminal.out(`ok: ${targets.length} targets, ${subscriptions.length} subscriptions, read from ${listing(files)}`);
    });
}

function printCommand({ terminal }: CommandContext): Command {
  return new Command('print')
    .description('print the configuration in force; of secrets only whether they are set')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => {
      const settings = loadSettings(terminal.env);
      const effective = printable(settings, readSecrets(terminal.env, settings.registries));
      if (options.json === true) printJson(terminal, effective);
      else terminal.out(stringify(effective).trimEnd());
    });
}

function schemaCommand({ terminal }: CommandContext): Command {
  return new Command('schema')
    .description('print the JSON Schema of the configuration file, for editors')
    .option('--json', 'accepted for symmetry: the output is always JSON')
    .action(() => terminal.out(configJsonSchema()));
}

function printable(settings: Settings, secrets: Secrets): Record<string, unknown> {
  const isSet = (secret: unknown): string => (secret === null ? 'not set' : 'set');
  return {
    ...settings,
    accepted: [...settings.accepted],
    network: { ...settings.network, ca: settings.network.ca.map(({ file }) => file) },
    secrets: {
      DATABASE_URL: isSet(secrets.databaseUrl),
      REDIS_URL: isSet(secrets.redisUrl),
      SLACK_BOT_TOKEN: isSet(secrets.slackBotToken),
      GITHUB: secrets.github === null ? 'not set' : secrets.github.kind,
      ...Object.fromEntries(Array.from(secrets.registries.named, ([name, { value }]) => [name, isSet(value)])),
      PROXIES: isSet(secrets.proxies),
    },
  };
}
