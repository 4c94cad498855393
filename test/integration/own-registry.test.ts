/** A registry of one's own, with a login and over plain http, from the configuration to what the store then holds. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { createLog } from '../../src/adapters/observe/log.ts';
import { pollTarget } from '../../src/app/poll-target.ts';
import { MAX_DIGEST_CHECKS } from '../../src/core/digest-checks.ts';
import { type Instant, instant, MS, plusMs } from '../../src/core/time.ts';
import { createDeps } from '../../src/entry/compose.ts';
import { settingsFrom } from '../../src/entry/config.ts';
import { parseConfig } from '../../src/entry/config-file.ts';
import { type OpenedStore, openStore } from '../../src/entry/open-store.ts';
import { readSecrets } from '../../src/entry/secrets.ts';
import { PLAIN } from '../../src/render/text.ts';
import { migratedDataDir } from '../support/databases.ts';
import { type DockerRegistry, probeDockerRegistry, REGISTRY_USER, startDockerRegistry } from '../support/docker-registry.ts';
import { serviceOrSkip } from '../support/services.ts';

const available = await serviceOrSkip('docker-registry', probeDockerRegistry);

const PATH = 'edge/proxy/kairos/hadron';
const TAG = 'v0.5.1-core-amd64-generic-v4.3.0';
const MANY = Array.from({ length: 24 }, (_, build) => `v0.5.1-standard-amd64-generic-v4.2.0-k3s-v1.36.4-k3s${build + 1}`);
const ENV = { EDGE_USERNAME: REGISTRY_USER.username, EDGE_PASSWORD: REGISTRY_USER.password };

describe.runIf(available)('a registry of one’s own', () => {
  let registry: DockerRegistry;
  let opened: OpenedStore;
  let dataDir: string;
  let now: Instant = instant('2026-09-10T12:00:00Z');

  beforeAll(async () => {
    registry = await startDockerRegistry({ login: true });
    for (const tag of [...MANY, TAG]) await push(tag, 'first');
    await push('latest', 'first');
    dataDir = await migratedDataDir();
    opened = await openStore({ dataDir }, createLog('silent'));
  });
  afterAll(async () => {
    await opened.close();
    await registry.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function push(tag: string, content: string): Promise<string> {
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const config = await registry.pushBlob(PATH, Buffer.from('{}'), 'application/vnd.oci.image.config.v1+json');
    return registry.pushManifest(PATH, tag, { schemaVersion: 2, mediaType, config, layers: [], annotations: { content, tag } });
  }

  /** Its target is named after the official repository and read from the mirror. */
  async function depsWith(env: Readonly<Record<string, string>>) {
    const host = new URL(registry.origin).host;
    const text = stringify({
      registries: [
        {
          host,
          plainHttp: true,
          usernameEnv: 'EDGE_USERNAME',
          passwordEnv: 'EDGE_PASSWORD',
          mirrorOf: 'quay.io/kairos',
          path: 'edge/proxy/kairos',
        },
      ],
      targets: [{ id: 'mirrored', source: 'oci', repository: 'quay.io/kairos/hadron', project: 'kairos', every: 'hourly' }],
      subscriptions: [{ id: 'terminal', to: 'console', filter: 'hadron', owner: 'the test' }],
    });
    const settings = settingsFrom([parseConfig('test.yaml', text)]);
    await opened.store.applyConfiguration(settings.targets, settings.subscriptions, now);
    return createDeps({
      settings,
      secrets: readSecrets(env, settings.registries),
      store: opened.store,
      queue: { enqueue: async () => undefined, enqueueAfter: async () => undefined },
      log: createLog('silent'),
      clock: { now: () => now },
      console: { write: () => undefined, style: { width: 100, palette: PLAIN } },
    });
  }

  const imageOf = async (tag: string) =>
    (await opened.store.imagesOf('mirrored')).find(({ reference }) => reference === `quay.io/kairos/hadron:${tag}`);

  it('is read with its login, and a push under an old tag is noticed', async () => {
    const deps = await depsWith(ENV);
    // The bare try, the list with the login, and the digests.
    expect(await pollTarget(deps, 'mirrored')).toMatchObject({ firstSight: true, requests: 2 + MAX_DIGEST_CHECKS });
    const before = (await imageOf(TAG))?.digest;
    expect(before).toMatch(/^sha256:/);

    // Five digests were left over; the twenty others are looked at again, as far as the limit goes.
    expect(await pollTarget(deps, 'mirrored')).toMatchObject({ events: { identified: 5, moved: 0 }, requests: 1 + MAX_DIGEST_CHECKS });
    expect((await opened.store.imagesOf('mirrored')).every(({ digest }) => digest !== null)).toBe(true);

    now = plusMs(now, MS.hour);
    const pushed = await push(TAG, 'second');
    await push('latest', 'second');
    const rounds = [await pollTarget(deps, 'mirrored'), await pollTarget(deps, 'mirrored')];
    expect(rounds.map((round) => (round.kind === 'polled' ? round.events.moved : null)).toSorted()).toEqual([0, 1]);
    expect(await imageOf(TAG)).toMatchObject({ digest: pushed, replaced: [{ digest: before, until: now }] });
    // What was not asked for this time keeps what is known of it.
    expect((await opened.store.imagesOf('mirrored')).every(({ digest }) => digest !== null)).toBe(true);
  });

  it('that refuses the login says which variables to check', async () => {
    const deps = await depsWith({ ...ENV, EDGE_PASSWORD: 'wrong' });
    const outcome = await pollTarget(deps, 'mirrored');
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: { code: 'UNAUTHORIZED', message: expect.stringContaining('EDGE_USERNAME and EDGE_PASSWORD') },
    });
  });
});
