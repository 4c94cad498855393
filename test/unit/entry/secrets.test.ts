import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSecrets } from '../../../src/entry/secrets.ts';

const directory = mkdtempSync(join(tmpdir(), 'herald-secrets-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A mounted secret; its path. */
function mounted(name: string, content: string): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

describe('a secret', () => {
  it.each([
    ['comes from its variable', { SLACK_BOT_TOKEN: 'from the variable' }, 'from the variable'],
    ['comes from the file that is named', { SLACK_BOT_TOKEN_FILE: mounted('slack', 'from the file') }, 'from the file'],
    [
      'comes from the file when both are there',
      { SLACK_BOT_TOKEN: 'from the variable', SLACK_BOT_TOKEN_FILE: mounted('both', 'from the file') },
      'from the file',
    ],
    [
      'loses the line break that editors put at the end of a file',
      { SLACK_BOT_TOKEN_FILE: mounted('line', 'from the file\n') },
      'from the file',
    ],
    ['comes from its variable when the name of the file is empty', { SLACK_BOT_TOKEN: 'here', SLACK_BOT_TOKEN_FILE: '' }, 'here'],
    ['that is blank counts as not set', { SLACK_BOT_TOKEN: '  ' }, null],
    ['in an empty file counts as not set', { SLACK_BOT_TOKEN_FILE: mounted('empty', '\n') }, null],
    ['that nobody set is none', {}, null],
  ])('%s', (_what, env, expected) => {
    expect(readSecrets(env).slackBotToken).toBe(expected);
  });

  it.each(['DATABASE_URL', 'REDIS_URL', 'SLACK_BOT_TOKEN', 'GITHUB_TOKEN', 'GITHUB_APP_ID', 'GITHUB_PRIVATE_KEY'])(
    'of a file that cannot be read is missing, also when the variable is set: %s',
    (name) => {
      const file = join(directory, 'not-mounted');
      const reading = () => readSecrets({ [`${name}_FILE`]: file, [name]: 'hush' });
      expect(reading).toThrow(expect.objectContaining({ code: 'MISSING_SECRET' }));
      expect(reading).toThrow(`${name}_FILE names ${file}`);
      expect(reading).not.toThrow(/hush/);
    },
  );
});

describe('the credentials for GitHub', () => {
  const APP = { GITHUB_APP_ID: '4711', GITHUB_PRIVATE_KEY: 'key' };

  it.each([
    ['none', {}, null],
    ['a token', { GITHUB_TOKEN: 'token' }, { kind: 'token', token: 'token' }],
    ['an App', APP, { kind: 'app', appId: 4711, privateKey: 'key' }],
    [
      'an App and its installation',
      { ...APP, GITHUB_INSTALLATION_ID: '100' },
      { kind: 'app', appId: 4711, privateKey: 'key', installationId: 100 },
    ],
    ['the App when there is a token too', { ...APP, GITHUB_TOKEN: 'token' }, { kind: 'app', appId: 4711, privateKey: 'key' }],
  ])('are %s', (_what, env, expected) => {
    expect(readSecrets(env).github).toEqual(expected);
  });

  it.each([
    ['an App without its key', { GITHUB_APP_ID: '4711' }, 'Only one of GITHUB_APP_ID and GITHUB_PRIVATE_KEY'],
    ['an App without its key, although there is a token', { GITHUB_APP_ID: '4711', GITHUB_TOKEN: 'token' }, 'Only one of'],
    ['a key without its App', { GITHUB_PRIVATE_KEY: 'key' }, 'Only one of GITHUB_APP_ID and GITHUB_PRIVATE_KEY'],
    ['an App whose id is its name', { ...APP, GITHUB_APP_ID: 'kairos-herald' }, 'GITHUB_APP_ID is not a number'],
    ['an App whose id is too long to be one', { ...APP, GITHUB_APP_ID: '9'.repeat(16) }, 'GITHUB_APP_ID is not a number'],
    ['an installation whose id is a name', { ...APP, GITHUB_INSTALLATION_ID: 'acme' }, 'GITHUB_INSTALLATION_ID is not a number'],
  ])('are not half of them: %s', (_what, env, problem) => {
    const reading = () => readSecrets(env);
    expect(reading).toThrow(expect.objectContaining({ code: 'MISSING_SECRET' }));
    expect(reading).toThrow(problem);
  });
});
