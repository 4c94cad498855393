/** One secret of the environment, or of the file a `*_FILE` variable names. */
import { readFileSync } from 'node:fs';
import { HeraldError } from '../core/errors.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** The variable itself, or the content of the file that NAME_FILE names (Docker and Kubernetes secrets); empty counts as not set. */
export function secret(env: Env, name: string): string | null {
  const file = env[`${name}_FILE`];
  const value = file === undefined || file === '' ? env[name] : readSecretFile(name, file);
  return value === undefined || value.trim() === '' ? null : value.trim();
}

function readSecretFile(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HeraldError('MISSING_SECRET', `${name}_FILE names ${file}, which cannot be read.`, {
      cause,
      hint: 'Check the path and its permissions.',
    });
  }
}
