/** `herald serve` as a process of its own, as an operator runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const MAIN = join(import.meta.dirname, '../../src/entry/main.ts');

export interface RunningProgram {
  /** Where its web role listens; null without one. */
  readonly url: string | null;
  /** Sends the signal and waits for the end; gives the exit code, null when the signal itself ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const Greeting = z.object({ url: z.string().nullable() });

/** Every process that was started and may still run: whatever becomes of a test, none outlives its file. */
const running = new Set<ChildProcess>();

/** Starts `herald serve --json` with exactly this environment and waits until it says that it watches; throws what it printed when it ends before. */
export async function startProgram(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Promise<RunningProgram> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--json', ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => {
    printed += chunk.toString('utf8');
  });
  const ended = once(child, 'close').then(() => running.delete(child));
  const started = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
  if (!Array.isArray(started)) throw new Error(`herald serve ended with ${child.exitCode}: ${printed}`);
  const { url } = Greeting.parse(JSON.parse(String(started[0])));
  return {
    url,
    end: async (signal) => {
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

/** Kills what still runs. For afterEach. */
export async function killPrograms(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      child.kill('SIGKILL');
      await once(child, 'close');
    }),
  );
}
