/** `npm run demo` as a program: the README promises what its last line says. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const DEMO = join(import.meta.dirname, '../world/demo.ts');

it('the demo tells four releases, loses none and repeats none', async () => {
  const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
    execFile(process.execPath, [DEMO], { env: { PATH: process.env.PATH } }, (error, output) =>
      resolve({ code: error === null ? 0 : error.code, stdout: output }),
    );
  });
  expect(stdout).toContain('verdicts: 66 verified · 1 unsigned · 1 rejected');
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^demo: 4 releases, 10 slack messages, 3 issues, 0 lost, 0 repeated$/);
  expect(code).toBe(0);
});
