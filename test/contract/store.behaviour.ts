/** What the store promises of targets, images, releases, announcements and transactions. Deliveries: delivery.behaviour.ts. */
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/core/errors.ts';
import { readSpdx } from '../../src/core/sbom-spdx.ts';
import type { ReleaseRecord } from '../../src/ports.ts';
import type { TestDatabases } from '../support/databases.ts';
import { spdxDocument } from '../support/sigstore/spdx-document.ts';
import { facts, image, second, subscription, T0, target, useStore } from '../support/stores.ts';

const TIMEOUT: Failure = { code: 'TIMEOUT', message: 'quay.io did not answer in time', disposition: 'transient', retryAfterMs: 5_000 };

export function storeBehaviour(databases: TestDatabases): void {
  describe.runIf(databases.available)(`the store on ${databases.name}`, () => {
    const store = useStore(databases);
    const configure = () => store().applyConfiguration([target('hadron'), target('rocky')], [], T0);

    describe('the health of a target', () => {
      it('of one that was never polled is empty, and not "nothing new"', async () => {
        await configure();
        expect(await store().targetHealth('hadron')).toEqual({
          targetId: 'hadron',
          watermark: null,
          baselineAt: null,
          lastAttemptAt: null,
          lastSuccessAt: null,
          failingSince: null,
          failures: 0,
          failure: null,
          polls: 0,
          requests: 0,
        });
      });

      it('remembers the first success as the baseline and the last watermark, and adds up the requests', async () => {
        await configure();
        await store().recordPollSuccess('hadron', second(10), { newest: 1, page: null }, 1);
        await store().recordPollSuccess('hadron', second(20), { newest: 2, page: 'x' }, 3);
        expect(await store().targetHealth('hadron')).toMatchObject({
          watermark: { newest: 2, page: 'x' },
          baselineAt: second(10),
          lastAttemptAt: second(20),
          lastSuccessAt: second(20),
          polls: 2,
          requests: 4,
        });
      });

      it('counts failures in a row and keeps since when; a success ends them', async () => {
        await configure();
        await store().recordPollSuccess('hadron', second(10), { newest: 1 }, 1);
        await store().recordPollFailure('hadron', second(20), TIMEOUT);
        expect(await store().recordPollFailure('hadron', second(30), TIMEOUT)).toEqual({
          targetId: 'hadron',
          watermark: { newest: 1 },
          baselineAt: second(10),
          lastAttemptAt: second(30),
          lastSuccessAt: second(10),
          failingSince: second(20),
          failures: 2,
          failure: TIMEOUT,
          polls: 1,
          requests: 1,
        });
        await store().recordPollSuccess('hadron', second(40), { newest: 1 }, 1);
        expect(await store().targetHealth('hadron')).toMatchObject({ failingSince: null, failures: 0, failure: null });
      });

      it.each(['lockTarget', 'recordPollSuccess', 'recordPollFailure'] as const)(
        '%s of a target nobody configured is refused',
        async (method) => {
          const call = { lockTarget: ['nope'], recordPollSuccess: ['nope', T0, {}, 1], recordPollFailure: ['nope', T0, TIMEOUT] }[method];
          await expect(Reflect.apply(store()[method], store(), call)).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
        },
      );
    });

    describe('the configuration', () => {
      it('gives back its subscriptions in the order of their ids, and forgets removed ones', async () => {
        const digest = subscription('weekly', {
          cadence: { kind: 'scheduled', name: 'weekly', cron: '0 9 * * 1', timeZone: 'UTC' },
          bypass: ['major'],
          destination: { kind: 'github', repository: 'Acme/Infra' },
        });
        await store().applyConfiguration([], [digest, subscription('alerts')], T0);
        expect(await store().subscriptions()).toEqual([subscription('alerts'), digest]);
        await store().applyConfiguration([], [subscription('alerts', { owner: 'edge' })], second(1));
        expect(await store().subscriptions()).toEqual([subscription('alerts', { owner: 'edge' })]);
        await store().applyConfiguration([], [], second(2));
        expect(await store().subscriptions()).toEqual([]);
      });

      it('applied again changes nothing of what was learnt, also over a time when a target was not in it', async () => {
        await configure();
        await store().recordPollSuccess('hadron', second(10), { newest: 1 }, 1);
        await store().addImages([image('a')]);
        await store().applyConfiguration([], [], second(20));
        await configure();
        expect(await store().targetHealth('hadron')).toMatchObject({ baselineAt: second(10), watermark: { newest: 1 } });
        expect([...(await store().knownTags('hadron')).keys()]).toEqual(['a']);
      });

      it('begins a target anew when it names another repository', async () => {
        await configure();
        await store().recordPollSuccess('hadron', second(10), { newest: 1 }, 1);
        await store().addImages([image('a')]);
        await store().applyConfiguration([target('hadron', { repository: 'registry.example/hadron' })], [], second(20));
        expect(await store().targetHealth('hadron')).toMatchObject({ baselineAt: null, watermark: null });
        expect(await store().knownTags('hadron')).toEqual(new Map());
      });
    });

    describe('images', () => {
      it('are read as they were written, removed ones too, in the order of their tags', async () => {
        await configure();
        await store().addImages([
          image('b', { size: 6_000_000_000, kind: 'raw-image' }),
          image('B', { digest: null, size: null, pushedAt: null }),
          image('sha256-x.sig', { kind: 'attached', releaseKey: null }),
        ]);
        await store().setRemoved('hadron', [{ tag: 'b', removedAt: second(90) }]);
        expect(await store().imagesOf('hadron')).toEqual([
          {
            reference: 'quay.io/kairos/hadron:B',
            digest: null,
            size: null,
            pushedAt: null,
            firstSeenAt: second(60),
            removedAt: null,
            replaced: [],
          },
          {
            reference: 'quay.io/kairos/hadron:b',
            digest: 'sha256:aaa',
            size: 6_000_000_000,
            pushedAt: T0,
            firstSeenAt: second(60),
            removedAt: second(90),
            replaced: [],
          },
        ]);
        expect([...(await store().knownTags('hadron'))]).toEqual([
          ['B', { tag: 'B', unrecognised: false, reads: null, releaseKey: 'kairos@v4.3.0', digest: null, removedAt: null }],
          ['b', expect.objectContaining({ tag: 'b', unrecognised: false, digest: 'sha256:aaa', removedAt: second(90) })],
          ['sha256-x.sig', expect.objectContaining({ unrecognised: false, digest: 'sha256:aaa', removedAt: null })],
        ]);
        await store().setRemoved('hadron', [{ tag: 'b', removedAt: null }]);
        expect((await store().knownTags('hadron')).get('b')).toMatchObject({ removedAt: null });
      });

      it('that move keep their old digests, oldest first', async () => {
        await configure();
        await store().addImages([image('a')]);
        await store().moveImage('hadron', 'a', { digest: 'sha256:bbb', size: 2, pushedAt: second(100), at: second(100) });
        await store().moveImage('hadron', 'a', { digest: 'sha256:bbb', size: 2, pushedAt: second(100), at: second(150) });
        await store().moveImage('hadron', 'a', { digest: 'sha256:ccc', size: 3, pushedAt: second(200), at: second(200) });
        expect((await store().imagesOf('hadron'))[0]).toMatchObject({
          digest: 'sha256:ccc',
          size: 3,
          pushedAt: second(200),
          replaced: [
            { digest: 'sha256:aaa', until: second(100) },
            { digest: 'sha256:bbb', until: second(200) },
          ],
        });
      });

      it('of an unknown digest leave no trace of it when they move', async () => {
        await configure();
        await store().addImages([image('a', { digest: null })]);
        await store().moveImage('hadron', 'a', { digest: 'sha256:bbb', size: null, pushedAt: null, at: second(100) });
        expect((await store().imagesOf('hadron'))[0]).toMatchObject({ digest: 'sha256:bbb', replaced: [] });
      });

      it('that is moved every night keeps its last fifty digests', async () => {
        await configure();
        await store().addImages([image('nightly', { digest: 'sha256:0' })]);
        for (let night = 1; night <= 53; night += 1) {
          const at = second(night * 86_400);
          await store().moveImage('hadron', 'nightly', { digest: `sha256:${night}`, size: null, pushedAt: at, at });
        }
        const replaced = (await store().imagesOf('hadron'))[0]?.replaced ?? [];
        expect([replaced.length, replaced[0]?.digest, replaced.at(-1)?.digest]).toEqual([50, 'sha256:3', 'sha256:52']);
      });

      it('of a whole repository are stored in one go', async () => {
        await configure();
        await store().addImages(Array.from({ length: 6_500 }, (_, n) => image(`tag-${n}`)));
        expect((await store().knownTags('hadron')).size).toBe(6_500);
      });

      it('are counted by kind, and unrecognised ones by format, the most frequent first', async () => {
        await configure();
        const odd = (tag: string, format: string, reason: string) => image(tag, { kind: 'unrecognised', format, reason, releaseKey: null });
        await store().addImages([
          image('a'),
          image('gone'),
          odd('x-2', 'x-N', 'no flavor'),
          odd('x-1', 'x-N', 'no flavor'),
          odd('odd', 'odd', 'no version'),
          image('other', { targetId: 'rocky' }),
        ]);
        await store().setRemoved('hadron', [{ tag: 'gone', removedAt: T0 }]);
        expect(await store().tagCounts('hadron')).toEqual({
          byKind: { 'os-image': 1, unrecognised: 3 },
          unrecognised: [
            { format: 'x-N', reason: 'no flavor', count: 2, example: 'x-1' },
            { format: 'odd', reason: 'no version', count: 1, example: 'odd' },
          ],
        });
      });
    });

    describe('releases', () => {
      const record = (version: string, changes: Partial<ReleaseRecord> = {}): ReleaseRecord => ({
        key: `kairos@${version}`,
        project: 'kairos',
        version,
        channel: 'stable',
        outline: {
          project: 'kairos',
          version,
          publishedAt: T0,
          base: null,
          kubernetes: { k3s: 'v1.35.1+k3s1' },
          page: true,
          images: 1,
          rebuilt: 0,
        },
        baseline: false,
        ...changes,
      });

      it('whose facts change by time alone come up when their moment is there', async () => {
        await configure();
        await store().saveRelease(record('v4.3.0'));
        await store().scheduleReview('kairos@v4.3.0', second(100));
        await store().saveRelease(record('v4.3.0'));
        expect(await store().releasesToReview(second(99), 10)).toEqual([]);
        expect(await store().releasesToReview(second(100), 10)).toEqual([{ key: 'kairos@v4.3.0', project: 'kairos' }]);
        await store().scheduleReview('kairos@v4.3.0', null);
        expect(await store().releasesToReview(second(200), 10)).toEqual([]);
      });

      it('come with the images of every target and the page', async () => {
        await configure();
        await store().saveRelease(record('v4.3.0'));
        await store().addImages([image('b'), image('a'), image('z', { targetId: 'rocky', repository: 'quay.io/kairos/rocky' })]);
        const page = { url: 'https://example.org/v4.3.0', title: 'v4.3.0', publishedAt: T0, prerelease: false, assets: 12 };
        await store().upsertPage({ ...page, targetId: 'hadron', releaseKey: 'kairos@v4.3.0', tag: 'v4.3.0', body: 'notes', files: [] });
        await store().upsertPage({
          ...page,
          targetId: 'hadron',
          releaseKey: 'kairos@v4.3.0',
          tag: 'v4.3.0',
          body: 'notes, edited',
          files: [],
          assets: 14,
        });
        expect(await store().release('kairos@v4.3.0')).toEqual(record('v4.3.0'));
        const found = await store().releaseContents('kairos@v4.3.0');
        expect(await store().page('hadron', 'v4.3.0')).toMatchObject({ body: 'notes, edited', files: [] });
        expect(await store().page('hadron', 'v9')).toBeNull();
        expect(found.files).toEqual([]);
        expect(found.page).toEqual({ ...page, assets: 14 });
        expect(found.images.map(({ reference }) => reference)).toEqual([
          'quay.io/kairos/hadron:a',
          'quay.io/kairos/hadron:b',
          'quay.io/kairos/rocky:z',
        ]);
        expect(await store().release('kairos@v0.0.0')).toBeNull();
      });

      it('are read all at once with what they hold, of one project only', async () => {
        await configure();
        await store().saveRelease(record('v4.3.0', { baseline: true }));
        await store().saveRelease(record('v4.2.0'));
        await store().saveRelease(record('v1', { key: 'auroraboot@v1', project: 'auroraboot' }));
        await store().addImages([image('b'), image('a'), image('elsewhere', { releaseKey: 'auroraboot@v1' })]);
        const page = { url: 'https://example.org/v4.3.0', title: 'v4.3.0', publishedAt: T0, prerelease: false, assets: 1 };
        const file = { name: 'a.iso', size: 1, digest: null };
        const stored = { targetId: 'hadron', releaseKey: 'kairos@v4.3.0', body: '', files: [file] };
        await store().upsertPage({ ...page, ...stored, tag: 'v4.3.0' });
        const said = { images: [], mislabelled: [], deadline: T0 };
        await store().saveAnnouncement('release:kairos@v4.3.0', facts('v4.3.0', { completeness: said }), T0);
        const found = (await store().releases('kairos')).toSorted((a, b) => (a.key < b.key ? 1 : -1));
        expect(found).toEqual([
          { ...record('v4.3.0', { baseline: true }), ...(await store().releaseContents('kairos@v4.3.0')), said },
          { ...record('v4.2.0'), images: [], page: null, files: [], body: '', said: null },
        ]);
        const references = [{ reference: 'quay.io/kairos/hadron:a' }, { reference: 'quay.io/kairos/hadron:b' }];
        expect(found[0]).toMatchObject({ images: references, page, files: ['a.iso'] });
      });

      it('have one outline each, of their own project only', async () => {
        await store().saveRelease(record('v4.3.0'));
        await store().saveRelease(record('v4.2.0'));
        await store().saveRelease(record('v1', { key: 'auroraboot@v1', project: 'auroraboot' }));
        const newer = { ...record('v4.3.0').outline, rebuilt: 2 };
        await store().saveRelease(record('v4.3.0', { outline: newer }));
        expect(await store().outlines('kairos')).toEqual([record('v4.2.0').outline, newer]);
      });

      it('keep what they were at first sight: announced later, or baseline for ever', async () => {
        await store().saveRelease(record('v4.3.0', { baseline: true }));
        await store().saveRelease(record('v4.3.0', { baseline: false, channel: 'rc' }));
        expect(await store().release('kairos@v4.3.0')).toEqual(record('v4.3.0', { baseline: true, channel: 'rc' }));
      });
    });

    describe('what is inside an image', () => {
      const inventory = readSpdx(spdxDocument({ packages: 60 }));
      if (inventory === null) throw new Error('it was not read');
      const digest = `sha256:${'ab'.repeat(32)}`;

      it('is kept by digest as it was read', async () => {
        expect(await store().inventory(digest)).toBeNull();
        await store().saveInventory(digest, inventory);
        expect(await store().inventory(digest)).toEqual(inventory);
      });

      it('is what was read of it last', async () => {
        await store().saveInventory(digest, inventory);
        await store().saveInventory(digest, { ...inventory, distro: 'opensuse-leap-15.6' });
        expect(await store().inventory(digest)).toMatchObject({ distro: 'opensuse-leap-15.6' });
      });
    });

    describe('announcements', () => {
      it('get a new revision when their facts differ, and none when only the order of keys does', async () => {
        const first = await store().saveAnnouncement('release:kairos@v4.3.0', facts('v4.3.0'), T0);
        expect(first).toMatchObject({ changed: true, announcement: { revision: 1, createdAt: T0, facts: facts('v4.3.0') } });
        const turned = Object.fromEntries(Object.entries(facts('v4.3.0')).toReversed());
        const same = await store().saveAnnouncement('release:kairos@v4.3.0', { ...facts('v4.3.0'), ...turned }, second(1));
        expect(same).toEqual({ changed: false, announcement: first.announcement });
        const changed = await store().saveAnnouncement('release:kairos@v4.3.0', facts('v4.3.0', { supersededBy: 'v4.3.1' }), second(2));
        expect(changed).toMatchObject({ changed: true, announcement: { id: first.announcement.id, revision: 2, createdAt: T0 } });
        expect(await store().announcement('release:kairos@v4.3.0')).toEqual(changed.announcement);
        expect(await store().announcement('release:kairos@v9')).toBeNull();
      });

      it('count every change once when several are saved at the same time', async () => {
        const saves = Array.from({ length: 8 }, (_, n) => store().saveAnnouncement('s', facts(`v4.3.${n}`), T0));
        const revisions = (await Promise.all(saves)).map(({ announcement }) => announcement.revision);
        expect(revisions.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      });

      it('keep the files of a page, what became of them, and that it was a prerelease once', async () => {
        await configure();
        const files = [{ name: 'a.iso', size: 1, digest: 'sha256:bbb' }];
        const changedFiles = [{ name: 'a.iso', from: 'sha256:aaa', to: 'sha256:bbb', at: second(5) }];
        const page = { url: 'u', title: 't', publishedAt: T0, prerelease: false, assets: 1, promotedAt: second(7), changedFiles };
        const stored = { ...page, targetId: 'hadron', releaseKey: 'kairos@v4.3.0', tag: 'v4.3.0', body: 'notes', files };
        await store().upsertPage(stored);
        expect(await store().page('hadron', 'v4.3.0')).toEqual(stored);
        expect(await store().releaseContents('kairos@v4.3.0')).toMatchObject({ page, files: ['a.iso'] });
      });

      it('keep foreign text that a database cannot, with a replacement mark', async () => {
        await configure();
        const page = { url: 'u', title: 'a\u0000b', publishedAt: null, prerelease: false, assets: 0 };
        await store().upsertPage({
          ...page,
          targetId: 'hadron',
          releaseKey: 'kairos@v4.3.0',
          tag: 'v4.3.0',
          body: 'x\ud800y\u0000',
          files: [],
        });
        const saved = await store().saveAnnouncement('s', facts('v4.3.0', { page: { ...page, title: 'a\u0000b\ud800' } }), T0);
        expect(saved.announcement.facts).toMatchObject({ page: { title: 'a\uFFFDb\uFFFD' } });
      });
    });

    describe('subscriptions made with a command', () => {
      const names = async () => (await store().listedSubscriptions()).map(({ subscription: { id }, origin }) => `${id} ${origin}`);

      it('stay when the configuration is applied, and end when somebody ends them', async () => {
        await store().applyConfiguration([], [subscription('file')], T0);
        expect(await store().addSubscription(subscription('mine'), T0)).toBe(true);
        await store().applyConfiguration([], [subscription('file')], second(1));
        expect(await names()).toEqual(['file config', 'mine command']);
        expect(await store().removeSubscription('file')).toBe(false);
        expect(await store().removeSubscription('mine')).toBe(true);
        expect(await names()).toEqual(['file config']);
      });

      it('cannot take a name that is in use, and give way to one of the configuration', async () => {
        await store().applyConfiguration([], [subscription('file')], T0);
        expect(await store().addSubscription(subscription('file'), T0)).toBe(false);
        await store().addSubscription(subscription('mine'), T0);
        await store().applyConfiguration([], [subscription('mine', { owner: 'edge' })], second(1));
        expect(await names()).toEqual(['mine config']);
        await store().applyConfiguration([], [], second(2));
        expect(await names()).toEqual([]);
        expect(await store().addSubscription(subscription('mine'), second(3))).toBe(true);
      });
    });

    describe('a transaction', () => {
      it('keeps all of it or nothing', async () => {
        await configure();
        const failing = store().transaction(async (writer) => {
          await writer.addImages([image('a')]);
          await writer.saveAnnouncement('s', facts('v4.3.0'), T0);
          await writer.recordPollSuccess('hadron', second(10), { newest: 1 }, 1);
          throw new Error('crash');
        });
        await expect(failing).rejects.toThrow('crash');
        expect(await store().knownTags('hadron')).toEqual(new Map());
        expect(await store().announcement('s')).toBeNull();
        expect(await store().targetHealth('hadron')).toMatchObject({ watermark: null });
      });

      it('sees its own writes and gives the answer of its work', async () => {
        await configure();
        const seen = await store().transaction(async (writer) => {
          await writer.addImages([image('a')]);
          return [...(await writer.knownTags('hadron')).keys()];
        });
        expect(seen).toEqual(['a']);
      });

      it('holds a target: polls of one target take turns, and others go on asking meanwhile', async () => {
        await configure();
        const order: string[] = [];
        const poll = (name: string) =>
          store().transaction(async (writer) => {
            await writer.lockTarget('hadron');
            order.push(`${name} in`);
            await writer.tagCounts('hadron');
            order.push(`${name} out`);
          });
        await Promise.all([poll('a'), poll('b'), store().targetHealth('hadron'), poll('c'), store().subscriptions()]);
        expect(order.map((step) => step.split(' ')[1])).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
      });

      it('runs beside many others without losing anything', async () => {
        await configure();
        await Promise.all(
          Array.from({ length: 30 }, (_, n) =>
            store().transaction(async (writer) => {
              await writer.lockTarget(n % 2 === 0 ? 'hadron' : 'rocky');
              await writer.addImages([image(`t${n}`)]);
              if (n % 10 === 9) throw new Error('rolled back');
            }),
          ).map((work) => work.catch(() => undefined)),
        );
        expect((await store().knownTags('hadron')).size).toBe(27);
      });
    });
  });
}
