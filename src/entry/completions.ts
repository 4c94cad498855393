/** What a shell offers after the TAB key. The library reads commands, options and choices from the program; words are ours to know. */
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { DEFAULT_CADENCES } from '../core/cadence.ts';
import { HeraldError } from '../core/errors.ts';
import { bareWords, KAIROS_PROJECTS } from '../core/vocabulary.ts';
import { loadSettings } from './config.ts';
import { ROLES } from './roles.ts';
import type { Terminal } from './terminal.ts';

/** Adds `completion <shell>`, and the hidden command that its scripts ask. */
export function addCompletions(program: Command, { env, out }: Pick<Terminal, 'env' | 'out'>): void {
  const root = tab(program, { completionCommandName: 'completion' });
  program.commands
    .find((command) => command.name() === 'completion')
    ?.description('print a script that teaches your shell what to offer after the TAB key')
    .addHelpText('after', HELP)
    .hook('preAction', (_program, { args }) => {
      if (args[0] === 'bash') out(WITHOUT_BASH_COMPLETION);
    });

  const values = new Map<string, () => readonly string[]>([
    ['words', bareWords],
    ['every', () => ['immediate', ...Object.keys(DEFAULT_CADENCES)]],
    ['roles', () => ROLES],
    ['project', () => KAIROS_PROJECTS],
    ['id', () => configuredSubscriptions(env)],
    ['subscription', () => configuredSubscriptions(env)],
  ]);
  for (const command of root.commands.values()) {
    for (const known of [...command.arguments.values(), ...command.options.values()]) {
      const offered = values.get('name' in known ? known.name : known.value);
      // The name of a new subscription is for the person to choose.
      if (offered === undefined || ('isBoolean' in known && command.value === 'subscriptions add' && known.value === 'id')) continue;
      known.handler = (complete) => {
        for (const value of offered()) complete(value, '');
      };
    }
  }
}

/** Those of the configuration; a shell that waits for an answer is no place to open the store, or to hear of a mistake in a file. */
function configuredSubscriptions(env: Terminal['env']): readonly string[] {
  try {
    return loadSettings(env).subscriptions.map(({ id }) => id);
  } catch (error) {
    if (error instanceof HeraldError) return [];
    throw error;
  }
}

/** The library's script leans on a function of the package bash-completion, which containers and macOS do not have. */
const WITHOUT_BASH_COMPLETION = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
        cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
    }
fi
`;

const HELP = `
The scripts call "herald", which must be on the PATH: npm link.

  bash   herald completion bash > ~/.local/share/bash-completion/completions/herald
  zsh    herald completion zsh > "\${fpath[1]}/_herald"
  fish   herald completion fish > ~/.config/fish/completions/herald.fish`;
