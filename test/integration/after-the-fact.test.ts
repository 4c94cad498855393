/** What changes when a release is out: what is late arrives or does not, files and images are replaced, releases are taken back. On a real store. */
import { beforeEach, describe, expect, it } from 'vitest';
import { flavorKnowledge } from '../../src/app/knowledge.ts';
import { pollTarget } from '../../src/app/poll-target.ts';
import { reconcile } from '../../src/app/reconcile.ts';
import { latest, parseQuery, type Query } from '../../src/core/query.ts';
import { ANY, type Subscription } from '../../src/core/subscription.ts';
import { type Instant, MS, plusMs } from '../../src/core/time.ts';
import { pglite } from '../support/databases.ts';
import { pageRow, type Scripted, scripted, tagRow } from '../support/scripted.ts';
import { subscription, T0, target, useStore } from '../support/stores.ts';

const HADRON = target('hadron');
const PAGES = target('pages', { kind: 'github-releases', repository: 'kairos-io/kairos' });
const TEAM = subscription('team');
const OPERATORS = subscription('operators', { topic: 'operations', destination: { kind: 'slack', channel: 'C0OPS' } });

const AMD64 = 'v0.5.1-core-amd64-generic-v4.3.0';
const ARM64 = 'v0.5.1-core-arm64-generic-v4.3.0';
const INSTALLERS = [AMD64, ARM64].map((tag) => ({ name: `kairos-hadron-${tag}.iso`, size: 1, digest: `sha256:${tag}` }));

const store = useStore(pglite);
let world: Scripted;

async function begin(...subscriptions: readonly Subscription[]): Promise<void> {
  world = scripted(store(), [HADRON, PAGES]);
  await store().applyConfiguration([HADRON, PAGES], subscriptions, T0);
  world.shows('hadron', [tagRow('v0.5.1-core-amd64-generic-v4.2.0')], { complete: true });
  world.shows('pages', [pageRow('v4.2.0')], { complete: true });
  for (const id of ['hadron', 'pages']) await pollTarget(world.deps, id);
}

/** At this moment the registry and the page look like this; whatever is due is sent. */
async function look(at: Instant, tags: readonly string[], page: Parameters<typeof pageRow>[1] = {}): Promise<void> {
  world.now = at;
  const images = tags.map((tag) => tagRow(tag, { since: at }));
  world.shows('hadron', [...images, tagRow('v0.5.1-core-amd64-generic-v4.2.0')], { complete: true });
  world.shows('pages', [pageRow('v4.3.0', { publishedAt: AT, assets: INSTALLERS, ...page }), pageRow('v4.2.0')], { complete: true });
  for (const id of ['pages', 'hadron']) await pollTarget(world.deps, id);
  await world.work();
}

const AT = plusMs(T0, MS.hour);
const later = (ms: number) => plusMs(AT, ms);
const factsOf = async (version: string) => (await store().announcement(`release:kairos@${version}`))?.facts;

describe('a release of which something is not there', () => {
  beforeEach(() => begin(TEAM));

  it('says so, and is edited when it arrives', async () => {
    await look(AT, [AMD64]);
    expect(await factsOf('v4.3.0')).toMatchObject({
      completeness: { images: [{ status: 'present' }, { combination: { arch: 'arm64' }, status: 'late', expectedBy: 'page' }] },
    });
    expect(latest(query('hadron core arm64'), await flavorKnowledge(store(), world.deps)).flavors[0]).toMatchObject({
      version: null,
      awaited: { version: 'v4.3.0', status: 'late', deadline: later(MS.day) },
    });
    await look(later(MS.hour), [AMD64, ARM64]);
    expect(await factsOf('v4.3.0')).toMatchObject({ completeness: { images: [{ status: 'present' }, { status: 'present' }] } });
    expect([world.slack.created.length, world.slack.edited.length]).toEqual([1, 1]);
  });

  it('is told once more when what was late is missing, without anybody polling', async () => {
    await look(AT, [AMD64]);
    world.now = later(23 * MS.hour);
    await reconcile(world.deps);
    expect(await factsOf('v4.3.0')).toMatchObject({ completeness: { images: [{}, { status: 'late' }] } });
    world.now = later(25 * MS.hour);
    await reconcile(world.deps);
    await world.work();
    expect(await factsOf('v4.3.0')).toMatchObject({ completeness: { images: [{}, { status: 'missing' }] } });
    expect(world.slack.edited).toHaveLength(1);
    expect(await store().releasesToReview(later(90 * MS.day), 10)).toEqual([]);
  });
});

describe('a subscription that holds its message', () => {
  const PATIENT = subscription('patient', { holdMs: 6 * MS.hour });

  it('is told when everything it expects is there', async () => {
    await begin(PATIENT);
    await look(AT, [AMD64]);
    expect(world.slack.created).toHaveLength(0);
    await look(later(2 * MS.hour), [AMD64, ARM64]);
    expect(world.slack.created).toHaveLength(1);
  });

  it('is told at the end of its patience, with what is there', async () => {
    await begin(PATIENT);
    await look(AT, [AMD64]);
    await look(later(5 * MS.hour), [AMD64]);
    expect(world.slack.created).toHaveLength(0);
    world.now = later(6 * MS.hour + MS.minute);
    await reconcile(world.deps);
    await world.work();
    expect(world.slack.created).toHaveLength(1);
    expect(world.slack.edited).toHaveLength(0);
  });

  it('does not wait for images that are none of its business', async () => {
    await begin({ ...PATIENT, filter: { ...ANY, archs: ['amd64'] } });
    await look(AT, [AMD64]);
    expect(world.slack.created).toHaveLength(1);
  });

  it('is told at once when something it was told of goes away', async () => {
    await begin(PATIENT);
    await look(AT, [AMD64, ARM64]);
    await look(later(MS.hour), [AMD64]);
    expect([world.slack.created.length, world.slack.edited.length]).toEqual([1, 1]);
  });

  it('is told of a major at once when it asked for that', async () => {
    await begin({ ...PATIENT, bypass: ['major'] });
    world.now = AT;
    world.shows('hadron', [tagRow('v0.6.0-core-amd64-generic-v5.0.0', { since: AT }), tagRow('v0.5.1-core-amd64-generic-v4.2.0')]);
    world.shows('pages', [
      pageRow('v5.0.0', { assets: INSTALLERS.map((file) => ({ ...file, name: file.name.replace('v4.3.0', 'v5.0.0') })) }),
    ]);
    for (const id of ['pages', 'hadron']) await pollTarget(world.deps, id);
    await world.work();
    expect(world.slack.created).toHaveLength(1);
  });
});

describe('a release that is taken back', () => {
  beforeEach(() => begin(TEAM));

  it('is called withdrawn in its own message, and no more when it is restored', async () => {
    await look(AT, [AMD64, ARM64]);
    world.now = later(2 * MS.day);
    world.shows('hadron', [tagRow('v0.5.1-core-amd64-generic-v4.2.0')], { complete: true });
    world.shows('pages', [pageRow('v4.2.0')], { complete: true });
    for (const id of ['pages', 'hadron']) await pollTarget(world.deps, id);
    await world.work();
    expect(await factsOf('v4.3.0')).toMatchObject({ withdrawn: 'all' });
    expect(world.slack.edited.at(-1)).toContain('withdrawn');

    await look(later(3 * MS.day), [AMD64, ARM64]);
    expect(await factsOf('v4.3.0')).toMatchObject({ withdrawn: null });
    expect(world.slack.edited.at(-1)).not.toContain('withdrawn');
    expect(world.slack.created).toHaveLength(1);
  });
});

describe('files of a release page', () => {
  beforeEach(() => begin(TEAM));
  const replaced = INSTALLERS.map((file) => ({ ...file, digest: `${file.digest}-again` }));

  it('replaced days later are told with both digests', async () => {
    await look(AT, [AMD64, ARM64]);
    await look(later(3 * MS.day), [AMD64, ARM64], { assets: replaced });
    expect(await factsOf('v4.3.0')).toMatchObject({
      page: { changedFiles: [{ from: `sha256:${AMD64}`, to: `sha256:${AMD64}-again`, at: later(3 * MS.day) }, {}] },
    });
    expect(world.slack.edited).toHaveLength(1);
  });

  it('removed days later are told, and no more when they are back', async () => {
    await look(AT, [AMD64, ARM64]);
    await look(later(3 * MS.day), [AMD64, ARM64], { assets: INSTALLERS.slice(1) });
    const gone = { name: `kairos-hadron-${AMD64}.iso`, from: `sha256:${AMD64}`, to: null, at: later(3 * MS.day) };
    expect(await factsOf('v4.3.0')).toMatchObject({ page: { changedFiles: [gone] } });
    await look(later(4 * MS.day), [AMD64, ARM64]);
    expect(await factsOf('v4.3.0')).not.toMatchObject({ page: { changedFiles: expect.anything() } });
    expect(world.slack.edited).toHaveLength(2);
  });

  it('uploaded again while the release is being made are no news', async () => {
    await look(AT, [AMD64, ARM64]);
    await look(later(3 * MS.hour), [AMD64, ARM64], { assets: replaced });
    expect(await factsOf('v4.3.0')).not.toMatchObject({ page: { changedFiles: expect.anything() } });
    expect(world.slack.edited).toHaveLength(0);
  });
});

/** What "latest" and upgrades are answered from. */
async function newestTags(accepted: ReadonlySet<string>): Promise<readonly string[]> {
  const [hadron] = await flavorKnowledge(store(), { ...world.deps, accepted });
  const answer = latest(query('hadron'), hadron === undefined ? [] : [hadron]);
  return answer.flavors.flatMap(({ images }) => images.map(({ reference }) => reference.replace('quay.io/kairos/hadron:', '')));
}

function query(words: string): Query {
  const parsed = parseQuery(words.split(' '), ['hadron']);
  if (parsed.kind === 'problem') throw new Error(`not understood: ${words}`);
  return parsed.query;
}

describe('a version that jumps far beyond all before it', () => {
  const BOGUS = 'v0.5.1-core-amd64-generic-v999.0.0';

  it('is held: nobody is told but the operators, once, and it spoils no comparison', async () => {
    await begin(TEAM, OPERATORS);
    await look(AT, [BOGUS]);
    expect(world.slack.created).toEqual([expect.stringContaining('v999.0.0 is held')]);
    await look(later(MS.hour), [BOGUS, AMD64, ARM64]);
    expect(await factsOf('v999.0.0')).toBeUndefined();
    expect(await factsOf('v4.3.0')).toMatchObject({ classification: { latest: true, backport: false, previous: 'v4.2.0' } });
    expect(world.slack.created).toHaveLength(2);
    expect(await newestTags(new Set())).toEqual([AMD64, ARM64]);
    expect(await newestTags(new Set(['kairos@v999.0.0']))).toEqual([BOGUS]);
  });

  it('is announced once a person accepts it, without anything new upstream', async () => {
    await begin(TEAM, OPERATORS);
    await look(AT, [BOGUS]);
    world.now = later(MS.hour);
    await reconcile(world.deps);
    expect(await factsOf('v999.0.0')).toBeUndefined();
    world.now = later(2 * MS.hour);
    await reconcile({ ...world.deps, accepted: new Set(['kairos@v999.0.0']) });
    await world.work();
    expect(world.slack.created).toEqual([expect.stringContaining('is held'), expect.stringMatching(/^Kairos v999\.0\.0 · major/)]);
  });

  it('is announced like any other when it was accepted before', async () => {
    await begin(TEAM, OPERATORS);
    world = { ...world, deps: { ...world.deps, accepted: new Set(['kairos@v999.0.0']) } };
    world.now = AT;
    world.shows('hadron', [tagRow(BOGUS, { since: AT }), tagRow('v0.5.1-core-amd64-generic-v4.2.0')], { complete: true });
    expect(await pollTarget(world.deps, 'hadron')).toMatchObject({ owed: [expect.any(String)] });
    expect(await factsOf('v999.0.0')).toMatchObject({ classification: { bump: 'major' } });
  });
});

describe('a release whose page calls it a prerelease', () => {
  it('reaches those who hear of stable releases only when it does so no more, and says so', async () => {
    await begin(TEAM);
    await look(AT, [AMD64, ARM64], { prerelease: true });
    expect(world.slack.created).toHaveLength(0);
    await look(later(MS.day), [AMD64, ARM64], { prerelease: false });
    expect(world.slack.created).toHaveLength(1);
    await look(later(2 * MS.day), [AMD64, ARM64], { prerelease: false });
    expect(await factsOf('v4.3.0')).toMatchObject({
      classification: { reasons: [{ kind: 'compared' }, {}, { kind: 'promoted', from: null }] },
    });
    expect(world.slack.edited).toHaveLength(0);
  });

  it('supersedes nothing before that', async () => {
    await begin(TEAM);
    await look(AT, [AMD64, ARM64]);
    const next = [AMD64, ARM64].map((tag) => tag.replace('v4.3.0', 'v4.3.1'));
    const lookAgain = async (at: Instant, prerelease: boolean) => {
      world.now = at;
      world.shows(
        'hadron',
        next.map((tag) => tagRow(tag, { since: later(MS.day) })),
      );
      world.shows('pages', [pageRow('v4.3.1', { publishedAt: later(MS.day), prerelease })]);
      for (const id of ['pages', 'hadron']) await pollTarget(world.deps, id);
    };
    await lookAgain(later(MS.day), true);
    expect(await factsOf('v4.3.0')).toMatchObject({ supersededBy: null, classification: { latest: true } });
    await lookAgain(later(2 * MS.day), false);
    expect(await factsOf('v4.3.0')).toMatchObject({ supersededBy: 'v4.3.1', classification: { latest: false } });
  });
});
