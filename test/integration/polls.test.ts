/** What a poll makes of what it sees, when releases come in pieces, polls overtake each other and registries hold nonsense: on a real store, with scripted sources. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { migrateDatabase } from '../../src/adapters/database/migrate.ts';
import type { Database } from '../../src/adapters/database/open.ts';
import { createStore } from '../../src/adapters/database/store.ts';
import { createJobHandlers } from '../../src/app/jobs.ts';
import { type PollOutcome, pollTarget } from '../../src/app/poll-target.ts';
import { HeraldError } from '../../src/core/errors.ts';
import type { Observed, Store } from '../../src/ports.ts';
import { openTestDatabase, pglite, postgres, type TestDatabase } from '../support/databases.ts';
import { DIGEST, type Gate, gate, listing, OTHER_DIGEST, pageRow, type Scripted, scripted, tagRow } from '../support/scripted.ts';
import { image, second, subscription, T0, target, useStore } from '../support/stores.ts';

const HADRON = target('hadron');
const UBUNTU = target('ubuntu');
const PAGES = target('pages', { kind: 'github-releases', repository: 'kairos-io/kairos' });
const TARGETS = [HADRON, UBUNTU, PAGES];
const TEAM = subscription('team');
const OPERATORS = subscription('operators', { topic: 'operations', destination: { kind: 'slack', channel: 'C0OPS' } });

const hadron = (version: string): string => `v0.5.1-core-amd64-generic-${version}`;
const ubuntu = (version: string): string => `24.04-core-amd64-generic-${version}`;

async function poll(world: Scripted, targetId: string): Promise<Extract<PollOutcome, { kind: 'polled' }>> {
  const outcome = await pollTarget(world.deps, targetId);
  if (outcome.kind === 'polled') return outcome;
  throw new Error(`the poll of ${targetId} failed: ${outcome.failure.message}`);
}

describe('polls', () => {
  const store = useStore(pglite);
  let world: Scripted;
  beforeEach(async () => {
    world = scripted(store(), TARGETS);
    await store().applyConfiguration(TARGETS, [TEAM, OPERATORS], T0);
  });

  const messagesOwed = async (subscriptionId: string): Promise<number> =>
    (await store().overdueDeliveries(world.now, 100)).filter((delivery) => delivery.subscriptionId === subscriptionId).length;

  describe('a release that comes out', () => {
    it('a target added meanwhile does not silence it', async () => {
      await store().applyConfiguration([HADRON], [TEAM], T0);
      world.shows('hadron', [tagRow(hadron('v4.2.0'))]);
      await poll(world, 'hadron');

      await store().applyConfiguration([HADRON, UBUNTU], [TEAM], second(100));
      world.now = second(3_600);
      world.shows('ubuntu', [tagRow(ubuntu('v4.3.0'), { since: second(3_000) })]);
      expect(await poll(world, 'ubuntu')).toMatchObject({ firstSight: true, owed: [] });

      world.now = second(3_700);
      world.shows('hadron', [tagRow(hadron('v4.3.0'), { since: second(3_650) }), tagRow(hadron('v4.2.0'))]);
      expect((await poll(world, 'hadron')).owed).toHaveLength(1);
    });

    it('is announced when its images come, also when its page was there at the first sight', async () => {
      world.shows('hadron', [tagRow(hadron('v4.2.0'))]);
      world.shows('pages', [pageRow('v4.3.0'), pageRow('v4.2.0')]);
      for (const id of ['hadron', 'pages']) await poll(world, id);
      world.now = second(3_700);
      world.shows('hadron', [tagRow(hadron('v4.3.0'), { since: second(3_650) }), tagRow(hadron('v4.2.0'))]);
      expect((await poll(world, 'hadron')).owed).toHaveLength(1);
    });

    it('is not told to a subscription made later, also when it changes: a newer one supersedes it', async () => {
      const later = subscription('later', { destination: { kind: 'slack', channel: 'C0LATER' } });
      world.shows('hadron', [tagRow(hadron('v4.2.0'))]);
      await poll(world, 'hadron');
      world.now = second(3_600);
      world.shows('hadron', [tagRow(hadron('v4.3.0'), { since: second(3_500) })]);
      await poll(world, 'hadron');
      await store().applyConfiguration(TARGETS, [TEAM, later], second(4_000));
      world.now = second(90_000);
      world.shows('hadron', [tagRow(hadron('v4.3.1'), { since: second(89_000) })]);
      await poll(world, 'hadron');
      expect((await store().announcement('release:kairos@v4.3.0'))?.facts).toMatchObject({ supersededBy: 'v4.3.1' });
      expect(await messagesOwed('team')).toBe(2);
      expect(await messagesOwed('later')).toBe(1);
    });

    it('withdrawn: its page is no release any more, and what comes next is the latest', async () => {
      const pages = [pageRow('v4.2.0')];
      world.shows('pages', pages, { complete: true });
      await poll(world, 'pages');
      world.now = second(100);
      world.shows('pages', [pageRow('v9.0.0', { publishedAt: second(10) }), ...pages], { complete: true });
      await poll(world, 'pages');
      expect((await store().releaseContents('kairos@v9.0.0')).page).not.toBeNull();
      world.now = second(200);
      world.shows('pages', pages, { complete: true });
      await poll(world, 'pages');
      expect((await store().releaseContents('kairos@v9.0.0')).page).toMatchObject({ removedAt: second(200) });

      world.shows('hadron', [tagRow(hadron('v4.2.0'))]);
      await poll(world, 'hadron');
      world.now = second(300);
      world.shows('hadron', [tagRow(hadron('v4.3.0'), { since: second(250) })]);
      await poll(world, 'hadron');
      expect((await store().announcement('release:kairos@v4.3.0'))?.facts).toMatchObject({
        classification: { latest: true, backport: false },
      });
    });
  });

  describe('an observation overtaken by a newer one', () => {
    it('invents nothing: it is thrown away and the target is looked at again', async () => {
      world.shows('hadron', [tagRow(hadron('v4.2.0'))], { complete: true });
      await poll(world, 'hadron');

      world.now = second(100);
      const slow = gate<Observed>();
      world.answers('hadron', slow.ask);
      const overtaken = poll(world, 'hadron');
      await slow.reached;

      world.now = second(200);
      const moved = tagRow(hadron('v4.2.0'), { digest: OTHER_DIGEST, since: second(150) });
      world.shows('hadron', [moved, tagRow(hadron('v4.3.0'), { since: second(150) })], { complete: true });
      await poll(world, 'hadron');

      world.now = second(210);
      slow.open(listing([tagRow(hadron('v4.2.0'))], true));
      expect(await overtaken).toMatchObject({ events: { added: 0, moved: 0, vanished: 0, restored: 0 }, owed: [] });
      expect(await store().imagesOf('hadron')).toMatchObject([
        { reference: expect.stringMatching(/v4\.2\.0$/), digest: OTHER_DIGEST, removedAt: null, replaced: [{ digest: DIGEST }] },
        { reference: expect.stringMatching(/v4\.3\.0$/), digest: DIGEST, removedAt: null },
      ]);
    });
  });

  describe('tags nobody knows', () => {
    it('two pages with one strange tag are one', async () => {
      world.shows('pages', [pageRow('nightly-a'), pageRow('nightly-a', { url: 'https://github.com/kairos-io/kairos/releases/tag/other' })]);
      await poll(world, 'pages');
      expect((await store().tagCounts('pages')).unrecognised).toMatchObject([{ format: 'nightly-a', count: 1 }]);
    });

    it('a strange tag that no database can hold is read twice without harm', async () => {
      world.shows('pages', [pageRow('v4.2.0')]);
      await poll(world, 'pages');
      world.shows('pages', [pageRow('x\u0000y')]);
      expect((await poll(world, 'pages')).owed).toHaveLength(1);
      world.now = second(60);
      expect((await poll(world, 'pages')).owed).toEqual([]);
    });

    it('a format the grammar has learned since is read anew', async () => {
      const tag = hadron('v4.2.0');
      const unknown = { kind: 'unrecognised', reason: 'an older Herald did not know it', format: 'old', releaseKey: null };
      await store().addImages([image(tag, { ...unknown, digest: DIGEST })]);
      world.shows('hadron', [tagRow(tag)], { complete: true });
      await poll(world, 'hadron');
      expect(await store().imagesOf('hadron')).toMatchObject([{ reference: `${HADRON.repository}:${tag}` }]);
      expect((await store().tagCounts('hadron')).unrecognised).toEqual([]);
    });

    it('more than five new formats are five notices and one for the rest, and each is told once', async () => {
      const known = tagRow(hadron('v4.2.0'));
      const strange = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((letter) => tagRow(`${letter}_1`));
      world.shows('hadron', [known]);
      await poll(world, 'hadron');
      world.now = second(60);
      world.shows('hadron', [known, ...strange]);
      await poll(world, 'hadron');
      world.now = second(120);
      world.shows('hadron', [known, ...strange, tagRow('h_2')]);
      await poll(world, 'hadron');
      world.now = second(180);
      await world.work();
      expect(world.slack.created).toHaveLength(6);
      const rest = await store().announcement('notice:unrecognised-format:hadron:f_N and 2 more formats');
      expect(rest?.facts).toMatchObject({ count: 3, examples: ['f_1', 'g_1', 'h_1'] });
    });
  });

  describe('the job of a poll', () => {
    const context = { jobId: '1', attempt: 1, lastAttempt: false };
    const pollJob = (targetId: string) => createJobHandlers(world.deps)['poll-target'].handle({ targetId }, context);

    it('asks the queue to try again after a passing trouble, no sooner than the place said', async () => {
      world.answers('hadron', () => Promise.reject(new HeraldError('RATE_LIMITED', 'slow down', { retryAfterMs: 60_000 })));
      await expect(pollJob('hadron')).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 60_000 });
    });

    it('is done after a trouble that trying again does not mend, and the operator is told', async () => {
      world.answers('hadron', () => Promise.reject(new HeraldError('NOT_FOUND', 'there is no such repository')));
      await pollJob('hadron');
      await world.work();
      expect(world.slack.created).toEqual([expect.stringContaining('hadron')]);
    });

    it('of a target that left the configuration does nothing', async () => {
      await pollJob('gone-since');
      expect(world.queue.waiting.size).toBe(0);
    });
  });
});

const server = await postgres();

describe.runIf(server.available)('two targets that poll at one moment (PostgreSQL)', () => {
  let home: TestDatabase;
  let database: Database;
  let store: Store;
  beforeAll(async () => {
    home = await server.create();
    database = await openTestDatabase(home);
    await migrateDatabase(database);
    store = createStore(database);
  });
  afterAll(async () => {
    await store.close();
    await home.drop();
  });

  /** The store of a poll that has done everything and waits before it commits. */
  function beforeCommit(commit: Gate<void>): Store {
    return {
      ...store,
      transaction: (work) =>
        store.transaction(async (writer) => {
          const result = await work(writer);
          await commit.ask();
          return result;
        }),
    };
  }

  async function somebodyWaitsForALock(): Promise<boolean> {
    const { rows } = await database.pool.query(
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rows.length > 0;
  }

  it('of one line, lose neither the image of the one nor that the other supersedes it', async () => {
    await store.applyConfiguration([HADRON, UBUNTU], [TEAM], T0);
    const commit = gate<void>();
    const [one, other] = [scripted(store, [HADRON]), scripted(beforeCommit(commit), [UBUNTU])];
    const before = scripted(store, [HADRON, UBUNTU]);
    before.shows('hadron', [tagRow(hadron('v4.2.0'))]);
    before.shows('ubuntu', [tagRow(ubuntu('v4.2.0'))]);
    for (const id of ['hadron', 'ubuntu']) await poll(before, id);
    before.now = second(60);
    before.shows('hadron', [tagRow(hadron('v4.3.0'), { since: second(50) })]);
    await poll(before, 'hadron');

    [one.now, other.now] = [second(120), second(120)];
    other.shows('ubuntu', [tagRow(ubuntu('v4.3.0'), { since: second(100) })]);
    const older = poll(other, 'ubuntu');
    await commit.reached;
    one.shows('hadron', [tagRow(hadron('v4.3.1'), { since: second(110) })]);
    const newer = poll(one, 'hadron');
    await Promise.race([newer, vi.waitUntil(somebodyWaitsForALock, { timeout: 20_000 })]);
    commit.open();
    await Promise.all([older, newer]);

    const { facts } = (await store.announcement('release:kairos@v4.3.0')) ?? {};
    expect(facts).toMatchObject({ supersededBy: 'v4.3.1', images: [{}, {}] });
  });
});
