/** herald doctor: whether everything Herald needs is there, and what to do where it is not. */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { Command } from 'commander';
import { redisFindings } from '../../adapters/queue/inspect.ts';
import { status } from '../../app/status.ts';
import { staleAt } from '../../app/trust-root.ts';
import { HeraldError } from '../../core/errors.ts';
import { bad, type Finding, good, notice } from '../../core/findings.ts';
import { epochMs, type Instant, instant, MS } from '../../core/time.ts';
import type { StoreReader } from '../../ports.ts';
import { doctorMessage, statusFindings, trustRootFinding } from '../../render/doctor.ts';
import { listing } from '../../render/words.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { loadSettings, type Settings } from '../config.ts';
import { requireCredentials } from '../credentials.ts';
import { createProcessLog, databaseLocation, type OpenedStore, openStore, systemClock } from '../open-store.ts';
import { readSecrets, type Secrets } from '../secrets.ts';
import { printJson, printMessage, type Terminal } from '../terminal.ts';
import { trustRootInForce } from '../verification.ts';

export function doctorCommand(context: CommandContext): Command {
  const { terminal } = context;
  return new Command('doctor')
    .description('look at Herald itself: configuration, store, queue, every place it watches, every message it owes')
    .option('--live', 'also ask Slack and GitHub whether they take the credentials; nothing is sent')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit code 1 when something is wrong; each line says what to do next.')
    .action(async (options: { json?: boolean; live?: boolean }) => {
      const findings = await examine(terminal, options.live === true);
      if (findings.some(({ level }) => level === 'bad')) context.exitCode = EXIT.failed;
      if (options.json === true) printJson(terminal, { ok: context.exitCode === EXIT.ok, findings });
      else printMessage(terminal, doctorMessage(findings));
    });
}

async function examine(terminal: Terminal, live: boolean): Promise<readonly Finding[]> {
  const read = attempt(() => ({ settings: loadSettings(terminal.env), secrets: readSecrets(terminal.env) }), 'configuration');
  if ('finding' in read) return [read.finding];
  const { settings, secrets } = read.value;
  const { targets, subscriptions } = settings;
  return [
    good('configuration', `${targets.length} places and ${subscriptions.length} subscriptions, from ${listing(settings.files)}.`),
    ...credentialFindings(settings, secrets),
    ...(live ? await liveFindings(settings, secrets) : []),
    ...(await queueFindings(secrets)),
    ...(await storeFindings(terminal, settings, secrets)),
  ];
}

function credentialFindings(settings: Settings, secrets: Secrets): readonly Finding[] {
  const checked = attempt(() => requireCredentials(settings, secrets), 'credentials');
  return 'finding' in checked ? [checked.finding] : [good('credentials', 'Every destination of the configuration has credentials.')];
}

/** The SDKs take most of a second to load, so only what is used is loaded. */
async function liveFindings(settings: Settings, { slackBotToken, github }: Secrets): Promise<readonly Finding[]> {
  const { slackApiUrl, githubApiUrl, githubCreator, subscriptions } = settings;
  const repositories = subscriptions.flatMap(({ destination }) => (destination.kind === 'github' ? destination.repository : []));
  const findings: Finding[] = [];
  if (slackBotToken !== null) {
    const { slackFindings } = await import('../../adapters/slack/inspect.ts');
    findings.push(...(await slackFindings({ token: slackBotToken, ...(slackApiUrl === null ? {} : { apiUrl: slackApiUrl }) })));
  }
  if (github !== null) {
    const { githubFindings } = await import('../../adapters/github/inspect.ts');
    const options = { auth: github, apiUrl: githubApiUrl, ...(githubCreator === null ? {} : { creator: githubCreator }) };
    findings.push(...(await githubFindings(options, [...new Set(repositories)], systemClock.now())));
  }
  return findings.length > 0 ? findings : [notice('credentials', 'There are none to ask Slack or GitHub about.')];
}

async function queueFindings({ redisUrl, databaseUrl }: Secrets): Promise<readonly Finding[]> {
  if (redisUrl !== null) return redisFindings(redisUrl);
  return [good('queue', databaseUrl === null ? 'In the embedded store.' : 'In PostgreSQL.')];
}

async function storeFindings(terminal: Terminal, settings: Settings, secrets: Secrets): Promise<readonly Finding[]> {
  const location = databaseLocation(terminal.env, secrets);
  if ('dataDir' in location && !existsSync(location.dataDir)) {
    return [notice('store', `There is none yet in ${location.dataDir}.`, 'It is made by the first "herald check" or "herald serve".')];
  }
  try {
    const opened = await openStore(location, createProcessLog(terminal.env, 'error'), 'join');
    try {
      return [
        ...(await databaseFindings(opened, location)),
        ...statusFindings(await status(opened.store, settings, systemClock.now()), systemClock.now()),
        ...(await trustRootFindings(settings, opened.store)),
      ];
    } finally {
      await opened.close();
    }
  } catch (error) {
    return [findingOf('store', error)];
  }
}

/** A trust root of one's own is nobody else's to judge. */
async function trustRootFindings(settings: Settings, store: StoreReader): Promise<readonly Finding[]> {
  const { enabled, trustRoot } = settings.verification;
  if (!enabled) return [notice('signatures', 'Verification is switched off in the configuration.')];
  if (trustRoot.own) return [good('trust root', `Your own, ${trustRoot.file}.`)];
  const { confirmedAt } = await trustRootInForce({ settings, store })();
  return [trustRootFinding(confirmedAt, staleAt(confirmedAt) < systemClock.now())];
}

/** Leases and due times use the clock of each process. */
const MAX_CLOCK_DIFFERENCE_MS = 5 * MS.second;
const MIN_FREE_BYTES = 500_000_000;

async function databaseFindings({ database }: OpenedStore, location: ReturnType<typeof databaseLocation>): Promise<readonly Finding[]> {
  const { rows } = await database.pool.query<{ now: Date | string; size: string }>(
    'SELECT clock_timestamp() AS now, pg_database_size(current_database())::text AS size',
  );
  const [row] = rows;
  const megabytes = Math.round(Number(row?.size ?? 0) / 1_000_000);
  const where = 'dataDir' in location ? location.dataDir : 'PostgreSQL';
  return [
    good('store', `${where} answers, its tables are up to date; ${megabytes} MB.`),
    ...(database.joined ? [good('store', 'Another process of Herald runs on it and lets this one in.')] : []),
    ...(row === undefined ? [] : clockFindings(instant(row.now))),
    ...('dataDir' in location ? await diskFindings(location.dataDir) : []),
  ];
}

function clockFindings(databaseNow: Instant): readonly Finding[] {
  const difference = Math.abs(epochMs(databaseNow) - epochMs(systemClock.now()));
  if (difference <= MAX_CLOCK_DIFFERENCE_MS) return [];
  return [
    bad(
      'clock',
      `This machine and the database disagree by ${Math.round(difference / MS.second)} seconds.`,
      'Keep the clocks together (NTP): leases depend on it.',
    ),
  ];
}

async function diskFindings(dataDir: string): Promise<readonly Finding[]> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  if (free >= MIN_FREE_BYTES) return [];
  return [bad('disk', `Only ${Math.round(free / 1_000_000)} MB are left where ${dataDir} is.`, 'Make room: a full disk stops the store.')];
}

function attempt<T>(work: () => T, about: string): { readonly value: T } | { readonly finding: Finding } {
  try {
    return { value: work() };
  } catch (error) {
    return { finding: findingOf(about, error) };
  }
}

function findingOf(about: string, error: unknown): Finding {
  if (!(error instanceof HeraldError)) throw error;
  return bad(about, error.message, error.hint ?? '');
}
