/** What the TAB key offers: the printed script, sourced by a real bash that asks the real program. */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '../../src/entry/main.ts');
const run = promisify(execFile);

let directory: string;
let env: Record<string, string>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'herald-completion-'));
  const program = join(directory, 'herald');
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  await chmod(program, 0o755);
  const config = join(directory, 'herald.yaml');
  await writeFile(config, 'subscriptions: [{ id: platform-team, to: console, owner: the test }]');
  env = { PATH: `${directory}${delimiter}${process.env.PATH}`, HERALD_CONFIG: config };
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** What bash offers when TAB is pressed behind these words; an empty last word is one that was not begun. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const script = `
    source <(herald completion bash)
    COMP_WORDS=(herald "$@"); COMP_CWORD=$#
    "$(complete -p herald | sed -E 's/.*-F ([^ ]+).*/\\1/')" 2>/dev/null
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['--norc', '-c', script, 'bash', ...words], { env });
  return stdout.split('\n').filter((line) => line !== '');
}

describe('herald completion bash', () => {
  it.each([
    ['commands', ['lat'], ['latest']],
    ['commands of commands', ['subscriptions', 're'], ['remove']],
    ['options', ['replay', '--dr'], ['--dry-run']],
    ['choices of an option', ['candidates', '--track', 'k'], ['kubernetes']],
    ['flavors and their other names', ['latest', 'ro'], ['rockylinux', 'rocky']],
    ['words behind words', ['latest', 'hadron', 'arm'], ['arm64', 'arm']],
    ['words of a new subscription, behind an option with a value', ['subscriptions', 'add', '--to', 'console', 'core'], ['core']],
    ['cadences', ['subscriptions', 'add', '--every', 'w'], ['weekly']],
    ['names of subscriptions', ['subscriptions', 'test', 'pl'], ['platform-team']],
  ])('offers %s', async (_what, words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });

  it('offers every command when nothing was typed', async () => {
    const commands = await offered('');
    expect(commands).toEqual(expect.arrayContaining(['latest', 'subscriptions', 'doctor', 'completion']));
    expect(commands).not.toContain('complete');
  });

  it('offers nothing new to name a subscription with', async () => {
    expect(await offered('subscriptions', 'add', '--id', '')).toEqual([]);
  });
});

describe('herald completion', () => {
  it.each(['zsh', 'fish'])('prints a script for %s that asks herald', async (shell) => {
    const { stdout } = await run(process.execPath, [MAIN, 'completion', shell], { env });
    expect(stdout).toContain('herald complete');
  });

  it('says which shells there are', async () => {
    await expect(run(process.execPath, [MAIN, 'completion', 'tcsh'], { env })).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('bash'),
    });
  });
});
