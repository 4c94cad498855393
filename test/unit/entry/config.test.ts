import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HeraldError } from '../../../src/core/errors.ts';
import { holdingOf } from '../../../src/core/image-repository.ts';
import { loadSettings, type Settings, settingsFrom } from '../../../src/entry/config.ts';
import { parseConfig } from '../../../src/entry/config-file.ts';
import { configJsonSchema } from '../../../src/entry/config-schema.ts';

const TARGET = `targets:
  - id: hadron
    source: quay
    repository: quay.io/kairos/hadron
    project: kairos
    every: hourly
`;

function settingsOf(...texts: readonly string[]): Settings {
  return settingsFrom(texts.map((text, index) => parseConfig(index === 0 ? 'default.yaml' : 'herald.yaml', text)));
}

function mistakesIn(text: string): string {
  try {
    settingsOf(TARGET, text);
  } catch (error) {
    if (error instanceof HeraldError && error.code === 'INVALID_CONFIG') return error.message;
    throw error;
  }
  return 'no mistake';
}

describe('a mistake in the configuration names file, line, key and what was probably meant', () => {
  it.each([
    ['an unknown key at the top', 'subscriptons: []\n', 'herald.yaml:1: subscriptons: there is no such key; did you mean "subscriptions"?'],
    [
      'an unknown key inside an entry',
      'subscriptions:\n  - id: a\n    to: console\n    filtr: hadron\n    owner: me\n',
      'herald.yaml:4: subscriptions[0].filtr: there is no such key; did you mean "filter"?',
    ],
    [
      'a word the filter does not know',
      'subscriptions:\n  - id: a\n    to: console\n    filter: hadrn\n    owner: me\n',
      'herald.yaml:4: subscriptions[0].filter:',
    ],
    [
      'a misspelt cadence',
      'subscriptions:\n  - id: a\n    to: console\n    every: weakly\n    owner: me\n',
      'herald.yaml:4: subscriptions[0].every:',
    ],
    [
      'an unknown time zone, once, where it stands',
      'timeZone: Europe/Rom\nsubscriptions:\n  - { id: a, to: console, every: daily, owner: me }\n',
      'herald.yaml:1: timeZone: "Europe/Rom"',
    ],
    ['a wrong meaning of a named cadence', 'cadences:\n  weekly: "0 9 * * 8"\n', 'herald.yaml:2: cadences.weekly:'],
    ['a key that is missing', 'subscriptions:\n  - id: a\n    to: console\n', 'herald.yaml:2: subscriptions[0].owner: is missing'],
    [
      'a destination nobody knows',
      'subscriptions:\n  - id: a\n    to: { slak: "#x" }\n    owner: me\n',
      'herald.yaml:3: subscriptions[0].to.slak: there is no such key; did you mean "slack"?',
    ],
    [
      'a registry that is not named',
      'targets:\n  - { id: x, source: quay, repository: kairos/hadron, project: kairos, every: hourly }\n',
      'herald.yaml:2: targets[0].repository:',
    ],
    ['a target used twice in one file', `${TARGET}${TARGET.replace('targets:\n', '')}`, 'targets[1].id: the id "hadron" is used twice'],
    [
      'a name used twice',
      'subscriptions:\n  - { id: a, to: console, owner: me }\n  - { id: a, to: console, owner: me }\n',
      'herald.yaml:3: subscriptions[1].id: the id "a" is used twice',
    ],
    [
      'a poll without a schedule',
      'targets:\n  - { id: x, source: oci, repository: r.example/x, project: kairos, every: immediate }\n',
      'herald.yaml:2: targets[0].every:',
    ],
    [
      'a secret where the name of a variable belongs',
      "registries:\n  - { host: r.example, tokenEnv: 'hush-hush' }\n",
      'herald.yaml:2: registries[0].tokenEnv:',
    ],
    ['half a login', 'registries:\n  - { host: r.example, usernameEnv: USER }\n', 'a login needs both usernameEnv and passwordEnv'],
    ['a registry that is an address', 'registries:\n  - { host: https://r.example }\n', 'herald.yaml:2: registries[0].host:'],
    [
      'a registry named twice',
      'registries:\n  - { host: r.example }\n  - { host: r.example }\n',
      'registries[1].host: "r.example" is used twice',
    ],
    ['a path of no mirror', 'registries:\n  - { host: r.example, path: kairos }\n', 'path says where a mirror keeps what it mirrors'],
    [
      'a mirror of what is not read as a registry',
      'targets:\n  - { id: x, source: quay, repository: quay.io/a/b, via: r.example/b, project: kairos, every: daily }\n',
      'targets[0].via: only targets with "source: oci"',
    ],
    [
      'a project that is not watched',
      'subscriptions:\n  - { id: a, to: console, filter: "project:kairos-init", owner: me }\n',
      'herald.yaml:2: subscriptions[0].filter: no target is of the project "kairos-init"',
    ],
    [
      'a base that is not said',
      'subscriptions:\n  - { id: a, to: console, filter: "project:kairos base:yes", owner: me }\n',
      'herald.yaml:2: subscriptions[0].filter: The filter word "base:yes" is not understood: no target of these projects has builtWith',
    ],
    ['text that is not YAML', 'subscriptions: [\n', 'herald.yaml:2:'],
  ])('%s', (_what, text, expected) => {
    expect(mistakesIn(text)).toContain(expected);
  });

  it.each([
    ['a template without a version', 'tags: $ARCH', 'tags: $VERSION is missing'],
    ['a misspelt variable', 'tags: $VERSON-$ARCH', 'tags: "$VERSON" is no variable; did you mean "$VERSION"?'],
    ['a template of a release page', 'source: github-releases, repository: a/b, tags: $VERSION', 'tags: a release page has no images'],
    ['defaults without a template', 'defaults: { arch: arm64 }', 'defaults: they are for what a template'],
    ['a board nobody knows', 'tags: $VERSION, defaults: { model: rpi44 }', 'defaults.model:'],
    ['a base without a version', 'builtWith: [kairos-init]', 'builtWith[0]: "kairos-init" is not project@version'],
    ['a base nobody watches', 'builtWith: [kairs@v4.3.0]', 'builtWith[0]: no target is of the project "kairs"; did you mean "kairos"?'],
    ['a project with a name of the filters', 'project: any', 'project: any and yes have a meaning'],
  ])('%s, in a target of your own', (_what, keys, expected) => {
    const rest = ['source: oci', 'repository: r.example/x', 'project: mine'].filter((key) => !keys.includes(`${key.split(':')[0]}:`));
    const text = `targets:\n  - { id: x, every: hourly, ${[...rest, keys].join(', ')} }\n`;
    expect(mistakesIn(text)).toContain(`herald.yaml:2: targets[0].${expected}`);
  });

  it('lists every mistake at once, so that a person mends them in one go', () => {
    const text = 'timeZne: UTC\nsubscriptions:\n  - id: a\n    to: console\n    filtr: x\n    owner: me\n';
    expect(mistakesIn(text).split('\n')).toHaveLength(2);
  });

  it('does not expand a file that multiplies itself by aliases', () => {
    const layer = (index: number) =>
      `    - &a${index} [${Array(10)
        .fill(`*a${index - 1}`)
        .join(', ')}]`;
    const layers = Array.from({ length: 8 }, (_, index) => layer(index + 1));
    expect(mistakesIn(['network:', '  allow:', '    - &a0 [x, x]', ...layers].join('\n'))).toMatch(/^herald\.yaml: .*alias/i);
  });
});

describe('files are laid over each other', () => {
  it('merges targets by id and replaces subscriptions', () => {
    const settings = settingsOf(
      `${TARGET}subscriptions:\n  - { id: a, to: console, owner: me }\n`,
      'targets:\n  - { id: own, source: oci, repository: r.example/edge/ubuntu, project: kairos, every: daily }\nsubscriptions:\n  - { id: b, to: { slack: "#x" }, owner: me }\n',
    );
    expect(settings.targets.map(({ id }) => id)).toEqual(['hadron', 'own']);
    expect(settings.subscriptions.map(({ id }) => id)).toEqual(['b']);
  });

  it('switches a default target off', () => {
    const off = 'targets:\n  - { id: hadron, watch: false }\n';
    expect(settingsOf(TARGET, off).targets).toEqual([]);
  });

  it('switches all default targets off at once, for somebody who watches only their own', () => {
    const own =
      'defaultTargets: false\ntargets:\n  - { id: own, source: oci, repository: r.example/edge/ubuntu, project: edge, every: daily }\n';
    expect(settingsOf(TARGET, own).targets.map(({ id }) => id)).toEqual(['own']);
  });

  it('takes the meaning of a named cadence from the configuration', () => {
    const [subscription] = settingsOf(
      TARGET,
      'cadences: { weekly: "30 7 * * 5" }\ntimeZone: Europe/Rome\nsubscriptions:\n  - { id: a, to: console, every: weekly, owner: me }\n',
    ).subscriptions;
    expect(subscription?.cadence).toMatchObject({ kind: 'scheduled', cron: '30 7 * * 5', timeZone: 'Europe/Rome' });
  });

  it('allows the addresses the configuration names, and no others', () => {
    const settings = settingsOf(
      `${TARGET}    endpoint: http://127.0.0.1:5000\n`,
      'network: { allow: ["https://harbor.internal:8443/path"] }\n',
    );
    expect(settings.allowedOrigins).toEqual(['https://harbor.internal:8443', 'http://127.0.0.1:5000']);
  });
});

describe('known vulnerabilities', () => {
  it('are asked of nobody unless the configuration says so', () => {
    expect(settingsOf(TARGET).vulnerabilities).toEqual({
      source: 'none',
      osvUrl: 'https://api.osv.dev',
      dashboard: false,
      dashboardUrl: 'https://raw.githubusercontent.com/kairos-io/security/main/dashboard.json',
    });
  });

  it('are asked where it says, and an address of its own may lie inside the network', () => {
    const settings = settingsOf(TARGET, 'vulnerabilities: { source: osv, osvUrl: "http://osv.internal:8080/api", dashboard: true }\n');
    expect(settings.vulnerabilities).toMatchObject({ source: 'osv', osvUrl: 'http://osv.internal:8080/api', dashboard: true });
    expect(settings.allowedOrigins).toEqual(['http://osv.internal:8080']);
  });

  it('that are switched off open nothing', () => {
    expect(settingsOf(TARGET, 'vulnerabilities: { osvUrl: "http://osv.internal:8080" }\n').allowedOrigins).toEqual([]);
  });
});

describe('the default configuration', () => {
  it('comes with a schema for editors that is the one in force (npm run schema)', () => {
    expect(readFileSync('config/schema.json', 'utf8').trim()).toBe(configJsonSchema());
  });

  const { targets, renumberings } = loadSettings({ HERALD_CONFIG: undefined });
  const pages = targets.filter(({ kind }) => kind === 'github-releases');
  const lifecycleOf = (id: string) => targets.find((target) => target.id === id)?.lifecycle;

  it('starts without a file of the user and watches Hadron and the release page every twenty minutes', () => {
    const cadences = new Map(targets.map(({ id, cadence }) => [id, cadence.cron]));
    expect(cadences.get('hadron')).toBe('*/20 * * * *');
    expect(cadences.get('kairos-releases')).toBe('*/20 * * * *');
  });

  it('looks once a month at every place that is no longer published to', () => {
    const ended = targets.filter(({ lifecycle }) => lifecycle.state !== 'active');
    expect(ended.filter(({ cadence }) => cadence.name !== 'monthly')).toEqual([]);
    const flavors = ['alpine', 'debian', 'fedora', 'opensuse', 'rockylinux', 'ubuntu'];
    expect(flavors.map((id) => lifecycleOf(id)?.state)).toEqual(flavors.map(() => 'frozen'));
  });

  it('knows that eight component repositories were archived in August 2026 and where their work goes on', () => {
    const absorbed = pages.filter(({ lifecycle }) => lifecycle.state === 'absorbed' && lifecycle.into === 'kairos');
    expect(absorbed.map(({ repository }) => repository)).toEqual([
      'kairos-io/kairos-init',
      'kairos-io/kairos-agent',
      'kairos-io/immucore',
      'kairos-io/kcrypt-discovery-challenger',
      'kairos-io/kairos-sdk',
      'kairos-io/kairos-installer',
      'kairos-io/kairos-factory-action',
      'kairos-io/provider-kairos',
    ]);
    expect(lifecycleOf('kairos-init-releases')).toMatchObject({ lastVersion: 'v0.17.3' });
    expect(lifecycleOf('kairos-init')).toEqual({ state: 'active' });
    expect(renumberings).toContainEqual({ project: 'kairos-init', from: 'v0.17.3', to: 'v4.3.0' });
  });

  it('names image repositories the grammar knows, and each place once', () => {
    const unknown = targets
      .filter(({ kind }) => kind !== 'github-releases')
      .filter(({ repository }) => holdingOf(repository).kind === 'unknown');
    expect(unknown).toEqual([]);
    expect(new Set(targets.map(({ repository }) => repository)).size).toBe(targets.length);
  });

  it('is complemented by an example without mistakes', () => {
    const settings = loadSettings({ HERALD_CONFIG: 'config/example.yaml' });
    expect(settings.subscriptions.map(({ id }) => id)).toEqual([
      'platform-team',
      'edge-team',
      'builders',
      'weekly-summary',
      'infra-repository',
      'fleet',
      'operators',
    ]);
  });
});

describe('registries of the configuration', () => {
  const targets = (rest: string) =>
    `targets:\n  - { id: x, source: oci, repository: quay.io/kairos/hadron, project: kairos, every: daily${rest} }\n`;
  const REGISTRIES = `registries:
  - { host: 'harbor.internal:8443', mirrorOf: quay.io/kairos, path: proxy/kairos, plainHttp: true, tokenServices: [https://auth.internal/x] }
`;
  const viaOf = (text: string) => settingsOf(text).targets[0]?.via;

  it('may be asked wherever they are, and their token services too', () => {
    expect(settingsOf(REGISTRIES).allowedOrigins).toEqual(['http://harbor.internal:8443', 'https://auth.internal']);
  });

  it('are where targets named after what they mirror are read, unless a target says where', () => {
    expect(viaOf(REGISTRIES + targets(''))).toBe('harbor.internal:8443/proxy/kairos/hadron');
    expect(viaOf(REGISTRIES.replace(', path: proxy/kairos', '') + targets(''))).toBe('harbor.internal:8443/kairos/hadron');
    expect(viaOf(REGISTRIES.replace('quay.io/kairos, path: proxy/kairos', 'quay.io') + targets(''))).toBe(
      'harbor.internal:8443/kairos/hadron',
    );
    expect(viaOf(REGISTRIES + targets(', via: zot.internal/hadron'))).toBe('zot.internal/hadron');
    expect(viaOf(REGISTRIES + targets(", endpoint: 'http://127.0.0.1:5000'"))).toBeNull();
    expect(viaOf(targets(''))).toBeNull();
  });
});

describe('images of your own', () => {
  const OWN = `targets:
  - id: edge
    source: oci
    repository: registry.example.com/edge/images
    project: edge-ubuntu
    every: hourly
    tags: $FLAVOR_RELEASE-$ARCH-$VERSION$K8S
    flavor: ubuntu
    defaults: { model: rpi4 }
    builtWith: [kairos@v4.3.0]
subscriptions:
  - { id: a, to: console, filter: "project:edge-ubuntu standard base:yes", owner: me }
`;

  it('say how they are tagged, what they are called and what they are built with', () => {
    const { targets, subscriptions } = settingsOf(TARGET, OWN);
    expect(targets.find(({ id }) => id === 'edge')).toMatchObject({
      naming: { tags: { text: '$FLAVOR_RELEASE-$ARCH-$VERSION$K8S' }, flavor: 'ubuntu', defaults: { model: 'rpi4' } },
      builtWith: [{ name: 'kairos', version: 'v4.3.0' }],
    });
    expect(targets.find(({ id }) => id === 'hadron')).not.toHaveProperty('naming');
    expect(subscriptions[0]?.filter).toMatchObject({ projects: ['edge-ubuntu'], bases: ['kairos'], variants: ['standard'] });
  });
});
