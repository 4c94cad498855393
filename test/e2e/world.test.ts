/** The main job, end to end: Herald embedded, against the recorded upstream and the emulated Slack and GitHub. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/adapters/observe/log.ts';
import { type Instant, instant, MS, plusMs } from '../../src/core/time.ts';
import { migratedDataDir } from '../support/databases.ts';
import { type EmulatedGithub, type EmulatedSlack, startGithub, startSlack } from '../support/emulators.ts';
import { count } from '../world/count.ts';
import { PLACES, startWorldHerald, type WorldHerald } from '../world/herald.ts';
import { BASELINE_AT, play, TIMELINE } from '../world/timeline.ts';
import { startUpstream, type Upstream } from '../world/upstream.ts';

const AFTER_411 = instant('2026-06-16T12:00:00Z');
const CORE_OF_412 = instant('2026-06-17T15:00:00Z');
const ALL_OF_412 = instant('2026-06-17T16:00:00Z');

let upstream: Upstream;
let slack: EmulatedSlack;
let github: EmulatedGithub;
let herald: WorldHerald;

/** Herald takes its first look at this moment. */
async function begin(at: Instant): Promise<void> {
  upstream = await startUpstream({ now: at });
  slack = await startSlack({ channels: [PLACES.releases, PLACES.weekly, PLACES.operations] });
  github = await startGithub({ repositories: [PLACES.repository] });
  herald = await startWorldHerald({ upstream, slack, github, log: createLog('silent'), dataDir: await migratedDataDir() });
  await herald.look();
}

afterEach(async () => {
  await herald.stop();
  await Promise.all([slack.close(), github.close(), upstream.close()]);
});

const releases = () => slack.messages(PLACES.releases);
const operations = async () => (await slack.messages(PLACES.operations)).map(({ text }) => text);

describe('the whole story of the summer of 2026', () => {
  beforeEach(() => begin(BASELINE_AT));

  it('tells each release once in every place, whatever order its pieces arrive in', async () => {
    for (const step of TIMELINE) {
      play(upstream, step);
      await herald.look();
    }
    const counted = await count({ upstream, slack, github });
    expect(counted).toMatchObject({ issues: 3, lost: 0, repeated: 0 });
    expect([...counted.releases].sort()).toEqual(['v4.1.1', 'v4.1.2', 'v4.2.0', 'v4.3.0']);
  });

  it('says of a superseded release in its own message by what', async () => {
    upstream.at = AFTER_411;
    await herald.look();
    upstream.at = CORE_OF_412;
    await herald.look();
    const [older] = await releases();
    expect(older?.text).toMatch(/^Kairos v4\.1\.1 /);
    expect(JSON.stringify(older?.blocks)).toMatch(/[Ss]uperseded by[^"]*v4\.1\.2/);
  });
});

describe('Herald on the recorded upstream', () => {
  beforeEach(() => begin(AFTER_411));

  it('announces nothing at the first look', async () => {
    expect(await releases()).toEqual([]);
    expect(await github.issues(PLACES.repository)).toEqual([]);
    expect(await operations()).toEqual([]);
  });

  it('says nothing of a release before an image of it exists that the reader wants', async () => {
    upstream.at = CORE_OF_412;
    await herald.look();
    expect((await releases()).map(({ text }) => text)).toEqual([expect.stringMatching(/^Kairos v4\.1\.2 /)]);
    expect(await github.issues(PLACES.repository)).toEqual([]);
  });

  it('edits the one message while images arrive', async () => {
    upstream.at = CORE_OF_412;
    await herald.look();
    const [first] = await releases();
    upstream.at = ALL_OF_412;
    await herald.look();
    const [second, ...more] = await releases();
    expect(more).toEqual([]);
    expect(second?.ts).toBe(first?.ts);
    expect(JSON.stringify(second?.blocks)).toContain('standard');
    expect(JSON.stringify(first?.blocks)).not.toContain('v1.36.1');
  });

  it('notes in the message that an image was pushed again, and posts no second one', async () => {
    upstream.at = ALL_OF_412;
    await herald.look();
    const [before] = await releases();
    upstream.at = instant('2026-06-18T09:00:00Z');
    upstream.repush('kairos/hadron', 'v0.4.0-core-amd64-generic-v4.1.2');
    await herald.look();
    const after = await releases();
    expect(after).toHaveLength(1);
    expect(after[0]?.ts).toBe(before?.ts);
    expect(JSON.stringify(after[0]?.blocks)).toContain('Pushed again with other content (1)');
  });

  it('changes nothing when nothing changed', async () => {
    upstream.at = ALL_OF_412;
    await herald.look();
    const before = await releases();
    const issues = await github.issues(PLACES.repository);
    await herald.look();
    expect(await releases()).toEqual(before);
    expect(await github.issues(PLACES.repository)).toEqual(issues);
  });

  it('asks each place once when nothing is new', async () => {
    await herald.look();
    const before = upstream.counts();
    await herald.look();
    const asked = Object.entries(upstream.counts()).map(([kind, times]) => [kind, times - (before[kind as keyof typeof before] ?? 0)]);
    const requests = asked.reduce((sum, [, times]) => sum + Number(times), 0);
    expect(requests).toBe(3);
  });

  it('says which image of v4.3.0 has not arrived, and no more when it does', async () => {
    const late = 'v0.5.1-standard-amd64-generic-v4.3.0-k0s-v1.35.8-k0s.0';
    upstream.withhold('kairos/hadron', late);
    upstream.at = instant('2026-09-08T17:00:00Z');
    await herald.look();
    const message = async () => JSON.stringify((await releases()).find(({ text }) => text.startsWith('Kairos v4.3.0 '))?.blocks);
    expect(await message()).toContain('11 of 13 expected images so far');
    expect(await message()).toContain('hadron · standard · amd64 · generic · k0s 1.35.8');
    const subject = 'release:kairos@v4.3.0';
    expect((await herald.serving.store.announcement(subject))?.facts).toMatchObject({
      completeness: {
        images: expect.arrayContaining([expect.objectContaining({ kubernetes: 'v1.35.8+k0s.0', status: 'late', expectedBy: 'page' })]),
      },
    });

    upstream.at = instant('2026-09-09T08:00:00Z');
    upstream.push('kairos/hadron', late);
    await herald.look();
    expect(await message()).toContain('12 of 13 expected images so far');
    expect(await message()).not.toContain('its installer is on the release page');
  });

  it('gives a digest subscription one message for its week', async () => {
    upstream.at = ALL_OF_412;
    await herald.look();
    expect(await slack.messages(PLACES.weekly)).toEqual([]);
    upstream.at = instant('2026-06-22T09:01:00Z');
    await herald.look();
    await herald.look();
    const digests = await slack.messages(PLACES.weekly);
    expect(digests).toHaveLength(1);
    expect(JSON.stringify(digests[0]?.blocks)).toContain('v4.1.2');
  });

  it('raises one notice a tag format it does not know, not one a tag', async () => {
    for (const arch of ['amd64', 'arm64']) upstream.push('kairos/hadron', `v9_core_generic_${arch}`);
    await herald.look();
    upstream.push('kairos/hadron', 'v10_core_generic_amd64');
    await herald.look();
    expect(await operations()).toHaveLength(1);
  });

  it('tells the operator once that a place cannot be read, goes on with the others, and tells when it can be read again', async () => {
    upstream.at = ALL_OF_412;
    upstream.failNext('504-html', 1_000, 'quay-tags');
    await herald.look();
    expect(await operations()).toEqual([]);
    for (let later = 1; later < 4; later += 1) {
      upstream.at = plusMs(ALL_OF_412, later * 20 * MS.minute);
      await herald.look();
    }
    const { store } = herald.serving;
    expect(await store.targetHealth('hadron')).toMatchObject({ failingSince: expect.any(String), failure: { disposition: 'transient' } });
    expect((await store.targetHealth('kairos-releases')).failingSince).toBeNull();
    const blind = (await operations()).filter((text) => text.includes('hadron'));
    expect(blind).toHaveLength(1);
    expect(await releases()).toEqual([]);

    upstream.heal();
    await herald.look();
    expect((await store.targetHealth('hadron')).failingSince).toBeNull();
    expect((await operations()).filter((text) => text.includes('hadron'))).toHaveLength(2);
    expect(await releases()).toHaveLength(1);
  });
});
