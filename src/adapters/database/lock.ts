/**
 * The exclusive lock on the data directory: two processes writing one embedded database would destroy it.
 * The lock is the operating system's own file lock, taken through SQLite, so that it ends with the process however the
 * process ends. A file with a process id alone cannot tell a crash from a reused id, and in a container every process is number 1.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HeraldError } from '../../core/errors.ts';

const LOCK_FILE = 'lock';
/** For the error message only; never decides anything. */
const OWNER_FILE = 'owner.pid';

export interface DirectoryLock {
  release(): void;
}

/** Creates the directory when needed and locks it. Throws HeraldError STORE_LOCKED naming the other process, STORE_UNAVAILABLE when it cannot be written. */
export function lockDirectory(directory: string): DirectoryLock {
  const held = openLockFile(directory);
  try {
    held.exec('BEGIN EXCLUSIVE');
    writeFileSync(join(directory, OWNER_FILE), `${process.pid}\n`);
  } catch (error) {
    held.close();
    throw isBusy(error) ? locked(directory) : unavailable(directory, error);
  }
  return { release: () => held.close() };
}

function openLockFile(directory: string): DatabaseSync {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new DatabaseSync(join(directory, LOCK_FILE), { timeout: 0 });
  } catch (error) {
    throw unavailable(directory, error);
  }
}

/** SQLITE_BUSY, https://sqlite.org/rescode.html#busy */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5;
}

function locked(directory: string): HeraldError {
  const owner = ownerOf(directory);
  return new HeraldError('STORE_LOCKED', `the data directory ${directory} is in use by ${owner ?? 'another process'}`, {
    hint: 'If that is "herald serve", it does by itself what "herald check" does, and answers questions. Otherwise stop it, give this one a directory of its own (HERALD_DATA_DIR), or set DATABASE_URL to share a PostgreSQL server.',
  });
}

function ownerOf(directory: string): string | null {
  try {
    const pid = Number.parseInt(readFileSync(join(directory, OWNER_FILE), 'utf8'), 10);
    return Number.isNaN(pid) ? null : `process ${pid}`;
  } catch {
    // The owner has the lock but has not written its number yet: the message does without it.
    return null;
  }
}

function unavailable(directory: string, cause: unknown): HeraldError {
  return new HeraldError('STORE_UNAVAILABLE', `the data directory ${directory} cannot be used: ${String(cause)}`, {
    cause,
    hint: 'The directory must be writable and on a file system with file locks.',
  });
}
