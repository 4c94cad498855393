/** From files to settings: the default configuration with the user's laid over it, checked as a whole. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Cadence, DEFAULT_CADENCES, type NamedCadences, parseCadence } from '../core/cadence.ts';
import type { Renumbering } from '../core/classify.ts';
import { HeraldError } from '../core/errors.ts';
import type { Naming } from '../core/naming.ts';
import { nearest } from '../core/nearest.ts';
import type { Part } from '../core/parts.ts';
import type { KnownNames } from '../core/projects.ts';
import { type ReleaseKey, releaseKey } from '../core/release.ts';
import { type Mirror, mirrored, splitRepository } from '../core/repository.ts';
import { ANY, type Destination, parseFilter, type Subscription } from '../core/subscription.ts';
import { parseTemplate, type TagDefaults } from '../core/tag-template.ts';
import { namesOf, type Target } from '../core/target.ts';
import { MS } from '../core/time.ts';
import { parseVersion } from '../core/version.ts';
import { EVERY_PROJECT } from '../core/vocabulary.ts';
import { type ConfigMistake, type LoadedFile, loadConfigFile, mistakesError } from './config-file.ts';
import { type NetworkSettings, networkFrom } from './config-network.ts';
import { addMistake, attempt, type Placed } from './config-placed.ts';
import { originOf, type Registry, registriesFrom } from './config-registries.ts';
import type { SubscriptionEntry, TargetEntry } from './config-schema.ts';
import { type VerificationSettings, verificationFrom } from './config-verification.ts';
import { namedOrigins, type VulnerabilitySettings, vulnerabilitiesFrom } from './config-vulnerabilities.ts';

/** The configuration in force. Holds no secrets. */
export interface Settings {
  /** The files it was read from, those that come with Herald first. */
  readonly files: readonly string[];
  readonly timeZone: string;
  readonly targets: readonly Target[];
  /** What the configuration says of registries; of their logins only where they are to be found. */
  readonly registries: readonly Registry[];
  readonly subscriptions: readonly Subscription[];
  /** Where signed events are sent; their secrets are not here. */
  readonly webhooks: readonly { readonly id: string; readonly url: string }[];
  readonly renumberings: readonly Renumbering[];
  /** Releases accepted although their versions jump far beyond all before them. */
  readonly accepted: ReadonlySet<ReleaseKey>;
  /** Origins the user allowed beyond the public ones of the targets. */
  readonly allowedOrigins: readonly string[];
  readonly network: NetworkSettings;
  readonly verification: VerificationSettings;
  readonly vulnerabilities: VulnerabilitySettings;
  readonly githubApiUrl: string;
  /** The login Herald's issues carry, where the token cannot tell (GitHub Actions: `github-actions[bot]`). */
  readonly githubCreator: string | null;
  readonly slackApiUrl: string | null;
  readonly http: { readonly host: string; readonly port: number };
}

const DEFAULT_FILE = fileURLToPath(new URL('../../config/default.yaml', import.meta.url));
const IDENTITIES_FILE = fileURLToPath(new URL('../../config/identities.yaml', import.meta.url));
const USER_FILE = 'herald.yaml';

/**
 * Reads config/default.yaml, config/identities.yaml and the user's file (HERALD_CONFIG, else ./herald.yaml if it exists).
 * Throws HeraldError INVALID_CONFIG that lists every mistake with file, line and key; then nothing starts.
 */
export function loadSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  return settingsFrom(configFiles(env));
}

/** The files in force, parsed: those that come with Herald first. */
export function configFiles(env: Readonly<Record<string, string | undefined>>): readonly LoadedFile[] {
  const userFile = env.HERALD_CONFIG ?? (existsSync(USER_FILE) ? USER_FILE : null);
  return [loadConfigFile(DEFAULT_FILE), officialIdentities(), ...(userFile === null ? [] : [loadConfigFile(userFile)])];
}

/** Who signs the official images of Kairos, as it comes with Herald. */
export function officialIdentities(): LoadedFile {
  return loadConfigFile(IDENTITIES_FILE);
}

/** The settings of already parsed files, later ones laid over earlier ones. */
export function settingsFrom(files: readonly LoadedFile[]): Settings {
  const mistakes: ConfigMistake[] = [];
  const timeZone = checkedTimeZone(files, mistakes);
  const named = checkedCadences(files, mistakes);
  const registries = registriesFrom(files, mistakes);
  const mirrors = registries.flatMap(({ mirror }) => mirror ?? []);
  const context: Context = { mistakes, timeZone, named, mirrors };
  const placedTargets = mergedTargets(files, mistakes);
  const targets = placedTargets.flatMap((placed) => targetFrom(context, placed) ?? []);
  for (const placed of placedTargets) checkBases(context, placed, placedTargets);
  const names = namesOf(targets);
  const webhooks = last(files, (config) => config.webhooks) ?? [];
  checkWebhooks(files, mistakes, webhooks);
  const subscriptions = placedSubscriptions(files, mistakes).flatMap((placed) => subscriptionFrom(context, placed, names) ?? []);
  const network = networkFrom(files, mistakes);
  const verification = verificationFrom(files, mistakes);
  const vulnerabilities = vulnerabilitiesFrom(last(files, (config) => config.vulnerabilities));
  if (mistakes.length > 0) throw mistakesError(mistakes);

  const endpoints = [...targets.flatMap((target) => target.endpoint ?? []), ...webhooks.map(({ url }) => url)];
  const githubApiUrl = last(files, (config) => config.github?.apiUrl) ?? null;
  const slackApiUrl = last(files, (config) => config.slack?.apiUrl) ?? null;
  // Who names a registry means that one, wherever it stands.
  const ofRegistries = registries.flatMap((registry) => [originOf(registry), ...registry.tokenServices]);
  return {
    files: files.map(({ file }) => file),
    timeZone,
    targets,
    registries,
    subscriptions,
    webhooks,
    renumberings: last(files, (config) => config.renumberings) ?? [],
    accepted: new Set((last(files, (config) => config.accept) ?? []).map(({ project, version }) => releaseKey(project, version))),
    allowedOrigins: [
      ...new Set(
        [...network.allow, ...endpoints, ...ofRegistries, ...namedOrigins(vulnerabilities), githubApiUrl, slackApiUrl].flatMap((url) =>
          url === null ? [] : new URL(url).origin,
        ),
      ),
    ],
    network,
    verification,
    vulnerabilities,
    githubApiUrl: githubApiUrl ?? 'https://api.github.com',
    githubCreator: last(files, (config) => config.github?.creator) ?? null,
    slackApiUrl,
    http: last(files, (config) => config.http) ?? { host: '127.0.0.1', port: 3000 },
  };
}

interface Context {
  readonly mistakes: ConfigMistake[];
  readonly timeZone: string;
  readonly named: NamedCadences;
  readonly mirrors: readonly Mirror[];
}

function last<T>(files: readonly LoadedFile[], pick: (config: LoadedFile['config']) => T | undefined): T | undefined {
  return files.map(({ config }) => pick(config)).findLast((value) => value !== undefined);
}

/** The time zone of the last file that names one; a wrong one is that file's mistake, not of everything that uses it. */
function checkedTimeZone(files: readonly LoadedFile[], mistakes: ConfigMistake[]): string {
  const from = files.findLast(({ config }) => config.timeZone !== undefined);
  const timeZone = from?.config.timeZone ?? 'UTC';
  if (from === undefined) return timeZone;
  const placed: Placed<unknown> = { entry: null, from, path: [] };
  return attempt(mistakes, placed, 'timeZone', () => parseCadence('daily', timeZone)) === null ? 'UTC' : timeZone;
}

/** What the named cadences mean; each is checked where it stands. */
function checkedCadences(files: readonly LoadedFile[], mistakes: ConfigMistake[]): NamedCadences {
  const from = files.findLast(({ config }) => config.cadences !== undefined);
  const named = from?.config.cadences;
  if (from === undefined || named === undefined) return DEFAULT_CADENCES;
  const placed: Placed<unknown> = { entry: null, from, path: ['cadences'] };
  const wrong = Object.entries(named).filter(([name, cron]) => attempt(mistakes, placed, name, () => parseCadence(cron, 'UTC')) === null);
  return wrong.length === 0 ? named : DEFAULT_CADENCES;
}

/** Targets by id; an entry of a later file replaces the earlier one of its id, `watch: false` takes one away, `defaultTargets: false` all of them. */
function mergedTargets(files: readonly LoadedFile[], mistakes: ConfigMistake[]): readonly Placed<TargetEntry>[] {
  const merged = new Map<string, Placed<TargetEntry>>();
  for (const from of files) {
    if (from.config.defaultTargets === false) merged.clear();
    const seen = new Set<string>();
    for (const [index, entry] of (from.config.targets ?? []).entries()) {
      const path = ['targets', index];
      if (seen.has(entry.id)) addMistake(mistakes, { entry, from, path }, 'id', `the id "${entry.id}" is used twice`);
      seen.add(entry.id);
      if ('watch' in entry) merged.delete(entry.id);
      else merged.set(entry.id, { entry, from, path });
    }
  }
  return [...merged.values()];
}

/** The subscriptions of the last file that has any; two of one name would share one history. */
function placedSubscriptions(files: readonly LoadedFile[], mistakes: ConfigMistake[]): readonly Placed<SubscriptionEntry>[] {
  const from = files.filter(({ config }) => config.subscriptions !== undefined).at(-1);
  const placed = (from?.config.subscriptions ?? []).flatMap((entry, index) =>
    from === undefined ? [] : [{ entry, from, path: ['subscriptions', index] }],
  );
  const seen = new Set<string>();
  for (const subscription of placed) {
    if (seen.has(subscription.entry.id)) addMistake(mistakes, subscription, 'id', `the id "${subscription.entry.id}" is used twice`);
    seen.add(subscription.entry.id);
  }
  return placed;
}

function targetFrom(context: Context, placed: Placed<TargetEntry>): Target | null {
  const { entry } = placed;
  const cadence = cadenceFrom(context, placed);
  if (cadence?.kind === 'immediate')
    addMistake(context.mistakes, placed, 'every', 'a target is polled on a schedule; "immediate" is for subscriptions');
  const repository = attempt(context.mistakes, placed, 'repository', () => checkedRepository(entry));
  const naming = namingFrom(context, placed);
  const builtWith = (entry.builtWith ?? []).map((text, index) => partFrom(context, placed, text, index));
  if (cadence?.kind !== 'scheduled' || repository === null) return null;
  const via = attempt(context.mistakes, placed, 'via', () => checkedMirror(entry, context.mirrors));
  return {
    id: entry.id,
    kind: entry.source,
    repository,
    endpoint: entry.endpoint ?? null,
    via,
    project: entry.project,
    cadence,
    lifecycle: entry.lifecycle ?? { state: 'active' },
    ...(naming === null ? {} : { naming }),
    ...(builtWith.length === 0 ? {} : { builtWith: builtWith.filter((part) => part !== null) }),
  };
}

/** How the target's images are named; null where it follows the project's own rules. */
function namingFrom({ mistakes }: Context, placed: Placed<TargetEntry>): Naming | null {
  const { source, tags, flavor, defaults } = placed.entry;
  if (tags === undefined && flavor === undefined && defaults === undefined) return null;
  const key = tags !== undefined ? 'tags' : flavor !== undefined ? 'flavor' : 'defaults';
  if (source === 'github-releases') addMistake(mistakes, placed, key, 'a release page has no images to name');
  if (defaults !== undefined && tags === undefined)
    addMistake(mistakes, placed, 'defaults', 'they are for what a template in "tags" does not say; the official layout says all of it');
  const parsed = tags === undefined ? null : parseTemplate(tags);
  if (parsed?.kind === 'problem') addMistake(mistakes, placed, 'tags', parsed.problem);
  return { tags: parsed?.kind === 'template' ? parsed.template : null, flavor: flavor ?? null, defaults: defaultsFrom(defaults) };
}

/** Without the keys that are not there: `undefined` is not a default. */
function defaultsFrom(defaults: TargetEntry['defaults']): TagDefaults {
  return Object.fromEntries(Object.entries(defaults ?? {}).filter(([, value]) => value !== undefined));
}

/** `kairos-init@v4.3.0`. */
function partFrom({ mistakes }: Context, placed: Placed<TargetEntry>, text: string, index: number): Part | null {
  const at = text.lastIndexOf('@');
  const version = parseVersion(text.slice(at + 1));
  if (at > 0 && version !== null) return { name: text.slice(0, at), version: version.text };
  addMistake(mistakes, placed, ['builtWith', index], `"${text.slice(0, 100)}" is not project@version, such as kairos-init@v4.3.0`);
  return null;
}

/** News of a base can only come from a target that watches it. */
function checkBases({ mistakes }: Context, placed: Placed<TargetEntry>, targets: readonly Placed<TargetEntry>[]): void {
  const projects = new Set(targets.map(({ entry }) => entry.project));
  for (const [index, text] of (placed.entry.builtWith ?? []).entries()) {
    const project = text.slice(0, Math.max(0, text.lastIndexOf('@')));
    if (project !== '' && !projects.has(project)) addMistake(mistakes, placed, ['builtWith', index], unwatched(project, projects));
  }
}

function unwatched(project: string, projects: ReadonlySet<string>): string {
  const near = nearest(project, projects);
  return `no target is of the project "${project.slice(0, 100)}"${near === null ? '' : `; did you mean "${near}"?`}`;
}

/** A repository as its source needs it. Throws HeraldError INVALID_CONFIG or INVALID_REFERENCE. */
function checkedRepository({ source, repository }: TargetEntry): string {
  if (source === 'github-releases') {
    if (/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/.test(repository)) return repository;
    throw new HeraldError('INVALID_CONFIG', `"${repository}" is no release page; write owner/name, such as kairos-io/kairos`);
  }
  return withRegistry(repository);
}

function withRegistry(repository: string): string {
  const { host } = splitRepository(repository);
  if (/[.:]|^localhost$/.test(host)) return repository;
  throw new HeraldError('INVALID_CONFIG', `"${repository}" names no registry; write it out, such as quay.io/kairos/hadron`);
}

/** Where an oci target is read instead: its own `via`, else the mirror of its name; an endpoint says already where. Throws HeraldError. */
function checkedMirror({ source, repository, endpoint, via }: TargetEntry, mirrors: readonly Mirror[]): string | null {
  if (via === undefined) return source === 'oci' && endpoint === undefined ? mirrored(repository, mirrors) : null;
  if (source !== 'oci') throw new HeraldError('INVALID_CONFIG', 'only targets with "source: oci" can be read from a mirror');
  if (endpoint !== undefined) throw new HeraldError('INVALID_CONFIG', 'a target is read via a mirror or at an endpoint, not both');
  return withRegistry(via);
}

function subscriptionFrom(context: Context, placed: Placed<SubscriptionEntry>, names: KnownNames): Subscription | null {
  const { entry } = placed;
  const cadence = cadenceFrom(context, placed);
  const filter = attempt(context.mistakes, placed, 'filter', () => (entry.filter.trim() === '' ? ANY : parseFilter(entry.filter, names)));
  const projects = new Set(names.projects);
  for (const project of [...(filter?.projects ?? []), ...(filter?.bases ?? [])]) {
    if (project !== EVERY_PROJECT && !projects.has(project)) addMistake(context.mistakes, placed, 'filter', unwatched(project, projects));
  }
  if (cadence === null || filter === null) return null;
  return {
    id: entry.id,
    topic: entry.topic,
    destination: destinationFrom(entry.to),
    filter,
    cadence,
    bypass: entry.bypass,
    holdMs: entry.hold === undefined ? 0 : durationMs(entry.hold),
    requireVerifiedMs: entry.requireVerified === undefined ? null : durationMs(entry.requireVerified),
    owner: entry.owner,
  };
}

/** `90m`, `6h`, `2d`, as the schema lets through. */
function durationMs(text: string): number {
  const unit = { m: MS.minute, h: MS.hour, d: MS.day }[text.at(-1) ?? ''] ?? 0;
  return Number.parseInt(text, 10) * unit;
}

function cadenceFrom(context: Context, placed: Placed<TargetEntry> | Placed<SubscriptionEntry>): Cadence | null {
  const { every, timeZone } = placed.entry;
  return attempt(context.mistakes, placed, 'every', () => parseCadence(every, timeZone ?? context.timeZone, context.named));
}

function destinationFrom(to: SubscriptionEntry['to']): Destination {
  if (to === 'console') return { kind: 'console' };
  if ('webhook' in to) return { kind: 'webhook', endpoint: to.webhook };
  return 'slack' in to ? { kind: 'slack', channel: to.slack } : { kind: 'github', repository: to.github };
}

/** A subscription names a webhook of the configuration, never an address: nothing is sent where the configuration does not say. */
function checkWebhooks(files: readonly LoadedFile[], mistakes: ConfigMistake[], webhooks: Settings['webhooks']): void {
  const names = webhooks.map(({ id }) => id);
  for (const placed of placedSubscriptions(files, [])) {
    const { to } = placed.entry;
    if (to === 'console' || !('webhook' in to) || names.includes(to.webhook)) continue;
    const near = nearest(to.webhook, names);
    const next = near === null ? 'name it under webhooks, with its address' : `did you mean "${near}"?`;
    addMistake(mistakes, placed, 'to', `there is no webhook "${to.webhook}"; ${next}`);
  }
}
