/**
 * The structured log on standard error: JSON lines for machines, one readable line an event for a person at a terminal.
 * Fixed sentences and ids; errors by code and message, never payloads.
 */
import { destination, type Level, type LevelWithSilent, pino } from 'pino';
import pretty from 'pino-pretty';
import { HeraldError } from '../../core/errors.ts';
import type { Log } from '../../ports.ts';

export type LogLevel = LevelWithSilent;

/** Makes a log that writes from `level` on; `readable` for a person at a terminal. */
export function createLog(level: LogLevel, readable: boolean = false): Log {
  const stream = readable ? pretty({ destination: 2, sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss' }) : destination(2);
  const logger = pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, stream);
  const write =
    (at: Level) =>
    (message: string, ids: Readonly<Record<string, unknown>> = {}): void =>
      logger[at](plain(ids), message);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** An error in a log is its code and sentence: request options hang on other errors, and tokens hang on those. */
function plain(ids: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(ids).map(([key, value]) => [key, value instanceof Error ? describe(value) : value]));
}

function describe(error: Error): Record<string, unknown> {
  return error instanceof HeraldError
    ? { code: error.code, message: error.message }
    : { name: error.name, message: error.message, stack: error.stack };
}
