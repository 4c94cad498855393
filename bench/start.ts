/** From starting the program to being ready, embedded, on a store that exists: what a restart costs. Budget: 2 seconds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../src/entry/main.ts');
/** Nothing is watched and nobody is told: only the start is measured. */
const CONFIG = 'http: { port: 0 }\nsubscriptions: []\ndefaultTargets: false\n';

/** The first start, which makes the store, and the fastest of three restarts, in milliseconds. */
export async function benchStart(): Promise<{ readonly firstMs: number; readonly restartMs: number }> {
  const directory = await mkdtemp(join(tmpdir(), 'herald-bench-'));
  await writeFile(join(directory, 'herald.yaml'), CONFIG);
  try {
    const firstMs = await startOnce(directory);
    const restarts: number[] = [];
    for (let round = 0; round < 3; round += 1) restarts.push(await startOnce(directory));
    return { firstMs, restartMs: Math.min(...restarts) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function startOnce(cwd: string): Promise<number> {
  const begun = performance.now();
  const env = { ...process.env, HERALD_LOG_LEVEL: 'error', HERALD_DATA_DIR: 'data', HERALD_CONFIG: 'herald.yaml' };
  const child = spawn(process.execPath, [MAIN, 'serve', '--json'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  await firstLine(child);
  const ms = performance.now() - begun;
  child.kill('SIGTERM');
  await once(child, 'exit');
  return ms;
}

/** `serve --json` prints a line when it is ready. */
async function firstLine({ stdout }: ChildProcess): Promise<void> {
  if (stdout !== null) await once(stdout, 'data');
}
