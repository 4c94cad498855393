/**
 * Known vulnerabilities of the packages two images differ in: what to ask for, and what the answers say of going from one to the other.
 * Only packages of the difference are asked for. Sets of versions are compared as a whole: a module that stays in one program in its old
 * version is not fixed because another program has a newer one.
 */
import { type NotAsked, type PackageQuestion, packageKey, questionFor } from './package-question.ts';
import type { Instant } from './time.ts';

/** A package with all its versions in one image. The URL may name a version; `versions` counts. */
export interface InventoryEntry {
  readonly purl: string;
  readonly versions: readonly string[];
}

export interface VulnerabilityQuestions {
  /** In the order the answers come in. No two are the same. */
  readonly questions: readonly PackageQuestion[];
  /** Which of them the older and the newer image ask. */
  readonly before: ReadonlySet<number>;
  readonly after: ReadonlySet<number>;
  /** Packages that changed. */
  readonly packages: number;
  /** Versions of those that cannot be asked for, by why; what they are affected by is not known. */
  readonly notAsked: Readonly<Record<NotAsked, number>>;
}

/** What to ask to learn what going from one inventory to the other means. */
export function questionsFor(before: readonly InventoryEntry[], after: readonly InventoryEntry[]): VulnerabilityQuestions {
  const [older, newer] = [byPackage(before), byPackage(after)];
  const changed = [...new Set([...older.keys(), ...newer.keys()])].filter((key) => !isSame(older.get(key), newer.get(key))).sort();
  const questions = new Map<string, { readonly index: number; readonly question: PackageQuestion }>();
  const notAsked: Record<NotAsked, number> = { malformed: 0, kind: 0, release: 0 };
  const refused = new Set<string>();
  const ask = (entry: Package | undefined, side: Set<number>): void => {
    for (const version of entry?.versions ?? []) {
      const purl = entry?.purl ?? '';
      const question = questionFor(purl, version);
      const key = JSON.stringify(typeof question === 'string' ? [purl, version] : question);
      if (typeof question === 'string') {
        if (!refused.has(key)) notAsked[question] += 1;
        refused.add(key);
        continue;
      }
      const known = questions.get(key) ?? { index: questions.size, question };
      questions.set(key, known);
      side.add(known.index);
    }
  };
  const sides = { before: new Set<number>(), after: new Set<number>() };
  for (const key of changed) {
    ask(older.get(key), sides.before);
    ask(newer.get(key), sides.after);
  }
  return { questions: [...questions.values()].map(({ question }) => question), ...sides, packages: changed.length, notAsked };
}

interface Package {
  readonly purl: string;
  readonly versions: ReadonlySet<string>;
}

function byPackage(inventory: readonly InventoryEntry[]): ReadonlyMap<string, Package> {
  const packages = new Map<string, { purl: string; versions: Set<string> }>();
  for (const { purl, versions } of inventory) {
    const key = packageKey(purl);
    const known = packages.get(key) ?? { purl, versions: new Set<string>() };
    for (const version of versions) if (version !== '') known.versions.add(version);
    packages.set(key, known);
  }
  return packages;
}

function isSame(a: Package | undefined, b: Package | undefined): boolean {
  return (
    a !== undefined && b !== undefined && a.versions.size === b.versions.size && [...a.versions].every((version) => b.versions.has(version))
  );
}

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'unknown';

/** What a database says of one vulnerability. */
export interface VulnerabilityRecord {
  readonly id: string;
  /** Other names of the very same one. */
  readonly aliases: readonly string[];
  readonly summary: string | null;
  readonly severity: Severity;
  /** Taken back by its database. */
  readonly withdrawn: boolean;
}

/** Ids by question, in the order of the questions. */
export type VulnerabilityAnswers = readonly (readonly string[])[];

/** How many are looked up, a request each: at two requests a second that takes a bit more than a minute. */
const MAX_DESCRIBED = 150;

/**
 * Which vulnerabilities to look up: those on one side only first. Their other names decide whether they are the same as one
 * that stays, and a fix that is none is worse than a count that is one too high.
 */
export function idsToDescribe(
  { before, after }: VulnerabilityQuestions,
  answers: VulnerabilityAnswers,
  limit = MAX_DESCRIBED,
): readonly string[] {
  const [older, newer] = [idsOn(before, answers), idsOn(after, answers)];
  const all = [...new Set([...older, ...newer])].sort();
  const isOneSided = (id: string) => older.has(id) !== newer.has(id);
  return [...all.filter(isOneSided), ...all.filter((id) => !isOneSided(id))].slice(0, limit);
}

/** One vulnerability under all its names. */
export interface Vulnerability {
  /** The name people know it by: its CVE number where it has one. */
  readonly name: string;
  /** What its database calls it. */
  readonly id: string;
  readonly summary: string | null;
  readonly severity: Severity;
  /** What it is in, as `name version`: before for one that is fixed, after for one that is new. */
  readonly packages: readonly string[];
}

export interface VulnerabilityReport {
  /** Who was asked, and when: what is known of an image changes every day. */
  readonly source: string;
  readonly askedAt: Instant;
  readonly fixed: readonly Vulnerability[];
  readonly introduced: readonly Vulnerability[];
  /** Both images have them, in packages that changed. What is the same in both was not asked for. */
  readonly unchanged: number;
  readonly packages: number;
  readonly asked: number;
  readonly notAsked: Readonly<Record<NotAsked, number>>;
  /** Vulnerabilities that were not looked up: one may be counted under two names. */
  readonly undescribed: number;
}

/** What the answers mean. Throws RangeError where they are not the answers to these questions: that would put ids at the wrong package. */
export function vulnerabilityReport(
  asked: VulnerabilityQuestions,
  answers: VulnerabilityAnswers,
  records: readonly VulnerabilityRecord[],
  from: { readonly source: string; readonly askedAt: Instant },
): VulnerabilityReport {
  const { questions, before, after, packages, notAsked } = asked;
  if (answers.length !== questions.length) throw new RangeError(`${questions.length} questions and ${answers.length} answers`);
  const described = new Map(records.map((record) => [record.id, record]));
  const [older, newer] = [idsOn(before, answers), idsOn(after, answers)];
  const found = [...new Set([...older, ...newer])].filter((id) => described.get(id)?.withdrawn !== true).sort();
  const groups = groupsOf(found, described).map((ids) => ({
    ids,
    before: ids.some((id) => older.has(id)),
    after: ids.some((id) => newer.has(id)),
  }));
  const askedBy = questionsById(answers);
  const told = (ids: readonly string[], side: ReadonlySet<number>) => {
    const hit = new Set(ids.flatMap((id) => askedBy.get(id) ?? []).filter((index) => side.has(index)));
    const names = [...hit].map((index) => `${questions[index]?.name} ${questions[index]?.version}`);
    return vulnerabilityOf(ids, described, [...new Set(names)].sort());
  };
  return {
    ...from,
    fixed: bySeverity(groups.filter((group) => group.before && !group.after).map(({ ids }) => told(ids, before))),
    introduced: bySeverity(groups.filter((group) => group.after && !group.before).map(({ ids }) => told(ids, after))),
    unchanged: groups.filter((group) => group.before && group.after).length,
    packages,
    asked: questions.length,
    notAsked,
    undescribed: found.filter((id) => !described.has(id)).length,
  };
}

function idsOn(side: ReadonlySet<number>, answers: VulnerabilityAnswers): ReadonlySet<string> {
  return new Set([...side].flatMap((index) => answers[index] ?? []));
}

/** Ids that name one vulnerability, together: each with those that its record calls aliases, or that share one with it. */
function groupsOf(ids: readonly string[], described: ReadonlyMap<string, VulnerabilityRecord>): readonly (readonly string[])[] {
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let above = parents.get(root); above !== undefined; above = parents.get(root)) root = above;
    // A long chain of aliases, which anybody may write, is walked once.
    if (root !== name) parents.set(name, root);
    return root;
  };
  for (const id of ids) {
    for (const alias of described.get(id)?.aliases ?? []) {
      const [a, b] = [rootOf(id), rootOf(alias)];
      if (a !== b) parents.set(b, a);
    }
  }
  return [...Map.groupBy(ids, rootOf).values()];
}

function vulnerabilityOf(
  ids: readonly string[],
  described: ReadonlyMap<string, VulnerabilityRecord>,
  packages: readonly string[],
): Vulnerability {
  const records = ids.flatMap((id) => described.get(id) ?? []);
  const names = [...ids, ...records.flatMap(({ aliases }) => aliases)];
  const severities = new Set(records.map(({ severity }) => severity));
  return {
    name: names.filter((name) => name.startsWith('CVE-')).sort()[0] ?? ids[0] ?? '',
    id: ids[0] ?? '',
    summary: records.find(({ summary }) => summary !== null)?.summary ?? null,
    severity: SEVERITIES.find((severity) => severities.has(severity)) ?? 'unknown',
    packages,
  };
}

function questionsById(answers: VulnerabilityAnswers): ReadonlyMap<string, readonly number[]> {
  const questions = new Map<string, number[]>();
  for (const [index, ids] of answers.entries()) {
    for (const id of ids) {
      const known = questions.get(id) ?? [];
      known.push(index);
      questions.set(id, known);
    }
  }
  return questions;
}

/** The worst first. */
const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'unknown'];

/** The worst first, then the newest by its number. */
export function bySeverity<T extends { readonly name: string; readonly severity: Severity }>(vulnerabilities: readonly T[]): readonly T[] {
  const rank = ({ severity }: T) => SEVERITIES.indexOf(severity);
  return vulnerabilities.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? 1 : a.name > b.name ? -1 : 0));
}

/** Letters, digits and the marks of every database's ids: nothing that could leave the path of an address. */
const ID = /^[A-Za-z][A-Za-z0-9_]*(?:[-.:][A-Za-z0-9_]+)+$/;
const MAX_ID = 100;

/** True for what a database may call a vulnerability: `CVE-2026-31789`, `GHSA-vqj2-4v8m-8vrq`, `RLSA-2024:1234`, `openSUSE-SU-2024:0001-1`. */
export function isVulnerabilityId(text: string): boolean {
  return text.length <= MAX_ID && ID.test(text);
}
