/** The release pages of components, joined to the releases of Kairos they are inside of. On a real store. */
import { beforeEach, describe, expect, it } from 'vitest';
import { componentNotes } from '../../src/app/component-notes.ts';
import { pollTarget } from '../../src/app/poll-target.ts';
import { partChanges } from '../../src/core/parts.ts';
import { pglite } from '../support/databases.ts';
import { pageRow, scripted } from '../support/scripted.ts';
import { T0, target, useStore } from '../support/stores.ts';

const PROVIDER = target('provider', { kind: 'github-releases', repository: 'kairos-io/provider-kairos', project: 'provider-kairos' });
const store = useStore(pglite);

beforeEach(async () => {
  const world = scripted(store(), [PROVIDER]);
  await store().applyConfiguration([PROVIDER], [], T0);
  const pages = ['v2.16.0', 'v2.16.1', 'v2.16.2', 'v2.16.3', 'v2.16.4', 'v2.16.5'].map((version) =>
    pageRow(version, { body: `* fix: what ${version} mends in #${version.at(-1)}\n` }),
  );
  world.shows('provider', [...pages, pageRow('v2.16.3-rc1', { prerelease: true })], { complete: true });
  await pollTarget(world.deps, 'provider');
});

const versionsOf = async (from: string, to: string) =>
  (await componentNotes(store(), partChanges(from, to))).map(({ name, notes }) => [name, notes.map(({ version }) => version)]);

describe('the notes of a component', () => {
  it('are those after the version one comes from, up to the one inside, newest first; of components nobody watches there are none', async () => {
    const found = await versionsOf('v4.1.2', 'v4.2.0');
    expect(found).toContainEqual(['provider-kairos', ['v2.16.4', 'v2.16.3', 'v2.16.2']]);
    expect(found).toContainEqual(['kairos-init', []]);
  });

  it('go on to the last one of its own, where it moved into the repository of Kairos since', async () => {
    expect(await versionsOf('v4.2.0', 'v4.3.0')).toContainEqual(['provider-kairos', ['v2.16.5']]);
  });
});
