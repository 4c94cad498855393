/** Polls of single targets on the recorded upstream, down to what the store then holds. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { createLog } from '../../src/adapters/observe/log.ts';
import type { AppDeps } from '../../src/app/deps.ts';
import { pollTarget } from '../../src/app/poll-target.ts';
import { instant } from '../../src/core/time.ts';
import { createDeps } from '../../src/entry/compose.ts';
import { settingsFrom } from '../../src/entry/config.ts';
import { parseConfig } from '../../src/entry/config-file.ts';
import { type OpenedStore, openStore } from '../../src/entry/open-store.ts';
import { registrySecrets } from '../../src/entry/registry-credentials.ts';
import { PLAIN } from '../../src/render/text.ts';
import { migratedDataDir } from '../support/databases.ts';
import { UNHURRIED } from '../support/sources.ts';
import { BASELINE_AT } from '../world/timeline.ts';
import { startUpstream, type Upstream } from '../world/upstream.ts';

const PAGE_ONLY = instant('2026-06-17T14:35:00Z');
const CORE_IMAGES = instant('2026-06-17T15:00:00Z');

describe('polling', () => {
  let upstream: Upstream;
  let opened: OpenedStore;
  let deps: AppDeps;
  let dataDir: string;

  beforeEach(async () => {
    upstream = await startUpstream({ now: BASELINE_AT });
    dataDir = await migratedDataDir();
    const log = createLog('silent');
    opened = await openStore({ dataDir }, log);
    const place = { project: 'kairos', endpoint: upstream.origin, every: 'hourly' };
    const settings = settingsFrom([
      parseConfig(
        'test.yaml',
        stringify({
          targets: [
            { ...place, id: 'hadron', source: 'quay', repository: 'quay.io/kairos/hadron' },
            { ...place, id: 'kairos-init', source: 'quay', repository: 'quay.io/kairos/kairos-init', project: 'kairos-init' },
            { ...place, id: 'mirror', source: 'oci', repository: 'quay.io/kairos/hadron' },
            { ...place, id: 'pages', source: 'github-releases', repository: 'kairos-io/kairos' },
          ],
          network: { limits: UNHURRIED },
          verification: { enabled: false },
          subscriptions: [{ id: 'terminal', to: 'console', filter: 'hadron', owner: 'the test' }],
        }),
      ),
    ]);
    const clock = { now: () => upstream.at };
    await opened.store.applyConfiguration(settings.targets, settings.subscriptions, clock.now());
    const secrets = {
      databaseUrl: null,
      redisUrl: null,
      slackBotToken: null,
      github: null,
      registries: registrySecrets({}, []),
      githubReadToken: null,
      incoming: { github: null, quay: null, registry: null },
      webhook: () => null,
      proxies: null,
    };
    const queue = { enqueue: async () => undefined, enqueueAfter: async () => undefined };
    const sink = { write: () => undefined, style: { width: 100, palette: PLAIN } };
    deps = await createDeps({ settings, secrets, store: opened.store, queue, log, clock, console: sink });
  });

  afterEach(async () => {
    await opened.close();
    await upstream.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('records at first sight every tag there is, each with its kind, and owes nothing', async () => {
    expect(await pollTarget(deps, 'hadron')).toMatchObject({ kind: 'polled', firstSight: true, owed: [] });
    const { byKind } = await opened.store.tagCounts('hadron');
    const stored = Object.values(byKind).reduce((sum, tags) => sum + tags, 0);
    expect(stored).toBe(upstream.liveTags('kairos/hadron').length);
    expect(byKind).toMatchObject({ attached: expect.any(Number), moving: expect.any(Number), 'os-image': expect.any(Number) });
  });

  it('compares a release by its components although only its images were seen, never a page', async () => {
    await pollTarget(deps, 'hadron');
    upstream.at = CORE_IMAGES;
    await pollTarget(deps, 'hadron');
    const announcement = await opened.store.announcement('release:kairos@v4.1.2');
    expect(announcement?.facts).toMatchObject({
      classification: { previous: 'v4.1.1', bump: 'minor', components: { kairos: 'patch', base: 'minor' } },
    });
  });

  it.each([
    ['hadron', 'v0.5.1-standard-amd64-generic-k3s-v4.5.0', 'v0.5.1-core-amd64-generic-v4.5.0', 'kairos@v4.5.0'],
    ['kairos-init', 'v4.4.0-scratch', 'v4.4.0', 'kairos-init@v4.4.0'],
  ])('of %s makes no release of %s, a build on the way to it', async (id, build, final, key) => {
    upstream.push('kairos/kairos-init', 'v4.3.0');
    await pollTarget(deps, id);
    upstream.at = CORE_IMAGES;
    await pollTarget(deps, id);
    upstream.push(`kairos/${id}`, build);
    expect(await pollTarget(deps, id)).toMatchObject({ kind: 'polled', owed: [] });
    expect(await opened.store.announcement(`release:${key}`)).toBeNull();
    upstream.push(`kairos/${id}`, final);
    await pollTarget(deps, id);
    expect((await opened.store.announcement(`release:${key}`))?.facts).toMatchObject({ kind: 'release', key });
  });

  it('calls a release superseded when the newer one has images, not when it only has a page', async () => {
    for (const id of ['hadron', 'pages']) await pollTarget(deps, id);
    upstream.at = instant('2026-06-15T18:00:00Z');
    for (const id of ['hadron', 'pages']) await pollTarget(deps, id);
    upstream.at = PAGE_ONLY;
    for (const id of ['hadron', 'pages']) await pollTarget(deps, id);
    const older = () => opened.store.announcement('release:kairos@v4.1.1');
    expect((await older())?.facts).toMatchObject({ supersededBy: null });
    upstream.at = CORE_IMAGES;
    for (const id of ['hadron', 'pages']) await pollTarget(deps, id);
    expect((await older())?.facts).toMatchObject({ supersededBy: 'v4.1.2' });
  });

  it('finds a deletion in the next full listing, and keeps the history of what was there', async () => {
    await pollTarget(deps, 'hadron');
    const tag = 'v0.3.0-core-amd64-generic-v4.1.1';
    upstream.at = instant('2026-06-16T12:00:00Z');
    await pollTarget(deps, 'hadron');
    upstream.remove('kairos/hadron', tag);
    upstream.at = instant('2026-06-17T12:00:00Z');
    await pollTarget(deps, 'hadron');
    const image = (await opened.store.imagesOf('hadron')).find(({ reference }) => reference.endsWith(`:${tag}`));
    expect(image?.removedAt).not.toBeNull();
  });

  it('sees the same tags through the plain registry API of a mirror', async () => {
    expect(await pollTarget(deps, 'mirror')).toMatchObject({ kind: 'polled', firstSight: true });
    expect((await opened.store.imagesOf('mirror')).map(({ reference }) => reference).sort()).toEqual(
      await pollTarget(deps, 'hadron').then(async () => (await opened.store.imagesOf('hadron')).map(({ reference }) => reference).sort()),
    );
  });

  it('keeps the time of the last success apart from a failure', async () => {
    await pollTarget(deps, 'hadron');
    const before = await opened.store.targetHealth('hadron');
    upstream.at = CORE_IMAGES;
    upstream.failNext('504-html', 1);
    expect(await pollTarget(deps, 'hadron')).toMatchObject({ kind: 'failed', since: CORE_IMAGES });
    expect(await opened.store.targetHealth('hadron')).toMatchObject({
      lastSuccessAt: before.lastSuccessAt,
      lastAttemptAt: CORE_IMAGES,
      failingSince: CORE_IMAGES,
      failures: 1,
      watermark: before.watermark,
    });
  });
});
