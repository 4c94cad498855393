/**
 * Servers that some suites need. Missing on a user's machine: the suite is skipped and says so. Missing in CI: it fails,
 * because a suite that silently never runs proves nothing.
 */

/** Whether the service answers. The name is for the message; `probe` rejects when it does not. */
export async function serviceOrSkip(name: string, probe: () => Promise<unknown>): Promise<boolean> {
  try {
    await probe();
    return true;
  } catch (error) {
    if (process.env.CI === 'true') throw new Error(`${name} is needed in CI and does not answer`, { cause: error });
    process.stderr.write(`skipped one suite: ${name} does not answer (${error instanceof Error ? error.message : String(error)})\n`);
    return false;
  }
}
