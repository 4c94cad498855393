#!/usr/bin/env node
/** The program `herald`. */
import { runCli } from './cli.ts';
import { processTerminal } from './terminal.ts';

// A reader that has seen enough (head, less) closes the pipe; that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), processTerminal());
