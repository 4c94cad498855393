/** Images people build themselves: from their own tags to their own subscription, and what their base does meanwhile. On a real store. */
import { beforeEach, describe, expect, it } from 'vitest';
import { flavorKnowledge } from '../../src/app/knowledge.ts';
import { pollTarget } from '../../src/app/poll-target.ts';
import type { Naming } from '../../src/core/naming.ts';
import { latest, namesIn, parseQuery } from '../../src/core/query.ts';
import { parseFilter } from '../../src/core/subscription.ts';
import { parseTemplate } from '../../src/core/tag-template.ts';
import { namesOf, type Target } from '../../src/core/target.ts';
import { latestMessage } from '../../src/render/answer.ts';
import { PLAIN, renderText } from '../../src/render/text.ts';
import { pglite } from '../support/databases.ts';
import { type Scripted, scripted, tagRow } from '../support/scripted.ts';
import { second, subscription, T0, target, useStore } from '../support/stores.ts';

const INIT = target('kairos-init', { repository: 'quay.io/kairos/kairos-init', project: 'kairos-init' });

function named(tags: string): Naming {
  const parsed = parseTemplate(tags);
  if (parsed.kind === 'problem') throw new Error(parsed.problem);
  return { tags: parsed.template, flavor: 'ubuntu', defaults: { release: '24.04' } };
}

function edge(naming: Naming): Target {
  const builtWith = [{ name: 'kairos-init', version: 'v4.3.0' }];
  return target('edge', { repository: 'registry.example.com/edge/images', project: 'edge-ubuntu', naming, builtWith });
}

const EDGE = edge(named('$VERSION$K8S-$ARCH'));

const store = useStore(pglite);
let world: Scripted;

async function configure(own: Target): Promise<void> {
  const targets = [own, INIT];
  const filter = parseFilter('project:edge-ubuntu standard arm64 base:yes', namesOf(targets));
  world = scripted(store(), targets);
  const team = subscription('team', { filter });
  const everybody = subscription('everybody', { destination: { kind: 'slack', channel: 'C0ALL' } });
  await store().applyConfiguration(targets, [team, everybody], T0);
}

async function look(at: number, tags: readonly string[], init: readonly string[] = ['v4.3.0']): Promise<void> {
  world.now = second(at);
  world.shows(
    'edge',
    tags.map((tag) => tagRow(tag, { since: world.now })),
    { complete: true },
  );
  world.shows(
    'kairos-init',
    init.map((tag) => tagRow(tag, { since: world.now })),
    { complete: true },
  );
  for (const id of ['edge', 'kairos-init']) await pollTarget(world.deps, id);
  await world.work();
}

async function answer(...words: readonly string[]): Promise<string> {
  const knowledge = await flavorKnowledge(store(), world.deps);
  const parsed = parseQuery(words, namesIn(knowledge));
  if (parsed.kind === 'problem') throw new Error(JSON.stringify(parsed.problems));
  return renderText(latestMessage(latest(parsed.query, knowledge)), { width: 100, palette: PLAIN });
}

const OLD = ['v0.0.1-k3s-v1.36.4-k3s1-arm64', 'v0.0.1-amd64'];

describe('images of your own', () => {
  beforeEach(async () => {
    await configure(EDGE);
    await look(0, OLD);
  });

  it('are told to those who name the project, by their own versions and words', async () => {
    await look(60, [...OLD, 'v0.1.0-k3s-v1.36.4-k3s1-arm64', 'v0.1.0-amd64']);
    expect(world.slack.created).toHaveLength(1);
    expect(world.slack.created[0]).toContain('edge-ubuntu v0.1.0 · minor · Ubuntu 24.04 · k3s 1.36.4');
    expect((await store().announcement('release:edge-ubuntu@v0.1.0'))?.facts).toMatchObject({
      classification: { bump: 'minor', previous: 'v0.0.1', components: { kairos: 'minor', kubernetes: 'none' } },
    });
  });

  it('of another kind than asked for are told to nobody', async () => {
    await look(60, [...OLD, 'v0.1.0-amd64']);
    expect(world.slack.created).toEqual([]);
  });

  it('come with the releases of what they are built with, whatever image the filter asks for', async () => {
    await look(60, OLD, ['v4.3.0', 'v4.4.0']);
    expect(world.slack.created).toEqual([expect.stringContaining('kairos-init v4.4.0 · minor')]);
    expect(await answer('edge-ubuntu')).toContain(`kairos-init v4.3.0; v4.4.0 is out since ${second(60).slice(0, 10)} (minor)`);
  });

  it('are found by what they are called and by whose they are', async () => {
    for (const words of [
      ['edge-ubuntu', 'arm64'],
      ['ubuntu', 'standard'],
      ['k3s', '1.36'],
    ]) {
      const text = await answer(...words);
      expect(text).toContain('edge-ubuntu v0.0.1 on Ubuntu 24.04');
      expect(text).toContain('registry.example.com/edge/images:v0.0.1-k3s-v1.36.4-k3s1-arm64');
      expect(text).toContain('kairos-init v4.3.0, the newest');
    }
  });

  it('are no flavor of kairos-init: a component has none', async () => {
    expect((await flavorKnowledge(store(), world.deps)).map(({ flavor, project }) => [flavor, project])).toEqual([
      ['ubuntu', 'edge-ubuntu'],
    ]);
  });
});

describe('a template that is changed later', () => {
  it('brings what was there to life, quietly, and news of it are news', async () => {
    await configure(edge(named('wrong-$VERSION')));
    await look(0, OLD);
    expect((await store().tagCounts('edge')).byKind).toEqual({ unrecognised: 2 });

    await configure(EDGE);
    await look(60, [...OLD, 'v0.0.2-k3s-v1.36.4-k3s1-arm64']);
    expect((await store().tagCounts('edge')).byKind).toEqual({ 'os-image': 3 });
    expect(world.slack.created).toEqual([expect.stringContaining('edge-ubuntu v0.0.2 · patch')]);
  });

  it('reads images anew that were read another way, and takes them out of the release they left', async () => {
    await configure(edge(named('$VERSION$K8S-$ARCH')));
    await look(0, OLD);
    await configure(edge({ ...named('$VERSION$K8S-$ARCH'), flavor: 'edgeos' }));
    await look(60, OLD);
    expect((await store().releaseContents('edge-ubuntu@v0.0.1')).images.map(({ reads }) => reads)).toEqual([
      'edgeos:24.04-core-amd64-generic-v0.0.1',
      'edgeos:24.04-standard-arm64-generic-v0.0.1-k3s-v1.36.4-k3s1',
    ]);
    await configure(edge(named('$ARCH-$VERSION')));
    await look(120, OLD);
    expect(await store().release('edge-ubuntu@v0.0.1')).toMatchObject({ outline: { images: 0 } });
    expect((await store().tagCounts('edge')).byKind).toEqual({ unrecognised: 2 });
    expect(world.slack.created).toEqual([]);
  });
});
