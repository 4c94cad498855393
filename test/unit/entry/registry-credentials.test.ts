import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { settingsFrom } from '../../../src/entry/config.ts';
import { parseConfig } from '../../../src/entry/config-file.ts';
import { requireCredentials } from '../../../src/entry/credentials.ts';
import { readSecrets } from '../../../src/entry/secrets.ts';

const directory = mkdtempSync(join(tmpdir(), 'herald-registries-'));
afterAll(() => rmSync(directory, { recursive: true }));

const HOST = 'harbor.example.com:8443';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const AUTH = { auth: base64('robot:se:cret') };

let folders = 0;
/** A folder as DOCKER_CONFIG names it. */
function dockerFolder(content: unknown): string {
  folders += 1;
  const folder = join(directory, String(folders));
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return folder;
}

function configured(registry: string, env: Readonly<Record<string, string>> = {}) {
  const text = `registries:\n  - { host: '${HOST}'${registry} }\ntargets:\n  - { id: own, source: oci, repository: '${HOST}/edge/ubuntu', project: kairos, every: daily }\n`;
  const settings = settingsFrom([parseConfig('herald.yaml', text)]);
  return { settings, secrets: readSecrets(env, settings.registries) };
}

const loginOf = (registry: string, env: Readonly<Record<string, string>>, host = HOST) =>
  configured(registry, env).secrets.registries.accessTo(host).login;
const NAMED = ', usernameEnv: USERNAME_OF_HARBOR, passwordEnv: PASSWORD_OF_HARBOR';
const SET = { USERNAME_OF_HARBOR: 'robot', PASSWORD_OF_HARBOR: 'hush' };

describe('the login of a registry', () => {
  it('comes from the variables the configuration names, before any docker configuration', () => {
    const env = { ...SET, DOCKER_CONFIG: dockerFolder({ auths: { [HOST]: AUTH } }) };
    expect(loginOf(NAMED, env)).toEqual({
      kind: 'password',
      username: 'robot',
      password: 'hush',
      from: 'USERNAME_OF_HARBOR and PASSWORD_OF_HARBOR',
    });
  });

  it.each<[string, unknown, object]>([
    ['as docker login writes it', { [HOST]: AUTH }, { kind: 'password', username: 'robot', password: 'se:cret' }],
    ['under an address', { [`https://${HOST}/v1/`]: AUTH }, { kind: 'password', username: 'robot', password: 'se:cret' }],
    ['in two words', { [HOST]: { username: 'robot', password: 'x' } }, { kind: 'password', username: 'robot', password: 'x' }],
    ['as a refresh token', { [HOST]: { ...AUTH, identitytoken: 'refresh' } }, { kind: 'identity-token', token: 'refresh' }],
  ])('comes from the docker configuration: %s', (_what, auths, expected) => {
    const folder = dockerFolder({ auths });
    expect(loginOf('', { DOCKER_CONFIG: folder })).toMatchObject({ ...expected, from: join(folder, 'config.json') });
    expect(loginOf(`, dockerConfig: '${join(folder, 'config.json')}'`, {})).toMatchObject(expected);
  });

  it.each([
    ['another host', { [`${HOST}1`]: AUTH }],
    ['one whose name begins with it', { 'harbor.example.com': AUTH, [`evil-${HOST}`]: AUTH }],
    ['a part of the registry', { [`${HOST}/edge`]: AUTH }],
  ])('is not that of %s', (_what, auths) => {
    expect(loginOf('', { DOCKER_CONFIG: dockerFolder({ auths }) })).toBeNull();
  });

  it('of Docker Hub stands under its old address', () => {
    const folder = dockerFolder({ auths: { 'https://index.docker.io/v1/': AUTH } });
    expect(loginOf('', { DOCKER_CONFIG: folder }, 'docker.io')).toMatchObject({ username: 'robot' });
  });

  it('is none without any, or without a docker configuration', () => {
    expect(loginOf('', {})).toBeNull();
    expect(loginOf('', { HOME: join(directory, 'nowhere') })).toBeNull();
  });

  it.each([
    ['the helper of its host', { credHelpers: { [HOST]: 'pass' } }],
    ['a store for all', { auths: { [HOST]: {} }, credsStore: 'desktop' }],
  ])('that %s keeps is not asked for, and known to be there', (_what, config) => {
    const folder = dockerFolder(config);
    expect(loginOf('', { DOCKER_CONFIG: folder })).toEqual({ kind: 'helper', from: join(folder, 'config.json') });
    expect(loginOf('', { DOCKER_CONFIG: folder }, 'quay.io')).toBeNull();
    const { settings, secrets } = configured(`, dockerConfig: '${join(folder, 'config.json')}'`);
    expect(() => requireCredentials(settings, secrets)).toThrow('to a helper program');
  });

  it('is read again at every poll: a mounted secret may change', () => {
    const folder = dockerFolder({ auths: { [HOST]: AUTH } });
    const { accessTo } = configured('', { DOCKER_CONFIG: folder }).secrets.registries;
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [HOST]: { auth: base64('robot:new') } } }));
    expect(accessTo(HOST).login).toMatchObject({ password: 'new' });
  });

  it.each([['{ "auths": "hush"'], [{ auths: { [HOST]: { auth: base64('hush') } } }], ['[]']])(
    'in a file that is none is an error that does not quote it: %j',
    (content) => {
      const reading = () => loginOf('', { DOCKER_CONFIG: dockerFolder(content) });
      expect(reading).toThrow(expect.objectContaining({ code: 'MISSING_SECRET' }));
      expect(reading).not.toThrow(/hush|aHVza/);
    },
  );
});

describe('nothing starts when', () => {
  const refusal = (registry: string, env: Readonly<Record<string, string>>) => {
    const { settings, secrets } = configured(registry, env);
    return () => requireCredentials(settings, secrets);
  };

  it('a variable that the configuration names is not set', () => {
    expect(refusal(NAMED, { USERNAME_OF_HARBOR: 'robot' })).toThrow('PASSWORD_OF_HARBOR is not set');
    expect(refusal(', tokenEnv: QUAY_TOKEN', {})).toThrow('QUAY_TOKEN is not set');
    expect(refusal(NAMED, SET)).not.toThrow();
  });

  it('a docker configuration that it names has no login for the registry, or is not there', () => {
    expect(refusal(`, dockerConfig: '${join(dockerFolder({}), 'config.json')}'`, {})).toThrow(`has no login for ${HOST}`);
    expect(refusal(`, dockerConfig: '${join(directory, 'no.json')}'`, {})).toThrow('cannot be read');
  });
});
