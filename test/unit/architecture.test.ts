/**
 * The rules of the house hold: forbidden imports and reaches for the outside world are planted into a copy of the folder layout,
 * one a line, and Biome has to report each with the rule that forbids it. One run for all of them, outside the tree.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = path.resolve(import.meta.dirname, '../..');

const IMPORT = 'lint/style/noRestrictedImports';
const GLOBAL = 'lint/style/noRestrictedGlobals';
const PROPERTY = 'lint/nursery/noJsRestrictedProperties';
const CYCLE = 'lint/suspicious/noImportCycles';
const NO_CLOCK = 'plugin';

/** A line of code and the rule that must report it; null: nothing may report it. */
type Plant = readonly [line: string, rule: string | null];

const may = (specifier: string): Plant => [`import '${specifier}';`, null];
const mayNot = (specifier: string, rule = IMPORT): Plant => [`import '${specifier}';`, rule];

const PLANTS: Readonly<Record<string, readonly Plant[]>> = {
  'src/core/planted.ts': [
    may('./version.ts'),
    may('semver'),
    may('cron-parser'),
    mayNot('../ports.ts'),
    mayNot('../render/text.ts'),
    mayNot('../adapters/http.ts'),
    mayNot('./../app/check.ts'),
    mayNot('zod'),
    mayNot('node:fs'),
    ["export * from '../app/check.ts';", IMPORT],
    ["export const late = import('../app/check.ts');", IMPORT],
    ["import type { Clock } from '../ports.ts'; export type Borrowed = Clock;", IMPORT],
    ['Date.now();', PROPERTY],
    ['Math.random();', PROPERTY],
    ['String(new Date());', NO_CLOCK],
    ['String(new Date(0));', null],
    ['process.exit(1);', GLOBAL],
    ["void fetch('https://quay.io');", GLOBAL],
    ['setTimeout(String, 1);', GLOBAL],
    ['console.log(1);', GLOBAL],
    ['globalThis.String(1);', GLOBAL],
  ],
  'src/core/cycle-a.ts': [["import { b } from './cycle-b.ts'; export const a = () => b;", CYCLE]],
  'src/core/cycle-b.ts': [["import { a } from './cycle-a.ts'; export const b = () => a;", CYCLE]],
  'src/render/planted.ts': [
    may('../core/message.ts'),
    may('../ports.ts'),
    may('./text.ts'),
    mayNot('../app/check.ts'),
    mayNot('../adapters/http.ts'),
    mayNot('@slack/bolt'),
    mayNot('node:util'),
    ['Date.now();', PROPERTY],
    ['String(new Date());', NO_CLOCK],
    ['crypto.randomUUID();', GLOBAL],
  ],
  'src/ports.ts': [may('./core/time.ts'), mayNot('./adapters/http.ts'), mayNot('./app/check.ts'), mayNot('pg')],
  'src/app/planted.ts': [
    may('../core/time.ts'),
    may('../render/text.ts'),
    may('../ports.ts'),
    may('./deliver.ts'),
    may('zod'),
    mayNot('../adapters/quay/source.ts'),
    mayNot('../entry/compose.ts'),
    mayNot('node:crypto'),
    mayNot('bullmq'),
    ['console.log(1);', 'lint/suspicious/noConsole'],
    ['export const loose = (x: any): unknown => x;', 'lint/suspicious/noExplicitAny'],
    ['export const sure = (x: string | null): string => x!;', 'lint/style/noNonNullAssertion'],
    ['const later = async (): Promise<void> => undefined; later();', 'lint/nursery/noFloatingPromises'],
    ['export default 1;', 'lint/style/noDefaultExport'],
  ],
  'src/adapters/http.ts': [may('got'), may('../core/errors.ts'), mayNot('./quay/source.ts'), mayNot('../app/check.ts')],
  'src/adapters/quay/planted.ts': [
    may('../../core/time.ts'),
    may('../../ports.ts'),
    may('../http.ts'),
    may('./source.ts'),
    may('node:fs/promises'),
    mayNot('../oci/source.ts'),
    mayNot('./../oci/source.ts'),
    mayNot('../../app/check.ts'),
    mayNot('../../entry/compose.ts'),
    mayNot('../../render/text.ts'),
    mayNot('got'),
  ],
  'src/adapters/osv/planted.ts': [may('../http.ts'), mayNot('../kairos-security/source.ts'), mayNot('got')],
  'src/adapters/kairos-security/planted.ts': [may('../../ports.ts'), mayNot('../osv/source.ts'), mayNot('../../render/vulnerabilities.ts')],
  'src/adapters/oci/planted.ts': [may('../http.ts'), mayNot('../quay/source.ts')],
  'src/adapters/sbom/planted.ts': [
    may('../../core/sbom.ts'),
    may('node:worker_threads'),
    mayNot('../sigstore/checker.ts'),
    mayNot('packageurl-js'),
  ],
  'src/adapters/github/planted.ts': [may('probot'), mayNot('@slack/bolt'), mayNot('../slack/client.ts')],
  'src/adapters/slack/planted.ts': [may('@slack/bolt'), mayNot('probot'), mayNot('../../render/slack.ts')],
  'src/adapters/console/planted.ts': [may('../../ports.ts'), mayNot('../slack/client.ts')],
  'src/adapters/database/planted.ts': [may('kysely'), may('./migrations/0001.ts'), mayNot('bullmq'), mayNot('../../app/check.ts')],
  'src/adapters/database/migrations/planted.ts': [may('kysely'), mayNot('pg')],
  'src/adapters/queue/planted.ts': [may('bullmq'), mayNot('../database/pool.ts'), mayNot('kysely')],
  'src/adapters/observe/planted.ts': [may('pino'), mayNot('fastify')],
  'src/adapters/not-yet-named/planted.ts': [may('../../ports.ts'), mayNot('fastify')],
  'src/entry/planted.ts': [
    may('../adapters/quay/source.ts'),
    may('../app/check.ts'),
    mayNot('../../test/world/upstream.ts'),
    mayNot('vitest', 'lint/correctness/noUndeclaredDependencies'),
  ],
  'test/support/http-mock.ts': [may('nock')],
  'test/adapters/planted.test.ts': [may('vitest'), mayNot('nock')],
  'test/world/planted.ts': [mayNot('nock')],
};

const Report = z.object({
  diagnostics: z.array(z.object({ category: z.string(), location: z.object({ path: z.string(), start: z.object({ line: z.int() }) }) })),
});

const garden = mkdtempSync(path.join(tmpdir(), 'herald-architecture-'));
afterAll(() => rmSync(garden, { recursive: true }));

/** Plants everything and gives what Biome reports of a line, counted from 0. */
function lint(): (file: string, line: number) => readonly string[] {
  for (const item of ['biome.json', 'package.json', 'tools']) {
    cpSync(path.join(ROOT, item), path.join(garden, item), { recursive: true });
  }
  for (const [file, plants] of Object.entries(PLANTS)) {
    mkdirSync(path.dirname(path.join(garden, file)), { recursive: true });
    writeFileSync(path.join(garden, file), `${plants.map(([line]) => line).join('\n')}\n`);
  }
  const options = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json'];
  const { stdout } = spawnSync(path.join(ROOT, 'node_modules/.bin/biome'), options, { cwd: garden, encoding: 'utf8' });
  const { diagnostics } = Report.parse(JSON.parse(stdout));
  return (file, line) =>
    diagnostics.filter(({ location }) => location.path === file && location.start.line === line + 1).map(({ category }) => category);
}

const reported = lint();

describe.each(Object.entries(PLANTS))('%s', (file, plants) => {
  it.each(plants.map(([code, rule], line) => ({ code, rule, line })))('$code → $rule', ({ rule, line }) => {
    if (rule === null) {
      expect(reported(file, line)).toEqual([]);
    } else {
      expect(reported(file, line)).toContain(rule);
    }
  });
});

describe('the tree', () => {
  const files = ['src', 'test', 'bench']
    .flatMap((folder) => readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file)))
    .filter((file) => file.endsWith('.ts') && file !== 'test/unit/architecture.test.ts');
  const holding = (text: string): readonly string[] => files.filter((file) => readFileSync(path.join(ROOT, file), 'utf8').includes(text));

  it.each(['biome-ignore', '@ts-ignore', '@ts-expect-error', '@ts-nocheck'])('silences no checker with %s', (word) => {
    expect(holding(word)).toEqual([]);
  });

  it('imports nock in one file', () => {
    expect(holding("from 'nock'")).toEqual(['test/support/http-mock.ts']);
  });
});
