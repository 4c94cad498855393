/** What happens when the page of a release is edited after it was told of. On a real store. */
import { beforeEach, describe, expect, it } from 'vitest';
import { flavorKnowledge } from '../../src/app/knowledge.ts';
import { pollTarget } from '../../src/app/poll-target.ts';
import { latest, parseQuery } from '../../src/core/query.ts';
import { type Instant, MS, plusMs } from '../../src/core/time.ts';
import { pglite } from '../support/databases.ts';
import { pageRow, type Scripted, scripted, tagRow } from '../support/scripted.ts';
import { subscription, T0, target, useStore } from '../support/stores.ts';

const HADRON = target('hadron');
const PAGES = target('pages', { kind: 'github-releases', repository: 'kairos-io/kairos' });
const OLD = 'v0.5.1-core-amd64-generic-v4.2.0';
const NEW = 'v0.5.1-core-amd64-generic-v4.3.0';
const AT = plusMs(T0, MS.hour);

const PLACEHOLDER = 'Release v4.3.0';
const NOTES = '## What changed\n\n* fix: the installer finds disks again in #4400\n';
const RETRACTED = '> [!CAUTION]\n> **Do not upgrade to this release.** Nodes with two disks do not boot.\n\n';

const store = useStore(pglite);
let world: Scripted;

beforeEach(async () => {
  world = scripted(store(), [HADRON, PAGES]);
  await store().applyConfiguration([HADRON, PAGES], [subscription('team')], T0);
  world.shows('hadron', [tagRow(OLD)], { complete: true });
  world.shows('pages', [pageRow('v4.2.0')], { complete: true });
  for (const id of ['hadron', 'pages']) await pollTarget(world.deps, id);
});

/** At this moment the release has these notes; whatever is due is sent. */
async function says(at: Instant, body: string): Promise<void> {
  world.now = at;
  world.shows('hadron', [tagRow(NEW, { since: AT }), tagRow(OLD)], { complete: true });
  world.shows('pages', [pageRow('v4.3.0', { publishedAt: AT, body }), pageRow('v4.2.0')], { complete: true });
  for (const id of ['pages', 'hadron']) await pollTarget(world.deps, id);
  await world.work();
}

const later = (hours: number): Instant => plusMs(AT, hours * MS.hour);
const RELEASE = 'release:kairos@v4.3.0';
const factsOf = async (subject: string) => (await store().announcement(subject))?.facts;
const told = () => ({ created: world.slack.created.length, edited: world.slack.edited.length });

describe('the page of a release that was told of', () => {
  it('gets its notes hours later: the message is edited in silence', async () => {
    await says(AT, PLACEHOLDER);
    expect(told()).toEqual({ created: 1, edited: 0 });
    await says(later(4), NOTES);
    expect(told()).toEqual({ created: 1, edited: 1 });
    expect(JSON.stringify(await factsOf(RELEASE))).toContain('the installer finds disks again');
  });

  it('is corrected: nobody is told twice', async () => {
    await says(AT, NOTES);
    await says(later(1), NOTES.replace('installer', 'Installer'));
    expect(told().created).toBe(1);
  });

  it('says a breaking change that it did not say before: that is told below the message, once', async () => {
    await says(AT, NOTES);
    await says(later(1), `${NOTES}\n## Breaking changes\n\n* the old recovery partition is no longer read\n`);
    expect(told()).toEqual({ created: 2, edited: 1 });
    expect(world.slack.created[1]).toMatch(/^Kairos v4\.3\.0: before you upgrade/);
    const edited = await store().announcement(RELEASE);
    const reply = JSON.stringify(await factsOf(`reply:${edited?.revision}:${RELEASE}`));
    expect(reply).toContain('the old recovery partition is no longer read');
    expect(reply).not.toContain('the installer finds disks again');
    await says(later(2), `${NOTES}\n## Breaking changes\n\n* the old recovery partition is no longer read.\n`);
    expect(told().created).toBe(2);
  });

  it('takes the release back: that is told, it is marked, and no answer recommends it', async () => {
    await says(AT, NOTES);
    await says(later(1), RETRACTED + NOTES);
    expect(world.slack.created[1]).toMatch(/^Kairos v4\.3\.0: do not take it/);
    expect(await factsOf(RELEASE)).toMatchObject({ retracted: true });
    const parsed = parseQuery(['hadron', 'core'], []);
    if (parsed.kind !== 'query') throw new Error('the question was not understood');
    const [answer] = latest(parsed.query, await flavorKnowledge(store(), world.deps)).flavors;
    expect(answer).toMatchObject({ version: 'v4.2.0', retracted: ['v4.3.0'] });
  });

  it('takes it back no more: the mark goes', async () => {
    await says(AT, RETRACTED + NOTES);
    await says(later(1), NOTES);
    expect(await factsOf(RELEASE)).not.toHaveProperty('retracted');
  });
});
